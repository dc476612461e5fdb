//! Where two values differ, as a person would say it.
//!
//! Invariant: what is secret is never in a difference, neither before nor after: it reads `****`.

use super::PropertyChange;
use super::inputs::is_hidden;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What stands for a secret.
pub(super) const MASK: &str = "****";

/// What elements of lists are known by.
pub(super) const KEYS: &[&str] = &["Key", "Name", "AttributeName", "IndexName", "Id", "Sid"];

/// Names of properties whose texts are secrets.
const SECRET: &[&str] =
    &["password", "passphrase", "secretstring", "authtoken", "privatekey", "secretkey", "token"];

/// Where `before` and `after` differ.
pub(super) fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<PropertyChange> {
    let mut found = Vec::new();
    compare("", before, after, false, &mut found);
    found
}

fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    secret: bool,
    found: &mut Vec<PropertyChange>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) if !is_call(before) && !is_call(after) => {
            let names_secret = named_secret(before) || named_secret(after);
            for key in keys(before, after) {
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                let secret = secret || is_secret(key) || (names_secret && key == "Value");
                compare(&path, before.get(key), after.get(key), secret, found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            lists(path, before, after, secret, found);
        }
        // What comes or goes whole is told property by property at the top, where that is what people look for.
        (None, Some(Value::Object(after))) if path.is_empty() => {
            compare(
                path,
                Some(&Value::Object(Map::new())),
                Some(&Value::Object(after.clone())),
                secret,
                found,
            );
        }
        (Some(Value::Object(before)), None) if path.is_empty() => {
            compare(
                path,
                Some(&Value::Object(before.clone())),
                Some(&Value::Object(Map::new())),
                secret,
                found,
            );
        }
        (before, after) => found.push(PropertyChange {
            path: path.to_owned(),
            before: before.map(|value| masked(value, secret)),
            after: after.map(|value| masked(value, secret)),
            certain: true,
        }),
    }
}

fn lists(path: &str, before: &[Value], after: &[Value], secret: bool, found: &mut Vec<PropertyChange>) {
    if let (Some((key, before)), Some((other, after))) = (keyed(before), keyed(after)) {
        if key == other {
            let mut names: Vec<&str> = before.keys().copied().collect();
            names.extend(after.keys().filter(|name| !before.contains_key(*name)));
            let count = found.len();
            for name in names {
                compare(
                    &format!("{path}[{name}]"),
                    before.get(name).copied(),
                    after.get(name).copied(),
                    secret,
                    found,
                );
            }
            // The same elements in another order are another list to the service.
            if found.len() > count {
                return;
            }
        }
    } else if before.len() == after.len() && before.iter().chain(after).all(Value::is_object) {
        for (index, (before, after)) in before.iter().zip(after).enumerate() {
            compare(&format!("{path}[{index}]"), Some(before), Some(after), secret, found);
        }
        return;
    }
    let whole = |items: &[Value]| masked(&Value::Array(items.to_vec()), secret);
    found.push(PropertyChange {
        path: path.to_owned(),
        before: Some(whole(before)),
        after: Some(whole(after)),
        certain: true,
    });
}

/// The elements by what they are known by, where they all have it and no two have the same.
fn keyed(items: &[Value]) -> Option<(&'static str, BTreeMap<&str, &Value>)> {
    if items.is_empty() {
        return None;
    }
    KEYS.iter().find_map(|key| {
        let mut named = BTreeMap::new();
        for item in items {
            if named.insert(item.get(key)?.as_str()?, item).is_some() {
                return None;
            }
        }
        Some((*key, named))
    })
}

fn keys<'a>(before: &'a Map<String, Value>, after: &'a Map<String, Value>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = before.keys().chain(after.keys()).map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether an object is a function of CloudFormation, or stands for a value.
fn is_call(map: &Map<String, Value>) -> bool {
    let mut keys = map.keys();
    let (Some(key), None) = (keys.next(), keys.next()) else { return false };
    key == "Ref" || key.starts_with("Fn::") || key == "NoEcho" || key == "Known after"
}

/// Whether an element such as `{Name, Value}` is called as secrets are.
fn named_secret(map: &Map<String, Value>) -> bool {
    ["Name", "Key"].iter().any(|key| map.get(*key).and_then(Value::as_str).is_some_and(is_secret))
}

fn is_secret(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET.iter().any(|word| plain.ends_with(word))
}

/// The value, with what is secret in it left out.
pub(super) fn masked(value: &Value, secret: bool) -> Value {
    match value {
        Value::String(text) if secret_text(text) || (secret && !text.starts_with("arn:")) => MASK.into(),
        Value::Object(_) if is_hidden(value) => MASK.into(),
        Value::Object(map) if is_call(map) && holds_secret(value) => MASK.into(),
        Value::Object(map) => {
            let named = named_secret(map);
            let inner = |key: &str| secret || is_secret(key) || (named && key == "Value");
            Value::Object(map.iter().map(|(key, value)| (key.clone(), masked(value, inner(key)))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| masked(item, secret)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Where a secret is kept is a secret too: what `{{resolve:…}}` names is in no plan.
fn secret_text(text: &str) -> bool {
    text.contains("{{resolve:secretsmanager:") || text.contains("{{resolve:ssm-secure:")
}

fn holds_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => secret_text(text),
        Value::Object(map) => is_hidden(value) || map.values().any(holds_secret),
        Value::Array(items) => items.iter().any(holds_secret),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
