//! Projects in memory through the driver: the one place where the tests touch it.
//!
//! Invariant: what is compared here is what a user would see, in the words that the command line uses.

use crate::frame::Files;
use solc_driver::{Compilation, Memory, Request, compile};
use solc_source::Diagnostic;
use std::collections::BTreeSet;
use std::path::Path;

/// Where the workspace of an in-memory project lies.
pub const ROOT: &str = "/workspace";

/// The files of a project, as the compiler's file system.
#[must_use]
pub fn memory(files: &Files) -> Memory {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(Path::new(ROOT).join(path), text.as_str());
    }
    memory
}

/// Checks every environment, and runs every test.
#[must_use]
pub fn check(files: &Files) -> Compilation {
    compile(&memory(files), Path::new(ROOT), &Request::test(&[], ""))
}

/// Builds every environment.
#[must_use]
pub fn build(files: &Files) -> Compilation {
    compile(&memory(files), Path::new(ROOT), &Request::build(&[]).keeping())
}

/// A diagnostic, as far as a test speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The code.
    pub code: String,
    /// Message, labels, notes and help.
    pub text: String,
    /// The environments it concerns.
    pub environments: BTreeSet<String>,
    /// The file, from the workspace's root.
    pub file: String,
    /// The line, from one.
    pub line: usize,
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: [{}] {:?}", self.file, self.line, self.severity, self.code, self.text)?;
        if !self.environments.is_empty() {
            let names: Vec<&str> = self.environments.iter().map(String::as_str).collect();
            write!(f, " in {}", names.join(", "))?;
        }
        Ok(())
    }
}

/// What the compiler said.
#[must_use]
pub fn said(compilation: &Compilation) -> Vec<Said> {
    compilation.diagnostics.iter().map(|diagnostic| one(compilation, diagnostic)).collect()
}

fn one(compilation: &Compilation, diagnostic: &Diagnostic) -> Said {
    let span = diagnostic.span();
    let file = compilation.sources.get(span.file);
    let mut text = diagnostic.message.clone();
    let labels = diagnostic.labels.iter().map(|label| label.message.as_str());
    let fixes = diagnostic.fixes.iter().map(|fix| fix.title.as_str());
    for more in labels
        .chain(diagnostic.notes.iter().map(String::as_str))
        .chain(fixes)
        .chain(diagnostic.help.as_deref())
    {
        if !more.is_empty() {
            text.push_str(" · ");
            text.push_str(more);
        }
    }
    Said {
        severity: diagnostic.severity.word().to_owned(),
        code: diagnostic.code.to_string(),
        text,
        environments: diagnostic.environments.clone(),
        file: file.map_or_else(String::new, |file| file.name().to_owned()),
        line: file.map_or(0, |file| file.position(span.lo as usize).line),
    }
}

/// What a build writes: files by path from the output folder.
#[must_use]
pub fn output(compilation: &Compilation) -> Files {
    let mut files = Files::new();
    for environment in &compilation.built {
        for file in &environment.files {
            files.insert(format!("{}/{}", environment.folder, file.name), file.content.clone());
        }
    }
    files
}
