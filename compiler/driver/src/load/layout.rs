//! Which file of a repository is what, by its path alone.
//!
//! ```text
//! config                                         infrastructure
//!   **/*.sol                                       credentials/<environment>/<solution>/<component>.toml
//!   settings/<environment>/<solution>/<component>.toml   references/<environment>/<unit>.json
//!   facts.json  stacks.lock
//! ```
//!
//! Invariant: a file that looks like one of these and is not is reported, never ignored.

use crate::codes;
use crate::file_system::FileSystem;
use crate::workspace::{MANIFEST, RepositoryId, Workspace};
use solc_ir::PathDocument;
use solc_source::data::Node;
use solc_source::suggest::nearest;
use solc_source::{Diagnostic, Name, Span};
use std::path::{Path, PathBuf};

/// A file that is to be read.
pub(super) struct Found {
    pub(super) repository: RepositoryId,
    pub(super) path: PathBuf,
    /// As shown to people: relative to the workspace.
    pub(super) name: String,
    /// Relative to its repository, with `/`.
    pub(super) below: String,
    pub(super) role: Role,
}

/// What a file is.
pub(super) enum Role {
    Sol,
    Settings(Place),
    Credentials(Place),
    Image(Place),
    Facts,
    Stacks,
    Misplaced { help: String },
}

/// What a data file's path says.
pub(super) struct Place {
    environment: Name,
    path: Vec<Name>,
}

impl Place {
    pub(super) fn document(self, node: Node) -> PathDocument {
        PathDocument { environment: self.environment, path: self.path, node }
    }
}

/// The files of all repositories, in the order of the repositories and then of their paths.
pub(super) fn find(
    files: &dyn FileSystem,
    workspace: &Workspace,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (id, repository) in workspace.iter() {
        let config = (repository.folder.as_path(), repository.name.as_str(), true);
        let infrastructure =
            repository.infrastructure.as_ref().map(|f| (f.path.as_path(), f.name.as_str(), false));
        for (folder, name, is_config) in std::iter::once(config).chain(infrastructure) {
            match files.list(folder) {
                Ok(paths) => found.extend(in_folder(id, folder, name, &paths, is_config)),
                Err(error) => {
                    let message = format!("cannot read the folder `{name}`: {error}");
                    diagnostics.push(Diagnostic::error(codes::UNREADABLE_FILE, Span::NOWHERE, message));
                }
            }
        }
    }
    found
}

fn in_folder(
    repository: RepositoryId,
    folder: &Path,
    name: &str,
    paths: &[PathBuf],
    is_config: bool,
) -> Vec<Found> {
    let mut below: Vec<(String, &PathBuf)> = paths.iter().map(|path| (with_slashes(path), path)).collect();
    below.sort();
    // A folder with a manifest of its own is another repository.
    let others: Vec<String> = below
        .iter()
        .filter_map(|(path, _)| path.strip_suffix(MANIFEST))
        .filter(|folder| !folder.is_empty() && folder.ends_with('/'))
        .map(str::to_owned)
        .collect();
    let prefix = if name == "." { String::new() } else { format!("{name}/") };
    below
        .into_iter()
        .filter(|(path, _)| !others.iter().any(|other| path.starts_with(other.as_str())))
        .filter_map(|(path, on_disk)| {
            let role = if is_config { in_config(&path) } else { in_infrastructure(&path) }?;
            Some(Found {
                repository,
                path: folder.join(on_disk),
                name: format!("{prefix}{path}"),
                below: path,
                role,
            })
        })
        .collect()
}

fn with_slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn in_config(path: &str) -> Option<Role> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["facts.json"] => Some(Role::Facts),
        ["stacks.lock"] => Some(Role::Stacks),
        [.., file] if file.ends_with(".sol") => Some(Role::Sol),
        ["settings", rest @ ..] => {
            component("settings", rest).map(|place| place.map_or_else(misplaced, Role::Settings))
        }
        [folder @ ("credentials" | "references"), .., file] if is_data(file) => Some(misplaced(format!(
            "move it to `{folder}` of the infrastructure repository, where fewer people may write"
        ))),
        [folder, _, .., file] if is_data(file) => misspelt(folder, &["settings"]),
        [..] => None,
    }
}

fn in_infrastructure(path: &str) -> Option<Role> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., file] if file.ends_with(".sol") => {
            Some(misplaced("move it to the config repository, where people write".to_owned()))
        }
        ["credentials", rest @ ..] => {
            component("credentials", rest).map(|place| place.map_or_else(misplaced, Role::Credentials))
        }
        ["references", rest @ ..] => reference(rest).map(|place| place.map_or_else(misplaced, Role::Image)),
        ["settings", .., file] if is_data(file) => {
            Some(misplaced("move it to `settings` of the config repository".to_owned()))
        }
        [folder, _, .., file] if is_data(file) => misspelt(folder, &["credentials", "references"]),
        [..] => None,
    }
}

fn misplaced(help: String) -> Role {
    Role::Misplaced { help }
}

/// `<environment>/<solution>/<component>.toml`; a nested component's path goes on with `/` or `.`.
fn component(folder: &str, parts: &[&str]) -> Option<Result<Place, String>> {
    let file = parts.last()?;
    let Some(stem) = file.strip_suffix(".toml") else {
        return is_data(file).then(|| Err("write it as TOML, in a file that ends in `.toml`".to_owned()));
    };
    Some(match parts {
        [environment, solution, folders @ .., _] => {
            let nested = folders.iter().copied().chain(stem.split('.'));
            let path = std::iter::once(*solution).chain(nested).map(Name::from).collect();
            Ok(Place { environment: Name::from(*environment), path })
        }
        [..] => Err(format!("write it to `{folder}/<environment>/<solution>/<component>.toml`")),
    })
}

/// `<environment>/<unit>.json`
fn reference(parts: &[&str]) -> Option<Result<Place, String>> {
    let file = parts.last()?;
    if !is_data(file) {
        return None;
    }
    Some(match (parts, file.strip_suffix(".json")) {
        ([environment, _], Some(unit)) => {
            Ok(Place { environment: Name::from(*environment), path: vec![Name::from(unit)] })
        }
        (_, _) => Err("write it to `references/<environment>/<unit>.json`".to_owned()),
    })
}

/// A data file in a folder that is almost one of ours.
fn misspelt(folder: &str, known: &[&str]) -> Option<Role> {
    let meant = nearest(folder, known.iter().copied())?;
    Some(misplaced(format!("rename the folder `{folder}` to `{meant}`")))
}

fn is_data(file: &str) -> bool {
    [".toml", ".json", ".yaml", ".yml"].iter().any(|end| file.ends_with(end))
}

/// The module that a `.sol` file is.
pub(super) fn module(below: &str) -> Vec<Name> {
    below.strip_suffix(".sol").unwrap_or(below).split('/').map(Name::from).collect()
}
