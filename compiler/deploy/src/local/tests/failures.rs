//! What goes wrong, and where it ends.

use super::{Cloud, FaultPoint, How, cloud, pair, queue, says, template, with};
use crate::backend::{Backend as _, ExecutionStatus, StackStatus};
use crate::local::Options;
use serde_json::json;

use FaultPoint::{Create, Delete, Rollback, Update};

/// Faults of the queues `A` and `B`, and how the stack ends.
fn ends(update: bool, faults: &[(&str, FaultPoint)], how: &How) -> (Cloud, StackStatus) {
    let cloud = cloud();
    if update {
        cloud.deploy("s", pair(1));
    }
    for (name, at) in faults {
        cloud.fault("s", name, *at, 1);
    }
    let status = cloud.deploy_how("s", pair(2), how).status;
    (cloud, status)
}

#[test]
fn failures_end_where_the_service_ends_them() {
    let stays = How { stays: true, ..How::default() };
    let rolls = How::default();
    type Case<'c> = (bool, &'c [(&'c str, FaultPoint)], &'c How, StackStatus);
    let cases: &[Case<'_>] = &[
        (false, &[], &rolls, StackStatus::CreateComplete),
        (false, &[("B", Create)], &rolls, StackStatus::RollbackComplete),
        (false, &[("A", Create)], &rolls, StackStatus::RollbackComplete),
        (false, &[("B", Create), ("A", Delete)], &rolls, StackStatus::RollbackFailed),
        (false, &[("B", Create)], &stays, StackStatus::CreateFailed),
        (true, &[], &rolls, StackStatus::UpdateComplete),
        (true, &[("B", Update)], &rolls, StackStatus::UpdateRollbackComplete),
        (true, &[("A", Update)], &rolls, StackStatus::UpdateRollbackComplete),
        (true, &[("B", Update), ("A", Rollback)], &rolls, StackStatus::UpdateRollbackFailed),
        (true, &[("B", Update)], &stays, StackStatus::UpdateFailed),
    ];
    for (update, faults, how, expected) in cases {
        let (cloud, status) = ends(*update, faults, how);
        assert_eq!(status, *expected, "{update} {faults:?}");
        let sets = cloud.local.list_change_sets("s").expect("read");
        let last = sets.last().expect("a change set").execution_status;
        let done = if status.is_success() {
            ExecutionStatus::ExecuteComplete
        } else {
            ExecutionStatus::ExecuteFailed
        };
        assert_eq!(last, done, "{update} {faults:?}");
    }
}

#[test]
fn a_rollback_leaves_what_was_there() {
    let (cloud, _) = ends(true, &[("B", Update)], &How::default());
    let set = cloud.plan("s", &template(pair(1)), &How::default()).expect("planned");
    assert!(
        set.status_reason
            .unwrap_or_default()
            .starts_with("The submitted information didn't contain changes.")
    );
    assert_eq!(cloud.local.get_template("s").expect("read"), template(pair(1)));
}

#[test]
fn a_rolled_back_replacement_gives_the_first_resource_back() {
    let cloud = cloud();
    let resources = |fifo: bool| json!({"A": queue(json!({"FifoQueue": fifo})), "B": {"Type": "AWS::SQS::Queue", "DependsOn": "A", "Properties": {"DelaySeconds": u8::from(fifo)}}});
    cloud.deploy("s", resources(false));
    let first = cloud.physical("s", "A");
    cloud.fault("s", "B", Update, 1);
    assert_eq!(cloud.deploy("s", resources(true)).status, StackStatus::UpdateRollbackComplete);
    assert_eq!(cloud.physical("s", "A"), first);
    assert_eq!(cloud.local.live_resources().expect("read").len(), 2, "the replacement is deleted");
    assert_eq!(cloud.deploy("s", resources(true)).status, StackStatus::UpdateComplete);
    assert_ne!(cloud.physical("s", "A"), first);
    assert_eq!(cloud.local.live_resources().expect("read").len(), 2);
}

#[test]
fn a_failed_rollback_is_continued_skipped_or_forced() {
    for (faults, skip, force, expected) in [
        (1, &[][..], false, StackStatus::UpdateRollbackComplete),
        (2, &[][..], false, StackStatus::UpdateRollbackFailed),
        (2, &["A"][..], false, StackStatus::UpdateRollbackComplete),
        (2, &[][..], true, StackStatus::UpdateRollbackComplete),
    ] {
        let cloud = cloud();
        cloud.deploy("s", pair(1));
        cloud.fault("s", "B", Update, 1);
        cloud.fault("s", "A", Rollback, faults);
        cloud.deploy("s", pair(2));
        let skip: Vec<String> = skip.iter().map(|name| (*name).to_owned()).collect();
        cloud.local.continue_update_rollback("s", "r", None, &skip, force).expect("accepted");
        assert_eq!(cloud.settle("s").status, expected, "{faults} {skip:?} {force}");
    }
    let (cloud, _) = ends(true, &[("B", Update), ("A", Rollback)], &How::default());
    let skip = ["Z".to_owned()];
    says(
        cloud.local.continue_update_rollback("s", "r", None, &skip, false),
        "ValidationError",
        "not in UPDATE_FAILED state",
    );
    let update = cloud.plan("s", &template(pair(3)), &How::default());
    says(update, "ValidationError", "is in UPDATE_ROLLBACK_FAILED state and can not be updated");
}

#[test]
fn what_stayed_failed_is_rolled_back_or_tried_again() {
    let stays = How { stays: true, ..How::default() };
    let (cloud, _) = ends(false, &[("B", Create)], &stays);
    assert_eq!(cloud.deploy("s", pair(2)).status, StackStatus::UpdateComplete);
    let (cloud, _) = ends(false, &[("B", Create)], &stays);
    cloud.local.rollback_stack("s", "r", None).expect("accepted");
    assert_eq!(cloud.settle("s").status, StackStatus::RollbackComplete);
    assert_eq!(cloud.local.live_resources().expect("read"), []);
    let (cloud, _) = ends(true, &[("B", Update)], &stays);
    cloud.local.rollback_stack("s", "r", None).expect("accepted");
    assert_eq!(cloud.settle("s").status, StackStatus::UpdateRollbackComplete);
    let (cloud, _) = ends(true, &[("B", Update)], &stays);
    let set = cloud.plan("s", &template(pair(2)), &How::default()).expect("planned");
    assert_eq!(set.changes.len(), 1, "what failed is still to be done: {set:?}");
    assert_eq!(cloud.deploy("s", pair(2)).status, StackStatus::UpdateComplete);
    says(cloud.local.rollback_stack("s", "r2", None), "ValidationError", "can not be rolled back");
}

#[test]
fn a_deletion_that_fails_is_retried_retained_or_forced() {
    for (retain, force) in [(&[][..], false), (&["A"][..], false), (&[][..], true)] {
        let cloud = cloud();
        cloud.deploy("s", pair(1));
        let id = cloud.stack("s").id;
        let times = if retain.is_empty() && !force { 1 } else { 2 };
        cloud.fault("s", "A", Delete, times);
        says(
            cloud.delete("s", &["A"], false),
            "ValidationError",
            "only when the stack is in the DELETE_FAILED state",
        );
        cloud.delete("s", &[], false).expect("accepted");
        let stack = cloud.settle("s");
        assert_eq!(stack.status, StackStatus::DeleteFailed);
        assert_eq!(stack.status_reason.as_deref(), Some("The following resource(s) failed to delete: [A]. "));
        cloud.delete("s", retain, force).expect("accepted");
        assert_eq!(cloud.settle(&id).status, StackStatus::DeleteComplete);
        let left = cloud.local.live_resources().expect("read").len();
        assert_eq!(left, usize::from(!retain.is_empty() || force));
    }
}

#[test]
fn what_is_kept_on_a_failed_creation_is_in_the_way() {
    let bucket = |policy: &str| json!({"Type": "AWS::S3::Bucket", "DeletionPolicy": policy, "Properties": {"BucketName": "mine"}});
    let resources =
        |policy: &str| json!({"Kept": bucket(policy), "B": {"Type": "AWS::SQS::Queue", "DependsOn": "Kept"}});
    for (policy, keeps, free) in
        [("Retain", false, false), ("Retain", true, true), ("RetainExceptOnCreate", false, true)]
    {
        let cloud = with(Options { early_validation: false, ..Options::default() });
        cloud.fault("s", "B", Create, 1);
        let how = How { keeps, ..How::default() };
        assert_eq!(cloud.deploy_how("s", resources(policy), &how).status, StackStatus::RollbackComplete);
        cloud.delete("s", &[], false).expect("accepted");
        cloud.wait(1_000);
        let status = cloud.deploy("s", resources(policy)).status;
        let expected = if free { StackStatus::CreateComplete } else { StackStatus::RollbackComplete };
        assert_eq!(status, expected, "{policy} {keeps}");
        if !free {
            cloud.delete("s", &[], false).expect("accepted");
            cloud.wait(1_000);
            let adopt = How { adopt: true, ..How::default() };
            assert_eq!(cloud.deploy_how("s", resources(policy), &adopt).status, StackStatus::CreateComplete);
        }
    }
}

#[test]
fn an_update_is_cancelled_while_it_runs_only() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    says(
        cloud.local.cancel_update_stack("s", "c"),
        "ValidationError",
        "CancelUpdateStack cannot be called from current stack status CREATE_COMPLETE",
    );
    let set = cloud.plan("s", &template(pair(2)), &How::default()).expect("planned");
    cloud.execute(&set, &How::default()).expect("executed");
    cloud.wait(5);
    cloud.local.cancel_update_stack("s", "c").expect("accepted");
    assert_eq!(cloud.settle("s").status, StackStatus::UpdateRollbackComplete);
    assert!(cloud.story("s").contains(&"A UPDATE_FAILED".to_owned()));
}

#[test]
fn alarms_roll_back() {
    let how = How { alarms: vec!["arn:aws:cloudwatch:r:1:alarm:errors".to_owned()], ..How::default() };
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    let missing = cloud.deploy_how("s", pair(2), &how);
    assert_eq!(missing.status, StackStatus::UpdateRollbackComplete, "an alarm that is missing");
    cloud.local.set_alarm("errors", "OK").expect("set");
    assert_eq!(cloud.deploy_how("s", pair(2), &how).status, StackStatus::UpdateComplete);
    let set = cloud.plan("s", &template(pair(3)), &how).expect("planned");
    cloud.execute(&set, &how).expect("executed");
    cloud.wait(5);
    cloud.local.set_alarm("errors", "ALARM").expect("set");
    assert_eq!(cloud.settle("s").status, StackStatus::UpdateRollbackComplete, "an alarm that flips");
    let set = cloud.plan("s", &template(pair(3)), &how).expect("planned");
    cloud.execute(&set, &how).expect("executed");
    assert_eq!(cloud.stack("s").status, StackStatus::UpdateRollbackComplete, "an alarm that rings already");
}

#[test]
fn alarms_are_watched_after_the_last_resource() {
    let cloud = cloud();
    cloud.local.set_alarm("errors", "OK").expect("set");
    let mut request = super::request("s", "c", crate::backend::ChangeSetType::Create, &template(pair(1)));
    request.rollback =
        crate::backend::RollbackConfiguration { alarms: vec!["errors".to_owned()], monitoring_minutes: 1 };
    let ids = cloud.local.create_change_set(&request).expect("asked");
    cloud.wait(20);
    let set = cloud.local.describe_change_set(&ids.stack, &ids.change_set, false).expect("read");
    cloud.execute(&set, &How::default()).expect("executed");
    cloud.wait(30_000);
    assert_eq!(cloud.stack("s").status, StackStatus::CreateInProgress);
    cloud.local.set_alarm("errors", "ALARM").expect("set");
    assert_eq!(cloud.settle("s").status, StackStatus::RollbackComplete);
}

#[test]
fn stack_policies_deny_replacement_and_deletion() {
    let policy = json!({"Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*", "Resource": "LogicalResourceId/A"},
    ]});
    let cloud = cloud();
    cloud.deploy("s", json!({"A": queue(json!({})), "B": queue(json!({}))}));
    cloud.local.set_stack_policy("s", &policy.to_string()).expect("set");
    let a = |properties: serde_json::Value| json!({"A": queue(properties), "B": queue(json!({}))});
    assert_eq!(cloud.deploy("s", a(json!({"DelaySeconds": 1}))).status, StackStatus::UpdateComplete);
    assert_eq!(cloud.deploy("s", a(json!({"FifoQueue": true}))).status, StackStatus::UpdateRollbackComplete);
    assert_eq!(cloud.deploy("s", json!({"B": queue(json!({}))})).status, StackStatus::UpdateRollbackComplete);
    let events = cloud.local.stack_events("s", None).expect("read");
    let denied = events.iter().filter(|event| {
        event
            .reason
            .as_ref()
            .is_some_and(|reason| reason.contains("Action denied by stack policy") && !event.is_of_stack())
    });
    assert_eq!(denied.count(), 2);
    says(cloud.local.set_stack_policy("s", "{}"), "ValidationError", "Policy must have a Statement");
}

#[test]
fn a_protected_stack_is_not_deleted() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    cloud.local.update_termination_protection("s", true).expect("set");
    says(
        cloud.delete("s", &[], false),
        "ValidationError",
        "cannot be deleted while TerminationProtection is enabled",
    );
    cloud.local.update_termination_protection("s", false).expect("set");
    cloud.delete("s", &[], false).expect("accepted");
}
