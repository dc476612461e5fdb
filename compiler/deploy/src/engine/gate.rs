//! What must not happen unless a person named it.
//!
//! Invariant: it is asked of the change set that is executed, as the service describes it without values: with values
//! it may leave out changes. An acknowledgement names one component.

use super::call::{Answer, replan};
use super::change::target;
use super::outcome::StepFailure;
use super::step::holds_data;
use super::task::{Next, State, Task, Trouble};
use super::{Engine, Notice};
use crate::backend::{Action, ChangeSet, ChangeSetType, ExecutionStatus, Replacement, ResourceChange};
use crate::codes::{NOT_ACKNOWLEDGED, STACK_FAILED};
use crate::engine::protect::policy;
use crate::journal::{Entry, Operation, StepOutcome};
use solc_cmdb::sha256;
use std::collections::{BTreeMap, BTreeSet};

impl Engine<'_, '_> {
    /// Asks of a change set that is ready whether it may be executed.
    pub(super) fn gate(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let target = target(task)?;
        let (stack, key) = (task.key(), task.change_set_key());
        let set =
            self.read("DescribeChangeSet", |backend| backend.describe_change_set(&stack, &key, false))?;
        if set.execution_status != ExecutionStatus::Available {
            return Ok(Next::Now(State::Created));
        }
        if set.parameters != task.parameters && !hides(&set) {
            return replan(task, "its change set was made with other values");
        }
        let stateful = target.stateful();
        let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut acknowledged = BTreeSet::new();
        for change in &set.changes {
            if !(stateful.contains(&change.logical_id) || holds_data(&change.resource_type)) {
                continue;
            }
            let Some((verb, what)) = endangers(change) else { continue };
            let needed = format!("{verb} {}", task.step.component(&change.logical_id));
            if self.on.options.acknowledgements.contains(&needed) {
                task.allowed.insert(change.logical_id.clone());
                acknowledged.insert(needed);
            } else {
                let place = task.step.places.get(&change.logical_id).map(|place| place.instance.as_str());
                let place = place.filter(|place| !place.is_empty());
                let place = place.map(|place| format!(", {place}")).unwrap_or_default();
                missing
                    .entry(needed)
                    .or_default()
                    .push(format!("`{}` ({}{place}) {what}", change.logical_id, change.resource_type));
            }
        }
        if !missing.is_empty() {
            let failure = self.refusal(task, &missing);
            return Ok(Next::Now(State::Discard(Box::new(Some(failure)), StepOutcome::Refused)));
        }
        if let Some(failure) = self.alarmed(task)? {
            return Ok(Next::Now(State::Discard(Box::new(Some(failure)), StepOutcome::Refused)));
        }
        task.report.changes = counts(&set);
        task.report.change_set = Some(set.id.clone());
        let ready = Entry::ChangeSetReady {
            step: task.step.name.clone(),
            change_set: set.id.clone(),
            changes: task.report.changes.clone(),
            acknowledged: acknowledged.into_iter().collect(),
        };
        self.write_down(&ready)?;
        let notice = Notice::Changes { step: &task.step.name, resources: set.changes.len() };
        self.observer.notice(self.on.clock.now(), &notice);
        self.widen(task, &stateful)?;
        Ok(Next::Now(State::Execute))
    }

    /// Lets the stack's policy permit what was acknowledged, for as long as the execution takes.
    fn widen(&mut self, task: &mut Task<'_>, stateful: &BTreeSet<String>) -> Result<(), Trouble> {
        if task.kind != ChangeSetType::Update || task.allowed.is_empty() {
            return Ok(());
        }
        let key = task.key();
        let Some(now) = self.read("GetStackPolicy", |backend| backend.get_stack_policy(&key))? else {
            return Ok(());
        };
        // What goes out of the template stands in the old policy only, and is not in `stateful`.
        let kept: BTreeSet<String> = stateful.difference(&task.allowed).cloned().collect();
        let wanted = policy(&kept);
        if now == wanted {
            return Ok(());
        }
        task.widened = true;
        self.set_policy(task, &wanted)
    }

    /// Sets the policy of the stack.
    pub(super) fn set_policy(&mut self, task: &mut Task<'_>, policy: &str) -> Result<(), Trouble> {
        let key = task.key();
        let number = task.history.number(Operation::SetStackPolicy);
        let token = format!("solc-p-{}-{number}", task.fingerprint());
        self.mutate(task, Operation::SetStackPolicy, &token, &sha256(policy.as_bytes()), |backend| {
            backend.set_stack_policy(&key, policy).map(|()| Answer::default())
        })?;
        Ok(())
    }

    /// Alarms that would roll the update back at once, or are not there.
    fn alarmed(&mut self, task: &Task<'_>) -> Result<Option<StepFailure>, Trouble> {
        let alarms = self.on.options.rollback.alarms.clone();
        if alarms.is_empty() || task.kind != ChangeSetType::Update {
            return Ok(None);
        }
        let states = self.read("DescribeAlarms", |backend| backend.alarm_states(&alarms))?;
        let bad = alarms.iter().find_map(|alarm| match states.get(alarm).map(String::as_str) {
            Some("ALARM") => Some(format!("the alarm `{alarm}` is in ALARM")),
            None => Some(format!("there is no alarm `{alarm}`")),
            Some(_) => None,
        });
        Ok(bad.map(|what| {
            StepFailure::new(
                STACK_FAILED,
                format!(
                    "{what}, so that an update of `{}` in `{}` would be rolled back at once",
                    task.step.stack, self.about.environment
                ),
                format!(
                    "mend it, or name other alarms with `--alarm`, and deploy again: {}",
                    self.about.command()
                ),
            )
        }))
    }

    pub(super) fn refusal(&self, task: &Task<'_>, missing: &BTreeMap<String, Vec<String>>) -> StepFailure {
        let flags: Vec<String> = missing.keys().map(|needed| format!("--acknowledge \"{needed}\"")).collect();
        let mut failure = StepFailure::new(
            NOT_ACKNOWLEDGED,
            format!(
                "`{}` in `{}` would lose data or be made anew, and nobody has said that it may",
                task.step.stack, self.about.environment
            ),
            format!("if that is wanted: {} {}", self.about.command(), flags.join(" ")),
        );
        failure.notes.extend(missing.values().flatten().cloned());
        failure
    }
}

/// Whether the values of parameters are hidden, so that they say nothing.
fn hides(set: &ChangeSet) -> bool {
    set.parameters.is_empty() || set.parameters.values().any(|value| value == "****")
}

/// What a change does to data: what must be acknowledged, and in words.
fn endangers(change: &ResourceChange) -> Option<(&'static str, &'static str)> {
    match change.action {
        Action::Remove => Some(("delete", "goes")),
        Action::Dynamic => Some(("replace", "may be replaced or deleted; only executing tells")),
        Action::Modify => match change.replacement {
            Some(Replacement::True) => Some(("replace", "is replaced")),
            Some(Replacement::Conditional) => Some(("replace", "may be replaced")),
            Some(Replacement::False) | None => match change.policy_action.as_deref() {
                Some("Delete" | "ReplaceAndDelete") => {
                    Some(("replace", "is replaced, and the old one deleted"))
                }
                Some(_) | None => None,
            },
        },
        Action::Add | Action::Import | Action::SyncWithActual => None,
    }
}

/// How many resources are added, modified, replaced and removed.
fn counts(set: &ChangeSet) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for change in &set.changes {
        let kind = match (change.action, change.replacement) {
            (Action::Add | Action::Import, _) => "add",
            (Action::Modify, Some(Replacement::True)) => "replace",
            (Action::Modify, Some(Replacement::False | Replacement::Conditional) | None)
            | (Action::Dynamic | Action::SyncWithActual, _) => "modify",
            (Action::Remove, _) => "remove",
        };
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    counts
}
