//! What change sets say.

use super::{How, cloud, pair, queue, says, template, with};
use crate::backend::{
    Action, Backend as _, ChangeSetStatus, ChangeSetType, ExecutionStatus, Replacement, StackStatus,
};
use crate::local::Options;
use serde_json::{Value, json};

/// What a change set says, as `Action LogicalId Replacement PolicyAction`.
fn lines(set: &crate::backend::ChangeSet) -> Vec<String> {
    set.changes
        .iter()
        .map(|change| {
            let replacement = match change.replacement {
                Some(Replacement::True) => " True",
                Some(Replacement::False) => " False",
                Some(Replacement::Conditional) => " Conditional",
                None => "",
            };
            let policy = change.policy_action.as_ref().map(|action| format!(" {action}")).unwrap_or_default();
            format!("{:?} {}{replacement}{policy}", change.action, change.logical_id)
        })
        .collect()
}

fn network(cidr: &str) -> Value {
    json!({
        "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}},
        "Sub": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": "10.0.1.0/24"}},
        "Free": {"Type": "AWS::SQS::Queue"},
    })
}

#[test]
fn a_reference_to_what_is_replaced_replaces_conditionally() {
    let cloud = cloud();
    cloud.deploy("s", network("10.0.0.0/16"));
    let set = cloud.plan("s", &template(network("10.0.0.0/17")), &How::default()).expect("planned");
    assert_eq!(
        lines(&set),
        ["Modify Net True ReplaceAndDelete", "Modify Sub Conditional ReplaceAndDelete"],
        "and nothing of what stays"
    );
    let net = &set.changes[0].details[0];
    assert_eq!((net.before.as_deref(), net.after.as_deref()), (Some("10.0.0.0/16"), Some("10.0.0.0/17")));
    assert_eq!((net.requires_recreation.as_str(), net.evaluation.as_str()), ("Always", "Static"));
    let sub = &set.changes[1].details[0];
    assert_eq!(
        (sub.change_source.as_str(), sub.causing_entity.as_deref()),
        ("ResourceReference", Some("Net"))
    );
    assert_eq!(sub.evaluation, "Dynamic");
    let bare = cloud.local.describe_change_set("s", &set.id, false).expect("read");
    assert!(bare.changes.iter().flat_map(|change| &change.details).all(|detail| detail.after.is_none()));
}

#[test]
fn adding_removing_and_keeping_are_told_apart() {
    let cloud = cloud();
    let kept = |policy: &str| json!({"Type": "AWS::S3::Bucket", "DeletionPolicy": policy});
    let set = cloud.plan("s", &template(pair(1)), &How::default()).expect("planned");
    assert_eq!(lines(&set), ["Add A", "Add B"]);
    cloud.execute(&set, &How::default()).expect("executed");
    cloud.settle("s");
    let mut resources = pair(1);
    resources["K"] = kept("Retain");
    cloud.deploy("s", resources);
    let set = cloud
        .plan("s", &template(json!({"A": queue(json!({"DelaySeconds": 1}))})), &How::default())
        .expect("planned");
    assert_eq!(lines(&set), ["Remove B Delete", "Remove K Retain"]);
}

#[test]
fn nothing_to_change_fails_in_the_services_words() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    let set = cloud.plan("s", &template(pair(1)), &How::default()).expect("planned");
    assert_eq!((set.status, set.execution_status), (ChangeSetStatus::Failed, ExecutionStatus::Unavailable));
    assert_eq!(
        set.status_reason.as_deref(),
        Some(
            "The submitted information didn't contain changes. Submit different information to create a change set."
        )
    );
    says(
        cloud.execute(&set, &How::default()),
        "InvalidChangeSetStatus",
        "cannot be executed in its current status of [FAILED]",
    );
    let outputs = json!({"Resources": pair(1), "Outputs": {"X": {"Value": {"Ref": "A"}}}}).to_string();
    let set = cloud.plan("s", &outputs, &How::default()).expect("planned");
    assert_eq!(
        (set.status, set.changes.len()),
        (ChangeSetStatus::CreateComplete, 0),
        "an output is a change"
    );
}

#[test]
fn executing_one_makes_the_others_obsolete() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    let first = cloud.plan("s", &template(pair(2)), &How::default()).expect("planned");
    let second = cloud.plan("s", &template(pair(3)), &How::default()).expect("planned");
    cloud.execute(&first, &How::default()).expect("executed");
    let seen = cloud.local.describe_change_set("s", &second.id, false).expect("read");
    assert_eq!(seen.execution_status, ExecutionStatus::Obsolete);
    says(cloud.execute(&second, &How::default()), "InvalidChangeSetStatus", "OBSOLETE");
    cloud.settle("s");
    says(cloud.local.describe_change_set("s", &second.id, false), "ChangeSetNotFound", "does not exist");
}

#[test]
fn a_change_set_of_the_wrong_kind_is_refused() {
    let cloud = cloud();
    let ask = |stack: &str, kind, name: &str| {
        cloud.local.create_change_set(&super::request(stack, name, kind, &template(pair(9))))
    };
    says(ask("none", ChangeSetType::Update, "a"), "ValidationError", "Stack [none] does not exist");
    ask("shell", ChangeSetType::Create, "a").expect("a shell");
    says(
        ask("shell", ChangeSetType::Update, "b"),
        "ValidationError",
        "is in REVIEW_IN_PROGRESS state and can not be updated",
    );
    ask("shell", ChangeSetType::Create, "b").expect("a second one");
    says(ask("shell", ChangeSetType::Create, "b"), "AlreadyExistsException", "already exists");
    cloud.deploy("s", pair(1));
    says(
        ask("s", ChangeSetType::Create, "a"),
        "ValidationError",
        "Stack [s] already exists and cannot be created again",
    );
    says(ask("s", ChangeSetType::Import, "a"), "ValidationError", "ResourcesToImport");
    let set = cloud.plan("s", &template(pair(2)), &How::default()).expect("planned");
    cloud.execute(&set, &How::default()).expect("executed");
    says(
        ask("s", ChangeSetType::Update, "z"),
        "ValidationError",
        "is in UPDATE_IN_PROGRESS state and can not be updated",
    );
    cloud.delete("shell", &[], false).expect("accepted");
    assert_eq!(cloud.local.describe_stack("shell").expect("read"), None, "a shell is gone at once");
}

#[test]
fn there_is_a_limit_to_change_sets() {
    let cloud = with(Options { change_set_limit: 2, ..Options::default() });
    let ask = |name: &str| {
        cloud.local.create_change_set(&super::request("s", name, ChangeSetType::Create, &template(pair(1))))
    };
    ask("a").expect("one");
    says(
        cloud.local.delete_change_set("s", "a"),
        "InvalidChangeSetStatus",
        "currently in the CREATE_PENDING state and cannot be deleted",
    );
    ask("b").expect("two");
    says(ask("c"), "LimitExceededException", "ChangeSet limit exceeded");
    cloud.wait(20);
    cloud.local.delete_change_set("s", "a").expect("deleted");
    cloud.local.delete_change_set("s", "a").expect("deleted before");
    ask("c").expect("one again");
}

#[test]
fn a_custom_name_cannot_be_replaced_in_place() {
    let cloud = cloud();
    let resources = |fifo: bool| json!({"A": queue(json!({"QueueName": "orders", "FifoQueue": fifo}))});
    cloud.deploy("s", resources(false));
    assert_eq!(cloud.deploy("s", resources(true)).status, StackStatus::UpdateRollbackComplete);
    let events = cloud.local.stack_events("s", None).expect("read");
    let failed = events.iter().find(|event| event.status == "UPDATE_FAILED").expect("a failure");
    assert_eq!(
        failed.reason.as_deref(),
        Some(
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename orders and update the stack again."
        )
    );
}

#[test]
fn a_name_that_is_taken_fails_early_or_late() {
    for early in [true, false] {
        let cloud = with(Options { early_validation: early, ..Options::default() });
        let resources = json!({"A": queue(json!({"QueueName": "orders"}))});
        cloud.deploy("one", resources.clone());
        let set = cloud.plan("two", &template(resources), &How::default()).expect("planned");
        if early {
            assert!(set.status_reason.unwrap_or_default().contains("AWS::EarlyValidation"));
            let found = cloud.local.validation_events("two", &set.id).expect("read");
            assert_eq!(
                (found[0].name.as_str(), found[0].logical_id.as_str()),
                ("NAME_CONFLICT_VALIDATION", "A")
            );
        } else {
            cloud.execute(&set, &How::default()).expect("executed");
            assert_eq!(cloud.settle("two").status, StackStatus::RollbackComplete);
        }
    }
}

#[test]
fn conditional_properties_replace_where_the_options_say_so() {
    for conditional_replaces in [false, true] {
        let cloud = with(Options { conditional_replaces, ..Options::default() });
        let resources =
            |engine: &str| json!({"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": engine}}});
        cloud.deploy("s", resources("postgres"));
        let before = cloud.physical("s", "Db");
        let set = cloud.plan("s", &template(resources("mysql")), &How::default()).expect("planned");
        assert_eq!(lines(&set), ["Modify Db Conditional ReplaceAndDelete"]);
        cloud.execute(&set, &How::default()).expect("executed");
        cloud.settle("s");
        assert_eq!(cloud.physical("s", "Db") != before, conditional_replaces);
    }
}

#[test]
fn values_that_are_not_to_be_shown_are_not() {
    let cloud = cloud();
    let text = |extra: Value| {
        json!({
            "Parameters": {"Secret": {"Type": "String", "NoEcho": true}},
            "Resources": {"A": queue(json!({"Tags": [{"Key": "k", "Value": {"Ref": "Secret"}}], "DelaySeconds": extra}))},
        })
        .to_string()
    };
    let how =
        |value: &str| How { parameters: [("Secret".to_owned(), value.to_owned())].into(), ..How::default() };
    let set = cloud.plan("s", &text(json!(1)), &how("canary-one")).expect("planned");
    cloud.execute(&set, &How::default()).expect("executed");
    let stack = cloud.settle("s");
    let set = cloud.plan("s", &text(json!(2)), &how("canary-two")).expect("planned");
    let events = cloud.local.stack_events("s", None).expect("read");
    let seen = format!("{stack:?} {set:?} {events:?}");
    assert!(!seen.contains("canary"), "{seen}");
    assert_eq!(set.changes[0].details.len(), 2);
}

#[test]
fn lossy_descriptions_leave_replacements_out() {
    let cloud = with(Options { lossy_property_values: true, ..Options::default() });
    cloud.deploy("s", network("10.0.0.0/16"));
    let set = cloud.plan("s", &template(network("10.0.0.0/17")), &How::default()).expect("planned");
    assert_eq!((set.status, set.changes.len()), (ChangeSetStatus::CreateComplete, 0));
    assert!(set.status_reason.unwrap_or_default().starts_with("[WARN] --include-property-values"));
    assert_eq!(cloud.local.describe_change_set("s", &set.id, false).expect("read").changes.len(), 2);
}

#[test]
fn policies_and_metadata_are_changes_of_their_own() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    let mut resources = pair(1);
    resources["A"]["DeletionPolicy"] = json!("Retain");
    let set = cloud.plan("s", &template(resources.clone()), &How::default()).expect("planned");
    assert_eq!(lines(&set), ["Modify A False"]);
    assert_eq!(set.changes[0].scope, ["DeletionPolicy"]);
    cloud.deploy("s", resources);
    let set = cloud.plan("s", &template(json!({"B": queue(json!({}))})), &How::default()).expect("planned");
    assert!(set.changes.iter().any(|change| {
        change.action == Action::Remove && change.policy_action.as_deref() == Some("Retain")
    }));
}
