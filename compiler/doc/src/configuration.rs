//! The page of the configuration: organisation, accounts, teams, product, environments, and what each sets.
//!
//! Invariant: every block has a section, in the order of kinds and then of files.

use crate::component::Context;
use crate::names::Names;
use crate::solution::{fields, profiles};
use crate::subject::Subject;
use crate::text::{code, escaped};
use crate::{Group, Page};
use solc_syntax::ast::{self, BlockKind, ItemKind, StatementKind};

/// The page's name: no module can have it.
const PAGE: &str = "product-configuration";

const KINDS: &[BlockKind] = &[
    BlockKind::Product,
    BlockKind::Environment,
    BlockKind::Account,
    BlockKind::Team,
    BlockKind::Organisation,
];

/// The page, where there is any block.
pub(crate) fn page(subject: &Subject, names: &Names<'_>) -> Option<Page> {
    let names = names.on(PAGE);
    let mut text = "# Configuration\n\n".to_owned();
    let mut blocks = 0;
    for kind in KINDS {
        for file in subject.shown() {
            for item in &file.ast.items {
                let ItemKind::Block(block) = &item.kind else { continue };
                if block.kind == *kind {
                    blocks += 1;
                    text.push_str(&section(Context { subject, names: &names, file }, item, block));
                }
            }
        }
    }
    (blocks > 0).then(|| Page {
        name: PAGE.to_owned(),
        title: "Configuration".to_owned(),
        text: format!("{}\n", text.trim_end()),
        group: Group::Configuration,
        contents: Vec::new(),
    })
}

fn section(cx: Context<'_>, item: &ast::Item, block: &ast::BlockDecl) -> String {
    let (word, name) = (block.kind.word(), &block.name.name);
    let mut out = format!("<a id=\"{word}-{name}\"></a>\n\n## {word} {}\n\n", escaped(name));
    let docs = cx.prose(&item.docs);
    if !docs.is_empty() {
        out.push_str(&format!("{docs}\n\n"));
    }
    if block.kind == BlockKind::Environment {
        out.push_str(&runs(cx));
    }
    out.push_str(&fields(cx, "field", &block.body));
    out.push_str(&profiles(cx, &block.body));
    let waivers = block.body.iter().filter_map(|statement| {
        let StatementKind::Waive { what, because } = &statement.kind else { return None };
        Some(format!("- waives {}: {}\n", code(&what.name), cx.code(because.span)))
    });
    let waivers: String = waivers.collect();
    if !waivers.is_empty() {
        out.push_str(&format!("{waivers}\n"));
    }
    out
}

/// What an environment runs: every solution of the product.
fn runs(cx: Context<'_>) -> String {
    let mut lines = String::new();
    for file in cx.subject.shown() {
        for item in &file.ast.items {
            let ItemKind::Solution(solution) = &item.kind else { continue };
            let instance = |statement: &ast::Statement| {
                let StatementKind::Instance(instance) = &statement.kind else { return None };
                Some(code(&instance.name.name))
            };
            let instances: Vec<String> = solution.body.iter().filter_map(instance).collect();
            let name = &solution.name.name;
            lines.push_str(&format!("- [{}](solution-{name}.md): {}\n", escaped(name), instances.join(", ")));
        }
    }
    if lines.is_empty() { lines } else { format!("Runs\n\n{lines}\n") }
}
