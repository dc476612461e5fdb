//! Every stack of a release against its record.
//!
//! Invariant: producers are looked at before their consumers, so that what changes a value is known where it is used.

use super::changes::{self, Sides};
use super::difference::differences;
use super::gates::{self, Gate, View};
use super::inputs::{Input, Inputs};
use super::outputs::{self, Output};
use super::{
    BadRecord, PendingInput, PropertyChange, Recorded, Refusal, ResourceAction, StackAction, StackPlan,
};
use crate::backend::StackStatus;
use crate::release::{Place, Release, ReleaseStack};
use serde_json::{Map, Value, json};
use solc_cmdb::StackState;
use std::collections::BTreeMap;

/// A recorded stack.
pub(super) struct Stored<'a> {
    pub(super) state: &'a StackState,
    /// Its template, read.
    pub(super) content: Value,
    /// Whether it is another product's or environment's: it is looked at, and never touched.
    pub(super) foreign: bool,
    /// Whether there is nothing of it but its name: it is created anew.
    pub(super) gone: bool,
}

/// The recorded stacks by name.
pub(super) type Records<'a> = BTreeMap<&'a str, Stored<'a>>;

/// What came of all stacks.
pub(super) struct Planned {
    pub(super) stacks: Vec<StackPlan>,
    pub(super) gates: Vec<Gate>,
    pub(super) refusals: Vec<Refusal>,
}

/// Reads the records.
pub(super) fn read<'a>(release: &Release, states: &'a [Recorded]) -> Result<Records<'a>, BadRecord> {
    let mut records = Records::new();
    for (state, template) in states {
        let content = serde_json::from_str(template).map_err(|error| BadRecord {
            stack: state.stack.clone(),
            problem: error.to_string(),
            environment: release.environment.clone(),
        })?;
        let differs = |tag: &str, own: &str| state.tags.get(tag).is_some_and(|value| value != own);
        let foreign = differs("product", &release.product) || differs("environment", &release.environment);
        let gone = matches!(
            StackStatus::parse(&state.status),
            Some(StackStatus::RollbackComplete | StackStatus::ReviewInProgress | StackStatus::DeleteComplete)
        );
        records.insert(&state.stack, Stored { state, content, foreign, gone });
    }
    Ok(records)
}

/// Plans every stack.
pub(super) fn plan(release: &Release, records: &Records<'_>) -> Planned {
    let mut planned = Planned { stacks: Vec::new(), gates: Vec::new(), refusals: Vec::new() };
    let mut known: BTreeMap<&str, BTreeMap<String, Output>> = BTreeMap::new();
    for stack in &release.stacks {
        let record = records.get(stack.name.as_str());
        if let Some(foreign) = record.filter(|record| record.foreign) {
            planned.refusals.push(not_ours(release, foreign.state));
        }
        let given = one(release, stack, record, &known, &mut planned);
        known.insert(&stack.name, given);
    }
    for (name, record) in records {
        if release.stack(name).is_none() && !record.foreign {
            delete(release, record, &mut planned);
        }
    }
    moved(&mut planned.stacks);
    gates::hint(&mut planned.gates, &planned.stacks, |stack, id| {
        let new = release.stack(stack).and_then(|stack| stack.content.get("Resources")?.get(id));
        new.or_else(|| records.get(stack)?.content.get("Resources")?.get(id))
    });
    planned
}

fn one(
    release: &Release,
    stack: &ReleaseStack,
    record: Option<&Stored<'_>>,
    known: &BTreeMap<&str, BTreeMap<String, Output>>,
    planned: &mut Planned,
) -> BTreeMap<String, Output> {
    let there = record.filter(|record| !record.gone);
    let old_inputs = there.map(recorded_inputs).unwrap_or_default();
    let (new_inputs, pending) = bound(stack, there, known);
    let none = BTreeMap::new();
    let sides = Sides {
        stack: &stack.name,
        old: there.map(|record| &record.content),
        new: Some(&stack.content),
        old_inputs: &old_inputs,
        new_inputs: &new_inputs,
        places: &stack.places,
        physical_ids: there.map_or(&none, |record| &record.state.resources),
    };
    let outcome = changes::of(&sides);
    let values = there.map_or(&none, |record| &record.state.outputs);
    let old = there.map(|record| (&record.content, &old_inputs));
    let given = outputs::of(old, (&stack.content, &new_inputs), &outcome.effects, values);
    let settings = there.map(|record| settings(stack, record.state)).unwrap_or_default();
    let same_text = there.is_some_and(|record| record.content == stack.content);
    let healthy = there.is_some_and(|record| settled(&record.state.status));
    let same_values = there.is_some_and(|record| same_parameters(record.state, &new_inputs));
    let view = View {
        stack: &stack.name,
        stage: &release.stage,
        old: there.map(|record| &record.content),
        new: Some(&stack.content),
        old_bindings: there.map(|record| record.state.bindings.clone()).unwrap_or_default(),
        new_bindings: stack
            .parameters
            .iter()
            .map(|(p, b)| (p.clone(), format!("{}.{}", b.stack, b.output)))
            .collect(),
        places: &stack.places,
        was_protected: there.is_some_and(|record| record.state.termination_protection),
        protected: stack.termination_protection,
    };
    // Equal values may come from elsewhere: it is recorded what may be taken away.
    let same_bindings = view.old_bindings == view.new_bindings;
    let quiet = outcome.changes.is_empty() && pending.is_empty() && settings.is_empty();
    let action = match there {
        None => StackAction::Create,
        Some(_) if same_text && same_values && same_bindings && quiet && healthy => StackAction::Unchanged,
        Some(_) => StackAction::Update,
    };
    let mut notes = Vec::new();
    if let Some(record) = record.filter(|record| record.gone) {
        notes.push(format!("it stands at {}, and is created anew", record.state.status));
    } else if let Some(record) = there.filter(|_| !healthy) {
        notes.push(format!("it stands at {}: deploying settles that first", record.state.status));
    } else if action == StackAction::Update && quiet {
        notes.push("nothing changes but outputs, descriptions, or where values come from".to_owned());
    }
    let plan = StackPlan {
        name: stack.name.clone(),
        layer: Some(stack.layer.clone()),
        action,
        notes,
        pending,
        outputs_added: missing(Some(&stack.content), there.map(|record| &record.content)),
        outputs_changed: values
            .iter()
            .filter(|(name, value)| {
                given
                    .get(*name)
                    .is_some_and(|now| now.pending.is_some() || now.value.as_ref() != Some(*value))
            })
            .map(|(name, _)| name.clone())
            .collect(),
        outputs_removed: missing(there.map(|record| &record.content), Some(&stack.content)),
        settings,
        resources: outcome.changes,
    };
    planned.gates.extend(gates::of_changes(&view, &plan.resources));
    planned.refusals.extend(outcome.refusals);
    planned.stacks.push(plan);
    given
}

fn delete(release: &Release, record: &Stored<'_>, planned: &mut Planned) {
    let state = record.state;
    let (places, inputs, new_inputs) =
        (BTreeMap::<String, Place>::new(), recorded_inputs(record), Inputs::new());
    let content = (!record.gone).then_some(&record.content);
    let sides = Sides {
        stack: &state.stack,
        old: content,
        new: None,
        old_inputs: &inputs,
        new_inputs: &new_inputs,
        places: &places,
        physical_ids: &state.resources,
    };
    let outcome = changes::of(&sides);
    let view = View {
        stack: &state.stack,
        stage: &release.stage,
        old: content,
        new: None,
        old_bindings: state.bindings.clone(),
        new_bindings: BTreeMap::new(),
        places: &places,
        was_protected: state.termination_protection,
        protected: false,
    };
    planned.gates.extend(gates::of_changes(&view, &outcome.changes));
    planned.stacks.push(StackPlan {
        name: state.stack.clone(),
        layer: None,
        action: StackAction::Delete,
        notes: vec!["the release has it no longer".to_owned()],
        pending: Vec::new(),
        outputs_added: Vec::new(),
        outputs_changed: Vec::new(),
        outputs_removed: missing(content, None),
        settings: Vec::new(),
        resources: outcome.changes,
    });
}

/// What is recorded of a stack's parameters.
fn recorded_inputs(record: &Stored<'_>) -> Inputs {
    let state = record.state;
    let mut inputs = defaults(&record.content);
    for (name, value) in &state.parameters {
        let input = inputs.entry(name.clone()).or_default();
        input.hidden |= value == super::difference::MASK;
        input.value = Some(value.clone());
    }
    for (name, binding) in &state.bindings {
        inputs.entry(name.clone()).or_default().binding = Some(binding.clone());
    }
    inputs
}

/// The parameters of a template with their defaults.
fn defaults(template: &Value) -> Inputs {
    let declared = template.get("Parameters").and_then(Value::as_object);
    let mut inputs = Inputs::new();
    for (name, declaration) in declared.into_iter().flatten() {
        let default = declaration.get("Default");
        let hidden =
            declaration.get("NoEcho").is_some_and(|flag| *flag == json!(true) || *flag == json!("true"));
        let value = default.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        inputs.insert(name.clone(), Input { binding: None, value, hidden, pending: None });
    }
    inputs
}

/// What is known of a release's parameters, and which must wait.
fn bound(
    stack: &ReleaseStack,
    record: Option<&Stored<'_>>,
    known: &BTreeMap<&str, BTreeMap<String, Output>>,
) -> (Inputs, Vec<PendingInput>) {
    let mut inputs = defaults(&stack.content);
    let mut waiting = Vec::new();
    for (parameter, binding) in &stack.parameters {
        let text = format!("{}.{}", binding.stack, binding.output);
        let output = known.get(binding.stack.as_str()).and_then(|outputs| outputs.get(&binding.output));
        // A value that was never bound to this output is no former value of it.
        let was_bound = record.is_some_and(|record| record.state.bindings.values().any(|was| *was == text));
        let input = inputs.entry(parameter.clone()).or_default();
        input.binding = Some(text);
        match output {
            Some(Output { value, pending: None }) => input.value.clone_from(value),
            Some(Output { value, pending: Some((certain, why)) }) => {
                input.value = value.clone().filter(|_| was_bound);
                input.pending = Some(*certain);
                waiting.push(PendingInput {
                    parameter: parameter.clone(),
                    stack: binding.stack.clone(),
                    output: binding.output.clone(),
                    certain: *certain,
                    why: why.clone(),
                });
            }
            None => input.pending = Some(true),
        }
    }
    (inputs, waiting)
}

/// Whether the stack has these parameters already.
fn same_parameters(state: &StackState, inputs: &Inputs) -> bool {
    inputs.iter().all(|(name, input)| {
        let was = state.parameters.get(name);
        input.hidden || was.is_none() && input.binding.is_none() || was == input.value.as_ref()
    })
}

/// Whether a stack is at rest, and as its record says.
fn settled(status: &str) -> bool {
    StackStatus::parse(status)
        .is_some_and(|status| status.is_success() || status == StackStatus::UpdateRollbackComplete)
}

/// What differs of the stack itself.
fn settings(stack: &ReleaseStack, state: &StackState) -> Vec<PropertyChange> {
    let side = |tags: &BTreeMap<String, String>, protection: bool| {
        let tags: Map<String, Value> = tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        json!({ "tags": tags, "termination_protection": protection })
    };
    differences(
        Some(&side(&state.tags, state.termination_protection)),
        Some(&side(&stack.tags, stack.termination_protection)),
    )
}

/// The outputs of `of` that `other` has not.
fn missing(of: Option<&Value>, other: Option<&Value>) -> Vec<String> {
    let there = outputs::listed(other);
    outputs::listed(of)
        .into_iter()
        .flat_map(Map::keys)
        .filter(|name| !there.is_some_and(|there| there.contains_key(*name)))
        .cloned()
        .collect()
}

/// Tells where a resource goes from one stack to another.
fn moved(stacks: &mut [StackPlan]) {
    let mut added: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut removed = BTreeMap::new();
    for stack in stacks.iter() {
        for change in &stack.resources {
            let key = (change.logical_id.clone(), change.resource_type.clone());
            match change.action {
                ResourceAction::Add => drop(added.insert(key, stack.name.clone())),
                ResourceAction::Remove => drop(removed.insert(key, stack.name.clone())),
                ResourceAction::Modify | ResourceAction::Replace => {}
            }
        }
    }
    for change in stacks.iter_mut().flat_map(|stack| &mut stack.resources) {
        let key = (change.logical_id.clone(), change.resource_type.clone());
        change.other_stack = match change.action {
            ResourceAction::Add => removed.get(&key).cloned(),
            ResourceAction::Remove => added.get(&key).cloned(),
            ResourceAction::Modify | ResourceAction::Replace => None,
        };
    }
}

fn not_ours(release: &Release, state: &StackState) -> Refusal {
    let owner = |tag: &str| state.tags.get(tag).map_or("?", String::as_str);
    Refusal {
        stack: state.stack.clone(),
        logical_id: None,
        place: None,
        why: format!(
            "`{}` is a stack of {} in {}, and not of {} in {}: a stack belongs to one product and environment",
            state.stack,
            owner("product"),
            owner("environment"),
            release.product,
            release.environment
        ),
        help: "give the solution another name, so that its stacks have other names".to_owned(),
    }
}
