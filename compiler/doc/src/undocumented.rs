//! What is public and says nothing of itself.
//!
//! Invariant: only what a reader of the pages meets: declarations, parameters, attributes, grants, fields, cases.

use crate::names::declared;
use crate::subject::Subject;
use solc_source::Span;
use solc_syntax::ast::{self, ItemKind, StatementKind, TypeBody, TypeExprKind};

/// Something public without a doc comment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undocumented {
    /// Its name's place.
    pub span: Span,
    /// `Bucket.versioned`
    pub path: String,
}

/// All of them, by file and place.
#[must_use]
pub fn undocumented(subject: &Subject) -> Vec<Undocumented> {
    let mut found = Vec::new();
    for file in subject.shown() {
        for item in file.ast.items.iter().filter(|item| item.private.is_none()) {
            let name = match &item.kind {
                ItemKind::Solution(solution) => Some(&solution.name),
                kind @ (ItemKind::Use(_)
                | ItemKind::Block(_)
                | ItemKind::Component(_)
                | ItemKind::Interface(_)
                | ItemKind::Type(_)
                | ItemKind::Enum(_)
                | ItemKind::Fn(_)
                | ItemKind::Let(_)
                | ItemKind::Test(_)
                | ItemKind::Policy(_)
                | ItemKind::Error) => declared(kind),
            };
            let Some(name) = name else { continue };
            look(&mut found, &item.docs, name, "");
            if let ItemKind::Component(component) = &item.kind {
                members(&mut found, &component.body, &name.name);
            } else if let ItemKind::Type(decl) = &item.kind {
                parts(&mut found, decl);
            }
        }
    }
    found.sort();
    found
}

fn look(found: &mut Vec<Undocumented>, docs: &ast::Docs, name: &ast::Ident, of: &str) {
    let silent = docs.lines.iter().all(|line| line.trim().is_empty());
    if silent && !name.name.is_empty() {
        let path = if of.is_empty() { name.name.to_string() } else { format!("{of}.{}", name.name) };
        found.push(Undocumented { span: name.span, path });
    }
}

fn members(found: &mut Vec<Undocumented>, body: &[ast::Statement], of: &str) {
    for statement in body {
        if let StatementKind::Param { name, .. } | StatementKind::Attribute { name, .. } = &statement.kind {
            look(found, &statement.docs, name, of);
        } else if let StatementKind::Grant(grant) = &statement.kind {
            look(found, &statement.docs, &grant.name, of);
            members(found, &grant.body, &format!("{of}.{}", grant.name.name));
        }
    }
}

fn parts(found: &mut Vec<Undocumented>, decl: &ast::TypeDecl) {
    let of = &decl.name.name;
    match &decl.body {
        TypeBody::Alias(ty) => {
            if let TypeExprKind::Record(fields) = &ty.kind {
                fields.iter().for_each(|field| look(found, &field.docs, &field.name, of));
            }
        }
        TypeBody::Cases(cases) => {
            for case in cases {
                // The only case is what the type is.
                if cases.len() > 1 {
                    look(found, &case.docs, &case.name, of);
                }
                let of = format!("{of}.{}", case.name.name);
                case.fields.iter().for_each(|field| look(found, &field.docs, &field.name, &of));
            }
        }
    }
}
