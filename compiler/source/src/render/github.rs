//! Workflow commands of GitHub Actions, which show a diagnostic beside the changed line.
//!
//! Invariant: whatever a message holds, it stays one command on one line, and its properties stay apart.

use super::{View, environments, place::Place};
use crate::diagnostic::{Diagnostic, Severity};
use std::fmt::Write as _;
use std::io::{self, Write};

/// `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`
///
/// # Errors
/// Only where `out` fails.
pub fn github(out: &mut dyn Write, view: &View<'_>, diagnostics: &[Diagnostic]) -> io::Result<()> {
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = properties(view, diagnostic);
        let title = property(diagnostic.code.0);
        writeln!(out, "::{command} {place}title={title}::{}", data(&body(diagnostic)))?;
    }
    Ok(())
}

fn properties(view: &View<'_>, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.span();
    let Some(place) = Place::of(view, span) else {
        return String::new();
    };
    let (start, end) = (place.start, place.end);
    let mut text =
        format!("file={},line={},endLine={},", property(view.name(span.file)), start.line, end.line);
    // Columns mean something to GitHub only where they are of one line.
    if start.line == end.line {
        let last = end.column.max(start.column + 1);
        let _ = write!(text, "col={},endColumn={last},", start.column);
    }
    text
}

fn body(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for label in diagnostic.labels.iter().filter(|l| l.primary && !l.message.is_empty()) {
        let _ = write!(text, "\n{}", label.message);
    }
    for note in &diagnostic.notes {
        let _ = write!(text, "\nnote: {note}");
    }
    for help in diagnostic.help.iter().chain(diagnostic.fixes.iter().map(|fix| &fix.title)) {
        let _ = write!(text, "\nhelp: {help}");
    }
    if let Some(names) = environments(diagnostic) {
        let _ = write!(text, "\nin: {names}");
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
