//! Diagnostics for programs: one JSON object a line, documented in the book's reference (*Output formats*).
//!
//! Invariant: within a major `schema_version`, fields are only ever added; readers ignore those they do not know.

use super::{View, place, place::Place};
use crate::diagnostic::{Diagnostic, Fix};
use crate::files::Span;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The version of the objects that [`json`] writes.
pub const SCHEMA_VERSION: &str = "1.0";

/// One object a line, for each diagnostic.
///
/// # Errors
/// Only where `out` fails.
pub fn json(out: &mut dyn Write, view: &View<'_>, diagnostics: &[Diagnostic]) -> io::Result<()> {
    for diagnostic in diagnostics {
        writeln!(out, "{}", object(view, diagnostic))?;
    }
    Ok(())
}

fn object(view: &View<'_>, diagnostic: &Diagnostic) -> Value {
    let label = |label: &crate::Label| {
        json!({
            "primary": label.primary,
            "message": label.message,
            "range": range(view, label.span),
        })
    };
    json!({
        "schema_version": SCHEMA_VERSION,
        "code": diagnostic.code.0,
        "severity": diagnostic.severity.word(),
        "message": diagnostic.message,
        "environments": diagnostic.environments,
        "labels": diagnostic.labels.iter().map(label).collect::<Vec<_>>(),
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fixes": diagnostic.fixes.iter().map(|f| fix(view, f)).collect::<Vec<_>>(),
    })
}

fn fix(view: &View<'_>, fix: &Fix) -> Value {
    let edit =
        |edit: &crate::Edit| json!({ "range": range(view, edit.span), "replacement": edit.replacement });
    json!({ "title": fix.title, "edits": fix.edits.iter().map(edit).collect::<Vec<_>>() })
}

/// Lines and columns count from one, columns in characters; offsets are bytes, from zero.
#[must_use]
pub fn range(view: &View<'_>, span: Span) -> Value {
    let Some(place) = Place::of(view, span) else {
        return Value::Null;
    };
    let point = |at: crate::LineColumn, offset: usize| json!({ "line": at.line, "column": at.column, "offset": offset });
    json!({
        "file": place::shown(view, span.file),
        "start": point(place.start, place.bytes.start),
        "end": point(place.end, place.bytes.end),
    })
}
