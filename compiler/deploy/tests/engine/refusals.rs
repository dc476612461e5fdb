//! What must not happen, what fails, and what is said about it.

use crate::harness::{Sample, World, one, release};
use serde_json::json;
use solc_deploy::engine::Exit;
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
