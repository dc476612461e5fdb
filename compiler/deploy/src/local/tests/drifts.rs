//! Live resources that are not what their templates say.

use super::{How, cloud, pair, template};
use crate::backend::{Action, Backend as _, StackStatus};
use serde_json::json;

#[test]
fn drift_is_found_and_reverted() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    let look = || {
        let detection = cloud.local.detect_stack_drift("s").expect("started");
        let running = cloud.local.describe_drift_detection(&detection).expect("read");
        assert_eq!(running.status, "DETECTION_IN_PROGRESS");
        cloud.wait(20);
        let done = cloud.local.describe_drift_detection(&detection).expect("read");
        assert_eq!(done.status, "DETECTION_COMPLETE");
        done.drift.unwrap_or_default()
    };
    assert_eq!(look(), "IN_SYNC");
    cloud.local.change_live("s", "A", "DelaySeconds", Some(json!(77))).expect("changed");
    cloud.local.change_live("s", "A", "KmsMasterKeyId", Some(json!("not in the template"))).expect("changed");
    assert_eq!(look(), "DRIFTED");
    assert_eq!(cloud.stack("s").drift.as_deref(), Some("DRIFTED"));
    let drifts = cloud.local.describe_stack_resource_drifts("s").expect("read");
    let a = drifts.iter().find(|drift| drift.logical_id == "A").expect("A");
    assert_eq!(a.status, "MODIFIED");
    let only = &a.differences[..];
    assert_eq!(only.len(), 1, "what the template does not set is not looked at");
    assert_eq!((only[0].path.as_str(), only[0].kind.as_str()), ("/DelaySeconds", "NOT_EQUAL"));
    assert_eq!((only[0].expected.as_deref(), only[0].actual.as_deref()), (Some("1"), Some("77")));
    let plain = cloud.plan("s", &template(pair(1)), &How::default()).expect("planned");
    assert!(plain.changes.is_empty(), "a plain change set does not see drift");
    let revert = How { revert: true, ..How::default() };
    let set = cloud.plan("s", &template(pair(1)), &revert).expect("planned");
    assert_eq!(set.changes.len(), 1);
    cloud.execute(&set, &revert).expect("executed");
    assert_eq!(cloud.settle("s").status, StackStatus::UpdateComplete);
    assert_eq!(look(), "IN_SYNC");
}

#[test]
fn what_was_deleted_behind_its_back_is_made_again() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    cloud.local.delete_live("s", "B").expect("deleted");
    assert_eq!(
        cloud.deploy("s", pair(2)).status,
        StackStatus::UpdateRollbackFailed,
        "neither forth nor back"
    );
    let skip = ["B".to_owned()];
    cloud.local.continue_update_rollback("s", "r", None, &skip, false).expect("accepted");
    assert_eq!(cloud.settle("s").status, StackStatus::UpdateRollbackComplete);
    let revert = How { revert: true, ..How::default() };
    assert_eq!(cloud.deploy_how("s", pair(2), &revert).status, StackStatus::UpdateComplete);
    assert_eq!(cloud.local.live_resources().expect("read").len(), 2);
}

#[test]
fn a_template_that_says_what_is_only_syncs() {
    let cloud = cloud();
    cloud.deploy("s", pair(1));
    cloud.local.change_live("s", "A", "DelaySeconds", Some(json!(2))).expect("changed");
    let revert = How { revert: true, ..How::default() };
    let set = cloud.plan("s", &template(pair(2)), &revert).expect("planned");
    let actions: Vec<(Action, &str)> =
        set.changes.iter().map(|change| (change.action, change.logical_id.as_str())).collect();
    assert_eq!(actions, [(Action::SyncWithActual, "A"), (Action::Modify, "B")]);
}
