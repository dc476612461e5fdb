//! How large a value may get.
//!
//! ```sol
//! let a = "xxxxxxxxxx"
//! let b = "${a}${a}${a}${a}"   // and so on: each line costs nothing, and the text outgrows any memory
//! ```
//!
//! Invariant: no value holds more than [`MAX_PARTS`] values or [`MAX_TEXT`] bytes in one text, or is nested deeper than
//! [`MAX_NESTING`], shared parts counted each time they stand there; so whoever walks a value comes to an end. What is
//! large costs steps, so that many large values are too many.

use super::Evaluation;
use super::value::Value;
use crate::codes;
use crate::model;
use solc_source::{Diagnostic, Span};

/// Bytes of a text: no template holds more.
pub(crate) const MAX_TEXT: usize = 1 << 20;
/// Values in a value.
pub(crate) const MAX_PARTS: usize = 250_000;
/// How deeply values stand in each other.
const MAX_NESTING: usize = 500;
/// What is no larger is not counted towards the budget.
const FREE: usize = 1_000;

impl Evaluation<'_> {
    /// The value, if it is no larger than values may be; else says so.
    pub(crate) fn bounded(&mut self, value: Value, span: Span) -> Value {
        if is_small(&value) {
            return value;
        }
        match weight(&value) {
            Ok(weight) if weight <= FREE => value,
            Ok(weight) => {
                self.steps = self.steps.saturating_add(weight as u64 * 4);
                value
            }
            Err(what) => self.too_large(what, span),
        }
    }

    /// Reports a value that cannot be made.
    #[cold]
    pub(crate) fn too_large(&mut self, what: TooLarge, span: Span) -> Value {
        if std::mem::replace(&mut self.exhausted, true) {
            return Value::Missing;
        }
        let label = match what {
            TooLarge::Text => format!("a text of more than {MAX_TEXT} bytes"),
            TooLarge::Parts => format!("more than {MAX_PARTS} values"),
            TooLarge::Nesting => format!("values within values, more than {MAX_NESTING} deep"),
        };
        self.report(
            Diagnostic::error(codes::STEP_BUDGET, span, "this value gets too large")
                .label(label)
                .help("no template could hold it: make it of less"),
        );
        Value::Missing
    }
}

/// In which way a value is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooLarge {
    /// A text is too long.
    Text,
    /// Too many values stand in it.
    Parts,
    /// They stand too deeply in each other.
    Nesting,
}

/// Whether it needs no counting, as nearly every value.
fn is_small(value: &Value) -> bool {
    let leaf = |value: &Value| match value {
        Value::List(items) => items.is_empty(),
        Value::Map(map) | Value::ZoneMap(map) | Value::Union(_, _, Some(map)) => map.is_empty(),
        Value::Text(text) => text.len() <= FREE,
        Value::Deferred(value) => !matches!(value, model::Value::Join(_)),
        Value::Grant(_) => false,
        Value::Missing
        | Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Number(_)
        | Value::Quantity(_)
        | Value::Cidr(..)
        | Value::Range(..)
        | Value::Enum(..)
        | Value::Union(_, _, None)
        | Value::Instance(_)
        | Value::Resource(_)
        | Value::Service(_)
        | Value::Block(_)
        | Value::Team(_)
        | Value::Outside => true,
    };
    match value {
        Value::List(items) => items.len() <= 8 && items.iter().all(leaf),
        Value::Map(map) | Value::ZoneMap(map) | Value::Union(_, _, Some(map)) => {
            map.len() <= 8 && map.values().all(leaf)
        }
        other => leaf(other),
    }
}

/// The bytes of a text, as far as they are known.
pub(crate) fn bytes(text: &model::Value) -> usize {
    match text {
        model::Value::String(text) => text.len(),
        model::Value::Join(parts) => parts.iter().map(bytes).sum(),
        _ => 0,
    }
}

/// How many values a value holds; a text counts once for every eight bytes.
fn weight(value: &Value) -> Result<usize, TooLarge> {
    let mut found = 0_usize;
    let mut work: Vec<(&Value, usize)> = vec![(value, 0)];
    while let Some((value, depth)) = work.pop() {
        found += 1;
        if depth > MAX_NESTING {
            return Err(TooLarge::Nesting);
        }
        match value {
            Value::Text(text) if text.len() > MAX_TEXT => return Err(TooLarge::Text),
            Value::Text(text) => found += text.len() / 8,
            Value::List(items) if items.len() > MAX_PARTS => return Err(TooLarge::Parts),
            Value::List(items) => work.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(map) | Value::ZoneMap(map) | Value::Union(_, _, Some(map)) => {
                work.extend(map.values().map(|item| (item, depth + 1)));
            }
            Value::Deferred(value) => found += deferred(value)?,
            Value::Grant(grant) => work.extend(grant.arguments.iter().map(|(_, item)| (item, depth + 1))),
            Value::Missing
            | Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::Quantity(_)
            | Value::Cidr(..)
            | Value::Range(..)
            | Value::Enum(..)
            | Value::Union(_, _, None)
            | Value::Instance(_)
            | Value::Resource(_)
            | Value::Service(_)
            | Value::Block(_)
            | Value::Team(_)
            | Value::Outside => {}
        }
        if found > MAX_PARTS {
            return Err(TooLarge::Parts);
        }
    }
    Ok(found)
}

/// The same of a text that is joined when deploying.
fn deferred(value: &model::Value) -> Result<usize, TooLarge> {
    let model::Value::Join(parts) = value else { return Ok(0) };
    match bytes(value) {
        bytes if bytes > MAX_TEXT => Err(TooLarge::Text),
        bytes => Ok(parts.len() + bytes / 8),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_PARTS, MAX_TEXT, TooLarge, weight};
    use crate::evaluate::value::Value;

    #[test]
    fn shared_parts_count_each_time() {
        let mut value = Value::Int(1);
        for _ in 0..40 {
            value = Value::list([value.clone(), value]);
        }
        assert_eq!(weight(&value), Err(TooLarge::Parts));
    }

    #[test]
    fn the_largest_values_are_allowed() {
        assert!(weight(&Value::text("x".repeat(MAX_TEXT))).is_ok());
        assert_eq!(weight(&Value::text("x".repeat(MAX_TEXT + 1))), Err(TooLarge::Text));
        assert!(weight(&Value::list((0..MAX_PARTS - 1).map(|_| Value::Bool(true)))).is_ok());
        assert_eq!(weight(&Value::list((0..=MAX_PARTS).map(|_| Value::Bool(true)))), Err(TooLarge::Parts));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |n: usize| (0..n).fold(Value::Int(1), |value, _| Value::list([value]));
        assert_eq!(weight(&nested(500)), Ok(501));
        assert_eq!(weight(&nested(501)), Err(TooLarge::Nesting));
    }
}
