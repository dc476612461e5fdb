//! What must not happen, what fails, and what is said about it.

use crate::harness::{Sample, World, one, release, three};
use serde_json::json;
use solc_deploy::backend::StackStatus;
use solc_deploy::engine::{Exit, Recover};
use solc_deploy::journal::StepOutcome;

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
fn a_refused_creation_leaves_no_shell() {
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
fn the_root_cause_comes_first_and_what_follows_from_it_is_not_said() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let bad = release(&[
        Sample { name: "a", after: &[], resources: &[("Topic", TOPIC, json!({"Version": "2"}))] },
        Sample {
            name: "b",
            after: &["a"],
            resources: &[
                ("Table", TABLE, json!({"Name": "one", "Fail": "the key is disabled"})),
                ("Second", TOPIC, json!({})),
            ],
        },
        Sample { name: "c", after: &["a", "b"], resources: &[("Queue", TOPIC, json!({"Version": "2"}))] },
    ]);
    let report = world.deploy(&bad);
    assert_eq!(report.exit(), Exit::PartlyApplied, "{report:#?}");
    let failure = report.steps[1].failure.as_ref().expect("failed");
    assert!(failure.message.contains("Table (AWS::DynamoDB::Table): the key is disabled"), "{failure:?}");
    assert_eq!(failure.resources.len(), 1, "{failure:?}");
    assert_eq!(failure.resources[0].place.as_ref().expect("known").instance, "shop.sol:3:5");
    assert_eq!(report.steps[2].outcome, Some(StepOutcome::NotStarted));
    world.holds("failed");
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
fn a_failed_creation_is_made_again() {
    let mut world = World::new();
    let report = world.deploy(&one(TOPIC, json!({"Fail": "no"})));
    assert_eq!(report.exit(), Exit::Failed);
    assert_eq!(report.steps[0].status.as_deref(), Some("ROLLBACK_COMPLETE"));
    let report = world.deploy(&one(TOPIC, json!({})));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    world.holds("again");
}

#[test]
fn a_failed_rollback_is_gone_on_with_and_never_ends_in_a_deletion() {
    for (stuck, exit) in [(1, Exit::Failed), (5, Exit::NeedsRecovery)] {
        let mut world = World::new();
        world.deploy(&one(TOPIC, json!({"Version": "1"})));
        world.fake.state().stuck_rollbacks = stuck;
        let report = world.deploy(&one(TOPIC, json!({"Fail": "the limit is reached"})));
        assert_eq!(report.exit(), exit, "{report:#?}");
        let failure = report.steps[0].failure.as_ref().expect("failed");
        assert_eq!(failure.resources[0].reason, "the limit is reached", "{failure:?}");
        assert!(world.fake.state().log.iter().all(|(name, _)| name != "DeleteStack"));
        world.holds("rollback");
        if exit == Exit::NeedsRecovery {
            assert!(failure.help.contains("--recover skip"), "{failure:?}");
            world.options.recover = Recover::Skip;
            let report = world.deploy(&one(TOPIC, json!({"Version": "2"})));
            assert_eq!(report.exit(), Exit::Done, "{report:#?}");
            assert!(report.warnings[0].contains("solc drift"), "{:?}", report.warnings);
            world.holds("skipped");
        }
    }
}

#[test]
fn after_a_rollback_the_old_release_changes_nothing_and_the_next_is_deployed() {
    let mut world = World::new();
    world.deploy(&one(TOPIC, json!({"Version": "1"})));
    world.deploy(&one(TOPIC, json!({"Fail": "no"})));
    assert_eq!(world.fake.stack("a").expect("there").status, StackStatus::UpdateRollbackComplete);
    let report = world.deploy(&one(TOPIC, json!({"Version": "1"})));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(report.steps[0].outcome, Some(StepOutcome::Unchanged));
    assert_eq!(world.deploy(&one(TOPIC, json!({"Version": "2"}))).exit(), Exit::Done);
    world.holds("after");
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
