//! `solc deploy --backend aws` against moto's server, which imitates AWS and which we did not write.
//!
//! `cargo verify --only moto` starts the server, and runs this; without it it fails, and so it is ignored otherwise.
#![cfg(feature = "aws")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Types that moto can make, in two stacks; a value of the first goes to the second.
const SOLUTION: &str = include_str!("two-stacks.sol");

fn server() -> String {
    std::env::var("SOLC_MOTO_ENDPOINT").unwrap_or_else(|_| panic!("`cargo verify --only moto` runs this"))
}

/// Runs `solc`; its exit code, and what it printed and said.
fn solc(folder: &Path, words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_solc"));
    let Output { status, stdout, stderr } =
        command.args(words).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

/// The same, on the server.
fn there(folder: &Path, words: &[&str]) -> (i32, String) {
    let endpoint = server();
    let target = ["--env", "integration", "--backend", "aws", "--endpoint", endpoint.as_str()];
    solc(folder, &[words, &target].concat())
}

/// The files of a name below a folder.
fn named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(named(&path, name));
        } else if path.ends_with(name) {
            found.push(path);
        }
    }
    found
}

#[test]
#[ignore = "moto's server is needed: `cargo verify --only moto`"]
fn stacks_are_made_changed_left_alone_and_deleted_and_every_operation_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert_eq!(solc(root, &["init", ".", "--product", "demo"]).0, 0);
    let accounts = root.join("accounts-config/accounts.sol");
    let text = fs::read_to_string(&accounts).unwrap().replace("111122223333", "123456789012");
    fs::write(accounts, text).unwrap();
    let solution = root.join("demo-config/solutions/demo.sol");
    fs::write(&solution, SOLUTION).unwrap();

    let (code, said) = there(root, &["deploy"]);
    assert!(code == 0 && said.contains("2 stacks changed"), "{said}");
    assert!(said.contains("in account 123456789012, ap-southeast-2"), "{said}");
    assert!(said.contains("`demo-integration-demo-data` is not protected against deletion"), "{said}");
    let (code, said) = there(root, &["outputs"]);
    assert!(
        code == 0 && said.contains("demo.table  arn:aws:dynamodb:ap-southeast-2:123456789012:"),
        "{said}"
    );

    // What the first stack gave out is what the second took.
    let state = |layer: &str| -> Value {
        let path =
            root.join(format!("demo-infrastructure/state/integration/demo-integration-demo-{layer}.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let given: Vec<Value> = state("data")["outputs"].as_object().unwrap().values().cloned().collect();
    let taken: Vec<Value> =
        state("application")["parameters"].as_object().unwrap().values().cloned().collect();
    assert!(taken.len() == 1 && given.contains(&taken[0]), "{given:?} {taken:?}");

    let (code, said) = there(root, &["deploy"]);
    assert!(code == 0 && said.contains("nothing to change"), "{said}");

    let text = SOLUTION.replace("{ DisplayName = of }", "{ DisplayName = \"of ${of}\" }");
    fs::write(&solution, &text).unwrap();
    let (code, said) = there(root, &["deploy"]);
    assert!(code == 0 && said.contains("demo-integration-demo-application: changed"), "{said}");
    assert!(said.contains("demo-integration-demo-data: unchanged"), "{said}");

    // Another machine has no journals, and the recorded state all the same.
    fs::remove_dir_all(root.join(".solc")).unwrap();
    let (code, said) = there(root, &["status"]);
    assert!(code == 0 && said.lines().filter(|line| line.contains("_COMPLETE")).count() == 2, "{said}");
    let (code, said) = there(root, &["deploy"]);
    assert!(code == 0 && said.contains("nothing to change"), "{said}");

    let without = SOLUTION.replace("  news: News { of = store.arn }\n", "");
    fs::write(&solution, without).unwrap();
    let (code, said) = there(root, &["deploy"]);
    assert!(code == 0 && said.contains("demo-integration-demo-application: deleted"), "{said}");

    let (code, said) = there(root, &["destroy", "--yes"]);
    assert!(code == 3 && said.contains("--acknowledge \"delete demo-integration-demo-data\""), "{said}");
    let (code, said) =
        there(root, &["destroy", "--yes", "--acknowledge", "delete demo-integration-demo-data"]);
    assert!(code == 0 && said.contains("demo-integration-demo-data: deleted"), "{said}");
    let (code, said) = there(root, &["status"]);
    assert!(code == 0 && said.contains("no stacks"), "{said}");

    let audit = root.join("demo-infrastructure/audit");
    let (intents, results) = (named(&audit, "1-intent.json"), named(&audit, "2-result.json"));
    assert_eq!((intents.len(), results.len()), (6, 6), "five deployments and a destruction");
}

/// Needs the hosted zone of its product's domain, and reaches S3 through the endpoint of its network.
const ENTRY: &str = r#"use std.network.{Gateway, Network}

solution demo {
  network: Network {}
  entry: Gateway { network }
}
"#;

/// The zone; moto, unlike AWS, finds none whose name has no dot at the end.
const ZONES: &str = r#"component Zone {
  layer data
  resource zone: AWS.Route53.HostedZone { Name = "zones.example." }
  attribute id: deferred String = zone.ref
}

solution demo {
  zone: Zone {}
  output id: String = zone.id
}
"#;

#[test]
#[ignore = "moto's server is needed: `cargo verify --only moto`"]
fn facts_are_looked_up_written_once_and_left_alone_where_they_are_right() {
    // A product of its own: the server is one, and tests run side by side.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert_eq!(solc(root, &["init", ".", "--product", "zones"]).0, 0);
    let accounts = root.join("accounts-config/accounts.sol");
    let text = fs::read_to_string(&accounts).unwrap().replace("111122223333", "123456789012");
    fs::write(&accounts, &text).unwrap();
    let solution = root.join("zones-config/solutions/zones.sol");
    let facts = root.join("zones-config/facts.json");

    fs::write(&solution, ENTRY).unwrap();
    let (code, said) = there(root, &["facts", "refresh"]);
    let missing = "no public hosted zone `zones.example` in account 123456789012, ap-southeast-2";
    assert!(code == 1 && said.contains(missing), "{said}");

    fs::write(&solution, ZONES).unwrap();
    let (code, said) = there(root, &["deploy"]);
    assert!(code == 0, "{said}");
    let (_, said) = there(root, &["outputs"]);
    let id = said.split_whitespace().find(|word| word.starts_with('Z')).unwrap_or_else(|| panic!("{said}"));

    fs::write(&solution, ENTRY).unwrap();
    fs::write(&facts, "{ \"prefix_lists\": { \"s3\": \"pl-00000000\", \"dynamodb\": \"pl-00000000\" } }")
        .unwrap();
    let (code, said) = there(root, &["facts", "refresh", "--check"]);
    assert!(code == 1 && said.contains(&format!("hosted_zones.zones.example: none → {id}")), "{said}");
    assert!(fs::read_to_string(&facts).unwrap().contains("pl-00000000"), "nothing is written");
    let (code, said) = there(root, &["facts", "refresh"]);
    assert!(code == 0 && said.contains("zones-config/facts.json: 3 changes"), "{said}");
    assert!(said.contains("prefix_lists.s3: pl-00000000 → pl-"), "{said}");
    let written = fs::read_to_string(&facts).unwrap();
    let value: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(value["hosted_zones"]["zones.example"], id);
    assert_ne!(value["prefix_lists"]["s3"], value["prefix_lists"]["dynamodb"]);
    assert!(written.starts_with("{\n  \"hosted_zones\"") && written.ends_with("}\n"), "{written}");
    let (code, said) = solc(root, &["check"]);
    assert!(code == 0, "{said}");
    let (code, said) = there(root, &["facts", "refresh", "--check"]);
    assert!(code == 0 && said.contains("nothing to change"), "{said}");

    fs::write(&accounts, text.replace("\"c\"]", "\"c\", \"f\"]")).unwrap();
    let (code, said) = there(root, &["facts", "refresh"]);
    assert!(code == 1 && said.contains("ap-southeast-2f"), "{said}");
    assert_eq!(fs::read_to_string(&facts).unwrap(), written);
}
