//! Which repositories belong together: the nearest `solc.toml`, its members, and what they refer to.
//!
//! Invariant: a broken manifest still gives a workspace, with what could be understood of it; repositories stand
//! in an order that depends on the manifests alone.
//!
//! A **unit** is what is checked as one: a product's development config repository, the production ones that take
//! product and solutions from it, the accounts, and the infrastructure repositories of all of them.

mod dependencies;
mod discover;
pub(crate) mod levels;
mod manifest;

pub use dependencies::{FETCHED, GitDependency, LOCK, Locked, lock_text, tree_digest};
pub use discover::{Neighbours, discover, nearest_manifest};
pub use levels::WARNINGS;
pub use manifest::{Class, Level, MANIFEST};

use solc_source::{Diagnostic, Name, Sources, Span};
use std::path::PathBuf;

/// A config repository of a workspace; an index into [`Workspace::repositories`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepositoryId(pub usize);

/// A config repository, with its infrastructure repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its folder as shown to people: relative to the workspace, with `/`; `.` for the workspace's own.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it describes accounts or a product.
    pub level: Level,
    /// Whether it holds development or production environments; accounts have no class.
    pub class: Class,
    /// Whether the workspace lists it, or only something in the workspace refers to it.
    pub member: bool,
    /// The accounts it runs in.
    pub accounts: Option<RepositoryId>,
    /// Where a production repository takes product and solutions from.
    pub development: Option<RepositoryId>,
    /// Its infrastructure repository, where there is one.
    pub infrastructure: Option<Folder>,
    /// The libraries that it uses, by the names that it gives them.
    pub dependencies: Vec<(Name, RepositoryId)>,
    /// Names of libraries that were left out on demand.
    pub left_out: Vec<Name>,
    /// Where the manifest names the repository's level; the start of the manifest where it does not.
    pub span: Span,
}

/// A folder, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Relative to the workspace, with `/`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The repositories that are checked together.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder of the nearest `solc.toml`; all shown names are relative to it.
    pub root: PathBuf,
    /// Config repositories, those that others refer to after those that the workspace lists.
    pub repositories: Vec<Repository>,
    /// The manifests, and later everything else that is read.
    pub sources: Sources,
    /// What is wrong with the manifests.
    pub diagnostics: Vec<Diagnostic>,
    /// What the manifests name from git, each once.
    pub git: Vec<GitDependency>,
    /// How loudly the manifests want kinds of findings to be said.
    pub(crate) levels: Vec<levels::CodeLevel>,
}

/// What is checked as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folder's name of the repository that it is about.
    pub name: Name,
    /// Everything whose declarations are seen: accounts, development, production.
    pub repositories: Vec<RepositoryId>,
    /// The libraries that these use, and those that the libraries do.
    pub libraries: Vec<RepositoryId>,
    /// Those whose environments are compiled.
    pub compiled: Vec<RepositoryId>,
}

impl Workspace {
    /// The repository, if the id is one of ours.
    #[must_use]
    pub fn repository(&self, id: RepositoryId) -> Option<&Repository> {
        self.repositories.get(id.0)
    }

    /// All repositories with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (RepositoryId, &Repository)> {
        self.repositories.iter().enumerate().map(|(index, repository)| (RepositoryId(index), repository))
    }

    /// What is checked as one, in the order of the members.
    #[must_use]
    pub fn units(&self) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        let members = || self.iter().filter(|(_, repository)| repository.member);
        for (id, repository) in members().filter(|(_, r)| r.level == Level::Product) {
            let product = match repository.class {
                Class::Development => id,
                Class::Production => repository.development.unwrap_or(id),
            };
            match units.iter_mut().find(|unit| unit.repositories.contains(&product)) {
                Some(unit) => unit.add(id, repository),
                None => {
                    let mut unit = Unit::named(self.name_of(product));
                    if let Some(first) = self.repository(product) {
                        unit.see(first.accounts);
                    }
                    unit.see(Some(product));
                    unit.add(id, repository);
                    units.push(unit);
                }
            }
        }
        for (id, _) in members().filter(|(_, r)| r.level == Level::Account) {
            if !units.iter().any(|unit| unit.repositories.contains(&id)) {
                units.push(Unit { repositories: vec![id], ..Unit::named(self.name_of(id)) });
            }
        }
        for unit in &mut units {
            self.add_libraries(unit);
        }
        for (id, _) in members().filter(|(_, r)| r.level == Level::Library) {
            if !units.iter().any(|unit| unit.libraries.contains(&id)) {
                let mut unit = Unit { repositories: vec![id], ..Unit::named(self.name_of(id)) };
                self.add_libraries(&mut unit);
                units.push(unit);
            }
        }
        units
    }

    fn add_libraries(&self, unit: &mut Unit) {
        let mut next = unit.repositories.clone();
        while let Some(repository) = next.pop().and_then(|id| self.repository(id)) {
            for (_, library) in &repository.dependencies {
                if !unit.libraries.contains(library) && !unit.repositories.contains(library) {
                    unit.libraries.push(*library);
                    next.push(*library);
                }
            }
        }
        unit.libraries.sort_unstable();
    }

    fn name_of(&self, id: RepositoryId) -> Name {
        let folder = self.repository(id).and_then(|repository| repository.folder.file_name());
        folder.map_or_else(Name::default, |name| name.to_string_lossy().as_ref().into())
    }
}

impl Unit {
    fn named(name: Name) -> Self {
        Self { name, repositories: Vec::new(), libraries: Vec::new(), compiled: Vec::new() }
    }

    fn add(&mut self, id: RepositoryId, repository: &Repository) {
        self.see(repository.accounts);
        self.see(Some(id));
        self.compiled.push(id);
    }

    fn see(&mut self, id: Option<RepositoryId>) {
        if let Some(id) = id.filter(|id| !self.repositories.contains(id)) {
            self.repositories.push(id);
        }
    }
}

#[cfg(test)]
mod tests;
