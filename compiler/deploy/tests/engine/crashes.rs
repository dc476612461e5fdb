//! A process that is killed at every point, and one that is killed twice.

use crate::harness::{Count, DieAt, PowerLoss, World, one, three};
use serde_json::json;
use solc_deploy::engine::{Exit, Halt};
use solc_deploy::probe::NoProbe;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

type Files = BTreeMap<String, String>;

/// Deploys all of `earlier`, and then `files` with a death at each of `points`.
fn run(earlier: &[Files], files: &Files, points: &[usize], strict: bool) -> (World, usize) {
    let mut world = World::new();
    world.fake.state().strict_tokens = strict;
    for earlier in earlier {
        world.deploy(earlier);
    }
    let count = Count::default();
    let mut begun = false;
    for point in points {
        world.probe = Box::new(DieAt::new(*point));
        let report = if begun {
            let Some(id) = world.unfinished() else { break };
            world.run(&id)
        } else {
            begun = true;
            world.deploy(files)
        };
        if report.halt != Some(Halt::Died) {
            break;
        }
    }
    world.probe = Box::new(count.clone());
    if begun {
        if let Some(id) = world.unfinished() {
            world.run(&id);
        }
    } else {
        world.deploy(files);
    }
    world.probe = Box::new(NoProbe);
    (world, count.0.load(Ordering::SeqCst))
}

/// Dies at each point in turn, and compares what becomes of it with what becomes of a run that lives.
fn everywhere(what: &str, earlier: &[Files], files: &Files) -> usize {
    let mut crashes = 0;
    for strict in [false, true] {
        let (undisturbed, points) = run(earlier, files, &[], strict);
        undisturbed.holds(what);
        assert!(points > 20, "{what}: {points} points");
        for point in 1..=points {
            let (world, _) = run(earlier, files, &[point], strict);
            let name = format!("{what}, killed at point {point} of {points}");
            assert_eq!(world.truth(), undisturbed.truth(), "{name}");
            assert_eq!(statuses(&world), statuses(&undisturbed), "{name}");
            world.holds(&name);
            crashes += 1;
        }
    }
    crashes
}

fn statuses(world: &World) -> Vec<(String, String, BTreeMap<String, String>)> {
    world.states().into_iter().map(|state| (state.stack, state.status, state.outputs)).collect()
}

#[test]
fn creating_three_stacks_survives_a_death_anywhere() {
    assert!(everywhere("create", &[], &three("1")) > 100);
}

#[test]
fn updating_three_stacks_survives_a_death_anywhere() {
    everywhere("update", &[three("1")], &three("2"));
}

#[test]
fn a_failing_update_survives_a_death_anywhere() {
    let kind = "AWS::SNS::Topic";
    let good = one(kind, json!({"Version": "1"}));
    everywhere("failing update", &[good], &one(kind, json!({"Fail": "no"})));
}

#[test]
fn a_failing_creation_and_its_repair_survive_a_death_anywhere() {
    let kind = "AWS::SNS::Topic";
    let bad = one(kind, json!({"Fail": "no"}));
    everywhere("failing creation", &[], &bad);
    everywhere("repair", &[bad], &one(kind, json!({"Version": "1"})));
}

#[test]
fn pairs_of_deaths_are_survived() {
    let (undisturbed, points) = run(&[three("1")], &three("2"), &[], false);
    for first in (1..=points).step_by(7) {
        for second in (1..=points).step_by(11) {
            let (world, _) = run(&[three("1")], &three("2"), &[first, second], false);
            let name = format!("killed at {first} and then at {second}");
            assert_eq!(world.truth(), undisturbed.truth(), "{name}");
            world.holds(&name);
        }
    }
}

#[test]
fn what_was_not_synced_is_not_needed() {
    let (undisturbed, points) = run(&[], &three("1"), &[], false);
    for point in 1..=points {
        let mut world = World::new();
        let loss = PowerLoss::at(point, world.folder.path().join("deploys"));
        let synced = loss.synced.clone();
        world.probe = Box::new(loss);
        world.deploy(&three("1"));
        world.probe = Box::new(NoProbe);
        let id = world.deploys().all().expect("readable").remove(0).id;
        let path = world.deploys().folder(&id).join("journal");
        let bytes = std::fs::read(&path).expect("readable");
        let length = synced.load(Ordering::SeqCst).max(bytes.len().min(1));
        if length > 1 {
            std::fs::write(&path, &bytes[..length]).expect("cut");
        }
        if let Some(id) = world.unfinished() {
            assert_eq!(world.run(&id).exit(), Exit::Done, "the power went at {point}");
        }
        assert_eq!(world.truth(), undisturbed.truth(), "the power went at {point}");
        world.holds(&format!("the power went at point {point}"));
    }
}
