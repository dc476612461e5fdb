//! Diagnostics as prose for screen readers and braille displays, by `miette`'s narrated handler.
//!
//! Invariant: `miette` never searches a file from its first byte; lines come from our own index.

use super::{View, environments, place::Place, printable};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::files::{FileId, SourceFile};
use miette::{
    LabeledSpan, MietteError, MietteSpanContents, NarratableReportHandler, SourceSpan, SpanContents,
};
use std::fmt;
use std::io::{self, Write};

/// A paragraph for each diagnostic, with a blank line after it.
///
/// # Errors
/// Only where `out` fails.
pub fn narrated(out: &mut dyn Write, view: &View<'_>, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let handler = NarratableReportHandler::new();
    for diagnostic in diagnostics {
        let mut text = String::new();
        handler.render_report(&mut text, &Report::of(view, diagnostic)).map_err(io::Error::other)?;
        writeln!(out, "{}\n", printable(text.trim_end()))?;
    }
    Ok(())
}

/// The lines of one file, for `miette`.
struct Lines<'a> {
    name: String,
    file: &'a SourceFile,
}

impl miette::SourceCode for Lines<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (lo, hi) = (span.offset(), span.offset() + span.len());
        let first = self.file.line_of(lo).saturating_sub(before);
        let last = (self.file.line_of(hi.saturating_sub(1).max(lo)) + after)
            .min(self.file.line_starts().len().saturating_sub(1));
        let range = self.file.line_range(first).start..self.file.line_range(last).end;
        let text = self.file.text().get(range.clone()).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            text.as_bytes(),
            (range.start, range.len()).into(),
            first,
            0,
            last + 1 - first,
        )))
    }
}

/// One diagnostic, or the part of one that lies in another file.
struct Report<'a> {
    message: String,
    code: Option<&'static str>,
    severity: miette::Severity,
    help: String,
    lines: Option<Lines<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Report<'a>>,
}

impl<'a> Report<'a> {
    fn of(view: &View<'a>, diagnostic: &Diagnostic) -> Self {
        let here = diagnostic.span().file;
        let elsewhere = diagnostic.labels.iter().filter(|label| label.span.file != here);
        Self {
            message: diagnostic.message.clone(),
            code: Some(diagnostic.code.0),
            severity: match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note => miette::Severity::Advice,
            },
            help: advice(diagnostic),
            lines: lines(view, here),
            labels: diagnostic
                .labels
                .iter()
                .filter(|label| label.span.file == here)
                .filter_map(|label| labelled(view, label))
                .collect(),
            elsewhere: elsewhere.map(|label| Self::elsewhere(view, label)).collect(),
        }
    }

    fn elsewhere(view: &View<'a>, label: &Label) -> Self {
        Self {
            message: label.message.clone(),
            code: None,
            severity: miette::Severity::Advice,
            help: String::new(),
            lines: lines(view, label.span.file),
            labels: labelled(view, label).into_iter().collect(),
            elsewhere: Vec::new(),
        }
    }
}

fn lines<'a>(view: &View<'a>, id: FileId) -> Option<Lines<'a>> {
    view.file(id).map(|file| Lines { name: view.name(id).to_owned(), file })
}

fn labelled(view: &View<'_>, label: &Label) -> Option<LabeledSpan> {
    let place = Place::of(view, label.span)?;
    let text = (!label.message.is_empty()).then(|| label.message.clone());
    Some(LabeledSpan::new(text, place.bytes.start, place.bytes.len()))
}

/// Everything that is not in the source, one sentence a line.
fn advice(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.iter().cloned();
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let fixes = diagnostic.fixes.iter().map(|fix| format!("fix: {}", fix.title));
    let concerns = environments(diagnostic).map(|names| format!("in: {names}"));
    help.chain(notes).chain(fixes).chain(concerns).collect::<Vec<_>>().join("\n")
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.code.map(|code| Box::new(code) as _)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as _)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.lines.as_ref().map(|lines| lines as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as _)
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        (!self.elsewhere.is_empty())
            .then(|| Box::new(self.elsewhere.iter().map(|other| other as &dyn miette::Diagnostic)) as _)
    }
}
