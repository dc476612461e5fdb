//! Tests and policies: what they can name, and what they cannot.

use super::{check, project};
use crate::hir::{ClaimKind, ClaimStatement};

const SHOP: &str = "use std.data.Bucket\nsolution shop {\n receipts: Bucket {}\n}\nenvironment live { stage = production, account = main, network = 10.0.0.0/16, release = continuous }\naccount main {\n id = \"111122223333\"\n region = \"ap-southeast-2\"\n zones = [\"a\", \"b\"]\n registries = { docker = ecr { prefix = \"x\" }, files = s3 { bucket = \"y\" } }\n}\n";

#[track_caller]
fn claim(body: &str, expect: &str) {
    check(&format!("{SHOP}test \"x\" {{\n{body}\n}}"), expect);
}

#[test]
fn a_claim_sees_instances_resources_and_facts() {
    claim(
        "assert shop.receipts.bucket.component == shop.receipts\nassert shop.receipts.layer == \"data\"\n\
         assert shop.platform != none\nassert all([r.stateful for r in shop.resources])",
        "",
    );
}

#[test]
fn a_claim_sees_neither_parameters_nor_lets() {
    claim(
        "assert shop.receipts.versioned",
        "unknown-field «versioned»: a claim cannot read `versioned` of `Bucket`",
    );
}

#[test]
fn verbs_are_those_of_the_target() {
    claim(
        "assert access(shop, shop.receipts) == [raed]",
        "unknown-link-verb «raed»: `Bucket` grants no `raed` => read",
    );
    claim(
        "assert access(shop, component(\"shop.receipts\")) == [raed]",
        "unknown-link-verb «raed»: no component grants `raed` => read",
    );
}

#[test]
fn arguments_of_questions_may_be_named() {
    claim("assert access(to: shop.receipts, from: shop) == [read]", "");
    claim(
        "assert access(of: shop.receipts, from: shop) == [read]",
        "unknown-argument «of»: `access` takes no `of`",
    );
}

#[test]
fn what_a_filter_shows_to_be_there_is_there_in_the_loop() {
    claim("for r in resources() if r.zone != none { assert r.zone.length > 3 }", "");
    claim(
        "for r in resources() { assert r.zone.length > 3 }",
        "optional-value «length»: this is read from a value that may be `none` => ?.",
    );
}

#[test]
fn what_was_asserted_is_known_afterwards() {
    claim("let z = resources().first\nassert z != none\nassert z.stateful", "");
}

#[test]
fn a_name_is_plain() {
    check(
        &format!("{SHOP}policy \"of ${{1}}\" {{\n require true\n}}"),
        "type-mismatch «\"of ${1}\"»: the name of a claim is a plain text",
    );
}

#[test]
fn lets_end_with_their_block() {
    claim(
        "for r in resources() {\n let a = r.type\n assert a != \"\"\n}\nassert a == \"\"",
        "unknown-name «a»: nothing here is called `a`",
    );
}

#[test]
fn platform_is_found_through_its_solution() {
    claim("assert platform.stateful", "unknown-name «platform»: nothing here is called `platform`");
}

#[test]
fn a_broken_statement_leaves_the_others_in_the_hir() {
    let (found, mistakes) = project(&format!(
        "{SHOP}test \"x\" for live {{\n require true\n param a: Int\n for r in resources() {{ assert r.stateful }}\n}}"
    ));
    assert_eq!(mistakes, 2);
    let claim = &found.claims[0];
    assert_eq!(claim.kind, ClaimKind::TestFor(vec!["live".into()]));
    assert!(matches!(
        claim.statements.as_slice(),
        [ClaimStatement::Hold { .. }, ClaimStatement::For { body, .. }] if body.len() == 1
    ));
}

#[test]
fn a_claim_that_could_not_be_read_is_not_called_empty() {
    check(
        &format!("{SHOP}policy \"x\" {{\n requir true\n}}"),
        "unknown-declaration «requir»: no statement begins with `requir` => require",
    );
}

#[test]
fn what_is_known_of_any_type_and_of_one_do_not_mix() {
    claim(
        "assert shop.receipts.bucket.properties == shop.receipts.bucket.properties\n\
         assert shop.receipts.bucket in resources()",
        "",
    );
}
