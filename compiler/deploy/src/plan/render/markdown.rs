//! The plan for a pull request: what matters first, the rest folded.
//!
//! Invariant: nothing of a template is read as Markdown or HTML: values stand in code spans that they cannot end, and
//! everything else is escaped.

use super::{
    after, by_component, deed, headline, online, phases, refactor_remarks, refactoring, remarks, resources,
    sides, sign, stack_remarks, way,
};
use crate::plan::{Gate, Phase, Plan, PlanStep, Refactor, StackAction, StackPlan};
use std::fmt::Write as _;

/// How long a value may be.
const LIMIT: usize = 80;

/// How many resources of a stack are listed: a forge cuts what is too long, in the middle of anything.
const LISTED: usize = 60;

/// The whole plan.
#[must_use]
pub fn markdown(plan: &Plan) -> String {
    let mut out = String::new();
    let Plan { product, environment, account, region, .. } = plan;
    let _ = writeln!(out, "### {} in {}: {}\n", text(product), text(environment), headline(plan));
    if plan.is_empty() && plan.refusals.is_empty() {
        out.push_str("Nothing changes.\n\n");
        said(plan, &mut out);
        return out;
    }
    if let Some(resources) = resources(plan) {
        let _ = writeln!(out, "{resources} · account {} · {}\n", text(account), text(region));
    }
    for refusal in &plan.refusals {
        let _ = writeln!(out, "- ⛔ **cannot be done**: {} — {}", text(&refusal.why), text(&refusal.help));
    }
    if !plan.refusals.is_empty() {
        out.push('\n');
    }
    gates(plan, &mut out);
    said(plan, &mut out);
    for refactor in &plan.moves {
        moves(refactor, &mut out);
    }
    for step in &plan.steps {
        one(plan, step, &mut out);
    }
    out
}

/// What the service said, where it was asked.
fn said(plan: &Plan, out: &mut String) {
    let online = online(plan);
    if online.is_empty() {
        return;
    }
    out.push_str("**The service says**\n\n");
    for (stack, lines) in online {
        let _ = writeln!(out, "- {}", code(stack));
        for line in lines {
            let _ = writeln!(out, "  - {}", text(&line));
        }
    }
    out.push('\n');
}

fn gates(plan: &Plan, out: &mut String) {
    let (required, told): (Vec<&Gate>, Vec<&Gate>) = plan.gates.iter().partition(|gate| gate.required);
    for (title, gates) in [("To be agreed to by name", required), ("To know", told)] {
        if gates.is_empty() {
            continue;
        }
        let _ = writeln!(out, "**{title}**\n");
        for gate in gates {
            let place = gate.place.as_deref().map_or_else(String::new, |place| format!(" · {}", code(place)));
            let _ = writeln!(out, "- {} · {}{place}", code(&gate.acknowledgement), gate.kind.title());
            for why in gate.why.iter().chain(&gate.help) {
                let _ = writeln!(out, "  - {}", text(why));
            }
        }
        out.push('\n');
    }
}

fn moves(refactor: &Refactor, out: &mut String) {
    let _ = writeln!(out, "<details open><summary>{}</summary>\n", text(&refactoring(refactor)));
    for remark in refactor_remarks(refactor) {
        let _ = writeln!(out, "- {}", text(&remark));
    }
    for moved in refactor.moves.iter().take(LISTED) {
        let place = moved.place.as_deref().map_or_else(String::new, |place| format!(" · {}", code(place)));
        let _ = writeln!(
            out,
            "- `>` {} {}: {} → {}{place}",
            code(&way(moved)),
            text(&moved.resource_type),
            code(&moved.was),
            code(&moved.component)
        );
    }
    let left = refactor.moves.len().saturating_sub(LISTED);
    if left > 0 {
        let _ = writeln!(out, "- and {left} more resources: `solc plan` shows all");
    }
    out.push_str("\n</details>\n");
}

fn one(plan: &Plan, step: &PlanStep, out: &mut String) {
    let after = after(plan, step).map_or_else(String::new, |text| format!(" ({text})"));
    let number = step.id + 1;
    let _ = writeln!(
        out,
        "<details><summary>{number}. {} <b>{}</b>{after}</summary>\n",
        deed(step),
        text(&step.stack)
    );
    if let Some(phase) = phases(plan, step) {
        let _ = writeln!(out, "{}\n", text(&phase));
    }
    if let Some(stack) = plan.stack(&step.stack).filter(|_| step.phase != Phase::Contract) {
        changes(stack, out);
    }
    out.push_str("\n</details>\n");
}

fn changes(stack: &StackPlan, out: &mut String) {
    for remark in stack_remarks(stack) {
        let _ = writeln!(out, "- {}", text(&remark));
    }
    if stack.action == StackAction::Create {
        for (component, count, place) in by_component(stack) {
            let place = place.map_or_else(String::new, |place| format!(" · {}", code(place)));
            let _ = writeln!(out, "- `+` {} · {count}{place}", code(component));
        }
        return;
    }
    for change in &stack.settings {
        let (before, after) = sides(change, LIMIT);
        let _ = writeln!(out, "- `~` {}: {} → {}", code(&change.path), code(&before), code(&after));
    }
    for change in stack.resources.iter().take(LISTED) {
        let place = change.place.as_deref().map_or_else(String::new, |place| format!(" · {}", code(place)));
        let _ = writeln!(
            out,
            "- `{}` {} {}{place}",
            sign(change),
            code(&change.logical_id),
            text(&change.resource_type)
        );
        for property in &change.properties {
            let (before, after) = sides(property, LIMIT);
            let perhaps = if property.certain { "" } else { " (perhaps)" };
            let _ =
                writeln!(out, "  - {}: {} → {}{perhaps}", code(&property.path), code(&before), code(&after));
        }
        for remark in remarks(change) {
            let _ = writeln!(out, "  - {}", text(&remark));
        }
    }
    let left = stack.resources.len().saturating_sub(LISTED);
    if left > 0 {
        let _ = writeln!(out, "- and {left} more resources: `solc plan` shows all");
    }
}

/// A code span that its text cannot end.
fn code(inner: &str) -> String {
    let inner = inner.replace('\n', " ");
    let longest = inner.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest > 0 { format!("{fence} {inner} {fence}") } else { format!("{fence}{inner}{fence}") }
}

/// Text of which nothing is markup but the code spans that we write ourselves.
fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for (index, part) in plain.split('`').enumerate() {
        // Sentences of ours quote names in pairs of backticks.
        if index % 2 == 1 {
            out.push_str(&code(part));
            continue;
        }
        for character in part.chars() {
            match character {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '*' | '_' | '[' | ']' | '|' | '#' | '~' | '\\' => {
                    out.push('\\');
                    out.push(character);
                }
                '\n' | '\r' => out.push(' '),
                other => out.push(other),
            }
        }
    }
    out
}
