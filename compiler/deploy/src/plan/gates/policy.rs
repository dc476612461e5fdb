//! Statements of policies, so that two of them can be compared.
//!
//! Invariant: *covers* errs to one side only. Where it says that what is allowed now was allowed before, it was; where
//! two statements are written in ways that it cannot compare, it says that something is new.

use crate::plan::reference::pieces;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Names of a policy, or everything but them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) members: BTreeSet<String>,
    /// `NotAction` and the like.
    pub(super) except: bool,
    /// Whether case says nothing, as of actions.
    ignore_case: bool,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) allow: bool,
    /// Empty in a policy of a role, where the role itself is meant.
    pub(super) principals: Names,
    pub(super) actions: Names,
    pub(super) resources: Names,
    /// Values by operator and key: all conditions must hold, and of each one value.
    pub(super) conditions: BTreeMap<String, BTreeSet<String>>,
}

/// What a statement allows that others do not: one principal, action and resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    pub(super) principal: String,
    pub(super) action: String,
    pub(super) resource: String,
}

/// A value as a text in which parameters and resources are symbols: `${stack.output}`, `${Bucket.Arn}`.
///
/// Two texts are the same where they mean the same, whatever the values turn out to be.
pub(super) fn symbol(value: &Value, bindings: &BTreeMap<String, String>) -> String {
    let named = |name: &str| match bindings.get(name) {
        Some(binding) => format!("${{{binding}}}"),
        None => format!("${{{name}}}"),
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.iter().next().map(|(key, value)| (key.as_str(), value)) {
            Some(("Ref", Value::String(name))) => named(name),
            Some(("Fn::GetAtt", Value::String(text))) => format!("${{{text}}}"),
            Some(("Fn::GetAtt", Value::Array(parts))) => {
                format!("${{{}}}", parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."))
            }
            Some(("Fn::Join", Value::Array(parts))) => match parts.as_slice() {
                [Value::String(separator), Value::Array(items)] => {
                    items.iter().map(|item| symbol(item, bindings)).collect::<Vec<_>>().join(separator)
                }
                _ => value.to_string(),
            },
            Some(("Fn::Sub", Value::String(text))) => pieces(text)
                .fold(String::new(), |out, (literal, name)| {
                    out + literal + &name.map(named).unwrap_or_default()
                }),
            _ => value.to_string(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.to_string(),
    }
}

/// The statements of a policy document.
pub(super) fn statements(document: &Value, bindings: &BTreeMap<String, String>) -> Vec<Statement> {
    let listed = document.get("Statement");
    let all: &[Value] = match listed {
        Some(Value::Array(all)) => all,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    all.iter().filter_map(|one| Some(statement(one.as_object()?, bindings))).collect()
}

fn statement(map: &Map<String, Value>, bindings: &BTreeMap<String, String>) -> Statement {
    let names = |name: &str, except: &str, ignore_case: bool| {
        let (value, except) = match (map.get(name), map.get(except)) {
            (Some(value), _) => (Some(value), false),
            (None, Some(value)) => (Some(value), true),
            (None, None) => (None, false),
        };
        let mut members = BTreeSet::new();
        if let Some(value) = value {
            gather(value, "", bindings, &mut members);
        }
        Names { members, except, ignore_case }
    };
    let mut conditions = BTreeMap::new();
    for (operator, keys) in map.get("Condition").and_then(Value::as_object).into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let mut texts = BTreeSet::new();
            gather(values, "", bindings, &mut texts);
            conditions.insert(format!("{operator} {}", key.to_ascii_lowercase()), texts);
        }
    }
    Statement {
        allow: map.get("Effect").and_then(Value::as_str) == Some("Allow"),
        principals: names("Principal", "NotPrincipal", false),
        actions: names("Action", "NotAction", true),
        resources: names("Resource", "NotResource", false),
        conditions,
    }
}

/// Texts of a value or of a list; of an object with the name of their kind before them, as in `Service:…`.
fn gather(value: &Value, kind: &str, bindings: &BTreeMap<String, String>, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, kind, bindings, found)),
        Value::Object(map) if !map.keys().any(|key| key == "Ref" || key.starts_with("Fn::")) => {
            for (kind, value) in map {
                gather(value, kind, bindings, found);
            }
        }
        value => {
            let text = symbol(value, bindings);
            // `{"AWS": "*"}` and `"*"` are the same.
            found.insert(if kind.is_empty() || text == "*" { text } else { format!("{kind}:{text}") });
        }
    }
}

impl Names {
    /// Whether everything of `one` is among these.
    fn cover(&self, one: &Self) -> bool {
        let covers = |pattern: &String, text: &String| {
            if self.ignore_case {
                covers(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
            } else {
                covers(pattern, text)
            }
        };
        match (self.except, one.except) {
            (false, false) => one.members.iter().all(|text| self.members.iter().any(|own| covers(own, text))),
            // Everything but what is more is less.
            (true, true) => {
                self.members.iter().all(|text| one.members.iter().any(|other| covers(other, text)))
            }
            (false, true) => self.members.contains("*"),
            (true, false) => false,
        }
    }

    /// Each alone; all of them where they are everything but these.
    fn apart(&self) -> Vec<Self> {
        if self.except || self.members.is_empty() {
            return vec![self.clone()];
        }
        self.members.iter().map(|member| Self { members: [member.clone()].into(), ..self.clone() }).collect()
    }

    fn text(&self) -> String {
        let listed = self.members.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.except { format!("everything but {listed}") } else { listed }
    }
}

impl Statement {
    /// Whether everything that `one` speaks of, under its conditions, is spoken of here too.
    fn covers(&self, one: &Self) -> bool {
        self.allow == one.allow
            && self.principals.cover(&one.principals)
            && self.actions.cover(&one.actions)
            && self.resources.cover(&one.resources)
            && self.conditions.iter().all(|(key, values)| {
                one.conditions.get(key).is_some_and(|narrower| narrower_values(key, values, narrower))
            })
    }

    /// What it speaks of that none of `others` does.
    pub(super) fn beyond(&self, others: &[&Self]) -> Vec<Atom> {
        let mut found = Vec::new();
        for principals in self.principals.apart() {
            for actions in self.actions.apart() {
                for resources in self.resources.apart() {
                    let one = Self {
                        principals: principals.clone(),
                        actions: actions.clone(),
                        resources,
                        ..self.clone()
                    };
                    if !others.iter().any(|other| other.covers(&one)) {
                        found.push(Atom {
                            principal: one.principals.text(),
                            action: one.actions.text(),
                            resource: one.resources.text(),
                        });
                    }
                }
            }
        }
        found
    }
}

/// Whether one of `narrower` only holds where one of `values` does. What must *not* be turns it round.
fn narrower_values(key: &str, values: &BTreeSet<String>, narrower: &BTreeSet<String>) -> bool {
    let operator = key.split(' ').next().unwrap_or_default();
    let within = |inner: &BTreeSet<String>, outer: &BTreeSet<String>| {
        inner.iter().all(|text| {
            outer.iter().any(|other| other == text || (patterned(operator) && covers(other, text)))
        })
    };
    if operator.contains("Not") {
        within(values, narrower)
    } else if operator.starts_with("ForAllValues") || comparable(operator) {
        within(narrower, values)
    } else {
        // Numbers, dates and addresses compare by their values, which are taken as they are written.
        values == narrower
    }
}

fn patterned(operator: &str) -> bool {
    operator.contains("Like") || operator.contains("Arn")
}

fn comparable(operator: &str) -> bool {
    ["String", "Arn", "Bool", "Null"].iter().any(|kind| operator.contains(kind))
}

/// Whether everything that `text` matches is matched by `pattern`.
pub(super) fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Where the last star of the pattern stands, and what it was held against.
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(here) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(own) if own == here || (*own == '?' && *here != '*') => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, held)) => {
                    star = Some((at, held + 1));
                    p = at + 1;
                    t = held + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests;
