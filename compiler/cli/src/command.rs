//! One file for each command.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod deploy;
pub(crate) mod destroy;
pub(crate) mod doc;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod facts;
pub(crate) mod fetch;
pub(crate) mod fmt;
pub(crate) mod init;
pub(crate) mod local;
pub(crate) mod plan;
pub(crate) mod rehearse;
pub(crate) mod shell;
pub(crate) mod stacks;
pub(crate) mod test;
pub(crate) mod why;

use crate::output::{Exit, Output};
use solc_driver::Compilation;
use solc_source::Name;
use solc_source::suggest::nearest;
use std::path::{Path, PathBuf};

/// The path from the root of the disk, without `..`; as it is where the current folder is unknown.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    solc_driver::file_system::normalized(&absolute)
}

/// An environment that does not exist is a mistake in the command, and not in the source.
pub(crate) fn unknown(environments: &[String], compilation: &Compilation, output: &Output) -> Option<Exit> {
    unknown_of(environments, &compilation.environments, output)
}

/// The same, where these are what exists.
pub(crate) fn unknown_of(environments: &[String], all: &[Name], output: &Output) -> Option<Exit> {
    let known = || all.iter().map(|name| name.as_str());
    let wrong: Vec<&String> = environments.iter().filter(|name| !known().any(|k| k == *name)).collect();
    // What declares it may be what is broken.
    if wrong.is_empty() || known().next().is_none() {
        return None;
    }
    for name in wrong {
        let meant = nearest(name, known()).map_or_else(
            || format!("there are {}", known().collect::<Vec<_>>().join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        output.say(&format!("error: there is no environment `{name}`; {meant}"));
    }
    Some(Exit::Usage)
}
