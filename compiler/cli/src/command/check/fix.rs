//! `solc check --fix`: writes what the driver found harmless.
//!
//! Invariant: a file is whole at every moment, because it is written beside and renamed; one that changed since it was
//! read, or that really lies outside the workspace, is left as it is.

use crate::args::Check;
use crate::codes::CANNOT_WRITE;
use crate::command::fmt::unified;
use crate::output::{Exit, Output};
use solc_driver::{Disk, FileSystem, Mended, MendedFile, mend};
use solc_source::{Diagnostic, Span};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

pub(super) fn run(check: &Check, path: &Path, output: &Output) -> Exit {
    let mended = mend(&Disk, path);
    let mut failed = Vec::new();
    if check.diff {
        let diffs = mended.files.iter().map(|f| unified(&f.name, &f.before, &f.after, output.colours_data()));
        let shown = output.print(&diffs.collect::<String>());
        tell(&mended, "would change", output);
        return match shown {
            Exit::Clean if !mended.files.is_empty() => Exit::Findings,
            exit => exit,
        };
    }
    for file in &mended.files {
        if let Err(problem) = write(&mended.compilation.root, file) {
            let message = format!("cannot write `{}`: {problem}", file.name);
            failed.push(Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message));
        }
    }
    tell(&mended, "changed", output);
    let left: Vec<Diagnostic> = failed.into_iter().chain(mended.compilation.diagnostics).collect();
    super::shown(&mended.compilation.sources, &mended.compilation.root, &left, check.deny_warnings, output)
}

/// Says what was done, and what was not and why.
fn tell(mended: &Mended, verb: &str, output: &Output) {
    if !output.talks() {
        return;
    }
    for done in &mended.applied {
        output.tell(&format!("{}: {}: {}", done.place, done.code, done.title));
    }
    for refused in &mended.refused {
        let (place, code, title) = (&refused.place, refused.code, &refused.title);
        output.tell(&format!("{place}: {code}: not done: {title}; {}", refused.because));
    }
    if mended.stopped {
        output.tell("there may be more to fix: run it again");
    }
    output.tell(&format!("{} {verb}", super::counted(mended.files.len(), "file")));
}

fn write(root: &Path, file: &MendedFile) -> io::Result<()> {
    // A link is written through, not replaced, and only where it stays inside.
    let (root, target) = (fs::canonicalize(root)?, fs::canonicalize(&file.path)?);
    if !target.starts_with(&root) {
        return Err(io::Error::other("it is a link to a file outside the workspace"));
    }
    let now = Disk.read(&target).map_err(|_| io::Error::other("it can no longer be read"))?;
    if now != file.before.as_bytes() {
        return Err(io::Error::other("it was changed by someone else meanwhile"));
    }
    let folder = target.parent().unwrap_or(&root);
    let permissions = fs::metadata(&target)?.permissions();
    let mut beside = tempfile::Builder::new().prefix(".solc-").tempfile_in(folder)?;
    beside.write_all(file.after.as_bytes())?;
    beside.as_file().set_permissions(permissions)?;
    beside.as_file().sync_all()?;
    beside.persist(&target).map(drop).map_err(|failed| failed.error)
}
