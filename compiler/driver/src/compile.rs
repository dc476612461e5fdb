//! The pipeline: from a path to diagnostics and, where they are asked for, templates.
//!
//! Invariant: no stage stops the run. Each gives its best, and what is wrong; only emission waits until nothing is.

use crate::file_system::FileSystem;
use crate::library;
use crate::load::load;
use crate::workspace::discover;
use solc_source::diagnostic::merge;
use solc_source::{Diagnostic, Name, Sources};
use std::path::{Path, PathBuf};

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The environments that are wanted; all of them, where there are none.
    pub environments: Vec<Name>,
    /// Whether templates are wanted.
    pub emit: bool,
}

impl Request {
    /// Every environment, and no templates.
    #[must_use]
    pub fn check() -> Self {
        Self { environments: Vec::new(), emit: false }
    }

    /// Templates of these environments, or of all.
    #[must_use]
    pub fn build(environments: &[String]) -> Self {
        Self { environments: environments.iter().map(Name::from).collect(), emit: true }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Compilation {
    /// The folder of the manifest; the sources' names are relative to it.
    pub root: PathBuf,
    /// Everything that was read.
    pub sources: Sources,
    /// Everything that is wrong, each once, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The environments of the workspace, in the order of their declaration.
    pub environments: Vec<Name>,
    /// What was asked to be built; empty where there are errors.
    pub built: Vec<BuiltEnvironment>,
}

/// One environment's templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltEnvironment {
    /// Its name.
    pub name: Name,
    /// Where its files go, below the output folder.
    pub folder: String,
    /// `<stack>.template.json` for each stack, and `manifest.json`.
    pub files: Vec<OutputFile>,
    /// How many stacks.
    pub stacks: usize,
    /// How many resources.
    pub resources: usize,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub content: String,
}

/// Compiles the workspace that `start` lies in.
#[must_use]
pub fn compile(files: &dyn FileSystem, start: &Path, _request: &Request) -> Compilation {
    let workspace = discover(files, start);
    // What a broken manifest leaves out would be missed everywhere.
    let stands = !workspace.diagnostics.iter().any(Diagnostic::is_error);
    let mut loaded = load(files, workspace);
    let library = library::files(&mut loaded.workspace.sources);
    let units = if stands { loaded.workspace.units() } else { Vec::new() };
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    let mut environments = Vec::new();
    for unit in &units {
        let sources = solc_check::Files {
            project: loaded.project(unit),
            library: library.clone(),
            whole_library: false,
        };
        let (_project, mistakes) = solc_check::check(&sources);
        diagnostics.extend(mistakes);
        environments.extend(loaded.environments(unit));
    }
    let mut diagnostics = merge(diagnostics);
    // Two products may see the same accounts.
    diagnostics.dedup();
    Compilation {
        root: loaded.workspace.root,
        sources: loaded.workspace.sources,
        diagnostics,
        environments,
        built: Vec::new(),
    }
}
