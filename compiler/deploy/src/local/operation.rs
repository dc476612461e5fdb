//! The phases of what runs on a stack: each ends when its last resource does, and the next begins in the same instant.
//!
//! Invariant: a failure is rolled back unless that was turned off; what was stable is kept until the operation can no
//! longer fail.

use super::error::Answer;
use super::model::{Content, Leftover, Operation, Phase, Policy, StackRecord, Task, TaskState};
use super::options::Latency;
use super::template::scalar;
use super::world::{Values, World, internal, kind, running};
use super::{intrinsic, policy};
use crate::backend::{ExecutionStatus, ResourceStatus, StackStatus};
use crate::clock::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

impl Operation {
    /// One that has nothing to do yet.
    pub(super) fn new(phase: Phase, goal: Content, token: &str, latency: &Latency) -> Self {
        Self {
            id: String::new(),
            token: (!token.is_empty()).then(|| token.to_owned()),
            phase,
            goal,
            tasks: BTreeMap::new(),
            change_set: None,
            disable_rollback: false,
            retain_except_on_create: false,
            revert_drift: false,
            import_existing: false,
            force: false,
            skip: BTreeSet::new(),
            failed: Vec::new(),
            reason: None,
            latency: latency.clone(),
            until: None,
        }
    }
}

impl World<'_> {
    /// Starts an operation towards a goal, or a deletion.
    pub(super) fn begin(
        &mut self,
        stack: &mut StackRecord,
        operation: Operation,
        what: &str,
        status: StackStatus,
    ) -> Answer<()> {
        let phase = operation.phase;
        stack.running = Some(operation);
        self.name_operation(stack, what)?;
        match phase {
            Phase::Create => {
                let resources = std::mem::take(&mut stack.content.resources);
                stack.content = Content { resources, ..running(stack)?.goal.clone() };
            }
            Phase::Update if stack.created.is_some() && stack.stable.is_none() => {
                stack.stable = Some(stack.content.clone());
            }
            Phase::Update
            | Phase::Monitor { create: _ }
            | Phase::Cleanup
            | Phase::Rollback
            | Phase::UpdateRollback
            | Phase::RollbackCleanup
            | Phase::Delete => {}
        }
        if phase != Phase::Create {
            stack.updated = Some(self.at);
        }
        self.set_status(stack, status, Some("User Initiated"))?;
        match phase {
            Phase::Create | Phase::Update => {
                running(stack)?.reason = match self.alarm(stack)? {
                    Some(reason) => Some(reason),
                    None => self.removal_denied(stack)?,
                };
                self.plan_forward(stack)?;
            }
            Phase::UpdateRollback => self.plan_restore(stack)?,
            Phase::Delete | Phase::Rollback | Phase::Cleanup | Phase::RollbackCleanup => {
                plan_deletions(stack)?;
            }
            Phase::Monitor { create: _ } => {}
        }
        self.go_on(stack)
    }

    fn plan_forward(&mut self, stack: &mut StackRecord) -> Answer<()> {
        let template = self.template(&running(stack)?.goal.template.clone())?;
        running(stack)?.tasks = template
            .resources
            .iter()
            .map(|(name, declared)| {
                let after = declared.needs.clone();
                (name.clone(), Task { logical_id: name.clone(), state: TaskState::Waiting, after })
            })
            .collect();
        Ok(())
    }

    /// Plans how a stack goes back to what was stable.
    fn plan_restore(&mut self, stack: &mut StackRecord) -> Answer<()> {
        let stable = stack.stable.clone().ok_or_else(|| internal("nothing to roll back to"))?;
        for (name, resource) in std::mem::take(&mut stack.content.resources) {
            if stable.resources.contains_key(&name) {
                stack.content.resources.insert(name, resource);
            } else if resource.physical_id.is_some() {
                let keeps = running(stack)?.retain_except_on_create;
                let policy = on_rollback(&resource, keeps);
                stack.leftovers.push(Leftover { logical_id: name, resource, policy, replaced: false });
            }
        }
        running(stack)?.tasks = stable
            .resources
            .iter()
            .map(|(name, resource)| {
                let after = resource
                    .needs
                    .iter()
                    .filter(|need| stable.resources.contains_key(*need))
                    .cloned()
                    .collect();
                (name.clone(), Task { logical_id: name.clone(), state: TaskState::Waiting, after })
            })
            .collect();
        Ok(())
    }

    fn removal_denied(&mut self, stack: &mut StackRecord) -> Answer<Option<String>> {
        if running(stack)?.phase != Phase::Update || stack.policy.is_none() {
            return Ok(None);
        }
        let template = self.template(&running(stack)?.goal.template.clone())?;
        for (name, resource) in stack.content.resources.clone() {
            if template.resources.contains_key(&name) {
                continue;
            }
            let denied = policy::denied(
                stack.policy.as_deref(),
                policy::Update::Delete,
                &name,
                &resource.resource_type,
            );
            if let Some(reason) = denied {
                self.emit(stack, &name, &resource, ResourceStatus::UpdateFailed, Some(&reason))?;
                running(stack)?.failed.push(name);
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Whatever of a stack is due now.
    pub(super) fn step_stack(&mut self, id: &str) -> Answer<()> {
        let mut stack = self.take(id)?;
        let at = self.at;
        let ended: Vec<String> = running(&mut stack)?
            .tasks
            .iter()
            .filter(|(_, task)| matches!(&task.state, TaskState::Running { until, work: _ } if *until <= at))
            .map(|(key, _)| key.clone())
            .collect();
        for key in ended {
            self.finish(&mut stack, &key)?;
        }
        if running(&mut stack)?.until.is_some_and(|until| until <= at) {
            running(&mut stack)?.until = None;
        }
        self.go_on(&mut stack)?;
        self.keep(stack)
    }

    /// Starts what can start, and goes to the next phase where nothing is left of this one.
    pub(super) fn go_on(&mut self, stack: &mut StackRecord) -> Answer<()> {
        while let Some(operation) = &stack.running {
            if operation.until.is_some() {
                break;
            }
            let tasks = &operation.tasks;
            let done = |key: &String| tasks.get(key).is_none_or(|task| task.state == TaskState::Done);
            let forward = matches!(operation.phase, Phase::Create | Phase::Update);
            let stopped = forward && (operation.reason.is_some() || !operation.failed.is_empty());
            let ready: Vec<String> = tasks
                .iter()
                .filter(|(_, task)| {
                    !stopped && task.state == TaskState::Waiting && task.after.iter().all(done)
                })
                .map(|(key, _)| key.clone())
                .collect();
            if ready.is_empty() {
                if tasks.values().any(|task| matches!(task.state, TaskState::Running { .. })) {
                    break;
                }
                self.end_phase(stack)?;
                continue;
            }
            for key in ready {
                self.start(stack, &key)?;
            }
        }
        Ok(())
    }

    /// The last resource of a phase is done.
    fn end_phase(&mut self, stack: &mut StackRecord) -> Answer<()> {
        let operation = running(stack)?;
        let failed = operation.reason.is_some() || !operation.failed.is_empty();
        let names = operation.failed.join(", ");
        match operation.phase {
            Phase::Create | Phase::Update if failed => self.fail(stack),
            phase @ (Phase::Create | Phase::Update) => {
                let minutes = u64::from(stack.rollback.monitoring_minutes);
                if stack.rollback.alarms.is_empty() || minutes == 0 {
                    return self.reach(stack, phase == Phase::Create);
                }
                let until = self.at.plus(Duration::from_secs(minutes * 60));
                let operation = running(stack)?;
                operation.phase = Phase::Monitor { create: phase == Phase::Create };
                operation.tasks.clear();
                operation.until = Some(until);
                Ok(())
            }
            Phase::Monitor { create: _ } if failed => self.fail(stack),
            Phase::Monitor { create } => self.reach(stack, create),
            Phase::Cleanup => self.end(stack, StackStatus::UpdateComplete, None),
            Phase::Rollback if failed => {
                let reason = format!("The following resource(s) failed to delete: [{names}]. ");
                self.end(stack, StackStatus::RollbackFailed, Some(&reason))
            }
            Phase::Rollback => self.end(stack, StackStatus::RollbackComplete, None),
            Phase::UpdateRollback if failed => {
                let reason = format!("The following resource(s) failed to update: [{names}]. ");
                self.end(stack, StackStatus::UpdateRollbackFailed, Some(&reason))
            }
            Phase::UpdateRollback => {
                let stable = stack.stable.take().ok_or_else(|| internal("nothing to roll back to"))?;
                let resources = std::mem::take(&mut stack.content.resources);
                stack.content = Content { resources, ..stable };
                self.set_status(stack, StackStatus::UpdateRollbackCompleteCleanupInProgress, None)?;
                running(stack)?.phase = Phase::RollbackCleanup;
                plan_deletions(stack)
            }
            Phase::RollbackCleanup => self.end(stack, StackStatus::UpdateRollbackComplete, None),
            Phase::Delete if failed => {
                let reason = format!("The following resource(s) failed to delete: [{names}]. ");
                self.end(stack, StackStatus::DeleteFailed, Some(&reason))
            }
            Phase::Delete => {
                stack.deleted = Some(self.at);
                self.end(stack, StackStatus::DeleteComplete, None)?;
                self.forget(stack)
            }
        }
    }

    /// Takes a deleted stack's name and change sets away.
    pub(super) fn forget(&mut self, stack: &StackRecord) -> Answer<()> {
        self.store.delete(kind::NAME, &stack.name)?;
        self.store.remember(kind::NAME, &stack.name, self.at, None::<&String>)?;
        for set in self.change_sets(&stack.id)? {
            self.drop_change_set(&set)?;
        }
        Ok(())
    }

    /// The goal is reached, and cannot fail any longer.
    fn reach(&mut self, stack: &mut StackRecord, create: bool) -> Answer<()> {
        let goal = running(stack)?.goal.clone();
        let outputs = match self.outputs(stack, &goal)? {
            Ok(outputs) => outputs,
            Err(reason) => {
                running(stack)?.reason = Some(reason);
                return self.fail(stack);
            }
        };
        let resources = std::mem::take(&mut stack.content.resources);
        stack.content = Content { outputs, resources, ..goal };
        stack.stable = None;
        if create {
            stack.created = Some(self.at);
            self.record_execution(stack, ExecutionStatus::ExecuteComplete)?;
            return self.end(stack, StackStatus::CreateComplete, None);
        }
        stack.created.get_or_insert(self.at);
        let template = self.template(&stack.content.template.clone())?;
        let gone: Vec<String> = stack
            .content
            .resources
            .keys()
            .filter(|name| !template.resources.contains_key(*name))
            .cloned()
            .collect();
        for name in gone {
            let Some(resource) = stack.content.resources.remove(&name) else { continue };
            if resource.physical_id.is_some() {
                let policy = on_deletion(resource.deletion_policy);
                stack.leftovers.push(Leftover { logical_id: name, resource, policy, replaced: false });
            }
        }
        self.record_execution(stack, ExecutionStatus::ExecuteComplete)?;
        self.set_status(stack, StackStatus::UpdateCompleteCleanupInProgress, None)?;
        running(stack)?.phase = Phase::Cleanup;
        plan_deletions(stack)
    }

    /// The outputs of a goal, or why they have no value.
    fn outputs(
        &mut self,
        stack: &StackRecord,
        goal: &Content,
    ) -> Answer<Result<crate::backend::Values, String>> {
        let template = self.template(&goal.template)?;
        let values = Values {
            place: self.place(),
            stack: (&stack.id, &stack.name),
            notification_arns: &stack.notification_arns,
            template: &template,
            content: &stack.content,
            parameters: &goal.parameters,
        };
        Ok(template
            .outputs
            .iter()
            .filter_map(|(name, value)| match intrinsic::resolve(value, &values) {
                Ok(Some(value)) => Some(Ok((name.clone(), scalar(&value)))),
                Ok(None) => None,
                Err(message) => Some(Err(message)),
            })
            .collect())
    }

    /// A way forward failed: it stays, or is rolled back.
    fn fail(&mut self, stack: &mut StackRecord) -> Answer<()> {
        self.record_execution(stack, ExecutionStatus::ExecuteFailed)?;
        let is_new = stack.created.is_none() && stack.stable.is_none();
        let operation = running(stack)?;
        let create = matches!(operation.phase, Phase::Create | Phase::Monitor { create: true });
        let mut reason = operation.reason.clone().unwrap_or_else(|| {
            let what = if create { "create" } else { "update" };
            format!("The following resource(s) failed to {what}: [{}]. ", operation.failed.join(", "))
        });
        if operation.disable_rollback {
            let goal = operation.goal.clone();
            stack.content.template = goal.template;
            stack.content.parameters = goal.parameters;
            let status = if create { StackStatus::CreateFailed } else { StackStatus::UpdateFailed };
            return self.end(stack, status, Some(&reason));
        }
        operation.failed.clear();
        operation.reason = None;
        operation.until = None;
        operation.tasks.clear();
        operation.phase = if is_new { Phase::Rollback } else { Phase::UpdateRollback };
        self.name_operation(stack, "ROLLBACK")?;
        if is_new {
            reason.push_str(" Rollback requested by user.");
            self.set_status(stack, StackStatus::RollbackInProgress, Some(&reason))?;
            plan_deletions(stack)
        } else {
            self.set_status(stack, StackStatus::UpdateRollbackInProgress, Some(&reason))?;
            self.plan_restore(stack)
        }
    }

    /// The operation is over.
    fn end(&mut self, stack: &mut StackRecord, status: StackStatus, reason: Option<&str>) -> Answer<()> {
        self.set_status(stack, status, reason)?;
        stack.running = None;
        for set in self.change_sets(&stack.id)? {
            if set.execution == ExecutionStatus::Obsolete {
                self.drop_change_set(&set)?;
            }
        }
        Ok(())
    }

    /// Why an alarm rolls an operation back now, where one does.
    pub(super) fn alarm(&self, stack: &StackRecord) -> Answer<Option<String>> {
        for alarm in &stack.rollback.alarms {
            match self.alarm_state(alarm)?.as_deref() {
                Some("ALARM") => {
                    return Ok(Some(format!("Rollback trigger(s) [{alarm}] went into ALARM state. ")));
                }
                Some(_) => {}
                None => return Ok(Some(format!("Rollback trigger(s) [{alarm}] could not be found. "))),
            }
        }
        Ok(None)
    }

    /// Stops a way forward from outside: an alarm, or somebody.
    pub(super) fn stop(&mut self, stack: &mut StackRecord, reason: &str) -> Answer<()> {
        running(stack)?.reason = Some(reason.to_owned());
        running(stack)?.until = None;
        self.cancel_running(stack)?;
        self.go_on(stack)
    }
}

/// What becomes of a resource that an operation made, when that is rolled back.
pub(super) fn on_rollback(resource: &super::model::Resource, retain_except_on_create: bool) -> Policy {
    match resource.deletion_policy {
        _ if resource.imported => Policy::Retain,
        Policy::Retain if !retain_except_on_create => Policy::Retain,
        Policy::Retain | Policy::RetainExceptOnCreate | Policy::Delete => Policy::Delete,
        Policy::Snapshot => Policy::Snapshot,
    }
}

/// What becomes of a resource that is deleted once it was there.
pub(super) fn on_deletion(policy: Policy) -> Policy {
    match policy {
        Policy::RetainExceptOnCreate | Policy::Retain => Policy::Retain,
        Policy::Delete => Policy::Delete,
        Policy::Snapshot => Policy::Snapshot,
    }
}

/// Plans the deletion of what is left, each after all that need it. Deleting a stack, all of it is left.
fn plan_deletions(stack: &mut StackRecord) -> Answer<()> {
    let operation = running(stack)?;
    let (phase, keeps, skip) = (operation.phase, operation.retain_except_on_create, operation.skip.clone());
    if matches!(phase, Phase::Delete | Phase::Rollback) {
        for (name, resource) in &stack.content.resources {
            let known = stack
                .leftovers
                .iter()
                .any(|l| l.logical_id == *name && l.resource.physical_id == resource.physical_id);
            if resource.physical_id.is_none() || known {
                continue;
            }
            let policy = if phase == Phase::Rollback {
                on_rollback(resource, keeps)
            } else {
                on_deletion(resource.deletion_policy)
            };
            stack.leftovers.push(Leftover {
                logical_id: name.clone(),
                resource: resource.clone(),
                policy,
                replaced: false,
            });
        }
        for leftover in stack.leftovers.iter_mut().filter(|leftover| skip.contains(&leftover.logical_id)) {
            leftover.policy = Policy::Retain;
        }
        stack.content.resources.retain(|_, resource| resource.physical_id.is_some());
    }
    let tasks = stack
        .leftovers
        .iter()
        .map(|leftover| {
            let after = stack
                .leftovers
                .iter()
                .filter(|other| other.resource.needs.contains(&leftover.logical_id))
                .map(Leftover::key)
                .filter(|key| *key != leftover.key())
                .collect();
            let task = Task { logical_id: leftover.logical_id.clone(), state: TaskState::Waiting, after };
            (leftover.key(), task)
        })
        .collect();
    running(stack)?.tasks = tasks;
    Ok(())
}

impl Leftover {
    /// What tells leftovers of one stack apart.
    pub(super) fn key(&self) -> String {
        format!("{}|{}", self.logical_id, self.resource.physical_id.as_deref().unwrap_or_default())
    }
}

/// When something that starts now is done.
pub(super) fn later(at: Timestamp, millis: u64) -> Timestamp {
    at.plus(Duration::from_millis(millis))
}
