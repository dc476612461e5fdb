//! `solc doc`: the reference of a project or of the standard library, written or compared with what is there.
//!
//! Invariant: nothing is written while there are errors, samples in doc comments included; a page that an earlier run
//! wrote and nobody needs any more goes, and no file that `solc doc` did not write is touched.

use super::absolute;
use super::build::write_whole;
use crate::args::{Doc, Markup};
use crate::codes::{CANNOT_WRITE, STALE_REFERENCE};
use crate::output::{Exit, Output};
use solc_doc::{MARK, OutputFile, Reading, Scope, Subject};
use solc_driver::{Disk, FileSystem};
use solc_source::{Diagnostic, Span};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) fn run(doc: &Doc, output: &Output) -> Exit {
    let path = absolute(&doc.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", doc.path.display()));
        return Exit::Usage;
    }
    let scope = match (doc.library, doc.no_library) {
        (true, _) => Scope::Library,
        (false, true) => Scope::Project,
        (false, false) => Scope::Everything,
    };
    let Reading { root, sources, diagnostics, subjects } = solc_doc::read(&Disk, &path, scope);
    // What is only probably wrong is `check`'s to say.
    let mut diagnostics: Vec<Diagnostic> = diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    if diagnostics.is_empty() {
        diagnostics.extend(subjects.iter().flat_map(solc_doc::samples));
    }
    let mut lines = Vec::new();
    let broken = !diagnostics.is_empty();
    if !broken {
        for subject in &subjects {
            let folder = folder(doc, subject, subjects.len());
            let markup = match doc.markup {
                Markup::Html => solc_doc::Markup::Html,
                Markup::Markdown => solc_doc::Markup::Markdown,
            };
            let files = solc_doc::files(&solc_doc::reference(subject), markup);
            if doc.check {
                diagnostics.extend(stale(&folder, &files));
            } else {
                match write(&folder, &files) {
                    Ok(()) => lines.push(summary(&folder, &files, subject)),
                    Err((path, error)) => {
                        let message = format!("cannot write `{}`: {error}", path.display());
                        diagnostics.push(Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message));
                    }
                }
            }
            for silent in solc_doc::undocumented(subject) {
                output.whisper(&format!(
                    "{}: `{}` says nothing of itself",
                    sources.place(silent.span),
                    silent.path
                ));
            }
        }
    }
    let exit = output.diagnostics(&sources, &root, &diagnostics);
    for line in lines {
        output.tell(&line);
    }
    if broken && !doc.check && output.talks() {
        output.tell("nothing was written");
    }
    exit
}

/// Two products do not share a folder.
fn folder(doc: &Doc, subject: &Subject, subjects: usize) -> PathBuf {
    if subjects > 1 { doc.out.join(subject.name.as_str()) } else { doc.out.clone() }
}

fn summary(folder: &Path, files: &[OutputFile], subject: &Subject) -> String {
    let silent = solc_doc::undocumented(subject).len();
    let silent = match silent {
        0 => String::new(),
        1 => "; one declaration says nothing of itself (`-v` says which)".to_owned(),
        many => format!("; {many} declarations say nothing of themselves (`-v` says which)"),
    };
    format!("wrote {} files to {}{silent}", files.len(), folder.display())
}

/// Writes all files and removes what is left over; gives what could not be done.
fn write(folder: &Path, files: &[OutputFile]) -> Result<(), (PathBuf, io::Error)> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |error| (path, error)
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for file in files {
        let path = folder.join(&file.name);
        write_whole(folder, &path, &file.content).map_err(failed(&path))?;
    }
    for path in left_over(folder, files) {
        fs::remove_file(&path).map_err(failed(&path))?;
    }
    Ok(())
}

/// What is missing, differs, or is left over.
fn stale(folder: &Path, files: &[OutputFile]) -> Vec<Diagnostic> {
    let finding = |path: &Path, what: &str| {
        let message = format!("`{}` {what}", path.display());
        Diagnostic::error(STALE_REFERENCE, Span::NOWHERE, message)
            .help("run `solc doc` again, with the same options and without `--check`")
    };
    let mut found = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        match Disk.read(&path) {
            // A checkout may end its lines in another way.
            Ok(bytes) if without_returns(&bytes) == file.content.as_bytes() => {}
            Ok(_) => found.push(finding(&path, "is not what the sources say")),
            Err(_) => found.push(finding(&path, "is missing")),
        }
    }
    found.extend(left_over(folder, files).iter().map(|path| finding(path, "is left over")));
    found
}

fn without_returns(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n").into_bytes()
}

/// Files of an earlier run that this one does not write; known by the mark that each of ours has.
fn left_over(folder: &Path, files: &[OutputFile]) -> Vec<PathBuf> {
    let mut listed = Disk.list(folder).unwrap_or_default();
    listed.sort();
    let candidate = |path: &PathBuf| {
        let known = path.extension().is_some_and(|e| e == "md" || e == "html" || e == "css");
        // Another product's folder is its own.
        known && path.components().count() == 1 && !files.iter().any(|file| Path::new(&file.name) == path)
    };
    let ours = |path: &PathBuf| {
        let text = Disk.read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        text.is_ok_and(|text| text.lines().take(2).any(|line| line.contains(MARK)))
    };
    listed.into_iter().filter(candidate).map(|path| folder.join(path)).filter(ours).collect()
}
