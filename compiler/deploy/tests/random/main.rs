//! Random products, deployed and then changed at random, while resources fail, requests go wrong and the program dies.
//!
//! `model.rs` draws them, `world.rs` deploys them on the embedded CloudFormation. What must hold of each stands here.
//! A failure is shrunk by proptest, and then written down as a case of its own at the end.

#![expect(clippy::expect_used, reason = "the whole crate is tests; clippy knows only functions marked so")]

mod model;
mod world;

use model::{Kind, Mishap, Model, Resource, Stack};
use proptest::prelude::*;
use solc_deploy::engine::Exit;
use world::World;

/// How often a deployment is begun anew until what was made to fail has failed.
const TRIES: usize = 12;

/// As many as `PROPTEST_CASES` says, or a few.
#[expect(clippy::disallowed_methods, reason = "how long a test takes is for who runs it")]
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

/// Deploys `old`, and then `new` while things go wrong, until all is well.
#[track_caller]
fn hold(old: &Model, new: &Model, mishaps: &[Mishap], dies_at: Option<usize>) {
    let mut world = World::new();
    let report = world.deploy(old, None);
    assert_eq!(report.exit(), Exit::Done, "nothing went wrong: {report:?}");
    world.is_as(old);
    let data = world.data();

    world.let_happen(mishaps, new);
    let mut dies_at = dies_at;
    let mut last = None;
    for _ in 0..TRIES {
        let report = world.deploy(new, dies_at.take());
        world.keeps(&data);
        // What it says is what is.
        if report.exit() == Exit::Done {
            world.is_as(new);
            last = Some(report);
            break;
        }
        assert!(
            report.halt.is_some() || report.steps.iter().any(|step| step.failure.is_some()),
            "it did not succeed, and nothing says why: {report:?}"
        );
        last = Some(report);
    }
    let last = last.expect("it was deployed");
    assert_eq!(last.exit(), Exit::Done, "it never came to an end: {last:?}");
    let again = world.deploy(new, None);
    assert_eq!(again.exit(), Exit::Done, "{again:?}");
    assert!(!again.changed(), "there was nothing left to do: {again:?}");
    world.is_as(new);
    world.is_recorded();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_wrong_a_deployment_comes_to_what_the_release_says(
        old in model::models(),
        new in model::models(),
        mishaps in prop::collection::vec(model::mishaps(), 0..5),
        dies_at in prop::option::of(0_usize..120),
    ) {
        hold(&old, &new, &mishaps, dies_at);
    }
}

fn stack(name: usize, after: &[usize], resources: &[(usize, Kind, u8, u8)]) -> Stack {
    Stack {
        name,
        after: after.to_vec(),
        resources: resources
            .iter()
            .map(|(name, kind, content, identity)| Resource {
                name: *name,
                kind: *kind,
                content: *content,
                identity: *identity,
            })
            .collect(),
    }
}

#[test]
fn a_consumer_that_outlives_its_producer_is_changed_first() {
    let old =
        Model(vec![stack(0, &[], &[(0, Kind::Queue, 0, 0)]), stack(1, &[0], &[(0, Kind::Topic, 0, 0)])]);
    let new = Model(vec![stack(1, &[], &[(0, Kind::Topic, 0, 0)])]);
    hold(&old, &new, &[], None);
}

#[test]
fn a_producer_whose_value_changes_brings_its_consumers_along() {
    let old = Model(vec![
        stack(0, &[], &[(0, Kind::Queue, 0, 0)]),
        stack(1, &[0], &[(0, Kind::Parameter, 0, 0)]),
        stack(2, &[1], &[(0, Kind::Parameter, 0, 0)]),
    ]);
    let new = Model(vec![
        stack(0, &[], &[(0, Kind::Queue, 0, 1)]),
        stack(1, &[0], &[(0, Kind::Parameter, 0, 0)]),
        stack(2, &[1], &[(0, Kind::Parameter, 0, 0)]),
    ]);
    hold(&old, &new, &[], None);
}
