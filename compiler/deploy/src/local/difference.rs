//! What differs between two states of a resource's properties, and whether that replaces it.
//!
//! Invariant: pure; the create-only properties are the schema's, and nothing else replaces.

use super::template::scalar;
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether a change of a property replaces its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Recreation {
    Never,
    Conditionally,
    Always,
}

impl Recreation {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::Conditionally => "Conditionally",
            Self::Always => "Always",
        }
    }
}

/// A property that differs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Difference {
    /// The property's names, from the top.
    pub(super) path: Vec<String>,
    pub(super) recreation: Recreation,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

impl Difference {
    /// The property at the top level.
    pub(super) fn property(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// A JSON pointer into the properties.
    pub(super) fn pointer(&self) -> String {
        self.path.iter().fold(String::new(), |text, part| format!("{text}/{part}"))
    }
}

/// What differs, in the order of the paths. Lists are compared whole.
pub(super) fn differences(resource_type: &str, before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(&mut Vec::new(), Some(before), Some(after), &mut found);
    let Some(schema) = solc_schema::resource(resource_type) else {
        return found;
    };
    let rules = [
        (Recreation::Always, &schema.create_only),
        (Recreation::Conditionally, &schema.conditional_create_only),
    ];
    for (recreation, paths) in rules {
        for path in paths {
            let parts: Vec<&str> = path.split('.').collect();
            if at(before, &parts) == at(after, &parts) {
                continue;
            }
            for difference in &mut found {
                let overlaps = difference
                    .path
                    .iter()
                    .zip(&parts)
                    .take_while(|(_, part)| **part != "*")
                    .all(|(a, b)| a == b);
                if overlaps {
                    difference.recreation = difference.recreation.max(recreation);
                }
            }
        }
    }
    found
}

/// The most that a set of differences asks for.
pub(super) fn recreation(differences: &[Difference]) -> Recreation {
    differences.iter().map(|difference| difference.recreation).max().unwrap_or(Recreation::Never)
}

fn walk(path: &mut Vec<String>, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(before), Some(after)) if same(before, after) => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                path.push(key.clone());
                walk(path, before.get(key), after.get(key), found);
                path.pop();
            }
        }
        (before, after) => found.push(Difference {
            path: path.clone(),
            recreation: Recreation::Never,
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

/// Equal, where a number or a truth and its text are the same: parameters are texts.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (
            Value::String(_) | Value::Number(_) | Value::Bool(_),
            Value::String(_) | Value::Number(_) | Value::Bool(_),
        ) => scalar(a) == scalar(b),
        _ => a == b,
    }
}

/// The values at a dotted path, `*` being each element.
fn at<'v>(value: &'v Value, parts: &[&str]) -> Vec<&'v Value> {
    let Some((part, rest)) = parts.split_first() else {
        return vec![value];
    };
    match value {
        Value::Array(items) if *part == "*" => items.iter().flat_map(|item| at(item, rest)).collect(),
        Value::Array(items) => items.iter().flat_map(|item| at(item, parts)).collect(),
        Value::Object(map) => map.get(*part).map(|value| at(value, rest)).unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
