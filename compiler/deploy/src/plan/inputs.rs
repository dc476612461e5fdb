//! Values of parameters, put into a template's properties.
//!
//! Invariant: a value that is not known is never made up: it stands as [`unknown`], and what is hidden as [`hidden`].

use super::reference::pieces;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is known of a parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    /// The output that it is bound to, as `<stack>.<output>`.
    pub(super) binding: Option<String>,
    /// Its value, where it is known.
    pub(super) value: Option<String>,
    /// Whether the service hides it.
    pub(super) hidden: bool,
    /// Whether its value may be another one once the producer is deployed, and whether that is certain.
    pub(super) pending: Option<bool>,
}

/// What is known of the parameters, by their names.
pub(super) type Inputs = BTreeMap<String, Input>;

/// A value that is not known before `binding` is.
pub(super) fn unknown(binding: &str) -> Value {
    json!({ "Known after": binding })
}

/// A value that nobody shows.
fn hidden(parameter: &str) -> Value {
    json!({ "NoEcho": parameter })
}

/// Whether the service hides this value.
pub(super) fn is_hidden(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.len() == 1 && object.contains_key("NoEcho"))
}

/// The value with the parameters' values in it.
pub(super) fn resolved(value: &Value, inputs: &Inputs) -> Value {
    match value {
        Value::Object(map) => object(map, inputs),
        Value::Array(items) => Value::Array(items.iter().map(|item| resolved(item, inputs)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn object(map: &Map<String, Value>, inputs: &Inputs) -> Value {
    if let (1, Some((function, argument))) = (map.len(), map.iter().next()) {
        match (function.as_str(), argument) {
            ("Ref", Value::String(name)) => {
                if let Some(input) = inputs.get(name) {
                    return of(name, input);
                }
            }
            ("Fn::Join", Value::Array(parts)) => {
                if let [Value::String(separator), Value::Array(items)] = parts.as_slice() {
                    return joined(separator, items, inputs);
                }
            }
            ("Fn::Sub", Value::String(text)) => return substituted(text, inputs),
            _ => {}
        }
    }
    Value::Object(map.iter().map(|(key, value)| (key.clone(), resolved(value, inputs))).collect())
}

fn of(name: &str, input: &Input) -> Value {
    match input {
        Input { hidden: true, .. } => hidden(name),
        Input { value: Some(value), .. } => Value::String(value.clone()),
        Input { binding: Some(binding), .. } => unknown(binding),
        Input { .. } => json!({ "Ref": name }),
    }
}

fn joined(separator: &str, items: &[Value], inputs: &Inputs) -> Value {
    let items: Vec<Value> = items.iter().map(|item| resolved(item, inputs)).collect();
    match items.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() {
        Some(texts) => Value::String(texts.join(separator)),
        None => json!({ "Fn::Join": [separator, items] }),
    }
}

fn substituted(text: &str, inputs: &Inputs) -> Value {
    let mut out = String::new();
    let mut whole = true;
    for (literal, name) in pieces(text) {
        out.push_str(literal);
        let Some(name) = name else { continue };
        match inputs.get(name).filter(|input| !input.hidden).and_then(|input| input.value.as_deref()) {
            Some(value) => out.push_str(value),
            None => {
                whole = false;
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
        }
    }
    if whole { Value::String(out) } else { json!({ "Fn::Sub": out }) }
}
