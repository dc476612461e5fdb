//! Follows an operation to its end.
//!
//! Invariant: an end is believed where an event of the stack itself says so, under our token; a status alone is not.
//! Where a service gives events no tokens, the change set proves as much: the stack names it as its last one, or it says
//! itself that it was executed.

use super::call::{PATIENCE, REPLANS, STALE, replan};
use super::outcome::{ResourceFailure, StepFailure};
use super::task::{Next, State, Task, Trouble, Watched};
use super::{Engine, Notice};
use crate::backend::{ExecutionStatus, StackEvent, StackStatus};
use crate::codes::{STACK_FAILED, STACK_STUCK};
use crate::journal::{Entry, StepOutcome};

impl Engine<'_, '_> {
    /// One look at what is watched.
    pub(super) fn watch(&mut self, task: &mut Task<'_>, watched: &Watched) -> Result<Next, Trouble> {
        self.hear(task)?;
        match watched {
            Watched::Execution => self.watch_execution(task),
            Watched::Rollback { after_failure } => self.watch_rollback(task, *after_failure),
            Watched::Deletion { recreate } => self.watch_deletion(task, *recreate),
        }
    }

    /// Reads what happened since the last look.
    fn hear(&mut self, task: &mut Task<'_>) -> Result<(), Trouble> {
        let key = task.key();
        let since = task.history.event.clone();
        let read = self.read("DescribeStackEvents", |backend| backend.stack_events(&key, since.as_deref()));
        let events = match read {
            Ok(events) => events,
            // Once it is deleted, a stack has no events for those who know its name alone.
            Err(Trouble::Service(failure)) if failure.class == crate::backend::FailureClass::Gone => {
                return Ok(());
            }
            Err(trouble) => return Err(trouble),
        };
        let Some(last) = events.last().map(|event| event.id.clone()) else { return Ok(()) };
        let (execution, recovery) = (task.execution_token(), format!("solc-r-{}-", task.fingerprint()));
        let mut told = task.told.take().filter(|told| events.iter().any(|event| event.id == *told));
        for event in &events {
            let token = event.token.as_deref();
            if token == Some(execution.as_str()) || token.is_some_and(|token| token.starts_with(&recovery)) {
                self.heard(task, event, told.is_none());
            }
            told = told.filter(|told| *told != event.id);
        }
        task.history.events += u64::try_from(events.len()).unwrap_or_default();
        task.history.event = Some(last.clone());
        let seen = Entry::Seen { step: task.step.name.clone(), event: last, count: task.history.events };
        self.write_down(&seen)?;
        Ok(())
    }

    /// One event of ours.
    fn heard(&mut self, task: &mut Task<'_>, event: &StackEvent, tell: bool) {
        let place = task.step.places.get(&event.logical_id);
        if tell {
            let notice = Notice::Event { step: &task.step.name, event, place };
            self.observer.notice(self.on.clock.now(), &notice);
        }
        if event.is_of_stack() {
            task.status = StackStatus::parse(&event.status);
            if matches!(
                task.status,
                Some(StackStatus::RollbackInProgress | StackStatus::UpdateRollbackInProgress)
            ) && task.reason.is_none()
            {
                task.reason.clone_from(&event.reason);
            }
            task.clearing = matches!(
                task.status,
                Some(StackStatus::UpdateCompleteCleanupInProgress | StackStatus::UpdateComplete)
            );
            return;
        }
        match event.status.as_str() {
            "DELETE_SKIPPED" => {
                let physical = event.physical_id.clone().unwrap_or_default();
                task.report.retained.insert(event.logical_id.clone(), physical);
            }
            status if status.ends_with("_FAILED") => {
                let reason = event.reason.clone().unwrap_or_default();
                let failure = ResourceFailure {
                    logical_id: event.logical_id.clone(),
                    resource_type: event.resource_type.clone(),
                    status: status.to_owned(),
                    reason,
                    place: place.cloned(),
                };
                if task.clearing {
                    task.report.leaked.push(failure);
                } else if !is_consequence(&failure.reason)
                    && !task.failures.iter().any(|known| known.logical_id == failure.logical_id)
                {
                    task.failures.push(failure);
                }
            }
            _ => {}
        }
    }

    fn watch_execution(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let ended =
            task.status.filter(|status| !status.is_in_progress() && *status != StackStatus::ReviewInProgress);
        // The events may come a while before the status, or after it.
        let stack = self.fresh(task)?;
        let Some(stack) = stack else {
            task.stale += 1;
            if task.stale <= PATIENCE {
                return Ok(self.later(task));
            }
            let failure = StepFailure::new(
                STACK_FAILED,
                format!(
                    "`{}` in `{}` was deleted by somebody else while it was changed",
                    task.step.stack, self.about.environment
                ),
                format!("find out who did, and deploy again: {}", self.about.command()),
            );
            return Err(super::task::failed(failure, StepOutcome::Failed));
        };
        let Some(ended) = ended else {
            let named = task.history.change_set.is_some() && stack.change_set == task.history.change_set;
            let stable = !stack.status.is_in_progress() && stack.status != StackStatus::ReviewInProgress;
            if stable && task.status.is_none() {
                task.stale += 1;
                if named && task.stale > STALE {
                    return self.ended(task, stack.status);
                }
                if task.stale > STALE {
                    return self.unheard(task, stack.status);
                }
            }
            return Ok(self.later(task));
        };
        if stack.status != ended && task.stale < PATIENCE {
            task.stale += 1;
            return Ok(self.later(task));
        }
        // Events lag behind the status, and some behind others: what came meanwhile may name the cause.
        self.hear(task)?;
        if !ended.is_success() && task.failures.is_empty() && task.searches < STALE {
            task.searches += 1;
            self.search_cause(task)?;
            if task.failures.is_empty() {
                return Ok(self.later(task));
            }
        }
        self.ended(task, ended)
    }

    /// Reads all events of the operation again: one that came late stands before those that were read.
    fn search_cause(&mut self, task: &mut Task<'_>) -> Result<(), Trouble> {
        let (key, token) = (task.key(), task.execution_token());
        let events = self.read("DescribeStackEvents", |backend| backend.stack_events(&key, None))?;
        let ours = events.iter().filter(|event| event.token.as_deref() == Some(token.as_str()));
        for event in ours.filter(|event| !event.is_of_stack()) {
            self.heard(task, event, false);
        }
        Ok(())
    }

    /// Nothing runs, and no event and no name says what became of it: the change set may. What it says and the status must
    /// agree, so that an old look at the stack is not taken for its end.
    fn unheard(&mut self, task: &mut Task<'_>, status: StackStatus) -> Result<Next, Trouble> {
        let (stack, key) = (task.key(), task.change_set_key());
        let set =
            self.read("DescribeChangeSet", |backend| backend.describe_change_set(&stack, &key, false))?;
        match set.execution_status {
            ExecutionStatus::ExecuteComplete if status.is_success() => self.ended(task, status),
            ExecutionStatus::ExecuteFailed if !status.is_success() => self.ended(task, status),
            _ if task.stale <= PATIENCE => Ok(self.later(task)),
            ExecutionStatus::ExecuteComplete | ExecutionStatus::ExecuteFailed => self.ended(task, status),
            ExecutionStatus::Unavailable
            | ExecutionStatus::Available
            | ExecutionStatus::ExecuteInProgress
            | ExecutionStatus::Obsolete => {
                // Without a bound, who never says would be asked for ever.
                task.replans += 1;
                if task.replans > REPLANS {
                    return replan(task, "the service does not say what became of it");
                }
                task.stale = 0;
                Ok(Next::Now(State::Attach(None)))
            }
        }
    }

    /// What the end of an execution means.
    fn ended(&mut self, task: &mut Task<'_>, status: StackStatus) -> Result<Next, Trouble> {
        task.report.status = Some(status.as_str().to_owned());
        match status {
            StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete => {
                Ok(Next::Now(State::Protect(StepOutcome::Changed)))
            }
            StackStatus::UpdateRollbackComplete
            | StackStatus::RollbackComplete
            | StackStatus::ImportRollbackComplete => {
                task.failure = Some(self.rolled_back(task, status));
                Ok(Next::Now(State::Protect(StepOutcome::Failed)))
            }
            StackStatus::UpdateRollbackFailed => {
                task.failure = Some(self.rolled_back(task, status));
                task.status = None;
                Ok(Next::Now(State::Recover { after_failure: true }))
            }
            StackStatus::CreateFailed
            | StackStatus::RollbackFailed
            | StackStatus::DeleteFailed
            | StackStatus::UpdateFailed
            | StackStatus::ImportRollbackFailed
            | StackStatus::DeleteComplete
            | StackStatus::CreateInProgress
            | StackStatus::RollbackInProgress
            | StackStatus::DeleteInProgress
            | StackStatus::UpdateInProgress
            | StackStatus::UpdateCompleteCleanupInProgress
            | StackStatus::UpdateRollbackInProgress
            | StackStatus::UpdateRollbackCompleteCleanupInProgress
            | StackStatus::ReviewInProgress
            | StackStatus::ImportInProgress
            | StackStatus::ImportRollbackInProgress => {
                let mut failure = self.rolled_back(task, status);
                failure.code = STACK_STUCK;
                failure.help = format!(
                    "mend what is said above, and deploy again, which goes on from there: {}",
                    self.about.command()
                );
                Err(super::task::failed(failure, StepOutcome::Stuck))
            }
        }
    }

    /// Why an operation failed, the root cause first.
    fn rolled_back(&self, task: &Task<'_>, status: StackStatus) -> StepFailure {
        let first = matches!(status, StackStatus::RollbackComplete | StackStatus::RollbackFailed);
        let verb = if first { "made" } else { "changed" };
        let said = task.stack.as_ref().and_then(|stack| stack.status_reason.clone());
        let reason = task.reason.clone().or(said);
        let cause = task.failures.first().map_or_else(
            || reason.unwrap_or_else(|| "the service does not say why".to_owned()),
            |first| format!("{} ({}): {}", first.logical_id, first.resource_type, first.reason),
        );
        let mut failure = StepFailure::new(
            STACK_FAILED,
            format!("`{}` in `{}` was not {verb}: {cause}", task.step.stack, self.about.environment),
            format!("mend it, and deploy again: {}", self.about.command()),
        );
        failure.resources.clone_from(&task.failures);
        failure.note(format!("the stack is in {status}"))
    }

    fn watch_rollback(&mut self, task: &mut Task<'_>, after_failure: bool) -> Result<Next, Trouble> {
        let Some(stack) = self.fresh(task)? else { return Ok(Next::Now(State::Settle)) };
        if stack.status.is_in_progress() {
            return Ok(self.later(task));
        }
        // Until an event of ours says the same, this may be how it stood before.
        if task.status != Some(stack.status) && task.stale < PATIENCE {
            task.stale += 1;
            return Ok(self.later(task));
        }
        Ok(Next::Now(if stack.status == StackStatus::UpdateRollbackFailed {
            State::Recover { after_failure }
        } else if after_failure {
            State::Protect(StepOutcome::Failed)
        } else {
            State::Settle
        }))
    }

    fn watch_deletion(&mut self, task: &mut Task<'_>, recreate: bool) -> Result<Next, Trouble> {
        let key = task.key();
        let found = self.read("DescribeStacks", |backend| backend.describe_stack(&key))?;
        let status = found.as_ref().map(|stack| stack.status);
        match status {
            None if task.stale < STALE && task.status != Some(StackStatus::DeleteComplete) => {
                task.stale += 1;
                Ok(self.later(task))
            }
            None | Some(StackStatus::DeleteComplete) => {
                task.report.status = Some(StackStatus::DeleteComplete.as_str().to_owned());
                if !recreate {
                    return Ok(Next::Over(StepOutcome::Deleted));
                }
                Ok(Next::Now(State::Gone { recreate }))
            }
            Some(StackStatus::DeleteFailed)
                if task.status == Some(StackStatus::DeleteFailed) || task.stale >= PATIENCE =>
            {
                task.stack = found;
                self.deletion_failed(task, recreate)
            }
            Some(StackStatus::DeleteFailed) => {
                task.stale += 1;
                Ok(self.later(task))
            }
            Some(status) if status.is_in_progress() => Ok(self.later(task)),
            Some(_) => {
                // How it stood before the deletion: an old look.
                task.stale += 1;
                if task.stale <= PATIENCE {
                    return Ok(self.later(task));
                }
                Ok(Next::Now(if recreate { State::Settle } else { State::Remove }))
            }
        }
    }

    /// A deletion is tried once more: what one resource waited for may be gone by then.
    fn deletion_failed(&mut self, task: &mut Task<'_>, recreate: bool) -> Result<Next, Trouble> {
        task.status = None;
        if task.recoveries < 2 {
            let id = task.key();
            return self.delete_stack(task, &id, recreate);
        }
        let Some(stack) = task.stack.clone() else { return Ok(Next::Now(State::Remove)) };
        let help =
            format!("empty or release what is named above, and run it again: {}", self.about.command());
        let failure = self.stuck(task, &stack, &help);
        let failure = self.with_failed_resources(task, &stack, failure)?;
        Err(super::task::failed(failure, StepOutcome::Stuck))
    }

    /// After a deletion, the stack is made anew.
    pub(super) fn until_gone(&mut self, task: &mut Task<'_>, recreate: bool) -> Result<Next, Trouble> {
        task.history.stack = None;
        task.history.event = None;
        task.stack = None;
        task.forget();
        task.history.next_attempt();
        Ok(if recreate { Next::Now(State::Settle) } else { Next::Over(StepOutcome::Deleted) })
    }

    fn later(&self, task: &Task<'_>) -> Next {
        let timing = self.on.options.timing;
        Next::Later(timing.poll_after(self.now().since(task.since), self.running))
    }
}

/// Whether a failure only follows from another.
fn is_consequence(reason: &str) -> bool {
    ["Resource creation cancelled", "Resource update cancelled", "Resource creation Cancelled"]
        .iter()
        .any(|text| reason.contains(text))
}
