//! Where a span stands, ready to be shown: clamped to its file, on character boundaries, with lines and columns.

use super::View;
use crate::files::{FileId, LineColumn, SourceFile, Span};
use std::ops::Range;

/// A span that certainly lies in its file.
pub(super) struct Place<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) bytes: Range<usize>,
    pub(super) start: LineColumn,
    pub(super) end: LineColumn,
}

impl<'a> Place<'a> {
    /// `None` where the file is not one of ours.
    pub(super) fn of(view: &View<'a>, span: Span) -> Option<Self> {
        let file = view.file(span.file)?;
        let bytes = clamp(file, span);
        Some(Self { start: file.position(bytes.start), end: file.position(bytes.end), bytes, file })
    }

    /// The longest of the lines that the span touches, in bytes.
    pub(super) fn longest_line(&self) -> usize {
        (self.start.line..=self.end.line)
            .map(|line| self.file.line_range(line.saturating_sub(1)).len())
            .max()
            .unwrap_or(0)
    }
}

/// `file:line:column` for people, with the shown name; just the name where the file is not one of ours.
pub(super) fn locus(view: &View<'_>, span: Span) -> String {
    match Place::of(view, span) {
        Some(place) => format!("{}:{}:{}", view.name(span.file), place.start.line, place.start.column),
        None => view.name(span.file).to_owned(),
    }
}

/// The bytes of a span that lie in the file, widened to character boundaries.
pub(super) fn clamp(file: &SourceFile, span: Span) -> Range<usize> {
    let text = file.text();
    let lo = text.floor_char_boundary((span.lo as usize).min(text.len()));
    let hi = text.ceil_char_boundary((span.hi as usize).min(text.len()));
    lo..hi.max(lo)
}

/// The file's name, if it has one to show.
pub(super) fn shown(view: &View<'_>, file: FileId) -> Option<String> {
    view.file(file).map(|_| view.name(file).to_owned())
}
