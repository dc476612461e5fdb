//! A located tree for data files (TOML, JSON): values that remember where they stand.
//!
//! Invariant: every node has a span in its own file, so that a wrong setting is shown at its own line.

use crate::files::Span;
use smol_str::SmolStr;

/// A value in a data file, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value stands.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What a data file can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// What could not be read, and was reported: it agrees with everything, like `Ty::Error`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Number(f64),
    /// A text.
    String(SmolStr),
    /// An array.
    List(Vec<Node>),
    /// A table, in the file's order.
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: SmolStr,
    /// Where the key stands.
    pub key_span: Span,
    /// What it is set to.
    pub node: Node,
}

impl Node {
    /// The entry of a table; `None` for other values.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::List(_) => None,
        }
    }

    /// The entries of a table; none for other values.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::List(_) => &[],
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(s) => Some(s),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Table(_) => None,
        }
    }
}

impl Value {
    /// What to call it in a message, with its article.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}
