//! What environments read of their facts, and what `facts.json` says of it: all that is to be looked up.
//!
//! Invariant: a fact that is missing hinders nothing here, since this is what is asked before there is one. Any other
//! mistake does: what would be read without it is not known.

use crate::compile::Unit;
use crate::file_system::FileSystem;
use crate::library;
use crate::load::{Loaded, load};
use crate::workspace::{Neighbours, RepositoryId, discover};
use solc_ir::Inputs;
use solc_ir::codes::MISSING_FACT;
use solc_ir::model::{Environment, ReadFact};
use solc_source::data::Node;
use solc_source::diagnostic::merge;
use solc_source::{Diagnostic, Name, Sources};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file's name.
const FACTS: &str = "facts.json";

/// What is to be looked up.
#[derive(Debug)]
pub struct Facts {
    /// The folder of the manifest; the sources' names are relative to it.
    pub root: PathBuf,
    /// Everything that was read.
    pub sources: Sources,
    /// What is wrong with the declarations and with the environments that were asked about, but for facts that are missing.
    pub diagnostics: Vec<Diagnostic>,
    /// The environments of the workspace, in the order of their declaration.
    pub environments: Vec<Name>,
    /// The config repositories that declare an environment that was asked about.
    pub repositories: Vec<RepositoryFacts>,
}

/// The facts of one config repository: all its environments share them.
#[derive(Debug)]
pub struct RepositoryFacts {
    /// `facts.json`, as shown to people.
    pub name: String,
    /// Where it is, or would be.
    pub path: PathBuf,
    /// What it says; nothing where there is none.
    pub said: Option<Node>,
    /// The environments of the repository.
    pub readers: Vec<Reader>,
}

/// What one environment reads.
#[derive(Debug)]
pub struct Reader {
    /// The environment, with its account and its region.
    pub environment: Environment,
    /// Whether it was asked about.
    pub asked: bool,
    /// What it reads, sorted.
    pub reads: Vec<ReadFact>,
}

/// What these environments read, and the others of their repositories.
#[must_use]
pub fn facts(files: &dyn FileSystem, start: &Path, environments: &[String]) -> Facts {
    let workspace = discover(files, start, Neighbours::Seen);
    let stands = !workspace.diagnostics.iter().any(Diagnostic::is_error);
    let mut loaded = load(files, workspace);
    let library = library::files(&loaded.workspace.sources);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    let (mut all, mut repositories) = (Vec::new(), Vec::new());
    let units = if stands { loaded.workspace.units() } else { Vec::new() };
    let everywhere: Vec<Name> = units.iter().flat_map(|unit| loaded.environments(unit)).collect();
    let asked = |name: &Name| environments.iter().any(|wanted| wanted == name.as_str());
    for unit in &units {
        let whole = Unit::new(&loaded, unit, &library, &everywhere, Neighbours::Seen);
        let (project, mistakes) = solc_check::check(&whole.files);
        diagnostics.extend(mistakes);
        let inputs = Inputs { documents: Arc::new(whole.documents), ..Inputs::default() };
        for id in &unit.compiled {
            let Some(content) = loaded.content(*id) else { continue };
            if !content.environments.iter().any(asked) {
                continue;
            }
            let mut readers = Vec::new();
            for (block, name) in solc_ir::environments(&project) {
                if content.environments.contains(&name) {
                    let (deployment, mistakes) = solc_ir::lower(&project, block, &inputs);
                    if asked(&name) {
                        diagnostics.extend(mistakes);
                    }
                    readers.push(Reader {
                        environment: deployment.environment,
                        asked: asked(&name),
                        reads: deployment.facts,
                    });
                }
            }
            repositories.extend(of(&loaded, *id, readers));
        }
        all.extend(whole.environments);
    }
    let mut diagnostics = merge(diagnostics);
    diagnostics.dedup();
    diagnostics.retain(|diagnostic| diagnostic.code != MISSING_FACT);
    let root = loaded.workspace.root;
    Facts { root, sources: loaded.workspace.sources, diagnostics, environments: all, repositories }
}

fn of(loaded: &Loaded, id: RepositoryId, readers: Vec<Reader>) -> Option<RepositoryFacts> {
    let repository = loaded.workspace.repository(id)?;
    let name = match repository.name.as_str() {
        "." => FACTS.to_owned(),
        folder => format!("{folder}/{FACTS}"),
    };
    let said = loaded.content(id).and_then(|content| content.facts.clone());
    Some(RepositoryFacts { name, path: repository.folder.join(FACTS), said, readers })
}
