use super::{FindingKind, Rehearsal, Subject, rehearse};
use crate::engine::Step;
use crate::engine::step::{Action, Phase, Target};
use crate::plan::Recorded;
use crate::release::Place;
use serde_json::{Value, json};
use solc_cmdb::{StackState, States, sha256};
use std::collections::BTreeMap;

fn resource(kind: &str, policy: &str, properties: &Value) -> Value {
    json!({"Type": kind, "DeletionPolicy": policy, "UpdateReplacePolicy": if policy == "RetainExceptOnCreate" { "Retain" } else { policy }, "Properties": properties})
}

fn template(resources: &[(&str, Value)]) -> String {
    let resources: BTreeMap<&str, &Value> = resources.iter().map(|(name, r)| (*name, r)).collect();
    json!({ "Resources": resources }).to_string()
}

fn recorded(resources: &[(&str, Value)]) -> Recorded {
    let template = template(resources);
    let state = StackState {
        schema_version: States::schema_version(),
        stack: "shop-data".into(),
        id: "arn".into(),
        status: "CREATE_COMPLETE".into(),
        depends_on: Vec::new(),
        parameters: [].into(),
        bindings: [].into(),
        outputs: [].into(),
        tags: [].into(),
        termination_protection: false,
        template_sha256: sha256(template.as_bytes()),
        operation: "01".into(),
        manifest_sha256: "02".into(),
        resources: resources.iter().map(|(name, _)| ((*name).to_owned(), "physical".to_owned())).collect(),
        retained: [].into(),
    };
    (state, template)
}

fn step(resources: &[(&str, Value)]) -> Step {
    let template = template(resources);
    let target = Target {
        content: serde_json::from_str(&template).expect("JSON"),
        sha256: sha256(template.as_bytes()),
        template,
        depends_on: Vec::new(),
        parameters: [].into(),
        outputs: Vec::new(),
        capabilities: vec!["CAPABILITY_IAM".into()],
        tags: [].into(),
        termination_protection: false,
    };
    let place = |name: &str| Place {
        component: format!("shop.{}", name.to_lowercase()),
        instance: "shop.sol:3:5".into(),
        resource: "std:x.sol:1:1".into(),
    };
    Step {
        places: resources.iter().map(|(name, _)| ((*name).to_owned(), place(name))).collect(),
        ..Step::deploy("shop-data", Phase::Only, target, Vec::new())
    }
}

#[track_caller]
fn played(recorded: &[Recorded], steps: &[Step]) -> Rehearsal {
    assert!(steps.iter().all(|step| matches!(step.action, Action::Deploy(_))));
    rehearse(&Subject {
        product: "shop",
        environment: "integration",
        stage: "integration",
        account: "111122223333",
        region: "ap-southeast-2",
        manifest_sha256: "00",
        recorded,
        planner: &|_| Ok(steps.to_vec()),
        acknowledgements: &[],
    })
    .expect("it can be rehearsed")
}

fn queue(seconds: u32) -> Value {
    resource("AWS::SQS::Queue", "Delete", &json!({ "VisibilityTimeout": seconds }))
}

fn database(storage: &str, policy: &str) -> Value {
    resource(
        "AWS::RDS::DBInstance",
        policy,
        &json!({ "AllocatedStorage": storage, "DBInstanceClass": "db.t4g.small", "Engine": "postgres" }),
    )
}

#[test]
fn a_first_deployment_fails_at_each_resource_and_is_repeated() {
    let steps = [step(&[("Queue", queue(30)), ("Other", queue(30))])];
    let rehearsal = played(&[], &steps);
    assert_eq!(rehearsal.findings, []);
    assert_eq!((rehearsal.runs, rehearsal.recovered), (3, 2), "the whole, and each of two resources");
}

#[test]
fn an_update_that_can_be_undone_leaves_no_finding() {
    let before = [recorded(&[("Queue", queue(30)), ("Other", queue(30))])];
    let rehearsal = played(&before, &[step(&[("Queue", queue(60)), ("Other", queue(30))])]);
    assert_eq!(rehearsal.findings, []);
    assert_eq!(rehearsal.runs, 2, "the other one is not touched");
}

#[test]
fn a_change_without_a_way_back_makes_the_rollback_stick() {
    let before = [recorded(&[("Database", database("20", "Snapshot")), ("Queue", queue(30))])];
    let rehearsal =
        played(&before, &[step(&[("Database", database("50", "Snapshot")), ("Queue", queue(60))])]);
    let [finding] = rehearsal.findings.as_slice() else { panic!("{:?}", rehearsal.findings) };
    assert_eq!(finding.kind, FindingKind::RollbackSticks);
    assert_eq!((finding.logical_id.as_str(), finding.component.as_str()), ("Database", "shop.database"));
    assert!(finding.what.contains("UPDATE_ROLLBACK_FAILED: RDS does not shrink storage"), "{}", finding.what);
    assert!(finding.after.contains("`Queue` failed while being updated"), "{}", finding.after);
}

#[test]
fn data_that_goes_without_a_snapshot_is_lost() {
    let before = [recorded(&[("Database", database("20", "Delete")), ("Queue", queue(30))])];
    let rehearsal = played(&before, &[step(&[("Queue", queue(30))])]);
    let lost: Vec<&str> = rehearsal
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::DataLost)
        .map(|finding| finding.logical_id.as_str())
        .collect();
    assert_eq!(lost, ["Database"], "{:?}", rehearsal.findings);
    let before = [recorded(&[("Database", database("20", "Snapshot")), ("Queue", queue(30))])];
    let rehearsal = played(&before, &[step(&[("Queue", queue(30))])]);
    assert!(rehearsal.findings.iter().all(|f| f.kind != FindingKind::DataLost), "{:?}", rehearsal.findings);
}

#[test]
fn what_the_service_refuses_is_found_before_it_does() {
    let named = |engine: &str| {
        resource(
            "AWS::SQS::Queue",
            "Delete",
            &json!({ "QueueName": "orders", "FifoQueue": engine == "fifo" }),
        )
    };
    let before = [recorded(&[("Queue", named("standard"))])];
    let rehearsal = played(&before, &[step(&[("Queue", named("fifo"))])]);
    let [finding] = rehearsal.findings.as_slice() else { panic!("{:?}", rehearsal.findings) };
    assert_eq!(finding.kind, FindingKind::Fails);
    assert!(finding.what.contains("custom-named"), "{}", finding.what);
}
