//! What must not happen, what fails, and what is said about it.

use crate::fake::Fault;
use crate::harness::{DieAt, Sample, World, one, release, three};
use serde_json::json;
use solc_deploy::engine::{Exit, Halt};
use solc_deploy::journal::StepOutcome;
use solc_deploy::probe::{Died, NoProbe, Point, Probe};
use std::sync::atomic::{AtomicBool, Ordering};

const TOPIC: &str = "AWS::SNS::Topic";
const TABLE: &str = "AWS::DynamoDB::Table";

#[test]
fn a_table_is_replaced_only_when_it_is_named() {
    let mut world = World::new();
    world.deploy(&one(TABLE, json!({"Name": "one"})));
    let policy = world.fake.stack("a").expect("made").policy;
    let report = world.deploy(&one(TABLE, json!({"Name": "two"})));
    assert_eq!(report.exit(), Exit::Refused, "{report:#?}");
    let failure = report.steps[0].failure.as_ref().expect("refused");
    assert!(failure.help.ends_with("--acknowledge \"replace shop.thing\""), "{failure:?}");
    assert!(failure.notes[0].contains("shop.sol:3:5"), "{failure:?}");
    world.holds("refused");
    world.options.acknowledgements = ["replace shop.thing".to_owned()].into();
    let report = world.deploy(&one(TABLE, json!({"Name": "two"})));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(world.fake.stack("a").expect("there").policy, policy, "it is denied again");
    let widened = world.fake.state().log.iter().filter(|(name, _)| name == "SetStackPolicy").count();
    assert_eq!(widened, 3, "set, widened, restored");
    world.holds("acknowledged");
}

#[test]
fn what_does_not_depend_on_a_failure_goes_on_unless_asked_otherwise() {
    let stacks = |fail: bool| {
        let first = if fail { json!({"Fail": "no"}) } else { json!({}) };
        let chain: Vec<String> = (0..4).map(|n| format!("x{n}")).collect();
        let mut all = release(&[
            Sample { name: "bad", after: &[], resources: &[("Topic", TOPIC, first)] },
            Sample { name: "x0", after: &[], resources: &[("Topic", TOPIC, json!({}))] },
            Sample { name: "x1", after: &["x0"], resources: &[("Topic", TOPIC, json!({}))] },
            Sample { name: "x2", after: &["x1"], resources: &[("Topic", TOPIC, json!({}))] },
        ]);
        assert_eq!(chain.len(), 4);
        all.remove("nothing");
        all
    };
    let mut world = World::new();
    let report = world.deploy(&stacks(true));
    assert_eq!(report.exit(), Exit::PartlyApplied);
    assert_eq!(report.steps[3].outcome, Some(StepOutcome::Changed));
    let mut world = World::new();
    world.options.fail_fast = true;
    let report = world.deploy(&stacks(true));
    assert_eq!(report.steps[3].outcome, Some(StepOutcome::NotStarted));
    world.holds("fail fast");
}

#[test]
fn an_alarm_that_rings_or_is_missing_stops_an_update_before_it_starts() {
    let mut world = World::new();
    world.options.rollback.alarms = vec!["busy".into()];
    assert_eq!(
        world.deploy(&one(TOPIC, json!({"Version": "1"}))).exit(),
        Exit::Done,
        "a creation has no alarms"
    );
    let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
    assert!(report.steps[0].failure.as_ref().expect("stopped").message.contains("no alarm `busy`"));
    world.fake.state().alarms.insert("busy".into(), "ALARM".into());
    let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
    assert_eq!(report.exit(), Exit::Refused);
    assert!(report.steps[0].failure.as_ref().expect("stopped").message.contains("in ALARM"));
    world.fake.state().alarms.insert("busy".into(), "OK".into());
    assert_eq!(world.deploy(&one(TOPIC, json!({"Version": "2"}))).exit(), Exit::Done);
    world.holds("alarms");
}

#[test]
fn what_loses_data_is_refused_and_who_needs_it_is_not_begun() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let goes = release(&[
        Sample { name: "a", after: &[], resources: &[("Topic", TOPIC, json!({"Version": "1"}))] },
        Sample { name: "b", after: &["a"], resources: &[("Other", TOPIC, json!({}))] },
        Sample { name: "c", after: &["a", "b"], resources: &[("Queue", TOPIC, json!({"Version": "1"}))] },
    ]);
    let report = world.deploy(&goes);
    assert_eq!(report.steps[1].outcome, Some(StepOutcome::Refused));
    assert_eq!(report.steps[2].outcome, Some(StepOutcome::NotStarted));
    assert!(report.steps[1].failure.as_ref().expect("refused").help.contains("delete b/Table"));
    world.holds("refused");
}

#[test]
fn who_resumes_without_an_acknowledgement_is_refused_and_the_policy_is_narrow_again() {
    let release = one(TABLE, json!({"Name": "two"}));
    let mut refused = 0;
    for point in 1..200 {
        let mut world = World::new();
        world.deploy(&one(TABLE, json!({"Name": "one"})));
        let policy = world.fake.stack("a").expect("made").policy;
        world.options.acknowledgements = ["replace shop.thing".to_owned()].into();
        world.probe = Box::new(DieAt::new(point));
        if world.deploy(&release).halt != Some(Halt::Died) {
            break;
        }
        world.probe = Box::new(NoProbe);
        world.options.acknowledgements.clear();
        let Some(id) = world.unfinished() else { continue };
        let exit = world.run(&id).exit();
        let replaced = world.truth()[0].2.contains("\"two\"");
        assert_eq!(exit, if replaced { Exit::Done } else { Exit::Refused }, "killed at {point}");
        refused += usize::from(!replaced);
        assert_eq!(world.fake.stack("a").expect("there").policy, policy, "killed at {point}");
        world.holds(&format!("killed at {point}"));
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn whatever_ends_a_replacement_that_was_allowed_what_stands_is_denied_again() {
    let named = |world: &mut World| {
        world.options.acknowledgements =
            ["replace shop.thing".to_owned(), "delete a/Thing".to_owned()].into();
    };
    let gone = |fails: bool| {
        let properties = if fails { json!({"Fail": "no"}) } else { json!({}) };
        release(&[Sample { name: "a", after: &[], resources: &[("Other", TOPIC, properties)] }])
    };
    let endings: [(&[Fault], _, Exit); 3] = [
        (&[], gone(true), Exit::Failed),
        (&[Fault::Refuse(403, "AccessDenied", "not authorized to perform")], gone(false), Exit::Failed),
        (&[const { Fault::Foreign }; 40], gone(false), Exit::Busy),
    ];
    for (faults, files, exit) in endings {
        let mut world = World::new();
        world.deploy(&one(TABLE, json!({"Name": "one"})));
        let policy = world.fake.stack("a").expect("made").policy;
        named(&mut world);
        world.fake.fault("ExecuteChangeSet", faults);
        let report = world.deploy(&files);
        assert_eq!(report.exit(), exit, "{report:#?}");
        let denied = world.fake.stack("a").expect("there").policy.expect("a policy");
        assert!(denied.contains("LogicalResourceId/Thing"), "{denied}");
        assert!(exit == Exit::Busy || world.fake.accepted("SetStackPolicy") == 3, "set, widened, restored");
        assert_eq!(policy.as_deref(), Some(denied.as_str()));
        world.fake.settle();
        world.holds("denied again");
    }
}

/// Dies with its intent written down, and the execution not sent.
struct BeforeExecution(AtomicBool);

impl Probe for BeforeExecution {
    fn reach(&self, point: Point<'_>) -> Result<(), Died> {
        let dead = self.0.load(Ordering::SeqCst) || point == Point::Send("ExecuteChangeSet");
        self.0.store(dead, Ordering::SeqCst);
        if dead { Err(Died) } else { Ok(()) }
    }
}

#[test]
fn an_execution_that_was_not_sent_is_gated_again() {
    let mut world = World::new();
    world.deploy(&one(TABLE, json!({"Name": "one"})));
    world.options.acknowledgements = ["replace shop.thing".to_owned()].into();
    world.probe = Box::new(BeforeExecution(AtomicBool::new(false)));
    assert_eq!(world.deploy(&one(TABLE, json!({"Name": "two"}))).halt, Some(Halt::Died));
    world.probe = Box::new(NoProbe);
    world.options.acknowledgements.clear();
    let id = world.unfinished().expect("it died");
    assert_eq!(world.run(&id).exit(), Exit::Refused);
    assert!(world.truth()[0].2.contains("\"one\""), "the table stands");
    world.holds("gated again");
}
