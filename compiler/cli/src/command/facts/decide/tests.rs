//! What becomes of facts, with a service that answers what each test tells it to.

use super::{HOSTED_ZONES, PREFIX_LISTS, Place, Said, Service, decide, zones};
use solc_deploy::aws::HostedZone;
use solc_deploy::backend::{Failure, Values};
use solc_driver::{Facts, Memory, RepositoryFacts, facts};
use std::path::Path;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";

/// Reads a hosted zone that it needs, and one that it may do without.
const SOLUTION: &str = r#"
component Net {
  resource topic: AWS.SNS.Topic {
    DisplayName = env.facts.hosted_zones["shop.example"]
    TopicName   = env.facts.hosted_zones.get("spare.example") ?? "none"
  }
  layer data
}
solution shop { net: Net {} }
"#;

fn account(name: &str, id: &str, region: &str) -> String {
    format!(
        "account {name} {{\n  id = \"{id}\"\n  region = \"{region}\"\n  zones = [\"a\", \"b\"]\n  registries = {{ docker = \
         ecr {{ prefix = \"acme\" }}, files = s3 {{ bucket = \"acme-registry\" }} }}\n}}\n"
    )
}

/// A product with two environments, `one` in the first account and `two` in the second or the first.
fn wanted(said: &str, region: &str, apart: bool, asked: &[&str]) -> Facts {
    let second = if apart { "second" } else { "first" };
    let accounts = [account("first", ACCOUNT, "eu-west-1"), account("second", OTHER, region)].concat();
    let product = format!(
        "product shop {{\n  domain = \"shop.example\"\n  teams = {{ developers = github(\"acme/shop\") }}\n}}\nenvironment one {{ \
         stage = integration, account = first, network = 10.10.0.0/16, release = continuous }}\nenvironment two {{ stage = \
         test, account = {second}, network = 10.20.0.0/16, release = continuous }}\n"
    );
    let files = Memory::default()
        .with("solc.toml", "[workspace]\nmembers = [\"accounts\", \"config\"]\n")
        .with("accounts/solc.toml", "[repository]\nlevel = \"account\"\n")
        .with("accounts/accounts.sol", accounts)
        .with(
            "config/solc.toml",
            "[repository]\nlevel = \"product\"\nclass = \"development\"\n\n[paths]\naccounts = \"../accounts\"\n",
        )
        .with("config/product.sol", product)
        .with("config/solutions/shop.sol", SOLUTION)
        .with("config/facts.json", said);
    let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
    let facts = facts(&files, Path::new(""), &asked);
    assert!(!facts.diagnostics.iter().any(|d| d.is_error()), "{:?}", facts.diagnostics);
    assert_eq!(facts.repositories.len(), 1);
    facts
}

/// Zones by account and domain, and prefix lists by name.
#[derive(Default)]
struct Told {
    zones: Vec<(&'static str, &'static str, &'static str, bool)>,
    lists: Vec<(&'static str, &'static str)>,
}

impl Service for Told {
    fn hosted_zones(&self, place: &Place, domain: &str) -> Result<Vec<HostedZone>, Failure> {
        let of = self.zones.iter().filter(|zone| zone.0 == place.account && zone.1 == domain);
        Ok(of.map(|zone| HostedZone { id: zone.2.to_owned(), private: zone.3 }).collect())
    }

    fn prefix_lists(&self, _: &Place, names: &[String]) -> Result<Values, Failure> {
        let of = self.lists.iter().filter(|list| names.iter().any(|name| name == list.0));
        Ok(of.map(|list| (list.0.to_owned(), list.1.to_owned())).collect())
    }

    fn availability_zones(&self, place: &Place) -> Result<Vec<String>, Failure> {
        Ok(vec![format!("{}a", place.region)])
    }
}

fn repository(facts: &Facts) -> &RepositoryFacts {
    &facts.repositories[0]
}

fn entry(facts: &Said, fact: &str, key: &str) -> Option<String> {
    facts.get(fact).and_then(|entries| entries.get(key)).cloned()
}

#[test]
fn what_is_read_is_looked_up_and_what_is_not_needed_may_be_missing() {
    let facts = wanted("{}", "eu-west-1", false, &["one"]);
    let told = Told { zones: vec![(ACCOUNT, "shop.example", "Z1", false)], ..Told::default() };
    let decided = decide(repository(&facts), &told).unwrap();
    assert_eq!(decided.changes, ["hosted_zones.shop.example: none → Z1"]);
    assert_eq!(decided.problems, []);
    assert_eq!(entry(&decided.facts, HOSTED_ZONES, "spare.example"), None);
}

#[test]
fn what_has_changed_is_said_and_what_was_not_looked_up_stays() {
    let said = r#"{ "prefix_lists": { "s3": "pl-00000001" }, "hosted_zones": { "shop.example": "Z1" } }"#;
    let facts = wanted(said, "eu-west-1", false, &["one", "two"]);
    let told = Told {
        zones: vec![(ACCOUNT, "shop.example", "Z2", false)],
        lists: vec![("com.amazonaws.eu-west-1.s3", "pl-00000001")],
    };
    let decided = decide(repository(&facts), &told).unwrap();
    assert_eq!(decided.changes, ["hosted_zones.shop.example: Z1 → Z2"]);
    assert_eq!(entry(&decided.facts, PREFIX_LISTS, "s3").as_deref(), Some("pl-00000001"));
}

#[test]
fn a_zone_that_is_needed_and_missing_names_account_and_region() {
    let facts = wanted("{}", "eu-west-1", false, &["one"]);
    let told = Told { zones: vec![(ACCOUNT, "shop.example", "Z1", true)], ..Told::default() };
    let decided = decide(repository(&facts), &told).unwrap();
    assert_eq!(decided.changes.len(), 0);
    assert_eq!(
        decided.problems[0].message,
        "there is no public hosted zone `shop.example` in account 111122223333, eu-west-1"
    );
    assert_eq!(decided.notes, ["shop.example: left the private zone Z1 of account 111122223333 out"]);
}

#[test]
fn two_public_zones_of_one_name_are_both_named() {
    let facts = wanted("{}", "eu-west-1", false, &["one"]);
    let zone = |id| (ACCOUNT, "shop.example", id, false);
    let decided =
        decide(repository(&facts), &Told { zones: vec![zone("Z1"), zone("Z2")], ..Told::default() });
    let decided = decided.unwrap();
    assert_eq!(decided.facts.len(), 0);
    assert_eq!(
        decided.problems[0].message,
        "account 111122223333 has several public zones of `shop.example`: Z1, Z2"
    );
}

#[test]
fn of_two_public_zones_the_one_that_somebody_chose_stays() {
    let said = r#"{ "hosted_zones": { "shop.example": "Z2" } }"#;
    let facts = wanted(said, "eu-west-1", false, &["one"]);
    let zone = |id| (ACCOUNT, "shop.example", id, false);
    let told = Told { zones: vec![zone("Z1"), zone("Z2")], ..Told::default() };
    let decided = decide(repository(&facts), &told).unwrap();
    assert_eq!((decided.changes.len(), decided.problems.len(), decided.notes.len()), (0, 0, 1));
}

#[test]
fn a_zone_that_two_accounts_read_gets_no_id() {
    let facts = wanted("{}", "eu-west-1", true, &["one"]);
    let told = Told { zones: vec![(ACCOUNT, "shop.example", "Z1", false)], ..Told::default() };
    let decided = decide(repository(&facts), &told).unwrap();
    assert_eq!((decided.changes.len(), decided.facts.len()), (0, 0));
    assert_eq!(
        decided.problems[0].message,
        "`hosted_zones.shop.example` of config/facts.json: its ids differ between one in account 111122223333, two in \
         account 444455556666"
    );
}

#[test]
fn a_prefix_list_that_differs_between_regions_is_left_as_it_is() {
    let said = r#"{ "prefix_lists": { "s3": "pl-00000001" } }"#;
    let facts = wanted(said, "us-east-1", true, &["one", "two"]);
    let lists =
        vec![("com.amazonaws.eu-west-1.s3", "pl-00000002"), ("com.amazonaws.us-east-1.s3", "pl-00000003")];
    let decided = decide(repository(&facts), &Told { lists, ..Told::default() }).unwrap();
    assert_eq!(entry(&decided.facts, PREFIX_LISTS, "s3").as_deref(), Some("pl-00000001"));
    let said = decided.problems.iter().find(|problem| problem.message.contains("prefix_lists.s3")).unwrap();
    assert!(said.message.contains("one in eu-west-1, two in us-east-1"), "{said:?}");
}

#[test]
fn what_the_file_names_and_aws_does_not_know_is_a_mistake() {
    let said = r#"{ "prefix_lists": { "s4": "pl-00000001" } }"#;
    let facts = wanted(said, "eu-west-1", false, &["one"]);
    let told = Told { zones: vec![(ACCOUNT, "shop.example", "Z1", false)], ..Told::default() };
    let decided = decide(repository(&facts), &told).unwrap();
    assert_eq!(
        decided.problems[0].message,
        "AWS has no prefix list for `s4` in account 111122223333, eu-west-1; no environment reads it"
    );
}

#[test]
fn zones_that_the_region_does_not_have_are_said_once_for_an_account() {
    let facts = wanted("{}", "eu-west-1", false, &["one", "two"]);
    let problems = zones(&facts.repositories, &Told::default()).unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].message,
        "account `first` (111122223333) lists zones that it does not have in eu-west-1: eu-west-1b"
    );
    assert_eq!(problems[0].help, "change its `zones`; there are eu-west-1a");
}
