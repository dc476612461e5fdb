//! How a stack stands before anything is done to it, and what brings it where something can be.
//!
//! Invariant: nothing that ever ran is deleted to make way. A stack goes only where its first creation failed, and
//! nothing of it is left.

use super::call::{Answer, PATIENCE, STALE};
use super::outcome::StepFailure;
use super::task::{Next, State, Task, Trouble, Watched, failed};
use super::{Engine, Notice, Recover};
use crate::backend::{ChangeSetType, DeleteStack, ResourceStatus, Stack, StackResource, StackStatus};
use crate::codes::{STACK_BUSY, STACK_STUCK};
use crate::journal::{Operation, StepOutcome};
use solc_cmdb::sha256;

impl Engine<'_, '_> {
    /// Finds out how the stack stands.
    pub(super) fn settle(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        self.learn_secrets(task)?;
        let found = self.look(task)?;
        let Some(stack) = found else {
            if task.history.executed && task.stale < PATIENCE {
                task.stale += 1;
                return Ok(Next::Later(self.on.options.timing.poll));
            }
            if task.history.executed {
                task.history.next_attempt();
            }
            task.stack = None;
            task.history.stack = None;
            task.kind = ChangeSetType::Create;
            return Ok(Next::Now(State::Inputs));
        };
        let status = stack.status;
        task.report.status = Some(status.as_str().to_owned());
        let created = status != StackStatus::ReviewInProgress;
        task.kind = if created { ChangeSetType::Update } else { ChangeSetType::Create };
        task.stack = Some(stack.clone());
        if task.history.executed {
            return Ok(Next::Now(State::Attach(None)));
        }
        match status {
            StackStatus::ReviewInProgress
            | StackStatus::CreateComplete
            | StackStatus::UpdateComplete
            | StackStatus::ImportComplete
            | StackStatus::UpdateRollbackComplete
            | StackStatus::ImportRollbackComplete => Ok(Next::Now(State::Inputs)),
            StackStatus::CreateInProgress
            | StackStatus::RollbackInProgress
            | StackStatus::DeleteInProgress
            | StackStatus::UpdateInProgress
            | StackStatus::UpdateCompleteCleanupInProgress
            | StackStatus::UpdateRollbackInProgress
            | StackStatus::UpdateRollbackCompleteCleanupInProgress
            | StackStatus::ImportInProgress
            | StackStatus::ImportRollbackInProgress => self.wait_for_others(task, &stack),
            StackStatus::RollbackComplete | StackStatus::RollbackFailed => self.make_way(task, &stack),
            StackStatus::CreateFailed | StackStatus::UpdateFailed => self.roll_back(task, &stack),
            StackStatus::UpdateRollbackFailed => Ok(Next::Now(State::Recover { after_failure: false })),
            StackStatus::ImportRollbackFailed => Err(failed(
                self.stuck(task, &stack, "undo the import in the console, or ask AWS's support"),
                StepOutcome::Stuck,
            )),
            StackStatus::DeleteFailed => self.go_on_deleting(task, &stack),
            StackStatus::DeleteComplete => {
                task.stack = None;
                task.history.stack = None;
                task.kind = ChangeSetType::Create;
                Ok(Next::Now(State::Inputs))
            }
        }
    }

    /// The stack by its id, and where that is gone by its name.
    pub(super) fn look(&mut self, task: &Task<'_>) -> Result<Option<Stack>, Trouble> {
        let key = task.key();
        let found = self.read("DescribeStacks", |backend| backend.describe_stack(&key))?;
        let gone = found.as_ref().is_none_or(|stack| stack.status == StackStatus::DeleteComplete);
        if gone && key != task.step.stack {
            let name = task.step.stack.clone();
            return self.read("DescribeStacks", |backend| backend.describe_stack(&name));
        }
        Ok(found)
    }

    /// Waits for an operation that is not this step's, within bounds.
    pub(super) fn wait_for_others(&mut self, task: &mut Task<'_>, stack: &Stack) -> Result<Next, Trouble> {
        let now = self.now();
        let operation = stack.last_operations.first();
        let operation = operation.map_or_else(
            || "an operation".to_owned(),
            |operation| format!("{} {}", operation.kind, operation.id),
        );
        if now.since(task.since) < self.on.options.timing.foreign {
            if task.stale == 0 {
                task.stale = 1;
                let notice = Notice::Waiting {
                    step: &task.step.name,
                    status: stack.status.as_str(),
                    operation: &operation,
                };
                self.observer.notice(now, &notice);
            }
            let timing = self.on.options.timing;
            return Ok(Next::Later(timing.poll_after(now.since(task.since), self.running)));
        }
        let failure = StepFailure::new(
            STACK_BUSY,
            format!(
                "`{}` in `{}` is in {} and was not let go: {operation} is not ours",
                task.step.stack, self.about.environment, stack.status
            ),
            format!("wait until it is over, and deploy again: {}", self.about.command()),
        );
        Err(failed(failure, StepOutcome::Busy))
    }

    /// A first creation failed: what is left of the stack goes, where nothing lives in it and nothing ever did.
    fn make_way(&mut self, task: &mut Task<'_>, stack: &Stack) -> Result<Next, Trouble> {
        let id = stack.id.clone();
        let events = self.read("DescribeStackEvents", |backend| backend.stack_events(&id, None))?;
        let stood = events.iter().any(|event| {
            event.is_of_stack() && StackStatus::parse(&event.status).is_some_and(StackStatus::is_success)
        });
        let resources =
            self.read("DescribeStackResources", |backend| backend.describe_stack_resources(&id))?;
        let alive: Vec<&StackResource> = resources.iter().filter(|resource| is_alive(resource)).collect();
        let left = resources.iter().filter(|resource| resource.status == ResourceStatus::DeleteSkipped);
        for resource in left {
            if let Some(physical) = &resource.physical_id {
                self.warnings.push(format!(
                    "`{}` ({}) of the failed creation of `{}` was left in the account as `{physical}`",
                    resource.logical_id, resource.resource_type, task.step.stack
                ));
            }
        }
        let rolled_back = stack.status == StackStatus::RollbackComplete;
        if stood || (rolled_back && !alive.is_empty()) {
            let mut failure = self.stuck(
                task,
                stack,
                "look at what lives in it, delete the stack in the console, and deploy again",
            );
            for resource in alive {
                failure = failure.note(format!(
                    "`{}` ({}) is {}",
                    resource.logical_id, resource.resource_type, resource.status
                ));
            }
            return Err(failed(failure, StepOutcome::Stuck));
        }
        self.delete_stack(task, &id, true)
    }

    /// Deletes a stack; what follows it is watched by its id.
    pub(super) fn delete_stack(
        &mut self,
        task: &mut Task<'_>,
        id: &str,
        recreate: bool,
    ) -> Result<Next, Trouble> {
        let number = task.history.number(Operation::DeleteStack);
        let request = DeleteStack {
            stack: id.to_owned(),
            token: format!("solc-r-{}-d{number}", task.fingerprint()),
            role: self.on.options.role.clone(),
            retain: Vec::new(),
            force: false,
        };
        let digest = sha256(id.as_bytes());
        self.mutate(task, Operation::DeleteStack, &request.token, &digest, |backend| {
            backend.delete_stack(&request).map(|()| Answer { stack: Some(id.to_owned()), change_set: None })
        })?;
        task.recoveries += 1;
        Ok(Next::Now(State::Watch(Watched::Deletion { recreate })))
    }

    /// A deletion failed earlier: somebody must say that it is to go on.
    fn go_on_deleting(&mut self, task: &mut Task<'_>, stack: &Stack) -> Result<Next, Trouble> {
        let needed = format!("delete {}", task.step.stack);
        if task.recoveries == 0 && self.on.options.acknowledgements.contains(&needed) {
            let id = stack.id.clone();
            return self.delete_stack(task, &id, true);
        }
        let help =
            format!("delete the rest and make it anew: {} --acknowledge \"{needed}\"", self.about.command());
        let failure = self.stuck(task, stack, &help);
        Err(failed(self.with_failed_resources(task, stack, failure)?, StepOutcome::Stuck))
    }

    /// An operation without rollback failed: it is rolled back.
    fn roll_back(&mut self, task: &mut Task<'_>, stack: &Stack) -> Result<Next, Trouble> {
        if task.rolled_back {
            let help = "roll the stack back in the console, and deploy again";
            let failure = self.stuck(task, stack, help);
            return Err(failed(self.with_failed_resources(task, stack, failure)?, StepOutcome::Stuck));
        }
        let number = task.history.number(Operation::RollbackStack);
        let token = format!("solc-r-{}-b{number}", task.fingerprint());
        let (id, role) = (stack.id.clone(), self.on.options.role.clone());
        self.mutate(task, Operation::RollbackStack, &token, &sha256(id.as_bytes()), |backend| {
            let done = backend.rollback_stack(&id, &token, role.as_deref());
            done.map(|()| Answer { stack: Some(id.clone()), change_set: None })
        })?;
        task.rolled_back = true;
        Ok(Next::Now(State::Watch(Watched::Rollback { after_failure: false })))
    }

    /// A rollback failed: it is gone on with once, or as the person says.
    pub(super) fn recover(&mut self, task: &mut Task<'_>, after_failure: bool) -> Result<Next, Trouble> {
        let Some(stack) = self.look(task)? else {
            return Ok(Next::Now(State::Settle));
        };
        task.stack = Some(stack.clone());
        if stack.status.is_in_progress() {
            return Ok(Next::Now(State::Watch(Watched::Rollback { after_failure })));
        }
        if stack.status != StackStatus::UpdateRollbackFailed {
            // Somebody else ended it, or the look was older than the event that led here.
            task.stale += 1;
            if task.stale <= STALE {
                return Ok(Next::Later(self.on.options.timing.poll));
            }
            return Ok(Next::Now(State::Watch(Watched::Rollback { after_failure })));
        }
        let id = stack.id.clone();
        let resources =
            self.read("DescribeStackResources", |backend| backend.describe_stack_resources(&id))?;
        let broken: Vec<&StackResource> = resources.iter().filter(|r| blocks_rollback(r.status)).collect();
        if task.recoveries > 0 {
            let command = self.about.command();
            let help = format!(
                "mend what is said above and deploy again; or leave these resources as they are: {command} --recover skip"
            );
            let mut failure = self.stuck(task, &stack, &help);
            failure.resources.clone_from(&task.failures);
            for resource in broken {
                failure = failure.note(format!(
                    "`{}` ({}) is {}: {}",
                    resource.logical_id,
                    resource.resource_type,
                    resource.status,
                    resource.status_reason.as_deref().unwrap_or("the service says no more")
                ));
            }
            failure = failure.note(format!("if skipping fails as well: {command} --recover force"));
            return Err(failed(failure, StepOutcome::Stuck));
        }
        let skip: Vec<String> = match self.on.options.recover {
            Recover::Skip => broken.iter().map(|resource| resource.logical_id.clone()).collect(),
            Recover::Retry | Recover::Force => Vec::new(),
        };
        for logical_id in &skip {
            self.warnings.push(format!(
                "`{logical_id}` of `{}` was left out of the rollback, and is not as its template says: solc drift --env {}",
                task.step.stack, self.about.environment
            ));
        }
        let force = self.on.options.recover == Recover::Force;
        let number = task.history.number(Operation::ContinueUpdateRollback);
        let token = format!("solc-r-{}-c{number}", task.fingerprint());
        let role = self.on.options.role.clone();
        let request = sha256(format!("{id}\n{skip:?}\n{force}").as_bytes());
        self.mutate(task, Operation::ContinueUpdateRollback, &token, &request, |backend| {
            let done = backend.continue_update_rollback(&id, &token, role.as_deref(), &skip, force);
            done.map(|()| Answer { stack: Some(id.clone()), change_set: None })
        })?;
        task.recoveries += 1;
        Ok(Next::Now(State::Watch(Watched::Rollback { after_failure })))
    }

    /// A stack that only a person can help.
    pub(super) fn stuck(&self, task: &Task<'_>, stack: &Stack, help: &str) -> StepFailure {
        let failure = StepFailure::new(
            STACK_STUCK,
            format!(
                "`{}` in `{}` is in {}, in which nothing can be done to it",
                task.step.stack, self.about.environment, stack.status
            ),
            help,
        );
        match &stack.status_reason {
            Some(reason) => failure.note(format!("the service says: {reason}")),
            None => failure,
        }
    }

    /// Adds what is broken in a stack.
    pub(super) fn with_failed_resources(
        &mut self,
        task: &Task<'_>,
        stack: &Stack,
        mut failure: StepFailure,
    ) -> Result<StepFailure, Trouble> {
        let id = stack.id.clone();
        let resources =
            self.read("DescribeStackResources", |backend| backend.describe_stack_resources(&id))?;
        let broken = resources.into_iter().filter(|resource| resource.status.as_str().ends_with("_FAILED"));
        failure.resources.extend(broken.map(|resource| super::ResourceFailure {
            place: task.step.places.get(&resource.logical_id).cloned(),
            logical_id: resource.logical_id,
            resource_type: resource.resource_type,
            status: resource.status.as_str().to_owned(),
            reason: resource.status_reason.unwrap_or_default(),
        }));
        Ok(failure)
    }
}

/// Whether a resource of a stack is, or may be, in the account and in the stack.
fn is_alive(resource: &StackResource) -> bool {
    !matches!(resource.status, ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped)
        && resource.physical_id.as_deref().is_some_and(|id| !id.is_empty())
}

/// Whether a resource is what a rollback failed at.
fn blocks_rollback(status: ResourceStatus) -> bool {
    matches!(
        status,
        ResourceStatus::UpdateFailed | ResourceStatus::UpdateRollbackFailed | ResourceStatus::RollbackFailed
    )
}
