//! The first page: what there is, and where.
//!
//! Invariant: every other page is linked from here.

use crate::names::Names;
use crate::subject::{Scope, Subject};
use crate::text::{Table, code, escaped, prose, sentence};
use crate::{Group, Page};
use solc_source::Name;
use solc_syntax::ast::{self, BlockKind, ItemKind};

/// The page's name.
const PAGE: &str = "index";

pub(crate) fn page(subject: &Subject, names: &Names<'_>, pages: &[Page]) -> Page {
    let names = names.on(PAGE);
    let title = match (subject.scope, products(subject).as_slice()) {
        (Scope::Library, _) => "The standard library".to_owned(),
        (Scope::Everything | Scope::Project, [product]) => format!("Product {product}"),
        (Scope::Everything | Scope::Project, _) => format!("Reference of {}", subject.name),
    };
    let mut text = format!("# {}\n\n", escaped(&title));
    if subject.scope == Scope::Library {
        text.push_str(
            "What every project can import. It is written in the language itself, by the same rules as \
             a project's own components, and comes with the compiler. Where a grant says that a consumer is told \
             `<TARGET>_NAME`, the target's name stands there in capitals: `link receipts.read` gives `RECEIPTS_BUCKET`.\n\n",
        );
    }
    for (file, item, _) in blocks(subject, BlockKind::Product) {
        let docs = prose(&item.docs, file, &names);
        if !docs.is_empty() {
            text.push_str(&format!("{docs}\n\n"));
        }
    }
    for (group, title) in [
        (Group::Solutions, "Solutions"),
        (Group::Configuration, "Configuration"),
        (Group::Modules, "Modules"),
        (Group::Library, "Standard library"),
    ] {
        let table = table(subject, &names, pages, group);
        if !table.is_empty() {
            let heading =
                if subject.scope == Scope::Library { String::new() } else { format!("## {title}\n\n") };
            text.push_str(&format!("{heading}{}", table.markdown()));
        }
    }
    Page {
        name: PAGE.to_owned(),
        title,
        text: format!("{}\n", text.trim_end()),
        group: Group::Index,
        contents: Vec::new(),
    }
}

fn table(subject: &Subject, names: &Names<'_>, pages: &[Page], group: Group) -> Table {
    let mut table = Table::new(match group {
        Group::Modules | Group::Library => &["module", "components", "and"],
        Group::Index | Group::Solutions | Group::Configuration => &["", ""],
    });
    for page in pages.iter().filter(|page| page.group == group) {
        let link = format!("[{}]({}.md)", escaped(&page.title), page.name);
        match group {
            Group::Modules | Group::Library => {
                let named = |components: bool| {
                    let wanted = page.contents.iter().filter(|(_, component)| *component == components);
                    let links = wanted.map(|(name, _)| format!("[{}]({}.md#{name})", code(name), page.name));
                    links.collect::<Vec<_>>().join(", ")
                };
                table.row([link, named(true), named(false)]);
            }
            Group::Solutions => table.row([link, solution_docs(subject, names, &page.name)]),
            Group::Configuration => {
                let environments: Vec<String> = blocks(subject, BlockKind::Environment)
                    .map(|(_, _, block)| {
                        let name = &block.name.name;
                        format!("[{}]({}.md#environment-{name})", code(name), page.name)
                    })
                    .collect();
                table.row([link, environments.join(", ")]);
            }
            Group::Index => {}
        }
    }
    table
}

fn solution_docs(subject: &Subject, names: &Names<'_>, page: &str) -> String {
    for file in subject.shown() {
        for item in &file.ast.items {
            if let ItemKind::Solution(solution) = &item.kind
                && page == format!("solution-{}", solution.name.name)
            {
                return sentence(&item.docs, file.ast.file, names);
            }
        }
    }
    String::new()
}

fn products(subject: &Subject) -> Vec<Name> {
    blocks(subject, BlockKind::Product).map(|(_, _, block)| block.name.name.clone()).collect()
}

fn blocks(
    subject: &Subject,
    kind: BlockKind,
) -> impl Iterator<Item = (solc_source::FileId, &ast::Item, &ast::BlockDecl)> {
    subject.shown().flat_map(move |file| {
        file.ast.items.iter().filter_map(move |item| {
            let ItemKind::Block(block) = &item.kind else { return None };
            (block.kind == kind).then_some((file.ast.file, item, block))
        })
    })
}
