//! Renderers of [`Diagnostic`]: one file each, all of the same value, all deterministic.
//!
//! Invariant: a renderer never fails on a diagnostic. A span that lies outside its file is clamped to it, and
//! control characters of the user's text never reach a terminal.

pub mod concise;
pub mod github;
pub mod human;
pub mod json;
pub mod narrated;
mod place;
pub mod sarif;

pub use concise::concise;
pub use github::github;
pub use human::{Colour, human};
pub use json::{SCHEMA_VERSION, json};
pub use narrated::narrated;
pub use sarif::{Rule, Tool, sarif};

use crate::diagnostic::{Diagnostic, Severity};
use crate::files::{FileId, SourceFile, Sources, Span};
use std::borrow::Cow;
use std::cell::OnceCell;

/// The files as a reader sees them: their texts, and the names to show for them.
#[derive(Debug)]
pub struct View<'a> {
    sources: &'a Sources,
    names: Vec<String>,
    printable: Vec<OnceCell<Cow<'a, str>>>,
}

impl<'a> View<'a> {
    /// Shows every file under its own name.
    #[must_use]
    pub fn new(sources: &'a Sources) -> Self {
        Self::with_names(sources, str::to_owned)
    }

    /// Shows every file under the name that `shown` makes of its own, such as a path from where the user stands.
    #[must_use]
    pub fn with_names(sources: &'a Sources, shown: impl Fn(&str) -> String) -> Self {
        let names: Vec<String> = sources.iter().map(|(_, file)| shown(file.name())).collect();
        Self { sources, printable: vec![OnceCell::new(); names.len()], names }
    }

    /// The files.
    #[must_use]
    pub fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// `file:line`; `None` for what stands in no file.
    #[must_use]
    pub fn line(&self, span: Span) -> Option<String> {
        let place = place::Place::of(self, span)?;
        Some(format!("{}:{}", place::shown(self, span.file)?, place.start.line))
    }

    /// The text of a place on one line, as a terminal may show it.
    #[must_use]
    pub fn excerpt(&self, span: Span) -> Option<String> {
        let text = self.printable(span.file)?.get(span.range())?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn file(&self, id: FileId) -> Option<&'a SourceFile> {
        self.sources.get(id)
    }

    /// The text of a file as a terminal may show it; offsets are those of the file.
    fn printable(&self, id: FileId) -> Option<&str> {
        let file = self.file(id)?;
        self.printable.get(id.0 as usize).map(|cell| cell.get_or_init(|| printable(file.text())).as_ref())
    }

    fn name(&self, id: FileId) -> &str {
        self.names.get(id.0 as usize).map_or("", String::as_str)
    }
}

/// How many of each severity there are, in words: "2 errors, 1 warning"; `None` where there are none.
#[must_use]
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let counted = |severity: Severity| {
        let count = diagnostics.iter().filter(|d| d.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {}{plural}", severity.word()))
    };
    let parts: Vec<String> =
        [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(counted).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The environments a diagnostic concerns, as a list for people; `None` where it depends on none.
fn environments(diagnostic: &Diagnostic) -> Option<String> {
    let names: Vec<&str> = diagnostic.environments.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The text with control and direction characters replaced by as many bytes, so that offsets stay as they are.
fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(misleading) {
        Cow::Owned(text.chars().map(|c| if misleading(c) { stand_in(c) } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a terminal would obey the character rather than show it, or show its neighbours in another order.
fn misleading(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn stand_in(c: char) -> char {
    match c.len_utf8() {
        1 => '?',
        2 => '\u{BF}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests;
