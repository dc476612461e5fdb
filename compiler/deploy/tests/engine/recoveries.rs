//! Stacks that somebody, or an earlier deployment, left in a state from which only a recovery leads on.

use crate::crashes::everywhere;
use crate::fake::Fault;
use crate::harness::{World, one};
use crate::scenes::{TOPIC, times};
use serde_json::json;
use solc_deploy::backend::StackStatus;
use solc_deploy::engine::{Exit, Recover};
use std::collections::BTreeMap;

fn topic(version: &str) -> BTreeMap<String, String> {
    one(TOPIC, json!({ "Version": version }))
}

/// A world whose only stack stands so: somebody made it, or changed it.
fn left_in(status: StackStatus, existed: bool) -> World {
    let mut world = World::new();
    if existed {
        world.deploy(&topic("1"));
    }
    world.fake.force("a", status);
    world
}

fn status(world: &World) -> StackStatus {
    world.fake.stack("a").expect("there").status
}

#[test]
fn what_failed_to_be_created_is_rolled_back_deleted_and_created() {
    let mut world = left_in(StackStatus::CreateFailed, false);
    let report = world.deploy(&topic("1"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(status(&world), StackStatus::CreateComplete);
    assert_eq!((world.fake.accepted("RollbackStack"), world.fake.accepted("DeleteStack")), (1, 1));
    world.holds("CREATE_FAILED");
}

#[test]
fn a_creation_whose_rollback_fails_is_deleted_and_created() {
    let mut world = left_in(StackStatus::CreateFailed, false);
    world.fake.state().stuck_creations = 1;
    assert_eq!(world.deploy(&topic("1")).exit(), Exit::Done);
    assert_eq!(status(&world), StackStatus::CreateComplete);
    world.holds("ROLLBACK_FAILED");
}

#[test]
fn our_own_creation_whose_rollback_fails_says_so_and_the_next_deployment_makes_way() {
    let mut world = World::new();
    world.fake.state().stuck_creations = 1;
    let report = world.deploy(&one(TOPIC, json!({"Fail": "the quota is reached"})));
    assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
    assert_eq!(report.steps[0].status.as_deref(), Some("ROLLBACK_FAILED"));
    let failure = report.steps[0].failure.as_ref().expect("failed");
    assert!(failure.message.contains("the quota is reached"), "{failure:?}");
    assert_eq!(world.fake.accepted("DeleteStack"), 0, "somebody may want to look at it first");
    world.holds("ROLLBACK_FAILED");
    assert_eq!(world.deploy(&topic("1")).exit(), Exit::Done);
    world.holds("made");
}

#[test]
fn what_failed_to_be_updated_is_rolled_back_and_updated() {
    let mut world = left_in(StackStatus::UpdateFailed, true);
    let report = world.deploy(&topic("2"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(status(&world), StackStatus::UpdateComplete);
    assert_eq!((world.fake.accepted("RollbackStack"), world.fake.accepted("DeleteStack")), (1, 0));
    world.holds("UPDATE_FAILED");
}

#[test]
fn a_rollback_that_fails_after_a_failed_update_is_gone_on_with_once() {
    for (stuck, exit) in [(1, Exit::Done), (2, Exit::NeedsRecovery)] {
        let mut world = left_in(StackStatus::UpdateFailed, true);
        world.fake.state().stuck_rollbacks = stuck;
        let report = world.deploy(&topic("2"));
        assert_eq!(report.exit(), exit, "{stuck}: {report:#?}");
        assert_eq!(world.fake.accepted("ContinueUpdateRollback"), 1);
        assert_eq!(world.fake.accepted("DeleteStack"), 0);
        world.holds("UPDATE_ROLLBACK_FAILED");
    }
}

#[test]
fn a_rollback_that_fails_twice_needs_a_person_and_then_goes_on() {
    let mut world = left_in(StackStatus::UpdateRollbackFailed, true);
    world.fake.state().stuck_rollbacks = 2;
    for _ in 0..2 {
        let report = world.deploy(&topic("2"));
        assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
        let failure = report.steps[0].failure.as_ref().expect("stuck");
        assert!(failure.help.contains("--recover skip"), "{failure:?}");
        assert!(failure.notes.iter().any(|note| note.contains("`Thing`")), "{failure:?}");
    }
    world.options.recover = Recover::Skip;
    assert_eq!(world.deploy(&topic("2")).exit(), Exit::Done);
    assert_eq!(world.fake.accepted("DeleteStack"), 0);
    world.holds("twice");
}

#[test]
fn a_deletion_that_fails_is_tried_once_more_and_then_told() {
    for (stuck, exit) in [(1, Exit::Done), (2, Exit::NeedsRecovery)] {
        let mut world = World::new();
        world.deploy(&topic("1"));
        world.fake.state().stuck_deletions = stuck;
        let report = world.destroy(&topic("1"));
        assert_eq!(report.exit(), exit, "{stuck}: {report:#?}");
        assert_eq!(world.fake.accepted("DeleteStack"), 2);
        if exit == Exit::NeedsRecovery {
            let failure = report.steps[0].failure.as_ref().expect("stuck");
            assert_eq!(failure.resources[0].logical_id, "Thing", "{failure:?}");
            assert_eq!(world.states().len(), 1, "it is still there");
            world.holds("DELETE_FAILED");
            assert_eq!(world.destroy(&topic("1")).exit(), Exit::Done);
        }
        assert!(world.truth().is_empty() && world.states().is_empty());
        world.holds("deleted");
    }
}

#[test]
fn lost_answers_do_not_count_as_tries_of_a_deletion() {
    let mut world = World::new();
    world.deploy(&topic("1"));
    world.fake.state().stuck_deletions = 1;
    world.fake.fault("DeleteStack", &times(&Fault::Refuse(503, "ServiceUnavailable", "gone"), 3));
    assert_eq!(world.destroy(&topic("1")).exit(), Exit::Done);
    world.holds("deleted");
}

#[test]
fn what_was_half_deleted_is_made_anew_only_where_somebody_says_so() {
    let mut world = left_in(StackStatus::DeleteFailed, true);
    world.fake.state().stacks[0].protected = false;
    let report = world.deploy(&topic("2"));
    assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
    let failure = report.steps[0].failure.as_ref().expect("stuck");
    assert!(failure.help.ends_with("--acknowledge \"delete a\""), "{failure:?}");
    assert_eq!(world.fake.accepted("DeleteStack"), 0);
    world.holds("DELETE_FAILED");
    world.options.acknowledgements = ["delete a".to_owned()].into();
    assert_eq!(world.deploy(&topic("2")).exit(), Exit::Done);
    assert_eq!(status(&world), StackStatus::CreateComplete);
    world.holds("made anew");
}

#[test]
fn lost_answers_to_recoveries_do_nothing_twice() {
    type Case = (&'static str, StackStatus, bool);
    let cases: [Case; 3] = [
        ("RollbackStack", StackStatus::UpdateFailed, true),
        ("ContinueUpdateRollback", StackStatus::UpdateRollbackFailed, true),
        ("DeleteStack", StackStatus::RollbackComplete, false),
    ];
    for (operation, status, existed) in cases {
        for fault in [Fault::LoseAnswer, Fault::Refuse(400, "Throttling", "Rate exceeded")] {
            let mut world = left_in(status, existed);
            world.fake.fault(operation, &times(&fault, 2));
            let report = world.deploy(&topic("2"));
            assert_eq!(report.exit(), Exit::Done, "{operation}: {report:#?}");
            world.holds(operation);
        }
    }
}

#[test]
fn recoveries_survive_a_death_anywhere() {
    let mut crashes = 0;
    for (status, existed) in [
        (StackStatus::CreateFailed, false),
        (StackStatus::UpdateFailed, true),
        (StackStatus::UpdateRollbackFailed, true),
        (StackStatus::RollbackComplete, false),
    ] {
        let set = || left_in(status, existed);
        crashes += everywhere(status.as_str(), &set, &|world| world.deploy(&topic("2")));
    }
    let set = || {
        let mut world = World::new();
        world.deploy(&topic("1"));
        world.fake.state().stuck_deletions = 1;
        world
    };
    crashes += everywhere("a failed deletion", &set, &|world| world.destroy(&topic("1")));

    assert!(crashes >= crate::page::RECOVERY_POINTS, "{crashes}");
}

#[test]
fn what_is_as_it_should_be_after_a_rollback_may_still_need_its_protection() {
    let mut world = World::new();
    world.deploy(&topic("1"));
    world.deploy(&one(TOPIC, json!({"Fail": "no"})));
    world.fake.state().stacks[0].protected = false;
    let report = world.deploy(&topic("1"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(world.fake.stack("a").expect("there").protected);
    world.holds("protected");
}

#[test]
fn a_throttled_cancellation_is_asked_for_again() {
    use crate::harness::WishAt;
    use solc_deploy::engine::Wish;
    use std::sync::atomic::AtomicUsize;
    let mut cancelled = 0;
    for looks in (0..60).step_by(3) {
        let mut world = World::new();
        world.deploy(&topic("1"));
        world.fake.state().takes = 120_000;
        world.fake.fault("CancelUpdateStack", &[Fault::Refuse(400, "Throttling", "Rate exceeded")]);
        world.control = Box::new(WishAt(looks, Wish::Cancel, AtomicUsize::new(0)));
        let report = world.deploy(&topic("2"));
        assert_eq!(report.exit(), Exit::Cancelled, "{looks}: {report:#?}");
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        cancelled += world.fake.accepted("CancelUpdateStack");
        world.holds("cancelled");
    }
    assert!(cancelled > 5, "{cancelled}");
}

#[test]
fn what_once_stood_is_never_deleted_to_make_way() {
    for status in [StackStatus::RollbackComplete, StackStatus::RollbackFailed] {
        let mut world = left_in(status, true);
        let report = world.deploy(&topic("2"));
        assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
        assert_eq!(world.fake.accepted("DeleteStack"), 0);
        world.holds(status.as_str());
    }
}
