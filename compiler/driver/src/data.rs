//! Data files: TOML and JSON text to located trees.
//!
//! Invariant: whatever the text, there is a tree; what could not be read is reported at its place and left out.

mod json;
mod toml;

pub use json::json;
pub use toml::toml;

use crate::codes;
use solc_source::data::Entry;
use solc_source::{Diagnostic, FileId, Span};

/// `span` of a text of `file`, never beyond the text.
fn span(file: FileId, range: std::ops::Range<usize>, text: &str) -> Span {
    let end = text.len();
    Span::new(file, range.start.min(end), range.end.min(end))
}

fn duplicate(key: &str, second: Span, first: Option<Span>) -> Diagnostic {
    let message =
        if key.is_empty() { "a key is set twice".to_owned() } else { format!("`{key}` is set twice") };
    let diagnostic = Diagnostic::error(codes::DUPLICATE_KEY, second, message).label("the second time");
    match first {
        Some(first) => diagnostic.because(first, "the first time"),
        None => diagnostic,
    }
}

/// The first letter in lower case, as messages begin.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Keeps the first entry of each key, and reports the others.
fn without_duplicates(entries: Vec<Entry>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut first = std::collections::BTreeMap::new();
    let mut kept = Vec::with_capacity(entries.len());
    for entry in entries {
        match first.get(&entry.key) {
            Some(span) => diagnostics.push(duplicate(&entry.key, entry.key_span, Some(*span))),
            None => {
                first.insert(entry.key.clone(), entry.key_span);
                kept.push(entry);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests;
