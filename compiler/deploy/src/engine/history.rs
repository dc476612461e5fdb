//! What the journal says of one step.
//!
//! Invariant: the same whether it was read after a crash or kept in memory: both are folded from the same records.

use super::outcome::StepFailure;
use crate::codes::STACK_FAILED;
use crate::journal::{Entry, Operation, StepOutcome};
use std::collections::BTreeMap;

/// What was done so far.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// Which attempt.
    pub(super) attempt: u32,
    /// SHA-256 of the request of its change set.
    pub(super) request: Option<String>,
    /// The change set's ARN, or the id of the refactoring.
    pub(super) change_set: Option<String>,
    /// The stack's ARN.
    pub(super) stack: Option<String>,
    /// Whether the stack's policy may be wider than it should be.
    pub(super) policy: bool,
    /// Whether its execution was begun.
    pub(super) executed: bool,
    /// The last event that was seen.
    pub(super) event: Option<String>,
    /// How many events.
    pub(super) events: u64,
    /// How many calls of each kind got an answer.
    answered: BTreeMap<Operation, u32>,
    /// How many resources the change set touches.
    pub(super) changes: BTreeMap<String, u32>,
    /// How it ended, with the service's status and why.
    pub(super) terminal: Option<(StepOutcome, Option<String>, Option<StepFailure>)>,
}

impl History {
    /// From what a journal says.
    pub(super) fn of(step: &str, entries: &[Entry]) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.add(step, entry);
        }
        history
    }

    /// Another attempt begins: nothing of the last one's change set holds.
    pub(super) fn next_attempt(&mut self) {
        self.attempt += 1;
        self.request = None;
        self.change_set = None;
        self.executed = false;
    }

    /// The number of the next call of this kind: the one that got no answer is made again under its own number.
    pub(super) fn number(&self, operation: Operation) -> u32 {
        self.answered.get(&operation).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, name: &str, entry: &Entry) {
        match entry {
            Entry::Intent { step, operation, attempt, request, .. } if step == name => {
                if *attempt > self.attempt {
                    self.next_attempt();
                    self.attempt = *attempt;
                }
                match operation {
                    Operation::CreateChangeSet => self.request = Some(request.clone()),
                    Operation::ExecuteChangeSet | Operation::ExecuteStackRefactor => self.executed = true,
                    Operation::SetStackPolicy => self.policy = true,
                    Operation::DeleteChangeSet
                    | Operation::ContinueUpdateRollback
                    | Operation::RollbackStack
                    | Operation::CancelUpdateStack
                    | Operation::DeleteStack
                    | Operation::UpdateTerminationProtection
                    | Operation::CreateStackRefactor
                    | Operation::PutTemplate => {}
                }
            }
            Entry::Accepted { step, operation, stack, change_set, .. } if step == name => {
                *self.answered.entry(*operation).or_default() += 1;
                if stack.is_some() {
                    self.stack.clone_from(stack);
                }
                let makes = matches!(operation, Operation::CreateChangeSet | Operation::CreateStackRefactor);
                if makes && change_set.is_some() {
                    self.change_set.clone_from(change_set);
                }
            }
            Entry::NotAccepted { step, operation, failure, .. } if step == name => {
                use crate::backend::FailureClass as Class;
                match failure.class {
                    // It may have been accepted, or will be when it is asked for again.
                    Class::Throttled | Class::Transient | Class::ExpiredCredentials => {}
                    Class::Busy
                    | Class::Gone
                    | Class::AlreadyDone
                    | Class::MissingCapability
                    | Class::Limit
                    | Class::Denied
                    | Class::RoleGone
                    | Class::Unsupported
                    | Class::Invalid => {
                        *self.answered.entry(*operation).or_default() += 1;
                    }
                }
            }
            Entry::ChangeSetReady { step, changes, .. } if step == name => self.changes.clone_from(changes),
            Entry::Seen { step, event, count } if step == name => {
                self.event = Some(event.clone());
                self.events = *count;
            }
            Entry::Terminal { step, outcome, status, reasons, stack, .. } if step == name => {
                if stack.is_some() {
                    self.stack.clone_from(stack);
                }
                let failure = reasons.split_first().map(|(message, rest)| StepFailure {
                    notes: rest.to_vec(),
                    ..StepFailure::new(STACK_FAILED, message, "mend what is said above, and deploy again")
                });
                self.terminal = Some((*outcome, status.clone(), failure));
            }
            Entry::Begin(_)
            | Entry::IntentRecorded
            | Entry::Intent { .. }
            | Entry::Accepted { .. }
            | Entry::NotAccepted { .. }
            | Entry::ChangeSetReady { .. }
            | Entry::Seen { .. }
            | Entry::Terminal { .. }
            | Entry::Resumed { .. }
            | Entry::Detached { .. }
            | Entry::Superseded { .. }
            | Entry::End { .. } => {}
        }
    }
}
