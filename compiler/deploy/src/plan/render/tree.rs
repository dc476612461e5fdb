//! The plan as a tree, for people at a terminal.
//!
//! Invariant: colour only repeats what signs and words say.

use super::{
    after, by_component, deed, headline, online, phases, refactor_remarks, refactoring, remarks, resources,
    sides, sign, stack_remarks, way,
};
use crate::plan::{
    Gate, Phase, Plan, PlanStep, Refactor, ResourceAction, ResourceChange, StackAction, StackPlan,
};
use std::fmt::Write as _;

/// How long a value may be.
const LIMIT: usize = 60;

/// How the tree looks.
pub struct Look<'a> {
    /// Whether there are colours.
    pub colours: bool,
    /// A place as the reader's editor opens it, of one as the source map has it.
    pub place: &'a dyn Fn(&str) -> String,
}

struct Paint {
    bold: &'static str,
    dim: &'static str,
    green: &'static str,
    yellow: &'static str,
    red: &'static str,
    end: &'static str,
}

const COLOURS: Paint = Paint {
    bold: "\u{1b}[1m",
    dim: "\u{1b}[2m",
    green: "\u{1b}[32m",
    yellow: "\u{1b}[33m",
    red: "\u{1b}[31m",
    end: "\u{1b}[0m",
};

const PLAIN: Paint = Paint { bold: "", dim: "", green: "", yellow: "", red: "", end: "" };

/// The whole plan.
#[must_use]
pub fn tree(plan: &Plan, look: &Look<'_>) -> String {
    let paint = if look.colours { COLOURS } else { PLAIN };
    let (bold, end) = (paint.bold, paint.end);
    let mut out = String::new();
    let Plan { product, environment, account, region, .. } = plan;
    let _ = writeln!(
        out,
        "{bold}{product} in {environment}{end} (account {account}, {region}): {}",
        headline(plan)
    );
    if plan.is_empty() && plan.refusals.is_empty() {
        out.push_str("nothing changes\n");
        said(plan, &paint, &mut out);
        return out;
    }
    for refactor in &plan.moves {
        out.push('\n');
        moves(refactor, look, &paint, &mut out);
    }
    for step in &plan.steps {
        out.push('\n');
        one(plan, step, look, &paint, &mut out);
    }
    let unchanged: Vec<&str> = plan
        .stacks
        .iter()
        .filter(|stack| stack.action == StackAction::Unchanged)
        .map(|stack| stack.name.as_str())
        .collect();
    if !unchanged.is_empty() {
        let _ = writeln!(out, "\n{}unchanged: {}{end}", paint.dim, unchanged.join(", "));
    }
    said(plan, &paint, &mut out);
    told(plan, look, &paint, &mut out);
    if let Some(resources) = resources(plan) {
        let _ = writeln!(out, "\n{bold}{resources}{end}");
    }
    out
}

/// What the service said, where it was asked.
fn said(plan: &Plan, paint: &Paint, out: &mut String) {
    let online = online(plan);
    if online.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}the service says{}", paint.bold, paint.end);
    for (stack, lines) in online {
        let _ = writeln!(out, "   {stack}");
        for line in lines {
            let _ = writeln!(out, "       {line}");
        }
    }
}

fn moves(refactor: &Refactor, look: &Look<'_>, paint: &Paint, out: &mut String) {
    let _ = writeln!(out, "{}{}{}", paint.bold, refactoring(refactor), paint.end);
    for remark in refactor_remarks(refactor) {
        let _ = writeln!(out, "   {}{remark}{}", paint.dim, paint.end);
    }
    for moved in &refactor.moves {
        let place = moved.place.as_deref().map_or_else(String::new, look.place);
        let line = format!(
            "   {}>{} {}   {}   {} → {}   {}{place}{}",
            paint.green,
            paint.end,
            way(moved),
            moved.resource_type,
            moved.was,
            moved.component,
            paint.dim,
            paint.end
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn one(plan: &Plan, step: &PlanStep, look: &Look<'_>, paint: &Paint, out: &mut String) {
    let after =
        after(plan, step).map_or_else(String::new, |text| format!("   {}{text}{}", paint.dim, paint.end));
    let _ = writeln!(out, "{}{}. {} {}{}{after}", paint.bold, step.id + 1, deed(step), step.stack, paint.end);
    if let Some(phase) = phases(plan, step) {
        let _ = writeln!(out, "   {phase}");
    }
    let Some(stack) = plan.stack(&step.stack).filter(|_| step.phase != Phase::Contract) else { return };
    for remark in stack_remarks(stack) {
        let _ = writeln!(out, "   {}{remark}{}", paint.dim, paint.end);
    }
    if stack.action == StackAction::Create {
        created(stack, look, paint, out);
        return;
    }
    for change in &stack.settings {
        let (before, after) = sides(change, LIMIT);
        let _ = writeln!(out, "   {}~{} {}: {before} → {after}", paint.yellow, paint.end, change.path);
    }
    for change in &stack.resources {
        resource(change, look, paint, out);
    }
}

fn created(stack: &StackPlan, look: &Look<'_>, paint: &Paint, out: &mut String) {
    for (component, count, place) in by_component(stack) {
        let place = place.map_or_else(String::new, look.place);
        let noun = if count == 1 { "resource" } else { "resources" };
        let _ = writeln!(
            out,
            "   {}+{} {component}   {count} {noun}   {}{place}{}",
            paint.green, paint.end, paint.dim, paint.end
        );
    }
}

fn resource(change: &ResourceChange, look: &Look<'_>, paint: &Paint, out: &mut String) {
    let colour = match change.action {
        ResourceAction::Add => paint.green,
        ResourceAction::Modify => paint.yellow,
        ResourceAction::Replace | ResourceAction::Remove => paint.red,
    };
    let place = change.place.as_deref().map_or_else(String::new, look.place);
    let component = if change.component.is_empty() { "" } else { &change.component };
    let line = format!(
        "   {colour}{}{} {}   {}   {component}   {}{place}{}",
        sign(change),
        paint.end,
        change.logical_id,
        change.resource_type,
        paint.dim,
        paint.end
    );
    let _ = writeln!(out, "{}", line.trim_end());
    for property in &change.properties {
        let (before, after) = sides(property, LIMIT);
        let perhaps = if property.certain { "" } else { "   perhaps" };
        let _ = writeln!(out, "         {}: {before} → {after}{perhaps}", property.path);
    }
    for remark in remarks(change) {
        let _ = writeln!(out, "       {}{remark}{}", paint.dim, paint.end);
    }
}

/// What must be agreed to, what is only told, and what cannot be done.
fn told(plan: &Plan, look: &Look<'_>, paint: &Paint, out: &mut String) {
    let (required, only): (Vec<&Gate>, Vec<&Gate>) = plan.gates.iter().partition(|gate| gate.required);
    for (title, gates) in [("to be agreed to by name", &required), ("to know", &only)] {
        if gates.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{}{title}{}", paint.bold, paint.end);
        for gate in gates {
            let place = gate.place.as_deref().map_or_else(String::new, look.place);
            let line = format!(
                "   {}{}{}   {}   {}{place}{}",
                if gate.required { paint.red } else { paint.yellow },
                gate.acknowledgement,
                paint.end,
                gate.kind.title(),
                paint.dim,
                paint.end
            );
            let _ = writeln!(out, "{}", line.trim_end());
            for why in &gate.why {
                let _ = writeln!(out, "       {why}");
            }
            if let Some(help) = &gate.help {
                let _ = writeln!(out, "       help: {help}");
            }
        }
    }
    if !required.is_empty() {
        let named = plan
            .acknowledgements()
            .iter()
            .map(|text| format!(" --acknowledge \"{text}\""))
            .collect::<String>();
        let _ = writeln!(out, "\n   solc deploy --env {}{named}", plan.environment);
    }
    if !plan.refusals.is_empty() {
        let _ = writeln!(out, "\n{}cannot be done{}", paint.bold, paint.end);
        for refusal in &plan.refusals {
            let place = refusal.place.as_deref().map_or_else(String::new, look.place);
            let line = format!("   {}{}{}   {place}", paint.red, refusal.stack, paint.end);
            let _ =
                writeln!(out, "{}\n       {}\n       help: {}", line.trim_end(), refusal.why, refusal.help);
        }
    }
}
