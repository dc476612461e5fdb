//! One environment made explicit: evaluation, zones, links, stacks, verification.
//!
//! Invariant: after `lower` nothing is conditional and nothing has a name from source; every replica and every
//! permission is a node with its span and its reason.

mod arena;
pub mod ask;
mod availability;
mod closed;
pub mod codes;
mod evaluate;
pub mod facts;
mod files;
mod flows;
mod graph;
mod ids;
pub mod inputs;
mod limits;
mod links;
mod lower;
pub mod model;
mod moves;
mod order;
mod policies;
mod roles;
mod rules;
mod stacks;
mod sweep;
mod tags;
#[cfg(test)]
mod tests;
pub mod verify;
pub mod why;

pub use availability::{Difference, availability_differences};
pub use inputs::{Documents, Inputs, PathDocument};
pub use model::{Deployment, Value};

use lower::Keep;
use solc_check::hir::{BlockId, BlockKind, Project};
use solc_source::{Diagnostic, Name};
use std::sync::Mutex;

/// Evaluation may go 4,000 values deep, and each level takes a few kilobytes.
const STACK_SIZE: usize = 256 * 1024 * 1024;

/// Lowers one environment: all solutions, explicit, with every mistake that its values show, and the proof that its
/// availability can be raised without replacing anything.
///
/// Runs on a thread of its own, whose stack is large enough for the deepest chain of values.
#[must_use]
pub fn lower(project: &Project, environment: BlockId, inputs: &Inputs) -> (Deployment, Vec<Diagnostic>) {
    on_large_stack(|| lower::lower(project, environment, inputs, Keep::Everything))
}

/// What is wrong with one environment; of what it would be, no more is kept at a time than one solution.
#[must_use]
pub fn check(project: &Project, environment: BlockId, inputs: &Inputs) -> Vec<Diagnostic> {
    on_large_stack(|| lower::lower(project, environment, inputs, Keep::Findings).1)
}

/// The environments of a project, in the order of their blocks.
#[must_use]
pub fn environments(project: &Project) -> Vec<(BlockId, Name)> {
    let blocks = project.blocks.iter().enumerate().filter(|(_, b)| b.kind == BlockKind::Environment);
    blocks.filter_map(|(i, b)| Some((BlockId(u32::try_from(i).ok()?), b.name.clone()))).collect()
}

/// Mistakes that concern no single environment: networks that overlap, accounts and teams that nobody uses.
#[must_use]
pub fn configuration(project: &Project, inputs: &Inputs) -> Vec<Diagnostic> {
    on_large_stack(|| {
        let mut evaluation = evaluate::Evaluation::new(project, inputs, None);
        evaluate::blocks::check_all(&mut evaluation);
        evaluation.diagnostics
    })
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let work = Mutex::new(Some(work));
    let take = || work.lock().ok().and_then(|mut slot| slot.take());
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, || take().map(|work| work()));
        let result = match spawned.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread to be had: the stack at hand is enough for all but the deepest chains.
            Err(_) => take().map(|work| work()),
        };
        result.unwrap_or_else(|| unreachable!("the work is taken once, by whoever does it"))
    })
}
