//! From a path to a workspace: the nearest manifest upwards, its members, and the repositories that they name.

use super::manifest::{Manifest, RepositoryManifest, Text, manifest};
use super::{Class, Folder, Level, MANIFEST, Repository, RepositoryId, Workspace};
use crate::codes;
use crate::data::toml;
use crate::file_system::{FileSystem, Kind, normalized, relative};
use crate::library;
use crate::load::text::read_text;
use solc_source::{Diagnostic, SourceFile, Sources, Span};
use std::path::{Path, PathBuf};

/// The folder of the nearest manifest, from `start` upwards.
#[must_use]
pub fn nearest_manifest(files: &dyn FileSystem, start: &Path) -> Option<PathBuf> {
    let start = normalized(start);
    start.ancestors().find(|folder| files.kind(&folder.join(MANIFEST)) == Kind::File).map(Path::to_path_buf)
}

/// The workspace of the nearest manifest from `start` upwards.
#[must_use]
pub fn discover(files: &dyn FileSystem, start: &Path) -> Workspace {
    let Some(root) = nearest_manifest(files, start) else {
        let message = format!("no `{MANIFEST}` in `{}` or above", start.display());
        let diagnostic = Diagnostic::error(codes::NO_MANIFEST, Span::NOWHERE, message)
            .help("run `solc init DIR` to lay out a product, or name a folder that has one");
        return Workspace {
            root: normalized(start),
            repositories: Vec::new(),
            sources: library::sources(),
            diagnostics: vec![diagnostic],
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
    search.follow();
    Workspace {
        root,
        repositories: search.repositories,
        sources: search.sources,
        diagnostics: search.diagnostics,
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
        (Level::Product, Some(Class::Development)) => "a product's development repository",
        (Level::Product, Some(Class::Production)) => "a product's production repository",
        (Level::Product, None) => "a product's repository",
    }
}
