//! The one `Diagnostic`: terminal, CI, editor and JSON all read this value.
//!
//! Invariant: it implements neither rendering library's trait; adapters live in `render`, one place each.

use crate::files::Span;
use std::collections::BTreeSet;

/// The kebab-case name of a kind of mistake; the same as its page in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad it is. Only errors make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The product cannot be built.
    Error,
    /// It can, and is probably not what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word shown to people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What this is; may be empty.
    pub message: String,
    /// The place of the mistake, rather than of what made it one.
    pub primary: bool,
}

/// Replaces the bytes under `span` by `replacement`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// An edit that a tool can apply.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fix {
    /// Begins with a verb: "write `connect`".
    pub title: String,
    /// All of them, or none.
    pub edits: Vec<Edit>,
}

/// A mistake, with everything that a person needs to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// One sentence, lower case, no full stop, understandable alone.
    pub message: String,
    /// Places; the first primary one is *the* place.
    pub labels: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do; begins with a verb.
    pub help: Option<String>,
    /// Edits that mend it, best first.
    pub fixes: Vec<Fix>,
    /// The environments it concerns; empty where it does not depend on one.
    pub environments: BTreeSet<String>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    /// A diagnostic with one primary label that says nothing yet.
    #[must_use]
    pub fn new(code: Code, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: vec![Label { span, message: String::new(), primary: true }],
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
            environments: BTreeSet::new(),
        }
    }

    /// Says what the primary place is.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        if let Some(label) = self.labels.iter_mut().find(|l| l.primary) {
            label.message = message.into();
        }
        self
    }

    /// Adds the place that imposed the rule.
    #[must_use]
    pub fn because(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), primary: false });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds an edit; the first fix is also the help where there is none.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fixes
            .push(Fix { title: title.into(), edits: vec![Edit { span, replacement: replacement.into() }] });
        self
    }

    /// Adds the fix "write `candidate`" where there is one.
    #[must_use]
    pub fn suggest(self, span: Span, candidate: Option<&str>) -> Self {
        match candidate {
            Some(name) => self.fix(format!("write `{name}`"), span, name),
            None => self,
        }
    }

    /// Says that it concerns `environment`.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environments.insert(environment.into());
        self
    }

    /// The place of the mistake.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.iter().find(|l| l.primary).or(self.labels.first()).map_or_else(Span::default, |l| l.span)
    }

    /// Whether it makes a run fail.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by place, and folds diagnostics that differ only in their environments into one.
#[must_use]
pub fn merge(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    all.sort_by(|a, b| {
        (a.span(), a.code, a.severity, &a.message, a).cmp(&(b.span(), b.code, b.severity, &b.message, b))
    });
    let mut merged: Vec<Diagnostic> = Vec::with_capacity(all.len());
    for next in all {
        match merged.last_mut() {
            Some(last) if same_but_environments(last, &next) => last.environments.extend(next.environments),
            _ => merged.push(next),
        }
    }
    merged
}

fn same_but_environments(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code
        && a.severity == b.severity
        && a.message == b.message
        && a.labels == b.labels
        && a.notes == b.notes
        && a.help == b.help
        && a.fixes == b.fixes
}
