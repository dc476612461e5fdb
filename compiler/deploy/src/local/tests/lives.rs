//! Stacks that are created, updated and deleted, with nothing going wrong.

use super::{Cloud, How, cloud, pair, queue, template};
use crate::backend::{Backend as _, ChangeSetStatus, ExecutionStatus, StackStatus};
use crate::local::Local;
use crate::{Clock as _, Timestamp};
use serde_json::json;
use std::sync::Arc;

#[test]
fn creation_goes_through_every_status() {
    let cloud = cloud();
    let ids = cloud
        .local
        .create_change_set(&super::request(
            "s",
            "c",
            crate::backend::ChangeSetType::Create,
            &template(pair(1)),
        ))
        .expect("asked");
    let standing = || {
        let set = cloud.local.describe_change_set("s", "c", false).expect("read");
        (cloud.stack("s").status, set.status, set.execution_status)
    };
    let review = StackStatus::ReviewInProgress;
    assert_eq!(standing(), (review, ChangeSetStatus::CreatePending, ExecutionStatus::Unavailable));
    cloud.wait(8);
    assert_eq!(standing(), (review, ChangeSetStatus::CreateInProgress, ExecutionStatus::Unavailable));
    cloud.wait(8);
    assert_eq!(standing(), (review, ChangeSetStatus::CreateComplete, ExecutionStatus::Available));
    let set = cloud.local.describe_change_set("s", &ids.change_set, true).expect("read");
    cloud.execute(&set, &How::default()).expect("executed");
    let running = ExecutionStatus::ExecuteInProgress;
    assert_eq!(standing(), (StackStatus::CreateInProgress, ChangeSetStatus::CreateComplete, running));
    cloud.wait(16);
    assert_eq!(standing().0, StackStatus::CreateInProgress, "B waits for A");
    cloud.wait(16);
    let done = ExecutionStatus::ExecuteComplete;
    assert_eq!(standing(), (StackStatus::CreateComplete, ChangeSetStatus::CreateComplete, done));
    assert_eq!(cloud.stack("s").change_set, Some(ids.change_set));
    assert_eq!(
        cloud.story("s"),
        [
            "s REVIEW_IN_PROGRESS",
            "s CREATE_IN_PROGRESS",
            "A CREATE_COMPLETE",
            "B CREATE_COMPLETE",
            "s CREATE_COMPLETE"
        ]
    );
}

#[test]
fn what_happens_does_not_depend_on_who_looks() {
    let run = |step: u64| {
        let cloud = cloud();
        cloud.deploy("s", pair(1));
        cloud.fault("s", "B", super::FaultPoint::Update, 1);
        let set = cloud.plan("s", &template(pair(2)), &How::default()).expect("planned");
        cloud.execute(&set, &How::default()).expect("executed");
        for _ in 0..1_000 / step {
            cloud.wait(step);
            cloud.stack("s");
        }
        let events = cloud.local.stack_events("s", None).expect("read");
        events
            .into_iter()
            .map(|event| (event.time, event.logical_id, event.status, event.physical_id, event.operation))
            .collect::<Vec<_>>()
    };
    let seldom = run(1_000);
    assert_eq!(seldom, run(1));
    assert_eq!(seldom, run(7));
}

#[test]
fn another_handle_carries_on_where_the_first_was_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("local.db");
    let clock = Arc::new(crate::clock::VirtualClock::at(Timestamp(5_000)));
    let open = || Cloud {
        local: Local::open(&path, clock.clone(), super::Options::default()).expect("opened"),
        clock: clock.clone(),
    };
    let first = open();
    let set = first.plan("s", &template(pair(1)), &How::default()).expect("planned");
    first.execute(&set, &How::default()).expect("executed");
    drop(first);
    let second = open();
    assert_eq!(second.stack("s").status, StackStatus::CreateInProgress);
    second.clock.sleep(std::time::Duration::from_secs(1));
    assert_eq!(second.stack("s").status, StackStatus::CreateComplete);
    let elsewhere = super::Options { region: "eu-west-1".to_owned(), ..super::Options::default() };
    let other = Local::open(&path, clock.clone(), elsewhere).expect("opened");
    assert_eq!(other.describe_stack("s").expect("read"), None, "another region has its own stacks");
}

#[test]
fn an_update_keeps_replaces_adds_and_removes() {
    let cloud = cloud();
    let keys = json!([{"AttributeName": "id", "KeyType": "HASH"}]);
    let table = |name: &str| json!({"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": name, "KeySchema": keys}});
    cloud.deploy(
        "s",
        json!({"A": queue(json!({"DelaySeconds": 1})), "T": table("one"), "Old": queue(json!({}))}),
    );
    let (a, t) = (cloud.physical("s", "A"), cloud.physical("s", "T"));
    let stack = cloud.deploy(
        "s",
        json!({"A": queue(json!({"DelaySeconds": 2})), "T": table("two"), "New": queue(json!({}))}),
    );
    assert_eq!(stack.status, StackStatus::UpdateComplete);
    assert_eq!(cloud.physical("s", "A"), a, "updated in place");
    assert_eq!((t.as_str(), cloud.physical("s", "T").as_str()), ("one", "two"));
    let story = cloud.story("s").split_off(6);
    assert_eq!(
        story,
        [
            "s UPDATE_IN_PROGRESS",
            "A UPDATE_COMPLETE",
            "New CREATE_COMPLETE",
            "T UPDATE_COMPLETE",
            "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "Old DELETE_COMPLETE",
            "T DELETE_COMPLETE",
            "s UPDATE_COMPLETE",
        ]
    );
    let live: Vec<String> =
        cloud.local.live_resources().expect("read").into_iter().map(|(_, id)| id).collect();
    assert!(live.contains(&"two".to_owned()) && !live.contains(&"one".to_owned()), "{live:?}");
    assert_eq!(live.len(), 3);
}

#[test]
fn deletion_goes_backwards_and_keeps_what_is_to_be_kept() {
    let cloud = cloud();
    let mut resources = pair(1);
    resources["Kept"] = json!({"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"});
    resources["Except"] = json!({"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate"});
    resources["Volume"] = json!({"Type": "AWS::EC2::Volume", "DeletionPolicy": "Snapshot"});
    cloud.deploy("s", resources);
    let id = cloud.stack("s").id;
    let volume = cloud.physical("s", "Volume");
    cloud.delete("s", &[], false).expect("accepted");
    let stack = cloud.settle(&id);
    assert_eq!(stack.status, StackStatus::DeleteComplete);
    assert_eq!(cloud.local.describe_stack("s").expect("read"), None, "the name is free");
    assert_eq!(
        cloud.story(&id).split_off(8),
        [
            "s DELETE_IN_PROGRESS",
            "Except DELETE_SKIPPED",
            "Kept DELETE_SKIPPED",
            "B DELETE_COMPLETE",
            "Volume DELETE_COMPLETE",
            "A DELETE_COMPLETE",
            "s DELETE_COMPLETE",
        ]
    );
    assert_eq!(cloud.local.live_resources().expect("read").len(), 2);
    assert_eq!(cloud.local.snapshots().expect("read"), [volume]);
    assert_eq!(cloud.deploy("s", pair(1)).status, StackStatus::CreateComplete);
    assert_ne!(cloud.stack("s").id, id);
}

#[test]
fn outputs_have_the_values_of_what_is_there() {
    let cloud = cloud();
    let text = json!({
        "Parameters": {"Delay": {"Type": "Number", "Default": "5"}, "Names": {"Type": "CommaDelimitedList"}},
        "Resources": {"A": queue(json!({"QueueName": "orders", "DelaySeconds": {"Ref": "Delay"}}))},
        "Outputs": {
            "Arn": {"Value": {"Fn::GetAtt": ["A", "Arn"]}},
            "Url": {"Value": {"Ref": "A"}},
            "Text": {"Value": {"Fn::Sub": "${A.QueueName} in ${AWS::Region}, ${!literal}"}},
            "Second": {"Value": {"Fn::Select": [1, {"Ref": "Names"}]}},
        },
    });
    let how = How { parameters: [("Names".to_owned(), "x,y".to_owned())].into(), ..How::default() };
    let set = cloud.plan("s", &text.to_string(), &how).expect("planned");
    cloud.execute(&set, &how).expect("executed");
    let outputs = cloud.settle("s").outputs;
    let expected = [
        ("Arn", "arn:aws:sqs:ap-southeast-2:111122223333:orders"),
        ("Second", "y"),
        ("Text", "orders in ap-southeast-2, ${literal}"),
        ("Url", "https://sqs.ap-southeast-2.amazonaws.com/111122223333/orders"),
    ];
    assert_eq!(outputs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[test]
fn events_carry_the_token_and_the_operation() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    cloud.fault("s", "A", super::FaultPoint::Update, 1);
    cloud.deploy("s", pair(2));
    let stack = cloud.stack("s");
    let kinds: Vec<&str> = stack.last_operations.iter().map(|operation| operation.kind.as_str()).collect();
    assert_eq!(kinds, ["ROLLBACK", "UPDATE_STACK", "CREATE_STACK"]);
    let events = cloud.local.stack_events("s", None).expect("read");
    let of = |index: usize| {
        let id = &stack.last_operations[index].id;
        events.iter().filter(move |event| event.operation.as_ref() == Some(id))
    };
    assert!(of(1).any(|event| event.status == "UPDATE_FAILED"), "what failed is of the older operation");
    assert_eq!(of(0).next().map(|event| event.status.as_str()), Some("UPDATE_ROLLBACK_IN_PROGRESS"));
    let tokens: std::collections::BTreeSet<_> = of(0).chain(of(1)).map(|event| event.token.clone()).collect();
    assert_eq!(tokens.len(), 1, "the rollback has the token of what it rolls back");
    let middle = &events[events.len() / 2].id;
    let rest = cloud.local.stack_events("s", Some(middle)).expect("read");
    assert_eq!(rest, events[events.len() / 2 + 1..]);
}

#[test]
fn stacks_are_made_and_changed_without_change_sets_too() {
    let cloud = cloud();
    let request = |delay: u32| crate::local::DirectRequest {
        stack: "s".to_owned(),
        template: Some(crate::backend::TemplateSource::Body(template(pair(delay)))),
        ..crate::local::DirectRequest::default()
    };
    super::says(cloud.local.update_stack(&request(1)), "ValidationError", "Stack [s] does not exist");
    cloud.local.create_stack(&request(1)).expect("accepted");
    super::says(cloud.local.create_stack(&request(1)), "AlreadyExistsException", "Stack [s] already exists");
    assert_eq!(cloud.settle("s").status, StackStatus::CreateComplete);
    super::says(cloud.local.update_stack(&request(1)), "ValidationError", "No updates are to be performed.");
    cloud.local.update_stack(&request(2)).expect("accepted");
    assert_eq!(cloud.settle("s").status, StackStatus::UpdateComplete);
}

#[test]
fn many_handles_at_once_see_one_world() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("local.db");
    let clock = Arc::new(crate::clock::VirtualClock::at(Timestamp(5_000)));
    std::thread::scope(|scope| {
        for index in 0..8 {
            let (path, clock) = (&path, Arc::clone(&clock));
            scope.spawn(move || {
                let local = Local::open(path, clock, super::Options::default()).expect("opened");
                for round in 0..5 {
                    let request = crate::local::DirectRequest {
                        stack: format!("s{index}x{round}"),
                        template: Some(crate::backend::TemplateSource::Body(template(pair(1)))),
                        ..crate::local::DirectRequest::default()
                    };
                    local.create_stack(&request).expect("accepted");
                }
            });
        }
    });
    clock.sleep(std::time::Duration::from_secs(1));
    let local = Local::open(&path, clock, super::Options::default()).expect("opened");
    let stacks = local.list_stacks("s").expect("read");
    assert_eq!(stacks.len(), 40);
    assert!(stacks.iter().all(|stack| stack.status == StackStatus::CreateComplete));
    let ids: std::collections::BTreeSet<_> = stacks.iter().map(|stack| &stack.id).collect();
    assert_eq!(ids.len(), 40);
}
