//! `why` on the example: who sets a value, and what would be without the winner, read by hand from its files.
//!
//! Invariant: the lines here are counted in the files of `examples/shop`; a change of those files changes them too.

use solc_driver::why;
use solc_ir::why::{Answer, By, Explanation};
use solc_tests::project::{ROOT, memory};
use solc_tests::{corpus, frame::Files};
use std::path::Path;

/// A value, who sets it, and the text that stands there.
type Link = (&'static str, &'static str, &'static str);

/// A path, and of each candidate its value, who gives it, the file, and the text there.
type Chain = (String, Vec<[String; 4]>);

fn ask(files: &Files, path: &str, environment: &str) -> (Vec<Chain>, Vec<Explanation>) {
    let found = why(&memory(files), Path::new(ROOT), path, &[environment.to_owned()]);
    let [(name, Answer::Known(explanations))] = found.answers.as_slice() else {
        panic!("{path} in {environment}: {:?}", found.answers);
    };
    assert_eq!(name, environment);
    let chain = |explanation: &Explanation| {
        let candidates = explanation.candidates.iter().map(|candidate| {
            let file = found.sources.get(candidate.span.file).expect("it stands in a file");
            let text = file.text().get(candidate.span.range()).expect("the place lies in its file");
            [candidate.value.clone(), by(&candidate.by), file.name().to_owned(), text.to_owned()]
        });
        (explanation.path.to_string(), candidates.collect())
    };
    (explanations.iter().map(chain).collect(), explanations.clone())
}

fn by(by: &By) -> String {
    match by {
        By::Enforced { layer, name } => format!("enforce {layer} {name}"),
        By::Default { layer, name } => format!("default {layer} {name}"),
        By::Block { layer, name } => format!("{layer} {name}"),
        By::Instance(path) => format!("instance {path}"),
        By::Declaration(name) => format!("declaration {name}"),
        By::Link(verb) => format!("link {verb}"),
        By::Body(component) => format!("body {component}"),
        By::File => "file".to_owned(),
        By::Compiler => "compiler".to_owned(),
        By::Nobody => "nobody".to_owned(),
    }
}

/// One value: its chain, each with value, who, and `file: text`.
fn check(path: &str, environment: &str, expect: &[Link]) {
    let (chains, _) = ask(&corpus::example("shop"), path, environment);
    let [(found, chain)] = chains.as_slice() else { panic!("{chains:?}") };
    assert_eq!(found, path);
    let chain: Vec<(&str, &str, String)> = chain
        .iter()
        .map(|[value, by, file, text]| (value.as_str(), by.as_str(), format!("{file}: {text}")))
        .collect();
    let expect: Vec<(&str, &str, String)> =
        expect.iter().map(|(value, by, place)| (*value, *by, (*place).to_owned())).collect();
    assert_eq!(chain, expect, "{path} in {environment}");
}

#[test]
fn production_keeps_backups_longest() {
    check(
        "shop.db.backup_retention",
        "production",
        &[
            ("35d", "enforce environment production", "shop-production-config/environments.sol: 35d"),
            ("14d", "default product shop", "shop-config/product.sol: 14d"),
            ("7d", "declaration Postgres", "std:data/postgres.sol: 7d"),
        ],
    );
}

#[test]
fn elsewhere_the_product_says_how_long() {
    check(
        "shop.db.backup_retention",
        "integration",
        &[
            ("14d", "default product shop", "shop-config/product.sol: 14d"),
            ("7d", "declaration Postgres", "std:data/postgres.sol: 7d"),
        ],
    );
}

#[test]
fn an_instance_wins_over_its_product() {
    check(
        "shop.api.memory",
        "integration",
        &[
            ("1GiB", "instance shop.api", "shop-config/solutions/shop.sol: 1GiB"),
            ("512MiB", "default product shop", "shop-config/product.sol: 512MiB"),
            ("512MiB", "declaration Service", "std:compute/service.sol: 512MiB"),
        ],
    );
}

#[test]
fn what_the_product_enforces_wins() {
    check(
        "shop.db.deletion_protection",
        "preproduction",
        &[
            ("true", "enforce product shop", "shop-config/product.sol: true"),
            ("true", "declaration Postgres", "std:data/postgres.sol: true"),
        ],
    );
}

#[test]
fn a_setting_is_enforced_over_its_file() {
    check(
        "shop.api.LOG_LEVEL",
        "production",
        &[
            (
                "\"warn\"",
                "enforce environment production",
                "shop-production-config/environments.sol: \"warn\"",
            ),
            ("\"warn\"", "file", "shop-production-config/settings/production/shop/api.toml: \"warn\""),
            ("\"info\"", "default organisation acme", "accounts-config/organisation.sol: \"info\""),
            ("\"info\"", "declaration setting LOG_LEVEL", "shop-config/solutions/shop.sol: \"info\""),
        ],
    );
}

#[test]
fn a_settings_file_wins_over_the_organisation() {
    check(
        "shop.api.LOG_LEVEL",
        "integration",
        &[
            ("\"debug\"", "file", "shop-config/settings/integration/shop/api.toml: \"debug\""),
            ("\"info\"", "default organisation acme", "accounts-config/organisation.sol: \"info\""),
            ("\"info\"", "declaration setting LOG_LEVEL", "shop-config/solutions/shop.sol: \"info\""),
        ],
    );
}

#[test]
fn a_setting_without_a_file_is_the_products() {
    check(
        "shop.web.CACHE_SECONDS",
        "preproduction",
        &[
            ("600", "default product shop", "shop-config/product.sol: 600"),
            ("300", "declaration setting CACHE_SECONDS", "shop-config/solutions/shop.sol: 300"),
        ],
    );
}

#[test]
fn a_products_tag_wins_over_its_organisations() {
    check(
        "shop.db.tags.owner",
        "production",
        &[
            ("\"shop\"", "default product shop", "shop-config/product.sol: \"shop\""),
            ("\"platform\"", "default organisation acme", "accounts-config/organisation.sol: \"platform\""),
        ],
    );
}

#[test]
fn an_account_wins_over_its_organisation() {
    check(
        "shop.media.keep_versions",
        "production",
        &[
            ("400d", "default account prod", "accounts-config/prod.sol: 400d"),
            ("180d", "default organisation acme", "accounts-config/organisation.sol: 180d"),
            ("90d", "declaration Bucket", "std:data/bucket.sol: 90d"),
        ],
    );
}

#[test]
fn a_nested_component_is_reached() {
    check(
        "shop.platform.notify",
        "integration",
        &[
            (
                "[\"shop-alarms@acme.example\"]",
                "default product shop",
                "shop-config/product.sol: [\"shop-alarms@acme.example\"]",
            ),
            ("[]", "declaration Platform", "std:platform/platform.sol: []"),
        ],
    );
}

#[test]
fn a_solution_says_something_for_its_own() {
    check(
        "shop.orders.alarm_after",
        "integration",
        &[
            ("10min", "default solution shop", "shop-config/solutions/shop.sol: 10min"),
            ("15min", "declaration Queue", "std:messaging/queue.sol: 15min"),
        ],
    );
}

#[test]
fn what_an_organisation_enforces_is_the_gateways() {
    check(
        "shop.entry.deletion_protection",
        "production",
        &[
            ("true", "enforce organisation acme", "accounts-config/organisation.sol: true"),
            ("true", "declaration Gateway", "std:network/gateway.sol: true"),
        ],
    );
}

#[test]
fn a_property_tells_the_parameter_that_it_came_from() {
    let (chains, explanations) =
        ask(&corpus::example("shop"), "shop.db.database.BackupRetentionPeriod", "production");
    assert_eq!(chains[0].1[0][0], "35");
    assert_eq!(chains[0].1[0][1], "body Postgres");
    assert_eq!(chains[0].1[0][2], "std:data/postgres.sol");
    let reads: Vec<(&str, &str)> =
        explanations[0].reads.iter().map(|r| (r.path.as_str(), r.candidates[0].value.as_str())).collect();
    assert_eq!(reads, [("shop.db.backup_retention", "35d")]);
}

#[test]
fn a_field_of_the_environment_tells_what_its_default_reads() {
    let (chains, explanations) = ask(&corpus::example("shop"), "production.availability", "production");
    assert_eq!(chains[0].1[0][..2], ["multi_az".to_owned(), "declaration Environment".to_owned()]);
    let reads: Vec<(&str, &str)> =
        explanations[0].reads.iter().map(|r| (r.path.as_str(), r.candidates[0].value.as_str())).collect();
    assert_eq!(reads, [("production.stage", "production")]);
}

#[test]
fn a_link_publishes_settings() {
    let (chains, _) = ask(&corpus::example("shop"), "shop.biller.RECEIPTS_BUCKET", "production");
    assert_eq!(chains[0].1[0][1], "link receipts.write");
    assert_eq!(chains[0].1[0][3], "link receipts.write(under: \"invoices/\")");
}

#[test]
fn a_secret_tells_where_it_is_kept_and_an_instance_tells_all() {
    let (chains, _) = ask(&corpus::example("shop"), "shop.api", "production");
    let path = |name: &str| chains.iter().find(|(path, _)| path == name).unwrap_or_else(|| panic!("{name}"));
    let (_, secret) = path("shop.api.STRIPE_KEY");
    assert_eq!(secret[0][1], "file");
    assert!(secret[0][2].ends_with("credentials/production/shop/api.toml"), "{secret:?}");
    for name in ["shop.api.memory", "shop.api.LOG_LEVEL", "shop.api.DB_HOST", "shop.api.tags.managed_by"] {
        assert!(!path(name).1.is_empty(), "{name}");
    }
}

#[test]
fn a_misspelt_path_gives_the_nearest_name() {
    for (path, part, nearest) in [
        ("shop.db.backup_retension", "backup_retension", Some("backup_retention")),
        ("shop.dbb.backup_retention", "dbb", Some("db")),
        ("shp.db", "shp", Some("shop")),
        ("shop.api.LOG_LEVL", "LOG_LEVL", Some("LOG_LEVEL")),
        ("shop.db.tags.ownr", "ownr", Some("owner")),
        ("production.availabilty", "availabilty", Some("availability")),
        ("shop.db.backup_retention.days", "days", None),
    ] {
        let files = memory(&corpus::example("shop"));
        let found = why(&files, Path::new(ROOT), path, &["production".to_owned()]);
        let [(_, Answer::Unknown(unknown))] = found.answers.as_slice() else {
            panic!("{path}: {:?}", found.answers);
        };
        assert_eq!((unknown.part.as_str(), unknown.nearest.as_deref()), (part, nearest), "{path}");
    }
}
