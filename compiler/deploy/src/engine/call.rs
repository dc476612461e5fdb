//! Calls to the service: paced, announced to the probe, and, where they change something, written down first.
//!
//! Invariant: the intent of a call that changes something is durable before it is sent, with its token, and the lease
//! was ours just before.

use super::hush::Spoken;
use super::outcome::{Halt, StepFailure};
use super::task::{Next, State, Task, Trouble, failed};
use super::{Engine, Notice};
use crate::backend::{Backend, Failure, FailureClass};
use crate::codes::{DEPLOY_SUSPENDED, STACK_FAILED};
use crate::journal::{Entry, JournalError, Operation, StepOutcome};
use crate::lease::NoLease;
use crate::probe::{Died, Point};

/// How often somebody else's work may make a plan worthless before the step gives up.
pub(super) const REPLANS: u32 = 5;
/// How often what should be there is looked for again: a read may be older than one's own write.
pub(super) const STALE: u32 = 3;
/// The same where it is certain that it was there: how often a look may contradict what an event of ours said.
pub(super) const PATIENCE: u32 = 10;

impl From<Died> for Halt {
    fn from(_: Died) -> Self {
        Self::Died
    }
}

impl From<Died> for Trouble {
    fn from(_: Died) -> Self {
        Self::Halt(Halt::Died)
    }
}

/// What a call that changes something answered, as far as the journal keeps it.
#[derive(Default)]
pub(super) struct Answer {
    /// The stack's ARN.
    pub(super) stack: Option<String>,
    /// The change set's ARN, or the id of a refactoring.
    pub(super) change_set: Option<String>,
}

impl Engine<'_, '_> {
    /// A call that only reads.
    pub(super) fn read<T: Spoken>(
        &mut self,
        operation: &str,
        call: impl FnOnce(&dyn Backend) -> Result<T, Failure>,
    ) -> Result<T, Trouble> {
        let mut answer = self.send(operation, false, call)?;
        answer.texts(&mut |text| self.hush(text));
        Ok(answer)
    }

    /// A call that changes something.
    pub(super) fn mutate(
        &mut self,
        task: &mut Task<'_>,
        operation: Operation,
        token: &str,
        request: &str,
        call: impl FnOnce(&dyn Backend) -> Result<Answer, Failure>,
    ) -> Result<Answer, Trouble> {
        if self.sealed.is_some() {
            return Err(Trouble::Sealed);
        }
        self.on.lease.check().map_err(|lost| match lost {
            NoLease::Held(_) => Halt::LeaseLost(lost.to_string()),
            NoLease::Unknown(why) => Halt::Suspended(Failure::unanswered("the lease", "Unknown", &why)),
        })?;
        let intent = Entry::Intent {
            step: task.step.name.clone(),
            operation,
            token: token.to_owned(),
            attempt: task.history.attempt,
            request: request.to_owned(),
            time: self.now(),
        };
        if let Err(error) = self.journal.append(&intent).and_then(|()| self.journal.sync()) {
            return Err(match error {
                JournalError::Died => Trouble::Halt(Halt::Died),
                error @ (JournalError::Disk(..)
                | JournalError::Held(_)
                | JournalError::Corrupt(..)
                | JournalError::Version(..)) => {
                    // Nothing was sent. What runs is followed to its end.
                    self.sealed = Some(error.to_string());
                    Trouble::Sealed
                }
            });
        }
        task.history.add(&task.step.name, &intent);
        self.begun = true;
        let answer = self.send(operation.name(), true, call);
        let said = match &answer {
            Ok(answer) => Entry::Accepted {
                step: task.step.name.clone(),
                operation,
                token: token.to_owned(),
                stack: answer.stack.clone(),
                change_set: answer.change_set.clone(),
            },
            Err(Trouble::Service(failure)) => Entry::NotAccepted {
                step: task.step.name.clone(),
                operation,
                token: token.to_owned(),
                failure: failure.clone(),
            },
            Err(Trouble::Failed(_) | Trouble::Sealed | Trouble::Halt(_)) => return answer,
        };
        task.history.add(&task.step.name, &said);
        self.write_down(&said)?;
        answer
    }

    /// Appends a record that is not needed before anything is changed: losing it costs a look at the service.
    pub(super) fn write_down(&mut self, entry: &Entry) -> Result<(), Halt> {
        match self.journal.append(entry) {
            Ok(()) => Ok(()),
            Err(JournalError::Died) => Err(Halt::Died),
            Err(error) => {
                self.sealed.get_or_insert_with(|| error.to_string());
                Ok(())
            }
        }
    }

    /// Makes the journal durable where a step ends.
    pub(super) fn make_durable(&mut self) -> Result<(), Halt> {
        match self.journal.sync() {
            Ok(()) => Ok(()),
            Err(JournalError::Died) => Err(Halt::Died),
            Err(error) => {
                self.sealed.get_or_insert_with(|| error.to_string());
                Ok(())
            }
        }
    }

    fn send<T>(
        &mut self,
        operation: &str,
        mutates: bool,
        call: impl FnOnce(&dyn Backend) -> Result<T, Failure>,
    ) -> Result<T, Trouble> {
        let pause = self.pace.wait(self.now(), mutates);
        if !pause.is_zero() {
            self.on.clock.sleep(pause);
        }
        self.on.probe.reach(Point::Send(operation))?;
        let answer = call(self.on.backend);
        self.on.probe.reach(Point::Receive(operation))?;
        answer.map_err(|mut failure| {
            self.hush(&mut failure.message);
            if failure.class == FailureClass::Throttled {
                self.pace.throttled(self.now());
            }
            Trouble::Service(failure)
        })
    }

    /// What follows an answer that no state had a use for.
    pub(super) fn trouble(&mut self, task: &mut Task<'_>, failure: Failure) -> Result<(), Halt> {
        let now = self.now();
        let since = *task.troubled.get_or_insert(now);
        match failure.class {
            FailureClass::Throttled | FailureClass::Transient => {
                if now.since(since) >= self.on.options.timing.offline {
                    return Err(Halt::Suspended(failure));
                }
                self.again(task, &failure);
                Ok(())
            }
            FailureClass::ExpiredCredentials => {
                // The backend gets new ones when it is asked again; asking blindly would go on for ever.
                if task.renewed {
                    return Err(Halt::Suspended(failure));
                }
                task.renewed = true;
                self.again(task, &failure);
                Ok(())
            }
            FailureClass::Busy => {
                let pause = self.on.options.timing.poll;
                task.enter(first(task), now);
                task.due = now.plus(pause);
                self.replanned(task, &failure)
            }
            FailureClass::Gone if task.stale < STALE => {
                task.stale += 1;
                task.due = now.plus(self.on.options.timing.poll);
                Ok(())
            }
            FailureClass::Gone => {
                task.history.next_attempt();
                task.history.stack = None;
                task.stack = None;
                task.enter(first(task), now);
                self.replanned(task, &failure)
            }
            FailureClass::AlreadyDone
            | FailureClass::MissingCapability
            | FailureClass::Limit
            | FailureClass::Denied
            | FailureClass::RoleGone
            | FailureClass::Unsupported
            | FailureClass::Invalid => {
                // What runs is not over because it cannot be looked at.
                if matches!(task.state, State::Watch(_) | State::Attach(None)) {
                    return Err(Halt::Suspended(failure));
                }
                let failure = self.unanswerable(task, &failure);
                self.fail(task, (failure, StepOutcome::Failed))
            }
        }
    }

    fn again(&mut self, task: &mut Task<'_>, failure: &Failure) {
        let now = self.now();
        let pause = self.on.options.timing.retry_after(task.tries, &task.step.name);
        task.tries = task.tries.saturating_add(1);
        task.due = now.plus(pause);
        let since = task.troubled.unwrap_or(now);
        let notice = Notice::Retrying { step: &task.step.name, failure, since };
        self.observer.notice(now, &notice);
    }

    /// Another round from the start; somebody who is always faster ends it.
    fn replanned(&mut self, task: &mut Task<'_>, failure: &Failure) -> Result<(), Halt> {
        task.replans += 1;
        if task.replans <= REPLANS {
            return Ok(());
        }
        let found = StepFailure::new(
            crate::codes::STACK_BUSY,
            format!("`{}` was changed by somebody else each time before it could be", task.step.stack),
            format!("find out who works on it, and deploy again: {}", self.about.command()),
        );
        self.fail(task, (found.note(failure.to_string()), StepOutcome::Busy))
    }

    /// A refusal that asking again does not change.
    pub(super) fn unanswerable(&self, task: &Task<'_>, failure: &Failure) -> StepFailure {
        let help = match failure.class {
            FailureClass::Denied => format!(
                "let the caller do `{}` on `{}`, and deploy again: {}",
                failure.operation,
                task.step.stack,
                self.about.command()
            ),
            FailureClass::RoleGone => {
                "make the role again, or name another one with `--service-role`; the stack keeps asking for it"
                    .to_owned()
            }
            FailureClass::Limit => {
                format!("raise the quota that the service names, and deploy again: {}", self.about.command())
            }
            FailureClass::Unsupported => {
                "deploy to a server that knows the operation: AWS does, where no `--endpoint` is given"
                    .to_owned()
            }
            FailureClass::MissingCapability => {
                "report this as a bug of `solc`: capabilities are derived from the template".to_owned()
            }
            FailureClass::Throttled
            | FailureClass::Transient
            | FailureClass::ExpiredCredentials
            | FailureClass::Busy
            | FailureClass::Gone
            | FailureClass::AlreadyDone
            | FailureClass::Invalid => {
                format!("mend what the service names, and deploy again: {}", self.about.command())
            }
        };
        StepFailure::new(
            STACK_FAILED,
            format!(
                "`{}` of `{}` was refused in `{}`: {}",
                failure.operation, task.step.stack, self.about.environment, failure.message
            ),
            help,
        )
        .note(format!("the service's code is `{}`", failure.code))
    }

    /// The step ends without success; its change set goes first where one was made and not executed.
    pub(super) fn fail(
        &mut self,
        task: &mut Task<'_>,
        (failure, outcome): (StepFailure, StepOutcome),
    ) -> Result<(), Halt> {
        let made = task.history.request.is_some() && !task.history.executed;
        if made && !matches!(task.state, State::Discard(..)) && self.sealed.is_none() {
            task.enter(State::Discard(Box::new(Some(failure)), outcome), self.now());
            return Ok(());
        }
        let protecting = matches!(task.state, State::Protect(_) | State::Verify(_));
        if task.history.policy && !protecting && self.sealed.is_none() {
            task.failure = Some(failure);
            task.enter(State::Protect(outcome), self.now());
            return Ok(());
        }
        // Why it failed comes before what could not be restored afterwards.
        task.report.failure = Some(match task.failure.take() {
            Some(first) if protecting => first.note(failure.message),
            Some(_) | None => failure,
        });
        self.finish(task, outcome)
    }

    /// A step that will not be started, or not be gone on with.
    pub(super) fn give_up(&mut self, task: &mut Task<'_>, because: Option<String>) -> Result<(), Halt> {
        let why = match (because, &self.sealed) {
            (Some(step), _) => {
                format!("`{}` was not begun, because `{step}` did not succeed", task.step.stack)
            }
            (None, Some(sealed)) => {
                format!(
                    "`{}` was not gone on with, because nothing can be written down: {sealed}",
                    task.step.stack
                )
            }
            (None, None) => format!("`{}` was not begun", task.step.stack),
        };
        let help = format!("deploy again when that is mended: {}", self.about.command());
        let failure = Some(StepFailure::new(DEPLOY_SUSPENDED, why, help));
        if self.sealed.is_some() {
            // No end is written down, so that a resumed run goes on. What was begun is not known to be over.
            task.state = State::Over;
            if !task.history.executed {
                task.report.failure = failure;
                task.report.outcome = Some(StepOutcome::NotStarted);
            }
            return Ok(());
        }
        task.report.failure = failure;
        self.finish(task, StepOutcome::NotStarted)
    }
}

/// The state in which a step finds out how things are.
fn first(task: &Task<'_>) -> State {
    match task.step.action {
        super::step::Action::Deploy(_) => State::Settle,
        super::step::Action::Delete { .. } => State::Remove,
        super::step::Action::Move(_) => State::Find,
    }
}

/// A change set that is worth nothing any longer: another attempt, from the start.
pub(super) fn replan(task: &mut Task<'_>, why: &str) -> Result<Next, Trouble> {
    task.replans += 1;
    if task.replans > REPLANS {
        let failure = StepFailure::new(
            crate::codes::STACK_BUSY,
            format!("`{}` was changed by somebody else each time before it could be: {why}", task.step.stack),
            "find out who works on it, and deploy again",
        );
        return Err(failed(failure, StepOutcome::Busy));
    }
    task.history.next_attempt();
    Ok(Next::Now(State::Settle))
}
