//! Which name stands on which page, and what a name means where it is written.
//!
//! Invariant: a name leads somewhere only where the checker would find the same declaration: in its own file, by
//! `use`, or in `std.cmdb`. What is private has no place, and nothing leads to it.

use crate::subject::{File, Subject};
use solc_source::{FileId, Name};
use solc_syntax::ast;
use std::collections::BTreeMap;

/// The page of a module's folder, and the place on it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    page: String,
    anchor: Name,
}

/// The names that each file knows.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    subject: &'a Subject,
    /// Of each file: its public names.
    public: BTreeMap<FileId, Vec<Name>>,
    /// The page that is being written, so that a link on it need not name it.
    here: String,
}

impl<'a> Names<'a> {
    pub(crate) fn new(subject: &'a Subject) -> Self {
        let public = subject.files.iter().map(|file| (file.ast.file, public(file))).collect();
        Self { subject, public, here: String::new() }
    }

    /// The same, for links that stand on `page`.
    pub(crate) fn on(&self, page: &str) -> Names<'a> {
        Self { subject: self.subject, public: self.public.clone(), here: page.to_owned() }
    }

    /// Where a name that stands in `file` leads.
    pub(crate) fn link(&self, file: FileId, name: &str) -> Option<String> {
        // Only what begins with a capital has a place; the rest are values.
        name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(())?;
        let place = self.place(file, name)?;
        Some(if place.page == self.here {
            format!("#{}", place.anchor)
        } else {
            format!("{}.md#{}", place.page, place.anchor)
        })
    }

    fn place(&self, file: FileId, name: &str) -> Option<Place> {
        let here = self.subject.file(file)?;
        let declared =
            |f: &File| self.public.get(&f.ast.file).is_some_and(|all| all.iter().any(|n| n == name));
        let at = |f: &File| Place { page: page(f), anchor: Name::new(name) };
        if declared(here) {
            return self.shown(here).then(|| at(here));
        }
        if hides(here, name) {
            return None;
        }
        for item in &here.ast.items {
            let ast::ItemKind::Use(decl) = &item.kind else { continue };
            let path: Vec<Name> = decl.path.iter().map(|i| i.name.clone()).collect();
            for used in &decl.names {
                let known_as = used.alias.as_ref().unwrap_or(&used.name);
                if known_as.name == name {
                    return self.imported(&path, &used.name.name);
                }
            }
        }
        self.imported(&[Name::new_static("std"), Name::new_static("cmdb")], name)
    }

    fn imported(&self, path: &[Name], name: &str) -> Option<Place> {
        let answers =
            |f: &&File| f.module == path || f.module.split_last().is_some_and(|(_, folder)| folder == path);
        let declares =
            |f: &&File| self.public.get(&f.ast.file).is_some_and(|all| all.iter().any(|n| n == name));
        let found = self.subject.files.iter().filter(answers).find(declares)?;
        self.shown(found).then(|| Place { page: page(found), anchor: Name::new(name) })
    }

    fn shown(&self, file: &File) -> bool {
        self.subject.shows(file)
    }
}

/// Whether a private declaration of the file takes the name.
fn hides(file: &File, name: &str) -> bool {
    file.ast.items.iter().any(|item| declared(&item.kind).is_some_and(|ident| ident.name == name))
}

fn public(file: &File) -> Vec<Name> {
    let items = file.ast.items.iter().filter(|item| item.private.is_none());
    items.filter_map(|item| declared(&item.kind)).map(|ident| ident.name.clone()).collect()
}

/// The name of a declaration that other files may import.
pub(crate) fn declared(kind: &ast::ItemKind) -> Option<&ast::Ident> {
    match kind {
        ast::ItemKind::Component(c) => Some(&c.name),
        ast::ItemKind::Interface(i) => Some(&i.name),
        ast::ItemKind::Type(t) => Some(&t.name),
        ast::ItemKind::Enum(e) => Some(&e.name),
        ast::ItemKind::Fn(f) => Some(&f.name),
        ast::ItemKind::Let(l) => Some(&l.name),
        ast::ItemKind::Use(_)
        | ast::ItemKind::Block(_)
        | ast::ItemKind::Solution(_)
        | ast::ItemKind::Test(_)
        | ast::ItemKind::Policy(_)
        | ast::ItemKind::Error => None,
    }
}

/// The module that a file is found under: its folder, or itself where it lies in no folder.
pub(crate) fn module(path: &[Name]) -> String {
    match path.split_last() {
        Some((_, folder)) if !folder.is_empty() => folder.join("."),
        Some((name, _)) => name.to_string(),
        None => String::new(),
    }
}

/// The page of a file's module. A name with `-` can be no module's that somebody imports, so that no two pages share
/// one: neither the index and a module called so, nor the library and a folder `std` of the project.
pub(crate) fn page(file: &File) -> String {
    let module = module(&file.module);
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
    let name: String = module.chars().map(plain).collect();
    let taken = name == "index" || !file.library && (name == "std" || name.starts_with("std."));
    if taken { format!("project-{name}") } else { name }
}
