//! Names in the case that says what they are: `PascalCase` types and components, `snake_case` values, `UPPER_CASE`
//! settings and secrets.
//!
//! Invariant: the names of a record's fields are free, since resource properties and JSON have their own.

use crate::codes;
use crate::load::Unit;
use solc_source::Diagnostic;
use solc_syntax::ast::{self, ItemKind, StatementKind};

/// How a name is written.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Pascal,
    Snake,
    Upper,
}

pub(crate) fn check(units: &[Unit], diagnostics: &mut Vec<Diagnostic>) {
    for item in units.iter().flat_map(|u| &u.ast.items) {
        let mut name = |ident: &ast::Ident, what: &str, case: Case| named(ident, what, case, diagnostics);
        match &item.kind {
            ItemKind::Component(decl) => {
                name(&decl.name, "component", Case::Pascal);
                body(&decl.body, diagnostics);
            }
            ItemKind::Solution(decl) => {
                name(&decl.name, "solution", Case::Snake);
                body(&decl.body, diagnostics);
            }
            ItemKind::Interface(decl) => {
                name(&decl.name, "interface", Case::Pascal);
                for member in &decl.members {
                    match member {
                        ast::InterfaceMember::Attribute { name: attribute, .. } => {
                            name(attribute, "attribute", Case::Snake);
                        }
                        ast::InterfaceMember::Grant(grant) => name(grant, "grant", Case::Snake),
                        ast::InterfaceMember::Error => {}
                    }
                }
            }
            ItemKind::Type(decl) => {
                name(&decl.name, "type", Case::Pascal);
                if let ast::TypeBody::Cases(cases) = &decl.body {
                    for case in cases {
                        name(&case.name, "case", Case::Snake);
                    }
                }
            }
            ItemKind::Enum(decl) => {
                name(&decl.name, "enum", Case::Pascal);
                for case in &decl.cases {
                    name(case, "case", Case::Snake);
                }
            }
            ItemKind::Fn(decl) => {
                name(&decl.name, "function", Case::Snake);
                for param in &decl.params {
                    name(&param.name, "parameter", Case::Snake);
                }
            }
            ItemKind::Let(decl) => name(&decl.name, "value", Case::Snake),
            ItemKind::Block(decl) => name(&decl.name, decl.kind.word(), Case::Snake),
            ItemKind::Test(decl) => body(&decl.body, diagnostics),
            ItemKind::Policy(decl) => body(&decl.body, diagnostics),
            ItemKind::Use(_) | ItemKind::Error => {}
        }
    }
}

fn body(statements: &[ast::Statement], diagnostics: &mut Vec<Diagnostic>) {
    for statement in statements {
        let mut name = |ident: &ast::Ident, what: &str, case: Case| named(ident, what, case, diagnostics);
        match &statement.kind {
            StatementKind::Param { name: param, .. } => name(param, "parameter", Case::Snake),
            StatementKind::Let(decl) => name(&decl.name, "value", Case::Snake),
            StatementKind::Resource(decl) => name(&decl.name, "resource", Case::Snake),
            StatementKind::Attribute { name: attribute, .. } => name(attribute, "attribute", Case::Snake),
            StatementKind::Output { name: output, .. } => name(output, "output", Case::Snake),
            StatementKind::Principal(decl) => name(&decl.name, "principal", Case::Snake),
            StatementKind::Env { name: variable, .. } => name(variable, "variable", Case::Upper),
            StatementKind::Setting { name: setting, .. } => name(setting, "setting", Case::Upper),
            StatementKind::Secret(secret) => name(secret, "secret", Case::Upper),
            StatementKind::Grant(decl) => {
                name(&decl.name, "grant", Case::Snake);
                for param in &decl.params {
                    name(&param.name, "parameter", Case::Snake);
                }
                body(&decl.body, diagnostics);
            }
            StatementKind::Instance(decl) => {
                name(&decl.name, "instance", Case::Snake);
                body(&decl.body, diagnostics);
            }
            StatementKind::For { binders, body: inner, .. } => {
                for binder in binders {
                    name(binder, "value", Case::Snake);
                }
                body(inner, diagnostics);
            }
            StatementKind::Field(_)
            | StatementKind::Layer(_)
            | StatementKind::Stateful
            | StatementKind::Accepts(_)
            | StatementKind::OnNetwork { .. }
            | StatementKind::Ensure { .. }
            | StatementKind::Allow(_)
            | StatementKind::Permit(_)
            | StatementKind::Deny(_)
            | StatementKind::Connect(_)
            | StatementKind::Crypt { .. }
            | StatementKind::Link { .. }
            | StatementKind::Moved(_)
            | StatementKind::Profile(_)
            | StatementKind::Waive { .. }
            | StatementKind::Assert(_)
            | StatementKind::Require { .. }
            | StatementKind::Error => {}
        }
    }
}

fn named(ident: &ast::Ident, what: &str, case: Case, diagnostics: &mut Vec<Diagnostic>) {
    let fits = match case {
        Case::Pascal => ident.name.starts_with(|c: char| c.is_ascii_uppercase()) && !ident.name.contains('_'),
        Case::Snake => !ident.name.contains(|c: char| c.is_ascii_uppercase()),
        Case::Upper => !ident.name.contains(|c: char| c.is_ascii_lowercase()),
    };
    if fits || ident.name.is_empty() {
        return;
    }
    let (written, because) = match case {
        Case::Pascal => ("PascalCase", "reads like a value"),
        Case::Snake => ("snake_case", "reads like a type or a setting"),
        Case::Upper => ("UPPER_CASE", "becomes an environment variable"),
    };
    let message = format!("the {what} `{}` is not written in {written}", ident.name);
    let fixed = rewritten(&ident.name, case);
    diagnostics.push(Diagnostic::warning(codes::NAMING, ident.span, message).label(because).fix(
        format!("write `{fixed}`"),
        ident.span,
        fixed,
    ));
}

/// The name in another case; words end at `_` and before a capital that follows a small letter.
fn rewritten(name: &str, case: Case) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    let (mut small, mut start) = (false, true);
    for c in name.chars() {
        if c == '_' {
            start = true;
            small = false;
            continue;
        }
        start |= c.is_ascii_uppercase() && small;
        if start && !text.is_empty() && case != Case::Pascal {
            text.push('_');
        }
        text.push(match case {
            Case::Pascal if start => c.to_ascii_uppercase(),
            Case::Pascal | Case::Snake => c.to_ascii_lowercase(),
            Case::Upper => c.to_ascii_uppercase(),
        });
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
        start = false;
    }
    text
}
