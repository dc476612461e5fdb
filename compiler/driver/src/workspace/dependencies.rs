//! `[dependencies]` of a manifest, and `solc.lock`, which says what was fetched for those from git.
//!
//! ```toml
//! [dependencies]
//! common = { path = "../common-config" }
//! shared = { git = "https://git.example/shared.git", rev = "v3" }
//! ```
//!
//! Invariant: nothing is fetched here. What a lock records is a revision and the digest of its files; a dependency whose
//! files are others is not compiled.

use super::MANIFEST;
use super::manifest::Text;
use crate::codes;
use crate::data::toml;
use crate::file_system::{FileSystem, Kind};
use crate::load::text::read_text;
use sha2::{Digest, Sha256};
use solc_source::data::{Entry, Node, Value};
use solc_source::suggest::nearest;
use solc_source::{Diagnostic, Name, SourceFile, Sources, Span};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The lock's file name; it lies beside the manifest of the workspace.
pub const LOCK: &str = "solc.lock";
/// Where fetched repositories lie, below the workspace.
pub const FETCHED: &str = ".solc/git";

/// A library that a repository uses.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub(super) name: Name,
    pub(super) span: Span,
    pub(super) origin: Origin,
}

/// Where it comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    Path(Text),
    Git { url: String, rev: String },
}

/// A dependency from git, and what there is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitDependency {
    /// Its address.
    pub url: String,
    /// The revision as the manifest names it.
    pub rev: String,
    /// Where its files belong.
    pub folder: PathBuf,
    /// What the lock says.
    pub locked: Option<Locked>,
    /// Whether the files are there and the recorded ones.
    pub fetched: bool,
}

/// An entry of the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The address.
    pub url: String,
    /// The revision as the manifest names it.
    pub rev: String,
    /// The commit that it was.
    pub revision: String,
    /// `sha256:` and the digest of the files.
    pub digest: String,
}

/// Reads `[dependencies]`.
pub(super) fn dependencies(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Dependency> {
    let entries = root.get("dependencies").map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| dependency(entry, diagnostics)).collect()
}

fn dependency(entry: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Option<Dependency> {
    let name = entry.key.as_str();
    let mut invalid = |span: Span, message: String, help: String| {
        diagnostics.push(Diagnostic::error(codes::INVALID_MANIFEST, span, message).help(help));
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name || name == "std" {
        let message = format!("`{name}` cannot be a dependency's name");
        invalid(
            entry.key_span,
            message,
            "give it a `snake_case` name that `use` can take, but not `std`".to_owned(),
        );
        return None;
    }
    const KEYS: [&str; 3] = ["path", "git", "rev"];
    for other in entry.node.entries().iter().filter(|e| !KEYS.contains(&e.key.as_str())) {
        diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_MANIFEST_KEY,
                other.key_span,
                format!("a dependency has no `{}`", other.key),
            )
            .note("it may have `path`, or `git` and `rev`")
            .suggest(other.key_span, nearest(&other.key, KEYS)),
        );
    }
    let text = |key: &str| {
        let node = entry.node.get(key)?;
        node.as_str()
            .filter(|text| !text.is_empty())
            .map(|text| Text { text: text.to_owned(), span: node.span })
    };
    let origin = match (text("path"), text("git"), text("rev")) {
        (Some(path), None, None) => Origin::Path(path),
        (None, Some(url), Some(rev)) => Origin::Git { url: url.text, rev: rev.text },
        (None, Some(_), None) => {
            let message = format!("`{name}` does not say which revision");
            let help = "add `rev = \"…\"`: a tag or a commit, so that nothing changes by itself";
            diagnostics.push(Diagnostic::error(codes::INVALID_MANIFEST, entry.node.span, message).help(help));
            return None;
        }
        (Some(_) | None, _, _) => {
            let message = format!("`{name}` is neither a folder nor a revision of a repository");
            let help =
                format!("write `{name} = {{ path = \"…\" }}` or `{name} = {{ git = \"…\", rev = \"…\" }}`");
            diagnostics.push(Diagnostic::error(codes::INVALID_MANIFEST, entry.node.span, message).help(help));
            return None;
        }
    };
    Some(Dependency { name: entry.key.clone(), span: entry.key_span, origin })
}

/// The lock of a workspace; empty where there is none.
pub(super) fn lock(
    files: &dyn FileSystem,
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Locked> {
    let path = root.join(LOCK);
    if files.kind(&path) != Kind::File {
        return Vec::new();
    }
    let (text, problem) = read_text(files, &path, LOCK);
    let file = sources.add(SourceFile::new(LOCK, &text));
    if let Some(problem) = problem {
        diagnostics.push(problem.at(file));
        return Vec::new();
    }
    let (node, mistakes) = toml(file, &text);
    diagnostics.extend(mistakes);
    let Some(Node { value: Value::List(items), .. }) = node.get("dependency") else { return Vec::new() };
    let entry = |item: &Node| {
        let text = |key: &str| item.get(key).and_then(Node::as_str).map(str::to_owned);
        let entry = Locked {
            url: text("git")?,
            rev: text("rev")?,
            revision: text("revision")?,
            digest: text("digest")?,
        };
        let is_commit = entry.revision.len() >= 40 && entry.revision.bytes().all(|b| b.is_ascii_hexdigit());
        is_commit.then_some(entry)
    };
    let mut locked = Vec::new();
    for item in items {
        match entry(item) {
            Some(entry) => locked.push(entry),
            None => diagnostics.push(
                Diagnostic::error(codes::INVALID_MANIFEST, item.span, "this entry of the lock is incomplete")
                    .help("run `solc fetch`, which writes it anew"),
            ),
        }
    }
    locked
}

/// The text of a lock with these entries.
#[must_use]
pub fn lock_text(entries: &[Locked]) -> String {
    let mut text = "# Written by `solc fetch`. Commit it.\n".to_owned();
    for entry in entries {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let _ = write!(
            text,
            "\n[[dependency]]\ngit = {}\nrev = {}\nrevision = {}\ndigest = {}\n",
            quoted(&entry.url),
            quoted(&entry.rev),
            quoted(&entry.revision),
            quoted(&entry.digest)
        );
    }
    text
}

/// Where the files of a revision belong: a readable name, and a digest that keeps two of that name apart.
pub(super) fn folder(root: &Path, url: &str, rev: &str) -> PathBuf {
    let last = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let name: String = last
        .trim_end_matches(".git")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
        .take(40)
        .collect();
    let mut hash = Sha256::new();
    hash.update(url.as_bytes());
    hash.update([0]);
    hash.update(rev.as_bytes());
    root.join(FETCHED).join(format!("{name}-{}", hex(&hash.finalize()[..], 6)))
}

fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of a folder's files: their paths and contents, in the order of the paths. `None` where one cannot be read.
#[must_use]
pub fn tree_digest(files: &dyn FileSystem, folder: &Path) -> Option<String> {
    let listed = files.list(folder).ok()?;
    let name = |path: &PathBuf| path.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join("/");
    let mut listed: Vec<(String, PathBuf)> = listed.into_iter().map(|path| (name(&path), path)).collect();
    listed.sort();
    let mut hash = Sha256::new();
    for (name, path) in listed {
        let content = files.read(&folder.join(path)).ok()?;
        // Lengths keep a name and what follows it apart.
        for part in [name.as_bytes(), content.as_slice()] {
            hash.update(u64::try_from(part.len()).ok()?.to_le_bytes());
            hash.update(part);
        }
    }
    Some(format!("sha256:{}", hex(&hash.finalize()[..], 32)))
}

/// What stands in the way of a dependency from git.
pub(super) fn missing(dependency: &GitDependency, at: Span, is_there: bool) -> Diagnostic {
    let GitDependency { url, rev, locked, .. } = dependency;
    let shown = format!("`{rev}` of `{url}`");
    match (locked, is_there) {
        (Some(locked), true) => Diagnostic::error(
            codes::CHANGED_DEPENDENCY,
            at,
            format!("the files of {shown} are not those that `{LOCK}` records"),
        )
        .note(format!("it records {} of the commit {}", locked.digest, locked.revision))
        .help("run `solc fetch`, which gets the recorded ones again"),
        (Some(_), false) => {
            Diagnostic::error(codes::UNFETCHED_DEPENDENCY, at, format!("{shown} was not fetched"))
                .label("its files are not there")
                .help("run `solc fetch`")
        }
        (None, _) => {
            Diagnostic::error(codes::UNFETCHED_DEPENDENCY, at, format!("`{LOCK}` does not record {shown}"))
                .label("not fetched yet")
                .help(format!("run `solc fetch`, and commit `{LOCK}`"))
        }
    }
}

/// Says that libraries depend on each other.
pub(super) fn cycle(at: Span, chain: &[String]) -> Diagnostic {
    let first = chain.first().map_or("", String::as_str);
    Diagnostic::error(codes::DEPENDENCY_CYCLE, at, format!("the repository `{first}` depends on itself"))
        .label("leads back")
        .note(format!(
            "the chain: {}",
            chain.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" → ")
        ))
        .help(format!("move what both need into a third repository, and name that in each `{MANIFEST}`"))
}
