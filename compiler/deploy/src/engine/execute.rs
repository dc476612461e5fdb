//! Starts a change set, and finds out whether it was started.
//!
//! Invariant: a change set is started once, whatever became of the answer: with one token, and not again where an
//! event with that token, or the change set itself, says that it was.

use super::Engine;
use super::call::{Answer, STALE, replan};
use super::change::is_final;
use super::task::{Next, State, Task, Trouble, Watched};
use crate::backend::{ExecuteChangeSet, ExecutionStatus, Failure, FailureClass};
use crate::journal::Operation;
use solc_cmdb::sha256;

impl Engine<'_, '_> {
    /// Starts what the change set says.
    pub(super) fn execute(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let request = ExecuteChangeSet {
            stack: task.key(),
            change_set: task.change_set_key(),
            token: task.execution_token(),
            disable_rollback: false,
            retain_except_on_create: true,
        };
        // What an earlier operation of this step came to says nothing of this one.
        task.forget();
        let digest = sha256(request.change_set.as_bytes());
        let started = self.mutate(task, Operation::ExecuteChangeSet, &request.token, &digest, |backend| {
            backend.execute_change_set(&request).map(|()| Answer::default())
        });
        match started {
            Ok(_) => Ok(Next::Now(State::Watch(Watched::Execution))),
            Err(Trouble::Service(failure)) => match failure.class {
                FailureClass::Throttled | FailureClass::Transient | FailureClass::ExpiredCredentials => {
                    Err(Trouble::Service(failure))
                }
                FailureClass::Busy
                | FailureClass::Gone
                | FailureClass::AlreadyDone
                | FailureClass::MissingCapability
                | FailureClass::Limit
                | FailureClass::Denied
                | FailureClass::RoleGone
                | FailureClass::Unsupported
                | FailureClass::Invalid => Ok(Next::Now(State::Attach(Some(Box::new(failure))))),
            },
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether the change set was started: the service knows.
    pub(super) fn attach(&mut self, task: &mut Task<'_>, answer: Option<Failure>) -> Result<Next, Trouble> {
        let (stack, token) = (task.key(), task.execution_token());
        let since = task.history.event.clone();
        let events =
            self.read("DescribeStackEvents", |backend| backend.stack_events(&stack, since.as_deref()))?;
        let seen = |token: &str| events.iter().any(|event| event.token.as_deref() == Some(token));
        if seen(&token) || task.history.event.is_some() {
            return Ok(Next::Now(State::Watch(Watched::Execution)));
        }
        let key = task.change_set_key();
        let set = self.read("DescribeChangeSet", |backend| backend.describe_change_set(&stack, &key, false));
        match set {
            Ok(set) => match set.execution_status {
                ExecutionStatus::ExecuteInProgress
                | ExecutionStatus::ExecuteComplete
                | ExecutionStatus::ExecuteFailed => Ok(Next::Now(State::Watch(Watched::Execution))),
                ExecutionStatus::Available => self.not_started(task, answer),
                ExecutionStatus::Unavailable => Ok(Next::Later(self.on.options.timing.poll)),
                ExecutionStatus::Obsolete => replan(task, "another change set was executed"),
            },
            Err(Trouble::Service(failure)) if failure.class == FailureClass::Gone => {
                if task.stale < STALE {
                    task.stale += 1;
                    return Ok(Next::Later(self.on.options.timing.poll));
                }
                let ours = task.history.change_set.clone();
                let now = self.fresh(task)?;
                if ours.is_some() && now.is_some_and(|stack| stack.change_set == ours) {
                    return Ok(Next::Now(State::Watch(Watched::Execution)));
                }
                replan(task, "its change set is gone; another deployment replaced it")
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// It was not: it is now, unless the service refused it.
    fn not_started(&mut self, task: &mut Task<'_>, answer: Option<Failure>) -> Result<Next, Trouble> {
        match answer {
            None => {
                // What was gated before a crash is gated again: who resumes may know more.
                task.history.executed = false;
                Ok(Next::Now(State::Gate))
            }
            Some(failure) if failure.class == FailureClass::Busy => {
                let now = self.now();
                if now.since(task.since) < self.on.options.timing.foreign {
                    let Some(stack) = self.fresh(task)? else { return replan(task, "the stack is gone") };
                    if stack.status.is_in_progress() {
                        return Ok(Next::Later(self.on.options.timing.poll));
                    }
                    // Somebody else's operation is over: what was planned before it no longer holds.
                    return replan(task, &failure.message);
                }
                task.history.executed = false;
                Err(Trouble::Service(failure))
            }
            Some(failure) => {
                task.history.executed = false;
                Err(Trouble::Service(failure))
            }
        }
    }

    /// Stops an update.
    pub(super) fn cancel(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let key = task.key();
        let number = task.history.number(Operation::CancelUpdateStack);
        let token = format!("solc-r-{}-k{number}", task.fingerprint());
        let answer =
            self.mutate(task, Operation::CancelUpdateStack, &token, &sha256(key.as_bytes()), |backend| {
                backend.cancel_update_stack(&key, &token).map(|()| Answer::default())
            });
        match answer {
            Err(Trouble::Service(failure)) if !is_final(&failure) => Err(Trouble::Service(failure)),
            // A creation cannot be cancelled, nor what is already being cleared up.
            Err(Trouble::Service(failure)) => {
                self.warnings.push(format!("`{}` goes on: {}", task.step.stack, failure.message));
                Ok(Next::Now(State::Watch(Watched::Execution)))
            }
            Ok(_) => Ok(Next::Now(State::Watch(Watched::Execution))),
            Err(trouble) => Err(trouble),
        }
    }
}
