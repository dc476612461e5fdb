//! The template of the first of two updates: everything new, and everything old that somebody may still use.
//!
//! Invariant: where both have an entry, it is the new one; so the second update only takes away.

use serde_json::{Map, Value};

/// Sections of a template whose entries have names.
const SECTIONS: &[&str] = &["Conditions", "Mappings", "Outputs", "Parameters", "Resources", "Rules"];

/// Old and new in one.
pub(super) fn union(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return new.clone() };
    let mut both = new.clone();
    for section in SECTIONS {
        let Some(Value::Object(entries)) = old.get(*section) else { continue };
        let there = both.entry(*section).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(there) = there else { continue };
        for (name, entry) in entries {
            there.entry(name.clone()).or_insert_with(|| entry.clone());
        }
    }
    Value::Object(both)
}
