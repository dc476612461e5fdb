//! What must not happen unless a person named it.
//!
//! Invariant: the planner's gates are asked again, of the change set that is executed, as the service describes it
//! without values: with values it may leave out changes. An acknowledgement names one component.

use super::call::{Answer, replan};
use super::change::target;
use super::outcome::StepFailure;
use super::step::Target;
use super::task::{Next, State, Task, Trouble};
use super::{About, Engine, Notice};
use crate::backend::{Action, ChangeSet, ChangeSetType, ExecutionStatus, Replacement};
use crate::codes::{NOT_ACKNOWLEDGED, STACK_FAILED};
use crate::engine::protect::policy;
use crate::journal::{Entry, Operation, StepOutcome};
use crate::plan::gates::{Gate, View, of_change_set, unacknowledged};
use serde_json::Value;
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
        let gates = self.gates(task, target, &set)?;
        let given: Vec<String> = self.on.options.acknowledgements.iter().cloned().collect();
        let missing = unacknowledged(&gates, &given);
        if !missing.is_empty() {
            let failure = refusal(&task.step.stack, self.about, &missing);
            return Ok(Next::Now(State::Discard(Box::new(Some(failure)), StepOutcome::Refused)));
        }
        let stateful = target.stateful();
        let about_data = gates.iter().filter(|gate| gate.required && gate.kind.is_about_data());
        task.allowed = about_data.map(|gate| gate.logical_id.clone()).collect();
        let acknowledged: BTreeSet<String> =
            gates.iter().filter(|gate| gate.required).map(|gate| gate.acknowledgement.clone()).collect();
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

    /// The gates of a change set, by what is deployed and what is to be.
    fn gates(&mut self, task: &Task<'_>, target: &Target, set: &ChangeSet) -> Result<Vec<Gate>, Trouble> {
        let mut old = None;
        let mut was_protected = false;
        if let (ChangeSetType::Update, Some(stack)) = (task.kind, &task.stack) {
            let id = stack.id.clone();
            was_protected = stack.termination_protection;
            let sent = self.read("GetTemplate", |backend| backend.get_template(&id))?;
            old = serde_json::from_str::<Value>(&sent).ok();
        }
        let recorded = self.on.evidence.states.get(&task.step.stack).ok().flatten();
        let bindings = target.parameters.iter();
        let view = View {
            stack: &task.step.stack,
            stage: &self.about.stage,
            old: old.as_ref(),
            new: Some(&target.content),
            old_bindings: recorded.map(|(state, _)| state.bindings).unwrap_or_default(),
            new_bindings: bindings
                .map(|(name, b)| (name.clone(), format!("{}.{}", b.stack, b.output)))
                .collect(),
            places: &task.step.places,
            was_protected,
            protected: target.termination_protection,
        };
        Ok(of_change_set(&view, set))
    }
}

/// Why a stack is not touched: what was not acknowledged, and how it is.
#[must_use]
pub fn refusal(stack: &str, about: &About, missing: &[&Gate]) -> StepFailure {
    let flags: BTreeSet<String> =
        missing.iter().map(|gate| format!("--acknowledge \"{}\"", gate.acknowledgement)).collect();
    let flags: Vec<String> = flags.into_iter().collect();
    let first = missing.first().map_or("a gate is closed", |gate| gate.kind.title());
    let mut failure = StepFailure::new(
        NOT_ACKNOWLEDGED,
        format!("`{stack}` in `{}` is not touched: {first}, and nobody has agreed to it", about.environment),
        format!("if that is wanted: {} {}", about.command(), flags.join(" ")),
    );
    for gate in missing {
        let what = if gate.logical_id.is_empty() { &gate.stack } else { &gate.logical_id };
        let place = gate.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        failure.notes.push(format!("`{what}`{place}: {}", gate.why.join("; ")));
        failure.notes.extend(gate.help.clone());
    }
    failure
}

/// Whether the values of parameters are hidden, so that they say nothing.
fn hides(set: &ChangeSet) -> bool {
    set.parameters.is_empty() || set.parameters.values().any(|value| value == "****")
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
