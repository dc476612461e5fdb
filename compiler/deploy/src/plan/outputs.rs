//! What an update does to a stack's outputs, which other stacks take.
//!
//! Invariant: a value is said to be known only where nothing that it is made of changes.

use super::changes::Effects;
use super::inputs::{Input, Inputs, resolved};
use super::reference::references;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is known of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// Its value, where it is known.
    pub(super) value: Option<String>,
    /// Why its value may be another one once the stack is deployed, and whether that is certain.
    pub(super) pending: Option<(bool, String)>,
}

/// The outputs of a template.
pub(super) fn listed(template: Option<&Value>) -> Option<&Map<String, Value>> {
    template?.get("Outputs")?.as_object()
}

/// Every output of `new`.
pub(super) fn of(
    old: Option<(&Value, &Inputs)>,
    new: (&Value, &Inputs),
    effects: &Effects,
    values: &BTreeMap<String, String>,
) -> BTreeMap<String, Output> {
    let (template, inputs) = new;
    let before = old.and_then(|(template, inputs)| Some((listed(Some(template))?, inputs)));
    let mut outputs = BTreeMap::new();
    for (name, output) in listed(Some(template)).into_iter().flatten() {
        let value = output.get("Value").unwrap_or(&Value::Null);
        let after = resolved(value, inputs);
        let was = before.and_then(|(listed, inputs)| Some(resolved(listed.get(name)?.get("Value")?, inputs)));
        outputs.insert(name.clone(), one(value, &after, was.as_ref(), inputs, effects, values.get(name)));
    }
    outputs
}

fn one(
    value: &Value,
    after: &Value,
    was: Option<&Value>,
    inputs: &Inputs,
    effects: &Effects,
    recorded: Option<&String>,
) -> Output {
    let mut pending: Option<(bool, String)> = None;
    for reference in references(value) {
        let name = &reference.name;
        let (certain, why) = match inputs.get(name) {
            Some(Input { pending: Some(certain), binding, .. }) => {
                (*certain, format!("it passes on `{}`", binding.as_deref().unwrap_or(name)))
            }
            Some(_) => continue,
            None => match effects.of(name, &reference.attribute) {
                Some(true) => (true, format!("`{name}` is replaced")),
                Some(false) => {
                    (false, format!("`{name}` changes, and `{}` with it perhaps", reference.attribute))
                }
                None => continue,
            },
        };
        if pending.as_ref().is_none_or(|(there, _)| certain && !there) {
            pending = Some((certain, why));
        }
    }
    if pending.is_some() {
        return Output { value: recorded.cloned(), pending };
    }
    match (after, was) {
        (Value::String(text), _) => Output { value: Some(text.clone()), pending: None },
        (after, Some(was)) if after == was && recorded.is_some() => {
            Output { value: recorded.cloned(), pending: None }
        }
        (_, Some(_)) if recorded.is_some() => Output {
            value: recorded.cloned(),
            pending: Some((true, "it is made of something else".to_owned())),
        },
        (_, Some(_)) => {
            Output { value: None, pending: Some((false, "its value is not recorded".to_owned())) }
        }
        (_, None) => Output { value: None, pending: Some((true, "it is new".to_owned())) },
    }
}
