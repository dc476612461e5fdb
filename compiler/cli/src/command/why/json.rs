//! The chain for programs, documented in the book's reference (*Output formats*).
//!
//! Invariant: within a major `schema_version`, fields are only ever added.

use super::{Group, words};
use serde_json::{Value, json};
use solc_ir::why::{Answer, By, Candidate, Explanation};
use solc_source::render::View;
use solc_source::render::json::range;

const SCHEMA_VERSION: &str = "1.0";

pub(super) fn all(view: &View<'_>, path: &str, groups: &[Group<'_>]) -> String {
    let answers: Vec<Value> = groups
        .iter()
        .map(|group| {
            let (there, values) = match group.answer {
                Answer::Known(all) => (true, all.iter().map(|e| explanation(view, e)).collect()),
                Answer::NotThere { .. } | Answer::Unknown(_) => (false, Vec::new()),
            };
            json!({
                "environments": group.environments.iter().map(|n| n.as_str()).collect::<Vec<_>>(),
                "there": there,
                "values": values,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "schema_version": SCHEMA_VERSION, "path": path, "answers": answers }))
}

fn explanation(view: &View<'_>, explanation: &Explanation) -> Value {
    json!({
        "path": explanation.path.as_str(),
        "kind": explanation.kind.word(),
        "value": explanation.candidates.first().map(|c| &c.value),
        "without": explanation.candidates.get(1).map(|c| &c.value),
        "declared": range(view, explanation.declared),
        "candidates": explanation.candidates.iter().map(|c| candidate(view, c)).collect::<Vec<_>>(),
        "reads": explanation.reads.iter().map(|r| self::explanation(view, r)).collect::<Vec<_>>(),
    })
}

fn candidate(view: &View<'_>, candidate: &Candidate) -> Value {
    let (kind, layer, name) = match &candidate.by {
        By::Enforced { layer, name } => ("enforce", Some(*layer), Some(name.as_str())),
        By::Instance(path) => ("instance", None, Some(path.as_str())),
        By::File => ("file", None, None),
        By::Default { layer, name } => ("default", Some(*layer), Some(name.as_str())),
        By::Declaration(name) => ("declaration", None, Some(name.as_str())),
        By::Link(verb) => ("link", None, Some(verb.as_str())),
        By::Block { layer, name } => ("block", Some(*layer), Some(name.as_str())),
        By::Body(component) => ("body", None, Some(component.as_str())),
        By::Compiler => ("compiler", None, None),
        By::Nobody => ("nobody", None, None),
    };
    json!({
        "value": candidate.value,
        "by": { "kind": kind, "layer": layer, "name": name, "text": words::by(&candidate.by) },
        "range": range(view, candidate.span),
    })
}
