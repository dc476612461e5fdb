//! What deploying a release would do to what is recorded: stacks, resources, order, and what a person must agree to.
//!
//! Invariant: planning asks nobody. It is a function of a [`Release`] and of the recorded states alone, so that equal
//! inputs give equal plans, and a plan can be made where no account can be reached. What only deploying can tell is
//! said to be unknown, and never guessed.

mod changes;
mod difference;
#[cfg(test)]
mod fixture;
pub mod gates;
mod inputs;
mod moves;
mod naming;
pub mod online;
mod order;
mod outputs;
mod reference;
pub mod render;
mod replacement;
mod stacks;
mod union;

pub use gates::{Gate, GateKind};

use crate::release::{Binding, Release};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use solc_cmdb::StackState;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the form of a plan.
pub const SCHEMA_VERSION: &str = "1.0";

/// A stack as it is recorded: its state, and its template as text.
pub type Recorded = (StackState, String);

/// What would be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the form.
    pub schema_version: String,
    /// The product.
    pub product: String,
    /// The environment.
    pub environment: String,
    /// Its stage.
    pub stage: String,
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    /// The manifest that is planned: SHA-256 in hexadecimal.
    pub manifest_sha256: String,
    /// How much of everything.
    pub summary: Summary,
    /// Every stack: those of the release in its order, then those to be deleted.
    pub stacks: Vec<StackPlan>,
    /// What is moved before anything else is done to the stacks concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Refactor>,
    /// What is done, each step after those that it waits for.
    pub steps: Vec<PlanStep>,
    /// What a person must agree to, or should know.
    pub gates: Vec<Gate>,
    /// Why it cannot be done at all; empty where it can.
    pub refusals: Vec<Refusal>,
    /// What the service says of each stack, where it was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub online: Vec<online::Seen>,
}

/// One stack refactoring: resources get other logical ids or stacks, all at once, and stay what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refactor {
    /// The stacks, in the order of their names.
    pub stacks: Vec<RefactoredStack>,
    /// What moves.
    pub moves: Vec<Move>,
    /// What a person should know of it.
    pub notes: Vec<String>,
}

/// A stack of a refactoring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefactoredStack {
    /// Its name.
    pub name: String,
    /// Whether it is not there yet, and is made of what moves into it.
    pub created: bool,
    /// Whether everything goes out of it, so that a placeholder is put into it first.
    pub vacated: bool,
    /// SHA-256 of the template that the refactoring leaves, in hexadecimal.
    pub template_sha256: String,
    /// That template. It is not part of the written plan.
    #[serde(skip)]
    pub template: String,
    /// The template before, with the placeholder where there is one; empty of a stack that is not there yet.
    #[serde(skip)]
    pub before: String,
}

/// A resource that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The stack that it is in.
    pub from_stack: String,
    /// Its logical id there.
    pub from: String,
    /// The stack that it goes to.
    pub to_stack: String,
    /// Its logical id there.
    pub to: String,
    /// Its type.
    pub resource_type: String,
    /// Its name in the account, which stays.
    pub physical_id: String,
    /// The path of its component before.
    pub was: String,
    /// The path of its component now.
    pub component: String,
    /// Where that is written, as `file:line:column`.
    pub place: Option<String>,
}

/// How much of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Stacks by what happens to them.
    pub stacks: StackCounts,
    /// Resources by what happens to them.
    pub resources: ResourceCounts,
    /// Gates that must be acknowledged by name.
    pub gates_required: usize,
    /// Gates that are only told, because the environment is a continuous one.
    pub gates_told: usize,
}

/// Stacks by what happens to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackCounts {
    /// Created.
    pub create: usize,
    /// Updated.
    pub update: usize,
    /// Deleted.
    pub delete: usize,
    /// Left alone.
    pub unchanged: usize,
}

/// Resources by what happens to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceCounts {
    /// Created.
    pub add: usize,
    /// Changed in place.
    pub modify: usize,
    /// Changed in place, if a value that is not known yet turns out to be another one.
    pub may_modify: usize,
    /// Replaced.
    pub replace: usize,
    /// Replaced, if a value that is not known yet, or the service, wants it so.
    pub may_replace: usize,
    /// Removed.
    pub remove: usize,
    /// Moved, whatever else happens to them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What happens to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StackAction {
    /// It is created.
    Create,
    /// It is updated.
    Update,
    /// It is deleted: the release has it no longer.
    Delete,
    /// Nothing.
    Unchanged,
}

/// What happens to a stack, and to what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackPlan {
    /// Its name.
    pub name: String,
    /// `foundation`, `data` or `application`; nothing of a stack that the release has no longer.
    pub layer: Option<String>,
    /// What happens to it.
    pub action: StackAction,
    /// What a person should know of it.
    pub notes: Vec<String>,
    /// Parameters whose values are not known before other stacks are deployed.
    pub pending: Vec<PendingInput>,
    /// Outputs that come.
    pub outputs_added: Vec<String>,
    /// Outputs whose value changes, or may.
    pub outputs_changed: Vec<String>,
    /// Outputs that go.
    pub outputs_removed: Vec<String>,
    /// Tags and protection of the stack itself.
    pub settings: Vec<PropertyChange>,
    /// What happens to its resources, by logical id.
    pub resources: Vec<ResourceChange>,
}

/// A parameter whose value is not known before another stack is deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingInput {
    /// The parameter.
    pub parameter: String,
    /// The stack that gives the value.
    pub stack: String,
    /// Its output.
    pub output: String,
    /// Whether it is certain that the value is another one than before.
    pub certain: bool,
    /// Why it is not known.
    pub why: String,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceAction {
    /// It is created.
    Add,
    /// It is changed in place.
    Modify,
    /// Another one takes its place.
    Replace,
    /// It goes out of the stack.
    Remove,
}

/// What becomes of what is replaced or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// It is deleted after a snapshot of it was taken.
    Snapshot,
    /// It stays in the account, and nobody looks after it.
    Retained,
}

/// What happens to a resource, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// The component that it is part of, as in `shop.db`; empty where nobody knows.
    pub component: String,
    /// Where that component is written, as `file:line:column`; nothing where the source has it no longer.
    pub place: Option<String>,
    /// Its name in the account, where there is one.
    pub physical_id: Option<String>,
    /// What happens to it.
    pub action: ResourceAction,
    /// Whether that is certain. A replacement that is not is a change in place otherwise.
    pub certain: bool,
    /// What differs.
    pub properties: Vec<PropertyChange>,
    /// Why it is replaced.
    pub reasons: Vec<Reason>,
    /// What becomes of the old one; said of `replace` and `remove` only.
    pub fate: Option<Fate>,
    /// What its component was called before: `moved from` kept its logical id.
    pub renamed_from: Option<String>,
    /// The logical id that it had in the same or another stack before it is moved, as `<stack>/<logical id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// The stack that it goes to, or comes from, where the same resource is removed here and added there.
    pub other_stack: Option<String>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// Where, as in `Tags[owner].Value` or `DeletionPolicy`.
    pub path: String,
    /// What it was; `****` for what is secret.
    pub before: Option<Value>,
    /// What it becomes; `****` for what is secret.
    pub after: Option<Value>,
    /// Whether it is certain that it differs.
    pub certain: bool,
}

/// Why a resource is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The property that cannot change in place.
    pub property: String,
    /// Whether it certainly replaces.
    pub certain: bool,
    /// What makes that property change.
    pub cause: Cause,
}

/// What makes a property change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// The template says another value.
    Template,
    /// It refers to a resource of the stack that is replaced, or whose attribute may change.
    Resource {
        /// That resource.
        logical_id: String,
        /// `Ref`, or the attribute.
        attribute: String,
    },
    /// It refers to another stack's output.
    Output {
        /// That stack.
        stack: String,
        /// Its output.
        output: String,
    },
    /// Only the service knows what changing this type does.
    UnknownType,
    /// The service said so, of a change set.
    Service {
        /// In its own words.
        said: String,
    },
}

/// Which of the updates of a stack a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The only one.
    Only,
    /// The first of two: what is new is added, and nothing is taken away yet.
    Expand,
    /// The second of two: what nobody uses any more goes.
    Contract,
}

/// What a step does to its stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAction {
    /// Creates it.
    Create,
    /// Updates it.
    Update,
    /// Deletes it.
    Delete,
}

/// One operation on one stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// Its number: its index in [`Plan::steps`].
    pub id: usize,
    /// The stack.
    pub stack: String,
    /// Which of the stack's updates.
    pub phase: Phase,
    /// What is done.
    pub action: StepAction,
    /// The steps that must have succeeded before; all have smaller numbers.
    pub depends_on: Vec<usize>,
    /// Where the value of each parameter comes from; in the first of two updates the old ones' too.
    pub parameters: BTreeMap<String, Binding>,
    /// SHA-256 of the template, in hexadecimal; nothing of a deletion.
    pub template_sha256: Option<String>,
    /// The template; nothing of a deletion. It is not part of the written plan.
    #[serde(skip)]
    pub template: Option<String>,
}

/// Why a plan cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The stack.
    pub stack: String,
    /// The resource, where it is about one.
    pub logical_id: Option<String>,
    /// Where the component is written.
    pub place: Option<String>,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub help: String,
}

/// A record that cannot be planned with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRecord {
    /// The stack.
    pub stack: String,
    /// What is wrong with its record.
    pub problem: String,
    /// The environment.
    pub environment: String,
}

impl fmt::Display for BadRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stack, problem, environment } = self;
        write!(
            formatter,
            "the recorded template of `{stack}` cannot be read: {problem}; \
             `solc refresh --env {environment}` writes it again"
        )
    }
}

impl std::error::Error for BadRecord {}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence())
    }
}

impl Reason {
    fn sentence(&self) -> String {
        let Self { property, certain, cause } = self;
        let cannot = if *certain { "cannot change in place" } else { "cannot always change in place" };
        match cause {
            Cause::Template => format!("`{property}` {cannot}"),
            Cause::Resource { logical_id, attribute } if attribute == "Ref" => {
                format!("`{property}` {cannot}, and names `{logical_id}`, which is replaced")
            }
            Cause::Resource { logical_id, attribute } => {
                format!("`{property}` {cannot}, and takes `{attribute}` of `{logical_id}`, which changes")
            }
            Cause::Output { stack, output } => {
                format!("`{property}` {cannot}, and takes `{output}` of the stack `{stack}`, which changes")
            }
            Cause::UnknownType => "nobody but the service knows what changing this type does".to_owned(),
            Cause::Service { said } => format!("`{property}` {cannot}: the service says {said}"),
        }
    }
}

impl Plan {
    /// What deploying `release` would do where `states` is what is deployed.
    ///
    /// # Errors
    /// Where a recorded template is no JSON.
    pub fn new(release: &Release, states: &[Recorded]) -> Result<Self, BadRecord> {
        let moved = moves::of(release, states)?;
        let recorded = stacks::read(release, &moved.states)?;
        let mut planned = stacks::plan(release, &recorded);
        moves::tell(&moved.refactors, &mut planned.stacks);
        let (steps, mut refusals) = order::steps(release, &recorded, &planned.stacks);
        refusals.extend(planned.refusals);
        refusals.extend(moved.refusals);
        let mut plan = Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            product: release.product.clone(),
            environment: release.environment.clone(),
            stage: release.stage.clone(),
            account: release.account.clone(),
            region: release.region.clone(),
            manifest_sha256: release.sha256.clone(),
            summary: Summary::default(),
            stacks: planned.stacks,
            moves: moved.refactors,
            steps,
            gates: planned.gates,
            refusals,
            online: Vec::new(),
        };
        plan.summary = plan.counted();
        Ok(plan)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.moves.is_empty()
    }

    /// What happens to a stack, by its name.
    #[must_use]
    pub fn stack(&self, name: &str) -> Option<&StackPlan> {
        self.stacks.iter().find(|stack| stack.name == name)
    }

    /// The texts that must be named for the plan to be carried out, each once, in the order of the gates.
    #[must_use]
    pub fn acknowledgements(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for gate in self.gates.iter().filter(|gate| gate.required) {
            if !texts.contains(&gate.acknowledgement.as_str()) {
                texts.push(&gate.acknowledgement);
            }
        }
        texts
    }

    fn counted(&self) -> Summary {
        let mut summary = Summary::default();
        for stack in &self.stacks {
            match stack.action {
                StackAction::Create => summary.stacks.create += 1,
                StackAction::Update => summary.stacks.update += 1,
                StackAction::Delete => summary.stacks.delete += 1,
                StackAction::Unchanged => summary.stacks.unchanged += 1,
            }
            for change in &stack.resources {
                let counts = &mut summary.resources;
                match (change.action, change.certain) {
                    (ResourceAction::Add, _) => counts.add += 1,
                    (ResourceAction::Modify, true) => counts.modify += 1,
                    (ResourceAction::Modify, false) => counts.may_modify += 1,
                    (ResourceAction::Replace, true) => counts.replace += 1,
                    (ResourceAction::Replace, false) => counts.may_replace += 1,
                    (ResourceAction::Remove, _) => counts.remove += 1,
                }
            }
        }
        summary.resources.moved = self.moves.iter().map(|refactor| refactor.moves.len()).sum();
        summary.gates_required = self.gates.iter().filter(|gate| gate.required).count();
        summary.gates_told = self.gates.len() - summary.gates_required;
        summary
    }
}

#[cfg(test)]
mod tests;
