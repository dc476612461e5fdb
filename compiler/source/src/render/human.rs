//! Diagnostics for people at a terminal, by `codespan-reporting`, with a preview of what a fix would write.
//!
//! Invariant: a line that is too long to read is never printed; the diagnostic then names its place instead.

use super::{View, environments, place, place::Place, printable};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::files::FileId;
use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, Color, ColorSpec, NoColor, WriteColor};
use codespan_reporting::term::{self, Styles, StylesWriter};
use std::io::{self, Write};
use std::ops::Range;

mod preview;

/// Longer lines than this, in bytes, are not shown.
const LONGEST_LINE: usize = 1_000;

/// Whether to write colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// ANSI escapes.
    Always,
}

/// Source excerpts with labels, notes, help and fixes; a blank line after each diagnostic.
///
/// # Errors
/// Only where `out` fails.
pub fn human(
    out: &mut dyn Write,
    view: &View<'_>,
    diagnostics: &[Diagnostic],
    colour: Colour,
) -> io::Result<()> {
    let styles = styles();
    let mut buffer = Vec::new();
    for diagnostic in diagnostics {
        buffer.clear();
        match colour {
            Colour::Never => one(&mut NoColor::new(&mut buffer), view, diagnostic, &styles)?,
            Colour::Always => one(&mut Ansi::new(&mut buffer), view, diagnostic, &styles)?,
        }
        out.write_all(buffer.trim_ascii_end())?;
        out.write_all(b"\n\n")?;
    }
    Ok(())
}

fn one(
    out: &mut dyn WriteColor,
    view: &View<'_>,
    diagnostic: &Diagnostic,
    styles: &Styles,
) -> io::Result<()> {
    let config = term::Config { tab_width: 4, ..term::Config::default() };
    let adapted = adapt(view, diagnostic);
    // The excerpt ends with a blank line; what follows belongs to the same diagnostic.
    let mut excerpt = Vec::new();
    let mut ansi = Ansi::new(&mut excerpt);
    let mut plain = Vec::new();
    let text = if out.supports_color() {
        rendered(term::emit_to_write_style(
            &mut StylesWriter::new(&mut ansi, styles),
            &config,
            view,
            &adapted,
        ))?;
        &excerpt
    } else {
        rendered(term::emit_to_io_write(&mut plain, &config, view, &adapted))?;
        &plain
    };
    out.write_all(text.trim_ascii_end())?;
    out.write_all(b"\n")?;
    let gutter = gutter(view, diagnostic);
    if adapted.notes.is_empty() && !adapted.labels.is_empty() && !diagnostic.fixes.is_empty() {
        preview::border(out, "", gutter, styles)?;
        writeln!(out)?;
    }
    for fix in &diagnostic.fixes {
        preview::fix(out, view, fix, gutter, styles)?;
    }
    Ok(())
}

fn rendered(result: Result<(), Error>) -> io::Result<()> {
    match result {
        Ok(()) => Ok(()),
        Err(Error::Io(error)) => Err(error),
        // Spans are clamped before, so this would be a bug of ours; it must not hide the diagnostic's fixes.
        Err(other) => Err(io::Error::other(other)),
    }
}

/// The width of the line numbers, which codespan computes from the same labels.
fn gutter(view: &View<'_>, diagnostic: &Diagnostic) -> usize {
    let last = labels(view, diagnostic).filter_map(|(_, place)| Some(place?.end.line)).max();
    last.unwrap_or(1).to_string().len()
}

/// The labels that can be shown, primary ones first so that their file comes first.
fn labels<'v>(
    view: &'v View<'_>,
    diagnostic: &'v Diagnostic,
) -> impl Iterator<Item = (&'v Label, Option<Place<'v>>)> {
    let mut ordered: Vec<&Label> = diagnostic.labels.iter().collect();
    ordered.sort_by_key(|label| !label.primary);
    ordered.into_iter().map(|label| (label, Place::of(view, label.span)))
}

fn adapt(view: &View<'_>, diagnostic: &Diagnostic) -> codespan::Diagnostic<FileId> {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let mut shown = Vec::new();
    let mut notes = Vec::new();
    for (label, place) in labels(view, diagnostic) {
        let Some(place) = place else { continue };
        if place.longest_line() > LONGEST_LINE {
            let separator = if label.message.is_empty() { "" } else { ": " };
            notes.push(format!("at {}{separator}{}", place::locus(view, label.span), label.message));
            continue;
        }
        let style =
            if label.primary { codespan::LabelStyle::Primary } else { codespan::LabelStyle::Secondary };
        let message = printable(&label.message).replace('\n', " ");
        let range = without_line_end(&place);
        shown.push(codespan::Label { style, file_id: label.span.file, range, message });
    }
    notes.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    notes.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    notes.extend(environments(diagnostic).map(|names| format!("in: {names}")));
    codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code.0)
        .with_message(printable(&diagnostic.message))
        .with_labels(shown)
        .with_notes(notes.iter().map(|note| printable(note).into_owned()).collect())
}

/// A label that ends just behind a newline would draw a second, empty line.
fn without_line_end(place: &Place<'_>) -> Range<usize> {
    let text = place.file.text().get(place.bytes.clone()).unwrap_or_default();
    place.bytes.start..place.bytes.start + text.trim_end_matches(['\n', '\r']).len()
}

impl<'a, 's: 'a> Files<'a> for View<'s> {
    type FileId = FileId;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<String, Error> {
        place::shown(self, id).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        self.printable(id).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: FileId, byte: usize) -> Result<usize, Error> {
        self.file(id).map(|file| file.line_of(byte)).ok_or(Error::FileMissing)
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        self.file(id).map(|file| file.line_range(line)).ok_or(Error::FileMissing)
    }
}

fn styles() -> Styles {
    let bold = |colour: Color| {
        let mut spec = ColorSpec::new();
        spec.set_fg(Some(colour)).set_bold(true).set_intense(true);
        spec
    };
    let mut message = ColorSpec::new();
    message.set_bold(true);
    Styles {
        header_bug: bold(Color::Red),
        header_error: bold(Color::Red),
        header_warning: bold(Color::Yellow),
        header_note: bold(Color::Green),
        header_help: bold(Color::Cyan),
        header_message: message,
        primary_label_bug: bold(Color::Red),
        primary_label_error: bold(Color::Red),
        primary_label_warning: bold(Color::Yellow),
        primary_label_note: bold(Color::Green),
        primary_label_help: bold(Color::Cyan),
        secondary_label: bold(Color::Blue),
        line_number: bold(Color::Blue),
        source_border: bold(Color::Blue),
        note_bullet: bold(Color::Blue),
    }
}
