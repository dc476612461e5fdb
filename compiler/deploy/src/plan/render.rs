//! A plan as people read it: on a terminal, in a pull request, in a browser.
//!
//! Invariant: each rendering says the same, and nothing that the [`Plan`] does not hold; what is secret was masked
//! when the plan was made.

mod html;
mod markdown;
mod tree;

pub use html::html;
pub use markdown::markdown;
pub use tree::{Look, tree};

use super::online::Seen;
use super::{
    Move, PendingInput, Phase, Plan, PlanStep, PropertyChange, Refactor, ResourceAction, ResourceChange,
    StackAction, StackPlan, StepAction,
};
use serde_json::Value;

/// The plan as one JSON document.
///
/// # Errors
/// Where the plan cannot be written, which would be a mistake of ours.
pub fn json(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(plan)?;
    text.push('\n');
    Ok(text)
}

/// The plan in a sentence.
#[must_use]
pub fn headline(plan: &Plan) -> String {
    let counts = &plan.summary.stacks;
    let listed = [
        (counts.create, "to create"),
        (counts.update, "to update"),
        (counts.delete, "to delete"),
        (counts.unchanged, "unchanged"),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (count, what) in listed.into_iter().filter(|(count, _)| *count > 0) {
        // The noun stands once, with the first number.
        let noun = if parts.is_empty() { format!(" {}", plural(count, "stack")) } else { String::new() };
        parts.push(format!("{count}{noun} {what}"));
    }
    if parts.is_empty() {
        parts.push("no stacks".to_owned());
    }
    parts.join(", ")
}

/// What happens to resources, in a sentence; nothing where nothing does.
#[must_use]
pub fn resources(plan: &Plan) -> Option<String> {
    let counts = &plan.summary.resources;
    let listed = [
        (counts.moved, "moved"),
        (counts.add, "added"),
        (counts.modify, "changed"),
        (counts.may_modify, "perhaps changed"),
        (counts.replace, "replaced"),
        (counts.may_replace, "perhaps replaced"),
        (counts.remove, "removed"),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (count, what) in listed.into_iter().filter(|(count, _)| *count > 0) {
        let noun = if parts.is_empty() { format!(" {}", plural(count, "resource")) } else { String::new() };
        parts.push(format!("{count}{noun} {what}"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// What stands before a resource.
fn sign(change: &ResourceChange) -> &'static str {
    match (change.action, change.certain) {
        (ResourceAction::Add, _) => "+",
        (ResourceAction::Modify, true) => "~",
        (ResourceAction::Modify, false) => "~?",
        (ResourceAction::Replace, true) => "-/+",
        (ResourceAction::Replace, false) => "-/+?",
        (ResourceAction::Remove, _) => "-",
    }
}

/// What happens to a resource, in words.
fn verb(change: &ResourceChange) -> &'static str {
    match (change.action, change.certain) {
        (ResourceAction::Add, _) => "added",
        (ResourceAction::Modify, true) => "changed",
        (ResourceAction::Modify, false) => "perhaps changed",
        (ResourceAction::Replace, true) => "replaced",
        (ResourceAction::Replace, false) => "perhaps replaced",
        (ResourceAction::Remove, true) => "removed",
        (ResourceAction::Remove, false) => "perhaps removed",
    }
}

/// What a step does, in words.
fn deed(step: &PlanStep) -> &'static str {
    match (step.action, step.phase) {
        (StepAction::Create, _) => "create",
        (StepAction::Delete, _) => "delete",
        (StepAction::Update, Phase::Only) => "update",
        (StepAction::Update, Phase::Expand) => "expand",
        (StepAction::Update, Phase::Contract) => "contract",
    }
}

/// What a step waits for, in words.
fn after(plan: &Plan, step: &PlanStep) -> Option<String> {
    let numbers: Vec<String> = step.depends_on.iter().map(|id| (id + 1).to_string()).collect();
    let noun = plural(numbers.len(), "step");
    (!numbers.is_empty() && plan.steps.len() > 1).then(|| format!("after {noun} {}", numbers.join(", ")))
}

/// What a person should know of a resource, beside its properties.
fn remarks(change: &ResourceChange) -> Vec<String> {
    let mut found: Vec<String> = change.reasons.iter().map(ToString::to_string).collect();
    found.extend(change.renamed_from.iter().map(|was| format!("it was `{was}`, and keeps its logical id")));
    found.extend(change.moved_from.iter().map(|was| format!("it is moved first, from `{was}`")));
    found.extend(change.other_stack.iter().map(|other| match change.action {
        ResourceAction::Remove => {
            format!("the stack `{other}` gets one by the same name: it does not move by itself")
        }
        ResourceAction::Add | ResourceAction::Modify | ResourceAction::Replace => {
            format!("it was in the stack `{other}`: it does not move by itself")
        }
    }));
    found
}

/// What a refactoring is.
fn refactoring(refactor: &Refactor) -> String {
    let names: Vec<&str> = refactor.stacks.iter().map(|stack| stack.name.as_str()).collect();
    format!("move within {}", names.join(", "))
}

/// What is told of a refactoring beside what moves.
fn refactor_remarks(refactor: &Refactor) -> Vec<String> {
    let mut found = vec!["everything keeps its physical id; nothing is deleted or made anew".to_owned()];
    found.extend(
        refactor.stacks.iter().filter(|s| s.created).map(|s| format!("the stack `{}` is made by it", s.name)),
    );
    found.extend(
        refactor
            .stacks
            .iter()
            .filter(|s| s.vacated)
            .map(|s| format!("`{}` gets a placeholder first: everything moves out of it", s.name)),
    );
    found.extend(refactor.notes.iter().cloned());
    found
}

/// From where a resource moves to where.
fn way(moved: &Move) -> String {
    if moved.from_stack == moved.to_stack {
        format!("{} → {}", moved.from, moved.to)
    } else {
        format!("{}/{} → {}/{}", moved.from_stack, moved.from, moved.to_stack, moved.to)
    }
}

/// What the two updates of a stack are.
fn phases(plan: &Plan, step: &PlanStep) -> Option<String> {
    let stack = plan.stack(&step.stack)?;
    let outputs =
        stack.outputs_removed.iter().map(|output| format!("`{output}`")).collect::<Vec<_>>().join(", ");
    match step.phase {
        Phase::Only => None,
        Phase::Expand => Some("adds what is new, and keeps what others still use".to_owned()),
        Phase::Contract => Some(format!("takes away what nobody uses any more: {outputs}")),
    }
}

/// What is told of a stack beside its resources.
fn stack_remarks(stack: &StackPlan) -> Vec<String> {
    let mut found = stack.notes.clone();
    // Everything of a new stack is unknown: nobody needs to be told.
    if stack.action != StackAction::Create {
        let mut groups: Vec<(&PendingInput, Vec<String>)> = Vec::new();
        for pending in &stack.pending {
            let same = |(other, _): &&mut (&PendingInput, Vec<String>)| {
                (&other.stack, other.certain, &other.why) == (&pending.stack, pending.certain, &pending.why)
            };
            let output = format!("`{}`", pending.output);
            match groups.iter_mut().find(same) {
                Some((_, outputs)) => outputs.push(output),
                None => groups.push((pending, vec![output])),
            }
        }
        for (PendingInput { stack, certain, why, .. }, outputs) in groups {
            let sure = if *certain { "not known yet" } else { "perhaps others" };
            let are = if outputs.len() == 1 { "is" } else { "are" };
            found.push(format!("{} of `{stack}` {are} {sure}: {why}", outputs.join(", ")));
        }
        for (what, outputs) in
            [("new outputs", &stack.outputs_added), ("outputs that go", &stack.outputs_removed)]
        {
            if !outputs.is_empty() && stack.action == StackAction::Update {
                found.push(format!("{what}: {}", outputs.join(", ")));
            }
        }
    }
    found
}

/// The additions of a stack by component, with a place: a new stack is read by what it is for.
fn by_component(stack: &StackPlan) -> Vec<(&str, usize, Option<&str>)> {
    let mut found: Vec<(&str, usize, Option<&str>)> = Vec::new();
    for change in &stack.resources {
        let name = if change.component.is_empty() { &change.logical_id } else { &change.component };
        match found.iter_mut().find(|(there, _, _)| there == name) {
            Some((_, count, _)) => *count += 1,
            None => found.push((name, 1, change.place.as_deref())),
        }
    }
    found.sort_by_key(|(name, _, _)| *name);
    found
}

/// What was and what becomes, in one line each. Where both are long and begin alike, the beginning is cut: what
/// differs is what is looked for.
fn sides(change: &PropertyChange, limit: usize) -> (String, String) {
    let (before, after) = (value(change.before.as_ref()), value(change.after.as_ref()));
    let long = |text: &str| text.chars().count() > limit;
    let alike = before.chars().zip(after.chars()).take_while(|(one, other)| one == other).count();
    if (long(&before) || long(&after)) && alike > limit / 2 {
        // Enough of the beginning stays to see where it is.
        let skipped = alike.saturating_sub(limit / 4);
        let tail = |text: &str| format!("…{}", text.chars().skip(skipped).collect::<String>());
        return (cut(&tail(&before), limit), cut(&tail(&after), limit));
    }
    (cut(&before, limit), cut(&after, limit))
}

fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{cut}…")
}

/// A value in one line.
fn value(value: Option<&Value>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match single(value) {
        Some(("Known after", Value::String(what))) => format!("known after `{what}`"),
        Some(("Ref", Value::String(name))) => format!("`{name}`"),
        Some(("Fn::GetAtt", Value::Array(parts))) => {
            format!("`{}`", parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."))
        }
        _ => match value {
            Value::String(text) if text == super::difference::MASK => text.clone(),
            value => value.to_string(),
        },
    }
}

fn single(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(key, value)| (key.as_str(), value))
}

/// What the service said of each stack beside the plan, in sentences; empty where it was not asked.
fn online(plan: &Plan) -> Vec<(&str, Vec<String>)> {
    let of = |seen: &Seen| {
        let mut lines: Vec<String> = seen
            .drifted
            .iter()
            .map(|drift| {
                let properties = if drift.properties.is_empty() {
                    String::new()
                } else {
                    format!(": {}", drift.properties.join(", "))
                };
                let is = if drift.status == "DELETED" { "was deleted" } else { "was changed" };
                format!("`{}` ({}) {is} outside{properties}", drift.logical_id, drift.resource_type)
            })
            .collect();
        lines.extend(seen.unforeseen.iter().map(|change| {
            let done = match change.action {
                ResourceAction::Add => "adds",
                ResourceAction::Modify => "changes",
                ResourceAction::Replace => "replaces",
                ResourceAction::Remove => "removes",
            };
            format!(
                "the service {done} `{}` ({}), as is not planned",
                change.logical_id, change.resource_type
            )
        }));
        lines.extend(seen.not_confirmed.iter().map(|id| format!("the service does not change `{id}`")));
        lines.extend(seen.notes.iter().cloned());
        if lines.is_empty() {
            lines.push("nothing else than the plan".to_owned());
        }
        lines
    };
    plan.online.iter().map(|seen| (seen.stack.as_str(), of(seen))).collect()
}

#[cfg(test)]
mod tests;
