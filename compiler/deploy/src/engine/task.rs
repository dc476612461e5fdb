//! A step that runs: the state it is in, and what is known of its stack.
//!
//! Invariant: a state says all that is needed to go on from it, together with the step's history; entering the first
//! state again after a crash leads back to where it was.

use super::evidence::About;
use super::history::History;
use super::outcome::{Halt, ResourceFailure, StepFailure, StepReport};
use super::step::{Action, Step};
use crate::backend::{ChangeSetType, Failure, Stack, StackStatus, Values};
use crate::clock::Timestamp;
use crate::id::fingerprint;
use crate::journal::{Entry, StepOutcome};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What is waited for on a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// What the change set does.
    Execution,
    /// The rest of a rollback; what failed before it was ours, or not.
    Rollback { after_failure: bool },
    /// A deletion, after which the stack is made again, or not.
    Deletion { recreate: bool },
}

/// Where a step is.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// Other steps come first.
    Waiting,
    /// How does the stack stand, and can anything be done to it?
    Settle,
    /// It is being deleted.
    Gone { recreate: bool },
    /// The values of other stacks are read.
    Inputs,
    /// Is it already as it is to be?
    Compare,
    /// A change set is asked for.
    Create,
    /// It is being made.
    Created,
    /// May it be executed?
    Gate,
    /// It may not, or says nothing: it goes, and with it the shell of a stack that was never made.
    Discard(Box<Option<StepFailure>>, StepOutcome),
    /// It is executed.
    Execute,
    /// It may have been; after this answer.
    Attach(Option<Box<Failure>>),
    /// An operation is followed.
    Watch(Watched),
    /// A rollback that failed is gone on with.
    Recover { after_failure: bool },
    /// An update is stopped.
    Cancel,
    /// The stack's protection is set.
    Protect(StepOutcome),
    /// Is it as it is to be?
    Verify(StepOutcome),
    /// How does a stack stand that is to go?
    Remove,
    /// It is deleted.
    Delete,
    /// Is what moves where it was, or where it is to be?
    Find,
    /// It is being moved.
    Move,
    /// Is it where it is to be?
    Moved(StepOutcome),
    /// Nothing is left to be done.
    Over,
}

impl State {
    /// In words, for people.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Settle | Self::Remove | Self::Find => "looking",
            Self::Gone { .. } | Self::Delete => "deleting",
            Self::Inputs | Self::Compare => "comparing",
            Self::Create | Self::Created => "planning",
            Self::Gate => "checking",
            Self::Discard(..) => "tidying",
            Self::Execute | Self::Attach(_) => "starting",
            Self::Watch(Watched::Execution) => "changing",
            Self::Watch(Watched::Rollback { .. }) | Self::Recover { .. } => "rolling back",
            Self::Watch(Watched::Deletion { .. }) => "deleting",
            Self::Cancel => "cancelling",
            Self::Protect(_) => "protecting",
            Self::Move => "moving",
            Self::Verify(_) | Self::Moved(_) => "verifying",
            Self::Over => "over",
        }
    }
}

/// What follows a look.
#[derive(Debug)]
pub(super) enum Next {
    /// Another state, at once.
    Now(State),
    /// The same, after a pause.
    Later(Duration),
    /// The end.
    Over(StepOutcome),
}

/// What keeps a look from going on.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The service's answer.
    Service(Failure),
    /// The step does not succeed.
    Failed(Box<(StepFailure, StepOutcome)>),
    /// Nothing may be changed any longer.
    Sealed,
    /// The whole deployment ends.
    Halt(Halt),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Service(failure)
    }
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// The step fails.
pub(super) fn failed(failure: StepFailure, outcome: StepOutcome) -> Trouble {
    Trouble::Failed(Box::new((failure, outcome)))
}

/// A step that runs.
#[derive(Debug)]
pub(super) struct Task<'s> {
    pub(super) step: &'s Step,
    pub(super) state: State,
    /// When it is looked at next.
    pub(super) due: Timestamp,
    /// When it entered what it is in.
    pub(super) since: Timestamp,
    pub(super) history: History,
    pub(super) report: StepReport,
    /// The stack when it was described last; nothing where there is none.
    pub(super) stack: Option<Stack>,
    /// The kind of the change set.
    pub(super) kind: ChangeSetType,
    /// The values of its parameters.
    pub(super) parameters: Values,
    /// How often the same was tried, and since when nothing came of it.
    pub(super) tries: u32,
    pub(super) troubled: Option<Timestamp>,
    /// How often an answer was not what it must become.
    pub(super) stale: u32,
    /// How often somebody else's work made ours worthless.
    pub(super) replans: u32,
    /// The last status of the stack that an event of ours gave.
    pub(super) status: Option<StackStatus>,
    /// What failed, in the order of its happening.
    pub(super) failures: Vec<ResourceFailure>,
    /// Whether what is old is being cleared away: what fails then fails nothing.
    pub(super) clearing: bool,
    /// The failure that a rollback undoes.
    pub(super) failure: Option<StepFailure>,
    /// What the resources' own policy must let happen once.
    pub(super) allowed: BTreeSet<String>,
    /// What was done about a state that nothing can be done in.
    pub(super) recoveries: u32,
    /// Whether what failed without a rollback was rolled back.
    pub(super) rolled_back: bool,
    /// How often the cause of a failure was looked for.
    pub(super) searches: u32,
    /// Why the service began to roll back.
    pub(super) reason: Option<String>,
    /// Whether a warning about credentials was answered by trying once more.
    pub(super) renewed: bool,
    /// Whether the server knows no protection against deletion: AWS does, others may not.
    pub(super) unprotected: bool,
    /// The last event that was told before a crash: those up to it are read again, for what they say of failures, and
    /// not told again.
    pub(super) told: Option<String>,
    plan: String,
    deploy: crate::id::DeployId,
}

impl<'s> Task<'s> {
    /// From what the journal says of it.
    pub(super) fn new(step: &'s Step, about: &About, entries: &[Entry]) -> Self {
        let mut history = History::of(&step.name, entries);
        let told = history.event.take();
        let plan =
            solc_cmdb::sha256(format!("{}\n{}", about.release, step.sha256().unwrap_or("-")).as_bytes());
        let mut report = StepReport {
            step: step.name.clone(),
            stack: step.stack.clone(),
            verb: step.verb(),
            outcome: None,
            status: None,
            change_set: history.executed.then(|| history.change_set.clone()).flatten(),
            changes: history.changes.clone(),
            outputs: Values::new(),
            retained: BTreeMap::new(),
            leaked: Vec::new(),
            failure: None,
        };
        let mut state = State::Waiting;
        if let Some((outcome, status, failure)) = &history.terminal {
            report.outcome = Some(*outcome);
            report.status.clone_from(status);
            report.failure.clone_from(failure);
            state = State::Over;
        }
        Self {
            step,
            state,
            due: Timestamp::default(),
            since: Timestamp::default(),
            history,
            report,
            stack: None,
            kind: ChangeSetType::Create,
            parameters: Values::new(),
            tries: 0,
            troubled: None,
            stale: 0,
            replans: 0,
            status: None,
            failures: Vec::new(),
            clearing: false,
            failure: None,
            allowed: BTreeSet::new(),
            recoveries: 0,
            rolled_back: false,
            searches: 0,
            reason: None,
            renewed: false,
            unprotected: false,
            told,
            plan,
            deploy: about.deploy.clone(),
        }
    }

    /// Whether it is begun and not over.
    pub(super) fn is_active(&self) -> bool {
        !matches!(self.state, State::Waiting | State::Over)
    }

    /// The steps before it are done.
    pub(super) fn start(&mut self, now: Timestamp) {
        let state = match self.step.action {
            Action::Deploy(_) => State::Settle,
            Action::Delete { .. } => State::Remove,
            Action::Move(_) => State::Find,
        };
        self.enter(state, now);
    }

    /// Goes into a state.
    pub(super) fn enter(&mut self, state: State, now: Timestamp) {
        self.state = state;
        self.since = now;
        self.due = now;
        self.stale = 0;
    }

    /// An answer came: the next failure is the first again.
    pub(super) fn calm(&mut self) {
        self.tries = 0;
        self.troubled = None;
        self.renewed = false;
    }

    /// Another operation begins.
    pub(super) fn forget(&mut self) {
        self.status = None;
        self.reason = None;
        self.failures.clear();
        self.searches = 0;
        self.clearing = false;
    }

    /// A person wants it to end. What only follows from the outside goes on.
    pub(super) fn cancel(&mut self, now: Timestamp) {
        match &self.state {
            State::Settle | State::Inputs | State::Compare | State::Create | State::Remove | State::Find => {
                self.enter(State::Discard(Box::new(None), StepOutcome::NotStarted), now);
            }
            State::Created | State::Gate => {
                self.enter(State::Discard(Box::new(None), StepOutcome::NotStarted), now);
            }
            // A refactoring that is not begun is nothing yet; one that is cannot be stopped.
            State::Move if !self.history.executed => {
                self.enter(State::Discard(Box::new(None), StepOutcome::NotStarted), now);
            }
            State::Watch(Watched::Execution) => self.enter(State::Cancel, now),
            State::Waiting
            | State::Gone { .. }
            | State::Discard(..)
            | State::Execute
            | State::Attach(_)
            | State::Watch(Watched::Rollback { .. } | Watched::Deletion { .. })
            | State::Recover { .. }
            | State::Cancel
            | State::Protect(_)
            | State::Verify(_)
            | State::Delete
            | State::Move
            | State::Moved(_)
            | State::Over => {}
        }
    }

    /// What the tokens and names of this attempt have in common.
    pub(super) fn fingerprint(&self) -> String {
        fingerprint(&self.deploy, &self.step.name, &self.plan, self.history.attempt)
    }

    /// How to call the stack: by its id, once that is known.
    pub(super) fn key(&self) -> String {
        let known = self.stack.as_ref().map(|stack| stack.id.clone());
        known.or_else(|| self.history.stack.clone()).unwrap_or_else(|| self.step.stack.clone())
    }

    /// The change set, by its id or its name.
    pub(super) fn change_set_key(&self) -> String {
        self.history
            .change_set
            .clone()
            .unwrap_or_else(|| crate::id::change_set_name(&self.deploy, &self.fingerprint()))
    }

    /// The token of an execution.
    pub(super) fn execution_token(&self) -> String {
        format!("solc-x-{}", self.fingerprint())
    }

    /// The name of the change set.
    pub(super) fn change_set_name(&self) -> String {
        crate::id::change_set_name(&self.deploy, &self.fingerprint())
    }

    /// The id of the deployment.
    pub(super) fn deploy(&self) -> &crate::id::DeployId {
        &self.deploy
    }
}
