//! Canonical JSON: keys in the order of their bytes, two spaces, one newline at the end.
//!
//! Invariant: equal values have equal bytes, whatever order their maps were made in.

use serde::Serialize;
use serde_json::Value;

/// The value as canonical JSON.
///
/// # Errors
/// Where the value has maps whose keys are no texts.
pub fn to_string(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    sort(&mut value);
    let mut text = serde_json::to_string_pretty(&value)?;
    text.push('\n');
    Ok(text)
}

/// Sorts the keys of every object.
fn sort(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.sort_keys();
            map.values_mut().for_each(sort);
        }
        Value::Array(items) => items.iter_mut().for_each(sort),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
