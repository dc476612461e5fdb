//! A service that throttles, loses answers, answers late, and lets others in between.

use crate::fake::Fault;
use crate::harness::{WishAt, World, one, three};
use serde_json::json;
use solc_deploy::backend::StackStatus;
use solc_deploy::engine::{Exit, Halt, Wish};
use std::sync::atomic::AtomicUsize;

const MUTATING: &[&str] =
    &["CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy", "UpdateTerminationProtection"];
const READING: &[&str] = &["DescribeStacks", "DescribeStackEvents", "DescribeChangeSet", "GetStackPolicy"];

#[test]
fn a_lost_answer_to_any_call_changes_nothing() {
    for strict in [false, true] {
        for operation in MUTATING.iter().chain(READING) {
            let mut world = World::new();
            world.fake.state().strict_tokens = strict;
            world.fake.fault(operation, &[Fault::LoseAnswer, Fault::LoseAnswer]);
            let report = world.deploy(&three("1"));
            assert_eq!(report.exit(), Exit::Done, "{operation}: {report:#?}");
            world.fake.fault(operation, &[Fault::LoseAnswer]);
            assert_eq!(world.deploy(&three("2")).exit(), Exit::Done, "{operation}");
            world.holds(operation);
        }
    }
}

#[test]
fn throttling_makes_it_slower_and_no_worse() {
    let throttle = Fault::Refuse(400, "Throttling", "Rate exceeded");
    for operation in MUTATING.iter().chain(READING) {
        let mut world = World::new();
        world.fake.fault(operation, &vec![throttle.clone(); 40]);
        let report = world.deploy(&three("1"));
        assert_eq!(report.exit(), Exit::Done, "{operation}: {report:#?}");
        world.holds(operation);
    }
}

#[test]
fn errors_of_the_service_are_outlived() {
    for operation in MUTATING.iter().chain(READING) {
        let mut world = World::new();
        world.fake.fault(operation, &vec![Fault::Refuse(500, "InternalFailure", "oops"); 5]);
        assert_eq!(world.deploy(&three("1")).exit(), Exit::Done, "{operation}");
        world.holds(operation);
    }
}

#[test]
fn a_service_that_stays_away_is_left_with_a_way_back() {
    let mut world = World::new();
    world.options.timing.offline = std::time::Duration::from_secs(600);
    world.fake.fault("DescribeStackEvents", &vec![Fault::Refuse(503, "ServiceUnavailable", "gone"); 10_000]);
    let report = world.deploy(&three("1"));
    assert_eq!(report.exit(), Exit::Detached, "{report:#?}");
    assert!(matches!(report.halt, Some(Halt::Suspended(_))));
    world.fake.state().faults.clear();
    let id = world.unfinished().expect("it can be resumed");
    assert_eq!(world.run(&id).exit(), Exit::Done);
    world.holds("away");
}

#[test]
fn credentials_are_renewed_once_and_never_asked_blindly() {
    let expired = Fault::Refuse(403, "ExpiredToken", "The security token included in the request is expired");
    for operation in MUTATING.iter().chain(READING) {
        let mut world = World::new();
        world.fake.fault(operation, std::slice::from_ref(&expired));
        assert_eq!(world.deploy(&three("1")).exit(), Exit::Done, "{operation}: it was renewed");
        let mut world = World::new();
        world.fake.fault(operation, &vec![expired.clone(); 100]);
        let report = world.deploy(&three("1"));
        assert_eq!(report.exit(), Exit::Detached, "{operation}");
        assert!(
            world.fake.state().faults[*operation].len() >= 97,
            "{operation}: it was asked again and again"
        );
        world.fake.state().faults.clear();
        let id = world.unfinished().expect("it can be resumed");
        assert_eq!(world.run(&id).exit(), Exit::Done, "{operation}");
        world.holds(operation);
    }
}

#[test]
fn old_reads_make_no_failure_and_no_success() {
    for lag in [1_000, 4_000, 9_000] {
        let mut world = World::new();
        world.fake.state().lag = lag;
        let report = world.deploy(&three("1"));
        assert_eq!(report.exit(), Exit::Done, "{lag}: {report:#?}");
        let report = world.deploy(&three("2"));
        assert_eq!(report.exit(), Exit::Done, "{lag}: {report:#?}");
        let bad = one("AWS::SNS::Topic", json!({"Fail": "no"}));
        world.options.acknowledgements = ["delete b".to_owned(), "delete c".to_owned()].into();
        assert_eq!(world.deploy(&bad).exit(), Exit::Failed, "{lag}");
        world.holds("lag");
    }
}

#[test]
fn who_comes_between_plan_and_execution_makes_a_new_plan() {
    let mut world = World::new();
    world.deploy(&three("1"));
    world.fake.fault("ExecuteChangeSet", &[Fault::Foreign]);
    let report = world.deploy(&three("2"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(world.truth().iter().all(|(_, _, template)| template.contains("\"Version\":\"2\"")));
    world.holds("foreign");
}

#[test]
fn who_always_comes_between_is_named() {
    let mut world = World::new();
    world.deploy(&one("AWS::SNS::Topic", json!({"Version": "1"})));
    world.fake.fault("ExecuteChangeSet", &vec![Fault::Foreign; 50]);
    let report = world.deploy(&one("AWS::SNS::Topic", json!({"Version": "2"})));
    assert_eq!(report.exit(), Exit::Busy, "{report:#?}");
    world.fake.settle();
    world.holds("always foreign");
}

#[test]
fn somebody_elses_operation_is_waited_for() {
    let mut world = World::new();
    world.deploy(&three("1"));
    world.fake.fault("DescribeStacks", &[Fault::Foreign]);
    let report = world.deploy(&three("2"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(world.truth().iter().all(|(_, _, template)| template.contains("\"Version\":\"2\"")));
    world.holds("busy");
}

#[test]
fn going_away_leaves_it_running_and_coming_back_ends_it() {
    for looks in [0, 3, 40, 80, 120] {
        let mut world = World::new();
        world.control = Box::new(WishAt(looks, Wish::Detach, AtomicUsize::new(0)));
        let report = world.deploy(&three("1"));
        if report.halt.is_none() {
            continue;
        }
        assert_eq!(report.exit(), Exit::Detached);
        world.control = Box::new(solc_deploy::engine::Unattended);
        let id = world.unfinished().expect("it can be resumed");
        assert_eq!(world.run(&id).exit(), Exit::Done);
        world.holds("detached");
    }
}

#[test]
fn cancelling_rolls_back_what_runs_and_starts_nothing() {
    let mut cancelled = 0;
    for looks in 0..120 {
        let mut world = World::new();
        world.deploy(&three("1"));
        world.control = Box::new(WishAt(looks, Wish::Cancel, AtomicUsize::new(0)));
        let report = world.deploy(&three("2"));
        if report.cancelled {
            cancelled += 1;
            assert_eq!(report.exit(), Exit::Cancelled, "{looks}: {report:#?}");
        }
        assert!(world.truth().iter().all(|(_, status, _)| {
            StackStatus::parse(status).is_some_and(|status| !status.is_in_progress())
        }));
        world.control = Box::new(solc_deploy::engine::Unattended);
        assert_eq!(world.deploy(&three("2")).exit(), Exit::Done, "{looks}");
        world.holds("cancelled");
    }
    assert!(cancelled > 20, "{cancelled}");
}
