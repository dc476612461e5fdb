//! From a path to a workspace: the nearest manifest upwards, its members, and the repositories that they name.

use super::dependencies::{
    Dependency, FETCHED, GitDependency, Locked, Origin, cycle, folder, lock, missing, tree_digest,
};
use super::levels::{CodeLevel, levels};
use super::manifest::{Manifest, RepositoryManifest, Text, manifest};
use super::{Class, Folder, Level, MANIFEST, Repository, RepositoryId, Workspace};
use crate::codes;
use crate::data::toml;
use crate::file_system::{FileSystem, Kind, normalized, relative};
use crate::library;
use crate::load::text::read_text;
use solc_source::{Diagnostic, Name, SourceFile, Sources, Span};
use std::path::{Path, PathBuf};

/// The folder of the nearest manifest, from `start` upwards.
#[must_use]
pub fn nearest_manifest(files: &dyn FileSystem, start: &Path) -> Option<PathBuf> {
    let start = normalized(start);
    start.ancestors().find(|folder| files.kind(&folder.join(MANIFEST)) == Kind::File).map(Path::to_path_buf)
}

/// Whether what a repository refers to is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// Yes.
    Seen,
    /// No: each member is looked at alone.
    LeftOut,
}

/// The workspace of the nearest manifest from `start` upwards.
#[must_use]
pub fn discover(files: &dyn FileSystem, start: &Path, neighbours: Neighbours) -> Workspace {
    let Some(root) = nearest_manifest(files, start) else {
        let message = format!("no `{MANIFEST}` in `{}` or above", start.display());
        let diagnostic = Diagnostic::error(codes::NO_MANIFEST, Span::NOWHERE, message)
            .help("run `solc init DIR` to lay out a product, or name a folder that has one");
        return Workspace {
            root: normalized(start),
            repositories: Vec::new(),
            sources: library::sources(),
            diagnostics: vec![diagnostic],
            git: Vec::new(),
            levels: Vec::new(),
        };
    };
    let mut search = Search {
        files,
        root: root.clone(),
        repositories: Vec::new(),
        named: Vec::new(),
        broken: Vec::new(),
        sources: library::sources(),
        diagnostics: Vec::new(),
        locked: Vec::new(),
        git: Vec::new(),
        levels: Vec::new(),
    };
    match search.manifest(&root) {
        Some(Manifest::Workspace { members }) => {
            for member in &members {
                search.member(member);
            }
        }
        Some(Manifest::Repository(repository)) => {
            search.add(root.clone(), &repository, true);
        }
        None => {}
    }
    search.locked = lock(files, &root, &mut search.sources, &mut search.diagnostics);
    match neighbours {
        Neighbours::Seen => search.follow(),
        Neighbours::LeftOut => search.leave_out(),
    }
    search.break_cycles();
    Workspace {
        root,
        repositories: search.repositories,
        sources: search.sources,
        diagnostics: search.diagnostics,
        git: search.git,
        levels: search.levels,
    }
}

struct Search<'f> {
    files: &'f dyn FileSystem,
    root: PathBuf,
    repositories: Vec<Repository>,
    /// What each repository's manifest names, in step with `repositories`.
    named: Vec<RepositoryManifest>,
    /// Folders whose manifest could not be understood, and was reported.
    broken: Vec<PathBuf>,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    /// What the lock records.
    locked: Vec<Locked>,
    git: Vec<GitDependency>,
    levels: Vec<CodeLevel>,
}

impl Search<'_> {
    fn manifest(&mut self, folder: &Path) -> Option<Manifest> {
        let path = folder.join(MANIFEST);
        let name = relative(&path, &self.root);
        let (text, problem) = read_text(self.files, &path, &name);
        let file = self.sources.add(SourceFile::new(&name, &text));
        if let Some(problem) = problem {
            self.diagnostics.push(problem.at(file));
            return None;
        }
        let (node, mistakes) = toml(file, &text);
        self.diagnostics.extend(mistakes);
        // A member's manifest speaks of its own files.
        let below = (folder != self.root).then(|| relative(folder, &self.root));
        self.levels.extend(levels(&node, below.as_deref(), &mut self.diagnostics));
        manifest(&node, &mut self.diagnostics)
    }

    fn member(&mut self, member: &Text) {
        let folder = normalized(&self.root.join(&member.text));
        if self.repositories.iter().any(|repository| repository.folder == folder) {
            let message = format!("`{}` is listed twice", member.text);
            self.diagnostics.push(Diagnostic::error(codes::INVALID_MANIFEST, member.span, message));
        } else if let Some(manifest) = self.repository_at(&folder, member) {
            self.add(folder, &manifest, true);
        }
    }

    /// The manifest of a repository that `named` refers to.
    fn repository_at(&mut self, folder: &Path, named: &Text) -> Option<RepositoryManifest> {
        if self.files.kind(&folder.join(MANIFEST)) != Kind::File {
            let what = match self.files.kind(folder) {
                Kind::Folder => format!("`{}` has no `{MANIFEST}`", named.text),
                Kind::File => format!("`{}` is a file, not a repository", named.text),
                Kind::Missing => format!("there is no folder `{}`", named.text),
            };
            self.diagnostics.push(Diagnostic::error(codes::MISSING_REPOSITORY, named.span, what));
            return None;
        }
        if self.broken.iter().any(|broken| broken == folder) {
            return None;
        }
        match self.manifest(folder) {
            Some(Manifest::Repository(manifest)) => Some(manifest),
            Some(Manifest::Workspace { .. }) => {
                let message = format!("`{}` is a workspace, not a repository", named.text);
                self.diagnostics.push(Diagnostic::error(codes::WRONG_REPOSITORY, named.span, message));
                None
            }
            None => {
                self.broken.push(folder.to_path_buf());
                None
            }
        }
    }

    fn add(&mut self, folder: PathBuf, manifest: &RepositoryManifest, member: bool) -> RepositoryId {
        let name = relative(&folder, &self.root);
        self.repositories.push(Repository {
            name: if name.is_empty() { ".".to_owned() } else { name },
            folder,
            level: manifest.level,
            class: manifest.class,
            member,
            accounts: None,
            development: None,
            infrastructure: None,
            dependencies: Vec::new(),
            left_out: Vec::new(),
            span: manifest.span,
        });
        self.named.push(manifest.clone());
        RepositoryId(self.repositories.len() - 1)
    }

    /// Resolves what the manifests name; what is found that way is followed in turn.
    fn follow(&mut self) {
        let mut next = 0;
        while let Some(named) = self.named.get(next).cloned() {
            let accounts = named.accounts.and_then(|text| self.refer(next, &text, Level::Account, None));
            let development = named.development.and_then(|text| {
                let found = self.refer(next, &text, Level::Product, Some(Class::Development))?;
                self.unpinned(&text);
                Some(found)
            });
            let infrastructure = self.infrastructure(next, named.infrastructure.as_ref(), named.span);
            if let Some(repository) = self.repositories.get_mut(next) {
                repository.accounts = accounts;
                repository.development = development;
                repository.infrastructure = infrastructure;
            }
            for dependency in &named.dependencies {
                let found = self.depend(next, dependency);
                if let (Some(id), Some(repository)) = (found, self.repositories.get_mut(next)) {
                    repository.dependencies.push((dependency.name.clone(), id));
                }
            }
            next += 1;
        }
    }

    fn refer(
        &mut self,
        from: usize,
        named: &Text,
        level: Level,
        class: Option<Class>,
    ) -> Option<RepositoryId> {
        let folder = normalized(&self.repositories.get(from)?.folder.join(&named.text));
        let known = self.repositories.iter().position(|repository| repository.folder == folder);
        let id = match known {
            Some(index) => RepositoryId(index),
            None => {
                let manifest = self.repository_at(&folder, named)?;
                self.add(folder, &manifest, false)
            }
        };
        let found = self.repositories.get(id.0)?;
        if found.level == level && class.is_none_or(|class| found.class == class) {
            return Some(id);
        }
        let is = describe(found.level, Some(found.class));
        let needed = describe(level, class);
        let message = format!("`{}` is {is}, and {needed} is needed here", named.text);
        let diagnostic = Diagnostic::error(codes::WRONG_REPOSITORY, named.span, message)
            .because(found.span, "it says so here");
        self.diagnostics.push(diagnostic);
        None
    }

    /// Notes the names of what is not looked at.
    fn leave_out(&mut self) {
        for (repository, named) in self.repositories.iter_mut().zip(&self.named) {
            repository.left_out = named.dependencies.iter().map(|d| d.name.clone()).collect();
        }
    }

    /// The library that a dependency names.
    fn depend(&mut self, from: usize, dependency: &Dependency) -> Option<RepositoryId> {
        let (url, rev) = match &dependency.origin {
            Origin::Path(text) => {
                if self.leads_out(from, text) {
                    let message = format!("`{}` leads out of the repository that was fetched", text.text);
                    let diagnostic = Diagnostic::error(codes::MISSING_REPOSITORY, text.span, message)
                        .help("name it by `git` and `rev`");
                    self.diagnostics.push(diagnostic);
                    return None;
                }
                return self.refer(from, text, Level::Library, None);
            }
            Origin::Git { url, rev } => (url, rev),
        };
        let git = self.git(url, rev);
        if !git.fetched {
            let is_there = self.files.kind(&git.folder) == Kind::Folder;
            self.diagnostics.push(missing(&git, dependency.span, is_there));
            return None;
        }
        let text =
            Text { text: relative(&git.folder, &self.repositories.get(from)?.folder), span: dependency.span };
        self.refer(from, &text, Level::Library, None)
    }

    /// A dependency from git, verified once.
    fn git(&mut self, url: &str, rev: &str) -> GitDependency {
        if let Some(known) = self.git.iter().find(|git| git.url == url && git.rev == rev) {
            return known.clone();
        }
        let locked = self.locked.iter().find(|entry| entry.url == url && entry.rev == rev).cloned();
        let folder = folder(&self.root, url, rev);
        let is_there = self.files.kind(&folder) == Kind::Folder;
        let fetched = is_there
            && locked.as_ref().is_some_and(|l| tree_digest(self.files, &folder).as_ref() == Some(&l.digest));
        let git = GitDependency { url: url.to_owned(), rev: rev.to_owned(), folder, locked, fetched };
        self.git.push(git.clone());
        git
    }

    /// Whether a folder that a fetched repository names lies outside of it: it would mean another one to each who fetches.
    fn leads_out(&self, from: usize, named: &Text) -> bool {
        let fetched = self.root.join(FETCHED);
        let Some(repository) = self.repositories.get(from) else { return false };
        let Ok(below) = repository.folder.strip_prefix(&fetched) else { return false };
        let checkout = below.iter().next().map_or_else(|| fetched.clone(), |first| fetched.join(first));
        !normalized(&repository.folder.join(&named.text)).starts_with(checkout)
    }

    /// Reports each circle of libraries, with its chain, and breaks it.
    fn break_cycles(&mut self) {
        for start in 0..self.repositories.len() {
            while let Some(path) = self.path_back(start) {
                let Some((last, name)) = path.last().cloned() else { break };
                let shown =
                    |id: usize| self.repositories.get(id).map_or_else(String::new, |r| r.name.clone());
                let chain: Vec<String> =
                    path.iter().map(|(id, _)| shown(*id)).chain([shown(start)]).collect();
                let at = self
                    .named
                    .get(last)
                    .and_then(|named| named.dependencies.iter().find(|d| d.name == name))
                    .map_or(Span::NOWHERE, |dependency| dependency.span);
                self.diagnostics.push(cycle(at, &chain));
                if let Some(repository) = self.repositories.get_mut(last) {
                    repository.dependencies.retain(|(other, _)| *other != name);
                }
            }
        }
    }

    /// A way from a repository back to it: each step with the name of the dependency that leads on.
    fn path_back(&self, start: usize) -> Option<Vec<(usize, Name)>> {
        let mut seen = vec![start];
        let mut ways: Vec<Vec<(usize, Name)>> = vec![Vec::new()];
        let mut at = 0;
        while let (Some(here), Some(way)) = (seen.get(at).copied(), ways.get(at).cloned()) {
            for (name, to) in
                self.repositories.get(here).map(|r| r.dependencies.as_slice()).unwrap_or_default()
            {
                let mut longer = way.clone();
                longer.push((here, name.clone()));
                if to.0 == start {
                    return Some(longer);
                }
                if !seen.contains(&to.0) {
                    seen.push(to.0);
                    ways.push(longer);
                }
            }
            at += 1;
        }
        None
    }

    fn unpinned(&mut self, named: &Text) {
        let message = "production takes product and solutions from a folder, not from a promoted revision";
        self.diagnostics.push(
            Diagnostic::warning(codes::UNPINNED, named.span, message)
                .label("whatever stands here runs in production")
                .note("`promoted.lock` pins the revision that was accepted; there is none yet"),
        );
    }

    fn infrastructure(&mut self, from: usize, named: Option<&Text>, at: Span) -> Option<Folder> {
        let repository = self.repositories.get(from)?;
        let (level, name) = (repository.level, repository.name.clone());
        let Some(named) = named else {
            // An account has credentials only where it has solutions; a product always may.
            if level == Level::Product {
                let message = format!("`{name}` names no infrastructure repository");
                self.diagnostics
                    .push(unchecked(at, message).help("write `infrastructure = \"…\"` in `[paths]`"));
            }
            return None;
        };
        let path = normalized(&repository.folder.join(&named.text));
        if self.files.kind(&path) == Kind::Folder {
            return Some(Folder { name: relative(&path, &self.root), path });
        }
        let message = format!("the infrastructure repository `{}` is not there", named.text);
        self.diagnostics.push(unchecked(named.span, message));
        None
    }
}

fn unchecked(at: Span, message: String) -> Diagnostic {
    Diagnostic::warning(codes::INFRASTRUCTURE_MISSING, at, message)
        .note("credentials and images are not checked without it")
}

fn describe(level: Level, class: Option<Class>) -> &'static str {
    match (level, class) {
        (Level::Account, _) => "a repository of accounts",
        (Level::Library, _) => "a library",
        (Level::Product, Some(Class::Development)) => "a product's development repository",
        (Level::Product, Some(Class::Production)) => "a product's production repository",
        (Level::Product, None) => "a product's repository",
    }
}
