//! What `moved from` a path moves: by refactorings, before anything else, and never by deleting and making anew.

use crate::crashes::everywhere;
use crate::fake::Fault;
use crate::harness::{Sample, World, release};
use serde_json::{Value, json};
use solc_deploy::engine::{Exit, Report};
use solc_deploy::journal::StepOutcome;
use std::collections::BTreeMap;

type Files = BTreeMap<String, String>;

const TOPIC: &str = "AWS::SNS::Topic";

/// Says of a release what has moved: `(stack, from, to)`, all topics.
fn moved(mut files: Files, moves: &[(&str, &str, &str)]) -> Files {
    let listed: Vec<Value> = moves
        .iter()
        .map(|(stack, from, to)| {
            json!({
                "from": format!("shop.{}", from.to_lowercase()), "to": format!("shop.{}", to.to_lowercase()),
                "resources": [{"from": from, "to": to, "stack": stack, "type": TOPIC}],
            })
        })
        .collect();
    let manifest = files.get_mut("manifest.json").expect("there");
    let mut read: Value = serde_json::from_str(manifest).expect("JSON");
    read["moved"] = listed.into();
    *manifest = read.to_string();
    files
}

fn topic(version: &str) -> Value {
    json!({ "Version": version })
}

/// `a` with `ids`, and `c` that takes a value of it.
fn renamed(ids: &[&str], version: &str) -> Files {
    let resources: Vec<(&str, &str, Value)> = ids.iter().map(|id| (*id, TOPIC, topic(version))).collect();
    release(&[
        Sample { name: "a", after: &[], resources: &resources },
        Sample { name: "c", after: &["a"], resources: &[("User", TOPIC, topic("1"))] },
    ])
}

/// `a` and `b` with something that stays in each, and a guest in one of them.
fn guest(of: &str, id: &'static str, version: &str) -> Files {
    let own = |name: &str, stays: &'static str| {
        let mut all = vec![(stays, TOPIC, topic("1"))];
        all.extend((of == name).then(|| (id, TOPIC, topic(version))));
        all
    };
    release(&[
        Sample { name: "a", after: &[], resources: &own("a", "Stay") },
        Sample { name: "b", after: &["a"], resources: &own("b", "StayToo") },
    ])
}

fn operations(world: &World) -> Vec<String> {
    world.fake.state().log.iter().map(|(operation, _)| operation.clone()).collect()
}

fn outcomes(report: &Report) -> Vec<(&str, Option<StepOutcome>)> {
    report.steps.iter().map(|step| (step.step.as_str(), step.outcome)).collect()
}

#[test]
fn a_rename_keeps_the_resource_and_the_second_deployment_does_nothing() {
    let mut world = World::new();
    world.deploy(&renamed(&["Old", "Other"], "1"));
    let new = moved(renamed(&["New", "Other"], "1"), &[("a", "Old", "New")]);
    let before = operations(&world).len();
    let report = world.deploy(&new);
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(outcomes(&report)[0], ("a (move)", Some(StepOutcome::Changed)));
    assert_eq!(report.steps[0].verb, "move");
    assert_eq!(
        operations(&world)[before..],
        ["CreateStackRefactor", "ExecuteStackRefactor"],
        "and no change set"
    );
    let a = world.fake.stack("a").expect("there");
    assert_eq!(a.physical("New"), "physical-Old");
    let state = world.states().into_iter().find(|state| state.stack == "a").expect("kept");
    assert_eq!(state.resources["New"], "physical-Old");
    let calls = operations(&world).len();
    let again = world.deploy(&new);
    assert_eq!((again.exit(), again.changed(), operations(&world).len()), (Exit::Done, false, calls));
    world.holds("rename");
}

#[test]
fn what_changes_too_is_changed_after_it_was_moved() {
    let mut world = World::new();
    world.deploy(&guest("a", "Guest", "1"));
    let report = world.deploy(&moved(guest("b", "Host", "2"), &[("b", "Guest", "Host")]));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    let b = world.fake.stack("b").expect("there");
    assert_eq!(b.physical("Host"), "physical-Guest");
    assert!(b.template.contains("\"Version\":\"2\""), "{}", b.template);
    assert!(!world.fake.stack("a").expect("there").template.contains("Guest"));
    world.holds("move with a change");
}

#[test]
fn a_stack_is_made_by_a_move_and_one_that_is_left_goes_when_that_was_agreed_to() {
    let of =
        |name: &str, id: &str| release(&[Sample { name, after: &[], resources: &[(id, TOPIC, topic("1"))] }]);
    let mut world = World::new();
    world.deploy(&of("a", "Guest"));
    let new = moved(of("b", "Host"), &[("b", "Guest", "Host")]);
    let report = world.deploy(&new);
    assert_eq!(report.exit(), Exit::PartlyApplied, "the deletion is to be named: {report:#?}");
    assert_eq!(
        outcomes(&report)[..2],
        [("a (vacate)", Some(StepOutcome::Changed)), ("b (move)", Some(StepOutcome::Changed))]
    );
    assert_eq!(world.fake.stack("b").expect("made").physical("Host"), "physical-Guest");
    world.options.acknowledgements = ["delete a".to_owned()].into();
    let report = world.deploy(&new);
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(world.fake.stack("a").is_none() && world.fake.stack("b").is_some());
    assert_eq!(world.states().len(), 1);
    world.holds("move to a new stack");
}

#[test]
fn a_refusal_names_the_place_and_nothing_is_deleted() {
    for (status, exit) in [
        ("CREATE_FAILED", Exit::Failed),
        ("ROLLBACK_COMPLETE", Exit::Failed),
        ("ROLLBACK_FAILED", Exit::NeedsRecovery),
    ] {
        let mut world = World::new();
        world.deploy(&guest("a", "Guest", "1"));
        let before = world.truth();
        world.fake.state().refactors_end = Some((status, "Stack Refactor does not support AWS::SNS::Topic"));
        let report = world.deploy(&moved(guest("b", "Host", "1"), &[("b", "Guest", "Host")]));
        assert_eq!(report.exit(), exit, "{status}: {report:#?}");
        let failure = report.steps[0].failure.as_ref().expect("why");
        assert!(
            failure.message.contains("moving `shop.guest` to `shop.host` in `integration`"),
            "{failure:?}"
        );
        assert!(failure.message.contains("nothing was deleted"), "{failure:?}");
        let resource = &failure.resources[0];
        assert_eq!((resource.logical_id.as_str(), resource.status.as_str()), ("Host", status));
        assert_eq!(resource.place.as_ref().map(|place| place.instance.as_str()), Some("shop.sol:3:5"));
        assert!(
            report.steps[1..].iter().all(|step| step.outcome == Some(StepOutcome::NotStarted)),
            "{report:#?}"
        );
        assert_eq!(world.truth(), before, "{status}");
        world.holds(status);
        // Once the service takes it, the same again succeeds.
        world.fake.state().refactors_end = None;
        let report = world.deploy(&moved(guest("b", "Host", "1"), &[("b", "Guest", "Host")]));
        assert_eq!(report.exit(), Exit::Done, "{status}: {report:#?}");
    }
}

#[test]
fn what_is_not_as_recorded_is_not_moved() {
    let mut world = World::new();
    world.deploy(&renamed(&["Old"], "1"));
    for stack in world.fake.state().stacks.iter_mut().filter(|stack| stack.name == "a") {
        stack.template = stack.template.replace("\"Version\":\"1\"", "\"Version\":\"9\"");
    }
    let report = world.deploy(&moved(renamed(&["New"], "1"), &[("a", "Old", "New")]));
    assert_eq!(report.exit(), Exit::Failed, "{report:#?}");
    let failure = report.steps[0].failure.as_ref().expect("why");
    assert!(failure.message.contains("the template of `a` is another one"), "{failure:?}");
    assert!(failure.help.contains("solc refresh --env integration"), "{failure:?}");
    assert!(world.fake.state().refactors.is_empty());
}

#[test]
fn lost_answers_and_refused_calls_move_nothing_twice() {
    for operation in ["CreateStackRefactor", "ExecuteStackRefactor", "DescribeStackRefactor"] {
        for fault in [Fault::LoseAnswer, Fault::Refuse(400, "Throttling", "Rate exceeded")] {
            let mut world = World::new();
            world.deploy(&guest("a", "Guest", "1"));
            world.fake.fault(operation, std::slice::from_ref(&fault));
            let report = world.deploy(&moved(guest("b", "Host", "2"), &[("b", "Guest", "Host")]));
            assert_eq!(report.exit(), Exit::Done, "{operation} {fault:?}: {report:#?}");
            let executed = world.fake.state().refactors.iter().filter(|r| r.executed.is_some()).count();
            assert_eq!(executed, 1, "{operation} {fault:?}");
            world.holds(operation);
        }
    }
}

/// Deploys what was deployed earlier, and then `files` with a death at each point.
fn dies(what: &str, earlier: &Files, files: &Files) {
    let set = || {
        let mut world = World::new();
        world.deploy(earlier);
        world
    };
    everywhere(what, &set, &|world| world.deploy(files));
}

#[test]
fn moves_survive_a_death_anywhere() {
    let renamed_too = moved(renamed(&["New"], "1"), &[("a", "Old", "New")]);
    dies("rename", &renamed(&["Old"], "1"), &renamed_too);
    let changed_too = moved(guest("b", "Host", "2"), &[("b", "Guest", "Host")]);
    dies("move and change", &guest("a", "Guest", "1"), &changed_too);
}

#[test]
fn moves_out_of_a_whole_stack_survive_a_death_anywhere() {
    let both = |first: &str, second: &str| {
        release(&[
            Sample { name: "a", after: &[], resources: &[(first, TOPIC, topic("1"))] },
            Sample {
                name: "b",
                after: &[],
                resources: &[(second, TOPIC, topic("1")), ("Stay", TOPIC, topic("1"))],
            },
        ])
    };
    let old = release(&[
        Sample { name: "a", after: &[], resources: &[("Guest", TOPIC, topic("1"))] },
        Sample { name: "b", after: &[], resources: &[("Stay", TOPIC, topic("1"))] },
    ]);
    dies("vacate", &old, &moved(both("New", "Host"), &[("b", "Guest", "Host")]));
}
