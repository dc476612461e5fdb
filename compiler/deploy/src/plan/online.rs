//! What the service says of a plan: what drifted, and what its own change sets would do.
//!
//! Invariant: nothing is changed. A change set is made of each stack that is there and acts, described, and deleted; one
//! that is left by a process that was killed has a name of ours, and goes at the next look or the next deployment. A
//! stack that is not there is not asked for: the service would make a shell of it.

use super::gates::{View, changes_of, of_change_set};
use super::{Plan, Recorded, ResourceAction, ResourceChange, StackAction};
use crate::backend::{
    Backend, ChangeSet, ChangeSetStatus, ChangeSetType, CreateChangeSet, Failure, FailureClass,
    LARGEST_IN_REQUEST, RollbackConfiguration, Stack, StackStatus, TemplateSource, Values,
};
use crate::clock::Clock;
use crate::engine::NO_CHANGES;
use crate::release::{Release, ReleaseStack};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use solc_cmdb::sha256;
use std::collections::BTreeMap;
use std::time::Duration;

/// What names of change sets that only look begin with.
const PREFIX: &str = "solc-plan-";
/// How often it is looked whether something is ready: half an hour at the service's pace.
const LOOKS: u32 = 900;

/// What the service says of one stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The stack.
    pub stack: String,
    /// Its status; nothing where it is not there.
    pub status: Option<String>,
    /// What is not as its template says.
    pub drifted: Vec<Drifted>,
    /// What a change set does that the plan does not say.
    pub unforeseen: Vec<ResourceChange>,
    /// Logical ids of what the plan says to change, and a change set does not.
    pub not_confirmed: Vec<String>,
    /// What was not asked, or not answered, and why.
    pub notes: Vec<String>,
}

impl Seen {
    /// Whether it says something that the plan does not.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.drifted.is_empty() || !self.unforeseen.is_empty() || !self.notes.is_empty()
    }
}

/// A resource that is not as its template says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drifted {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// `MODIFIED` or `DELETED`.
    pub status: String,
    /// The properties that differ, as JSON pointers; their values are not told.
    pub properties: Vec<String>,
}

/// Asks the service about every stack of a plan, and adds to the plan what it says, with the gates that follow.
///
/// # Errors
/// Where the service cannot be asked at all. What it refuses for one stack is a note of that stack.
pub fn ask(
    plan: &mut Plan,
    release: &Release,
    recorded: &[Recorded],
    backend: &dyn Backend,
    clock: &dyn Clock,
    pause: Duration,
) -> Result<(), Failure> {
    let names: Vec<String> = plan.stacks.iter().map(|stack| stack.name.clone()).collect();
    let mut live: BTreeMap<String, Stack> = BTreeMap::new();
    for name in &names {
        if let Some(stack) = backend.describe_stack(name)? {
            live.insert(name.clone(), stack);
        }
    }
    let asked = Asked { release, recorded, live: &live, backend, clock, pause };
    for name in &names {
        let seen = asked.stack(plan, name);
        if seen.status.is_some() || seen.is_news() {
            plan.online.push(seen);
        }
    }
    Ok(())
}

struct Asked<'a> {
    release: &'a Release,
    recorded: &'a [Recorded],
    live: &'a BTreeMap<String, Stack>,
    backend: &'a dyn Backend,
    clock: &'a dyn Clock,
    pause: Duration,
}

impl Asked<'_> {
    fn stack(&self, plan: &mut Plan, name: &str) -> Seen {
        let mut seen = Seen { stack: name.to_owned(), ..Seen::default() };
        let is_recorded = self.recorded.iter().any(|(state, _)| state.stack == name);
        let there = self.live.get(name).filter(|stack| {
            !matches!(stack.status, StackStatus::DeleteComplete | StackStatus::ReviewInProgress)
        });
        let Some(stack) = there else {
            if is_recorded {
                seen.notes
                    .push("it is recorded, and not there: `solc refresh` writes the records again".into());
            }
            return seen;
        };
        seen.status = Some(stack.status.to_string());
        if !is_recorded {
            seen.notes.push("it is there, and not recorded: `solc deploy --adopt` takes it over".into());
        }
        if stack.status.is_in_progress() {
            seen.notes.push(format!("somebody is at work on it: it is in {}", stack.status));
            return seen;
        }
        match self.drift(stack) {
            Ok(drifted) => seen.drifted = drifted,
            Err(failure) => seen.notes.push(format!("its drift is not known: {}", failure.message)),
        }
        // Before they are moved, the service would take what moves for removed and added.
        if plan.moves.iter().flat_map(|refactor| &refactor.stacks).any(|stack| stack.name == name) {
            seen.notes.push("the service was not asked what changes: resources are moved first".to_owned());
            return seen;
        }
        let action = plan.stack(name).map(|stack| stack.action);
        let new = self.release.stack(name);
        if let (Some(StackAction::Update | StackAction::Create), Some(new)) = (action, new)
            && let Err(why) = self.change_set(plan, stack, new, &mut seen)
        {
            seen.notes.push(why);
        }
        seen
    }

    /// What is not as its template says.
    fn drift(&self, stack: &Stack) -> Result<Vec<Drifted>, Failure> {
        let detection = self.backend.detect_stack_drift(&stack.id)?;
        for _ in 0..LOOKS {
            if self.backend.describe_drift_detection(&detection)?.status != "DETECTION_IN_PROGRESS" {
                break;
            }
            self.clock.sleep(self.pause);
        }
        let all = self.backend.describe_stack_resource_drifts(&stack.id)?;
        let drifted = all.into_iter().filter(|drift| matches!(drift.status.as_str(), "MODIFIED" | "DELETED"));
        Ok(drifted
            .map(|drift| Drifted {
                logical_id: drift.logical_id,
                resource_type: drift.resource_type,
                status: drift.status,
                properties: drift.differences.into_iter().map(|difference| difference.path).collect(),
            })
            .collect())
    }

    /// Compares what a change set of the stack would do with what the plan says.
    fn change_set(
        &self,
        plan: &mut Plan,
        stack: &Stack,
        new: &ReleaseStack,
        seen: &mut Seen,
    ) -> Result<(), String> {
        let parameters = self.values(new)?;
        let set = self.made(stack, new, parameters)?;
        let Some(set) = set else {
            seen.not_confirmed = plan
                .stack(&new.name)
                .filter(|planned| planned.pending.is_empty())
                .map(|planned| planned.resources.iter().map(|change| change.logical_id.clone()).collect())
                .unwrap_or_default();
            return Ok(());
        };
        let old: Option<Value> = self
            .backend
            .get_template(&stack.id)
            .ok()
            .and_then(|template| serde_json::from_str(&template).ok());
        let state = self.recorded.iter().find(|(state, _)| state.stack == new.name);
        let view = View {
            stack: &new.name,
            stage: &self.release.stage,
            old: old.as_ref(),
            new: Some(&new.content),
            old_bindings: state.map(|(state, _)| state.bindings.clone()).unwrap_or_default(),
            new_bindings: new
                .parameters
                .iter()
                .map(|(name, b)| (name.clone(), format!("{}.{}", b.stack, b.output)))
                .collect(),
            places: &new.places,
            was_protected: stack.termination_protection,
            protected: new.termination_protection,
        };
        let changes = changes_of(&view, &set);
        if let Some(planned) = plan.stack(&new.name) {
            let foreseen = |said: &ResourceChange| {
                planned.resources.iter().any(|change| {
                    change.logical_id == said.logical_id && severity(change.action) >= severity(said.action)
                })
            };
            seen.unforeseen = changes.iter().filter(|said| !foreseen(said)).cloned().collect();
            if planned.pending.is_empty() {
                let confirmed = |id: &str| changes.iter().any(|said| said.logical_id == id);
                seen.not_confirmed = planned
                    .resources
                    .iter()
                    .map(|change| change.logical_id.clone())
                    .filter(|id| !confirmed(id))
                    .collect();
            }
        }
        for gate in of_change_set(&view, &set) {
            let known = plan.gates.iter().any(|known| {
                known.stack == gate.stack
                    && known.kind == gate.kind
                    && known.acknowledgement == gate.acknowledgement
            });
            if !known {
                plan.gates.push(gate);
            }
        }
        Ok(())
    }

    /// The values of the parameters, as the stacks that give them are now.
    fn values(&self, new: &ReleaseStack) -> Result<Values, String> {
        let mut values = Values::new();
        for (parameter, from) in &new.parameters {
            let producer = self.live.get(&from.stack);
            let value = producer.and_then(|stack| stack.outputs.get(&from.output)).ok_or_else(|| {
                format!(
                    "the service was not asked what changes: `{}` of `{}` is not there before that is deployed",
                    from.output, from.stack
                )
            })?;
            values.insert(parameter.clone(), value.clone());
        }
        Ok(values)
    }

    /// A change set, described and deleted; nothing where it would be empty.
    fn made(
        &self,
        stack: &Stack,
        new: &ReleaseStack,
        parameters: Values,
    ) -> Result<Option<ChangeSet>, String> {
        let said = |failure: Failure| format!("the service does not say what changes: {}", failure.message);
        self.tidy(stack);
        let template = if new.template.len() <= LARGEST_IN_REQUEST {
            TemplateSource::Body(new.template.clone())
        } else {
            TemplateSource::Url(self.backend.put_template(&new.template).map_err(said)?)
        };
        let asked = format!("{}\n{parameters:?}\n{}", new.sha256, self.clock.now().0);
        let hash = sha256(asked.as_bytes());
        let name = format!("{PREFIX}{}", hash.get(..16).unwrap_or_default());
        let request = CreateChangeSet {
            stack: new.name.clone(),
            token: name.clone(),
            name,
            kind: ChangeSetType::Update,
            template,
            parameters,
            tags: new.tags.clone(),
            capabilities: new.capabilities.clone(),
            role: None,
            notification_arns: Vec::new(),
            rollback: RollbackConfiguration::default(),
            description: "a look of solc plan; it is never executed".to_owned(),
            import_existing: false,
            revert_drift: false,
        };
        let ids = match self.backend.create_change_set(&request) {
            Ok(ids) => ids,
            Err(failure) if is_empty(&failure.message) => return Ok(None),
            Err(failure) => return Err(said(failure)),
        };
        let set = self.ready(&ids.stack, &ids.change_set);
        let gone = self.backend.delete_change_set(&ids.stack, &ids.change_set);
        let set = set.map_err(said)?;
        if let Err(failure) = gone
            && failure.class != FailureClass::Gone
        {
            return Err(format!("the change set `{}` was left: {}", set.name, failure.message));
        }
        let reason = set.status_reason.clone().unwrap_or_default();
        match set.status {
            ChangeSetStatus::CreateComplete => Ok(Some(set)),
            ChangeSetStatus::Failed if is_empty(&reason) => Ok(None),
            ChangeSetStatus::Failed => Err(format!("the service would refuse this change: {reason}")),
            ChangeSetStatus::CreatePending
            | ChangeSetStatus::CreateInProgress
            | ChangeSetStatus::DeletePending
            | ChangeSetStatus::DeleteInProgress
            | ChangeSetStatus::DeleteComplete
            | ChangeSetStatus::DeleteFailed => {
                Err("the service does not say what changes: its change set never became ready".to_owned())
            }
        }
    }

    /// The change set when it is made, or as it is when nobody waits any longer.
    fn ready(&self, stack: &str, change_set: &str) -> Result<ChangeSet, Failure> {
        let mut set = self.backend.describe_change_set(stack, change_set, false)?;
        for _ in 0..LOOKS {
            if !matches!(set.status, ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) {
                break;
            }
            self.clock.sleep(self.pause);
            set = self.backend.describe_change_set(stack, change_set, false)?;
        }
        Ok(set)
    }

    /// Deletes what an earlier look left behind. Where that cannot be, nothing depends on it.
    fn tidy(&self, stack: &Stack) {
        let left = self.backend.list_change_sets(&stack.id).unwrap_or_default();
        for set in left.iter().filter(|set| set.stack == stack.id && set.name.starts_with(PREFIX)) {
            let _ = self.backend.delete_change_set(&stack.id, &set.id);
        }
    }
}

fn is_empty(reason: &str) -> bool {
    NO_CHANGES.iter().any(|text| reason.contains(text))
}

/// How much worse one action is than another.
fn severity(action: ResourceAction) -> u8 {
    match action {
        ResourceAction::Add | ResourceAction::Modify => 0,
        ResourceAction::Replace => 1,
        ResourceAction::Remove => 2,
    }
}

#[cfg(test)]
mod tests;
