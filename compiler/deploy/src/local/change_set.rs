//! Change sets: made in their own time, executed once, void for whatever state they were not made for.
//!
//! Invariant: at most one change set of a stack is executed at a time; when it starts, all others are obsolete.

use super::error::{Answer, Error, invalid, refused};
use super::model::{ChangeSetRecord, Content, Operation, Phase, StackRecord};
use super::operation::later;
use super::request::check_name;
use super::world::{World, kind};
use crate::backend::{
    ChangeSet, ChangeSetIds, ChangeSetStatus, ChangeSetType, CreateChangeSet, ExecuteChangeSet,
    ExecutionStatus, Replacement, StackStatus, ValidationEvent, Values,
};
use std::collections::BTreeMap;

/// What the service says where nothing changes.
const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

fn key(stack: &str, name: &str) -> String {
    format!("{stack}\n{name}")
}

/// The name within the ARN of a change set, or the name itself.
fn name_of(change_set: &str) -> &str {
    if change_set.starts_with("arn:") {
        change_set.rsplit('/').nth(1).unwrap_or(change_set)
    } else {
        change_set
    }
}

/// A change set for a direct update: it is compared, and never kept.
pub(super) fn blank(
    stack: &StackRecord,
    template: &str,
    parameters: &Values,
    tags: &Values,
) -> ChangeSetRecord {
    ChangeSetRecord {
        id: String::new(),
        name: String::new(),
        stack: stack.id.clone(),
        kind: ChangeSetType::Update,
        status: ChangeSetStatus::CreatePending,
        reason: None,
        execution: ExecutionStatus::Unavailable,
        changes: Vec::new(),
        validations: Vec::new(),
        template: template.to_owned(),
        parameters: parameters.clone(),
        tags: tags.clone(),
        role: None,
        notification_arns: stack.notification_arns.clone(),
        rollback: stack.rollback.clone(),
        description: String::new(),
        import_existing: false,
        revert_drift: false,
        made: stack.made,
        due: None,
        latency: 0,
    }
}

impl World<'_> {
    /// The change sets of a stack, in the order of their names.
    pub(super) fn change_sets(&self, stack: &str) -> Answer<Vec<ChangeSetRecord>> {
        let found: Vec<(String, ChangeSetRecord)> = self.store.prefixed(kind::CHANGE_SET, &key(stack, ""))?;
        Ok(found.into_iter().map(|(_, set)| set).collect())
    }

    pub(super) fn put_change_set(&self, set: &ChangeSetRecord) -> Answer<()> {
        let key = key(&set.stack, &set.name);
        self.store.remember(kind::CHANGE_SET, &key, self.at, Some(set))?;
        Ok(self.store.put(kind::CHANGE_SET, &key, set.due, set)?)
    }

    pub(super) fn drop_change_set(&self, set: &ChangeSetRecord) -> Answer<()> {
        let key = key(&set.stack, &set.name);
        self.store.remember(kind::CHANGE_SET, &key, self.at, None::<&ChangeSetRecord>)?;
        Ok(self.store.delete(kind::CHANGE_SET, &key)?)
    }

    /// A change set by its name or ARN.
    pub(super) fn change_set(&self, stack: &str, change_set: &str) -> Answer<ChangeSetRecord> {
        let found: Option<ChangeSetRecord> =
            self.store.get(kind::CHANGE_SET, &key(stack, name_of(change_set)))?;
        found.filter(|set| set.is(change_set)).ok_or_else(|| missing(change_set))
    }

    /// A change set as reads see it that are behind.
    pub(super) fn past_change_set(&self, stack: &str, change_set: &str) -> Answer<ChangeSetRecord> {
        if self.options.read_lag.is_zero() {
            return self.change_set(stack, change_set);
        }
        let found: Option<ChangeSetRecord> =
            self.store.version(kind::CHANGE_SET, &key(stack, name_of(change_set)), self.past())?;
        found.filter(|set| set.is(change_set)).ok_or_else(|| missing(change_set))
    }

    pub(super) fn create_change_set(&mut self, request: &CreateChangeSet) -> Answer<ChangeSetIds> {
        check_name("changeSetName", &request.name)?;
        if request.rollback.alarms.len() > 5 || request.rollback.monitoring_minutes > 180 {
            return Err(invalid("RollbackConfiguration: at most 5 triggers and 180 minutes of monitoring"));
        }
        let text = self.template_text(&request.template)?;
        let (_, parameters) = self.accept(&text, &request.parameters, &request.capabilities)?;
        let stack = match self.find(&request.stack)? {
            Some(id) => {
                self.check_kind(&id, request.kind, &request.name)?;
                self.take(&id)?
            }
            None if request.kind == ChangeSetType::Create => {
                let mut stack = self.shell(&request.stack)?;
                self.set_status(&mut stack, StackStatus::ReviewInProgress, Some("User Initiated"))?;
                stack
            }
            None => return Err(invalid(format!("Stack [{}] does not exist", request.stack))),
        };
        let others = self.change_sets(&stack.id)?;
        if others.len() >= self.options.change_set_limit {
            return Err(refused(
                "LimitExceededException",
                format!("ChangeSet limit exceeded for stack {}", stack.name),
            ));
        }
        if others.iter().any(|other| other.name == request.name) {
            return Err(refused(
                "AlreadyExistsException",
                format!("ChangeSet {} already exists for stack {}", request.name, stack.name),
            ));
        }
        let unique = self.unique(&format!("change-set/{}/{}", stack.id, request.name))?;
        let place = self.place();
        let id = format!(
            "arn:aws:cloudformation:{}:{}:changeSet/{}/{unique}",
            place.region, place.account, request.name
        );
        let latency = self.options.latency.request;
        let set = ChangeSetRecord {
            id: id.clone(),
            name: request.name.clone(),
            kind: request.kind,
            role: request.role.clone(),
            notification_arns: request.notification_arns.clone(),
            rollback: request.rollback.clone(),
            description: request.description.clone(),
            import_existing: request.import_existing,
            revert_drift: request.revert_drift,
            made: self.at,
            due: Some(later(self.at, latency / 2)),
            latency,
            ..blank(&stack, &text, &parameters, &request.tags)
        };
        self.put_change_set(&set)?;
        let ids = ChangeSetIds { stack: stack.id.clone(), change_set: id };
        self.keep(stack)?;
        Ok(ids)
    }

    /// The making of a change set goes on.
    pub(super) fn step_change_set(&mut self, key: &str) -> Answer<()> {
        let Some(mut set) = self.store.get::<ChangeSetRecord>(kind::CHANGE_SET, key)? else { return Ok(()) };
        if set.status == ChangeSetStatus::CreatePending {
            set.status = ChangeSetStatus::CreateInProgress;
            set.due = Some(later(self.at, set.latency - set.latency / 2));
            return self.put_change_set(&set);
        }
        set.due = None;
        let stack = self.peek(&set.stack.clone())?.clone();
        match self.foresee(&stack, &set)? {
            Err(message) => {
                set.status = ChangeSetStatus::Failed;
                set.reason = Some(message);
            }
            Ok(foreseen) if self.options.early_validation && !foreseen.conflicts.is_empty() => {
                set.status = ChangeSetStatus::Failed;
                set.reason = Some("The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.".to_owned());
                set.validations = foreseen
                    .conflicts
                    .iter()
                    .map(|(logical_id, resource_type, name)| ValidationEvent {
                        name: "NAME_CONFLICT_VALIDATION".to_owned(),
                        logical_id: logical_id.clone(),
                        path: Some(format!("/Resources/{logical_id}")),
                        failure_mode: "FAIL".to_owned(),
                        reason: format!(
                            "Resource of type '{resource_type}' with identifier '{name}' already exists."
                        ),
                    })
                    .collect();
            }
            Ok(foreseen) if foreseen.changes.is_empty() && !foreseen.other => {
                set.status = ChangeSetStatus::Failed;
                set.reason = Some(NO_CHANGES.to_owned());
            }
            Ok(foreseen) => {
                set.status = ChangeSetStatus::CreateComplete;
                if set.execution == ExecutionStatus::Unavailable {
                    set.execution = ExecutionStatus::Available;
                }
                set.changes = foreseen.changes;
            }
        }
        self.put_change_set(&set)
    }

    pub(super) fn execute(&mut self, request: &ExecuteChangeSet) -> Answer<()> {
        let id = self.need(&request.stack)?;
        let mut set = self.change_set(&id, &request.change_set)?;
        if set.status != ChangeSetStatus::CreateComplete || set.execution != ExecutionStatus::Available {
            let standing = if set.status == ChangeSetStatus::CreateComplete {
                format!("execution status of [{}]", set.execution)
            } else {
                format!("status of [{}]", set.status)
            };
            return Err(refused(
                "InvalidChangeSetStatus",
                format!("ChangeSet [{}] cannot be executed in its current {standing}", set.id),
            ));
        }
        self.check_kind(&id, set.kind, &set.name)?;
        for mut other in self.change_sets(&id)? {
            if other.id != set.id {
                other.execution = ExecutionStatus::Obsolete;
                self.put_change_set(&other)?;
            }
        }
        set.execution = ExecutionStatus::ExecuteInProgress;
        self.put_change_set(&set)?;
        let mut stack = self.take(&id)?;
        stack.change_set = Some(set.id.clone());
        stack.role.clone_from(&set.role);
        stack.notification_arns.clone_from(&set.notification_arns);
        stack.rollback = set.rollback.clone();
        let goal = Content {
            template: set.template,
            parameters: set.parameters,
            tags: set.tags,
            ..Content::default()
        };
        let (phase, what, status) = match set.kind {
            ChangeSetType::Create => (Phase::Create, "CREATE_STACK", StackStatus::CreateInProgress),
            ChangeSetType::Update | ChangeSetType::Import => {
                (Phase::Update, "UPDATE_STACK", StackStatus::UpdateInProgress)
            }
        };
        let mut operation = Operation::new(phase, goal, &request.token, &self.options.latency);
        operation.change_set = Some(set.name);
        operation.disable_rollback = request.disable_rollback;
        operation.retain_except_on_create = request.retain_except_on_create;
        operation.revert_drift = set.revert_drift;
        operation.import_existing = set.import_existing;
        self.begin(&mut stack, operation, what, status)?;
        self.keep(stack)
    }

    /// How the execution of the change set ended that a stack runs.
    pub(super) fn record_execution(&mut self, stack: &StackRecord, execution: ExecutionStatus) -> Answer<()> {
        let Some(name) = stack.running.as_ref().and_then(|running| running.change_set.clone()) else {
            return Ok(());
        };
        let Some(mut set) = self.store.get::<ChangeSetRecord>(kind::CHANGE_SET, &key(&stack.id, &name))?
        else {
            return Ok(());
        };
        set.execution = execution;
        self.put_change_set(&set)
    }

    pub(super) fn delete_change_set(&mut self, stack: &str, change_set: &str) -> Answer<()> {
        let id = self.need(stack)?;
        let set = match self.change_set(&id, change_set) {
            Ok(set) => set,
            // The service answers alike where it was deleted before.
            Err(Error::Refused { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let standing = match (set.status, set.execution) {
            (ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress, _) => set.status.as_str(),
            (_, ExecutionStatus::ExecuteInProgress) => set.execution.as_str(),
            _ => return self.drop_change_set(&set),
        };
        Err(refused(
            "InvalidChangeSetStatus",
            format!("ChangeSet [{}] is currently in the {standing} state and cannot be deleted", set.id),
        ))
    }
}

fn missing(change_set: &str) -> Error {
    Error::Refused {
        status: 404,
        code: "ChangeSetNotFound".to_owned(),
        message: format!("ChangeSet [{change_set}] does not exist"),
    }
}

impl ChangeSetRecord {
    fn is(&self, change_set: &str) -> bool {
        !change_set.starts_with("arn:") || self.id == change_set
    }

    /// As the service describes it.
    pub(super) fn describe(&self, hidden: &[String], property_values: bool, lossy: bool) -> ChangeSet {
        let mut changes = self.changes.clone();
        let mut reason = self.reason.clone();
        if property_values && lossy {
            let before = changes.len();
            changes.retain(|change| {
                !matches!(change.replacement, Some(Replacement::True | Replacement::Conditional))
            });
            if changes.len() < before {
                reason = Some("[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation failed for resource [] because: Template error: the value is not known yet".to_owned());
            }
        }
        if !property_values {
            for detail in changes.iter_mut().flat_map(|change| &mut change.details) {
                detail.before = None;
                detail.after = None;
                detail.path = None;
            }
        }
        ChangeSet {
            id: self.id.clone(),
            name: self.name.clone(),
            stack: self.stack.clone(),
            status: self.status,
            status_reason: reason,
            execution_status: self.execution,
            changes,
            parameters: masked(&self.parameters, hidden),
        }
    }
}

/// Parameters as they are shown.
pub(super) fn masked(parameters: &Values, hidden: &[String]) -> BTreeMap<String, String> {
    let show = |(name, value): (&String, &String)| {
        let value = if hidden.contains(name) { "****".to_owned() } else { value.clone() };
        (name.clone(), value)
    };
    parameters.iter().map(show).collect()
}
