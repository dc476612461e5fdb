//! TOML, by the `toml` crate's recovering parser.

use super::{duplicate, lower_first, span};
use crate::codes;
use solc_source::data::{Entry, Node, Value};
use solc_source::{Diagnostic, FileId, Span};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// The tree of a TOML text, and what is wrong with it; [`Value::Null`] stands for what could not be read.
#[must_use]
pub fn toml(file: FileId, text: &str) -> (Node, Vec<Diagnostic>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let all: Vec<Diagnostic> = errors.iter().map(|error| mistake(file, text, error)).collect();
    let mistakes = all.iter().filter(|d| d.code == codes::INVALID_TOML).map(Diagnostic::span).collect();
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for diagnostic in all {
        // After a mistake the parser guesses until the line ends.
        if !diagnostics.iter().any(|earlier| same_line(text, earlier.span(), diagnostic.span())) {
            diagnostics.push(diagnostic);
        }
    }
    let mut reader = Reader { file, text, mistakes, diagnostics };
    let table = reader.table(document.get_ref());
    (Node { span: Span::new(file, 0, text.len()), value: table }, reader.diagnostics)
}

fn mistake(file: FileId, text: &str, error: &toml::de::Error) -> Diagnostic {
    let at = span(file, error.span().unwrap_or(text.len()..text.len()), text);
    if error.message() == "duplicate key" {
        return duplicate(text.get(at.range()).unwrap_or_default(), at, None);
    }
    Diagnostic::error(codes::INVALID_TOML, at, format!("invalid TOML: {}", lower_first(error.message())))
}

fn same_line(text: &str, a: Span, b: Span) -> bool {
    let between = a.lo.min(b.lo) as usize..a.lo.max(b.lo) as usize;
    !text.get(between).unwrap_or_default().contains('\n')
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    /// Where the parser had to guess.
    mistakes: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>) -> Value {
        let mut entries: Vec<Entry> = table.iter().map(|(key, value)| self.entry(key, value)).collect();
        // The crate's own order is alphabetical.
        entries.sort_by_key(|entry| (entry.key_span.lo, entry.node.span.lo));
        Value::Table(entries)
    }

    fn entry(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) -> Entry {
        let key_span = span(self.file, key.span(), self.text);
        let at = span(self.file, value.span(), self.text);
        // A table that only dotted keys imply has no place of its own.
        let value = match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            // No value is empty text, so this one only stands in for a missing one.
            _ if at.lo == at.hi => Value::Null,
            value => self.value(value, at),
        };
        let at = if at.lo == at.hi { key_span } else { at };
        Entry { key: key.get_ref().as_ref().into(), key_span, node: Node { span: at, value } }
    }

    fn value(&mut self, value: &DeValue<'_>, at: Span) -> Value {
        let guessed = |mistake: &Span| at.lo <= mistake.lo && mistake.lo <= at.hi;
        match value {
            DeValue::Array(items) => self.list(items),
            DeValue::Table(table) => self.table(table),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
                if self.mistakes.iter().any(guessed) =>
            {
                Value::Null
            }
            DeValue::String(text) => Value::String(text.as_ref().into()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Int(number),
                Err(_) => self.refuse(at, "this number does not fit into 64 bits"),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Number(number),
                Ok(_) | Err(_) => self.refuse(at, "this number is not finite"),
            },
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Datetime(_) => self.refuse(at, "a date has no meaning here, quote it"),
        }
    }

    fn list(&mut self, items: &DeArray<'_>) -> Value {
        let node = |item: &Spanned<DeValue<'_>>| {
            let at = span(self.file, item.span(), self.text);
            Node { span: at, value: self.value(item.get_ref(), at) }
        };
        Value::List(items.iter().map(node).collect())
    }

    fn refuse(&mut self, at: Span, why: &str) -> Value {
        self.diagnostics.push(Diagnostic::error(codes::INVALID_TOML, at, format!("invalid TOML: {why}")));
        Value::Null
    }
}
