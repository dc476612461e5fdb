//! Resources that move to another name or stack.

use super::{cloud, queue, says, template};
use crate::backend::{Backend as _, CreateStackRefactor, ResourceLocation, StackRefactor, TemplateSource};
use serde_json::{Value, json};

fn at(stack: &str, logical_id: &str) -> ResourceLocation {
    ResourceLocation { stack: stack.to_owned(), logical_id: logical_id.to_owned() }
}

/// A resource by its stack and name.
type At<'a> = (&'a str, &'a str);

fn refactor(stacks: &[(&str, Value)], mappings: &[(At<'_>, At<'_>)]) -> CreateStackRefactor {
    CreateStackRefactor {
        description: String::new(),
        stacks: stacks
            .iter()
            .map(|(name, resources)| ((*name).to_owned(), TemplateSource::Body(template(resources.clone()))))
            .collect(),
        mappings: mappings.iter().map(|(from, to)| (at(from.0, from.1), at(to.0, to.1))).collect(),
    }
}

#[test]
fn a_resource_moves_and_stays_what_it_is() {
    let cloud = cloud();
    let a = || queue(json!({"DelaySeconds": 1}));
    let b = || queue(json!({"DelaySeconds": 2}));
    cloud.deploy("one", json!({"A": a(), "B": b()}));
    cloud.deploy("two", json!({"C": queue(json!({}))}));
    let physical = cloud.physical("one", "A");
    let request = refactor(
        &[("one", json!({"Renamed": b()})), ("two", json!({"Moved": a(), "C": queue(json!({}))}))],
        &[(("one", "A"), ("two", "Moved")), (("one", "B"), ("one", "Renamed"))],
    );
    let id = cloud.local.create_stack_refactor(&request).expect("asked");
    says(cloud.local.execute_stack_refactor(&id), "ValidationError", "UNAVAILABLE");
    cloud.wait(20);
    let standing = |refactor: StackRefactor| (refactor.status, refactor.execution_status);
    let seen = cloud.local.describe_stack_refactor(&id).expect("read");
    assert_eq!(standing(seen), ("CREATE_COMPLETE".to_owned(), "AVAILABLE".to_owned()));
    cloud.local.execute_stack_refactor(&id).expect("executed");
    cloud.wait(20);
    let seen = cloud.local.describe_stack_refactor(&id).expect("read");
    assert_eq!(standing(seen), ("CREATE_COMPLETE".to_owned(), "EXECUTE_COMPLETE".to_owned()));
    assert_eq!(cloud.physical("two", "Moved"), physical);
    cloud.delete("one", &[], false).expect("accepted");
    cloud.settle("one");
    let live = cloud.local.live_resources().expect("read");
    assert!(live.iter().any(|(_, id)| *id == physical), "it belongs to the other stack");
}

#[test]
fn a_refactor_changes_nothing_else() {
    let cloud = cloud();
    cloud.deploy("one", json!({"A": queue(json!({"DelaySeconds": 1})), "B": queue(json!({}))}));
    let cases = [
        (
            refactor(
                &[("one", json!({"X": queue(json!({"DelaySeconds": 9})), "B": queue(json!({}))}))],
                &[(("one", "A"), ("one", "X"))],
            ),
            "X of one would change",
        ),
        (
            refactor(&[("one", json!({"B": queue(json!({}))}))], &[]),
            "does not support Resource modifications",
        ),
        (
            refactor(&[("one", json!({"B": queue(json!({}))}))], &[(("one", "Z"), ("one", "B"))]),
            "Resource Z does not exist in stack one",
        ),
    ];
    for (request, reason) in cases {
        let id = cloud.local.create_stack_refactor(&request).expect("asked");
        cloud.wait(20);
        let seen = cloud.local.describe_stack_refactor(&id).expect("read");
        assert_eq!((seen.status.as_str(), seen.execution_status.as_str()), ("CREATE_FAILED", "UNAVAILABLE"));
        assert!(seen.status_reason.as_deref().is_some_and(|text| text.contains(reason)), "{seen:?}");
    }
}
