//! A process that is killed at every point, and one that is killed twice.

use crate::harness::{Count, DieAt, PowerLoss, World, one};
use crate::page;
use crate::scenes::{self, TOPIC};
use serde_json::json;
use solc_deploy::engine::{Halt, Report};
use solc_deploy::probe::NoProbe;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// Sets a world, and does something in it with a death at each of `points`; how many points it has after those.
fn run(
    set: &dyn Fn() -> World,
    act: &dyn Fn(&mut World) -> Report,
    points: &[usize],
    strict: bool,
) -> (World, usize) {
    let mut world = set();
    world.fake.state().strict_tokens = strict;
    let count = Count::default();
    let mut begun = false;
    for point in points {
        world.probe = Box::new(DieAt::new(*point));
        let report = if begun {
            let Some(id) = world.unfinished() else { break };
            world.run(&id)
        } else {
            begun = true;
            act(&mut world)
        };
        if report.halt != Some(Halt::Died) {
            break;
        }
    }
    world.probe = Box::new(count.clone());
    if !begun {
        act(&mut world);
    } else if let Some(id) = world.unfinished() {
        world.run(&id);
    }
    world.probe = Box::new(NoProbe);
    (world, count.0.load(Ordering::SeqCst))
}

/// How often what changes something was done, and not only asked for.
fn deeds(world: &World) -> BTreeMap<String, usize> {
    let state = world.fake.state();
    let mut deeds = BTreeMap::new();
    for event in state.stacks.iter().flat_map(|stack| &stack.events).filter(|event| event.is_of_stack()) {
        if event.status.ends_with("_IN_PROGRESS") {
            *deeds.entry(event.status.clone()).or_default() += 1;
        }
    }
    deeds
}

/// I4: dies at each point in turn, and compares what becomes of it, and what was done for it, with a run that lives.
/// Services with either way of answering a token again take turns.
pub(crate) fn everywhere(what: &str, set: &dyn Fn() -> World, act: &dyn Fn(&mut World) -> Report) -> usize {
    let (undisturbed, points) = run(set, act, &[], false);
    undisturbed.holds(what);
    assert!(points > 20, "{what}: {points} points");
    for point in 1..=points {
        let (world, _) = run(set, act, &[point], point % 2 == 0);
        let name = format!("{what}, killed at point {point} of {points}");
        assert_eq!(world.truth(), undisturbed.truth(), "{name}");
        assert_eq!(statuses(&world), statuses(&undisturbed), "{name}");
        assert_eq!(deeds(&world), deeds(&undisturbed), "{name}");
        world.holds(&name);
    }
    points
}

fn statuses(world: &World) -> Vec<(String, String, BTreeMap<String, String>)> {
    world.states().into_iter().map(|state| (state.stack, state.status, state.outputs)).collect()
}

#[test]
fn f01_each_scene_survives_a_death_anywhere() {
    for (scene, floor) in scenes::all().iter().zip(page::CRASH_POINTS) {
        let points = everywhere(scene.name, &|| scene.set(), &|world| world.deploy(&scene.files));

        assert!(points >= *floor, "{}: {points}", scene.name);
    }
}

#[test]
fn f01_a_failing_creation_and_its_repair_survive_a_death_anywhere() {
    let bad = one(TOPIC, json!({"Fail": "no"}));
    everywhere("failing creation", &World::new, &|world| world.deploy(&bad));
    let set = || {
        let mut world = World::new();
        world.deploy(&bad);
        world
    };
    everywhere("repair", &set, &|world| world.deploy(&one(TOPIC, json!({"Version": "1"}))));
}

#[test]
fn f01_pairs_of_deaths_are_survived() {
    let mut pairs = 0;
    for scene in scenes::all() {
        let (set, act) = (|| scene.set(), |world: &mut World| world.deploy(&scene.files));
        let (undisturbed, points) = run(&set, &act, &[], false);
        // Five firsts and fifteen seconds, or so, wherever they fall.
        for first in (1..=points).step_by(points / 5 + 1) {
            for second in (1..=points).step_by(points / 15 + 1) {
                let (world, _) = run(&set, &act, &[first, second], false);
                let name = format!("{}, killed at {first} and then at {second}", scene.name);
                assert_eq!(world.truth(), undisturbed.truth(), "{name}");
                assert_eq!(deeds(&world), deeds(&undisturbed), "{name}");
                world.holds(&name);
                pairs += 1;
            }
        }
    }

    assert!(pairs >= page::PAIRS, "{pairs}");
}

#[test]
fn f02_what_was_not_synced_is_not_needed() {
    let mut lost = 0;
    for scene in scenes::all() {
        let (undisturbed, points) = run(&|| scene.set(), &|world| world.deploy(&scene.files), &[], false);
        for point in (1..=points).step_by(if scene.name.starts_with("six") { 7 } else { 1 }) {
            let mut world = scene.set();
            let loss = PowerLoss::at(point, &world);
            let synced = loss.synced.clone();
            world.probe = Box::new(loss);
            world.deploy(&scene.files);
            world.probe = Box::new(NoProbe);
            let id = world.deploys().all().expect("readable").remove(0).id;
            let path = world.deploys().folder(&id).join("journal");
            let bytes = std::fs::read(&path).expect("readable");
            let length = synced.load(Ordering::SeqCst);
            if length > 0 {
                std::fs::write(&path, bytes.get(..length).expect("it only grows")).expect("cut");
            }
            let name = format!("{}: the power went at {point}", scene.name);
            if let Some(id) = world.unfinished() {
                assert_eq!(world.run(&id).exit(), scene.exit, "{name}");
            }
            assert_eq!(world.truth(), undisturbed.truth(), "{name}");
            world.holds(&name);
            lost += 1;
        }
    }

    assert!(lost >= page::POWER_LOSSES, "{lost}");
}
