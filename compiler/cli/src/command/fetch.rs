//! `solc fetch`: gets the libraries that manifests name from git, and records what they are.
//!
//! Invariant: the only command that asks another machine, by the `git` executable. What the lock records is got as it is
//! recorded, unless `--update` is given; a library appears whole or not at all, because it is renamed into its place.

use super::absolute;
use super::build::write_whole;
use crate::args::Fetch;
use crate::codes::{CANNOT_FETCH, CANNOT_WRITE};
use crate::output::{Exit, Output};
use solc_driver::workspace::{GitDependency, LOCK, Locked, lock_text, tree_digest};
use solc_driver::{Disk, FileSystem, Neighbours, Workspace, discover};
use solc_source::{Diagnostic, Span};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Libraries name libraries; what is nested deeper than this is a circle of ever new revisions.
const DEEPEST: usize = 32;

pub(crate) fn run(fetch: &Fetch, output: &Output) -> Exit {
    let path = absolute(&fetch.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", fetch.path.display()));
        return Exit::Usage;
    }
    let mut entries: Vec<Locked> = Vec::new();
    let mut got = 0;
    for _ in 0..DEEPEST {
        let workspace = discover(&Disk, &path, Neighbours::Seen);
        let known = |git: &GitDependency| entries.iter().any(|e| e.url == git.url && e.rev == git.rev);
        let wanted: Vec<GitDependency> = workspace.git.iter().filter(|git| !known(git)).cloned().collect();
        if wanted.is_empty() {
            return finish(&workspace, &entries, got, output);
        }
        for git in wanted {
            match one(&workspace.root, &git, fetch.update) {
                Ok((entry, fresh)) => {
                    got += usize::from(fresh);
                    if fresh {
                        output.tell(&format!("{} {}: {}", entry.url, entry.rev, entry.revision));
                    }
                    entries.push(entry);
                }
                Err(problem) => {
                    let message = format!("cannot fetch `{}` of `{}`: {problem}", git.rev, git.url);
                    return failed(
                        &workspace,
                        Diagnostic::error(CANNOT_FETCH, Span::NOWHERE, message),
                        output,
                    );
                }
            }
        }
        // What a library needs is found only with the library in its place and on record.
        if let Err(problem) = record(&workspace.root, &entries) {
            let message = format!("cannot write `{LOCK}`: {problem}");
            return failed(&workspace, Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message), output);
        }
    }
    output.say("error: the libraries name ever further libraries");
    Exit::Findings
}

fn failed(workspace: &Workspace, diagnostic: Diagnostic, output: &Output) -> Exit {
    output.diagnostics(&workspace.sources, &workspace.root, &[diagnostic])
}

/// Drops from the lock what nothing names any more, and shows what is wrong with the manifests.
fn finish(workspace: &Workspace, entries: &[Locked], got: usize, output: &Output) -> Exit {
    if let Err(problem) = record(&workspace.root, entries) {
        let message = format!("cannot write `{LOCK}`: {problem}");
        return failed(workspace, Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message), output);
    }
    let errors: Vec<Diagnostic> = workspace.diagnostics.iter().filter(|d| d.is_error()).cloned().collect();
    let exit = output.diagnostics(&workspace.sources, &workspace.root, &errors);
    output.tell(&format!("{got} of {} fetched", super::check::counted(entries.len(), "library")));
    exit
}

/// Writes the lock, where it says something else.
fn record(root: &Path, entries: &[Locked]) -> std::io::Result<()> {
    let path = root.join(LOCK);
    let mut sorted = entries.to_vec();
    sorted.sort_by(|a, b| (&a.url, &a.rev).cmp(&(&b.url, &b.rev)));
    let text = lock_text(&sorted);
    let before = Disk.read(&path).unwrap_or_default();
    if before == text.as_bytes() || (before.is_empty() && sorted.is_empty()) {
        return Ok(());
    }
    write_whole(root, &path, &text)
}

/// A library in its place, what is to be recorded of it, and whether it had to be fetched.
fn one(root: &Path, git: &GitDependency, update: bool) -> Result<(Locked, bool), String> {
    if let Some(locked) = git.locked.as_ref().filter(|_| git.fetched && !update) {
        return Ok((locked.clone(), false));
    }
    let parent = git.folder.parent().unwrap_or(root);
    let readable = |error: std::io::Error| error.to_string();
    fs::create_dir_all(parent).map_err(readable)?;
    // What was fetched is made anew from the lock: it is not for committing.
    let own = root.join(".solc");
    let ignore = own.join(".gitignore");
    if !ignore.exists() {
        write_whole(&own, &ignore, "*\n").map_err(readable)?;
    }
    let beside = tempfile::Builder::new().prefix(".fetch-").tempdir_in(parent).map_err(readable)?;
    let files = beside.path().join("files");
    run_git(
        None,
        [
            OsStr::new("clone"),
            "--quiet".as_ref(),
            "--no-checkout".as_ref(),
            "--".as_ref(),
            git.url.as_ref(),
            files.as_ref(),
        ],
    )?;
    let wanted = git.locked.as_ref().filter(|_| !update).map_or(git.rev.as_str(), |locked| &locked.revision);
    let revision = commit(&files, wanted)?;
    plain_files(&files, &revision)?;
    run_git(Some(&files), ["checkout", "--quiet", "--detach", revision.as_str()])?;
    fs::remove_dir_all(files.join(".git")).map_err(readable)?;
    let digest = tree_digest(&Disk, &files).ok_or("its files cannot be read")?;
    if let Some(locked) = git.locked.as_ref().filter(|locked| !update && locked.digest != digest) {
        return Err(format!(
            "the files of the commit {revision} are not those that `{LOCK}` records ({}): \
             look at what changed, and then run `solc fetch --update`",
            locked.digest
        ));
    }
    if git.folder.exists() {
        fs::remove_dir_all(&git.folder).map_err(readable)?;
    }
    fs::rename(&files, &git.folder).map_err(readable)?;
    Ok((Locked { url: git.url.clone(), rev: git.rev.clone(), revision, digest }, true))
}

/// The commit that a tag, branch or abbreviation names.
fn commit(files: &Path, rev: &str) -> Result<String, String> {
    let parse = |name: &str| {
        let name = format!("{name}^{{commit}}");
        run_git(Some(files), ["rev-parse", "--verify", "--quiet", "--end-of-options", name.as_str()])
    };
    let found = parse(rev).or_else(|_| parse(&format!("origin/{rev}")));
    found.map(|text| text.trim().to_owned()).map_err(|_| format!("the repository has no `{rev}`"))
}

/// A link or another repository inside would be read as something else on another machine.
fn plain_files(files: &Path, revision: &str) -> Result<(), String> {
    let listed = run_git(Some(files), ["ls-tree", "-r", "-z", revision])?;
    for entry in listed.split('\0').filter(|entry| !entry.is_empty()) {
        let (mode, path) = (entry.split(' ').next().unwrap_or_default(), entry.split('\t').nth(1));
        if !mode.starts_with("100") {
            let what = if mode == "120000" { "a symbolic link" } else { "another repository" };
            return Err(format!(
                "`{}` is {what}, and a library holds plain files only",
                path.unwrap_or_default()
            ));
        }
    }
    Ok(())
}

/// Runs `git` so that no hook, conversion of line ends or question of a person's own configuration takes part.
fn run_git<S: AsRef<OsStr>>(
    folder: Option<&Path>,
    words: impl IntoIterator<Item = S>,
) -> Result<String, String> {
    let mut command = Command::new("git");
    if let Some(folder) = folder {
        command.arg("-C").arg(folder);
    }
    command.args([
        "-c",
        "core.autocrlf=false",
        "-c",
        "core.symlinks=false",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    command.args(words).env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    let result = command.output().map_err(|error| format!("cannot run `git`: {error}"))?;
    if result.status.success() {
        return Ok(String::from_utf8_lossy(&result.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&result.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(last.unwrap_or("`git` failed").trim_start_matches("fatal: ").to_owned())
}
