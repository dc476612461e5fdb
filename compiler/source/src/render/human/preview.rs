//! What a fix would write: the changed line, with the new text underlined.
//!
//! ```text
//! help: write `connect`
//!    │
//! 36 │     link db.connect
//!    │             ~~~~~~~
//! ```
//!
//! What is only taken away is shown where it still stands, marked with `-`.

use super::super::{View, place, printable};
use super::LONGEST_LINE;
use crate::diagnostic::{Edit, Fix};
use crate::files::{FileId, SourceFile};
use codespan_reporting::term::Styles;
use codespan_reporting::term::termcolor::{ColorSpec, WriteColor};
use std::io;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// More lines than this are not previewed.
const MOST_LINES: usize = 6;

/// `help: title`, and the lines as they would be.
pub(super) fn fix(
    out: &mut dyn WriteColor,
    view: &View<'_>,
    fix: &Fix,
    gutter: usize,
    styles: &Styles,
) -> io::Result<()> {
    coloured(out, &styles.header_help, "help")?;
    coloured(out, &styles.header_message, ": ")?;
    writeln!(out, "{}", printable(&fix.title))?;
    match Changed::by(view, fix) {
        Some(changed) => changed.write(out, gutter, styles),
        None => Ok(()),
    }
}

fn coloured(out: &mut dyn WriteColor, style: &ColorSpec, text: &str) -> io::Result<()> {
    out.set_color(style)?;
    write!(out, "{text}")?;
    out.reset()
}

/// The lines that the edits touch, after the edits; before them where they only take away.
struct Changed {
    first_line: usize,
    text: String,
    /// Ranges of `text`, and what stands under them: `+` added, `~` replaced, `-` to be taken away.
    marked: Vec<(Range<usize>, char)>,
}

impl Changed {
    /// `None` where there is nothing worth showing: edits in several files, or text that is too long.
    fn by(view: &View<'_>, fix: &Fix) -> Option<Self> {
        let file_id = fix.edits.first()?.span.file;
        let file = view.file(file_id)?;
        let mut edits = in_file(file, file_id, &fix.edits)?;
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let lo = edits.first()?.0.start;
        let hi = edits.iter().map(|(range, _)| range.end).max()?;
        let first = file.line_of(lo);
        let start = file.line_range(first).start;
        let end = file.line_range(file.line_of(hi)).end;
        let only_takes_away = edits.iter().all(|(_, replacement)| replacement.is_empty());
        let mut text = String::new();
        let mut marked = Vec::new();
        let mut at = start;
        for (range, replacement) in edits {
            text.push_str(file.text().get(at..range.start)?);
            let from = text.len();
            text.push_str(if only_takes_away { file.text().get(range.clone())? } else { replacement });
            let mark = match (only_takes_away, range.is_empty()) {
                (true, _) => '-',
                (false, true) => '+',
                (false, false) => '~',
            };
            marked.push((from..text.len(), mark));
            at = range.end;
        }
        text.push_str(file.text().get(at..end)?);
        let text = text.trim_end_matches(['\n', '\r']).to_owned();
        let readable = text.lines().count() <= MOST_LINES && text.lines().all(|l| l.len() <= LONGEST_LINE);
        readable.then_some(Self { first_line: first + 1, text, marked })
    }

    fn write(&self, out: &mut dyn WriteColor, gutter: usize, styles: &Styles) -> io::Result<()> {
        let width =
            gutter.max((self.first_line + self.text.lines().count()).saturating_sub(1).to_string().len());
        border(out, "", width, styles)?;
        writeln!(out)?;
        let mut offset = 0;
        for (index, line) in self.text.split('\n').enumerate() {
            border(out, &(self.first_line + index).to_string(), width, styles)?;
            writeln!(out, " {}", shown(line))?;
            let marks = self.marks(offset, line);
            if !marks.is_empty() {
                border(out, "", width, styles)?;
                write!(out, " ")?;
                coloured(out, &styles.header_note, &marks)?;
                writeln!(out)?;
            }
            offset += line.len() + 1;
        }
        Ok(())
    }

    /// The marks under one line, which starts at `offset` of the text.
    fn marks(&self, offset: usize, line: &str) -> String {
        let mut marks = String::new();
        for (range, mark) in &self.marked {
            let from = range.start.saturating_sub(offset).min(line.len());
            let to = range.end.saturating_sub(offset).min(line.len());
            let (Some(before), Some(under)) = (line.get(..from), line.get(from..to)) else {
                continue;
            };
            let missing = shown(before).width().saturating_sub(marks.chars().count());
            marks.extend(std::iter::repeat_n(' ', missing));
            marks.extend(std::iter::repeat_n(*mark, shown(under).width()));
        }
        marks.trim_end().to_owned()
    }
}

/// All edits with the bytes they replace; `None` where they are not all in this file.
fn in_file<'e>(file: &SourceFile, id: FileId, edits: &'e [Edit]) -> Option<Vec<(Range<usize>, &'e str)>> {
    edits
        .iter()
        .map(|edit| {
            (edit.span.file == id).then(|| (place::clamp(file, edit.span), edit.replacement.as_str()))
        })
        .collect()
}

fn shown(line: &str) -> String {
    printable(line).replace('\t', "    ").replace('\r', "")
}

/// The left edge of a line, with its number.
pub(super) fn border(
    out: &mut dyn WriteColor,
    number: &str,
    width: usize,
    styles: &Styles,
) -> io::Result<()> {
    coloured(out, &styles.line_number, &format!("{number:>width$} │"))
}
