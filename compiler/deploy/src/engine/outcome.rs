//! How a step and a whole deployment end.
//!
//! Invariant: success is never said of what is not proved: the exit code follows from the outcomes of the steps alone.

use crate::backend::{Failure, Values};
use crate::clock::Timestamp;
use crate::id::DeployId;
use crate::journal::StepOutcome;
use crate::release::Place;
use solc_source::Code;
use std::collections::BTreeMap;

/// A resource that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceFailure {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// How it stands, such as `CREATE_FAILED`.
    pub status: String,
    /// The service's reason.
    pub reason: String,
    /// Where it comes from.
    pub place: Option<Place>,
}

/// Why a step did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFailure {
    /// What kind.
    pub code: Code,
    /// One sentence that can be understood alone.
    pub message: String,
    /// What failed in it, the root cause first.
    pub resources: Vec<ResourceFailure>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do; begins with a verb.
    pub help: String,
}

impl StepFailure {
    /// One without resources.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), resources: Vec::new(), notes: Vec::new(), help: help.into() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The message, and what failed.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let resources = self.resources.iter();
        let said =
            resources.map(|r| format!("{} ({}) {}: {}", r.logical_id, r.resource_type, r.status, r.reason));
        std::iter::once(self.message.clone()).chain(said).collect()
    }
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Its name.
    pub step: String,
    /// The stack.
    pub stack: String,
    /// `deploy` or `delete`.
    pub verb: &'static str,
    /// How it ended; nothing where it was left running.
    pub outcome: Option<StepOutcome>,
    /// The service's status of the stack.
    pub status: Option<String>,
    /// The change set that was executed.
    pub change_set: Option<String>,
    /// How many resources: `add`, `modify`, `replace`, `remove`.
    pub changes: BTreeMap<String, u32>,
    /// The outputs.
    pub outputs: Values,
    /// What was left in the account: physical ids by logical id.
    pub retained: BTreeMap<String, String>,
    /// What should have gone and could not: the update succeeded all the same.
    pub leaked: Vec<ResourceFailure>,
    /// Why it did not succeed.
    pub failure: Option<StepFailure>,
}

/// Why a deployment ends before its steps do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// A test let it end.
    Died,
    /// A person went away.
    Detached,
    /// The service cannot be reached, or the credentials do not hold.
    Suspended(Failure),
    /// Somebody else deploys the environment.
    LeaseLost(String),
    /// The journal or a record cannot be written.
    NoEvidence(String),
}

/// What came of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub deploy: DeployId,
    /// The steps, in order.
    pub steps: Vec<StepReport>,
    /// Why it ended early.
    pub halt: Option<Halt>,
    /// Whether a call that changes something was sent, in this run or an earlier one.
    pub begun: bool,
    /// Whether a person cancelled it.
    pub cancelled: bool,
    /// When it began: when its id was minted.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// What a person should hear though it is no failure.
    pub warnings: Vec<String>,
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything is as the release says.
    Done,
    /// It failed, and was rolled back.
    Failed,
    /// A gate refused it.
    Refused,
    /// A stack needs a recovery.
    NeedsRecovery,
    /// Somebody else is at work.
    Busy,
    /// Some stacks were changed, and others failed.
    PartlyApplied,
    /// It goes on by itself, or how it stands is not known: resume it.
    Detached,
    /// A person cancelled it.
    Cancelled,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Refused => 3,
            Self::NeedsRecovery => 4,
            Self::Busy => 5,
            Self::PartlyApplied => 6,
            Self::Detached => 75,
            Self::Cancelled => 130,
        }
    }
}

impl Report {
    /// How the program ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match &self.halt {
            Some(Halt::LeaseLost(_)) => return Exit::Busy,
            Some(Halt::NoEvidence(_)) if !self.begun => return Exit::Failed,
            Some(Halt::Died | Halt::Detached | Halt::Suspended(_) | Halt::NoEvidence(_)) => {
                return Exit::Detached;
            }
            None => {}
        }
        // What has no outcome was not started, whatever kept it.
        let any = |wanted: &[StepOutcome]| {
            self.steps.iter().any(|step| wanted.contains(&step.outcome.unwrap_or(StepOutcome::NotStarted)))
        };
        let changed = any(&[StepOutcome::Changed, StepOutcome::Deleted]);
        if any(&[StepOutcome::Stuck]) {
            Exit::NeedsRecovery
        } else if self.cancelled {
            Exit::Cancelled
        } else if changed && any(&[StepOutcome::Failed, StepOutcome::Refused, StepOutcome::Busy]) {
            Exit::PartlyApplied
        } else if any(&[StepOutcome::Failed, StepOutcome::NotStarted]) {
            if any(&[StepOutcome::Failed]) || !any(&[StepOutcome::Refused, StepOutcome::Busy]) {
                Exit::Failed
            } else if any(&[StepOutcome::Refused]) {
                Exit::Refused
            } else {
                Exit::Busy
            }
        } else if any(&[StepOutcome::Refused]) {
            Exit::Refused
        } else if any(&[StepOutcome::Busy]) {
            Exit::Busy
        } else {
            Exit::Done
        }
    }

    /// Whether anything was changed.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step.outcome, Some(StepOutcome::Changed | StepOutcome::Deleted)))
    }
}
