//! What is done to which stack, after what.
//!
//! Invariant: a step stands after those that it needs; a stack goes when all that is to be is there, and those that
//! take values of it have gone.

use crate::backend::Values;
pub use crate::plan::Phase;
use crate::plan::{Plan, PlanStep, Refactor, RefactoredStack, StepAction};
use crate::release::{Binding, Place, Release, ReleaseStack};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use solc_cmdb::StackState;
use std::collections::{BTreeMap, BTreeSet};

/// How a stack is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The template, to the byte.
    pub template: String,
    /// The template, read.
    pub content: Value,
    /// SHA-256 of the template, in hexadecimal.
    pub sha256: String,
    /// The stacks that it needs values of.
    pub depends_on: Vec<String>,
    /// Where the value of each parameter comes from.
    pub parameters: BTreeMap<String, Binding>,
    /// The outputs that it has.
    pub outputs: Vec<String>,
    /// `CAPABILITY_IAM` and the like.
    pub capabilities: Vec<String>,
    /// Its tags.
    pub tags: Values,
    /// Whether it is protected against deletion.
    pub termination_protection: bool,
}

impl Target {
    /// As the release says.
    #[must_use]
    pub fn of(stack: &ReleaseStack) -> Self {
        Self {
            template: stack.template.clone(),
            content: stack.content.clone(),
            sha256: stack.sha256.clone(),
            depends_on: stack.depends_on.clone(),
            parameters: stack.parameters.clone(),
            outputs: stack.outputs.clone(),
            capabilities: stack.capabilities.clone(),
            tags: stack.tags.clone(),
            termination_protection: stack.termination_protection,
        }
    }

    /// The resources that must outlive a mistake: those that the template keeps, and those whose type holds data.
    #[must_use]
    pub fn stateful(&self) -> BTreeSet<String> {
        let resources = self.content.get("Resources").and_then(Value::as_object);
        let all = resources.into_iter().flatten();
        all.filter(|(_, resource)| {
            let policy = resource.get("DeletionPolicy").and_then(Value::as_str);
            let kept = matches!(policy, Some("Retain" | "RetainExceptOnCreate" | "Snapshot"));
            kept || resource.get("Type").and_then(Value::as_str).is_some_and(holds_data)
        })
        .map(|(name, _)| name.clone())
        .collect()
    }

    /// Whether a parameter takes its value from a parameter store, so that it may change with nothing sent.
    #[must_use]
    pub fn reads_a_store(&self) -> bool {
        let parameters = self.content.get("Parameters").and_then(Value::as_object);
        parameters.into_iter().flatten().any(|(_, parameter)| {
            let kind = parameter.get("Type").and_then(Value::as_str);
            kind.is_some_and(|kind| kind.starts_with("AWS::SSM::Parameter::"))
        })
    }
}

/// Whether a type of resource holds data.
#[must_use]
pub fn holds_data(kind: &str) -> bool {
    solc_schema::stateful_types().iter().any(|stateful| *stateful == kind)
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// The stack is made or changed.
    Deploy(Box<Target>),
    /// It is deleted. What holds data needs an acknowledgement, and so does what is protected against deletion, where the
    /// release no longer has it.
    Delete {
        /// Whether the release no longer has it; otherwise all of the environment goes.
        gone: bool,
    },
    /// Resources are moved, within it or between it and others.
    Move(Box<Refactor>),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The stack's name, and which part of its update.
    pub name: String,
    /// The stack.
    pub stack: String,
    /// What is done.
    pub action: Action,
    /// The steps that must have succeeded, by name.
    pub after: Vec<String>,
    /// Where each resource comes from, by logical id.
    pub places: BTreeMap<String, Place>,
}

impl Step {
    /// A step that makes a stack as `target` says.
    #[must_use]
    pub fn deploy(stack: &str, phase: Phase, target: Target, after: Vec<String>) -> Self {
        Self {
            name: name(stack, phase),
            stack: stack.to_owned(),
            action: Action::Deploy(Box::new(target)),
            after,
            places: BTreeMap::new(),
        }
    }

    /// `deploy`, `delete` or `move`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self.action {
            Action::Deploy(_) => "deploy",
            Action::Delete { .. } => "delete",
            Action::Move(_) => "move",
        }
    }

    /// SHA-256 of the template that it leaves; nothing for a deletion. Of a move, that of its own stack.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        match &self.action {
            Action::Deploy(target) => Some(&target.sha256),
            Action::Delete { .. } => None,
            Action::Move(refactor) => {
                let own = refactor.stacks.iter().find(|stack| stack.name == self.stack);
                own.map(|stack| stack.template_sha256.as_str())
            }
        }
    }
}

/// What a step is called.
pub(crate) fn name(stack: &str, phase: Phase) -> String {
    match phase {
        Phase::Only => stack.to_owned(),
        Phase::Expand => format!("{stack} (expand)"),
        Phase::Contract => format!("{stack} (contract)"),
    }
}

/// The steps of a plan, with those stacks between them that are recorded to be as they are to be: that is looked at.
#[must_use]
pub fn of_plan(plan: &Plan, release: &Release, recorded: &[StackState]) -> Vec<Step> {
    let simple = of_release(release, recorded);
    let planned = |step: &PlanStep| name(&step.stack, step.phase);
    let in_two =
        |stack: &str| plan.steps.iter().any(|step| step.stack == stack && step.phase == Phase::Expand);
    // Whoever needs a stack that is updated in two needs what is added.
    let needed = |stack: &String| if in_two(stack) { name(stack, Phase::Expand) } else { stack.clone() };
    let waits = |step: &PlanStep| -> Vec<String> {
        step.depends_on.iter().filter_map(|id| plan.steps.get(*id)).map(planned).collect()
    };
    let mut steps = Vec::with_capacity(simple.len());
    let mut contractions = Vec::new();
    let mut deletions = Vec::new();
    for mut step in simple {
        let Action::Deploy(target) = &step.action else {
            deletions.push(step);
            continue;
        };
        let target = target.clone();
        step.after = step.after.iter().map(needed).collect();
        let own: Vec<&PlanStep> = plan
            .steps
            .iter()
            .filter(|planned| planned.stack == step.stack && planned.action != StepAction::Delete)
            .collect();
        if own.is_empty() {
            steps.push(step);
            continue;
        }
        for own in own {
            let mut part = step.clone();
            part.name = planned(own);
            part.after.extend(waits(own));
            match own.phase {
                Phase::Only => steps.push(deduplicated(part)),
                Phase::Expand => {
                    part.action = Action::Deploy(Box::new(expanded(&target, own)));
                    steps.push(deduplicated(part));
                }
                Phase::Contract => {
                    part.after.push(name(&own.stack, Phase::Expand));
                    contractions.push(deduplicated(part));
                }
            }
        }
    }
    steps.extend(contractions);
    let mut steps = after_moves(&moves(plan, release, recorded), steps, &mut deletions);
    let first: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    let count = steps.len();
    for mut step in deletions {
        step.after.retain(|name| release.stack(name).is_none());
        let own = plan.steps.iter().find(|own| own.stack == step.stack && own.action == StepAction::Delete);
        step.after.extend(own.map(&waits).unwrap_or_default());
        steps.push(deduplicated(step));
    }
    // A deletion comes after all else, but for what waits for it: its values are taken away where nobody takes them.
    for index in count..steps.len() {
        let waiting = waiting_for(&steps, index);
        let others: Vec<String> = first.iter().filter(|name| !waiting.contains(*name)).cloned().collect();
        if let Some(step) = steps.get_mut(index) {
            step.after.extend(others);
            *step = deduplicated(step.clone());
        }
    }
    steps
}

/// The names of the steps that wait for one, near or far.
fn waiting_for(steps: &[Step], index: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&str> = steps.get(index).map(|step| step.name.as_str()).into_iter().collect();
    while let Some(name) = next.pop() {
        for step in steps.iter().filter(|step| step.after.iter().any(|needed| needed == name)) {
            if found.insert(step.name.clone()) {
                next.push(&step.name);
            }
        }
    }
    found
}

/// The moves, each after its stacks hold what keeps them from being empty.
fn moves(plan: &Plan, release: &Release, recorded: &[StackState]) -> Vec<Step> {
    let mut steps = Vec::new();
    for refactor in &plan.moves {
        let mut after = Vec::new();
        for stack in refactor.stacks.iter().filter(|stack| stack.vacated) {
            let Some(state) = recorded.iter().find(|state| state.stack == stack.name) else { continue };
            let target = vacated(stack, state);
            let mut step = Step::deploy(&stack.name, Phase::Only, target, Vec::new());
            step.name = format!("{} (vacate)", stack.name);
            after.push(step.name.clone());
            steps.push(step);
        }
        let Some(own) = refactor.moves.first().map(|moved| moved.to_stack.clone()) else { continue };
        let mut places = BTreeMap::new();
        for moved in &refactor.moves {
            let to = release.stack(&moved.to_stack);
            if let Some(place) = to.and_then(|stack| stack.places.get(&moved.to)) {
                places.insert(moved.to.clone(), place.clone());
            }
        }
        steps.push(Step {
            name: format!("{own} (move)"),
            stack: own,
            action: Action::Move(Box::new(refactor.clone())),
            after,
            places,
        });
    }
    steps
}

/// A stack as it is deployed, with the placeholder.
fn vacated(stack: &RefactoredStack, state: &StackState) -> Target {
    let content: Value = serde_json::from_str(&stack.before).unwrap_or_default();
    let outputs = content.get("Outputs").and_then(Value::as_object);
    let bindings = state.bindings.iter().filter_map(|(name, binding)| {
        let (stack, output) = binding.split_once('.')?;
        Some((name.clone(), Binding { stack: stack.to_owned(), output: output.to_owned() }))
    });
    Target {
        template: stack.before.clone(),
        sha256: solc_cmdb::sha256(stack.before.as_bytes()),
        depends_on: state.depends_on.clone(),
        parameters: bindings.collect(),
        outputs: outputs.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
        // What it holds was allowed already, and nothing of that changes.
        capabilities: vec!["CAPABILITY_NAMED_IAM".to_owned()],
        tags: state.tags.clone(),
        termination_protection: state.termination_protection,
        content,
    }
}

/// All steps: whatever is done to a stack of a move is done after it.
fn after_moves(moves: &[Step], steps: Vec<Step>, deletions: &mut [Step]) -> Vec<Step> {
    let mut all = moves.to_vec();
    all.extend(steps);
    for step in all.iter_mut().skip(moves.len()).chain(deletions) {
        for moved in moves {
            let Action::Move(refactor) = &moved.action else { continue };
            if refactor.stacks.iter().any(|stack| stack.name == step.stack) {
                step.after.push(moved.name.clone());
            }
        }
    }
    all
}

/// The first of two updates: the template of the plan, with the parameters and outputs that it has.
fn expanded(target: &Target, step: &PlanStep) -> Target {
    let Some(template) = step.template.clone() else { return target.clone() };
    let content: Value = serde_json::from_str(&template).unwrap_or_default();
    let outputs = content.get("Outputs").and_then(Value::as_object);
    let mut depends_on = target.depends_on.clone();
    for binding in step.parameters.values() {
        if !depends_on.contains(&binding.stack) {
            depends_on.push(binding.stack.clone());
        }
    }
    Target {
        sha256: solc_cmdb::sha256(template.as_bytes()),
        outputs: outputs.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
        parameters: step.parameters.clone(),
        template,
        content,
        depends_on,
        ..target.clone()
    }
}

fn deduplicated(mut step: Step) -> Step {
    let all: BTreeSet<String> = step.after.drain(..).filter(|name| *name != step.name).collect();
    step.after = all.into_iter().collect();
    step
}

/// Every stack of the release, and then those that are recorded and no longer in it, the last first.
#[must_use]
pub fn of_release(release: &Release, recorded: &[StackState]) -> Vec<Step> {
    let mut steps: Vec<Step> = release
        .stacks
        .iter()
        .map(|stack| Step {
            places: stack.places.clone(),
            ..Step::deploy(&stack.name, Phase::Only, Target::of(stack), stack.depends_on.clone())
        })
        .collect();
    let there: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    let gone: Vec<&StackState> =
        recorded.iter().filter(|state| release.stack(&state.stack).is_none()).collect();
    steps.extend(deletions(&gone, &there, true));
    steps
}

/// Every recorded stack goes, the last first.
#[must_use]
pub fn of_destruction(recorded: &[StackState]) -> Vec<Step> {
    deletions(&recorded.iter().collect::<Vec<_>>(), &[], false)
}

/// Each goes after `first`, and after those that take values of it.
fn deletions(states: &[&StackState], first: &[String], gone: bool) -> Vec<Step> {
    let mut left: Vec<&StackState> = states.to_vec();
    let mut steps = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let used = |name: &str| left.iter().any(|other| other.depends_on.iter().any(|needed| needed == name));
        let (mut now, later): (Vec<&StackState>, Vec<&StackState>) =
            left.iter().partition(|state| !used(&state.stack));
        let next = if now.is_empty() {
            // A ring cannot be recorded by us; whoever wrote it still gets an order.
            now = later;
            Vec::new()
        } else {
            later
        };
        for state in &now {
            let users = states.iter().filter(|other| other.depends_on.contains(&state.stack));
            let users =
                users.map(|other| other.stack.clone()).filter(|name| !now.iter().any(|s| s.stack == *name));
            steps.push(Step {
                name: state.stack.clone(),
                stack: state.stack.clone(),
                action: Action::Delete { gone },
                after: first.iter().cloned().chain(users).collect(),
                places: BTreeMap::new(),
            });
        }
        left = next;
    }
    steps
}

#[cfg(test)]
mod tests;
