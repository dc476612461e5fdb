//! Types, enums, unions, interfaces, functions and values: what each stands for.
//!
//! Invariant: a type that is written is shown as written; one that is inferred, as the checker found it.

use crate::component::Context;
use crate::text::{Table, code, linked, one_line};
use solc_syntax::ast;

/// What kind of type it is, for the line below its heading.
pub(crate) fn kind(decl: &ast::TypeDecl) -> &'static str {
    match &decl.body {
        ast::TypeBody::Cases(_) => "union",
        ast::TypeBody::Alias(ty) => match &ty.kind {
            ast::TypeExprKind::Record(_) => "record",
            ast::TypeExprKind::Missing
            | ast::TypeExprKind::Named(_)
            | ast::TypeExprKind::Applied { .. }
            | ast::TypeExprKind::Literal(_)
            | ast::TypeExprKind::Union(_)
            | ast::TypeExprKind::List(_)
            | ast::TypeExprKind::Map { .. }
            | ast::TypeExprKind::Optional(_)
            | ast::TypeExprKind::Deferred(_)
            | ast::TypeExprKind::Secret(_)
            | ast::TypeExprKind::Refined { .. } => "type",
        },
    }
}

pub(crate) fn type_decl(cx: Context<'_>, decl: &ast::TypeDecl) -> String {
    match &decl.body {
        ast::TypeBody::Cases(cases) => union(cx, cases),
        ast::TypeBody::Alias(ty) => match &ty.kind {
            ast::TypeExprKind::Record(fields) => self::fields(cx, "field", fields),
            ast::TypeExprKind::Missing
            | ast::TypeExprKind::Named(_)
            | ast::TypeExprKind::Applied { .. }
            | ast::TypeExprKind::Literal(_)
            | ast::TypeExprKind::Union(_)
            | ast::TypeExprKind::List(_)
            | ast::TypeExprKind::Map { .. }
            | ast::TypeExprKind::Optional(_)
            | ast::TypeExprKind::Deferred(_)
            | ast::TypeExprKind::Secret(_)
            | ast::TypeExprKind::Refined { .. } => format!("Stands for {}.\n\n", cx.ty(ty)),
        },
    }
}

fn fields(cx: Context<'_>, head: &'static str, fields: &[ast::TypeField]) -> String {
    let mut table = Table::new(&[head, "type", "default", ""]);
    for field in fields {
        let cells = [code(&field.name.name), cx.ty(&field.ty), cx.default(&field.ty, field.default.as_ref())];
        table.documented(&field.name.name, cells, &cx.prose(&field.docs));
    }
    table.markdown()
}

fn union(cx: Context<'_>, cases: &[ast::CaseDecl]) -> String {
    let mut table = Table::new(&["case", "field", "type", "default", ""]);
    for case in cases {
        let name = code(&case.name.name);
        let empty = String::new;
        let docs = cx.prose(&case.docs);
        if case.fields.is_empty() || !docs.is_empty() {
            table.documented(&case.name.name, [name.clone(), empty(), empty(), empty()], &docs);
        }
        for (index, field) in case.fields.iter().enumerate() {
            // The case is named once, above its fields.
            let first = if index == 0 && docs.is_empty() { name.clone() } else { empty() };
            let default = cx.default(&field.ty, field.default.as_ref());
            let cells = [first, code(&field.name.name), cx.ty(&field.ty), default];
            table.documented(&field.name.name, cells, &cx.prose(&field.docs));
        }
    }
    table.markdown()
}

pub(crate) fn enum_decl(decl: &ast::EnumDecl) -> String {
    let cases: Vec<String> = decl.cases.iter().map(|case| code(&case.name)).collect();
    if decl.ordered {
        format!("One of {}, in this order: cases compare.\n\n", cases.join(" < "))
    } else {
        format!("One of {}.\n\n", cases.join(", "))
    }
}

pub(crate) fn interface(cx: Context<'_>, decl: &ast::InterfaceDecl) -> String {
    let mut lines = String::new();
    for member in &decl.members {
        match member {
            ast::InterfaceMember::Attribute { name, ty } => {
                lines.push_str(&format!("- a parameter or attribute {}: {}\n", code(&name.name), cx.ty(ty)));
            }
            ast::InterfaceMember::Grant(name) => {
                lines.push_str(&format!("- a grant {}\n", code(&name.name)));
            }
            ast::InterfaceMember::Error => {}
        }
    }
    format!("Every component satisfies it that has\n\n{lines}\n")
}

pub(crate) fn function(cx: Context<'_>, decl: &ast::FnDecl) -> String {
    let params: Vec<String> = decl
        .params
        .iter()
        .map(|param| {
            let default = param.default.as_ref();
            let default = default.map_or_else(String::new, |d| format!(" = {}", one_line(cx.source(d.span))));
            format!("{}: {}{default}", param.name.name, one_line(cx.source(param.ty.span)))
        })
        .collect();
    let result = one_line(cx.source(decl.result.span));
    let signature = format!("{}({}) -> {result}", decl.name.name, params.join(", "));
    format!("{}\n\n", linked(&signature, cx.file.ast.file, cx.names))
}

pub(crate) fn value(cx: Context<'_>, decl: &ast::LetDecl) -> String {
    let ty = match &decl.ty {
        Some(ty) => cx.ty(ty),
        None => {
            let project = &cx.subject.project;
            let global = project.globals.iter().find(|global| global.span == decl.name.span);
            let shown = global.map(|global| project.show(&global.ty)).unwrap_or_default();
            linked(&shown, cx.file.ast.file, cx.names)
        }
    };
    let value = cx.code(decl.value.span);
    if ty.is_empty() { format!("{value}\n\n") } else { format!("{ty}, which is {value}\n\n") }
}
