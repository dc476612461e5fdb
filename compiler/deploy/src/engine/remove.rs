//! Stacks that go.
//!
//! Invariant: a stack that holds data, or that a release merely no longer names, goes only where a person named it.

use super::Engine;
use super::call::STALE;
use super::outcome::StepFailure;
use super::step::{Action, holds_data};
use super::task::{Next, State, Task, Trouble, Watched};
use crate::backend::{ResourceStatus, StackStatus};
use crate::codes::NOT_ACKNOWLEDGED;
use crate::journal::{Operation, StepOutcome};

impl Engine<'_, '_> {
    /// Finds out how a stack stands that is to go, and whether it may.
    pub(super) fn remove(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let Some(stack) = self.look(task)? else {
            // One look may miss what is there.
            if task.stale < STALE {
                task.stale += 1;
                return Ok(Next::Later(self.on.options.timing.poll));
            }
            let outcome = if task.history.number(Operation::DeleteStack) > 0 {
                StepOutcome::Deleted
            } else {
                StepOutcome::Unchanged
            };
            return Ok(Next::Over(outcome));
        };
        task.report.status = Some(stack.status.as_str().to_owned());
        task.stack = Some(stack.clone());
        if stack.status == StackStatus::DeleteComplete {
            return Ok(Next::Over(StepOutcome::Deleted));
        }
        if stack.status == StackStatus::DeleteInProgress {
            return Ok(Next::Now(State::Watch(Watched::Deletion { recreate: false })));
        }
        if stack.status.is_in_progress() {
            return self.wait_for_others(task, &stack);
        }
        let id = stack.id.clone();
        let resources =
            self.read("DescribeStackResources", |backend| backend.describe_stack_resources(&id))?;
        let data: Vec<String> = resources
            .iter()
            .filter(|resource| resource.status != ResourceStatus::DeleteComplete)
            .filter(|resource| holds_data(&resource.resource_type))
            .map(|resource| format!("`{}` ({}) holds data", resource.logical_id, resource.resource_type))
            .collect();
        // As the plan's gates have it: what is destroyed as a whole is agreed to as a whole.
        let gone = matches!(task.step.action, Action::Delete { gone: true });
        let needed = format!("delete {}", task.step.stack);
        if (!data.is_empty() || gone && stack.termination_protection)
            && !self.on.options.acknowledgements.contains(&needed)
        {
            let mut failure = StepFailure::new(
                NOT_ACKNOWLEDGED,
                format!(
                    "`{}` in `{}` would be deleted, and nobody has said that it may",
                    task.step.stack, self.about.environment
                ),
                format!("if that is wanted: {} --acknowledge \"{needed}\"", self.about.command()),
            );
            failure.notes = data;
            if gone {
                failure.notes.push("the release no longer has it".to_owned());
            }
            return Err(super::task::failed(failure, StepOutcome::Refused));
        }
        if stack.termination_protection {
            self.set_termination_protection(task, false)?;
        }
        Ok(Next::Now(State::Delete))
    }

    /// Deletes it.
    pub(super) fn delete(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let id = task.key();
        match self.delete_stack(task, &id, false) {
            Err(trouble) if Self::is_gone(&trouble) => Ok(Next::Now(State::Remove)),
            other => other,
        }
    }
}
