//! Who sets a value, in words; and the formats that are nothing but words.

use super::{Group, explanations};
use solc_ir::why::{Answer, By, Candidate, Explanation};
use solc_source::render::View;
use std::fmt::Write as _;

/// Who sets it: "enforced by environment `production`".
pub(super) fn by(by: &By) -> String {
    match by {
        By::Enforced { layer, name } => format!("enforced by {layer} `{name}`"),
        By::Instance(path) => format!("set by instance `{path}`"),
        By::File => "set by data file".to_owned(),
        By::Default { layer, name } => format!("default of {layer} `{name}`"),
        By::Declaration(name) => format!("default of `{name}`"),
        By::Link(verb) => format!("published by link `{verb}`"),
        By::Block { layer, name } => format!("set by {layer} `{name}`"),
        By::Body(component) => format!("written in `{component}`"),
        By::Compiler => "set by the compiler".to_owned(),
        By::Nobody => "optional, and not given".to_owned(),
    }
}

/// `file:line`, or nothing where it stands nowhere.
pub(super) fn place(view: &View<'_>, candidate: &Candidate) -> String {
    view.line(candidate.span).unwrap_or_default()
}

/// The names of the environments that share an answer.
pub(super) fn environments(group: &Group<'_>) -> String {
    group.environments.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Why there is no value.
pub(super) fn nothing(explanation: &Explanation) -> &'static str {
    use solc_ir::why::Kind;
    match explanation.kind {
        Kind::Secret => "no reference says where it is kept",
        Kind::Setting => "no value, and no default",
        Kind::Parameter | Kind::Tag | Kind::Field | Kind::Property | Kind::Value => "no value",
    }
}

/// One line for each value, with its winner.
pub(super) fn concise(view: &View<'_>, groups: &[Group<'_>]) -> String {
    let mut out = String::new();
    for group in groups {
        let environments = environments(group);
        if let Answer::NotThere { path, span } = group.answer {
            let place = view.line(*span).unwrap_or_default();
            let _ = writeln!(out, "{place}: {path} is not there in {environments}");
        }
        for explanation in explanations(group.answer) {
            let path = &explanation.path;
            let _ = match explanation.candidates.first() {
                Some(winner) => writeln!(
                    out,
                    "{}: {path} = {} in {environments}, {}",
                    place(view, winner),
                    winner.value,
                    by(&winner.by)
                ),
                None => writeln!(out, "{path} in {environments}: {}", nothing(explanation)),
            };
        }
    }
    out
}

/// Sentences.
pub(super) fn narrated(view: &View<'_>, groups: &[Group<'_>]) -> String {
    let mut out = String::new();
    for group in groups {
        let environments = environments(group);
        if let Answer::NotThere { path, .. } = group.answer {
            let _ =
                writeln!(out, "{path} is not there in {environments}, because its condition does not hold.");
        }
        for explanation in explanations(group.answer) {
            let path = &explanation.path;
            let Some((winner, rest)) = explanation.candidates.split_first() else {
                let _ = writeln!(out, "{path} in {environments}: {}.", nothing(explanation));
                continue;
            };
            let _ = write!(
                out,
                "{path} is {} in {environments}: {}, at {}.",
                winner.value,
                by(&winner.by),
                place(view, winner)
            );
            for (index, candidate) in rest.iter().enumerate() {
                let without = if index == 0 { "Without that" } else { "Without that too" };
                let _ = write!(
                    out,
                    " {without} it would be {}: {}, at {}.",
                    candidate.value,
                    by(&candidate.by),
                    place(view, candidate)
                );
            }
            let read: Vec<String> = explanation
                .reads
                .iter()
                .filter_map(|r| Some(format!("{}, which is {}", r.path, r.candidates.first()?.value)))
                .collect();
            if !read.is_empty() {
                let _ = write!(out, " It reads {}.", read.join("; "));
            }
            out.push('\n');
        }
    }
    out
}
