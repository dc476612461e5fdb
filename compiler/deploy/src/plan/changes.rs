//! What an update does to the resources of one stack.
//!
//! Invariant: a resource changes because its template does, or because what it refers to does; the second is followed
//! until nothing new comes of it, so that a replacement is told with everything that it causes.

use super::difference::{differences, masked};
use super::inputs::{Inputs, resolved, unknown};
use super::naming;
use super::reference::{Reference, references};
use super::replacement::{Recreation, Rules};
use super::{Cause, Fate, PropertyChange, Reason, Refusal, ResourceAction, ResourceChange};
use crate::release::Place;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A stack before and after.
pub(super) struct Sides<'a> {
    pub(super) stack: &'a str,
    pub(super) old: Option<&'a Value>,
    pub(super) new: Option<&'a Value>,
    pub(super) old_inputs: &'a Inputs,
    pub(super) new_inputs: &'a Inputs,
    pub(super) places: &'a BTreeMap<String, Place>,
    pub(super) physical_ids: &'a BTreeMap<String, String>,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) changes: Vec<ResourceChange>,
    pub(super) effects: Effects,
    pub(super) refusals: Vec<Refusal>,
}

/// How far a resource changes; more comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Same,
    MayModify,
    Modify,
    MayReplace,
    Replace,
}

/// What changes of resources do to those that refer to them.
#[derive(Debug, Default)]
pub(super) struct Effects(BTreeMap<String, (Level, bool, Rules)>);

impl Effects {
    /// Whether an attribute of a resource becomes another one: certainly, perhaps, or not at all.
    pub(super) fn of(&self, logical_id: &str, attribute: &str) -> Option<bool> {
        let (level, deep, rules) = self.0.get(logical_id)?;
        match level {
            Level::Replace => Some(true),
            Level::MayReplace => Some(false),
            Level::Modify | Level::MayModify if *deep && !rules.is_identity(attribute) => Some(false),
            Level::Modify | Level::MayModify | Level::Same => None,
        }
    }
}

/// A resource that is on both sides.
struct Draft<'a> {
    resource_type: &'a str,
    rules: Rules,
    before: Value,
    after: Value,
    properties: Vec<PropertyChange>,
    reasons: Vec<Reason>,
    references: Vec<Reference>,
    level: Level,
    /// Whether more changes than tags and attributes.
    deep: bool,
}

/// The resources of a template.
pub(super) fn resources(template: Option<&Value>) -> Option<&Map<String, Value>> {
    template?.get("Resources")?.as_object()
}

/// The type of a resource.
pub(super) fn type_of(resource: &Value) -> &str {
    resource.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// What changes.
pub(super) fn of(sides: &Sides<'_>) -> Outcome {
    let none = Map::new();
    let old = resources(sides.old).unwrap_or(&none);
    let new = resources(sides.new).unwrap_or(&none);
    let mut refusals = Vec::new();
    let mut drafts: BTreeMap<&str, Draft<'_>> = BTreeMap::new();
    for (logical_id, after) in new {
        let Some(before) = old.get(logical_id) else { continue };
        if type_of(before) != type_of(after) {
            refusals.push(other_type(sides, logical_id, before, after));
        }
        drafts.insert(logical_id, draft(sides, before, after));
    }
    let effects = spread(sides, &mut drafts);
    let mut changes = Vec::new();
    for (logical_id, resource) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
        changes.push(added(sides, logical_id, resource));
    }
    for (logical_id, draft) in drafts {
        let (Some(before), Some(after)) = (old.get(logical_id), new.get(logical_id)) else { continue };
        if draft.level == Level::Replace
            && let Some(name) = draft.rules.custom_name(&draft.before, &draft.after)
        {
            refusals.push(custom_name(sides, logical_id, before, &name));
        }
        changes.extend(changed(sides, logical_id, before, after, draft));
    }
    for (logical_id, resource) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
        changes.push(removed(sides, logical_id, resource));
    }
    changes.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    Outcome { changes, effects, refusals }
}

fn draft<'a>(sides: &Sides<'_>, before: &'a Value, after: &'a Value) -> Draft<'a> {
    let empty = Value::Object(Map::new());
    let side = |resource: &Value, inputs| resolved(resource.get("Properties").unwrap_or(&empty), inputs);
    let (old, new) = (side(before, sides.old_inputs), side(after, sides.new_inputs));
    let resource_type = type_of(after);
    let rules = Rules::of(resource_type);
    let mut properties = differences(Some(&old), Some(&new));
    let deep = properties.iter().any(|change| !change.path.starts_with("Tags"));
    let mut reasons: Vec<Reason> = Vec::new();
    let mut level = if properties.is_empty() { Level::Same } else { Level::Modify };
    if deep && !rules.known() {
        level = Level::MayReplace;
        reasons.push(Reason { property: String::new(), certain: false, cause: Cause::UnknownType });
    }
    if deep {
        for (property, how) in rules.changed(&old, &new) {
            let certain = how == Recreation::Always;
            level = level.max(if certain { Level::Replace } else { Level::MayReplace });
            reasons.push(Reason { property: property.to_owned(), certain, cause: Cause::Template });
        }
    }
    for attribute in ["CreationPolicy", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy"] {
        let (before, after) = (before.get(attribute), after.get(attribute));
        if before != after {
            level = level.max(Level::Modify);
            properties.push(PropertyChange {
                path: attribute.to_owned(),
                before: before.map(|value| masked(value, false)),
                after: after.map(|value| masked(value, false)),
                certain: true,
            });
        }
    }
    let references = after.get("Properties").map(references).unwrap_or_default();
    Draft { resource_type, rules, before: old, after: new, properties, reasons, references, level, deep }
}

/// Follows changes along references until nothing new comes of it.
fn spread(sides: &Sides<'_>, drafts: &mut BTreeMap<&str, Draft<'_>>) -> Effects {
    let mut users: BTreeMap<String, Vec<(String, Reference)>> = BTreeMap::new();
    for (logical_id, draft) in drafts.iter() {
        for reference in &draft.references {
            let user = ((*logical_id).to_owned(), reference.clone());
            users.entry(reference.name.clone()).or_default().push(user);
        }
    }
    let mut effects = Effects::default();
    let record = |effects: &mut Effects, id: &str, draft: &Draft<'_>| {
        effects.0.insert(id.to_owned(), (draft.level, draft.deep, draft.rules));
    };
    let mut waiting: BTreeSet<String> = BTreeSet::new();
    for (logical_id, draft) in drafts.iter() {
        record(&mut effects, logical_id, draft);
        if draft.level > Level::Same {
            waiting.insert((*logical_id).to_owned());
        }
    }
    waiting
        .extend(sides.new_inputs.iter().filter(|(_, i)| i.pending.is_some()).map(|(name, _)| name.clone()));
    while let Some(name) = waiting.pop_first() {
        for (user, reference) in users.get(&name).into_iter().flatten() {
            let input = sides.new_inputs.get(&name);
            let certain = match input {
                Some(input) => input.pending,
                None => effects.of(&name, &reference.attribute),
            };
            let (Some(certain), Some(draft)) = (certain, drafts.get_mut(user.as_str())) else { continue };
            if touch(sides, draft, reference, certain) {
                record(&mut effects, user, draft);
                waiting.insert(user.clone());
            }
        }
    }
    effects
}

/// Notes that what a reference names becomes another value; whether that says anything new.
fn touch(sides: &Sides<'_>, draft: &mut Draft<'_>, reference: &Reference, certain: bool) -> bool {
    let path = reference.shown.clone();
    let (cause, before, after) = match sides.new_inputs.get(&reference.name) {
        Some(input) => {
            let (stack, output) =
                input.binding.as_deref().and_then(|b| b.split_once('.')).unwrap_or_default();
            let before = input.value.clone().filter(|_| !input.hidden).map(Value::String);
            let cause = Cause::Output { stack: stack.to_owned(), output: output.to_owned() };
            (cause, before, unknown(&format!("{stack}.{output}")))
        }
        None => {
            let Reference { name, attribute, .. } = reference;
            let known = sides.physical_ids.get(name).map(|id| json!(id));
            let (before, after) = if attribute == "Ref" {
                (known.unwrap_or_else(|| json!({ "Ref": name })), unknown(name))
            } else {
                (json!({ "Fn::GetAtt": [name, attribute] }), unknown(&format!("{name}.{attribute}")))
            };
            let cause = Cause::Resource { logical_id: name.clone(), attribute: attribute.clone() };
            (cause, Some(before), after)
        }
    };
    let mut new = false;
    match draft.properties.iter_mut().find(|change| change.path == path) {
        Some(change) if change.certain || !certain => {}
        Some(change) => {
            change.certain = true;
            new = true;
        }
        None => {
            draft.properties.push(PropertyChange { path, before, after: Some(after), certain });
            new = true;
        }
    }
    let (level, reason) = match draft.rules.covering(&reference.path) {
        Some((property, how)) => {
            let certain = certain && how == Recreation::Always;
            let reason = Reason { property: property.to_owned(), certain, cause };
            (if certain { Level::Replace } else { Level::MayReplace }, Some(reason))
        }
        None if !draft.rules.known() => {
            let reason = Reason { property: reference.path.join("."), certain: false, cause };
            (Level::MayReplace, Some(reason))
        }
        None => (if certain { Level::Modify } else { Level::MayModify }, None),
    };
    if let Some(reason) = reason {
        match draft.reasons.iter_mut().find(|r| r.property == reason.property && r.cause == reason.cause) {
            Some(there) if there.certain || !reason.certain => {}
            Some(there) => *there = reason,
            None => draft.reasons.push(reason),
        }
    }
    new |= level > draft.level || (!draft.deep && !reference.path.is_empty());
    draft.level = draft.level.max(level);
    draft.deep = true;
    new
}

/// A change without anything said of it.
fn bare(sides: &Sides<'_>, logical_id: &str, resource: &Value, template: Option<&Value>) -> ResourceChange {
    ResourceChange {
        logical_id: logical_id.to_owned(),
        resource_type: type_of(resource).to_owned(),
        component: naming::component(logical_id, sides.places, Some(resource), template),
        place: naming::place(logical_id, sides.places),
        physical_id: sides.physical_ids.get(logical_id).cloned(),
        action: ResourceAction::Modify,
        certain: true,
        properties: Vec::new(),
        reasons: Vec::new(),
        fate: None,
        renamed_from: None,
        moved_from: None,
        other_stack: None,
    }
}

fn added(sides: &Sides<'_>, logical_id: &str, resource: &Value) -> ResourceChange {
    let change = bare(sides, logical_id, resource, sides.new);
    ResourceChange { action: ResourceAction::Add, physical_id: None, ..change }
}

fn removed(sides: &Sides<'_>, logical_id: &str, resource: &Value) -> ResourceChange {
    let fate = Some(fate_of_removed(resource));
    ResourceChange { action: ResourceAction::Remove, fate, ..bare(sides, logical_id, resource, sides.old) }
}

fn changed(
    sides: &Sides<'_>,
    logical_id: &str,
    before: &Value,
    after: &Value,
    draft: Draft<'_>,
) -> Option<ResourceChange> {
    let (action, certain) = match draft.level {
        Level::Same => return None,
        Level::MayModify => (ResourceAction::Modify, false),
        Level::Modify => (ResourceAction::Modify, true),
        Level::MayReplace => (ResourceAction::Replace, false),
        Level::Replace => (ResourceAction::Replace, true),
    };
    let change = bare(sides, logical_id, after, sides.new);
    let fate = (action == ResourceAction::Replace).then(|| fate_of_replaced(after));
    let was = naming::tagged(Some(before), sides.old).filter(|was| *was != change.component);
    // A resource below its component is tagged with the component's own name.
    let renamed_from =
        was.filter(|_| naming::tagged(Some(after), sides.new) != naming::tagged(Some(before), sides.old));
    let mut reasons = draft.reasons;
    if reasons.iter().any(|reason| reason.certain) {
        reasons.retain(|reason| reason.certain);
    }
    Some(ResourceChange {
        resource_type: draft.resource_type.to_owned(),
        action,
        certain,
        properties: draft.properties,
        reasons,
        fate,
        renamed_from,
        ..change
    })
}

/// What becomes of a resource that goes out of the template: the deployed template says.
pub(super) fn fate_of_removed(resource: &Value) -> Fate {
    match resource.get("DeletionPolicy").and_then(Value::as_str) {
        Some(policy) => fate(policy),
        // The service's own default: a snapshot of a cluster, and of an instance that is part of none.
        None => match type_of(resource) {
            "AWS::RDS::DBCluster" => Fate::Snapshot,
            "AWS::RDS::DBInstance" if resource.pointer("/Properties/DBClusterIdentifier").is_none() => {
                Fate::Snapshot
            }
            _ => Fate::Deleted,
        },
    }
}

/// What becomes of a resource that is replaced: the new template says.
pub(super) fn fate_of_replaced(resource: &Value) -> Fate {
    resource.get("UpdateReplacePolicy").and_then(Value::as_str).map_or(Fate::Deleted, fate)
}

fn fate(policy: &str) -> Fate {
    match policy {
        "Retain" | "RetainExceptOnCreate" => Fate::Retained,
        "Snapshot" => Fate::Snapshot,
        _ => Fate::Deleted,
    }
}

fn other_type(sides: &Sides<'_>, logical_id: &str, before: &Value, after: &Value) -> Refusal {
    Refusal {
        stack: sides.stack.to_owned(),
        logical_id: Some(logical_id.to_owned()),
        place: naming::place(logical_id, sides.places),
        why: format!(
            "`{logical_id}` is of the type `{}` and would become `{}`: CloudFormation changes no resource's type",
            type_of(before),
            type_of(after)
        ),
        help: "give the resource another name in its component, so that it is another resource".to_owned(),
    }
}

fn custom_name(sides: &Sides<'_>, logical_id: &str, before: &Value, name: &str) -> Refusal {
    Refusal {
        stack: sides.stack.to_owned(),
        logical_id: Some(logical_id.to_owned()),
        place: naming::place(logical_id, sides.places),
        why: format!(
            "`{logical_id}` ({}) must be replaced, and its name stays ({name}): CloudFormation creates the new one \
             before it deletes the old one, and refuses",
            type_of(before)
        ),
        help: "change the name with the property, or leave the name to CloudFormation".to_owned(),
    }
}
