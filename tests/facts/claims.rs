//! The example's tests and policies hold, and tell when the product is changed under them.

use solc_driver::{Memory, Request, TestResult, compile};
use solc_tests::workspace::{files, text};
use std::path::Path;

const EXAMPLE: &str = "examples/shop";
const SOLUTION: &str = "shop-config/solutions/shop.sol";

/// The example with its solution changed; what is replaced must be there.
fn example(changes: &[(&str, &str)]) -> (Vec<TestResult>, Vec<String>) {
    let mut memory = Memory::new();
    for path in files(EXAMPLE) {
        let Ok(below) = path.strip_prefix(EXAMPLE) else { continue };
        let mut content = text(&path);
        if below == Path::new(SOLUTION) {
            for (from, to) in changes {
                assert!(content.contains(from), "{from}");
                content = content.replacen(from, to, 1);
            }
        }
        memory.insert(below, content.as_str());
    }
    let compilation = compile(&memory, Path::new(""), &Request::test(&[], ""));
    let errors = compilation.diagnostics.iter().filter(|d| d.is_error());
    let errors = errors.map(|d| format!("{} {:?}: {}", d.code, d.environments, d.message)).collect();
    (compilation.tests, errors)
}

fn failed(results: &[TestResult]) -> Vec<String> {
    let failed = results.iter().filter(|r| !r.passed());
    failed.map(|r| format!("{}: {}", r.environment, r.name)).collect()
}

#[test]
fn the_tests_and_policies_of_the_example_hold() {
    let (results, errors) = example(&[]);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(failed(&results), Vec::<String>::new());
    for environment in ["integration", "preproduction", "production"] {
        let ran = results.iter().filter(|r| r.environment == environment);
        assert_eq!(ran.clone().count(), 5, "{environment}");
        assert!(ran.clone().all(|r| r.assertions > 0), "{environment}");
    }
}

#[test]
fn a_link_too_many_is_noticed() {
    let (results, errors) =
        example(&[("    link placed.publish\n", "    link placed.publish\n    link receipts.read\n")]);
    assert_eq!(
        failed(&results),
        ["integration", "preproduction", "production"]
            .map(|e| format!("{e}: receipts are written by who bills, and read by who reports"))
    );
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn a_link_too_few_is_noticed() {
    let (results, _) = example(&[("    link api.call\n", "")]);
    assert_eq!(
        failed(&results),
        ["integration", "preproduction", "production"]
            .map(|e| format!("{e}: orders come in through the gateway, and nowhere else"))
    );
}

#[test]
fn a_replica_too_few_is_noticed_where_a_zone_may_be_lost() {
    // The library forbids one task under `multi_az`; two in a network are what is asked of here, so the check is the
    // library's own, and no test runs where it complains.
    let (results, errors) = example(&[("then 3..12 else 1..3", "then 1..12 else 1..3")]);
    assert!(errors.iter().all(|e| e.starts_with("broken-invariant")), "{errors:?}");
    assert!(results.iter().all(|r| r.environment == "integration"));
}
