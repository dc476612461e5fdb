//! What nothing names: imports, private declarations, local values, parameters of functions.
//!
//! ```sol
//! use std.data.Bucket            // unused
//! private let days: Int = 30     // unused
//! fn twice(n: Int, _why: String) -> Int = n + n
//! ```
//!
//! Invariant: nothing is said of a file or body with a mistake, because what could not be understood may be the use;
//! and nothing of a name that begins with `_`, which is how an author says that it is not to be used.

use crate::body::BodyChecker;
use crate::codes::UNUSED_DECLARATION;
use crate::context::{Context, Named};
use rustc_hash::FxHashSet;
use solc_source::{Diagnostic, FileId, Span};
use solc_syntax::ast::{self, ItemKind, StatementKind};
use std::sync::atomic::Ordering;

/// Warns of the imports and private declarations of each file that nothing in it names.
pub(crate) fn declarations(cx: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mistaken: FxHashSet<FileId> =
        diagnostics.iter().filter(|d| d.is_error()).map(|d| d.span().file).collect();
    for (unit, scope) in cx.units.iter().zip(&cx.scopes) {
        if mistaken.contains(&unit.ast.file) {
            continue;
        }
        for item in &unit.ast.items {
            if let ItemKind::Use(decl) = &item.kind {
                let of = |used: &ast::UseName| scope.imported.get(&local(used).name);
                let unused = decl.names.iter().enumerate().filter(|(_, n)| of(n).is_some_and(is_unused));
                diagnostics.extend(unused.map(|(index, name)| import(item, decl, index, name)));
            } else if let Some(name) = declared(&item.kind)
                && scope.own.get(&name.name).is_some_and(|n| n.private && n.span == name.span && is_unused(n))
                && !is_exempt(name)
            {
                diagnostics.push(
                    unused(name, "private to this file, and nothing here names it")
                        .help("remove it, or remove `private` if other files need it")
                        .fix("remove it", item.span, ""),
                );
            }
        }
    }
}

fn is_unused(named: &Named) -> bool {
    !named.used.load(Ordering::Relaxed)
}

/// What begins with `_`, and what the parser found no name for.
fn is_exempt(name: &ast::Ident) -> bool {
    name.name.is_empty() || name.name.starts_with('_')
}

fn local(used: &ast::UseName) -> &ast::Ident {
    used.alias.as_ref().unwrap_or(&used.name)
}

fn unused(name: &ast::Ident, label: &str) -> Diagnostic {
    Diagnostic::warning(UNUSED_DECLARATION, name.span, format!("`{}` is never used", name.name)).label(label)
}

/// The only name of a `use` goes with it, another one with the comma after it, the last with the one before.
fn import(item: &ast::Item, decl: &ast::UseDecl, index: usize, used: &ast::UseName) -> Diagnostic {
    let whole = |name: &ast::UseName| name.name.span.to(local(name).span);
    let before = index.checked_sub(1).and_then(|i| decl.names.get(i)).map(whole);
    let after = decl.names.get(index + 1).map(whole);
    let own = whole(used);
    let span = match (before, after) {
        (_, Some(after)) => Span { hi: after.lo, ..own },
        (Some(before), None) => Span { lo: before.hi, ..own },
        (None, None) => item.span,
    };
    unused(local(used), "imported, and nothing in this file names it").fix("remove the import", span, "")
}

/// The name that others of the file use for a declaration.
fn declared(item: &ItemKind) -> Option<&ast::Ident> {
    match item {
        ItemKind::Component(decl) => Some(&decl.name),
        ItemKind::Interface(decl) => Some(&decl.name),
        ItemKind::Type(decl) => Some(&decl.name),
        ItemKind::Enum(decl) => Some(&decl.name),
        ItemKind::Fn(decl) => Some(&decl.name),
        ItemKind::Let(decl) => Some(&decl.name),
        ItemKind::Use(_)
        | ItemKind::Block(_)
        | ItemKind::Solution(_)
        | ItemKind::Test(_)
        | ItemKind::Policy(_)
        | ItemKind::Error => None,
    }
}

impl BodyChecker<'_, '_> {
    fn asks_for_uses(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Warns of each `let` of a component, solution or grant that nothing reads.
    pub(crate) fn unused_lets(&mut self, body: &[ast::Statement]) {
        if !self.asks_for_uses() {
            return;
        }
        for statement in body {
            if let StatementKind::Let(decl) = &statement.kind
                && !self.read.contains(&decl.name.span)
                && !is_exempt(&decl.name)
            {
                self.report(unused(&decl.name, "nothing in this body reads it").fix(
                    "remove it",
                    statement.span,
                    "",
                ));
            } else if let StatementKind::Grant(grant) = &statement.kind {
                self.unused_lets(&grant.body);
            }
        }
    }

    /// Warns of each parameter of a function that its body does not read.
    pub(crate) fn unused_parameters(&mut self, decl: &ast::FnDecl) {
        if !self.asks_for_uses() {
            return;
        }
        for param in &decl.params {
            if !self.read.contains(&param.name.span) && !is_exempt(&param.name) {
                let silent = format!("_{}", param.name.name);
                self.report(
                    unused(&param.name, "the function does not read it")
                        .help(format!("remove it, or write `{silent}` if callers must give it"))
                        .fix(format!("write `{silent}`"), param.name.span, silent),
                );
            }
        }
    }
}
