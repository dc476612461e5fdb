//! What a person must agree to by name before it is done.
//!
//! Invariant: a gate is computed of the changes of one stack and of its two templates, wherever the changes come
//! from: the planner's own, or a change set of CloudFormation. So what was agreed to offline is asked again of what
//! the service says.

mod access;
mod availability;
mod data;
mod exposure;
mod policy;
mod service;

use super::{ResourceAction, ResourceChange, StackPlan, naming};
use crate::backend::ChangeSet;
use crate::release::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is at stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// What holds data is replaced by an empty one.
    StatefulReplacement,
    /// What holds data goes.
    StatefulDeletion,
    /// A stack that is protected against deletion is deleted.
    StackDeletion,
    /// Data is kept less well: shorter backups, no protection against deletion.
    ProtectionLowered,
    /// Somebody may do more than before.
    AccessWidening,
    /// Something can be reached from everywhere that could not.
    PublicExposure,
    /// Fewer zones, replicas or instances than before.
    AvailabilityLowered,
}

impl GateKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::StatefulReplacement,
        Self::StatefulDeletion,
        Self::StackDeletion,
        Self::ProtectionLowered,
        Self::AccessWidening,
        Self::PublicExposure,
        Self::AvailabilityLowered,
    ];

    /// The verb of its acknowledgement.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::StatefulReplacement => "replace",
            Self::StatefulDeletion | Self::StackDeletion => "delete",
            Self::ProtectionLowered => "unprotect",
            Self::AccessWidening => "widen",
            Self::PublicExposure => "expose",
            Self::AvailabilityLowered => "lower",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::StatefulReplacement => "data at risk: replacement",
            Self::StatefulDeletion => "data at risk: deletion",
            Self::StackDeletion => "protected stack deleted",
            Self::ProtectionLowered => "data kept less well",
            Self::AccessWidening => "access widened",
            Self::PublicExposure => "exposed to everybody",
            Self::AvailabilityLowered => "availability lowered",
        }
    }

    /// Whether it is asked for in every environment: what it loses does not come back.
    #[must_use]
    pub fn is_about_data(self) -> bool {
        match self {
            Self::StatefulReplacement | Self::StatefulDeletion | Self::StackDeletion => true,
            Self::ProtectionLowered
            | Self::AccessWidening
            | Self::PublicExposure
            | Self::AvailabilityLowered => false,
        }
    }
}

/// What a person must agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// What is at stake.
    pub kind: GateKind,
    /// The stack.
    pub stack: String,
    /// The resource; empty where it is about the stack.
    pub logical_id: String,
    /// The component, as in `shop.db`; empty where nobody knows.
    pub component: String,
    /// Where the component is written, as `file:line:column`.
    pub place: Option<String>,
    /// What happens, and what that means.
    pub why: Vec<String>,
    /// What might be done instead.
    pub help: Option<String>,
    /// What a person names to agree, as in `replace shop.db`.
    pub acknowledgement: String,
    /// Whether it must be named. In an environment below preproduction only what is about data must; the rest is told.
    pub required: bool,
}

/// A stack before and after, as gates look at it.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The stack.
    pub stack: &'a str,
    /// The environment's stage.
    pub stage: &'a str,
    /// The template that is deployed; nothing where there is no stack.
    pub old: Option<&'a Value>,
    /// The template that is to be deployed; nothing where the stack is deleted.
    pub new: Option<&'a Value>,
    /// What each deployed parameter is bound to, as `<stack>.<output>`.
    pub old_bindings: BTreeMap<String, String>,
    /// What each parameter is to be bound to.
    pub new_bindings: BTreeMap<String, String>,
    /// Where each resource comes from.
    pub places: &'a BTreeMap<String, Place>,
    /// Whether the stack is protected against deletion.
    pub was_protected: bool,
    /// Whether it is to be.
    pub protected: bool,
}

impl<'a> View<'a> {
    fn old_resource(&self, logical_id: &str) -> Option<&'a Value> {
        self.old?.get("Resources")?.get(logical_id)
    }

    fn new_resource(&self, logical_id: &str) -> Option<&'a Value> {
        self.new?.get("Resources")?.get(logical_id)
    }

    fn component(&self, logical_id: &str) -> String {
        let (resource, template) = match self.new_resource(logical_id) {
            Some(resource) => (Some(resource), self.new),
            None => (self.old_resource(logical_id), self.old),
        };
        naming::component(logical_id, self.places, resource, template)
    }

    /// A gate about a resource.
    fn gate(&self, kind: GateKind, logical_id: &str, why: Vec<String>) -> Gate {
        let component = self.component(logical_id);
        let named = match (component.is_empty(), logical_id.is_empty()) {
            (false, _) => component.clone(),
            (true, false) => format!("{}/{logical_id}", self.stack),
            (true, true) => self.stack.to_owned(),
        };
        Gate {
            kind,
            stack: self.stack.to_owned(),
            logical_id: logical_id.to_owned(),
            place: naming::place(logical_id, self.places),
            component,
            why,
            help: None,
            acknowledgement: format!("{} {named}", kind.verb()),
            required: kind.is_about_data() || is_careful(self.stage),
        }
    }
}

/// Whether everything needs a person's word at this stage: preproduction and above.
fn is_careful(stage: &str) -> bool {
    !matches!(stage, "development" | "integration")
}

/// The gates of a stack's changes.
#[must_use]
pub fn of_changes(view: &View<'_>, changes: &[ResourceChange]) -> Vec<Gate> {
    let mut gates = data::gates(view, changes);
    gates.extend(access::gates(view));
    gates.extend(exposure::gates(view));
    gates.extend(availability::gates(view));
    gates
}

/// The gates of a change set: those of what it changes, by what the service says of it.
///
/// What the templates alone tell (access, exposure, availability) is told of `view` in the same way, so that one
/// call answers whether a change set may be executed.
#[must_use]
pub fn of_change_set(view: &View<'_>, change_set: &ChangeSet) -> Vec<Gate> {
    of_changes(view, &service::changes(view, change_set))
}

/// The changes of a change set, in the planner's terms.
#[must_use]
pub fn changes_of(view: &View<'_>, change_set: &ChangeSet) -> Vec<ResourceChange> {
    service::changes(view, change_set)
}

/// Those of the gates that must be named and are not among `given`.
#[must_use]
pub fn unacknowledged<'a>(gates: &'a [Gate], given: &[String]) -> Vec<&'a Gate> {
    let agreed = |gate: &Gate| given.iter().any(|text| plain(text) == plain(&gate.acknowledgement));
    gates.iter().filter(|gate| gate.required && !agreed(gate)).collect()
}

/// A text without what people type by chance.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says where data that is to be deleted looks like something that only has another name now.
pub(super) fn hint<'a>(
    gates: &mut [Gate],
    stacks: &[StackPlan],
    resource: impl Fn(&str, &str) -> Option<&'a Value>,
) {
    let added: Vec<(&str, &ResourceChange)> = stacks
        .iter()
        .flat_map(|stack| stack.resources.iter().map(|change| (stack.name.as_str(), change)))
        .filter(|(_, change)| change.action == ResourceAction::Add)
        .collect();
    for gate in gates.iter_mut().filter(|gate| gate.kind == GateKind::StatefulDeletion) {
        let Some(old) = resource(&gate.stack, &gate.logical_id) else { continue };
        let twin = added.iter().find(|(stack, change)| {
            resource(stack, &change.logical_id).is_some_and(|new| {
                new.get("Type") == old.get("Type") && own_properties(new) == own_properties(old)
            })
        });
        let Some((stack, twin)) = twin else { continue };
        let old_name = gate.component.rsplit('.').next().unwrap_or_default();
        gate.help = Some(if twin.logical_id == gate.logical_id {
            format!(
                "`{}` is to be created anew in `{stack}`: move it there by a stack refactor, \
                 or leave it where `stacks.lock` says",
                twin.logical_id
            )
        } else if old_name.is_empty() || twin.component.is_empty() || twin.component == gate.component {
            format!("`{}` of `{stack}` is the same by another name: `moved from` keeps it", twin.logical_id)
        } else {
            // A name keeps the logical ids of a neighbour; what stood elsewhere is moved from its path.
            let beside = |path: &str| path.rsplit_once('.').map(|(parent, _)| parent.to_owned());
            let near = beside(&twin.component) == beside(&gate.component);
            let was = if near { old_name } else { &gate.component };
            format!(
                "if `{}` is what `{}` was, write `moved from \"{was}\"` in it, and nothing is lost",
                twin.component, gate.component
            )
        });
    }
}

/// What a resource is, apart from whose it is.
fn own_properties(resource: &Value) -> BTreeMap<&str, &Value> {
    let properties = resource.get("Properties").and_then(Value::as_object);
    let own = properties.into_iter().flatten().filter(|(name, value)| {
        // A reference names a neighbour, whose logical id has changed too.
        name.as_str() != "Tags" && super::reference::references(value).is_empty()
    });
    own.map(|(name, value)| (name.as_str(), value)).collect()
}

#[cfg(test)]
mod tests;
