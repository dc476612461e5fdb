//! Everything that a workspace's repositories hold, read and parsed.
//!
//! Invariant: what is loaded depends on names and contents only. Paths are sorted before anything is read, ids are
//! given in that order, and reading and parsing in parallel keeps it.

mod layout;
pub mod text;

use crate::codes;
use crate::data::{json, toml};
use crate::file_system::FileSystem;
use crate::workspace::{Level, Repository, RepositoryId, Unit, Workspace};
use layout::{Found, Role};
use rayon::prelude::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};
use solc_ir::{Documents, PathDocument};
use solc_source::data::{Node, Value};
use solc_source::suggest::nearest;
use solc_source::{Diagnostic, FileId, Name, SourceFile, Span};
use solc_syntax::ast;
use std::collections::BTreeSet;
use std::sync::Arc;
use text::Problem;

/// A workspace with everything in it.
#[derive(Debug)]
pub struct Loaded {
    /// The workspace; its sources now hold every file that was read.
    pub workspace: Workspace,
    /// What each repository holds, in step with the workspace's repositories.
    pub contents: Vec<Content>,
    /// What is wrong with manifests, files and their syntax.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one config repository holds, with what its infrastructure repository does.
#[derive(Debug, Default)]
pub struct Content {
    /// Its `.sol` files.
    pub files: Vec<SolFile>,
    /// The environments that they declare.
    pub environments: Vec<Name>,
    /// `settings/<environment>/<solution>/<component>.toml`
    pub settings: Vec<PathDocument>,
    /// `credentials/<environment>/<solution>/<component>.toml`
    pub credentials: Vec<PathDocument>,
    /// `references/<environment>/<unit>.json`
    pub images: Vec<PathDocument>,
    /// `facts.json`
    pub facts: Option<Node>,
    /// `stacks.lock`
    pub stacks: Option<Node>,
}

/// A parsed `.sol` file.
#[derive(Debug)]
pub struct SolFile {
    /// Its id.
    pub file: FileId,
    /// The module that it is: `components.cart` for `components/cart.sol`.
    pub module: Vec<Name>,
    /// Its syntax tree.
    pub ast: Arc<ast::File>,
    /// Whether the parser had to report something.
    pub broken: bool,
}

/// What a file turned out to be.
enum Parsed {
    Sol(ast::File),
    Data(Node),
    Nothing,
}

/// How many files are one piece of work: those that take long, `.sol`, lie side by side.
const BATCH: usize = 16;

/// Reads and parses everything in the workspace.
#[must_use]
pub fn load(files: &dyn FileSystem, mut workspace: Workspace) -> Loaded {
    let mut diagnostics = std::mem::take(&mut workspace.diagnostics);
    let found = layout::find(files, &workspace, &mut diagnostics);
    let texts: Vec<(String, Option<Problem>)> = found
        .par_iter()
        .with_max_len(BATCH)
        .map(|found| match found.role {
            Role::Misplaced { .. } => (String::new(), None),
            Role::Sol
            | Role::Settings(_)
            | Role::Credentials(_)
            | Role::Image(_)
            | Role::Facts
            | Role::Stacks => text::read_text(files, &found.path, &found.name),
        })
        .collect();
    let mut jobs = Vec::with_capacity(found.len());
    for (found, (text, problem)) in found.into_iter().zip(texts) {
        let source = SourceFile::new(&found.name, &text);
        let text = source.text().clone();
        jobs.push((found, workspace.sources.add(source), text, problem));
    }
    let parsed: Vec<(Found, FileId, Parsed, Vec<Diagnostic>)> = jobs
        .into_par_iter()
        .with_max_len(BATCH)
        .map(|(found, file, text, problem)| {
            let (parsed, mistakes) = parse(&found, file, &text, problem);
            (found, file, parsed, mistakes)
        })
        .collect();
    let mut contents: Vec<Content> = workspace.iter().map(|_| Content::default()).collect();
    for (found, file, parsed, mistakes) in parsed {
        let broken = !mistakes.is_empty();
        diagnostics.extend(mistakes);
        if let Some(content) = contents.get_mut(found.repository.0) {
            content.add(found, file, parsed, broken);
        }
    }
    for content in &mut contents {
        content.environments = content.files.iter().flat_map(|file| environments(&file.ast)).collect();
        unknown_folders(content, &mut diagnostics);
    }
    Loaded { workspace, contents, diagnostics }
}

fn parse(found: &Found, file: FileId, text: &str, problem: Option<Problem>) -> (Parsed, Vec<Diagnostic>) {
    let unreadable = problem.is_some();
    let mut diagnostics: Vec<Diagnostic> = problem.into_iter().map(|problem| problem.at(file)).collect();
    let parsed = match &found.role {
        Role::Misplaced { help } => {
            diagnostics.push(misplaced(found, file, help));
            Parsed::Nothing
        }
        Role::Sol => {
            let (ast, mistakes) = solc_syntax::parse(file, text);
            // What stands in for unreadable bytes is not the user's mistake.
            diagnostics.extend(mistakes.into_iter().filter(|_| !unreadable));
            Parsed::Sol(ast)
        }
        Role::Settings(_) | Role::Credentials(_) | Role::Image(_) | Role::Facts | Role::Stacks
            if unreadable =>
        {
            Parsed::Data(Node { span: Span::new(file, 0, 0), value: Value::Null })
        }
        Role::Settings(_) | Role::Credentials(_) => {
            let (node, mistakes) = toml(file, text);
            diagnostics.extend(mistakes);
            Parsed::Data(node)
        }
        Role::Image(_) | Role::Facts | Role::Stacks => {
            let (node, mistakes) = json(file, text);
            diagnostics.extend(mistakes);
            Parsed::Data(node)
        }
    };
    (parsed, diagnostics)
}

fn misplaced(found: &Found, file: FileId, help: &str) -> Diagnostic {
    let message = format!("nothing reads `{}`", found.below);
    Diagnostic::error(codes::MISPLACED_FILE, Span::new(file, 0, 0), message).help(help)
}

impl Content {
    fn add(&mut self, found: Found, file: FileId, parsed: Parsed, broken: bool) {
        match (found.role, parsed) {
            (Role::Sol, Parsed::Sol(ast)) => {
                let module = layout::module(&found.below);
                self.files.push(SolFile { file, module, ast: Arc::new(ast), broken });
            }
            (Role::Settings(place), Parsed::Data(node)) => self.settings.push(place.document(node)),
            (Role::Credentials(place), Parsed::Data(node)) => self.credentials.push(place.document(node)),
            (Role::Image(place), Parsed::Data(node)) => self.images.push(place.document(node)),
            (Role::Facts, Parsed::Data(node)) => self.facts = Some(node),
            (Role::Stacks, Parsed::Data(node)) => self.stacks = Some(node),
            (
                Role::Sol
                | Role::Settings(_)
                | Role::Credentials(_)
                | Role::Image(_)
                | Role::Facts
                | Role::Stacks
                | Role::Misplaced { .. },
                Parsed::Sol(_) | Parsed::Data(_) | Parsed::Nothing,
            ) => {}
        }
    }
}

/// The environments that a file declares.
fn environments(file: &ast::File) -> impl Iterator<Item = Name> {
    file.items.iter().filter_map(|item| match &item.kind {
        ast::ItemKind::Block(block) if block.kind == ast::BlockKind::Environment => {
            (!block.name.name.is_empty()).then(|| block.name.name.clone())
        }
        ast::ItemKind::Block(_)
        | ast::ItemKind::Use(_)
        | ast::ItemKind::Solution(_)
        | ast::ItemKind::Component(_)
        | ast::ItemKind::Interface(_)
        | ast::ItemKind::Type(_)
        | ast::ItemKind::Enum(_)
        | ast::ItemKind::Fn(_)
        | ast::ItemKind::Let(_)
        | ast::ItemKind::Test(_)
        | ast::ItemKind::Policy(_)
        | ast::ItemKind::Error => None,
    })
}

/// Reports each folder of data files that is named after no environment of its repository, once.
fn unknown_folders(content: &Content, diagnostics: &mut Vec<Diagnostic>) {
    // A declaration that the parser could not read may be the one that is missed.
    if content.files.iter().any(|file| file.broken) {
        return;
    }
    for (kind, documents) in [
        ("settings", &content.settings),
        ("credentials", &content.credentials),
        ("references", &content.images),
    ] {
        let mut reported: Vec<&Name> = Vec::new();
        for document in documents {
            let name = &document.environment;
            if content.environments.contains(name) || reported.contains(&name) {
                continue;
            }
            reported.push(name);
            let message = format!("`{kind}/{name}` is for no environment of this repository");
            let at = document.node.span.start();
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_ENVIRONMENT_FOLDER, at, message)
                .note(known(&content.environments));
            let candidate = nearest(name, content.environments.iter().map(Name::as_str));
            diagnostic = match candidate {
                Some(candidate) => diagnostic.help(format!("rename the folder to `{candidate}`")),
                None => diagnostic.help("remove the folder, or declare the environment"),
            };
            diagnostics.push(diagnostic);
        }
    }
}

fn known(environments: &[Name]) -> String {
    if environments.is_empty() {
        return "it declares no environment".to_owned();
    }
    let names: Vec<String> = environments.iter().map(|name| format!("`{name}`")).collect();
    format!("it declares {}", names.join(", "))
}

impl Loaded {
    /// The content of a repository.
    #[must_use]
    pub fn content(&self, id: RepositoryId) -> Option<&Content> {
        self.contents.get(id.0)
    }

    /// The `.sol` files that a unit sees.
    #[must_use]
    pub fn project(&self, unit: &Unit) -> Vec<solc_check::ProjectFile> {
        let mut files = Vec::new();
        for id in unit.repositories.iter().chain(&unit.libraries) {
            let (Some(content), Some(repository)) = (self.content(*id), self.workspace.repository(*id))
            else {
                continue;
            };
            let package = Arc::new(self.package(unit, *id, repository));
            files.extend(content.files.iter().map(|file| solc_check::ProjectFile {
                ast: Arc::clone(&file.ast),
                module: package.prefix.iter().chain(&file.module).cloned().collect(),
                package: Arc::clone(&package),
            }));
        }
        files
    }

    fn package(&self, unit: &Unit, id: RepositoryId, repository: &Repository) -> solc_check::Package {
        // No module is called so: `@` is in no name.
        let prefix = |id: RepositoryId| -> Vec<Name> {
            let library = self.workspace.repository(id).filter(|_| unit.libraries.contains(&id));
            library.map(|repository| Name::from(format!("@{}", repository.name))).into_iter().collect()
        };
        let dependencies = repository.dependencies.iter();
        solc_check::Package {
            prefix: prefix(id),
            library: repository.level == Level::Library,
            dependencies: dependencies.map(|(name, library)| (name.clone(), prefix(*library))).collect(),
            left_out: repository.left_out.clone(),
        }
    }

    /// The `.sol` files of a unit that could not be read wholly.
    #[must_use]
    pub fn broken(&self, unit: &Unit) -> BTreeSet<FileId> {
        let all = unit.repositories.iter().chain(&unit.libraries);
        let contents = all.filter_map(|id| self.content(*id));
        let files = contents.flat_map(|content| &content.files);
        files.filter(|file| file.broken).map(|file| file.file).collect()
    }

    /// The data files of the environments that a unit compiles.
    #[must_use]
    pub fn documents(&self, unit: &Unit) -> Documents {
        let mut documents = Documents::default();
        for id in &unit.compiled {
            let (Some(content), Some(repository)) = (self.content(*id), self.workspace.repository(*id))
            else {
                continue;
            };
            let ours = |all: &[PathDocument]| {
                let known =
                    all.iter().filter(|document| content.environments.contains(&document.environment));
                known.cloned().collect::<Vec<_>>()
            };
            documents.settings.extend(ours(&content.settings));
            documents.credentials.extend(ours(&content.credentials));
            documents.images.extend(ours(&content.images));
            for environment in &content.environments {
                documents.facts.extend(content.facts.clone().map(|node| (environment.clone(), node)));
                let stacks = content.stacks.as_ref().and_then(|node| node.get(environment));
                documents.stacks.extend(stacks.map(|node| (environment.clone(), node.clone())));
                if repository.infrastructure.is_some() {
                    documents.with_infrastructure.push(environment.clone());
                }
            }
        }
        documents
    }

    /// The environments that a unit compiles, in the order of their declaration.
    #[must_use]
    pub fn environments(&self, unit: &Unit) -> Vec<Name> {
        let contents = unit.compiled.iter().filter_map(|id| self.content(*id));
        contents.flat_map(|content| content.environments.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests;
