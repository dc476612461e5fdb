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

#[test]
fn claims_are_told_apart_by_name() {
    check(&format!("{SHOP}test \"x\" {{\n assert true\n}}\npolicy \"y\" {{\n require true\n}}"), "");
    check(
        &format!("{SHOP}test \"x\" {{\n assert true\n}}\npolicy \"x\" {{\n require true\n}}"),
        "duplicate-name «\"x\"»: `x` is declared twice",
    );
}

#[test]
fn a_claim_that_says_nothing_is_told_what_to_say() {
    check(
        &format!(
            "{SHOP}test \"x\" {{\n let _a = 1\n}}\npolicy \"y\" {{\n for r in resources() {{ let _a = r }}\n}}"
        ),
        "warning empty-claim «\"x\"»: this test claims nothing
         warning empty-claim «\"y\"»: this policy claims nothing",
    );
}

#[test]
fn a_test_is_for_environments_that_exist_each_once() {
    check(
        &format!("{SHOP}test \"x\" for live, live, lve, nowhere {{\n assert true\n}}"),
        "duplicate-name «live»: `live` is named twice
         unknown-name «lve»: there is no environment `lve` => live
         unknown-name «nowhere»: there is no environment `nowhere`",
    );
}

#[test]
fn each_fact_is_of_its_type() {
    for (of, facts) in [
        (
            "shop.receipts",
            &[
                ("name", "String"),
                ("path", "String"),
                ("type", "String"),
                ("solution", "String"),
                ("layer", "\"foundation\" | \"data\" | \"application\""),
                ("stateful", "Bool"),
                ("region", "String"),
                ("account", "Account"),
                ("resources.count", "Int"),
                ("components.count", "Int"),
            ] as &[_],
        ),
        (
            "shop.receipts.bucket",
            &[
                ("name", "String"),
                ("type", "String"),
                ("logical_id", "String"),
                ("component.path", "String"),
                ("solution", "String"),
                ("stateful", "Bool"),
                ("region", "String"),
                ("account", "Account"),
                ("zone", "String?"),
                ("stack", "String?"),
                ("properties.BucketName", "String?"),
                ("properties.ObjectLockEnabled", "Bool?"),
                ("properties.VersioningConfiguration?.Status", "String?"),
            ],
        ),
    ] {
        for (fact, ty) in facts {
            claim(&format!("let a: {ty} = {of}.{fact}\nassert a == a"), "");
            let (found, _) = super::diagnose(
                &format!("{SHOP}test \"x\" {{\n let a: Peer = {of}.{fact}\n assert a == a\n}}"),
                false,
            );
            assert_eq!(found.len(), 1, "{of}.{fact}");
        }
    }
}

#[test]
fn what_is_asked_of_nothing_known_is_corrected() {
    claim(
        "assert shop.recepts.stateful\nassert shop.receipts.statefull\nassert shop.receipts.bucket.zon == none\n\
         assert shop.receipts.bucket.properties.BucketNam == none\nassert shp.stateful",
        "unknown-field «recepts»: a component `shop` has no `recepts` => receipts
         unknown-field «statefull»: a component `Bucket` has no `statefull` => stateful
         unknown-field «zon»: a resource `AWS.S3.Bucket` has no `zon` => zone
         unknown-property «BucketNam»: `AWS.S3.Bucket` has no property `BucketNam` here => BucketName
         unknown-name «shp»: nothing here is called `shp` => shop",
    );
}

#[test]
fn questions_take_what_they_ask_of() {
    claim(
        "assert survives_zone_loss(shop.receipts) or reachable(internet, shop.receipts)\n\
         assert components(Bucket).count == 1 and resources(AWS.S3.Bucket).count == 1\nassert component(\"shop.receipts\").stateful",
        "",
    );
    claim(
        "assert survives_zone_loss()\nassert survives_zone_loss(3)\nassert reachable(internet)\nassert reachable(from: shop, from: shop)\n\
         assert survives_zone_loss(shop.platform)\nassert components(Buckt).count == 1\nassert components(Stage).count == 1\n\
         assert resources(3).count == 1\nassert components(Bucket, Bucket).count == 1\nassert component().stateful\nassert resorces().count == 1",
        "missing-argument «survives_zone_loss»: `survives_zone_loss` takes one component
         type-mismatch «3»: `survives_zone_loss` asks of a component, not of a whole number
         missing-argument «reachable»: `reachable` takes two components or resources
         unknown-argument «reachable»: `reachable` takes each of `from` and `to` once
         optional-value «shop.platform»: this may be `none`
         unknown-component «Buckt»: there is no component `Buckt` here => Bucket
         type-mismatch «Stage»: `Stage` is not a component type
         type-mismatch «3»: this names no resource type
         unknown-argument «components»: `components` takes one component type, or nothing
         missing-argument «component»: `component` takes one path, such as \"shop.db\"
         unknown-name «resorces»: there is no function `resorces` => resources",
    );
}

#[test]
fn verbs_are_those_of_what_a_component_is_made_of() {
    let made = "component Inner {\n resource box: AWS.S3.Bucket {}\n grant peek { allow s3.GetObject on \"${box.Arn}/*\" }\n}\ncomponent Outer { inner: Inner {} }\nsolution made { o: Outer {} }\n";
    check(&format!("{SHOP}{made}test \"x\" {{\n assert access(internet, made.o) == [peek]\n}}"), "");
    check(
        &format!("{SHOP}{made}test \"x\" {{\n assert access(internet, made.o) == [read]\n}}"),
        "unknown-link-verb «read»: `Outer` grants no `read`",
    );
}

#[test]
fn parts_under_a_condition_may_be_missing_and_occurrences_have_keys() {
    let made = "component C {\n param network: Bool = false\n resource box: AWS.S3.Bucket if network {}\n resource zoned per zone: AWS.EC2.EIP {}\n}\n\
                solution made {\n one: C if env.stage == production {}\n many[k]: C for k in [\"a\"] {}\n all: C {}\n}\n";
    check(
        &format!(
            "{SHOP}{made}test \"x\" {{\n let a: Bool? = made.one?.stateful\n let b: Bool = made.many[\"a\"].stateful\n let c: String? = made.all.box?.name\n\
             let d: String = made.all.zoned[\"a\"].name\n assert a == none or b or c == none or d == \"\"\n}}"
        ),
        "",
    );
}

#[test]
fn what_a_wrong_import_would_have_brought_is_not_asked_after_again() {
    check(
        &format!("use nowhere.Box\n{SHOP}test \"x\" {{\n assert components(Box).count == 1\n}}"),
        "unknown-module «nowhere»: there is no module `nowhere`",
    );
}
