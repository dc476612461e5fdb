//! What happens where nothing goes wrong.

use crate::harness::{CANARY, Sample, World, release, three};
use serde_json::json;
use solc_deploy::engine::Exit;
use solc_deploy::journal::StepOutcome;

#[test]
fn stacks_are_made_in_their_order_with_each_others_values() {
    let mut world = World::new();
    let report = world.deploy(&three("1"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(report.steps.iter().all(|step| step.outcome == Some(StepOutcome::Changed)));
    let c = world.fake.stack("c").expect("made");
    assert_eq!(c.parameters["aOut"], format!("{CANARY} of a"));
    assert!(c.protected && c.policy.is_none(), "it holds no data");
    let b = world.fake.stack("b").expect("made");
    assert!(b.policy.expect("it holds data").contains("LogicalResourceId/Table"));
    assert_eq!(world.states().len(), 3);
    world.holds("create");
}

#[test]
fn the_same_again_changes_nothing() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let before = (world.truth(), world.fake.state().log.len());
    let kept = world.states();
    let report = world.deploy(&three("1"));
    assert_eq!(report.exit(), Exit::Done);
    assert!(report.steps.iter().all(|step| step.outcome == Some(StepOutcome::Unchanged)), "{report:#?}");
    assert_eq!(
        (world.truth(), world.fake.state().log.len()),
        before,
        "and nothing was called that changes something"
    );
    assert_eq!(world.states(), kept);
    world.holds("no change");
}

#[test]
fn a_change_is_deployed() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let report = world.deploy(&three("2"));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(world.truth().iter().all(|(_, status, _)| status == "UPDATE_COMPLETE"));
    world.holds("update");
}

#[test]
fn a_service_without_tokens_in_its_events_is_followed_all_the_same() {
    let mut world = World::new();
    world.fake.state().tokens = false;
    assert_eq!(world.deploy(&three("1")).exit(), Exit::Done);
    assert_eq!(world.deploy(&three("2")).exit(), Exit::Done);
    world.holds("no tokens");
}

#[test]
fn what_the_release_no_longer_has_goes_last_and_only_when_named() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let less = release(&[Sample {
        name: "a",
        after: &[],
        resources: &[("Topic", "AWS::SNS::Topic", json!({"Version": "1"}))],
    }]);
    let report = world.deploy(&less);
    assert_eq!(report.exit(), Exit::Refused, "{report:#?}");
    let refused = report.steps[1].failure.as_ref().expect("refused");
    assert!(refused.help.contains("--acknowledge \"delete c\""), "{refused:?}");
    world.options.acknowledgements = ["delete b".to_owned(), "delete c".to_owned()].into();
    let report = world.deploy(&less);
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(world.truth().len(), 1);
    assert_eq!(world.states().len(), 1);
    let deleted: Vec<String> = report.steps.iter().skip(1).map(|step| step.stack.clone()).collect();
    assert_eq!(deleted, ["c", "b"]);
    world.holds("delete");
}

#[test]
fn at_most_eight_run_at_once() {
    let names: Vec<String> = (0..20).map(|n| format!("s{n}")).collect();
    let resources = [("Topic", "AWS::SNS::Topic", json!({}))];
    let samples: Vec<Sample<'_>> =
        names.iter().map(|name| Sample { name, after: &[], resources: &resources }).collect();
    let mut world = World::new();
    let start = solc_deploy::clock::Clock::now(world.clock.as_ref());
    let report = world.deploy(&release(&samples));
    assert_eq!(report.exit(), Exit::Done);
    assert!(report.finished.since(start).as_secs() >= 15, "three rounds of five seconds at least");
    world.holds("many");
}
