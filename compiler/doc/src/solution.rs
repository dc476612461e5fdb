//! The page of a solution: its instances, what each is given, may use and declares.
//!
//! ```sol
//! /// Takes orders.
//! solution shop {
//!   orders: Queue { retention = 4d }
//! }
//! ```
//!
//! Invariant: values are those of the source, before any environment; what differs between environments says so by
//! its own `if`.

use crate::component::{Context, component_of, contents, occurrences};
use crate::names::Names;
use crate::subject::Subject;
use crate::text::{Table, code, one_line};
use crate::{Group, Page};
use solc_syntax::ast::{self, ItemKind, StatementKind};

/// A page for every solution, in the order of files.
pub(crate) fn pages(subject: &Subject, names: &Names<'_>) -> Vec<Page> {
    let mut pages = Vec::new();
    for file in subject.shown() {
        for item in &file.ast.items {
            let ItemKind::Solution(solution) = &item.kind else { continue };
            if !solution.name.name.is_empty() {
                let name = format!("solution-{}", solution.name.name);
                let names = names.on(&name);
                let cx = Context { subject, names: &names, file };
                pages.push(page(cx, name, item, solution));
            }
        }
    }
    pages
}

fn page(cx: Context<'_>, name: String, item: &ast::Item, solution: &ast::SolutionDecl) -> Page {
    let title = format!("Solution {}", solution.name.name);
    let mut text = format!("# {}\n\n", crate::text::escaped(&title));
    let docs = cx.prose(&item.docs);
    if !docs.is_empty() {
        text.push_str(&format!("{docs}\n\n"));
    }
    let mut table = Table::new(&["instance", "component", "how many"]);
    let mut sections = String::new();
    let mut outputs = Table::new(&["output", "type", "value", ""]);
    for statement in &solution.body {
        if let StatementKind::Instance(instance) = &statement.kind {
            let name = &instance.name.name;
            let first = format!("[{}](#{name})", code(name));
            table.row([first, component_of(cx, instance), occurrences(cx, instance)]);
            sections.push_str(&section(cx, statement, instance));
        } else if let StatementKind::Output { name, ty, value } = &statement.kind {
            let ty = ty.as_ref().map_or_else(|| code("String"), |ty| cx.ty(ty));
            let cells = [code(&name.name), ty, cx.code(value.span)];
            outputs.documented(&name.name, cells, &cx.prose(&statement.docs));
        }
    }
    text.push_str(&table.markdown());
    text.push_str(&profiles(cx, &solution.body));
    if !outputs.is_empty() {
        text.push_str(&format!("## Outputs\n\n{}", outputs.markdown()));
    }
    text.push_str(&sections);
    let own: Vec<ast::Statement> = solution
        .body
        .iter()
        .filter(|statement| matches!(statement.kind, StatementKind::Resource(_)))
        .cloned()
        .collect();
    text.push_str(&contents(cx, &own).replacen("### ", "## ", 1));
    Page {
        name,
        title,
        text: format!("{}\n", text.trim_end()),
        group: Group::Solutions,
        contents: Vec::new(),
    }
}

fn section(cx: Context<'_>, statement: &ast::Statement, instance: &ast::InstanceDecl) -> String {
    let name = &instance.name.name;
    let mut out = format!(
        "<a id=\"{name}\"></a>\n\n## {}\n\n{}\n\n",
        crate::text::escaped(name),
        component_of(cx, instance)
    );
    let docs = cx.prose(&statement.docs);
    if !docs.is_empty() {
        out.push_str(&format!("{docs}\n\n"));
    }
    out.push_str(&fields(cx, "parameter", &instance.body));
    let mut settings = Table::new(&["setting", "type", "default", ""]);
    let mut secrets = Table::new(&["secret", ""]);
    let mut lines = String::new();
    for statement in &instance.body {
        match &statement.kind {
            StatementKind::Setting { name, ty, default } => {
                let cells = [code(&name.name), cx.ty(ty), cx.default(ty, default.as_ref())];
                settings.documented(&name.name, cells, &cx.prose(&statement.docs));
            }
            StatementKind::Secret(name) => {
                secrets.documented(&name.name, [code(&name.name)], &cx.prose(&statement.docs));
            }
            StatementKind::Link { grant, alias } => {
                let alias = alias.as_ref().map_or_else(String::new, |a| format!(", as {}", code(&a.name)));
                lines.push_str(&format!("- links {}{alias}\n", cx.code(grant.span)));
            }
            StatementKind::Moved(from) => {
                lines.push_str(&format!("- was called {}\n", cx.code(from.span)));
            }
            StatementKind::Waive { what, because } => {
                lines.push_str(&format!("- waives {}: {}\n", code(&what.name), cx.code(because.span)));
            }
            StatementKind::Field(_)
            | StatementKind::Param { .. }
            | StatementKind::Let(_)
            | StatementKind::Layer(_)
            | StatementKind::Stateful
            | StatementKind::Resource(_)
            | StatementKind::Attribute { .. }
            | StatementKind::Output { .. }
            | StatementKind::Grant(_)
            | StatementKind::Principal(_)
            | StatementKind::Accepts(_)
            | StatementKind::OnNetwork { .. }
            | StatementKind::Ensure { .. }
            | StatementKind::Allow(_)
            | StatementKind::Permit(_)
            | StatementKind::Deny(_)
            | StatementKind::Connect(_)
            | StatementKind::Crypt { .. }
            | StatementKind::Env { .. }
            | StatementKind::Instance(_)
            | StatementKind::Profile(_)
            | StatementKind::Assert(_)
            | StatementKind::Require { .. }
            | StatementKind::For { .. }
            | StatementKind::Error => {}
        }
    }
    out.push_str(&settings.markdown());
    out.push_str(&secrets.markdown());
    if !lines.is_empty() {
        out.push_str(&format!("{lines}\n"));
    }
    out
}

/// What is given, as written; the type is on the component's page.
pub(crate) fn fields(cx: Context<'_>, head: &'static str, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&[head, "value", ""]);
    for statement in body {
        let StatementKind::Field(field) = &statement.kind else { continue };
        let value = if field.punned { code(&field.name.name) } else { cx.code(field.value.span) };
        table.documented(&field.name.name, [code(&field.name.name), value], &cx.prose(&statement.docs));
    }
    table.markdown()
}

/// `default` and `enforce`, as tables.
pub(crate) fn profiles(cx: Context<'_>, body: &[ast::Statement]) -> String {
    let mut table = Table::new(&["", "of every", "field", "value"]);
    for statement in body {
        let StatementKind::Profile(profile) = &statement.kind else { continue };
        let word = match profile.mode {
            ast::ProfileMode::Default => "default",
            ast::ProfileMode::Enforce => "enforced",
        };
        let target: Vec<&str> = profile.target.iter().map(|part| part.name.as_str()).collect();
        let target = crate::text::linked(&target.join("."), cx.file.ast.file, cx.names);
        for field in &profile.body {
            let StatementKind::Field(field) = &field.kind else { continue };
            let value = one_line(cx.source(field.value.span));
            table.row([word.to_owned(), target.clone(), code(&field.name.name), code(&value)]);
        }
    }
    table.markdown()
}
