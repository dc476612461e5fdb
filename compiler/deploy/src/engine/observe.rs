//! Who hears how it goes, and who says how it is to go on.
//!
//! Invariant: an observer cannot stop a deployment: what it is told is told once, and whether it listens is its own.

use super::outcome::StepReport;
use crate::backend::{Failure, StackEvent};
use crate::clock::Timestamp;
use crate::release::Place;

/// What there is to hear.
#[derive(Clone, Debug)]
pub enum Notice<'a> {
    /// A step goes into another state.
    State {
        /// The step.
        step: &'a str,
        /// The state, in words.
        state: &'static str,
    },
    /// A change set is about to be executed.
    Changes {
        /// The step.
        step: &'a str,
        /// How many resources it adds, modifies, replaces or removes.
        resources: usize,
    },
    /// The service says that something happened.
    Event {
        /// The step.
        step: &'a str,
        /// What.
        event: &'a StackEvent,
        /// Where the resource comes from.
        place: Option<&'a Place>,
    },
    /// The service refuses or does not answer, and is asked again.
    Retrying {
        /// The step.
        step: &'a str,
        /// Why.
        failure: &'a Failure,
        /// Since when nothing else came of it.
        since: Timestamp,
    },
    /// Somebody else's operation is waited for.
    Waiting {
        /// The step.
        step: &'a str,
        /// The status.
        status: &'a str,
        /// The operation, where the service says.
        operation: &'a str,
    },
    /// A step is over.
    Over {
        /// What came of it.
        report: &'a StepReport,
    },
}

/// Who hears it.
pub trait Observer {
    /// Something happened.
    fn notice(&mut self, now: Timestamp, notice: &Notice<'_>);
}

/// Nobody does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn notice(&mut self, _: Timestamp, _: &Notice<'_>) {}
}

/// What a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// It goes on.
    #[default]
    GoOn,
    /// It goes on without us.
    Detach,
    /// What runs is stopped and rolled back.
    Cancel,
}

/// Who says.
pub trait Control: Send + Sync {
    /// What is wanted at this moment.
    fn wish(&self) -> Wish;
}

/// Nobody says anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unattended;

impl Control for Unattended {
    fn wish(&self) -> Wish {
        Wish::GoOn
    }
}
