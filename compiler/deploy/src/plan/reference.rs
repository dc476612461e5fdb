//! What a value refers to: `Ref`, `Fn::GetAtt` and the names in `Fn::Sub`.
//!
//! Invariant: a place is told by the names of properties alone; the numbers of list elements are left out, as
//! the schemas' create-only paths leave them open too.

use super::difference::KEYS;
use serde_json::Value;

/// A reference, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The names of the properties on the way to it.
    pub(super) path: Vec<String>,
    /// The same for people: elements of lists are told by what they are known by, as in `Tags[owner].Value`.
    pub(super) shown: String,
    /// What it names: a resource or a parameter.
    pub(super) name: String,
    /// The attribute; `Ref` where the name itself is meant.
    pub(super) attribute: String,
}

/// Everything that a value refers to.
pub(super) fn references(value: &Value) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(value, &mut Vec::new(), "", &mut found);
    found
}

fn collect(value: &Value, path: &mut Vec<String>, shown: &str, found: &mut Vec<Reference>) {
    match value {
        Value::Object(map) => {
            if let (1, Some((function, argument))) = (map.len(), map.iter().next())
                && (function == "Ref" || function.starts_with("Fn::"))
            {
                return call(function, argument, path, shown, found);
            }
            for (key, value) in map {
                path.push(key.clone());
                let shown = if shown.is_empty() { key.clone() } else { format!("{shown}.{key}") };
                collect(value, path, &shown, found);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let known_by = KEYS.iter().find_map(|key| item.get(*key)?.as_str());
                let element = known_by.map_or_else(|| index.to_string(), str::to_owned);
                collect(item, path, &format!("{shown}[{element}]"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn call(function: &str, argument: &Value, path: &mut Vec<String>, shown: &str, found: &mut Vec<Reference>) {
    let mut add = |name: &str, attribute: &str| {
        found.push(Reference {
            path: path.clone(),
            shown: shown.to_owned(),
            name: name.to_owned(),
            attribute: attribute.to_owned(),
        });
    };
    match (function, argument) {
        ("Ref", Value::String(name)) => add(name, "Ref"),
        ("Fn::GetAtt", Value::String(text)) => {
            if let Some((name, attribute)) = text.split_once('.') {
                add(name, attribute);
            }
        }
        ("Fn::GetAtt", Value::Array(parts)) => {
            if let [Value::String(name), attribute] = parts.as_slice() {
                add(name, attribute.as_str().unwrap_or("*"));
            }
        }
        ("Fn::Sub", Value::String(text)) => substitution(text, &mut add),
        ("Fn::Sub", Value::Array(parts)) => {
            if let [Value::String(text), own] = parts.as_slice() {
                let own_name = |name: &str| own.as_object().is_some_and(|own| own.contains_key(name));
                substitution(text, &mut |name, attribute| {
                    if !own_name(name) {
                        add(name, attribute);
                    }
                });
                for value in own.as_object().into_iter().flat_map(serde_json::Map::values) {
                    collect(value, path, shown, found);
                }
            }
        }
        (_, argument) => arguments(argument, path, shown, found),
    }
}

/// What a function's arguments refer to, at the function's own place.
fn arguments(argument: &Value, path: &mut Vec<String>, shown: &str, found: &mut Vec<Reference>) {
    match argument {
        Value::Array(items) => items.iter().for_each(|item| arguments(item, path, shown, found)),
        other => collect(other, path, shown, found),
    }
}

fn substitution(text: &str, add: &mut dyn FnMut(&str, &str)) {
    for name in pieces(text).filter_map(|(_, name)| name) {
        match name.split_once('.') {
            Some((name, attribute)) => add(name, attribute),
            None => add(name, "Ref"),
        }
    }
}

/// The text of `Fn::Sub` in pieces: what stands before a name, and the name. `${!Literal}` is no name.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let mut from = 0;
        while let Some(at) = here.get(from..).and_then(|tail| tail.find("${")).map(|at| at + from) {
            let inside = here.get(at + 2..).unwrap_or("");
            let Some((name, after)) = inside.split_once('}') else { break };
            if name.starts_with('!') {
                from = at + 2;
                continue;
            }
            rest = Some(after);
            return Some((here.get(..at).unwrap_or(""), Some(name)));
        }
        rest = None;
        Some((here, None))
    })
}
