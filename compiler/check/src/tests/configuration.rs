//! Configuration blocks and profiles.

use super::{check, explains};

const REST: &str = "account nonprod {\n id = \"111122223333\"\n region = \"ap-southeast-2\"\n zones = [\"a\"]\n\
    registries = { docker = ecr { prefix = \"a\" }, files = s3 { bucket = \"aaa\" } }\n}\n\
    product shop {\n domain = \"shop.example\"\n teams = { releasers = github(\"acme/releasers\") }\n}\n\
    environment integration {\n stage = integration\n account = nonprod\n network = 10.0.0.0/16\n release = continuous\n}\n";

#[track_caller]
fn beside(input: &str, expect: &str) {
    check(&format!("{REST}{input}"), expect);
}

#[test]
fn a_block_is_a_record_of_std_cmdb() {
    beside(
        "environment production {\n stage = production\n account = nonprod\n network = 10.1.0.0/16\n availability = single_az\n\
         release = manual { approvers = [releasers], from = integration }\n waive availability because \"a trial\"\n}\norganisation acme {}",
        "",
    );
}

#[test]
fn a_misspelt_field_of_a_block_is_the_only_mistake() {
    beside(
        "environment production {\n stage = production\n acount = nonprod\n network = 10.1.0.0/16\n release = continuous\n}",
        "unknown-field «acount»: `Environment` has no field `acount` => account",
    );
}

#[test]
fn a_block_needs_its_fields() {
    explains(
        "environment production {\n stage = production\n network = 10.1.0.0/16\n release = continuous\n}",
        "^ production | without `account`
         - account | `account` is declared as `Account`
         help: add `account = …`",
    );
}

#[test]
fn values_in_blocks_are_of_their_types() {
    beside(
        "environment production {\n stage = produktion\n account = nonprood\n network = \"10.1.0.0/16\"\n release = automatic\n}\n\
         account prod {\n id = 3\n region = \"ap-southeast-2\"\n zones = \"a\"\n registries = { docker = ecr { prefix = \"a\" } }\n}",
        "unknown-case «produktion»: `Stage` has no case `produktion` => production
         unknown-name «nonprood»: there is no account `nonprood` => nonprod
         type-mismatch «\"10.1.0.0/16\"»: expected an address range, found the string \"10.1.0.0/16\" => 10.1.0.0/16
         unknown-case «automatic»: `Release` has no case `automatic`
         type-mismatch «3»: expected `AccountId`, found a whole number => \"3\"
         type-mismatch «\"a\"»: expected a list `[ZoneLetter]`, found the string \"a\" => […]
         missing-field «{ docker = ecr { prefix = \"a\" } }»: `Registries` needs `files`",
    );
}

#[test]
fn a_name_of_another_kind_of_block_is_told() {
    explains(
        &format!(
            "{REST}environment test {{\n stage = test\n account = integration\n network = 10.1.0.0/16\n release = continuous\n}}"
        ),
        "^ integration | not found
         note: there is an environment of that name, but an account is expected here
         help: name one of `nonprod`",
    );
}

#[test]
fn approvers_are_teams() {
    beside(
        "environment production {\n stage = production\n account = nonprod\n network = 10.1.0.0/16\n release = manual { approvers = [releaser], from = integratoin }\n}",
        "unknown-name «releaser»: there is no team `releaser` => releasers
         unknown-name «integratoin»: there is no environment `integratoin` => integration",
    );
}

#[test]
fn what_the_system_sets_is_not_set_by_hand() {
    beside(
        "environment production {\n name = \"prod\"\n stage = production\n account = nonprod\n network = 10.1.0.0/16\n release = continuous\n facts = {}\n}",
        "unknown-field «name»: `name` is not set by hand
         unknown-field «facts»: `facts` is not set by hand",
    );
}

#[test]
fn blocks_are_declared_once() {
    beside(
        "environment integration {\n stage = test\n account = nonprod\n network = 10.1.0.0/16\n release = continuous\n}\nproduct other { domain = \"o.example\" }",
        "duplicate-name «integration»: `integration` is declared twice
         duplicate-name «other»: `other` is a second product of this project",
    );
}

#[test]
fn only_availability_is_waived_and_not_without_a_reason() {
    beside(
        "environment production {\n stage = production\n account = nonprod\n network = 10.1.0.0/16\n release = continuous\n\
         waive availabilty because \"x\"\n waive availability because \"\"\n}",
        "unknown-name «availabilty»: `availabilty` cannot be waived => availability
         missing-reason «\"\"»: a waiver needs a reason",
    );
}

#[test]
fn a_profile_speaks_of_a_component_and_its_parameters() {
    check(
        "use std.messaging.Queue\nproduct shop {\n domain = \"shop.example\"\n default Queue { retention = 4d, retension = 3d }\n enforce Qeue { fifo = true }\n\
         default Bucket { versioned = true }\n enforce Queue { retention = 3 }\n}",
        "unknown-field «retension»: `Queue` has no field `retension` => retention
         unknown-component «Qeue»: there is no component `Qeue` here => Queue
         unknown-component «Bucket»: there is no component `Bucket` here => use std.data.Bucket
         type-mismatch «3»: expected `Duration where 1min..14d`, found a whole number => 3min",
    );
}

#[test]
fn env_and_product_have_the_fields_of_their_records() {
    check(
        "component C {\n let a: String = env.name\n let b: String = env.account.region\n let c: String = product.domain\n let d = env.stag\n let e = env.account.regio\n}",
        "unknown-field «stag»: an environment has no `stag` => stage
         unknown-field «regio»: an account has no `regio` => region",
    );
}

#[test]
fn a_team_has_no_profiles() {
    check(
        "use std.messaging.Queue\nteam shop {\n members = github(\"acme/shop\")\n default Queue { retention = 4d }\n}",
        "misplaced-statement «default Queue { retention = 4d }»: a profile means nothing in a configuration block",
    );
}

#[test]
fn a_field_that_may_be_left_out_is_corrected_and_never_to_what_is_not_set_by_hand() {
    let environment = |line: &str| {
        format!(
            "environment production {{\n stage = production\n account = nonprod\n network = 10.1.0.0/16\n release = continuous\n{line}\n}}"
        )
    };
    beside(
        &environment("availabilty = single_az"),
        "unknown-field «availabilty»: `Environment` has no field `availabilty` => availability",
    );
    beside(&environment("nane = \"x\""), "unknown-field «nane»: `Environment` has no field `nane`");
}

#[test]
fn what_a_repository_that_is_left_out_may_declare_is_a_warning() {
    let input = "use std.compute.Function\nenvironment live {\n stage = production\n account = nowhere\n network = 10.1.0.0/16\n release = continuous\n}\n\
                 product shop {\n domain = \"shop.example\"\n default settings { LOG_LEVEL = \"info\" }\n}\n\
                 test \"x\" for live, other, elsewhere { assert true }\n\
                 solution s { default settings { LOG_LEVEL = \"info\" } }";
    let codes = |alone: bool| {
        let files = crate::Files { alone, elsewhere: vec!["elsewhere".into()], ..crate::Files::default() };
        let (_, found, sources) = super::run(input, files);
        let found = solc_source::diagnostic::merge(found);
        let said = found.iter().filter(|d| d.code != crate::codes::UNUSED_DECLARATION);
        said.map(|d| format!("{} {}", d.code, sources.text(d.span()))).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(true),
        [
            "not-checked-here nowhere",
            "not-checked-here LOG_LEVEL",
            "not-checked-here other",
            "unknown-name LOG_LEVEL"
        ]
    );
    assert_eq!(
        codes(false),
        ["unknown-name nowhere", "unknown-name LOG_LEVEL", "unknown-name other", "unknown-name LOG_LEVEL"]
    );
}

#[test]
fn a_name_that_no_block_has_is_not_said_to_be_another_block() {
    explains(
        &format!(
            "{REST}environment test {{\n stage = test\n account = nowhere\n network = 10.1.0.0/16\n release = continuous\n}}"
        ),
        "^ nowhere | not found
         help: name one of `nonprod`",
    );
}
