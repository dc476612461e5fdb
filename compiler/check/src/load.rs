//! Which files take part: all of the project, and of the library those that somebody names.
//!
//! Invariant: a library file that nobody needs is never parsed.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, FileId, Name};
use solc_syntax::ast;
use std::sync::Arc;

/// A parsed file of the project.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    /// Its tree.
    pub ast: Arc<ast::File>,
    /// Folders and stem below its repository: `components/cart.sol` is `[components, cart]`, in a library behind the
    /// library's prefix.
    pub module: Vec<Name>,
    /// What it belongs to.
    pub package: Arc<Package>,
}

/// What belongs together: the product's own repositories, or a library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// What its modules' names begin with: nothing for the product, and for a library what no module can be called.
    pub prefix: Vec<Name>,
    /// Whether it is a library of the project's: it may be used, and says nothing of environments.
    pub library: bool,
    /// The libraries that its files may use, by the names that it gives them, with their prefixes.
    pub dependencies: Vec<(Name, Vec<Name>)>,
    /// Names of libraries that were left out: what is imported from them is not known.
    pub left_out: Vec<Name>,
}

/// A file of the standard library, not parsed yet.
#[derive(Clone, Debug)]
pub struct LibraryFile {
    /// Its id among the sources.
    pub file: FileId,
    /// `[std, data, bucket]`
    pub module: Vec<Name>,
    /// Its text.
    pub text: Arc<str>,
    /// Its tree as `solc_syntax::encode` wrote it for this very `file`; parsed where there is none.
    pub encoded: Option<&'static [u8]>,
}

impl LibraryFile {
    fn parse(&self) -> (ast::File, Vec<Diagnostic>) {
        match self.encoded.and_then(solc_syntax::decode) {
            Some(tree) if tree.file == self.file => (tree, Vec::new()),
            Some(_) | None => solc_syntax::parse(self.file, &self.text),
        }
    }
}

/// What is checked.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// All files of the project.
    pub project: Vec<ProjectFile>,
    /// The standard library.
    pub library: Vec<LibraryFile>,
    /// Check the whole library, even what nobody uses.
    pub whole_library: bool,
    /// Environments of the workspace that this project does not hold: a test may be about them all the same.
    pub elsewhere: Vec<Name>,
    /// Whether accounts, environments and teams may be declared by repositories that were left out.
    pub alone: bool,
}

/// A file that takes part.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) ast: Arc<ast::File>,
    pub(crate) module: Vec<Name>,
    pub(crate) library: bool,
    pub(crate) package: Arc<Package>,
}

impl Unit {
    /// Whether `use path.…` looks into this file.
    pub(crate) fn answers(&self, path: &[Name]) -> bool {
        answers(&self.module, path)
    }
}

fn answers(module: &[Name], path: &[Name]) -> bool {
    module == path || module.split_last().is_some_and(|(_, folder)| folder == path)
}

/// What the library offers, loaded or not: for suggestions.
#[derive(Debug, Default)]
pub(crate) struct Catalogue(Vec<(Vec<Name>, Vec<Name>)>);

impl Catalogue {
    /// The public names of the module `path`.
    pub(crate) fn names(&self, path: &[Name]) -> impl Iterator<Item = &Name> {
        self.0.iter().filter(move |(module, _)| answers(module, path)).flat_map(|(_, names)| names)
    }

    /// The folder in which a name is declared.
    pub(crate) fn folder_of(&self, name: &str) -> Option<String> {
        let (module, _) = self.0.iter().find(|(_, names)| names.iter().any(|n| n == name))?;
        module.split_last().map(|(_, folder)| folder.join("."))
    }
}

/// A library file's index entry.
struct Entry<'a> {
    file: &'a LibraryFile,
    /// What it declares, and whether that is private.
    names: Vec<(Name, bool)>,
    taken: bool,
}

pub(crate) fn load(files: &Files, diagnostics: &mut Vec<Diagnostic>) -> (Vec<Unit>, Catalogue) {
    let mut library: Vec<Entry<'_>> = files
        .library
        .iter()
        .map(|file| {
            let names = solc_syntax::declared_names(&file.text);
            Entry { file, names, taken: false }
        })
        .collect();
    let public =
        |e: &Entry<'_>| e.names.iter().filter(|(_, private)| !private).map(|(n, _)| n.clone()).collect();
    let catalogue = Catalogue(library.iter().map(|e| (e.file.module.clone(), public(e))).collect());
    let mut by_folder: FxHashMap<Vec<Name>, Vec<usize>> = FxHashMap::default();
    for (index, entry) in library.iter().enumerate() {
        if let Some((_, folder)) = entry.file.module.split_last() {
            by_folder.entry(folder.to_vec()).or_default().push(index);
        }
        by_folder.entry(entry.file.module.clone()).or_default().push(index);
    }
    let mut units: Vec<Unit> = files
        .project
        .iter()
        .map(|f| Unit {
            ast: Arc::clone(&f.ast),
            module: f.module.clone(),
            library: false,
            package: Arc::clone(&f.package),
        })
        .collect();
    let std = |module: &str| vec![Name::new_static("std"), Name::new(module)];
    let mut wanted: Vec<usize> = Vec::new();
    let want_all =
        |path: &[Name], wanted: &mut Vec<usize>| wanted.extend(by_folder.get(path).into_iter().flatten());
    want_all(&std("cmdb"), &mut wanted);
    if files.whole_library {
        wanted.extend(0..library.len());
    }
    // A declaration that could not be read may be the solution.
    let needs_platform = |item: &ast::Item| {
        matches!(
            item.kind,
            ast::ItemKind::Solution(_)
                | ast::ItemKind::Component(_)
                | ast::ItemKind::Use(_)
                | ast::ItemKind::Error
        )
    };
    if files.project.iter().any(|f| f.ast.items.iter().any(needs_platform)) {
        want_all(&std("platform"), &mut wanted);
        wanted.extend(named(&by_folder, &library, &std("network"), "Internet"));
    }
    let mut next = 0;
    loop {
        for unit in units.get(next..).unwrap_or_default() {
            for item in &unit.ast.items {
                if let ast::ItemKind::Use(decl) = &item.kind {
                    let path: Vec<Name> = decl.path.iter().map(|i| i.name.clone()).collect();
                    for name in &decl.names {
                        wanted.extend(named(&by_folder, &library, &path, &name.name.name));
                    }
                }
            }
        }
        next = units.len();
        wanted.sort_unstable();
        wanted.dedup();
        let mut fresh: Vec<&LibraryFile> = Vec::new();
        for index in wanted.drain(..) {
            if let Some(entry) = library.get_mut(index)
                && !std::mem::replace(&mut entry.taken, true)
            {
                fresh.push(entry.file);
            }
        }
        if fresh.is_empty() {
            return (units, catalogue);
        }
        let parsed: Vec<_> = fresh.par_iter().map(|f| f.parse()).collect();
        for (file, (ast, found)) in fresh.iter().zip(parsed) {
            diagnostics.extend(found);
            units.push(Unit {
                ast: Arc::new(ast),
                module: file.module.clone(),
                library: true,
                package: Arc::default(),
            });
        }
    }
}

/// The library files that declare `name` in the module `path`.
fn named(
    by_folder: &FxHashMap<Vec<Name>, Vec<usize>>,
    library: &[Entry<'_>],
    path: &[Name],
    name: &str,
) -> Vec<usize> {
    by_folder
        .get(path)
        .into_iter()
        .flatten()
        .copied()
        .filter(|index| library.get(*index).is_some_and(|e| e.names.iter().any(|(n, _)| n == name)))
        .collect()
}
