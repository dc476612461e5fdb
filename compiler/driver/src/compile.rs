//! The pipeline: from a path to diagnostics and, where they are asked for, templates.
//!
//! Invariant: no stage stops the run. Each gives its best, and what is wrong; only emission waits until nothing is.

use crate::edits;
use crate::file_system::FileSystem;
use crate::library;
use crate::load::{Loaded, load};
use crate::locks;
use crate::workspace::{self, Neighbours, RepositoryId, discover, levels};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use solc_check::codes::UNUSED_DECLARATION;
use solc_check::hir::{BlockId, Claim, ClaimKind};
use solc_ir::ask::TestResult;
use solc_ir::codes::{
    ARITHMETIC_OVERFLOW, BROKEN_INVARIANT, CONFLICTING_PROPERTIES, INEXACT_CONVERSION, INVALID_PEER,
    INVALID_STATEMENT, LOGICAL_ID_COLLISION, MISSING_SECRET, MISSING_SETTING, NO_PRINCIPAL,
    NO_RESOURCE_POLICY, NO_ROUTE, UNDECLARED_SECRET, UNDECLARED_SETTING, UNKNOWN_COMPONENT_FILE, VALUE_CYCLE,
};
use solc_ir::model::Assignment;
use solc_ir::{Deployment, Documents, Inputs};
use solc_source::diagnostic::merge;
use solc_source::{Code, Diagnostic, FileId, Name, Sources};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The environments that are wanted; all of them, where there are none.
    pub environments: Vec<Name>,
    /// Whether templates are wanted.
    pub emit: bool,
    /// Whether the lowered environments are wanted; they take a multiple of the memory of what is emitted.
    pub keep: bool,
    /// Whether tests are to run: those whose name holds this text, in whatever case.
    pub tests: Option<String>,
    /// Whether what other repositories say is looked at; where it is not, no environment can be evaluated.
    pub neighbours: Neighbours,
}

impl Request {
    /// Every environment, and no templates.
    #[must_use]
    pub fn check() -> Self {
        Self { environments: Vec::new(), emit: false, keep: false, tests: None, neighbours: Neighbours::Seen }
    }

    /// Names, types and shapes of each repository by itself; no environment's values.
    #[must_use]
    pub fn isolated() -> Self {
        Self { neighbours: Neighbours::LeftOut, ..Self::check() }
    }

    /// Templates of these environments, or of all.
    #[must_use]
    pub fn build(environments: &[String]) -> Self {
        Self {
            environments: environments.iter().map(Name::from).collect(),
            emit: true,
            keep: false,
            tests: None,
            neighbours: Neighbours::Seen,
        }
    }

    /// The same, with the lowered environments.
    #[must_use]
    pub fn keeping(self) -> Self {
        Self { keep: true, ..self }
    }

    /// The tests whose name holds `filter`, in these environments, or in all.
    #[must_use]
    pub fn test(environments: &[String], filter: &str) -> Self {
        Self {
            environments: environments.iter().map(Name::from).collect(),
            emit: false,
            keep: false,
            tests: Some(filter.to_lowercase()),
            neighbours: Neighbours::Seen,
        }
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
    /// How many findings the manifests turn off.
    pub silenced: usize,
    /// The environments of the workspace, in the order of their declaration.
    pub environments: Vec<Name>,
    /// What came of each test in each environment, in the order of the environments; an environment with errors has
    /// none, because nothing is known of it.
    pub tests: Vec<TestResult>,
    /// The environments that were asked for, lowered as far as they could be; none unless they are to be kept.
    pub deployments: Vec<Deployment>,
    /// What was asked to be built; empty where there are errors.
    pub built: Vec<BuiltEnvironment>,
    /// Files of the repositories that a build changes: `stacks.lock`, by their whole paths.
    pub locks: Vec<OutputFile>,
}

impl Compilation {
    /// Whether there is no error.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
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
    /// The infrastructure repository of the repository that declares it: where its state is recorded.
    pub infrastructure: Option<PathBuf>,
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
pub fn compile(files: &dyn FileSystem, start: &Path, request: &Request) -> Compilation {
    let workspace = discover(files, start, request.neighbours);
    // What a broken manifest leaves out would be missed everywhere.
    let stands = !workspace.diagnostics.iter().any(Diagnostic::is_error);
    let mut loaded = load(files, workspace);
    let library = library::files(&loaded.workspace.sources);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    let mut environments = Vec::new();
    let (mut lowered, mut tests) = (Vec::new(), Vec::new());
    let units = if stands { loaded.workspace.units() } else { Vec::new() };
    let everywhere: Vec<Name> = units.iter().flat_map(|unit| loaded.environments(unit)).collect();
    for unit in &units {
        environments.extend(loaded.environments(unit));
        let whole = Unit::new(&loaded, unit, &library, &everywhere, request.neighbours);
        let mut own = whole.compile(request, &loaded.workspace.sources, &mut diagnostics, &mut tests);
        for built in own.iter_mut().filter_map(|lowered| lowered.built.as_mut()) {
            built.infrastructure = infrastructure(&loaded, unit, &built.name);
        }
        lowered.extend(own);
    }
    let mut diagnostics = merge(diagnostics);
    // Two products may see the same accounts.
    diagnostics.dedup();
    let levels = std::mem::take(&mut loaded.workspace.levels);
    let silenced = levels::apply(&levels, request.neighbours, &loaded.workspace.sources, &mut diagnostics);
    edits::complete(&loaded.workspace.sources, &mut diagnostics);
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let (mut built, mut locks) = (Vec::new(), Vec::new());
    if request.emit && !broken {
        let assignments: Vec<_> = lowered.iter().map(|l| (&l.environment, &l.assignment)).collect();
        locks = locks::locks(&loaded, &units, &assignments);
        built = lowered.iter_mut().filter_map(|l| Some((l.product.clone(), l.built.take()?))).collect();
        separate(&mut built);
    }
    let sources = loaded.workspace.sources;
    Compilation {
        root: loaded.workspace.root,
        sources,
        diagnostics,
        silenced,
        environments,
        tests,
        deployments: lowered.into_iter().filter_map(|l| l.deployment).collect(),
        built: built.into_iter().map(|(_, built)| built).collect(),
        locks,
    }
}

/// The infrastructure repository of the repository that declares an environment.
fn infrastructure(loaded: &Loaded, unit: &workspace::Unit, environment: &Name) -> Option<PathBuf> {
    let declares = |id: &&RepositoryId| {
        loaded.content(**id).is_some_and(|content| content.environments.contains(environment))
    };
    let repository = loaded.workspace.repository(*unit.compiled.iter().find(declares)?)?;
    repository.infrastructure.as_ref().map(|folder| folder.path.clone())
}

/// Environments of two products may have one name; each then goes below its product's.
fn separate(built: &mut [(Name, BuiltEnvironment)]) {
    let names: Vec<Name> = built.iter().map(|(_, environment)| environment.name.clone()).collect();
    for (product, environment) in built {
        if names.iter().filter(|name| **name == environment.name).count() > 1 {
            environment.folder = format!("{product}/{}", environment.name);
        }
    }
}

/// What is left of an environment once it was lowered.
struct Lowered {
    environment: Name,
    product: Name,
    assignment: Assignment,
    deployment: Option<Deployment>,
    built: Option<BuiltEnvironment>,
    tested: Vec<TestResult>,
}

/// What is checked as one.
pub(crate) struct Unit {
    pub(crate) files: solc_check::Files,
    pub(crate) documents: Documents,
    pub(crate) environments: Vec<Name>,
    /// The files of which the parser had to report something.
    broken: BTreeSet<FileId>,
}

impl Unit {
    /// What was loaded of a unit.
    pub(crate) fn new(
        loaded: &Loaded,
        unit: &workspace::Unit,
        library: &[solc_check::LibraryFile],
        everywhere: &[Name],
        neighbours: Neighbours,
    ) -> Self {
        let project = loaded.project(unit);
        Self {
            files: solc_check::Files {
                project,
                library: library.to_vec(),
                whole_library: false,
                elsewhere: everywhere.to_vec(),
                alone: neighbours == Neighbours::LeftOut,
            },
            documents: loaded.documents(unit),
            environments: loaded.environments(unit),
            broken: loaded.broken(unit),
        }
    }

    /// The pipeline: check once, then every environment by itself, in parallel.
    fn compile(
        self,
        request: &Request,
        sources: &Sources,
        diagnostics: &mut Vec<Diagnostic>,
        tests: &mut Vec<TestResult>,
    ) -> Vec<Lowered> {
        let (project, mistakes) = solc_check::check(&self.files);
        let silent = self.silent(&mistakes);
        // What a claim asks of a project that was not understood would be answered at random.
        let sound = self.broken.is_empty() && !mistakes.iter().any(Diagnostic::is_error);
        // What could not be read may be the use.
        let unread = |m: &Diagnostic| m.code == UNUSED_DECLARATION && self.broken.contains(&m.span().file);
        diagnostics.extend(mistakes.into_iter().filter(|m| !unread(m)));
        if request.neighbours == Neighbours::LeftOut {
            return Vec::new();
        }
        let named = !request.environments.is_empty();
        let inputs = Inputs {
            documents: Arc::new(self.documents),
            strict: request.emit && named,
            ..Inputs::default()
        };
        let configuration = solc_ir::configuration(&project, &inputs);
        diagnostics.extend(configuration.into_iter().filter(|m| !silent.contains(&m.code)));
        let wanted: Vec<BlockId> = solc_ir::environments(&project)
            .into_iter()
            .filter(|(_, name)| self.environments.contains(name))
            .filter(|(_, name)| !named || request.environments.contains(name))
            .map(|(id, _)| id)
            .collect();
        let asks = sound
            && project.claims.iter().any(|claim| claim.kind == ClaimKind::Policy || request.tests.is_some());
        let results: Vec<(Option<Lowered>, Vec<Diagnostic>)> = wanted
            .par_iter()
            .map(|id| {
                if !request.emit && !request.keep && !asks {
                    return (None, solc_ir::check(&project, *id, &inputs));
                }
                let (deployment, mut mistakes) = solc_ir::lower(&project, *id, &inputs);
                let mut tested = Vec::new();
                if asks && !mistakes.iter().any(Diagnostic::is_error) {
                    mistakes.extend(solc_ir::ask::policies(&project, *id, &inputs, &deployment));
                    if let Some(filter) = &request.tests {
                        let wanted = |claim: &Claim| claim.name.to_lowercase().contains(filter.as_str());
                        tested = solc_ir::ask::tests(&project, *id, &inputs, &deployment, &wanted);
                    }
                }
                let emits = request.emit && sound && !mistakes.iter().any(Diagnostic::is_error);
                let lowered = Lowered {
                    environment: deployment.environment.name.clone(),
                    product: deployment.environment.product.clone(),
                    assignment: deployment.assignment.clone(),
                    built: emits.then(|| emitted(&deployment, sources)),
                    tested,
                    // It is large: what is not asked for goes before the next environment comes.
                    deployment: request.keep.then_some(deployment),
                };
                (Some(lowered), mistakes)
            })
            .collect();
        let mut all = Vec::with_capacity(results.len());
        for (mut lowered, mistakes) in results {
            diagnostics.extend(mistakes.into_iter().filter(|m| !silent.contains(&m.code)));
            for result in lowered.iter_mut().flat_map(|l| std::mem::take(&mut l.tested)) {
                diagnostics.extend(result.diagnostics.iter().cloned());
                tests.push(result);
            }
            all.extend(lowered);
        }
        all
    }
}

/// What a data file is found to be about may only be missing because a declaration could not be read.
const ABOUT_DATA_FILES: &[Code] =
    &[UNKNOWN_COMPONENT_FILE, UNDECLARED_SETTING, UNDECLARED_SECRET, MISSING_SETTING, MISSING_SECRET];

/// What evaluation stumbles over where the checker has complained; mended, it comes back if it is still there.
const CONSEQUENCES: &[Code] = &[
    ARITHMETIC_OVERFLOW,
    BROKEN_INVARIANT,
    CONFLICTING_PROPERTIES,
    INEXACT_CONVERSION,
    INVALID_PEER,
    INVALID_STATEMENT,
    LOGICAL_ID_COLLISION,
    NO_PRINCIPAL,
    NO_RESOURCE_POLICY,
    NO_ROUTE,
    VALUE_CYCLE,
];

impl Unit {
    /// The findings that would only repeat a mistake found before.
    fn silent(&self, mistakes: &[Diagnostic]) -> Vec<Code> {
        use solc_check::codes::{RECURSIVE_COMPONENT, UNKNOWN_COMPONENT};
        let missing = [RECURSIVE_COMPONENT, UNKNOWN_COMPONENT];
        let mut silent = Vec::new();
        if !self.broken.is_empty() || mistakes.iter().any(|m| missing.contains(&m.code)) {
            silent.extend(ABOUT_DATA_FILES);
        }
        if !self.broken.is_empty() || mistakes.iter().any(Diagnostic::is_error) {
            silent.extend(CONSEQUENCES);
        }
        silent
    }
}

fn emitted(deployment: &Deployment, sources: &Sources) -> BuiltEnvironment {
    let emission = solc_cfn::emit(deployment, sources);
    let stacks = emission.templates.len();
    let resources = deployment.stacks.iter().map(|s| s.resources.len()).sum();
    let mut files: Vec<OutputFile> =
        emission.templates.into_iter().map(|t| OutputFile { name: t.file_name, content: t.body }).collect();
    files.push(OutputFile { name: "manifest.json".to_owned(), content: emission.manifest });
    files.push(OutputFile { name: "source-map.json".to_owned(), content: emission.source_map });
    let name = deployment.environment.name.clone();
    BuiltEnvironment { folder: name.to_string(), name, files, stacks, resources, infrastructure: None }
}

#[cfg(test)]
mod tests;
