//! What a `solc.toml` says.
//!
//! Invariant: nothing in it is ignored: a table, key or value without a meaning is an error with a suggestion.
//!
//! ```toml
//! [repository]
//! level = "product"                        # or "account", or "library"
//! class = "development"                    # or "production"
//!
//! [paths]
//! accounts = "../accounts-config"
//! infrastructure = "../shop-infrastructure"
//!
//! [dependencies]                           # read in `dependencies`
//! [diagnostics]                            # read in `levels`
//! ```

use super::dependencies::{Dependency, dependencies};
use crate::codes;
use solc_source::data::{Entry, Node, Value};
use solc_source::suggest::nearest;
use solc_source::{Diagnostic, Span};

/// The manifest's file name.
pub const MANIFEST: &str = "solc.toml";

/// What a config repository describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Accounts, regions, registries, teams.
    Account,
    /// A product, its environments and solutions.
    Product,
    /// Components, types and functions that others use.
    Library,
}

/// Which environments a product's config repository holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Those before production, with product and solutions.
    Development,
    /// Production ones; product and solutions come from the development repository.
    Production,
}

impl Level {
    /// The word in the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Product => "product",
            Self::Library => "library",
        }
    }
}

impl Class {
    /// The word in the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}

/// A text in a manifest, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) span: Span,
}

/// What a manifest describes.
#[derive(Clone, Debug)]
pub(super) enum Manifest {
    /// `[workspace]`
    Workspace { members: Vec<Text> },
    /// `[repository]`
    Repository(RepositoryManifest),
}

/// The manifest of a config repository.
#[derive(Clone, Debug)]
pub(super) struct RepositoryManifest {
    pub(super) level: Level,
    pub(super) class: Class,
    pub(super) span: Span,
    pub(super) accounts: Option<Text>,
    pub(super) infrastructure: Option<Text>,
    pub(super) development: Option<Text>,
    pub(super) dependencies: Vec<Dependency>,
}

/// Reads a manifest; `None` where it does not say what it describes.
pub(super) fn manifest(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Manifest> {
    let mut reader = Reader { diagnostics };
    reader.only(root, "the manifest", &["workspace", "repository", "paths", "dependencies", "diagnostics"]);
    for (key, what) in [("dependencies", "`[dependencies]`"), ("diagnostics", "`[diagnostics]`")] {
        if let Some(node) = root.get(key)
            && !matches!(node.value, Value::Table(_) | Value::Null)
        {
            reader.invalid(node.span, &format!("{what} is a table, not {}", node.value.kind()));
        }
    }
    match (root.get("workspace"), root.get("repository")) {
        (Some(_), Some(repository)) => {
            reader.invalid(repository.span, "a manifest is a workspace's or a repository's, not both");
            None
        }
        (Some(workspace), None) => Some(reader.workspace(root, workspace)),
        (None, Some(repository)) => reader.repository(root, repository).map(Manifest::Repository),
        (None, None) => {
            let message = "the manifest has neither `[workspace]` nor `[repository]`";
            let help = "write `[repository]` with `level = \"product\"`, `level = \"account\"` or `level = \"library\"`";
            let start = Diagnostic::error(codes::INVALID_MANIFEST, root.span.start(), message).help(help);
            reader.diagnostics.push(start);
            None
        }
    }
}

struct Reader<'d> {
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn workspace(&mut self, root: &Node, workspace: &Node) -> Manifest {
        self.only(workspace, "`[workspace]`", &["members"]);
        if let Some(entry) = root.entries().iter().find(|entry| entry.key == "paths") {
            self.invalid(entry.key_span, "`[paths]` belongs into the manifest of a repository");
        }
        if let Some(entry) = root.entries().iter().find(|entry| entry.key == "dependencies") {
            self.invalid(entry.key_span, "`[dependencies]` belongs into the manifest of a repository");
        }
        let members = match workspace.get("members") {
            Some(Node { value: Value::List(items), .. }) => {
                items.iter().filter_map(|item| self.text(item, "a member")).collect()
            }
            Some(other) => {
                self.invalid(
                    other.span,
                    &format!("`members` is a list of folders, not {}", other.value.kind()),
                );
                Vec::new()
            }
            None => {
                self.invalid(workspace.span.start(), "`[workspace]` needs `members`");
                Vec::new()
            }
        };
        Manifest::Workspace { members }
    }

    fn repository(&mut self, root: &Node, repository: &Node) -> Option<RepositoryManifest> {
        self.only(repository, "`[repository]`", &["level", "class"]);
        let words = [Level::Account, Level::Product, Level::Library].map(|level| (level.word(), level));
        let Some(level_node) = repository.get("level") else {
            self.invalid(
                repository.span,
                "`[repository]` needs `level`, which is \"account\", \"product\" or \"library\"",
            );
            return None;
        };
        let level = self.choice(level_node, "level", &words)?;
        let class = self.class(repository, level);
        let paths = root.get("paths");
        let allowed: &[&str] = match (level, class) {
            (Level::Account, _) => &["infrastructure"],
            (Level::Library, _) => &[],
            (Level::Product, Class::Development) => &["accounts", "infrastructure"],
            (Level::Product, Class::Production) => &["accounts", "infrastructure", "development"],
        };
        if let Some(paths) = paths {
            self.only(paths, "`[paths]` of this repository", allowed);
        }
        let mut path = |key: &str| {
            let node = paths.and_then(|paths| paths.get(key)).filter(|_| allowed.contains(&key))?;
            self.text(node, &format!("`{key}`"))
        };
        let manifest = RepositoryManifest {
            level,
            class,
            span: level_node.span,
            accounts: path("accounts"),
            infrastructure: path("infrastructure"),
            development: path("development"),
            dependencies: dependencies(root, self.diagnostics),
        };
        if level == Level::Product && paths.is_none_or(|paths| paths.get("accounts").is_none()) {
            self.missing_path(level_node.span, "a product", "accounts", "../accounts-config");
        }
        if class == Class::Production && paths.is_none_or(|paths| paths.get("development").is_none()) {
            self.missing_path(level_node.span, "a production repository", "development", "../shop-config");
        }
        Some(manifest)
    }

    fn class(&mut self, repository: &Node, level: Level) -> Class {
        let entry = repository.entries().iter().find(|entry| entry.key == "class");
        match (level, entry) {
            (Level::Account, Some(entry)) => {
                self.invalid(entry.key_span, "a repository of accounts has no `class`");
                Class::Development
            }
            (Level::Library, Some(entry)) => {
                self.invalid(entry.key_span, "a library has no `class`");
                Class::Development
            }
            (Level::Account | Level::Library, None) => Class::Development,
            (Level::Product, Some(entry)) => {
                let words = [Class::Development, Class::Production].map(|class| (class.word(), class));
                // The level alone is enough to go on with.
                self.choice(&entry.node, "class", &words).unwrap_or(Class::Development)
            }
            (Level::Product, None) => {
                let message =
                    "a product's repository needs `class`, which is \"development\" or \"production\"";
                self.invalid(repository.span, message);
                Class::Development
            }
        }
    }

    fn choice<T: Copy>(&mut self, node: &Node, key: &str, words: &[(&str, T)]) -> Option<T> {
        let names = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
        let Some(text) = node.as_str() else {
            self.invalid(node.span, &format!("`{key}` is {names}, not {}", node.value.kind()));
            return None;
        };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let message = format!("`{key}` is {names}, not \"{text}\"");
            let candidate =
                nearest(text, words.iter().map(|(word, _)| *word)).map(|word| format!("\"{word}\""));
            self.diagnostics.push(
                Diagnostic::error(codes::INVALID_MANIFEST, node.span, message)
                    .suggest(node.span, candidate.as_deref()),
            );
        }
        found
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<Text> {
        match node.as_str() {
            Some("") => {
                self.invalid(node.span, &format!("{what} is a folder, not an empty text"));
                None
            }
            Some(text) => Some(Text { text: text.to_owned(), span: node.span }),
            None => {
                self.invalid(node.span, &format!("{what} is a folder's name, not {}", node.value.kind()));
                None
            }
        }
    }

    /// Reports every entry of a table that is not one of `keys`.
    fn only(&mut self, table: &Node, what: &str, keys: &[&str]) {
        if !matches!(table.value, Value::Table(_)) {
            self.invalid(table.span, &format!("{what} is a table, not {}", table.value.kind()));
        }
        for Entry { key, key_span, .. } in table.entries() {
            if keys.contains(&key.as_str()) {
                continue;
            }
            let known = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            self.diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_MANIFEST_KEY, *key_span, format!("{what} has no `{key}`"))
                    .note(format!("it may have {known}"))
                    .suggest(*key_span, nearest(key, keys.iter().copied())),
            );
        }
    }

    fn missing_path(&mut self, at: Span, who: &str, key: &str, example: &str) {
        self.diagnostics.push(
            Diagnostic::error(codes::INVALID_MANIFEST, at, format!("{who} needs `{key}` in `[paths]`"))
                .help(format!("write `{key} = \"{example}\"`")),
        );
    }

    fn invalid(&mut self, at: Span, message: &str) {
        self.diagnostics.push(Diagnostic::error(codes::INVALID_MANIFEST, at, message));
    }
}
