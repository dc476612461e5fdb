//! From how a stack is to be to a change set that says what that takes.
//!
//! Invariant: nothing in a request depends on when it is made, so that it can be made again to the byte. A stack is
//! called unchanged only where its status is a success, and what was sent, or an empty change set, says so.

use super::Engine;
use super::call::{Answer, STALE, replan};
use super::outcome::{ResourceFailure, StepFailure};
use super::step::{Action, Target};
use super::task::{Next, State, Task, Trouble, failed};
use crate::backend::{
    ChangeSet, ChangeSetStatus, ChangeSetType, CreateChangeSet, ExecutionStatus, Failure, FailureClass,
    LARGEST_IN_REQUEST, RollbackConfiguration, Stack, StackStatus, TemplateSource,
};
use crate::codes::STACK_FAILED;
use crate::journal::{Operation, StepOutcome};
use serde_json::Value;
use solc_cmdb::sha256;

/// What the service says of a change set without changes.
pub(crate) const NO_CHANGES: &[&str] =
    &["The submitted information didn't contain changes.", "No updates are to be performed."];

impl Engine<'_, '_> {
    /// Reads the outputs of the stacks that this one takes values of.
    pub(super) fn inputs(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let target = target(task)?;
        task.parameters.clear();
        for (name, binding) in &target.parameters {
            if !self.outputs.contains_key(&binding.stack) {
                let producer = binding.stack.clone();
                let found = self.read("DescribeStacks", |backend| backend.describe_stack(&producer))?;
                let outputs = found.map(|stack| stack.outputs).unwrap_or_default();
                self.outputs.insert(producer, outputs);
            }
            let value = self.outputs.get(&binding.stack).and_then(|outputs| outputs.get(&binding.output));
            let Some(value) = value else {
                self.outputs.remove(&binding.stack);
                if task.stale < STALE {
                    task.stale += 1;
                    return Ok(Next::Later(self.on.options.timing.poll));
                }
                let failure = StepFailure::new(
                    STACK_FAILED,
                    format!(
                        "`{}` needs `{}` of `{}`, which has no such output in `{}`",
                        task.step.stack, binding.output, binding.stack, self.about.environment
                    ),
                    format!("deploy the whole environment: {}", self.about.command()),
                )
                .note(format!("it is the value of the parameter `{name}`"));
                return Err(failed(failure, StepOutcome::Failed));
            };
            task.parameters.insert(name.clone(), value.clone());
        }
        Ok(Next::Now(State::Compare))
    }

    /// Compares what was sent last with what would be sent.
    pub(super) fn compare(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let target = target(task)?;
        let Some(stack) = task.stack.clone().filter(|_| task.kind == ChangeSetType::Update) else {
            return Ok(Next::Now(State::Create));
        };
        // A change set that was asked for before a crash is used, whatever was compared before it.
        if task.history.request.is_some() || !stack.status.is_success() || target.reads_a_store() {
            return Ok(Next::Now(State::Create));
        }
        let role = self.on.options.role.as_ref();
        let same = stack.parameters == task.parameters
            && stack.tags == target.tags
            && (role.is_none() || stack.role.as_ref() == role);
        if !same {
            return Ok(Next::Now(State::Create));
        }
        let id = stack.id.clone();
        let sent = self.read("GetTemplate", |backend| backend.get_template(&id))?;
        let alike = sent == target.template
            || serde_json::from_str::<Value>(&sent).is_ok_and(|sent| sent == target.content);
        Ok(Next::Now(if alike { State::Protect(StepOutcome::Unchanged) } else { State::Create }))
    }

    /// Asks for a change set.
    pub(super) fn create(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let target = target(task)?;
        let template = self.delivered(task, target)?;
        let mut request = self.request(task, target, template.clone());
        let mut digest = digest_of(&request);
        if task.history.request.as_ref().is_some_and(|before| *before != digest) {
            // A value of another stack is another one than before the crash: the old change set is not ours to use.
            task.history.next_attempt();
            request = self.request(task, target, template);
            digest = digest_of(&request);
        }
        let made = self.mutate(task, Operation::CreateChangeSet, &request.token, &digest, |backend| {
            let ids = backend.create_change_set(&request)?;
            Ok(Answer { stack: Some(ids.stack), change_set: Some(ids.change_set) })
        });
        match made {
            Ok(_) => Ok(Next::Now(State::Created)),
            Err(Trouble::Service(failure)) if failure.class == FailureClass::AlreadyDone => {
                Ok(Next::Now(State::Created))
            }
            Err(Trouble::Service(failure)) if failure.class == FailureClass::Limit => {
                if task.replans == 0 && self.collect(task)? {
                    task.replans += 1;
                    return Ok(Next::Now(State::Create));
                }
                Err(Trouble::Service(failure))
            }
            Err(Trouble::Service(failure)) if failure.class == FailureClass::Invalid => {
                self.refused_request(task, failure)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// The service takes no such change set: because the stack is not what it was, or because of the template.
    fn refused_request(&mut self, task: &mut Task<'_>, failure: Failure) -> Result<Next, Trouble> {
        let now = self.look(task)?;
        let kind = match &now {
            Some(stack) if stack.status == StackStatus::ReviewInProgress => ChangeSetType::Create,
            Some(_) => ChangeSetType::Update,
            None => ChangeSetType::Create,
        };
        if kind == task.kind && now.is_none_or(|stack| !stack.status.is_in_progress()) {
            return Err(Trouble::Service(failure));
        }
        replan(task, &failure.message)
    }

    /// Deletes change sets of earlier deployments, which count against the stack's quota.
    fn collect(&mut self, task: &mut Task<'_>) -> Result<bool, Trouble> {
        let key = task.key();
        let all = self.read("ListChangeSets", |backend| backend.list_change_sets(&key))?;
        let old: Vec<ChangeSet> = all
            .into_iter()
            .filter(|set| set.name.starts_with("solc-"))
            .filter(|set| !crate::id::is_change_set_of(task.deploy(), &set.name))
            .filter(|set| set.execution_status != ExecutionStatus::ExecuteInProgress)
            .collect();
        for set in &old {
            self.delete_change_set(task, &key, &set.id)?;
        }
        Ok(!old.is_empty())
    }

    /// The template in the request, or put where the service reads it.
    fn delivered(&mut self, task: &mut Task<'_>, target: &Target) -> Result<TemplateSource, Trouble> {
        self.sent(task, &target.template, &target.sha256)
    }

    /// A template as it is sent: in the request, or by its address.
    pub(super) fn sent(
        &mut self,
        task: &mut Task<'_>,
        template: &str,
        sha256: &str,
    ) -> Result<TemplateSource, Trouble> {
        if template.len() <= LARGEST_IN_REQUEST && !self.on.options.always_upload {
            return Ok(TemplateSource::Body(template.to_owned()));
        }
        let mut address = None;
        let token = format!("solc-t-{}", task.fingerprint());
        self.mutate(task, Operation::PutTemplate, &token, sha256, |backend| {
            address = Some(backend.put_template(template)?);
            Ok(Answer::default())
        })?;
        Ok(TemplateSource::Url(address.unwrap_or_default()))
    }

    fn request(&self, task: &Task<'_>, target: &Target, template: TemplateSource) -> CreateChangeSet {
        CreateChangeSet {
            stack: task.step.stack.clone(),
            name: task.change_set_name(),
            kind: task.kind,
            token: format!("solc-c-{}", task.fingerprint()),
            template,
            parameters: task.parameters.clone(),
            tags: target.tags.clone(),
            capabilities: target.capabilities.clone(),
            role: self.on.options.role.clone(),
            notification_arns: Vec::new(),
            // Alarms of a stack that is not there cannot be watched.
            rollback: match task.kind {
                ChangeSetType::Update => self.on.options.rollback.clone(),
                ChangeSetType::Create | ChangeSetType::Import => RollbackConfiguration::default(),
            },
            description: format!("solc deployment {} of {}", task.deploy(), self.about.environment),
            import_existing: false,
            revert_drift: false,
        }
    }

    /// Looks whether the change set is made.
    pub(super) fn created(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let (stack, key) = (task.key(), task.change_set_key());
        let set =
            self.read("DescribeChangeSet", |backend| backend.describe_change_set(&stack, &key, false))?;
        task.history.change_set = Some(set.id.clone());
        task.history.stack = Some(set.stack.clone());
        match set.status {
            ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress => {
                let timing = self.on.options.timing;
                Ok(Next::Later(timing.poll_after(self.now().since(task.since), self.running)))
            }
            ChangeSetStatus::CreateComplete => match set.execution_status {
                ExecutionStatus::Available => Ok(Next::Now(State::Gate)),
                ExecutionStatus::Unavailable => Ok(Next::Later(self.on.options.timing.poll)),
                ExecutionStatus::ExecuteInProgress
                | ExecutionStatus::ExecuteComplete
                | ExecutionStatus::ExecuteFailed => Ok(Next::Now(State::Attach(None))),
                ExecutionStatus::Obsolete => replan(task, "its change set is obsolete"),
            },
            ChangeSetStatus::Failed => self.no_change_set(task, &set),
            ChangeSetStatus::DeletePending
            | ChangeSetStatus::DeleteInProgress
            | ChangeSetStatus::DeleteComplete
            | ChangeSetStatus::DeleteFailed => replan(task, "its change set was deleted by somebody else"),
        }
    }

    /// The change set was not made: because there is nothing to change, or because something is wrong.
    fn no_change_set(&mut self, task: &mut Task<'_>, set: &ChangeSet) -> Result<Next, Trouble> {
        let reason = set.status_reason.clone().unwrap_or_else(|| "the service says no more".to_owned());
        let status = task.stack.as_ref().map(|stack| stack.status);
        if NO_CHANGES.iter().any(|text| reason.contains(text)) {
            // An empty change set says nothing of a stack that failed half-way.
            let sound =
                |status: StackStatus| status.is_success() || status == StackStatus::UpdateRollbackComplete;
            if status.is_some_and(sound) {
                return Ok(Next::Now(State::Discard(Box::new(None), StepOutcome::Unchanged)));
            }
        }
        let mut failure = StepFailure::new(
            STACK_FAILED,
            format!(
                "the service makes no change set of `{}` in `{}`: {reason}",
                task.step.stack, self.about.environment
            ),
            format!("mend what the service names, and deploy again: {}", self.about.command()),
        );
        if reason.contains("EarlyValidation") {
            let (stack, key) = (task.key(), set.id.clone());
            match self.read("DescribeEvents", |backend| backend.validation_events(&stack, &key)) {
                Ok(events) => failure.resources.extend(events.into_iter().map(|event| ResourceFailure {
                    place: task.step.places.get(&event.logical_id).cloned(),
                    logical_id: event.logical_id,
                    resource_type: event.path.unwrap_or_default(),
                    status: format!("{} {}", event.name, event.failure_mode),
                    reason: event.reason,
                })),
                // Without this permission the reason is all there is.
                Err(Trouble::Service(refused)) => failure.notes.push(refused.to_string()),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(Next::Now(State::Discard(Box::new(Some(failure)), StepOutcome::Failed)))
    }

    /// Tidies away a change set that is not executed, and the shell of a stack that it made.
    pub(super) fn discard(
        &mut self,
        task: &mut Task<'_>,
        failure: Option<StepFailure>,
        outcome: StepOutcome,
    ) -> Result<Next, Trouble> {
        let stack = task.key();
        if task.history.request.is_some() && !task.history.executed {
            let key = task.change_set_key();
            match self.delete_change_set(task, &stack, &key) {
                Ok(()) => {}
                // One that is still being made cannot be deleted until it is.
                Err(Trouble::Service(refused))
                    if refused.class == FailureClass::Busy
                        && self.now().since(task.since) < self.on.options.timing.foreign =>
                {
                    return Ok(Next::Later(self.on.options.timing.poll));
                }
                // What cannot be tidied is no reason to hide why.
                Err(Trouble::Service(refused)) if is_final(&refused) => {
                    if refused.class != FailureClass::Gone {
                        self.warnings
                            .push(format!("a change set of `{}` was left: {refused}", task.step.stack));
                    }
                }
                Err(trouble) => return Err(trouble),
            }
            if task.kind == ChangeSetType::Create && outcome != StepOutcome::Unchanged {
                self.remove_shell(task)?;
            }
        }
        task.history.next_attempt();
        if outcome == StepOutcome::Unchanged {
            return Ok(Next::Now(State::Protect(outcome)));
        }
        if task.history.policy {
            task.failure = failure;
            return Ok(Next::Now(State::Protect(outcome)));
        }
        task.report.failure = failure;
        Ok(Next::Over(outcome))
    }

    /// A stack in `REVIEW_IN_PROGRESS` without change sets stays for ever, and nobody's.
    fn remove_shell(&mut self, task: &mut Task<'_>) -> Result<(), Trouble> {
        let Some(shell) = self.look(task)?.filter(|stack| stack.status == StackStatus::ReviewInProgress)
        else {
            return Ok(());
        };
        let id = shell.id.clone();
        let others = self.read("ListChangeSets", |backend| backend.list_change_sets(&id))?;
        let going = |set: &ChangeSet| Some(&set.id) == task.history.change_set.as_ref();
        if others.iter().any(|set| !going(set)) {
            return Ok(());
        }
        let number = task.history.number(Operation::DeleteStack);
        let request = crate::backend::DeleteStack {
            stack: id.clone(),
            token: format!("solc-r-{}-d{number}", task.fingerprint()),
            role: self.on.options.role.clone(),
            retain: Vec::new(),
            force: false,
        };
        let gone =
            self.mutate(task, Operation::DeleteStack, &request.token, &sha256(id.as_bytes()), |backend| {
                backend.delete_stack(&request).map(|()| Answer::default())
            });
        match gone {
            Err(Trouble::Service(refused)) if is_final(&refused) => {
                self.warnings.push(format!("the empty stack `{}` was left: {refused}", task.step.stack));
                Ok(())
            }
            other => other.map(drop),
        }
    }

    fn delete_change_set(&mut self, task: &mut Task<'_>, stack: &str, key: &str) -> Result<(), Trouble> {
        let number = task.history.number(Operation::DeleteChangeSet);
        let token = format!("solc-d-{}-{number}", task.fingerprint());
        self.mutate(task, Operation::DeleteChangeSet, &token, &sha256(key.as_bytes()), |backend| {
            backend.delete_change_set(stack, key).map(|()| Answer::default())
        })?;
        Ok(())
    }

    /// The stack again, whatever was known of it.
    pub(super) fn fresh(&mut self, task: &mut Task<'_>) -> Result<Option<Stack>, Trouble> {
        let found = self.look(task)?;
        if let Some(stack) = &found {
            task.stack = Some(stack.clone());
            task.report.status = Some(stack.status.as_str().to_owned());
        }
        Ok(found)
    }
}

/// Whether asking again would change nothing.
pub(super) fn is_final(failure: &Failure) -> bool {
    match failure.class {
        FailureClass::Throttled | FailureClass::Transient | FailureClass::ExpiredCredentials => false,
        FailureClass::Busy
        | FailureClass::Gone
        | FailureClass::AlreadyDone
        | FailureClass::MissingCapability
        | FailureClass::Limit
        | FailureClass::Denied
        | FailureClass::RoleGone
        | FailureClass::Unsupported
        | FailureClass::Invalid => true,
    }
}

/// How the step's stack is to be.
pub(super) fn target<'s>(task: &Task<'s>) -> Result<&'s Target, Trouble> {
    match &task.step.action {
        Action::Deploy(target) => Ok(target),
        Action::Delete { .. } | Action::Move(_) => Err(failed(
            StepFailure::new(
                STACK_FAILED,
                format!(
                    "`{}` was about to be changed in the step `{}`, which changes nothing",
                    task.step.stack, task.step.name
                ),
                "report this as a bug of `solc`",
            ),
            StepOutcome::Failed,
        )),
    }
}

/// What tells one request from another. Its values are not written down.
fn digest_of(request: &CreateChangeSet) -> String {
    // Every key is a text, so that this has no reason to fail; an empty one only costs another attempt.
    sha256(serde_json::to_string(request).unwrap_or_default().as_bytes())
}
