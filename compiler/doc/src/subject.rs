//! What a reference is about: the files of one unit, the library, and what the checker makes of them.
//!
//! Invariant: read through the driver, like every compilation, so that a reference shows what `solc check` sees.

use solc_check::hir;
use solc_driver::{FileSystem, library};
use solc_source::data::Node;
use solc_source::diagnostic::merge;
use solc_source::{Diagnostic, FileId, Name, Sources};
use solc_syntax::ast;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which declarations get pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The project and the standard library, so that every link leads somewhere.
    Everything,
    /// The project alone; the library's names are no links.
    Project,
    /// The standard library alone.
    Library,
}

/// A `.sol` file that takes part.
#[derive(Clone, Debug)]
pub struct File {
    /// Its tree.
    pub ast: Arc<ast::File>,
    /// `[std, data, bucket]`, `[components, cart]`
    pub module: Vec<Name>,
    /// Whether it is the library's.
    pub library: bool,
    /// What it belongs to, and which libraries it may use.
    pub package: Arc<solc_check::Package>,
}

/// One unit, checked.
#[derive(Debug)]
pub struct Subject {
    /// The unit's name; empty for the library alone.
    pub name: Name,
    /// Which declarations get pages.
    pub scope: Scope,
    /// Everything that was read.
    pub sources: Sources,
    /// All files: the library's, then the project's in the order of their paths.
    pub files: Vec<File>,
    /// What the checker makes of them.
    pub project: hir::Project,
    /// What was looked up, by environment: samples may ask for it.
    pub(crate) facts: BTreeMap<Name, Node>,
}

/// What was read, and what is wrong with it.
#[derive(Debug)]
pub struct Reading {
    /// The folder of the manifest; the sources' names are relative to it.
    pub root: PathBuf,
    /// Everything that was read.
    pub sources: Sources,
    /// Mistakes of files, syntax, names and types; values of environments are not looked at.
    pub diagnostics: Vec<Diagnostic>,
    /// One for each unit of the workspace.
    pub subjects: Vec<Subject>,
}

/// Reads the workspace that `start` lies in; for [`Scope::Library`] nothing but what is embedded.
#[must_use]
pub fn read(files: &dyn FileSystem, start: &Path, scope: Scope) -> Reading {
    if scope == Scope::Library {
        let sources = library::sources();
        let nothing = solc_check::Files::default();
        let (subject, diagnostics) = subject(Name::default(), scope, &sources, nothing, BTreeMap::new());
        return Reading { root: PathBuf::new(), sources, diagnostics, subjects: vec![subject] };
    }
    let workspace = solc_driver::discover(files, start, solc_driver::Neighbours::Seen);
    let stands = !workspace.diagnostics.iter().any(Diagnostic::is_error);
    let loaded = solc_driver::load(files, workspace);
    let mut diagnostics = loaded.diagnostics.clone();
    let sources = loaded.workspace.sources.clone();
    let units = if stands { loaded.workspace.units() } else { Vec::new() };
    // A test may be about an environment of another unit.
    let elsewhere: Vec<Name> = units.iter().flat_map(|unit| loaded.environments(unit)).collect();
    let mut subjects = Vec::new();
    for unit in &units {
        let facts = loaded.documents(unit).facts;
        let files = solc_check::Files {
            project: loaded.project(unit),
            elsewhere: elsewhere.clone(),
            ..solc_check::Files::default()
        };
        let (subject, mistakes) = subject(unit.name.clone(), scope, &sources, files, facts);
        diagnostics.extend(mistakes);
        subjects.push(subject);
    }
    let mut diagnostics = merge(diagnostics);
    diagnostics.dedup();
    Reading { root: loaded.workspace.root, sources, diagnostics, subjects }
}

fn subject(
    name: Name,
    scope: Scope,
    sources: &Sources,
    mut checked: solc_check::Files,
    facts: BTreeMap<Name, Node>,
) -> (Subject, Vec<Diagnostic>) {
    let own = checked.project.clone();
    let library = library::files(sources);
    let tree = |file: &solc_check::LibraryFile| File {
        ast: Arc::new(solc_syntax::parse(file.file, &file.text).0),
        module: file.module.clone(),
        library: true,
        package: Arc::default(),
    };
    let mut files: Vec<File> = library.iter().map(tree).collect();
    files.extend(own.into_iter().map(|file| File {
        ast: file.ast,
        module: file.module,
        library: false,
        package: file.package,
    }));
    checked.library = library;
    checked.whole_library = scope != Scope::Project;
    let (project, diagnostics) = solc_check::check(&checked);
    (Subject { name, scope, sources: sources.clone(), files, project, facts }, diagnostics)
}

impl Subject {
    /// The file of an id.
    pub(crate) fn file(&self, id: FileId) -> Option<&File> {
        self.files.iter().find(|file| file.ast.file == id)
    }

    /// Whether a file's declarations get a page.
    pub(crate) fn shows(&self, file: &File) -> bool {
        match self.scope {
            Scope::Everything => true,
            Scope::Project => !file.library,
            Scope::Library => file.library,
        }
    }

    /// Whether it is the library that is documented, and no project.
    pub(crate) fn is_library(&self) -> bool {
        self.scope == Scope::Library
    }

    /// The files whose declarations get a page.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| self.shows(file))
    }

    /// What the checker made of the component or solution whose name stands at `span`.
    pub(crate) fn component(&self, span: solc_source::Span) -> Option<&hir::Component> {
        self.project.components.iter().find(|component| component.span == span)
    }
}
