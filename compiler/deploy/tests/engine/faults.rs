//! A service that throttles, loses answers, answers late, and lets others in between.

use crate::crashes::everywhere;
use crate::fake::Fault;
use crate::harness::{DieAt, Sample, WishAt, World, one, release, three};
use crate::page::played;
use crate::scenes::{Files, TABLE, TOPIC, outlived, six, times, with_template};
use serde_json::{Value, json};
use solc_deploy::backend::StackStatus;
use solc_deploy::clock::{Clock as _, Timestamp, VirtualClock};
use solc_deploy::engine::{Control, Exit, Halt, Wish};
use solc_deploy::journal::StepOutcome;
use solc_deploy::lease::{Lease, NoLease};
use solc_deploy::probe::NoProbe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const MUTATING: &[&str] =
    &["CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy", "UpdateTerminationProtection"];
const READING: &[&str] = &["DescribeStacks", "DescribeStackEvents", "DescribeChangeSet", "GetStackPolicy"];

/// Lets `faults` befall each call in turn, on every scene; how many scenarios that were.
fn befall_each(what: &str, faults: &[Fault], strict: bool) -> usize {
    let operations = MUTATING.iter().chain(READING);
    let scenarios = operations.map(|operation| {
        outlived(&format!("{what} of {operation}"), |world| {
            world.fake.state().strict_tokens = strict;
            world.fake.fault(operation, faults);
        })
    });
    scenarios.sum()
}

#[test]
fn f06_a_lost_answer_to_any_call_changes_nothing() {
    let befall = |strict| befall_each("a lost answer", &times(&Fault::LoseAnswer, 2), strict);
    played("f06_a_lost_answer_to_any_call_changes_nothing", befall(false) + befall(true));
}

#[test]
fn f04_throttling_makes_it_slower_and_no_worse() {
    let throttle = Fault::Refuse(400, "Throttling", "Rate exceeded");
    let scenarios = befall_each("throttling", &times(&throttle, 40), false);
    played("f04_throttling_makes_it_slower_and_no_worse", scenarios);
}

#[test]
fn f04_ten_minutes_and_every_second_call_are_outlived() {
    let throttle = Fault::Refuse(400, "Throttling", "Rate exceeded");
    let all = befall_each("ten minutes", &times(&throttle, 600), false);
    // Which half is drawn by a generator that is written down: x ← 1103515245 x + 12345 (mod 2^31).
    let mut drawn: u32 = 7;
    let half: Vec<Fault> = (0..400)
        .map(|_| {
            drawn = drawn.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
            if (drawn / 65_536).is_multiple_of(2) { throttle.clone() } else { Fault::None }
        })
        .collect();
    let half = outlived("half of all", |world| {
        for operation in MUTATING.iter().chain(READING) {
            world.fake.fault(operation, &half);
        }
    });
    played("f04_ten_minutes_and_every_second_call_are_outlived", all + half);
}

#[test]
fn f05_errors_of_the_service_are_outlived() {
    let oops = Fault::Refuse(500, "InternalFailure", "oops");
    played("f05_errors_of_the_service_are_outlived", befall_each("errors", &times(&oops, 5), false));
}

#[test]
fn f08_credentials_that_can_be_renewed_are() {
    let expired = Fault::Refuse(403, "ExpiredToken", "The security token included in the request is expired");
    played("f08_credentials_that_can_be_renewed_are", befall_each("expiry", &[expired], false));
}

#[test]
fn f07_twenty_minutes_without_a_network_are_outlived() {
    // Each try waits for fifteen seconds at most.
    let gone = Fault::Refuse(503, "ServiceUnavailable", "gone");
    let scenarios = outlived("twenty minutes", |world| {
        for operation in READING {
            world.fake.fault(operation, &times(&gone, 100));
        }
    });
    played("f07_twenty_minutes_without_a_network_are_outlived", scenarios);
}

#[test]
fn f10_who_comes_between_plan_and_execution_makes_a_new_plan_everywhere() {
    let mut scenarios = 0;
    for operation in ["CreateChangeSet", "ExecuteChangeSet", "DescribeStacks", "GetTemplate"] {
        for skipped in 0..3 {
            let mut faults = times(&Fault::None, skipped);
            faults.push(Fault::Foreign);
            let what = format!("somebody else at {operation} after {skipped}");
            scenarios += outlived(&what, |world| world.fake.fault(operation, &faults));
        }
    }
    played("f10_who_comes_between_plan_and_execution_makes_a_new_plan_everywhere", scenarios);
}

#[test]
fn f11_what_was_ready_yesterday_is_planned_and_gated_anew() {
    let mut world = World::new();
    world.deploy(&one(TABLE, json!({"Name": "one", "Version": "1"})));
    let release = one(TABLE, json!({"Name": "one", "Version": "2"}));
    // It dies with the change set ready and its execution about to be sent.
    let mut point = 0;
    loop {
        point += 1;
        world.probe = Box::new(DieAt::new(point));
        if world.deploy(&release).halt != Some(Halt::Died) {
            panic!("it never stood before the execution");
        }
        if world.fake.stack("a").expect("there").sets.len() > 1 {
            break;
        }
        world.probe = Box::new(NoProbe);
        let id = world.unfinished().expect("it died");
        world.fake.state().stacks[0].sets.truncate(1);
        assert!(matches!(world.run(&id).exit(), Exit::Done));
        world = World::new();
        world.deploy(&one(TABLE, json!({"Name": "one", "Version": "1"})));
    }
    world.probe = Box::new(NoProbe);
    let yesterday = world.fake.stack("a").expect("there").sets[1].set.id.clone();
    world.fake.fault("DescribeStacks", &[Fault::Foreign]);
    let id = world.unfinished().expect("it died");
    world.clock.set(Timestamp(world.clock.now().0 + 86_400_000));
    assert_eq!(world.run(&id).exit(), Exit::Done);
    let stack = world.fake.stack("a").expect("there");
    assert_ne!(stack.change_set, Some(yesterday), "the stale one is never executed");
    world.holds("a day later");
}

#[test]
fn f12_events_that_come_late_or_out_of_order_make_no_failure_and_hide_none() {
    let mut scenarios = 0;
    for (event_lag, late_causes) in [(3_000, 0), (9_000, 0), (0, 5_000), (3_000, 4_000)] {
        scenarios += outlived("late events", |world| {
            let mut state = world.fake.state();
            (state.event_lag, state.late_causes) = (event_lag, late_causes);
        });
        let mut world = World::new();
        world.deploy(&one(TOPIC, json!({"Version": "1"})));
        world.fake.state().late_causes = late_causes;
        world.fake.state().event_lag = event_lag;
        let report = world.deploy(&one(TOPIC, json!({"Fail": "the key is disabled"})));
        let failure = report.steps[0].failure.as_ref().expect("failed");
        assert!(failure.message.contains("the key is disabled"), "{event_lag} {late_causes}: {failure:?}");
    }
    played("f12_events_that_come_late_or_out_of_order_make_no_failure_and_hide_none", scenarios);
}

#[test]
fn f12_an_old_end_is_not_the_end_of_the_next_operation() {
    // It is rolled back first, and then updated: what is seen of the second is late.
    for lag in [4_000, 9_000, 12_000] {
        let mut world = World::new();
        world.deploy(&one(TOPIC, json!({"Version": "1"})));
        world.fake.force("a", StackStatus::UpdateFailed);
        (world.fake.state().event_lag, world.fake.state().lag) = (lag, lag);
        let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
        assert_eq!(report.exit(), Exit::Done, "{lag}: {report:#?}");
        world.holds("old end");
    }
}

#[test]
fn f12_without_tokens_somebody_elses_operation_right_after_ours_is_no_riddle() {
    for looks in 0..12 {
        let mut world = World::new();
        world.fake.state().tokens = false;
        world.deploy(&one(TOPIC, json!({"Version": "1"})));
        let mut faults = times(&Fault::None, looks);
        faults.push(Fault::Foreign);
        world.fake.fault("DescribeStackEvents", &faults);
        let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
        assert_eq!(report.exit(), Exit::Done, "{looks}: {report:#?}");
        world.fake.settle();
        world.holds("no tokens");
    }
}

#[test]
fn f17_an_alarm_that_rings_during_an_update_is_its_reason() {
    let mut world = World::new();
    world.deploy(&one(TOPIC, json!({"Version": "1"})));
    world.fake.state().alarm = Some("errors".into());
    let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
    assert_eq!(report.exit(), Exit::Failed);
    let failure = report.steps[0].failure.as_ref().expect("failed");
    assert!(failure.message.contains("errors went to ALARM"), "{failure:?}");
    world.holds("alarm");
}

#[test]
fn f18_a_role_that_is_gone_is_named_with_the_way_out() {
    let gone =
        Fault::Refuse(400, "ValidationError", "Role arn:aws:iam::1:role/x is invalid or cannot be assumed");
    for operation in ["CreateChangeSet", "ExecuteChangeSet"] {
        let mut world = World::new();
        world.deploy(&one(TOPIC, json!({"Version": "1"})));
        world.fake.fault(operation, std::slice::from_ref(&gone));
        let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
        assert_eq!(report.exit(), Exit::Failed, "{operation}: {report:#?}");
        let failure = report.steps[0].failure.as_ref().expect("failed");
        assert!(failure.help.contains("`--service-role`"), "{failure:?}");
        world.holds(operation);
    }
}

#[test]
fn f18_who_may_no_longer_look_has_not_failed() {
    let denied = Fault::Refuse(403, "AccessDenied", "not authorized to perform: cloudformation:Describe");
    for operation in ["DescribeStackEvents", "DescribeStacks"] {
        for skipped in 0..8 {
            let mut world = World::new();
            world.deploy(&one(TOPIC, json!({"Version": "1"})));
            let mut faults = times(&Fault::None, skipped);
            faults.push(denied.clone());
            world.fake.fault(operation, &faults);
            world.deploy(&one(TOPIC, json!({"Version": "2"})));
            world.fake.state().faults.clear();
            if let Some(id) = world.unfinished() {
                assert_eq!(world.run(&id).exit(), Exit::Done, "{operation} after {skipped}");
            }
            world.holds(operation);
        }
    }
}

/// Turns the clock at the `n`th look.
struct Turn(usize, AtomicUsize, Arc<VirtualClock>, fn(u64) -> u64);

impl Control for Turn {
    fn wish(&self) -> Wish {
        if self.1.fetch_add(1, Ordering::SeqCst) == self.0 {
            self.2.set(Timestamp(self.3(self.2.now().0)));
        }
        Wish::GoOn
    }
}

#[test]
fn f23_a_clock_that_jumps_costs_time_and_nothing_else() {
    let forward = |now: u64| now + 2 * 86_400_000;
    let back = |now: u64| now - 3_600_000;
    let mut scenarios = 0;
    for turn in [forward as fn(u64) -> u64, back] {
        for looks in (0..60).step_by(4) {
            scenarios += outlived(&format!("the clock is turned after {looks} looks"), |world| {
                world.control = Box::new(Turn(looks, AtomicUsize::new(0), world.clock.clone(), turn));
                // What passes while it stands still is no time for calls.
                world.began = Timestamp(world.began.0 - 3_600_000);
            });
        }
    }
    played("f23_a_clock_that_jumps_costs_time_and_nothing_else", scenarios);
}

#[test]
fn f09_who_lost_the_environment_changes_nothing_more() {
    for left in 0..10 {
        let mut world = World::new();
        world.lease = Some(Box::new(Lost(AtomicUsize::new(left))));
        let report = world.deploy(&three("1"));
        let calls = world.fake.witness.seen().calls;
        assert!(calls <= left, "{calls} calls were made, with {left} to be allowed");
        assert_eq!(report.exit(), Exit::Busy, "{report:#?}");
        world.lease = None;
        let id = world.unfinished().expect("it can be resumed");
        assert_eq!(world.run(&id).exit(), Exit::Done);
        world.holds("lost");
    }
}

/// Ours for so many calls, and then somebody else's.
struct Lost(AtomicUsize);

impl Lease for Lost {
    fn check(&self) -> Result<(), NoLease> {
        let one_less = |left: usize| left.checked_sub(1);
        let taken = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        taken.map(|_| ()).map_err(|_| NoLease::Held(None))
    }
}

/// Two stacks, of which the second takes another output of the first than before.
fn exchanged(output: &str, fails: bool) -> Files {
    let files = with_template(three("1"), "a", |template| {
        template["Outputs"] = json!({ output: {"Value": output} });
    });
    let files = with_template(files, "b", |template| {
        template["Parameters"] = json!({"Value": {"Type": "String"}});
        if fails {
            template["Resources"]["Table"]["Properties"]["Fail"] = "no".into();
        }
    });
    let mut files = with_template(files, "c", |template| template["Parameters"] = json!({}));
    let mut manifest: Value = serde_json::from_str(&files["manifest.json"]).expect("JSON");
    manifest["stacks"][0]["outputs"] = json!([output]);
    manifest["stacks"][1]["parameters"] = json!({"Value": {"stack": "a", "output": output}});
    manifest["stacks"][2]["parameters"] = json!({});
    files.insert("manifest.json".into(), manifest.to_string());
    files
}

#[test]
fn f19_what_a_consumer_still_uses_is_not_taken_away_where_the_consumer_failed() {
    let mut world = World::new();
    assert_eq!(world.deploy(&exchanged("Old", false)).exit(), Exit::Done);
    let report = world.deploy(&exchanged("New", true));
    assert_eq!(report.exit(), Exit::PartlyApplied, "{report:#?}");
    let outcome = |name: &str| report.steps.iter().find(|step| step.step == name).expect("planned").outcome;
    assert_eq!(outcome("a (expand)"), Some(StepOutcome::Changed));
    assert_eq!(outcome("b"), Some(StepOutcome::Failed));
    assert_eq!(outcome("a (contract)"), Some(StepOutcome::NotStarted));
    let outputs = world.fake.stack("a").expect("there").outputs;
    assert_eq!(outputs.keys().collect::<Vec<_>>(), ["New", "Old"], "both are there");
    world.holds("between");
    let report = world.deploy(&exchanged("New", false));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    let outputs = world.fake.stack("a").expect("there").outputs;
    assert_eq!(outputs.keys().collect::<Vec<_>>(), ["New"]);
    world.holds("after");
}

#[test]
fn f19_expanding_and_contracting_survives_a_death_anywhere() {
    let set = || {
        let mut world = World::new();
        world.deploy(&exchanged("Old", false));
        world
    };
    everywhere("expand and contract", &set, &|world| world.deploy(&exchanged("New", false)));
}

#[test]
fn f26_two_hundred_stacks_are_deployed_within_the_rate() {
    let names: Vec<String> = (0..200).map(|n| format!("s{n}")).collect();
    let resources = [("Topic", TOPIC, json!({})), ("Other", TOPIC, json!({}))];
    let samples: Vec<Sample<'_>> =
        names.iter().map(|name| Sample { name, after: &[], resources: &resources }).collect();
    let mut world = World::new();
    let report = world.deploy(&release(&samples));
    assert_eq!(report.exit(), Exit::Done);
    world.holds("two hundred");
}

#[test]
fn f26_five_hundred_resources_and_a_template_of_a_megabyte_are_deployed() {
    let large = |version: &str| {
        with_template(one(TOPIC, json!({})), "a", |template| {
            let text = "ü".repeat(970);
            for number in 0..500 {
                template["Resources"][format!("Topic{number}")] =
                    json!({"Type": TOPIC, "Properties": {"Version": version, "Text": text}});
            }
            assert!((1_000_000..1_048_576).contains(&template.to_string().len()));
        })
    };
    let mut world = World::new();
    for version in ["1", "2"] {
        assert_eq!(world.deploy(&large(version)).exit(), Exit::Done);
    }
    assert_eq!(world.fake.accepted("PutTemplate"), 2, "it is too large for a request");
    world.holds("a megabyte");
}

#[test]
fn f29_what_was_done_before_a_partial_failure_is_not_done_again() {
    let mut world = World::new();
    world.deploy(&six("1"));
    let broken = with_template(six("2"), "jobs", |template| {
        template["Resources"]["Jobs"]["Properties"] = json!({"Fail": "no"});
    });
    assert_eq!(world.deploy(&broken).exit(), Exit::PartlyApplied);
    let report = world.deploy(&six("2"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    let changed: Vec<&str> = report
        .steps
        .iter()
        .filter(|step| step.outcome == Some(StepOutcome::Changed))
        .map(|step| step.stack.as_str())
        .collect();
    assert_eq!(changed, ["jobs", "edge"]);
    world.holds("mended");
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
