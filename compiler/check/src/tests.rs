//! What the checker says of small projects, with the real standard library beside them.
//!
//! Invariant: every claim names the text under the diagnostic, the whole headline, and the first edit where there is
//! one; a claim is written by hand.

mod access;
mod assign;
mod claims;
mod codes;
mod collections;
mod components;
mod configuration;
mod deferred;
mod enums;
mod functions;
mod mended;
mod modules;
mod names;
mod operators;
mod optionals;
mod properties;
mod records;
mod resources;
mod secrets;
mod types;
mod units;

use crate::{Files, LibraryFile, ProjectFile};
use solc_source::{Diagnostic, Name, SourceFile, Sources};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The standard library: module and text.
fn library() -> &'static [(Vec<Name>, String)] {
    static LIBRARY: OnceLock<Vec<(Vec<Name>, String)>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
        let mut found = Vec::new();
        walk(&root, &[Name::new_static("std")], &mut found);
        found
    })
}

#[expect(clippy::disallowed_methods, reason = "the library's files are what is tested, not an input")]
fn walk(folder: &Path, module: &[Name], found: &mut Vec<(Vec<Name>, String)>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let module: Vec<Name> = module.iter().cloned().chain([Name::from(stem)]).collect();
        if path.is_dir() {
            walk(&path, &module, found);
        } else if path.extension().is_some_and(|e| e == "sol") {
            found.push((module, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The trees of the library's files, as `solc` embeds them: parsing them anew for each test would take most of its time.
/// A file that does not parse has none, and says why where it is used.
fn trees() -> &'static [Option<Vec<u8>>] {
    static TREES: OnceLock<Vec<Option<Vec<u8>>>> = OnceLock::new();
    TREES.get_or_init(|| {
        let mut sources = Sources::new();
        let tree = |(_, text): &(Vec<Name>, String)| {
            let (tree, mistakes) = solc_syntax::parse(sources.add(SourceFile::new("", text)), text);
            mistakes.is_empty().then(|| solc_syntax::encode(&tree))
        };
        library().iter().map(tree).collect()
    })
}

/// Splits an input at its lines `//- path/of/the/file`; what stands before the first is `main`.
fn split(input: &str) -> Vec<(String, String)> {
    let mut files = vec![("main".to_owned(), String::new())];
    for line in input.lines() {
        if let Some(path) = line.trim().strip_prefix("//- ") {
            files.push((path.to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    files.retain(|(name, text)| name != "main" || !text.trim().is_empty());
    files
}

/// The diagnostics of a project, and its sources.
fn diagnose(input: &str, whole_library: bool) -> (Vec<Diagnostic>, Sources) {
    let (_, found, sources) = run(input, Files { whole_library, ..Files::default() });
    (found, sources)
}

/// The HIR of a project, and how many diagnostics came with it.
fn project(input: &str) -> (crate::hir::Project, usize) {
    let (project, found, _) = run(input, Files::default());
    let others = found.iter().filter(|d| d.code != crate::codes::UNUSED_DECLARATION);
    (project, others.count())
}

/// Checks what `files` says of the project, with the files of the input and of the library.
fn run(input: &str, mut files: Files) -> (crate::hir::Project, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let mut found = Vec::new();
    for ((module, text), tree) in library().iter().zip(trees()) {
        let file = sources.add(SourceFile::new(&format!("{}.sol", module.join("/")), text));
        files.library.push(LibraryFile {
            file,
            module: module.clone(),
            text: text.as_str().into(),
            encoded: tree.as_deref(),
        });
    }
    for (path, text) in split(input) {
        let file = sources.add(SourceFile::new(&format!("{path}.sol"), &text));
        let (ast, mistakes) = solc_syntax::parse(file, &text);
        found.extend(mistakes);
        let module = path.split('/').map(Name::from).collect();
        files.project.push(ProjectFile { ast: Arc::new(ast), module, package: Arc::default() });
    }
    let (project, mistakes) = crate::check(&files);
    found.extend(mistakes);
    (project, solc_source::diagnostic::merge(found), sources)
}

/// `unknown-name «keep»: nothing here is called `keep``, and ` => edit` where there is a fix.
fn shown(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let text = sources.text(diagnostic.span()).split_whitespace().collect::<Vec<_>>().join(" ");
    let severity = if diagnostic.is_error() { "" } else { diagnostic.severity.word() };
    let edit = diagnostic.fixes.first().map(|fix| {
        let edits: Vec<&str> = fix.edits.iter().map(|e| e.replacement.trim()).collect();
        let text = edits.join("…");
        format!(" => {}", if text.is_empty() { "nothing" } else { &text })
    });
    let space = if severity.is_empty() { "" } else { " " };
    let edit = edit.unwrap_or_default();
    format!("{severity}{space}{} «{text}»: {}{edit}", diagnostic.code, diagnostic.message)
}

/// The project gives exactly these diagnostics, one a line and in the order of their places; none for an empty text.
#[track_caller]
fn check(input: &str, expect: &str) {
    let (mut found, sources) = diagnose(input, false);
    // A sample about something else need not use what it declares.
    if !expect.contains("unused-declaration") {
        found.retain(|d| d.code != crate::codes::UNUSED_DECLARATION);
    }
    let found: Vec<String> = found.iter().map(|d| shown(d, &sources)).collect();
    let expected: Vec<&str> = expect.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found, expected, "\nfound:\n{}\n", found.join("\n"));
}

/// The project is right.
#[track_caller]
fn accepts(input: &str) {
    check(input, "");
}

/// What is said at the places of the only diagnostic, and its help: `^ this is a duration`.
#[track_caller]
fn explains(input: &str, expect: &str) {
    let (mut found, sources) = diagnose(input, false);
    if found.len() > 1 {
        found.retain(|d| d.code != crate::codes::UNUSED_DECLARATION);
    }
    let [diagnostic] = found.as_slice() else {
        panic!("expected one diagnostic, found {}", found.len());
    };
    let mut lines: Vec<String> = Vec::new();
    for label in &diagnostic.labels {
        let mark = if label.primary { '^' } else { '-' };
        lines.push(format!("{mark} {} | {}", sources.text(label.span), label.message));
    }
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.extend(diagnostic.fixes.iter().map(|fix| format!("fix: {}", fix.title)));
    let expected: Vec<&str> = expect.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(lines, expected, "\nfound:\n{}\n", lines.join("\n"));
}

#[test]
fn the_whole_library_is_right() {
    let (found, sources) = diagnose("", true);
    let found: Vec<String> = found.iter().map(|d| shown(d, &sources)).collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_modules_of_the_library_are_known_by_name() {
    let mut folders: Vec<&str> =
        library().iter().filter_map(|(module, _)| module.get(1)).map(Name::as_str).collect();
    folders.dedup();
    assert_eq!(folders, crate::declare::STD_MODULES);
}
