//! Data at risk: what holds it is replaced, removed, or kept less well.
//!
//! Invariant: what the policies of a resource leave of its data is said in so many words.

use super::{Gate, GateKind, View};
use crate::plan::replacement::Rules;
use crate::plan::{Fate, ResourceAction, ResourceChange};
use serde_json::Value;

/// What protects data, by the property that says so.
const SWITCHES: &[(&str, &str)] = &[
    ("/Properties/DeletionProtection", "protection against deletion"),
    ("/Properties/DeletionProtectionEnabled", "protection against deletion"),
    (
        "/Properties/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        "recovery to any point in time",
    ),
    ("/Properties/StorageEncrypted", "encryption at rest"),
    ("/Properties/Encrypted", "encryption at rest"),
    ("/Properties/EnableKeyRotation", "rotation of the key"),
];

/// For how long data can be got back, by the property that says so.
const PERIODS: &[(&str, &str)] = &[
    ("/Properties/BackupRetentionPeriod", "days of backups"),
    ("/Properties/SnapshotRetentionLimit", "days of snapshots"),
    ("/Properties/RetentionInDays", "days of logs"),
    ("/Properties/MessageRetentionPeriod", "seconds that messages wait"),
    ("/Properties/RetentionPeriodHours", "hours of records"),
    ("/Properties/PendingWindowInDays", "days before a key is gone"),
];

pub(super) fn gates(view: &View<'_>, changes: &[ResourceChange]) -> Vec<Gate> {
    let mut gates = Vec::new();
    if view.new.is_none() && view.old.is_some() && view.was_protected {
        let why =
            "the stack is protected against deletion; the protection is taken off, and the stack deleted";
        gates.push(view.gate(GateKind::StackDeletion, "", vec![why.to_owned()]));
    }
    if view.new.is_some() && view.was_protected && !view.protected {
        let why = "the stack loses its protection against deletion";
        gates.push(view.gate(GateKind::ProtectionLowered, "", vec![why.to_owned()]));
    }
    for change in changes {
        let stateful = Rules::of(&change.resource_type).is_stateful();
        match change.action {
            ResourceAction::Replace if stateful => gates.push(replacement(view, change)),
            ResourceAction::Remove if stateful => gates.push(deletion(view, change)),
            ResourceAction::Add
            | ResourceAction::Modify
            | ResourceAction::Replace
            | ResourceAction::Remove => {}
        }
        gates.extend(lowered(view, change));
    }
    gates
}

fn replacement(view: &View<'_>, change: &ResourceChange) -> Gate {
    let may = if change.certain { "is" } else { "may be" };
    let mut why =
        vec![format!("`{}` ({}) {may} replaced by an empty one", change.logical_id, change.resource_type)];
    why.extend(change.reasons.iter().map(ToString::to_string));
    why.push(match change.fate {
        Some(Fate::Retained) => {
            "the old one stays in the account with its data, and is no longer looked after".to_owned()
        }
        Some(Fate::Snapshot) => {
            "the old one is deleted after a last snapshot; the data is in the snapshot alone".to_owned()
        }
        Some(Fate::Deleted) | None => "the old one is deleted with its data: nothing is kept".to_owned(),
    });
    view.gate(GateKind::StatefulReplacement, &change.logical_id, why)
}

fn deletion(view: &View<'_>, change: &ResourceChange) -> Gate {
    let may = if change.certain { "goes" } else { "may go" };
    let mut why = vec![format!("`{}` ({}) {may} out of the stack", change.logical_id, change.resource_type)];
    why.push(match change.fate {
        Some(Fate::Retained) => {
            "it stays in the account with its data, and is no longer looked after".to_owned()
        }
        Some(Fate::Snapshot) => {
            "it is deleted after a last snapshot; the data is in the snapshot alone".to_owned()
        }
        Some(Fate::Deleted) | None => "it is deleted with its data: nothing is kept".to_owned(),
    });
    let protected = |path: &&(&str, &str)| {
        path.1 == "protection against deletion" && switch(view.old_resource(&change.logical_id), path.0)
    };
    if change.fate != Some(Fate::Retained) && SWITCHES.iter().any(|path| protected(&path)) {
        why.push(
            "it is protected against deletion itself: the service refuses until that is turned off"
                .to_owned(),
        );
    }
    view.gate(GateKind::StatefulDeletion, &change.logical_id, why)
}

/// What keeps data less well than before.
fn lowered(view: &View<'_>, change: &ResourceChange) -> Option<Gate> {
    let (old, new) = (view.old_resource(&change.logical_id)?, view.new_resource(&change.logical_id)?);
    let mut why = Vec::new();
    for (path, what) in SWITCHES {
        if switch(Some(old), path) && !switch(Some(new), path) {
            why.push(format!("`{}` has no {what} any more", change.logical_id));
        }
    }
    for (path, what) in PERIODS {
        let (Some(before), Some(after)) = (number(old, path), number(new, path)) else { continue };
        if after < before {
            why.push(format!("`{}` has {after} {what}, and not {before}", change.logical_id));
        }
    }
    let kept = |resource: &Value, policy: &str| {
        resource.get(policy).and_then(Value::as_str).is_some_and(|p| p != "Delete")
    };
    for (policy, when) in [("DeletionPolicy", "deleted"), ("UpdateReplacePolicy", "replaced")] {
        if kept(old, policy) && !kept(new, policy) {
            why.push(format!("nothing is kept of `{}` any more when it is {when}", change.logical_id));
        }
    }
    (!why.is_empty()).then(|| view.gate(GateKind::ProtectionLowered, &change.logical_id, why))
}

fn switch(resource: Option<&Value>, path: &str) -> bool {
    resource.and_then(|resource| resource.pointer(path)).is_some_and(is_true)
}

/// Whether a template says yes; texts are accepted by the service too.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
}

/// A number, also where it is a text.
pub(super) fn number(resource: &Value, path: &str) -> Option<i64> {
    let value = resource.pointer(path)?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
