//! The chain as a table: the winner first, each with its place, and what would be without the winner.

use super::words::{by, environments, nothing, place};
use super::{Group, explanations};
use solc_ir::why::{Answer, By, Candidate, Explanation};
use solc_source::render::View;
use std::fmt::Write as _;

/// How an excerpt of source may at most be shown.
const EXCERPT: usize = 72;

struct Paint {
    bold: &'static str,
    dim: &'static str,
    end: &'static str,
}

/// All groups; `name_environments` where there is more than one environment to tell apart.
pub(super) fn all(view: &View<'_>, groups: &[Group<'_>], colours: bool, name_environments: bool) -> String {
    let paint = if colours {
        Paint { bold: "\u{1b}[1m", dim: "\u{1b}[2m", end: "\u{1b}[0m" }
    } else {
        Paint { bold: "", dim: "", end: "" }
    };
    let mut out = String::new();
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let names = environments(group);
        if name_environments {
            let _ = writeln!(out, "{}in {names}{}\n", paint.bold, paint.end);
        }
        if let Answer::NotThere { path, span } = group.answer {
            let place = view.line(*span).unwrap_or_default();
            let _ = writeln!(out, "{path} is not there: its condition does not hold   {place}");
        }
        for (index, explanation) in explanations(group.answer).iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            chain(view, explanation, &paint, "", &mut out);
        }
    }
    out
}

fn chain(view: &View<'_>, explanation: &Explanation, paint: &Paint, indent: &str, out: &mut String) {
    let path = &explanation.path;
    let Some((winner, rest)) = explanation.candidates.split_first() else {
        let at = view.line(explanation.declared).unwrap_or_default();
        let _ = writeln!(out, "{indent}{}{path}{}: {}   {at}", paint.bold, paint.end, nothing(explanation));
        return;
    };
    let _ = writeln!(out, "{indent}{}{path} = {}{}", paint.bold, short(&winner.value), paint.end);
    let rows: Vec<(&str, String, String)> =
        explanation.candidates.iter().map(|c| (c.value.as_str(), by(&c.by), place(view, c))).collect();
    let width = |column: fn(&(&str, String, String)) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let value_width = width(|r| r.0.chars().count()).min(EXCERPT);
    let by_width = width(|r| r.1.chars().count());
    for (index, ((value, by, place), candidate)) in rows.iter().zip(&explanation.candidates).enumerate() {
        let mark = if index == 0 { '→' } else { ' ' };
        let value = short(value);
        let _ = writeln!(
            out,
            "{indent}  {mark} {value:value_width$}   {by:by_width$}   {}{place}{}",
            paint.dim, paint.end
        );
        if let Some(excerpt) = excerpt(view, candidate) {
            let _ = writeln!(out, "{indent}    {:value_width$}   {}{excerpt}{}", "", paint.dim, paint.end);
        }
    }
    if let Some(next) = rest.first() {
        let same = if next.value == winner.value { "still " } else { "" };
        let _ = writeln!(out, "{indent}    without the first it would {same}be {}", short(&next.value));
    }
    for read in &explanation.reads {
        let _ = writeln!(out, "{indent}    it reads:");
        chain(view, read, paint, &format!("{indent}      "), out);
    }
}

/// The expression, where it is more than the value.
fn excerpt(view: &View<'_>, candidate: &Candidate) -> Option<String> {
    match candidate.by {
        By::Link(_) | By::Compiler | By::Nobody | By::File => return None,
        By::Enforced { .. }
        | By::Instance(_)
        | By::Default { .. }
        | By::Declaration(_)
        | By::Block { .. }
        | By::Body(_) => {}
    }
    let text = view.excerpt(candidate.span)?;
    (text != candidate.value.trim_matches('"') && text != candidate.value && !text.is_empty())
        .then(|| short(&text))
}

fn short(text: &str) -> String {
    if text.chars().count() <= EXCERPT {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(EXCERPT - 1).collect();
    cut.push('…');
    cut
}
