//! Reads one flat map of the origin: its types, values, bounds, and two maps merged.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use solc_schema::{Name, StringRules};

/// A schema with its references and `all_of` members merged in.
pub(super) type Flat = Map<String, Value>;

/// The strings of an array; nothing else is in those the origin has.
pub(super) fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Names, each once, sorted.
pub(super) fn sorted(names: impl IntoIterator<Item = String>) -> Vec<Name> {
    names.into_iter().collect::<BTreeSet<String>>().into_iter().map(Name::from).collect()
}

/// The published types of a schema; where it has none, those its rules speak of.
pub(super) fn types(flat: &Flat) -> Vec<String> {
    match flat.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => {
            many.iter().filter_map(Value::as_str).filter(|t| *t != "null").map(str::to_owned).collect()
        }
        _ => {
            let has = |keys: &[&str]| keys.iter().any(|k| flat.contains_key(*k));
            let implied = if has(&["properties", "pattern_properties", "required"]) {
                Some("object")
            } else if has(&["items", "min_items", "max_items"]) {
                Some("array")
            } else if flat.get("format") == Some(&Value::from("json")) {
                None
            } else if has(&["pattern", "min_length", "max_length", "enum_case_insensitive"])
                || values(flat).any(Value::is_string)
            {
                Some("string")
            } else if has(&["minimum", "maximum"]) {
                Some("number")
            } else {
                None
            };
            implied.map(str::to_owned).into_iter().collect()
        }
    }
}

/// The values of `enum`, or of `const`.
pub(super) fn values(flat: &Flat) -> impl Iterator<Item = &Value> {
    flat.get("enum")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .chain(flat.get("const"))
}

/// The rules of a string.
pub(super) fn string(flat: &Flat) -> StringRules {
    let published: Vec<&Value> = values(flat).collect();
    let insensitive = strings(flat.get("enum_case_insensitive"));
    let ignore_case = published.is_empty() && !insensitive.is_empty();
    let allowed = if ignore_case {
        insensitive
    } else {
        published.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    StringRules {
        allowed: sorted(allowed),
        ignore_case,
        pattern: flat.get("pattern").and_then(Value::as_str).map(Name::from),
        min: count(flat, "min_length").filter(|n| *n > 0),
        max: count(flat, "max_length"),
        format: flat.get("format").and_then(Value::as_str).map(Name::from),
    }
}

/// A bound as a count; the origin writes them as floating-point numbers.
pub(super) fn count(flat: &Flat, key: &str) -> Option<u32> {
    let value = flat.get(key)?;
    value.as_u64().or_else(|| value.as_f64().map(|f| f as u64)).and_then(|n| u32::try_from(n).ok())
}

/// A bound as a whole number.
pub(super) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|f| f as i64))
}

/// Both schemas at once, as far as a map can say so; where both say one thing, the second wins.
pub(super) fn merge(mut base: Flat, other: Flat) -> Flat {
    for (key, value) in other {
        match (key.as_str(), base.get_mut(&key), value) {
            (
                "properties" | "pattern_properties" | "dependent_required" | "dependent_excluded",
                Some(Value::Object(mine)),
                Value::Object(theirs),
            ) => {
                for (name, schema) in theirs {
                    let known = mine.get(&name).and_then(Value::as_object).is_some_and(|m| !m.is_empty());
                    if !known {
                        mine.insert(name, schema);
                    }
                }
            }
            ("required", Some(Value::Array(mine)), Value::Array(theirs)) => mine.extend(theirs),
            ("type", Some(mine), theirs) => *mine = narrower(mine, theirs),
            // Two independent sets of variants: the model holds one, the first stays.
            ("one_of" | "any_of" | "additional_properties", Some(_), _) => {}
            (_, _, value) => {
                base.insert(key, value);
            }
        }
    }
    base
}

/// The types that both allow.
fn narrower(mine: &Value, theirs: Value) -> Value {
    match (mine, &theirs) {
        (Value::String(_), Value::Array(many)) if many.contains(mine) => mine.clone(),
        (Value::Array(a), Value::Array(b)) => {
            Value::Array(a.iter().filter(|t| b.contains(t)).cloned().collect())
        }
        _ => theirs,
    }
}
