//! What a fix needs to know of the text around it: a removed line goes whole, and a renamed thing everywhere.
//!
//! ```text
//! /// Kept for a month.                       nothing is left of both lines, where
//! private let days: Int = 30                  the declaration alone was to be removed
//! ```
//!
//! Invariant: the stages speak of trees and know no text; this is the one place where their edits meet it, so that the
//! terminal, an editor and `solc check --fix` are given the same edits.

use solc_check::codes::NAMING;
use solc_source::{Diagnostic, Edit, SourceFile, Sources, Span};
use std::ops::Range;

/// Completes the edits of all fixes.
pub(crate) fn complete(sources: &Sources, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        let renames = diagnostic.code == NAMING;
        for edits in diagnostic.fixes.iter_mut().map(|fix| &mut fix.edits) {
            if let ([edit], true) = (edits.as_slice(), renames) {
                *edits = everywhere(sources, edit);
            }
            for edit in edits.iter_mut().filter(|edit| edit.replacement.is_empty()) {
                if let Some(file) = sources.get(edit.span.file) {
                    let range = whole_lines(file, edit.span.range());
                    edit.span = Span::new(edit.span.file, range.start, range.end);
                }
            }
        }
    }
}

/// The same replacement wherever the file has the name.
fn everywhere(sources: &Sources, edit: &Edit) -> Vec<Edit> {
    let (Some(file), old) = (sources.get(edit.span.file), sources.text(edit.span)) else {
        return vec![edit.clone()];
    };
    let uses = names(file.text()).into_iter().filter(|range| file.text().get(range.clone()) == Some(old));
    let edits = uses.map(|range| Edit {
        span: Span::new(edit.span.file, range.start, range.end),
        replacement: edit.replacement.clone(),
    });
    edits.collect()
}

/// Where nothing would be left of a line, the line; of a declaration also the doc comment above it, and one of the blank
/// lines around it.
fn whole_lines(file: &SourceFile, range: Range<usize>) -> Range<usize> {
    let text = file.text();
    let (first, last) = (file.line_of(range.start), file.line_of(range.end.max(range.start + 1) - 1));
    let whole = file.line_range(first).start..file.line_range(last).end;
    let is_blank = |part: Range<usize>| text.get(part).is_some_and(|part| part.trim().is_empty());
    if range.is_empty() || !is_blank(whole.start..range.start) || !is_blank(range.end..whole.end) {
        return range;
    }
    let line = |index: usize| text.get(file.line_range(index)).unwrap_or_default().trim();
    let mut start = first;
    while let Some(above) = start.checked_sub(1).filter(|above| line(*above).starts_with("///")) {
        start = above;
    }
    let stands_alone = start.checked_sub(1).is_none_or(|above| line(above).is_empty());
    let end = if stands_alone && !file.line_range(last + 1).is_empty() && line(last + 1).is_empty() {
        last + 1
    } else {
        last
    };
    file.line_range(start).start..file.line_range(end).end
}

/// What the scanner is inside of.
enum Inside {
    /// Code between `${` and `}`, with so many open braces of its own.
    Hole(usize),
    /// A text that ends with as many quotes; a raw one has no holes.
    Text { quotes: usize, raw: bool },
}

/// The names in a file: in code and in the holes of texts, not in comments.
fn names(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let is_name = |at: usize| byte(at).is_ascii_alphanumeric() || byte(at) == b'_';
    let quotes = |at: usize| if (at..at + 3).all(|i| byte(i) == b'"') { 3 } else { 1 };
    let mut found = Vec::new();
    let mut inside: Vec<Inside> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        if let Some(Inside::Text { quotes: closing, raw }) = inside.last() {
            match byte(start) {
                b'"' if *closing == 1 || quotes(start) == 3 => {
                    at = start + closing;
                    inside.pop();
                }
                b'\n' if *closing == 1 => {
                    inside.pop();
                }
                b'\\' if !raw => at += 1,
                b'$' if !raw && byte(at) == b'{' => {
                    at += 1;
                    inside.push(Inside::Hole(0));
                }
                _ => {}
            }
            continue;
        }
        match byte(start) {
            b'/' if byte(at) == b'/' => {
                while at < bytes.len() && byte(at) != b'\n' {
                    at += 1;
                }
            }
            b'"' => {
                let opening = quotes(start);
                at = start + opening;
                inside.push(Inside::Text { quotes: opening, raw: false });
            }
            b'r' if byte(at) == b'"' => {
                at += 1;
                inside.push(Inside::Text { quotes: 1, raw: true });
            }
            b'{' => {
                if let Some(Inside::Hole(depth)) = inside.last_mut() {
                    *depth += 1;
                }
            }
            b'}' => match inside.last_mut() {
                Some(Inside::Hole(0)) => {
                    inside.pop();
                }
                Some(Inside::Hole(depth)) => *depth -= 1,
                Some(Inside::Text { .. }) | None => {}
            },
            _ if is_name(start) => {
                while is_name(at) {
                    at += 1;
                }
                found.push(start..at);
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests;
