//! The book's page on faults and these tests are one thing: its numbers are those that the tests assert, it has a row
//! for every fault, thread and invariant, and every test that it names exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Points at which each scene is killed, at least; in the order of the scenes.
pub(crate) const CRASH_POINTS: &[usize] = &[80, 70, 60, 350];
/// Points at which recoveries are killed, at least.
pub(crate) const RECOVERY_POINTS: usize = 500;
/// Pairs of deaths, at least.
pub(crate) const PAIRS: usize = 250;
/// Points at which the power goes, at least.
pub(crate) const POWER_LOSSES: usize = 250;
/// Disks that are full in the journal, at least.
pub(crate) const FULL_DISKS: usize = 50;
/// Files of evidence that cannot be written, at least.
pub(crate) const BLOCKED_FILES: usize = 25;
/// How many scenarios each of these tests plays.
const SCENARIOS: &[(&str, usize)] = &[
    ("f04_ten_minutes_and_every_second_call_are_outlived", 36),
    ("f04_throttling_makes_it_slower_and_no_worse", 32),
    ("f05_errors_of_the_service_are_outlived", 32),
    ("f06_a_lost_answer_to_any_call_changes_nothing", 64),
    ("f07_twenty_minutes_without_a_network_are_outlived", 4),
    ("f08_credentials_that_can_be_renewed_are", 32),
    ("f10_who_comes_between_plan_and_execution_makes_a_new_plan_everywhere", 48),
    ("f12_events_that_come_late_or_out_of_order_make_no_failure_and_hide_none", 16),
    ("f23_a_clock_that_jumps_costs_time_and_nothing_else", 120),
    ("t03_a_stale_review_in_progress_is_no_failure", 12),
    ("t07_a_request_that_is_repeated_is_the_same_to_the_byte", 4),
    ("t26_the_end_of_a_nested_stack_is_not_the_end", 4),
    ("t28_a_stack_that_is_not_found_for_a_moment_is_still_there", 56),
];

/// A test has played so many scenarios.
pub(crate) fn played(test: &str, scenarios: usize) {
    let counted = SCENARIOS.iter().find(|(name, _)| *name == test);
    assert_eq!(counted, Some(&(test, scenarios)), "the count that the book sums up");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("book/src/reference/faults.md")).expect("the page is there")
}

/// The rows of the page's tables, by their first cell.
fn rows() -> BTreeMap<String, Vec<String>> {
    let page = page();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>())
        .filter(|cells| cells.len() > 1)
        .map(|cells| (cells[0].clone(), cells))
        .collect()
}

/// What stands between backticks and is written as a name of a function with more words than one.
fn names(text: &str) -> BTreeSet<String> {
    let is_name = |word: &&str| {
        word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    text.split('`').skip(1).step_by(2).filter(is_name).map(str::to_owned).collect()
}

/// The functions of every source file, and whether each is a test.
fn functions() -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join("compiler")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("readable");
                let mut before = "";
                for line in text.lines().map(str::trim) {
                    let declared = line.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
                    if let Some(name) = declared {
                        // Within `proptest!` a test is marked alike.
                        *found.entry(name.to_owned()).or_default() |= before == "#[test]";
                    }
                    // A test that needs a server is ignored otherwise.
                    if before != "#[test]" || !line.starts_with("#[") {
                        before = line;
                    }
                }
            }
        }
    }
    found
}

#[test]
fn the_page_has_a_row_for_each_fault_thread_and_invariant() {
    let rows = rows();
    let faults = (1..=30).map(|number| format!("F{number}"));
    let threads = (1..=29).map(|number: u32| number.to_string());
    let invariants = (1..=12).map(|number| format!("I{number}"));
    let missing: Vec<String> =
        faults.chain(threads).chain(invariants).filter(|row| !rows.contains_key(row)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for (row, cells) in &rows {
        let begins = row.chars().next().unwrap_or_default();
        let numbered = row.trim_start_matches(['F', 'I']).parse::<u32>().is_ok();
        if !numbered || !matches!(begins, 'F' | '0'..='9') {
            continue;
        }
        let text = cells.join(" ");
        let says_why = text.contains("does not apply") || text.contains("not covered");
        assert!(says_why || !names(&text).is_empty(), "{row}: neither a test nor why there is none");
    }
}

#[test]
fn every_test_that_the_page_names_exists() {
    let functions = functions();
    let rows = rows();
    let named = names(&page());
    assert!(named.len() > 90, "{}", named.len());
    for name in &named {
        let is_test = functions.get(name).unwrap_or_else(|| panic!("there is no `{name}`"));
        let of_invariant =
            rows.iter().any(|(row, cells)| row.starts_with('I') && names(&cells.join(" ")).contains(name));
        assert!(*is_test || of_invariant, "`{name}` is no test");
    }
}

#[test]
fn every_thread_has_its_tests_in_its_row() {
    let rows = rows();
    for name in functions().keys() {
        let Some((number, _)) = name.strip_prefix('t').and_then(|rest| rest.split_once('_')) else {
            continue;
        };
        let Some(row) = number.parse::<u32>().ok().and_then(|number| rows.get(&number.to_string())) else {
            continue;
        };
        assert!(
            number.len() != 2 || names(&row.join(" ")).contains(name),
            "`{name}` is not in the row of its thread"
        );
    }
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_tests() {
    let rows = rows();
    let counted = |what: &str| -> usize {
        let cells = rows.get(what).unwrap_or_else(|| panic!("no row `{what}`"));
        cells[1].replace(',', "").parse().expect("a number")
    };
    let scenes = ["one stack created", "one stack updated", "a failing update", "six stacks updated"];
    for (scene, points) in scenes.iter().zip(CRASH_POINTS) {
        assert_eq!(counted(&format!("points at which {scene} is killed and resumed")), *points);
    }
    assert_eq!(counted("points at which recoveries are killed and resumed"), RECOVERY_POINTS);
    assert_eq!(counted("pairs of deaths"), PAIRS);
    assert_eq!(counted("points at which the power goes, and with it what was not synced"), POWER_LOSSES);
    assert_eq!(counted("disks that are full in the journal"), FULL_DISKS);
    assert_eq!(counted("files of evidence that cannot be written"), BLOCKED_FILES);
    let scenarios: usize = SCENARIOS.iter().map(|(_, scenarios)| scenarios).sum();
    assert_eq!(counted("scenarios of a fault on a scene, beside those above"), scenarios);
}
