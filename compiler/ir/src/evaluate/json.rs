//! `json(value)`: compact JSON, keys in the order of the source.
//!
//! Invariant: what is known when deploying is joined in as a JSON string.

use super::Evaluation;
use super::text::number;
use super::value::{Map, Value};
use crate::model;

impl Evaluation<'_> {
    /// The value as JSON text; `Missing` where a part is.
    pub(crate) fn json(&self, value: &Value) -> Value {
        let mut writer = Writer { known: String::new(), parts: Vec::new() };
        if !self.write(value, &mut writer) {
            return Value::Missing;
        }
        writer.flush();
        Value::from_parts(writer.parts)
    }

    fn write(&self, value: &Value, to: &mut Writer) -> bool {
        match value {
            Value::None => to.known.push_str("null"),
            Value::Bool(b) => to.known.push_str(if *b { "true" } else { "false" }),
            Value::Int(n) => to.known.push_str(&n.to_string()),
            Value::Number(n) => to.known.push_str(&number(*n)),
            Value::Text(text) => string(text, &mut to.known),
            Value::List(items) => {
                to.known.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        to.known.push(',');
                    }
                    if !self.write(item, to) {
                        return false;
                    }
                }
                to.known.push(']');
            }
            Value::Map(map) | Value::ZoneMap(map) | Value::Union(_, _, Some(map)) => {
                return self.write_map(map, to);
            }
            Value::Deferred(deferred) => {
                to.known.push('"');
                to.flush();
                to.parts.push(deferred.clone());
                to.known.push('"');
            }
            Value::Quantity(_)
            | Value::Cidr(..)
            | Value::Range(..)
            | Value::Enum(..)
            | Value::Union(_, _, None)
            | Value::Team(_)
            | Value::Service(_)
            | Value::Block(_) => match self.text_of(value) {
                Some(model::Value::String(text)) => string(&text, &mut to.known),
                Some(_) | None => return false,
            },
            Value::Missing | Value::Outside | Value::Instance(_) | Value::Resource(_) | Value::Grant(_) => {
                return false;
            }
        }
        true
    }

    fn write_map(&self, map: &Map, to: &mut Writer) -> bool {
        to.known.push('{');
        // An entry that is `none` is left out, as in resource properties.
        for (index, (key, value)) in map.iter().filter(|(_, v)| **v != Value::None).enumerate() {
            if index > 0 {
                to.known.push(',');
            }
            string(key, &mut to.known);
            to.known.push(':');
            if !self.write(value, to) {
                return false;
            }
        }
        to.known.push('}');
        true
    }
}

struct Writer {
    known: String,
    parts: Vec<model::Value>,
}

impl Writer {
    fn flush(&mut self) {
        if !self.known.is_empty() {
            self.parts.push(model::Value::String(std::mem::take(&mut self.known).into()));
        }
    }
}

/// A JSON string with its quotes.
fn string(text: &str, to: &mut String) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            c if u32::from(c) < 0x20 => to.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => to.push(c),
        }
    }
    to.push('"');
}
