//! Why values are what they are, in every environment that is asked about.
//!
//! Invariant: only what the question needs is evaluated; the rest of the product is checked, and not lowered.

use crate::compile::Unit;
use crate::file_system::FileSystem;
use crate::library;
use crate::load::load;
use crate::workspace::{Neighbours, discover};
use solc_ir::Inputs;
use solc_ir::why::Answer;
use solc_source::diagnostic::merge;
use solc_source::{Diagnostic, Name, Sources};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be said to a question.
#[derive(Debug)]
pub struct Why {
    /// The folder of the manifest; the sources' names are relative to it.
    pub root: PathBuf,
    /// Everything that was read.
    pub sources: Sources,
    /// What is wrong with the declarations; the values of environments are not looked through.
    pub diagnostics: Vec<Diagnostic>,
    /// The environments of the workspace, in the order of their declaration.
    pub environments: Vec<Name>,
    /// An answer for each environment that was asked about, in the same order.
    pub answers: Vec<(Name, Answer)>,
}

/// Asks after a path in some environments, or in all; a path that begins with an environment asks in that one.
#[must_use]
pub fn why(files: &dyn FileSystem, start: &Path, path: &str, environments: &[String]) -> Why {
    let workspace = discover(files, start, Neighbours::Seen);
    let stands = !workspace.diagnostics.iter().any(Diagnostic::is_error);
    let mut loaded = load(files, workspace);
    let library = library::files(&loaded.workspace.sources);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    let (mut all, mut answers) = (Vec::new(), Vec::new());
    let units = if stands { loaded.workspace.units() } else { Vec::new() };
    let everywhere: Vec<Name> = units.iter().flat_map(|unit| loaded.environments(unit)).collect();
    for unit in &units {
        let unit = Unit::new(&loaded, unit, &library, &everywhere, Neighbours::Seen);
        let (project, mistakes) = solc_check::check(&unit.files);
        diagnostics.extend(mistakes);
        let inputs = Inputs { documents: Arc::new(unit.documents), ..Inputs::default() };
        let first = path.split(['.', '[']).next().unwrap_or_default();
        let of_one = unit.environments.iter().any(|e| e == first);
        for (id, name) in solc_ir::environments(&project) {
            let wanted = environments.is_empty() || environments.iter().any(|e| *e == name.as_str());
            if unit.environments.contains(&name) && wanted && (!of_one || name == first) {
                answers.push((name, solc_ir::why::why(&project, id, &inputs, path)));
            }
        }
        all.extend(unit.environments);
    }
    // What one product does not know may be another's.
    if answers.iter().any(|(_, answer)| !matches!(answer, Answer::Unknown(_))) {
        answers.retain(|(_, answer)| !matches!(answer, Answer::Unknown(_)));
    }
    let mut diagnostics = merge(diagnostics);
    diagnostics.dedup();
    let root = loaded.workspace.root;
    Why { root, sources: loaded.workspace.sources, diagnostics, environments: all, answers }
}
