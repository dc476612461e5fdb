//! `solc build`: templates and manifests, written so that a reader never sees half of them.
//!
//! Invariant: a file is written beside its place and renamed into it; nothing is written when there are errors;
//! what an earlier build left in an environment's folder goes, and nothing else does.

use super::absolute;
use crate::args::Build;
use crate::codes::CANNOT_WRITE;
use crate::output::{Exit, Output};
use solc_driver::{BuiltEnvironment, Disk, Request, compile};
use solc_source::{Diagnostic, Span};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

pub(crate) fn run(build: &Build, output: &Output) -> Exit {
    #[expect(clippy::disallowed_methods, reason = "told to people who ask for it, and to nobody else")]
    let start = std::time::Instant::now();
    let path = absolute(&build.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", build.path.display()));
        return Exit::Usage;
    }
    let mut compilation = compile(&Disk, &path, &Request::build(&build.environments));
    if let Some(exit) = super::unknown(&build.environments, &compilation, output) {
        return exit;
    }
    let broken = compilation.diagnostics.iter().any(Diagnostic::is_error);
    let mut lines = Vec::new();
    if !broken {
        for environment in &compilation.built {
            match write(&build.out, environment) {
                Ok(bytes) => lines.push(summary(environment, bytes)),
                Err((name, error)) => {
                    let message = format!("cannot write `{name}`: {error}");
                    compilation.diagnostics.push(Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message));
                }
            }
        }
        for lock in &compilation.locks {
            let path = Path::new(&lock.name);
            match write_whole(path.parent().unwrap_or(Path::new(".")), path, &lock.content) {
                Ok(()) => lines.push(format!("recorded which stacks hold what in {}", lock.name)),
                Err(error) => {
                    let message = format!("cannot write `{}`: {error}", lock.name);
                    compilation.diagnostics.push(Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message));
                }
            }
        }
    }
    let exit = output.diagnostics(&compilation.sources, &compilation.root, &compilation.diagnostics);
    for line in lines {
        output.tell(&line);
    }
    if broken && output.talks() {
        output.tell("nothing was written");
    }
    output.whisper(&format!("{} files, {:?}", compilation.sources.iter().count(), start.elapsed()));
    exit
}

fn summary(environment: &BuiltEnvironment, bytes: usize) -> String {
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    format!(
        "{}: {}, {}, {}",
        environment.name,
        plural(environment.stacks, "stack"),
        plural(environment.resources, "resource"),
        plural(bytes, "byte"),
    )
}

/// Writes one environment; gives the number of bytes, or what could not be written.
fn write(out: &Path, environment: &BuiltEnvironment) -> Result<usize, (String, io::Error)> {
    let folder = out.join(&environment.folder);
    let failed = |path: &Path| {
        let name = path.display().to_string();
        move |error| (name, error)
    };
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    let mut bytes = 0;
    let mut names = BTreeSet::new();
    for file in &environment.files {
        let path = folder.join(&file.name);
        write_whole(&folder, &path, &file.content).map_err(failed(&path))?;
        names.insert(file.name.as_str());
        bytes += file.content.len();
    }
    remove_stale(&folder, &names).map_err(failed(&folder))?;
    Ok(bytes)
}

/// Writes beside, and renames.
pub(super) fn write_whole(folder: &Path, path: &Path, content: &str) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".solc-");
    readable(&mut builder);
    let mut beside = builder.tempfile_in(folder)?;
    beside.write_all(content.as_bytes())?;
    beside.persist(path).map(drop).map_err(|failed| failed.error)
}

/// A temporary file is its owner's alone; what is built is for whom the user's mask lets it be.
#[cfg(unix)]
fn readable(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable(_: &mut tempfile::Builder<'_, '_>) {}

/// Removes templates of stacks that no longer exist.
fn remove_stale(folder: &Path, names: &BTreeSet<&str>) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "this lists what an earlier build wrote, and no input")]
    let entries = fs::read_dir(folder)?;
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".template.json") && !names.contains(name.as_ref()) {
            fs::remove_file(folder.join(name.as_ref()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
