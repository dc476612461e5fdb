//! A component's section: what it takes, gives, allows, and is made of.
//!
//! ```sol
//! component Bucket {
//!   /// How long versions are kept.
//!   param keep: Duration = 90d
//! }
//! ```
//!
//! Invariant: words and defaults are those of the source; layer, state and what instances may declare are the
//! checker's, so that what a component leaves out is shown as it holds.

use crate::access::{Whose, acts};
use crate::names::Names;
use crate::subject::{File, Subject};
use crate::text::{self, Table, code, linked, one_line, prose};
use solc_check::hir;
use solc_source::{Name, Span};
use solc_syntax::ast::{self, StatementKind};

/// What sections are written from.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) names: &'a Names<'a>,
    pub(crate) file: &'a File,
}

impl<'a> Context<'a> {
    pub(crate) fn source(&self, span: Span) -> &'a str {
        self.subject.sources.text(span)
    }

    /// A piece of source as code, on one line.
    pub(crate) fn code(&self, span: Span) -> String {
        code(&one_line(self.source(span)))
    }

    /// A type as code, with links.
    pub(crate) fn ty(&self, ty: &ast::TypeExpr) -> String {
        linked(self.source(ty.span), self.file.ast.file, self.names)
    }

    pub(crate) fn prose(&self, docs: &ast::Docs) -> String {
        prose(docs, self.file.ast.file, self.names)
    }

    /// What stands for a value that is not given.
    pub(crate) fn default(&self, ty: &ast::TypeExpr, default: Option<&ast::Expr>) -> String {
        match (default, &ty.kind) {
            (Some(value), _) => self.code(value.span),
            (None, ast::TypeExprKind::Optional(_)) => code("none"),
            (None, _) => "*required*".to_owned(),
        }
    }
}

/// The section below a component's heading and doc comment.
pub(crate) fn component(cx: Context<'_>, decl: &ast::ComponentDecl) -> String {
    let checked = cx.subject.component(decl.name.span);
    let mut out = String::new();
    out.push_str(&parameters(cx, &decl.name.name, &decl.body));
    if let Some(takes) = checked.and_then(accepted) {
        out.push_str(&format!("{takes}\n\n"));
    }
    out.push_str(&attributes(cx, &decl.name.name, &decl.body));
    out.push_str(&grants(cx, &decl.name.name, &decl.body));
    out.push_str(&invariants(cx, &decl.body));
    out.push_str(&own_access(cx, &decl.body));
    out.push_str(&contents(cx, &decl.body));
    out
}

/// `component`, its layer and whether it holds what must not be lost.
pub(crate) fn kind(cx: Context<'_>, decl: &ast::ComponentDecl) -> String {
    let mut words = vec!["component".to_owned()];
    if let Some(checked) = cx.subject.component(decl.name.span) {
        words.push(format!("layer {}", code(checked.layer.word())));
        if checked.stateful {
            words.push("stateful: replacing or deleting it loses data".to_owned());
        }
    }
    words.join(" · ")
}

fn accepted(component: &hir::Component) -> Option<String> {
    let hir::Accepts { link, setting, secret } = component.accepts;
    let words: Vec<String> = [(link, "links"), (setting, "settings"), (secret, "secrets")]
        .iter()
        .filter(|(accepts, _)| *accepts)
        .map(|(_, word)| format!("`{}`", word.trim_end_matches('s')))
        .collect();
    let network = if component.network.is_some() { " It is on a network." } else { "" };
    match (words.as_slice(), network) {
        ([], "") => None,
        ([], network) => Some(network.trim().to_owned()),
        (words, network) => Some(format!("Its instances may declare {}.{network}", text::listed(words))),
    }
}

fn anchor(of: &str, member: &str) -> String {
    format!("<a id=\"{of}.{member}\"></a>")
}

fn parameters(cx: Context<'_>, of: &str, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&["parameter", "type", "default", ""]);
    for statement in body {
        let StatementKind::Param { name, ty, default } = &statement.kind else { continue };
        let first = format!("{}{}", anchor(of, &name.name), code(&name.name));
        let cells = [first, cx.ty(ty), cx.default(ty, default.as_ref())];
        table.documented(&name.name, cells, &cx.prose(&statement.docs));
    }
    titled("Parameters", &table)
}

fn attributes(cx: Context<'_>, of: &str, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&["attribute", "type", ""]);
    for statement in body {
        let StatementKind::Attribute { name, ty, .. } = &statement.kind else { continue };
        let first = format!("{}{}", anchor(of, &name.name), code(&name.name));
        table.documented(&name.name, [first, cx.ty(ty)], &cx.prose(&statement.docs));
    }
    titled("Attributes", &table)
}

fn titled(title: &str, table: &Table) -> String {
    if table.is_empty() { String::new() } else { format!("### {title}\n\n{}", table.markdown()) }
}

fn grants(cx: Context<'_>, of: &str, body: &[ast::Statement]) -> String {
    let mut out = String::new();
    for statement in body {
        let StatementKind::Grant(grant) = &statement.kind else { continue };
        if out.is_empty() {
            out.push_str("### Grants\n\n");
        }
        out.push_str(&format!("{}\n\n#### `{}`\n\n", anchor(of, &grant.name.name), grant.name.name));
        let docs = cx.prose(&statement.docs);
        if !docs.is_empty() {
            out.push_str(&format!("{docs}\n\n"));
        }
        let mut table = Table::new(&["argument", "type", "default"]);
        for param in &grant.params {
            table.row([
                code(&param.name.name),
                cx.ty(&param.ty),
                cx.default(&param.ty, param.default.as_ref()),
            ]);
        }
        out.push_str(&table.markdown());
        if let Some((name, ty)) = &grant.consumer {
            out.push_str(&format!("Only for a {} ({}).\n\n", cx.ty(ty), code(&name.name)));
        }
        let lines = acts(cx, &grant.body, Whose::Consumer);
        if !lines.is_empty() {
            out.push_str(&format!("Who links it:\n\n{lines}\n"));
        }
        out.push_str(&exposed(cx, &grant.body));
    }
    out
}

/// What can be read of a grant that is passed as a value.
fn exposed(cx: Context<'_>, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&["readable of it", "type", ""]);
    for statement in body {
        let StatementKind::Attribute { name, ty, .. } = &statement.kind else { continue };
        table.documented(&name.name, [code(&name.name), cx.ty(ty)], &cx.prose(&statement.docs));
    }
    table.markdown()
}

fn invariants(cx: Context<'_>, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&["must hold", "or else"]);
    for statement in body {
        if let StatementKind::Ensure { condition, message } = &statement.kind {
            table.row([cx.code(condition.span), message_of(cx, message)]);
        }
    }
    titled("Invariants", &table)
}

/// A message's text as its reader will see it, with what is filled in as code.
pub(crate) fn message_of(cx: Context<'_>, message: &ast::Expr) -> String {
    let ast::ExprKind::String(string) = &message.kind else { return cx.code(message.span) };
    let part = |part: &ast::StringPart| match part {
        ast::StringPart::Text(text) => text.to_string(),
        ast::StringPart::Interpolation(expr) => format!("‹{}›", one_line(cx.source(expr.span))),
    };
    let whole: String = string.parts.iter().map(part).collect();
    // The message's own backticks are code already; everything else is text.
    let pieces: Vec<&str> = whole.split('`').collect();
    let paired = pieces.len() % 2 == 1;
    let piece = |(index, piece): (usize, &&str)| {
        if paired && index % 2 == 1 { code(piece) } else { text::escaped(piece) }
    };
    pieces.iter().enumerate().map(piece).collect()
}

fn own_access(cx: Context<'_>, body: &[ast::Statement]) -> String {
    let mut out = String::new();
    for statement in body {
        let StatementKind::Principal(principal) = &statement.kind else { continue };
        let when = condition(cx, principal.condition.as_ref());
        let name = &principal.name.name;
        let links = if name == "role" { ", under which its links act" } else { "" };
        out.push_str(&format!(
            "- role {}, assumed by {}{links}{when}\n",
            code(name),
            cx.code(principal.service.span)
        ));
        for line in acts(cx, &principal.body, Whose::Principal).lines() {
            out.push_str(&format!("  {line}\n"));
        }
    }
    out.push_str(&acts(cx, body, Whose::Component));
    if out.is_empty() { out } else { format!("### Access of its own\n\n{out}\n") }
}

pub(crate) fn condition(cx: Context<'_>, condition: Option<&ast::Expr>) -> String {
    condition.map_or_else(String::new, |c| format!(", if {}", cx.code(c.span)))
}

/// How many, where it is not simply one.
fn many(how: &str, condition: &str) -> String {
    format!("{how}{condition}").trim_start_matches(", ").to_owned()
}

/// Resources and nested instances.
pub(crate) fn contents(cx: Context<'_>, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&["name", "made of", "how many"]);
    for statement in body {
        if let StatementKind::Resource(resource) = &statement.kind {
            let ty = resource.ty.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join("::");
            table.row([code(&resource.name.name), code(&ty), count(cx, resource)]);
        } else if let StatementKind::Instance(instance) = &statement.kind {
            table.row([code(&instance.name.name), component_of(cx, instance), occurrences(cx, instance)]);
        }
    }
    titled("Resources", &table)
}

fn count(cx: Context<'_>, resource: &ast::ResourceDecl) -> String {
    let how = match (&resource.per_zone, &resource.each) {
        (Some(ast::PerZone::All(_)), _) => "one for every zone".to_owned(),
        (Some(ast::PerZone::Active(_)), _) => {
            "one for every active zone: the first under `single_az`, all under `multi_az`".to_owned()
        }
        (None, Some(clause)) => each(cx, clause),
        (None, None) => String::new(),
    };
    many(&how, &condition(cx, resource.condition.as_ref()))
}

fn each(cx: Context<'_>, clause: &ast::Clause) -> String {
    let names: Vec<&str> = clause.binders.iter().map(|binder| binder.name.as_str()).collect();
    let conditions: String =
        clause.conditions.iter().map(|c| format!(" if {}", one_line(cx.source(c.span)))).collect();
    format!(
        "one for each {}",
        code(&format!("{} in {}{conditions}", names.join(", "), one_line(cx.source(clause.over.span))))
    )
}

pub(crate) fn occurrences(cx: Context<'_>, instance: &ast::InstanceDecl) -> String {
    let how = instance.each.as_ref().map_or_else(String::new, |clause| each(cx, clause));
    many(&how, &condition(cx, instance.condition.as_ref()))
}

/// The component of an instance, as a link where it has a place.
pub(crate) fn component_of(cx: Context<'_>, instance: &ast::InstanceDecl) -> String {
    let words: Vec<&Name> = instance.component.iter().map(|part| &part.name).collect();
    let shown = words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(".");
    linked(&shown, cx.file.ast.file, cx.names)
}
