//! Who may do what to what: by the statements and flows that links made, and by any other statement.
//!
//! ```sol
//! assert access(shop.biller, shop.receipts) == [read]
//! ```
//!
//! Invariant: no allowance is left out. What a link to the target made is called by the link's verb; what anything else
//! allows on the target is called by its action, so that it is never mistaken for a verb.

use super::{Index, Step, Subject};
use crate::model::{Effect, Holder, InstanceId, Reason, ResourceId, Statement, Value};
use solc_source::Name;

/// Something that one may do to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The verb of the link, or the action (`kms:Decrypt`).
    pub verb: Name,
    /// Why.
    pub reason: Step,
}

/// Everything that `from` may do to `to`, by verb; each once.
#[must_use]
pub fn permissions(index: &Index<'_>, from: Subject, to: Subject) -> Vec<Permission> {
    let mut found: Vec<Permission> = Vec::new();
    let mut add = |verb: &Name, reason: Step| {
        if !found.iter().any(|p| p.verb == *verb) {
            found.push(Permission { verb: verb.clone(), reason });
        }
    };
    let deployment = index.deployment;
    let targets = index.resources_of(to);
    for statement in &deployment.statements {
        if statement.effect == Effect::Deny {
            continue;
        }
        match (&statement.holder, from) {
            (Holder::Identity(role), _) if uses(index, *role, from, to) => {}
            (Holder::Resource(target, principal), Subject::Internet)
                if principal == "*" && is_for_everyone(statement) && targets.contains(target) =>
            {
                for action in &statement.actions {
                    let text = format!("the resource policy lets everyone `{action}`");
                    add(action, Step { text, span: statement.span });
                }
                continue;
            }
            (Holder::Identity(_) | Holder::Resource(..) | Holder::Trust(..), _) => continue,
        }
        match &statement.reason {
            Reason::Link(id) if links_to(index, *id, to) => {
                if let Some(link) = deployment.links.get(id.0 as usize) {
                    add(&link.verb, Step { text: shown_link(index, *id), span: link.span });
                }
            }
            reason => {
                // A statement on everything is only accepted of actions that know no resource.
                if statement.resources.iter().any(|r| names(r, &targets)) {
                    let because = match reason {
                        Reason::Link(id) => shown_link(index, *id),
                        Reason::Platform(why) => why.to_string(),
                    };
                    for action in &statement.actions {
                        add(action, Step { text: because.clone(), span: statement.span });
                    }
                }
            }
        }
    }
    for flow in &deployment.flows {
        if let Reason::Link(id) = &flow.reason
            && links_to(index, *id, to)
            && let Some(link) = deployment.links.get(id.0 as usize)
            && consumes(index, link.consumer, from, to)
        {
            add(&link.verb, Step { text: shown_link(index, *id), span: link.span });
        }
    }
    // Verbs first: an action has a colon.
    found.sort_by(|a, b| (a.verb.contains(':'), &a.verb).cmp(&(b.verb.contains(':'), &b.verb)));
    found
}

/// Conditions that keep strangers out: they name an account, an organisation, or a resource of one.
const NOT_FOR_STRANGERS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "kms:calleraccount",
];

/// Whether none of a statement's conditions keeps strangers out.
fn is_for_everyone(statement: &Statement) -> bool {
    !statement.conditions.iter().any(|(_, key, _)| NOT_FOR_STRANGERS.contains(&key.to_lowercase().as_str()))
}

/// Whether a role is of the user, and not of what is used.
fn uses(index: &Index<'_>, role: ResourceId, from: Subject, to: Subject) -> bool {
    let Some(resource) = index.resource(role) else { return false };
    match from {
        Subject::Resource(id) => id == role || index.users(role).contains(&id),
        Subject::Instance(_) | Subject::Internet => consumes(index, resource.instance, from, to),
    }
}

fn consumes(index: &Index<'_>, consumer: InstanceId, from: Subject, to: Subject) -> bool {
    let Subject::Instance(user) = from else { return false };
    let within = index.is_within(consumer, user);
    match to {
        // What stands in the target itself is not its user, unless the target is the whole that both stand in.
        Subject::Instance(used) => {
            within && (!index.is_within(consumer, used) || index.is_within(user, used))
        }
        Subject::Resource(_) | Subject::Internet => within,
    }
}

fn links_to(index: &Index<'_>, link: crate::model::LinkId, to: Subject) -> bool {
    let Some(link) = index.deployment.links.get(link.0 as usize) else { return false };
    match to {
        Subject::Instance(used) => index.is_within(link.target, used),
        Subject::Resource(_) => false,
        Subject::Internet => {
            index.deployment.instances.get(link.target.index()).is_some_and(|i| is_internet(&i.component))
        }
    }
}

/// Whether a component is the one that stands for everything outside.
pub(crate) fn is_internet(component: &str) -> bool {
    component == "std.network.Internet"
}

fn shown_link(index: &Index<'_>, id: crate::model::LinkId) -> String {
    index.deployment.links.get(id.0 as usize).map_or_else(String::new, |link| {
        format!("`{}` links `{}.{}`", index.path(link.consumer), index.path(link.target), link.verb)
    })
}

fn names(value: &Value, targets: &[ResourceId]) -> bool {
    let mut found = false;
    value.references(&mut |id, _| found |= targets.contains(&id));
    found
}
