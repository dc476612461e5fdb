//! The plan as one page: to be kept with a release, sent, or shown to somebody who approves.
//!
//! Invariant: the page needs nothing else, neither a script nor a file; whatever comes from templates is escaped.

use super::{
    after, by_component, deed, headline, online, phases, refactor_remarks, refactoring, remarks, resources,
    sides, sign, stack_remarks, verb, way,
};
use crate::plan::{Gate, Phase, Plan, PlanStep, Refactor, ResourceChange, StackAction, StackPlan};
use std::fmt::Write as _;

/// How long a value may be: a page scrolls.
const LIMIT: usize = 400;

const STYLE: &str = include_str!("style.css");

/// The whole plan.
#[must_use]
pub fn html(plan: &Plan) -> String {
    let title = format!("Plan of {} in {}", plan.product, plan.environment);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p><strong>{}</strong></p>\n",
        headline(plan),
        title = text(&title),
    );
    let Plan { account, region, stage, manifest_sha256, .. } = plan;
    let _ = writeln!(
        out,
        "<dl><dt>Account</dt><dd>{}</dd><dt>Region</dt><dd>{}</dd><dt>Stage</dt><dd>{}</dd>\
         <dt>Manifest</dt><dd><code>{}</code></dd></dl>",
        text(account),
        text(region),
        text(stage),
        text(manifest_sha256)
    );
    if let Some(resources) = resources(plan) {
        let _ = writeln!(out, "<p>{resources}</p>");
    }
    if plan.is_empty() && plan.refusals.is_empty() {
        out.push_str("<p>Nothing changes.</p>\n");
    }
    if !plan.refusals.is_empty() {
        out.push_str("<section><h2>Cannot be done</h2>\n<ul>\n");
        for refusal in &plan.refusals {
            let _ = writeln!(out, "<li>{}<br>{}</li>", prose(&refusal.why), prose(&refusal.help));
        }
        out.push_str("</ul></section>\n");
    }
    gates(plan, &mut out);
    said(plan, &mut out);
    if !plan.moves.is_empty() {
        out.push_str("<section><h2>Moves</h2>\n");
        plan.moves.iter().for_each(|refactor| moves(refactor, &mut out));
        out.push_str("</section>\n");
    }
    if !plan.steps.is_empty() {
        out.push_str("<section><h2>Steps</h2>\n<ol>\n");
        for step in &plan.steps {
            one(plan, step, &mut out);
        }
        out.push_str("</ol></section>\n");
    }
    unchanged(plan, &mut out);
    out.push_str("</main>\n<footer>Written by <code>solc plan</code>.</footer>\n</body>\n</html>\n");
    out
}

/// What the service said, where it was asked.
fn said(plan: &Plan, out: &mut String) {
    let online = online(plan);
    if online.is_empty() {
        return;
    }
    out.push_str("<section><h2>The service says</h2>\n<ul>\n");
    for (stack, lines) in online {
        let lines: String = lines.iter().map(|line| format!("<li>{}</li>", prose(line))).collect();
        let _ = writeln!(out, "<li><code>{}</code><ul>{lines}</ul></li>", text(stack));
    }
    out.push_str("</ul></section>\n");
}

fn unchanged(plan: &Plan, out: &mut String) {
    let names: Vec<String> = plan
        .stacks
        .iter()
        .filter(|stack| stack.action == StackAction::Unchanged)
        .map(|stack| text(&stack.name))
        .collect();
    if !names.is_empty() {
        let _ = writeln!(out, "<section><h2>Unchanged</h2>\n<p>{}</p></section>", names.join(", "));
    }
}

fn gates(plan: &Plan, out: &mut String) {
    let (required, told): (Vec<&Gate>, Vec<&Gate>) = plan.gates.iter().partition(|gate| gate.required);
    for (title, gates) in [("To be agreed to by name", required), ("To know", told)] {
        if gates.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "<section><h2>{title}</h2>\n<table><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">What</th>\
             <th scope=\"col\">Why</th><th scope=\"col\">Where</th></tr></thead>\n<tbody>"
        );
        for gate in gates {
            let why: Vec<String> = gate.why.iter().chain(&gate.help).map(|why| prose(why)).collect();
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td></tr>",
                text(&gate.acknowledgement),
                gate.kind.title(),
                why.join("<br>"),
                text(gate.place.as_deref().unwrap_or(&gate.stack))
            );
        }
        out.push_str("</tbody></table></section>\n");
    }
}

fn moves(refactor: &Refactor, out: &mut String) {
    let _ = writeln!(out, "<h3>{}</h3>\n<ul>", text(&refactoring(refactor)));
    for remark in refactor_remarks(refactor) {
        let _ = writeln!(out, "<li>{}</li>", prose(&remark));
    }
    for moved in &refactor.moves {
        let place =
            moved.place.as_deref().map_or_else(String::new, |p| format!(" <small>{}</small>", text(p)));
        let _ = writeln!(
            out,
            "<li>&gt; <code>{}</code> {}: <code>{}</code> → <code>{}</code>{place}</li>",
            text(&way(moved)),
            text(&moved.resource_type),
            text(&moved.was),
            text(&moved.component)
        );
    }
    out.push_str("</ul>\n");
}

fn one(plan: &Plan, step: &PlanStep, out: &mut String) {
    let after = after(plan, step).map_or_else(String::new, |text| format!(" <small>{text}</small>"));
    let _ = writeln!(out, "<li><h3>{} {}{after}</h3>", deed(step), text(&step.stack));
    if let Some(phase) = phases(plan, step) {
        let _ = writeln!(out, "<p>{}</p>", prose(&phase));
    }
    if let Some(stack) = plan.stack(&step.stack).filter(|_| step.phase != Phase::Contract) {
        changes(stack, out);
    }
    out.push_str("</li>\n");
}

fn changes(stack: &StackPlan, out: &mut String) {
    let remarks = stack_remarks(stack);
    if !remarks.is_empty() {
        let listed: String = remarks.iter().map(|remark| format!("<li>{}</li>", prose(remark))).collect();
        let _ = writeln!(out, "<ul>{listed}</ul>");
    }
    if stack.action == StackAction::Create {
        out.push_str("<ul>\n");
        for (component, count, place) in by_component(stack) {
            let place = place.map_or_else(String::new, |place| format!(" <small>{}</small>", text(place)));
            let _ = writeln!(out, "<li>+ <code>{}</code>: {count}{place}</li>", text(component));
        }
        out.push_str("</ul>\n");
        return;
    }
    if !stack.settings.is_empty() {
        out.push_str("<ul>\n");
        for change in &stack.settings {
            let (before, after) = sides(change, LIMIT);
            let _ = writeln!(out, "<li>{}: {} → {}</li>", text(&change.path), prose(&before), prose(&after));
        }
        out.push_str("</ul>\n");
    }
    stack.resources.iter().for_each(|change| resource(change, out));
}

fn resource(change: &ResourceChange, out: &mut String) {
    let place =
        change.place.as_deref().map_or_else(String::new, |place| format!(" <small>{}</small>", text(place)));
    let heading = format!(
        "<span class=\"sign\" aria-hidden=\"true\">{}</span> <code>{}</code> {} <em>{}</em>{place}",
        sign(change),
        text(&change.logical_id),
        text(&change.resource_type),
        verb(change)
    );
    let remarks = remarks(change);
    if change.properties.is_empty() && remarks.is_empty() {
        let _ = writeln!(out, "<p class=\"resource\">{heading}</p>");
        return;
    }
    let _ = writeln!(out, "<details><summary>{heading}</summary>");
    for remark in remarks {
        let _ = writeln!(out, "<p>{}</p>", prose(&remark));
    }
    if !change.properties.is_empty() {
        out.push_str(
            "<table><thead><tr><th scope=\"col\">Property</th><th scope=\"col\">Before</th>\
             <th scope=\"col\">After</th></tr></thead>\n<tbody>\n",
        );
        for property in &change.properties {
            let (before, after) = sides(property, LIMIT);
            let perhaps = if property.certain { "" } else { " <em>perhaps</em>" };
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\"><code>{}</code></th><td><code>{}</code></td><td><code>{}</code>{perhaps}</td></tr>",
                text(&property.path),
                text(&before),
                text(&after)
            );
        }
        out.push_str("</tbody></table>\n");
    }
    out.push_str("</details>\n");
}

/// A sentence of ours, with names in backticks as code.
fn prose(sentence: &str) -> String {
    let mut out = String::new();
    for (index, part) in sentence.split('`').enumerate() {
        if index % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", text(part));
        } else {
            out.push_str(&text(part));
        }
    }
    out
}

fn text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
