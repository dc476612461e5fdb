//! What is asked about stacks, checked as the service checks it before anything is done.
//!
//! Invariant: a refusal has AWS's words, since what reads them tells failures apart by them.

use super::error::{Answer, invalid, refused};
use super::model::{Content, Operation, Phase, StackRecord};
use super::template::{self, MAX_BODY, MAX_OBJECT};
use super::world::{World, internal, kind, running};
use super::{policy, template::Template};
use crate::backend::{ChangeSetType, DeleteStack, ExecutionStatus, StackStatus, TemplateSource, Values};
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What `CreateStack` and `UpdateStack` ask for: a change set's work in one step.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DirectRequest {
    /// The stack.
    pub stack: String,
    /// The template; updating, the one that the stack has where none is given.
    pub template: Option<TemplateSource>,
    /// Every parameter.
    pub parameters: Values,
    /// Every tag; updating, those that the stack has where none are given.
    pub tags: Values,
    /// `CAPABILITY_IAM` and the like.
    pub capabilities: Vec<String>,
    /// The role that the service assumes.
    pub role: Option<String>,
    /// `ClientRequestToken`.
    pub token: String,
    /// Whether what failed stays as it is.
    pub disable_rollback: bool,
    /// Whether a new stack may not be deleted.
    pub termination_protection: bool,
}

impl World<'_> {
    /// The id of a stack, or the refusal where there is none.
    pub(super) fn need(&self, stack: &str) -> Answer<String> {
        self.find(stack)?.ok_or_else(|| invalid(format!("Stack [{stack}] does not exist")))
    }

    /// The text of a template, within the limits.
    pub(super) fn template_text(&self, source: &TemplateSource) -> Answer<String> {
        match source {
            TemplateSource::Body(text) if text.len() > MAX_BODY => Err(invalid(format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {MAX_BODY}"
            ))),
            TemplateSource::Body(text) => Ok(text.clone()),
            TemplateSource::Url(url) => {
                let text: Option<String> = self.store.get(kind::OBJECT, &object_key(url))?;
                let text = text.ok_or_else(|| invalid("S3 error: The specified key does not exist."))?;
                if text.len() > MAX_OBJECT {
                    return Err(invalid(format!("Template may not exceed {MAX_OBJECT} bytes in size.")));
                }
                Ok(text)
            }
        }
    }

    /// A template that a request may use, with every parameter.
    pub(super) fn accept(
        &mut self,
        text: &str,
        given: &Values,
        capabilities: &[String],
    ) -> Answer<(Rc<Template>, Values)> {
        let read = template::read(text).map_err(invalid)?;
        let parameters = template::complete(&read, given).map_err(invalid)?;
        if let Some(needed) = template::capability(&read) {
            let has = |name: &str| capabilities.iter().any(|given| given == name);
            if !has(needed) && !has("CAPABILITY_NAMED_IAM") {
                return Err(refused(
                    "InsufficientCapabilitiesException",
                    format!("Requires capabilities : [{needed}]"),
                ));
            }
        }
        Ok((self.template(text)?, parameters))
    }

    /// A new stack that has no resources.
    pub(super) fn shell(&mut self, name: &str) -> Answer<StackRecord> {
        check_name("stackName", name)?;
        let unique = self.unique(&format!("stack/{name}"))?;
        let place = self.place();
        let id = format!("arn:aws:cloudformation:{}:{}:stack/{name}/{unique}", place.region, place.account);
        self.store.put(kind::NAME, name, None, &id)?;
        self.store.remember(kind::NAME, name, self.at, Some(&id))?;
        Ok(StackRecord {
            id,
            name: name.to_owned(),
            status: StackStatus::ReviewInProgress,
            reason: None,
            made: self.at,
            updated: None,
            created: None,
            deleted: None,
            content: Content::default(),
            stable: None,
            leftovers: Vec::new(),
            role: None,
            notification_arns: Vec::new(),
            rollback: crate::backend::RollbackConfiguration::default(),
            change_set: None,
            termination_protection: false,
            policy: None,
            operations: Vec::new(),
            running: None,
            drift: None,
            drifts: Vec::new(),
            generation: 0,
        })
    }

    /// Whether a change set of that kind can be made for, or executed on, a stack.
    pub(super) fn check_kind(&mut self, id: &str, kind: ChangeSetType, change_set: &str) -> Answer<()> {
        let stack = self.peek(id)?;
        match kind {
            ChangeSetType::Create if stack.status == StackStatus::ReviewInProgress => Ok(()),
            ChangeSetType::Create if stack.status.is_in_progress() => Err(busy(stack, "updated")),
            ChangeSetType::Create => Err(invalid(format!(
                "Stack [{}] already exists and cannot be created again with the changeSet [{change_set}].",
                stack.name
            ))),
            ChangeSetType::Update => match stack.status {
                StackStatus::CreateComplete
                | StackStatus::UpdateComplete
                | StackStatus::UpdateRollbackComplete
                | StackStatus::ImportComplete
                | StackStatus::ImportRollbackComplete
                | StackStatus::CreateFailed
                | StackStatus::UpdateFailed => Ok(()),
                StackStatus::DeleteComplete => Err(invalid(format!("Stack [{}] does not exist", stack.name))),
                StackStatus::ReviewInProgress
                | StackStatus::CreateInProgress
                | StackStatus::UpdateInProgress
                | StackStatus::UpdateCompleteCleanupInProgress
                | StackStatus::UpdateRollbackInProgress
                | StackStatus::UpdateRollbackCompleteCleanupInProgress
                | StackStatus::UpdateRollbackFailed
                | StackStatus::RollbackInProgress
                | StackStatus::RollbackComplete
                | StackStatus::RollbackFailed
                | StackStatus::DeleteInProgress
                | StackStatus::DeleteFailed
                | StackStatus::ImportInProgress
                | StackStatus::ImportRollbackInProgress
                | StackStatus::ImportRollbackFailed => Err(busy(stack, "updated")),
            },
            ChangeSetType::Import => {
                Err(invalid("You must specify ResourcesToImport for a change set of type IMPORT"))
            }
        }
    }

    /// The role that a stack's operations run with from now on, where one is given.
    pub(super) fn assume(&mut self, stack: &str, role: Option<&str>) -> Answer<()> {
        let Some(role) = role else { return Ok(()) };
        let id = self.need(stack)?;
        let mut stack = self.take(&id)?;
        stack.role = Some(role.to_owned());
        self.keep(stack)
    }

    pub(super) fn continue_rollback(
        &mut self,
        stack: &str,
        token: &str,
        skip: &[String],
        force: bool,
    ) -> Answer<()> {
        let id = self.need(stack)?;
        let mut stack = self.take(&id)?;
        if stack.status != StackStatus::UpdateRollbackFailed {
            let refusal =
                format!("Stack:{} is in {} state and can not be rolled back.", stack.id, stack.status);
            self.keep(stack)?;
            return Err(invalid(refusal));
        }
        if force && !skip.is_empty() {
            return Err(invalid("ResourcesToSkip and ForceRollback cannot be specified together"));
        }
        for name in skip {
            let failed = stack
                .content
                .resources
                .get(name)
                .is_some_and(|resource| resource.status == crate::backend::ResourceStatus::UpdateFailed);
            if !failed {
                return Err(invalid(format!(
                    "The following resource(s) to skip are not in UPDATE_FAILED state: [{name}]"
                )));
            }
        }
        let latency = &self.options.latency;
        let mut operation = Operation::new(Phase::UpdateRollback, Content::default(), token, latency);
        operation.skip = skip.iter().cloned().collect();
        operation.force = force;
        self.begin(&mut stack, operation, "CONTINUE_ROLLBACK", StackStatus::UpdateRollbackInProgress)?;
        self.keep(stack)
    }

    pub(super) fn rollback_stack(&mut self, stack: &str, token: &str) -> Answer<()> {
        let id = self.need(stack)?;
        let mut stack = self.take(&id)?;
        let latency = &self.options.latency;
        let operation = |phase| Operation::new(phase, Content::default(), token, latency);
        match stack.status {
            StackStatus::UpdateFailed if stack.stable.is_some() => {
                let operation = operation(Phase::UpdateRollback);
                self.begin(&mut stack, operation, "ROLLBACK", StackStatus::UpdateRollbackInProgress)?;
            }
            StackStatus::CreateFailed | StackStatus::UpdateFailed => {
                let operation = operation(Phase::Rollback);
                self.begin(&mut stack, operation, "ROLLBACK", StackStatus::RollbackInProgress)?;
            }
            _ => return Err(busy(&stack, "rolled back")),
        }
        self.keep(stack)
    }

    pub(super) fn cancel(&mut self, stack: &str, token: &str) -> Answer<()> {
        let id = self.need(stack)?;
        let mut stack = self.take(&id)?;
        if stack.status != StackStatus::UpdateInProgress {
            return Err(invalid(format!(
                "CancelUpdateStack cannot be called from current stack status {}",
                stack.status
            )));
        }
        let operation = running(&mut stack)?;
        operation.disable_rollback = false;
        if !token.is_empty() {
            operation.token = Some(token.to_owned());
        }
        self.stop(&mut stack, "User Initiated")?;
        self.keep(stack)
    }

    pub(super) fn delete(&mut self, request: &DeleteStack) -> Answer<()> {
        // The service answers alike where the stack was deleted before.
        let Some(id) = self.find(&request.stack)? else { return Ok(()) };
        let mut stack = self.take(&id)?;
        if stack.status == StackStatus::DeleteComplete || stack.status == StackStatus::DeleteInProgress {
            return self.keep(stack);
        }
        if stack.termination_protection {
            return Err(invalid(format!(
                "Stack [{}] cannot be deleted while TerminationProtection is enabled",
                stack.name
            )));
        }
        if stack.status.is_in_progress() && stack.status != StackStatus::CreateInProgress {
            return Err(invalid(format!(
                "Stack [{}] cannot be deleted while in status {}",
                stack.id, stack.status
            )));
        }
        if (!request.retain.is_empty() || request.force) && stack.status != StackStatus::DeleteFailed {
            return Err(invalid(format!(
                "Invalid operation on stack [{}]. When you delete a stack, specify which resources to retain, or force, only when the stack is in the DELETE_FAILED state.",
                stack.id
            )));
        }
        if let Some(role) = &request.role {
            stack.role = Some(role.clone());
        }
        if stack.status == StackStatus::CreateInProgress {
            self.cancel_running(&mut stack)?;
        }
        let latency = &self.options.latency;
        let mut operation = Operation::new(Phase::Delete, Content::default(), &request.token, latency);
        operation.skip = request.retain.iter().cloned().collect();
        operation.force = request.force;
        self.begin(&mut stack, operation, "DELETE_STACK", StackStatus::DeleteInProgress)?;
        self.keep(stack)
    }

    pub(super) fn set_policy(&mut self, stack: &str, text: &str) -> Answer<()> {
        policy::check(text).map_err(invalid)?;
        let id = self.need(stack)?;
        let mut stack = self.take(&id)?;
        stack.policy = Some(text.to_owned());
        self.keep(stack)
    }

    pub(super) fn protect(&mut self, stack: &str, enabled: bool) -> Answer<()> {
        let id = self.need(stack)?;
        let mut stack = self.take(&id)?;
        if stack.status == StackStatus::DeleteComplete {
            return Err(invalid(format!("Stack [{}] does not exist", stack.id)));
        }
        stack.termination_protection = enabled;
        self.keep(stack)
    }

    /// `CreateStack`: what a change set does, in one step.
    pub(super) fn create_stack(&mut self, request: &DirectRequest) -> Answer<String> {
        let text = request
            .template
            .as_ref()
            .ok_or_else(|| invalid("Either Template URL or Template Body must be specified."))?;
        let text = self.template_text(text)?;
        let (_, parameters) = self.accept(&text, &request.parameters, &request.capabilities)?;
        if self.find(&request.stack)?.is_some() {
            return Err(refused(
                "AlreadyExistsException",
                format!("Stack [{}] already exists", request.stack),
            ));
        }
        let mut stack = self.shell(&request.stack)?;
        stack.role.clone_from(&request.role);
        stack.termination_protection = request.termination_protection;
        let id = stack.id.clone();
        let goal = Content { template: text, parameters, tags: request.tags.clone(), ..Content::default() };
        let mut operation = Operation::new(Phase::Create, goal, &request.token, &self.options.latency);
        operation.disable_rollback = request.disable_rollback;
        self.begin(&mut stack, operation, "CREATE_STACK", StackStatus::CreateInProgress)?;
        self.keep(stack)?;
        Ok(id)
    }

    /// `UpdateStack`: what a change set does, in one step.
    pub(super) fn update_stack(&mut self, request: &DirectRequest) -> Answer<String> {
        let id = self.need(&request.stack)?;
        self.check_kind(&id, ChangeSetType::Update, "")?;
        let text = match &request.template {
            Some(source) => self.template_text(source)?,
            None => self.peek(&id)?.content.template.clone(),
        };
        let (_, parameters) = self.accept(&text, &request.parameters, &request.capabilities)?;
        let stack = self.peek(&id)?.clone();
        let tags = if request.tags.is_empty() { stack.content.tags.clone() } else { request.tags.clone() };
        let set = super::change_set::blank(&stack, &text, &parameters, &tags);
        let foreseen = self.foresee(&stack, &set)?.map_err(invalid)?;
        if foreseen.changes.is_empty() && !foreseen.other {
            return Err(invalid("No updates are to be performed."));
        }
        let mut stack = self.take(&id)?;
        let goal = Content { template: text, parameters, tags, ..Content::default() };
        let mut operation = Operation::new(Phase::Update, goal, &request.token, &self.options.latency);
        operation.disable_rollback = request.disable_rollback;
        for mut other in self.change_sets(&id)? {
            other.execution = ExecutionStatus::Obsolete;
            self.put_change_set(&other)?;
        }
        self.begin(&mut stack, operation, "UPDATE_STACK", StackStatus::UpdateInProgress)?;
        self.keep(stack)?;
        Ok(id)
    }

    /// Keeps a request under its token, or says what the same token was answered before.
    ///
    /// `fields` are the request's, so that a refusal can name the one that differs.
    pub(super) fn token(
        &self,
        operation: &str,
        token: &str,
        fields: &BTreeMap<String, String>,
    ) -> Answer<Option<serde_json::Value>> {
        let known: Option<(String, BTreeMap<String, String>, serde_json::Value)> =
            if token.is_empty() { None } else { self.store.get("token", token)? };
        let Some((used, before, answer)) = known else { return Ok(None) };
        if used == operation && before == *fields {
            return match self.options.repeated_token {
                super::options::RepeatedToken::SameAnswer => Ok(Some(answer)),
                super::options::RepeatedToken::AlreadyExists => Err(refused(
                    "AlreadyExistsException",
                    format!("{operation} with the token {token} was already requested"),
                )),
            };
        }
        let differs = fields.iter().find(|(name, value)| before.get(*name) != Some(value));
        if let (true, Some((attribute, _)), Some(name)) =
            (used == operation && operation == "CreateChangeSet", differs, before.get("name"))
        {
            return Err(refused(
                "AlreadyExistsException",
                format!(
                    "ChangeSet {name} cannot be created due to a mismatch with existing attribute {attribute}"
                ),
            ));
        }
        Err(refused(
            "TokenAlreadyExistsException",
            format!("Token {token} was already used for another request of {used}"),
        ))
    }
}

/// What a stack that is not in the right state is answered.
pub(super) fn busy(stack: &StackRecord, what: &str) -> super::error::Error {
    invalid(format!("Stack:{} is in {} state and can not be {what}.", stack.id, stack.status))
}

/// What an object is kept under: its bucket and key, whichever of S3's forms the address has.
pub(super) fn object_key(address: &str) -> String {
    let Some((_, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    match host.split_once(".s3.") {
        Some((bucket, _)) => format!("{bucket}/{path}"),
        None => path.to_owned(),
    }
}

/// The address of a template in the bucket of an account.
pub(super) fn template_url(options: &super::options::Options, key: &str) -> String {
    format!(
        "https://solc-templates-{}-{}.s3.{}.amazonaws.com/solc/templates/{key}",
        options.account, options.region, options.region
    )
}

/// Checks the name of a stack or a change set.
pub(super) fn check_name(what: &str, name: &str) -> Answer<()> {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    if starts && name.len() <= 128 && letters.all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at '{what}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
    )))
}

/// The fields of a request, by name; long ones by their hash.
pub(super) fn fields(request: &impl Serialize) -> Answer<BTreeMap<String, String>> {
    let value = serde_json::to_value(request).map_err(|error| internal(&error.to_string()))?;
    Ok(value
        .as_object()
        .map(|map| {
            map.iter()
                .map(|(name, value)| {
                    let text = value.to_string();
                    let text = if text.len() > 200 {
                        solc_cmdb::sha256(text.as_bytes())
                    } else {
                        template::scalar(value)
                    };
                    (name.clone(), text)
                })
                .collect()
        })
        .unwrap_or_default())
}
