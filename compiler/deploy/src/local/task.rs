//! One resource within an operation: what is to be done is decided when everything it needs is done, and takes its time.
//!
//! Invariant: a resource exists from the start of its creation, so that its name is taken and a cancelled creation is
//! cleaned up; its stack knows new properties only when an update has ended.

use super::difference::{self, Recreation};
use super::error::Answer;
use super::model::{Leftover, Live, Phase, Policy, Resource, StackRecord, Task, TaskState, Work};
use super::operation::later;
use super::options::FaultPoint;
use super::template::Declared;
use super::world::{Values, World, internal, kind, running};
use super::{cloud, intrinsic, policy};
use crate::backend::ResourceStatus as Status;
use serde_json::{Value, json};
use solc_cmdb::sha256;

impl World<'_> {
    /// Starts a task.
    pub(super) fn start(&mut self, stack: &mut StackRecord, key: &str) -> Answer<()> {
        let state = match running(stack)?.phase {
            Phase::Create | Phase::Update => self.start_forward(stack, key)?,
            Phase::UpdateRollback => self.start_restore(stack, key)?,
            Phase::Cleanup | Phase::Rollback | Phase::RollbackCleanup | Phase::Delete => {
                self.start_deletion(stack, key)?
            }
            Phase::Monitor { create: _ } => TaskState::Done,
        };
        set(stack, key, state)
    }

    fn run(&self, stack: &mut StackRecord, resource_type: &str, work: Work) -> Answer<TaskState> {
        let until = later(self.at, running(stack)?.latency.of(resource_type));
        Ok(TaskState::Running { until, work })
    }

    fn start_forward(&mut self, stack: &mut StackRecord, name: &str) -> Answer<TaskState> {
        let goal = running(stack)?.goal.clone();
        let template = self.template(&goal.template)?;
        let declared = template.resources.get(name).ok_or_else(|| internal("a task without a resource"))?;
        let values = Values {
            place: self.place(),
            stack: (&stack.id, &stack.name),
            notification_arns: &stack.notification_arns,
            template: &template,
            content: &stack.content,
            parameters: &goal.parameters,
        };
        let resolved = intrinsic::resolve(&declared.properties, &values);
        let current = stack.content.resources.get(name).cloned();
        let is_there = |r: &Resource| r.physical_id.is_some() && r.status != Status::CreateFailed;
        let properties = match resolved {
            Ok(properties) => properties.unwrap_or_else(|| json!({})),
            Err(reason) => {
                let resource = current.unwrap_or_else(|| blank(declared));
                stack.content.resources.insert(name.to_owned(), resource);
                return self.run(stack, &declared.resource_type, Work::Fail { reason });
            }
        };
        match current {
            Some(current) if is_there(&current) => {
                self.start_change(stack, name, declared, current, properties)
            }
            other => {
                // What a cancelled creation left is in the way of itself.
                if let Some(Resource { physical_id: Some(id), resource_type, .. }) = &other {
                    self.remove_live(resource_type, id)?;
                }
                self.start_creation(stack, name, declared, properties)
            }
        }
    }

    fn start_creation(
        &mut self,
        stack: &mut StackRecord,
        name: &str,
        declared: &Declared,
        properties: Value,
    ) -> Answer<TaskState> {
        let mut next = self.made(stack, name, declared, properties);
        let custom = cloud::custom_name(&next.resource_type, &next.properties);
        let taken = match &custom {
            Some(custom) => self.named(&next.resource_type, custom)?,
            None => None,
        };
        next.status = Status::CreateInProgress;
        let mut unborn = next.clone();
        unborn.physical_id = None;
        if let Some(live) = taken {
            if running(stack)?.import_existing && live.stack.is_none() {
                next.physical_id = Some(live.physical_id.clone());
                next.seed.clone_from(&live.seed);
                next.imported = true;
                next.status = Status::ImportInProgress;
                self.emit(stack, name, &next, Status::ImportInProgress, Some("Resource import started."))?;
                self.put_live(&Live { stack: Some(stack.id.clone()), ..live })?;
                stack.content.resources.insert(name.to_owned(), next.clone());
                return self.run(stack, &declared.resource_type, Work::Import { next: Box::new(next) });
            }
            let reason = already_exists(&next.resource_type, custom.as_deref().unwrap_or_default());
            self.emit(stack, name, &unborn, Status::CreateInProgress, None)?;
            stack.content.resources.insert(name.to_owned(), unborn);
            return self.run(stack, &declared.resource_type, Work::Fail { reason });
        }
        self.emit(stack, name, &unborn, Status::CreateInProgress, None)?;
        if let Some(reason) = self.fault(stack, name, FaultPoint::Create)? {
            stack.content.resources.insert(name.to_owned(), unborn);
            return self.run(stack, &declared.resource_type, Work::Fail { reason });
        }
        self.emit(stack, name, &next, Status::CreateInProgress, Some("Resource creation Initiated"))?;
        self.bear(stack, &next)?;
        stack.content.resources.insert(name.to_owned(), next.clone());
        self.run(stack, &declared.resource_type, Work::Create { next: Box::new(next) })
    }

    fn start_change(
        &mut self,
        stack: &mut StackRecord,
        name: &str,
        declared: &Declared,
        current: Resource,
        properties: Value,
    ) -> Answer<TaskState> {
        let physical = current.physical_id.clone().unwrap_or_default();
        let live = self.live(&current.resource_type, &physical)?;
        let reverts = running(stack)?.revert_drift;
        if live.is_none() && reverts {
            return self.start_creation(stack, name, declared, properties);
        }
        let base = live.as_ref().filter(|_| reverts).map_or(&current.properties, |live| &live.properties);
        let found = difference::differences(&current.resource_type, base, &properties);
        let mut next = Resource {
            deletion_policy: declared.deletion_policy,
            replace_policy: declared.replace_policy,
            needs: declared.needs.clone(),
            ..current.clone()
        };
        if found.is_empty() && current.status != Status::UpdateFailed {
            stack.content.resources.insert(name.to_owned(), next);
            return Ok(TaskState::Done);
        }
        let replaces = match difference::recreation(&found) {
            Recreation::Always => true,
            Recreation::Conditionally => self.options.conditional_replaces,
            Recreation::Never => false,
        };
        let update = if replaces { policy::Update::Replace } else { policy::Update::Modify };
        let denied = policy::denied(stack.policy.as_deref(), update, name, &current.resource_type);
        let custom = cloud::custom_name(&current.resource_type, &properties);
        let clash = replaces
            && custom.is_some()
            && custom == cloud::custom_name(&current.resource_type, &current.properties);
        let why = replaces.then_some(
            "Requested update requires the creation of a new physical resource; hence creating one.",
        );
        let failure = if let Some(reason) = denied {
            Some(reason)
        } else if clash {
            Some(format!(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {} and update the stack again.",
                custom.unwrap_or_default()
            ))
        } else if live.is_none() {
            Some(not_found(&current.resource_type, &physical))
        } else {
            None
        };
        self.emit(stack, name, &current, Status::UpdateInProgress, why)?;
        let failure = match failure {
            Some(reason) => Some(reason),
            None => self.fault(stack, name, FaultPoint::Update)?,
        };
        if let Some(reason) = failure {
            let failing = Resource { status: Status::UpdateInProgress, reason: None, ..current };
            stack.content.resources.insert(name.to_owned(), failing);
            return self.run(stack, &declared.resource_type, Work::Fail { reason });
        }
        if replaces {
            let born =
                Resource { status: Status::UpdateInProgress, ..self.made(stack, name, declared, properties) };
            if let Some(custom) = cloud::custom_name(&born.resource_type, &born.properties)
                && self.named(&born.resource_type, &custom)?.is_some()
            {
                let reason = already_exists(&born.resource_type, &custom);
                return self.run(stack, &declared.resource_type, Work::Fail { reason });
            }
            self.emit(stack, name, &born, Status::UpdateInProgress, Some("Resource creation Initiated"))?;
            self.bear(stack, &born)?;
            self.mark(stack, name, Status::UpdateInProgress, None);
            return self.run(stack, &declared.resource_type, Work::Replace { next: Box::new(born) });
        }
        next.properties = properties;
        self.mark(stack, name, Status::UpdateInProgress, None);
        self.run(stack, &declared.resource_type, Work::Update { next: Box::new(next) })
    }

    /// A resource as it will be, with an id of its own.
    fn made(&self, stack: &mut StackRecord, name: &str, declared: &Declared, properties: Value) -> Resource {
        stack.generation += 1;
        let seed = sha256(format!("{}/{name}/{}", stack.id, stack.generation).as_bytes());
        let physical_id = cloud::physical_id(
            self.place(),
            &declared.resource_type,
            (&stack.name, name),
            &seed,
            &properties,
        );
        Resource { physical_id: Some(physical_id), seed, properties, ..blank(declared) }
    }

    /// Brings a resource to life.
    fn bear(&self, stack: &StackRecord, resource: &Resource) -> Answer<()> {
        self.put_live(&Live {
            resource_type: resource.resource_type.clone(),
            physical_id: resource.physical_id.clone().unwrap_or_default(),
            seed: resource.seed.clone(),
            properties: resource.properties.clone(),
            name: cloud::custom_name(&resource.resource_type, &resource.properties),
            stack: Some(stack.id.clone()),
        })
    }

    fn mark(&self, stack: &mut StackRecord, name: &str, status: Status, reason: Option<&str>) {
        if let Some(resource) = stack.content.resources.get_mut(name) {
            resource.status = status;
            resource.reason = reason.map(str::to_owned);
        }
    }

    fn start_restore(&mut self, stack: &mut StackRecord, name: &str) -> Answer<TaskState> {
        let wanted = stack
            .stable
            .as_ref()
            .and_then(|stable| stable.resources.get(name))
            .cloned()
            .ok_or_else(|| internal("a task without a resource"))?;
        let current = stack.content.resources.get(name).cloned();
        let same = current.as_ref().is_some_and(|current| {
            current.physical_id == wanted.physical_id
                && current.properties == wanted.properties
                && current.status != Status::UpdateFailed
        });
        if same {
            stack.content.resources.insert(name.to_owned(), wanted);
            return Ok(TaskState::Done);
        }
        if running(stack)?.skip.contains(name) {
            let skipped = Resource { status: Status::UpdateComplete, reason: None, ..wanted };
            self.emit(
                stack,
                name,
                &skipped,
                Status::UpdateComplete,
                Some("Resource skipped during rollback"),
            )?;
            stack.content.resources.insert(name.to_owned(), skipped);
            return Ok(TaskState::Done);
        }
        self.emit(stack, name, &wanted, Status::UpdateInProgress, None)?;
        self.mark(stack, name, Status::UpdateInProgress, None);
        let resource_type = wanted.resource_type.clone();
        let physical = wanted.physical_id.clone().unwrap_or_default();
        let failure = match self.live(&resource_type, &physical)? {
            None => Some(not_found(&resource_type, &physical)),
            Some(_) => self.fault(stack, name, FaultPoint::Rollback)?,
        };
        match failure {
            Some(_) if running(stack)?.force => {}
            Some(reason) => return self.run(stack, &resource_type, Work::Fail { reason }),
            None => {}
        }
        self.run(stack, &resource_type, Work::Update { next: Box::new(wanted) })
    }

    fn start_deletion(&mut self, stack: &mut StackRecord, key: &str) -> Answer<TaskState> {
        let Some(leftover) = stack.leftovers.iter().find(|leftover| leftover.key() == key).cloned() else {
            return Ok(TaskState::Done);
        };
        let (name, resource) = (&leftover.logical_id, &leftover.resource);
        let resource_type = resource.resource_type.clone();
        if leftover.policy == Policy::Retain {
            self.leave(stack, &leftover, None)?;
            return Ok(TaskState::Done);
        }
        let phase = running(stack)?.phase;
        let fails = self.fault(stack, name, FaultPoint::Delete)?;
        if let Some(reason) = fails.clone().filter(|_| running(stack).is_ok_and(|r| r.force)) {
            self.leave(stack, &leftover, Some(&reason))?;
            return Ok(TaskState::Done);
        }
        self.emit(stack, name, resource, Status::DeleteInProgress, None)?;
        if matches!(phase, Phase::Delete | Phase::Rollback) {
            self.mark(stack, name, Status::DeleteInProgress, None);
        }
        match fails {
            Some(reason) => self.run(stack, &resource_type, Work::Fail { reason }),
            None => self.run(stack, &resource_type, Work::Delete { leftover: Box::new(leftover) }),
        }
    }

    /// Leaves a resource behind: it lives on, and no stack owns it.
    fn leave(&mut self, stack: &mut StackRecord, leftover: &Leftover, reason: Option<&str>) -> Answer<()> {
        let resource = &leftover.resource;
        self.emit(stack, &leftover.logical_id, resource, Status::DeleteSkipped, reason)?;
        let id = resource.physical_id.as_deref().unwrap_or_default();
        if let Some(live) = self.live(&resource.resource_type, id)? {
            self.put_live(&Live { stack: None, ..live })?;
        }
        gone(stack, leftover);
        Ok(())
    }

    /// Ends a task whose time is over.
    pub(super) fn finish(&mut self, stack: &mut StackRecord, key: &str) -> Answer<()> {
        // An earlier one of the same instant may have cancelled this one.
        let Some(Task { logical_id: name, state: TaskState::Running { until: _, work }, .. }) =
            running(stack)?.tasks.get(key).cloned()
        else {
            return Ok(());
        };
        set(stack, key, TaskState::Done)?;
        match work {
            Work::Create { next } => self.complete(stack, &name, *next, Status::CreateComplete),
            Work::Import { next } => self.complete(stack, &name, *next, Status::ImportComplete),
            Work::Update { next } => {
                let physical = next.physical_id.clone().unwrap_or_default();
                if let Some(live) = self.live(&next.resource_type, &physical)? {
                    self.put_live(&Live { properties: next.properties.clone(), ..live })?;
                }
                // Back to what was replaced: the replacement is left.
                let before = stack.content.resources.get(&name).cloned();
                if let Some(before) = before.filter(|before| before.physical_id != next.physical_id) {
                    stack.leftovers.retain(|leftover| leftover.resource.physical_id != next.physical_id);
                    let policy = Policy::Delete;
                    stack.leftovers.push(Leftover {
                        logical_id: name.clone(),
                        resource: before,
                        policy,
                        replaced: true,
                    });
                }
                self.complete(stack, &name, *next, Status::UpdateComplete)
            }
            Work::Replace { next } => {
                if let Some(before) = stack.content.resources.get(&name).cloned() {
                    let policy = next.replace_policy;
                    stack.leftovers.push(Leftover {
                        logical_id: name.clone(),
                        resource: before,
                        policy,
                        replaced: true,
                    });
                }
                self.complete(stack, &name, *next, Status::UpdateComplete)
            }
            Work::Delete { leftover } => {
                let resource = &leftover.resource;
                let id = resource.physical_id.clone().unwrap_or_default();
                if leftover.policy == Policy::Snapshot {
                    let key = format!("{}|{id}|{}", resource.resource_type, self.at.0);
                    self.store.put(kind::SNAPSHOT, &key, None, resource)?;
                }
                self.remove_live(&resource.resource_type, &id)?;
                self.emit(stack, &name, resource, Status::DeleteComplete, None)?;
                gone(stack, &leftover);
                Ok(())
            }
            Work::Fail { reason } => self.fail_task(stack, key, &name, &reason),
        }
    }

    fn complete(
        &mut self,
        stack: &mut StackRecord,
        name: &str,
        next: Resource,
        status: Status,
    ) -> Answer<()> {
        let resource = Resource { status, reason: None, ..next };
        self.emit(stack, name, &resource, status, None)?;
        stack.content.resources.insert(name.to_owned(), resource);
        Ok(())
    }

    fn fail_task(&mut self, stack: &mut StackRecord, key: &str, name: &str, reason: &str) -> Answer<()> {
        set(stack, key, TaskState::Failed)?;
        let operation = running(stack)?;
        operation.failed.push(name.to_owned());
        let (phase, stays) = (operation.phase, operation.disable_rollback);
        match phase {
            Phase::Create | Phase::Update | Phase::UpdateRollback => {
                let current = stack.content.resources.get(name).cloned();
                let Some(current) = current else { return Ok(()) };
                let status = match current.status {
                    Status::CreateInProgress => Status::CreateFailed,
                    _ => Status::UpdateFailed,
                };
                self.emit(stack, name, &current, status, Some(reason))?;
                self.mark(stack, name, status, Some(reason));
                if phase != Phase::UpdateRollback && !stays {
                    self.cancel_running(stack)?;
                }
                Ok(())
            }
            Phase::Delete | Phase::Rollback | Phase::Cleanup | Phase::RollbackCleanup => {
                let found = stack.leftovers.iter().find(|leftover| leftover.key() == key).cloned();
                let Some(leftover) = found else { return Ok(()) };
                self.emit(stack, name, &leftover.resource, Status::DeleteFailed, Some(reason))?;
                if matches!(phase, Phase::Delete | Phase::Rollback) {
                    self.mark(stack, name, Status::DeleteFailed, Some(reason));
                    return Ok(());
                }
                // A cleanup does not fail its update: what it cannot delete leaks.
                let id = leftover.resource.physical_id.clone().unwrap_or_default();
                if let Some(live) = self.live(&leftover.resource.resource_type, &id)? {
                    self.put_live(&Live { stack: None, ..live })?;
                }
                stack.leftovers.retain(|other| other.key() != key);
                set(stack, key, TaskState::Done)?;
                running(stack)?.failed.clear();
                Ok(())
            }
            Phase::Monitor { create: _ } => Ok(()),
        }
    }

    /// Cancels whatever is being created or updated.
    pub(super) fn cancel_running(&mut self, stack: &mut StackRecord) -> Answer<()> {
        for (key, task) in running(stack)?.tasks.clone() {
            let TaskState::Running { until: _, work } = task.state else { continue };
            let name = &task.logical_id;
            let Some(current) = stack.content.resources.get(name).cloned() else { continue };
            let (status, reason) = match &work {
                Work::Create { .. } => (Status::CreateFailed, "Resource creation cancelled"),
                Work::Fail { .. } if current.status == Status::CreateInProgress => {
                    (Status::CreateFailed, "Resource creation cancelled")
                }
                Work::Import { .. } => (Status::ImportFailed, "Resource import cancelled"),
                Work::Update { .. } | Work::Replace { .. } | Work::Fail { .. } | Work::Delete { .. } => {
                    (Status::UpdateFailed, "Resource update cancelled")
                }
            };
            if let Work::Replace { next } = work {
                let policy = Policy::Delete;
                stack.leftovers.push(Leftover {
                    logical_id: name.clone(),
                    resource: *next,
                    policy,
                    replaced: true,
                });
            }
            self.emit(stack, name, &current, status, Some(reason))?;
            self.mark(stack, name, status, Some(reason));
            set(stack, &key, TaskState::Failed)?;
        }
        Ok(())
    }
}

pub(super) fn already_exists(resource_type: &str, name: &str) -> String {
    format!(
        "Resource of type '{resource_type}' with identifier '{name}' already exists. (RequestToken: local, HandlerErrorCode: AlreadyExists)"
    )
}

fn not_found(resource_type: &str, id: &str) -> String {
    format!(
        "Resource of type '{resource_type}' with identifier '{id}' was not found. (RequestToken: local, HandlerErrorCode: NotFound)"
    )
}

/// A resource that is not there yet.
fn blank(declared: &Declared) -> Resource {
    Resource {
        resource_type: declared.resource_type.clone(),
        physical_id: None,
        seed: String::new(),
        status: Status::CreateInProgress,
        reason: None,
        properties: json!({}),
        deletion_policy: declared.deletion_policy,
        replace_policy: declared.replace_policy,
        needs: declared.needs.clone(),
        imported: false,
    }
}

fn set(stack: &mut StackRecord, key: &str, state: TaskState) -> Answer<()> {
    if let Some(task) = running(stack)?.tasks.get_mut(key) {
        task.state = state;
    }
    Ok(())
}

/// Takes a leftover, and the resource that it was, out of a stack.
fn gone(stack: &mut StackRecord, leftover: &Leftover) {
    stack.leftovers.retain(|other| other.key() != leftover.key());
    let is_it =
        |resource: &Resource| resource.physical_id == leftover.resource.physical_id && !leftover.replaced;
    if stack.content.resources.get(&leftover.logical_id).is_some_and(is_it) {
        stack.content.resources.remove(&leftover.logical_id);
    }
}
