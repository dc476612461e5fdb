use super::{Intent, Outcome, Records, Result};
use std::fs;

fn intent() -> Intent {
    Intent {
        schema_version: Records::schema_version(),
        deploy: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        operation: "deploy".into(),
        product: "shop".into(),
        environment: "integration".into(),
        stage: "integration".into(),
        account: "111122223333".into(),
        region: "ap-southeast-2".into(),
        backend: "local".into(),
        caller: "arn".into(),
        started: "2026-03-09T08:00:00.000Z".into(),
        manifest_sha256: "02".into(),
        images: Vec::new(),
        stacks: Vec::new(),
        acknowledgements: Vec::new(),
        supersedes: None,
    }
}

fn result() -> Result {
    Result {
        schema_version: Records::schema_version(),
        deploy: intent().deploy,
        environment: intent().environment,
        started: intent().started,
        finished: "2026-04-01T00:00:00.000Z".into(),
        outcome: Outcome::PartlyApplied,
        exit_code: 6,
        stacks: Vec::new(),
        superseded_by: None,
    }
}

#[test]
fn both_records_lie_in_the_month_of_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Records::of(folder.path());
    records.put_intent(&intent()).expect("written");
    records.put_result(&result()).expect("written");
    let place = folder.path().join("audit/integration/2026/03/01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let mut names: Vec<_> =
        fs::read_dir(&place).expect("there").map(|entry| entry.expect("read").file_name()).collect();
    names.sort();
    assert_eq!(names, ["1-intent.json", "2-result.json"], "and nothing that was written beside");
    let text = fs::read_to_string(place.join("2-result.json")).expect("read");
    assert!(text.contains("\"outcome\": \"partly-applied\""), "{text}");
}

#[test]
fn a_record_is_never_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Records::of(folder.path());
    let path = records.put_intent(&intent()).expect("written");
    records.put_intent(&intent()).expect("the same again");
    let other = Intent { product: "other".into(), ..intent() };
    let error = records.put_intent(&other).expect_err("another");
    assert_eq!(error.error.kind(), std::io::ErrorKind::AlreadyExists);
    assert!(fs::read_to_string(path).expect("read").contains("\"shop\""));
}

#[test]
fn the_first_result_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Records::of(folder.path());
    let path = records.put_result(&result()).expect("written");
    records
        .put_result(&Result { finished: "2027-01-01T00:00:00.000Z".into(), ..result() })
        .expect("no error");
    assert!(fs::read_to_string(path).expect("read").contains("2026-04-01"));
}
