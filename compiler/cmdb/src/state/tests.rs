use super::{StackState, States};
use crate::sha256;
use std::fs;

fn state(template: &str) -> StackState {
    StackState {
        schema_version: States::schema_version(),
        stack: "shop-data".into(),
        id: "arn".into(),
        status: "CREATE_COMPLETE".into(),
        depends_on: Vec::new(),
        parameters: [("B".to_owned(), "2".to_owned()), ("A".to_owned(), "1".to_owned())].into(),
        bindings: [].into(),
        outputs: [].into(),
        tags: [].into(),
        termination_protection: true,
        template_sha256: sha256(template.as_bytes()),
        operation: "01".into(),
        manifest_sha256: "02".into(),
        resources: [].into(),
        retained: [].into(),
    }
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let states = States::of(folder.path(), "integration");
    assert!(states.all().expect("nothing is no error").is_empty());
    states.put(&state("{}"), "{}").expect("written");
    assert_eq!(states.all().expect("read"), vec![(state("{}"), "{}".to_owned())]);
    let text = fs::read_to_string(folder.path().join("state/integration/shop-data.json")).expect("there");
    assert!(text.find("\"A\"") < text.find("\"B\"") && text.ends_with("}\n"), "{text}");
    states.remove("shop-data").expect("removed");
    states.remove("shop-data").expect("removing twice is no error");
    assert!(states.get("shop-data").expect("nothing").is_none());
}

#[test]
fn a_state_that_was_tampered_with_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let states = States::of(folder.path(), "integration");
    states.put(&state("{}"), "{}").expect("written");
    let path = folder.path().join("state/integration/shop-data.template.json");
    fs::write(&path, "{ }").expect("written");
    assert!(states.all().expect_err("another template").problem.contains("refresh"));
    fs::remove_file(&path).expect("removed");
    assert!(states.all().expect_err("no template").problem.contains("missing"));
    states.put(&state("{}"), "{}").expect("written");
    let path = folder.path().join("state/integration/shop-data.json");
    let text = fs::read_to_string(&path).expect("there");
    fs::write(&path, text.replace("\"schema_version\": 1", "\"schema_version\": 9")).expect("written");
    assert!(states.all().expect_err("another form").problem.contains("the form 9"));
    fs::write(&path, text.get(..text.len() / 2).expect("ASCII")).expect("written");
    assert!(states.all().is_err(), "half a file");
}
