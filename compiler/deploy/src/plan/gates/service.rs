//! The changes of a change set, in the planner's terms.
//!
//! Invariant: what the service does not know is a replacement that may be, and what it calls dynamic is a removal
//! that may be: neither passes a gate unseen.

use super::View;
use crate::backend::{Action, ChangeDetail, ChangeSet, Replacement, ResourceChange as Said};
use crate::plan::changes::{fate_of_removed, fate_of_replaced};
use crate::plan::difference::masked;
use crate::plan::{Cause, Fate, PropertyChange, Reason, ResourceAction, ResourceChange, naming};
use serde_json::Value;

/// What a change set does.
pub(super) fn changes(view: &View<'_>, change_set: &ChangeSet) -> Vec<ResourceChange> {
    change_set.changes.iter().filter_map(|said| change(view, said)).collect()
}

fn change(view: &View<'_>, said: &Said) -> Option<ResourceChange> {
    let (action, certain) = match (said.action, said.replacement) {
        (Action::Add | Action::Import, _) => (ResourceAction::Add, true),
        (Action::Remove, _) => (ResourceAction::Remove, true),
        // Only executing tells; it may be the end of it.
        (Action::Dynamic, _) => (ResourceAction::Remove, false),
        (Action::Modify, Some(Replacement::True)) => (ResourceAction::Replace, true),
        (Action::Modify, Some(Replacement::Conditional)) => (ResourceAction::Replace, false),
        (Action::Modify, Some(Replacement::False) | None) => (ResourceAction::Modify, true),
        (Action::SyncWithActual, _) => return None,
    };
    let said_fate = said.policy_action.as_deref().and_then(|policy| match policy {
        "Delete" | "ReplaceAndDelete" => Some(Fate::Deleted),
        "Retain" | "ReplaceAndRetain" => Some(Fate::Retained),
        "Snapshot" | "ReplaceAndSnapshot" => Some(Fate::Snapshot),
        _ => None,
    });
    let id = said.logical_id.as_str();
    let fate = match action {
        ResourceAction::Remove => said_fate.or_else(|| view.old_resource(id).map(fate_of_removed)),
        ResourceAction::Replace => said_fate.or_else(|| view.new_resource(id).map(fate_of_replaced)),
        ResourceAction::Add | ResourceAction::Modify => None,
    };
    let replaces = |detail: &&ChangeDetail| detail.requires_recreation != "Never";
    let reasons = said.details.iter().filter(replaces).map(|detail| Reason {
        property: detail.path.clone().unwrap_or_else(|| detail.name.clone()),
        certain: detail.requires_recreation == "Always" && detail.evaluation == "Static",
        cause: cause(detail),
    });
    Some(ResourceChange {
        logical_id: said.logical_id.clone(),
        resource_type: said.resource_type.clone(),
        component: view.component(id),
        place: naming::place(id, view.places),
        physical_id: said.physical_id.clone(),
        action,
        certain,
        properties: said.details.iter().map(property).collect(),
        reasons: if action == ResourceAction::Replace { reasons.collect() } else { Vec::new() },
        fate,
        renamed_from: None,
        moved_from: None,
        other_stack: None,
    })
}

fn property(detail: &ChangeDetail) -> PropertyChange {
    let path = detail.path.clone().unwrap_or_else(|| detail.name.clone());
    // The service quotes values; what is secret in them is masked as in templates.
    let shown = |text: &Option<String>| {
        let value = text.as_ref()?;
        let read = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.clone()));
        let name = path.rsplit(['.', '/']).next().unwrap_or_default();
        let named = Value::Object([(name.to_owned(), read)].into_iter().collect());
        masked(&named, false).get(name).cloned()
    };
    PropertyChange {
        before: shown(&detail.before),
        after: shown(&detail.after),
        certain: detail.evaluation == "Static",
        path: path.clone(),
    }
}

fn cause(detail: &ChangeDetail) -> Cause {
    match (detail.change_source.as_str(), detail.causing_entity.as_deref()) {
        ("ResourceReference" | "ResourceAttribute", Some(entity)) => {
            let (logical_id, attribute) = entity.split_once('.').unwrap_or((entity, "Ref"));
            Cause::Resource { logical_id: logical_id.to_owned(), attribute: attribute.to_owned() }
        }
        ("DirectModification", _) => Cause::Template,
        (source, entity) => {
            Cause::Service { said: format!("{source} {}", entity.unwrap_or_default()).trim().to_owned() }
        }
    }
}
