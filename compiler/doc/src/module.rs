//! The page of a module: everything public in the files of one folder.
//!
//! Invariant: declarations stand in the order of a reader's interest (components, interfaces, types, functions,
//! values), and within that in the order of files and lines; nothing private is shown.

use crate::component::{self, Context};
use crate::names::{Names, declared, module};
use crate::subject::{File, Subject};
use crate::text::{Table, code, sentence};
use crate::types;
use crate::{Group, Page};
use solc_source::Name;
use solc_syntax::ast::{self, ItemKind};

/// In which part of a page something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Components,
    Interfaces,
    Types,
    Functions,
    Values,
}

/// A public declaration with its file.
struct Entry<'a> {
    part: Part,
    name: &'a Name,
    file: &'a File,
    item: &'a ast::Item,
}

/// A page for every module that declares something public.
pub(crate) fn pages(subject: &Subject, names: &Names<'_>) -> Vec<Page> {
    let mut modules: Vec<(bool, String)> = subject
        .shown()
        .filter(|file| !entries_of(file).is_empty())
        .map(|f| (f.library, module(&f.module)))
        .collect();
    modules.sort();
    modules.dedup();
    modules.into_iter().map(|(library, path)| page(subject, names, &path, library)).collect()
}

fn part(kind: &ItemKind) -> Option<Part> {
    match kind {
        ItemKind::Component(_) => Some(Part::Components),
        ItemKind::Interface(_) => Some(Part::Interfaces),
        ItemKind::Type(_) | ItemKind::Enum(_) => Some(Part::Types),
        ItemKind::Fn(_) => Some(Part::Functions),
        ItemKind::Let(_) => Some(Part::Values),
        ItemKind::Use(_)
        | ItemKind::Block(_)
        | ItemKind::Solution(_)
        | ItemKind::Test(_)
        | ItemKind::Policy(_)
        | ItemKind::Error => None,
    }
}

fn entries_of(file: &File) -> Vec<Entry<'_>> {
    let public = file.ast.items.iter().filter(|item| item.private.is_none());
    let entry = |item| -> Option<Entry<'_>> {
        let item: &ast::Item = item;
        let name = &declared(&item.kind).filter(|ident| !ident.name.is_empty())?.name;
        Some(Entry { part: part(&item.kind)?, name, file, item })
    };
    public.filter_map(entry).collect()
}

fn page(subject: &Subject, names: &Names<'_>, path: &str, library: bool) -> Page {
    let files = subject.shown().filter(|file| file.library == library && module(&file.module) == path);
    let mut entries: Vec<Entry<'_>> = files.flat_map(entries_of).collect();
    entries.sort_by_key(|entry| entry.part);
    let name = entries.first().map_or_else(|| path.to_owned(), |entry| crate::names::page(entry.file));
    let names = names.on(&name);
    let mut text = format!("# {path}\n\n");
    let mut table = Table::new(&["", ""]);
    for entry in &entries {
        let first = format!("[{}](#{})", code(entry.name), entry.name);
        table.row([first, sentence(&entry.item.docs, entry.file.ast.file, &names)]);
    }
    text.push_str(&table.markdown());
    for entry in &entries {
        text.push_str(&section(Context { subject, names: &names, file: entry.file }, path, entry));
    }
    let summary = entries.iter().map(|entry| (entry.name.clone(), entry.part == Part::Components)).collect();
    Page {
        name,
        title: path.to_owned(),
        text: format!("{}\n", text.trim_end()),
        group: if library { Group::Library } else { Group::Modules },
        contents: summary,
    }
}

fn section(cx: Context<'_>, path: &str, entry: &Entry<'_>) -> String {
    let (kind, body) = match &entry.item.kind {
        ItemKind::Component(decl) => (component::kind(cx, decl), component::component(cx, decl)),
        ItemKind::Interface(decl) => ("interface".to_owned(), types::interface(cx, decl)),
        ItemKind::Type(decl) => (types::kind(decl).to_owned(), types::type_decl(cx, decl)),
        ItemKind::Enum(decl) => ("enum".to_owned(), types::enum_decl(decl)),
        ItemKind::Fn(decl) => ("function".to_owned(), types::function(cx, decl)),
        ItemKind::Let(decl) => ("value".to_owned(), types::value(cx, decl)),
        ItemKind::Use(_)
        | ItemKind::Block(_)
        | ItemKind::Solution(_)
        | ItemKind::Test(_)
        | ItemKind::Policy(_)
        | ItemKind::Error => return String::new(),
    };
    let name = entry.name;
    let mut out = format!("<a id=\"{name}\"></a>\n\n## {name}\n\n{kind}");
    // What `std.cmdb` declares is seen without being imported.
    if path != "std.cmdb" {
        out.push_str(&format!(" · {}", code(&format!("use {path}.{name}"))));
    }
    out.push_str("\n\n");
    let docs = cx.prose(&entry.item.docs);
    if !docs.is_empty() {
        out.push_str(&format!("{docs}\n\n"));
    }
    out.push_str(&body);
    out
}
