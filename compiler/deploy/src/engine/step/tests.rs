use super::{Action, of_destruction};
use solc_cmdb::{StackState, States};

fn state(stack: &str, depends_on: &[&str]) -> StackState {
    StackState {
        schema_version: States::schema_version(),
        stack: stack.into(),
        id: "arn".into(),
        status: "CREATE_COMPLETE".into(),
        depends_on: depends_on.iter().map(|name| (*name).to_owned()).collect(),
        parameters: [].into(),
        bindings: [].into(),
        outputs: [].into(),
        tags: [].into(),
        termination_protection: false,
        template_sha256: String::new(),
        operation: String::new(),
        manifest_sha256: String::new(),
        resources: [].into(),
        retained: [].into(),
    }
}

#[test]
fn who_takes_values_goes_first() {
    let states = [state("a", &[]), state("b", &["a"]), state("c", &["a", "b"])];
    let steps = of_destruction(&states);
    let order: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(order, ["c", "b", "a"]);
    assert_eq!(steps[2].after, ["b", "c"]);
    assert!(steps.iter().all(|step| step.action == Action::Delete { gone: false }));
}

#[test]
fn a_ring_still_has_an_order() {
    let steps = of_destruction(&[state("a", &["b"]), state("b", &["a"])]);
    assert_eq!(steps.len(), 2);
    assert!(steps.iter().all(|step| step.after.is_empty()));
}
