//! Collects what every file declares and imports.
//!
//! Invariant: each declaration gets its id here, in the order of files and of lines; nothing is looked into yet.

use crate::codes;
use crate::context::{
    ComponentSource, Context, Decl, Named, Scope, Source, TypeDeclId, TypeSource, TypeSourceBody, TypeState,
    WellKnown,
};
use crate::hir::{BlockId, ComponentId, FunctionId, GlobalId, InterfaceId, Kind};
use crate::load::Unit;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast::{self, BlockKind, ItemKind};
use std::sync::OnceLock;

pub(crate) fn declare<'a>(units: &'a [Unit], diagnostics: &mut Vec<Diagnostic>) -> Context<'a> {
    let mut context = Context {
        units,
        scopes: Vec::new(),
        prelude: IndexMap::new(),
        components: Vec::new(),
        signatures: Vec::new(),
        interface_sources: Vec::new(),
        interfaces: Vec::new(),
        types: Vec::new(),
        enums: Vec::new(),
        unions: Vec::new(),
        aliases: Vec::new(),
        records: Vec::new(),
        record_defaults: Vec::new(),
        functions: Vec::new(),
        function_signatures: Vec::new(),
        globals: Vec::new(),
        checked_globals: Vec::new(),
        blocks: Vec::new(),
        block_names: FxHashMap::default(),
        teams: IndexMap::new(),
        type_at: FxHashMap::default(),
        well_known: WellKnown::default(),
    };
    let mut solutions: FxHashMap<Name, Span> = FxHashMap::default();
    for (index, unit) in units.iter().enumerate() {
        let mut scope = Scope::default();
        for item in &unit.ast.items {
            declare_item(&mut context, &mut scope, &mut solutions, index, item, diagnostics);
        }
        context.scopes.push(scope);
    }
    let cmdb = [Name::new_static("std"), Name::new_static("cmdb")];
    for (unit, scope) in units.iter().zip(&context.scopes) {
        if unit.library && unit.answers(&cmdb) {
            let public = scope.own.iter().filter(|(_, named)| !named.private);
            context.prelude.extend(public.map(|(name, named)| (name.clone(), named.clone())));
        }
    }
    for index in 0..units.len() {
        import(&mut context, index, diagnostics);
    }
    context.well_known.platform = find_component(&context, "platform", "Platform");
    context.well_known.internet = find_component(&context, "network", "Internet");
    context
}

fn find_component(context: &Context<'_>, module: &str, name: &str) -> Option<ComponentId> {
    let path = [Name::new_static("std"), Name::new(module)];
    context.units.iter().zip(&context.scopes).filter(|(u, _)| u.library && u.answers(&path)).find_map(
        |(_, scope)| match scope.own.get(name).map(|n| n.decl) {
            Some(Decl::Component(id)) => Some(id),
            Some(Decl::Interface(_) | Decl::Type(_) | Decl::Function(_) | Decl::Global(_)) | None => None,
        },
    )
}

fn id(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn declare_item<'a>(
    context: &mut Context<'a>,
    scope: &mut Scope,
    solutions: &mut FxHashMap<Name, Span>,
    unit: usize,
    item: &'a ast::Item,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut add = |scope: &mut Scope, ident: &ast::Ident, decl: Decl| {
        if ident.name.is_empty() {
            return;
        }
        if let Some(first) = scope.own.get(&ident.name) {
            diagnostics.push(duplicate(ident, first.span));
            return;
        }
        scope
            .own
            .insert(ident.name.clone(), Named { decl, span: ident.span, private: item.private.is_some() });
    };
    match &item.kind {
        ItemKind::Use(_) | ItemKind::Error => {}
        ItemKind::Test(decl) => diagnostics.push(not_available_yet(decl.name.span, "`test` blocks")),
        ItemKind::Policy(decl) => diagnostics.push(not_available_yet(decl.name.span, "`policy` blocks")),
        ItemKind::Component(decl) => {
            let component = ComponentId(id(context.components.len()));
            context.components.push(ComponentSource {
                unit,
                name: &decl.name,
                body: &decl.body,
                kind: Kind::Component,
            });
            add(scope, &decl.name, Decl::Component(component));
        }
        ItemKind::Solution(decl) => match solutions.get(&decl.name.name) {
            Some(first) => diagnostics.push(duplicate(&decl.name, *first)),
            None => {
                solutions.insert(decl.name.name.clone(), decl.name.span);
                context.components.push(ComponentSource {
                    unit,
                    name: &decl.name,
                    body: &decl.body,
                    kind: Kind::Solution,
                });
            }
        },
        ItemKind::Interface(decl) => {
            let interface = InterfaceId(id(context.interface_sources.len()));
            context.interface_sources.push(Source { unit, decl });
            add(scope, &decl.name, Decl::Interface(interface));
        }
        ItemKind::Type(decl) => {
            let ty = TypeDeclId(id(context.types.len()));
            context.types.push(TypeSource {
                unit,
                name: &decl.name,
                body: TypeSourceBody::Type(&decl.body),
                state: TypeState::Todo,
            });
            add(scope, &decl.name, Decl::Type(ty));
        }
        ItemKind::Enum(decl) => {
            let ty = TypeDeclId(id(context.types.len()));
            context.types.push(TypeSource {
                unit,
                name: &decl.name,
                body: TypeSourceBody::Enum(decl),
                state: TypeState::Todo,
            });
            add(scope, &decl.name, Decl::Type(ty));
        }
        ItemKind::Fn(decl) => {
            let function = FunctionId(id(context.functions.len()));
            context.functions.push(Source { unit, decl });
            add(scope, &decl.name, Decl::Function(function));
        }
        ItemKind::Let(decl) => {
            let global = GlobalId(id(context.globals.len()));
            context.globals.push(Source { unit, decl });
            context.checked_globals.push(OnceLock::new());
            add(scope, &decl.name, Decl::Global(global));
        }
        ItemKind::Block(decl) => declare_block(context, unit, decl, diagnostics),
    }
}

fn declare_block<'a>(
    context: &mut Context<'a>,
    unit: usize,
    decl: &'a ast::BlockDecl,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !decl.name.name.is_empty() {
        let key = (decl.kind, decl.name.name.clone());
        let first = context
            .block_names
            .get(&key)
            .and_then(|b| context.blocks.get(b.index()))
            .map(|b| b.decl.name.span);
        if let Some(first) = first {
            diagnostics.push(duplicate(&decl.name, first));
            return;
        }
        context.block_names.insert(key, BlockId(id(context.blocks.len())));
    }
    if decl.kind == BlockKind::Product {
        let earlier = context.blocks.iter().find(|b| b.decl.kind == BlockKind::Product).map(|b| b.decl);
        if let Some(earlier) = earlier {
            let message = format!("`{}` is a second product of this project", decl.name.name);
            diagnostics.push(
                Diagnostic::error(codes::DUPLICATE_NAME, decl.name.span, message)
                    .label("a second product")
                    .because(earlier.name.span, "the product")
                    .help("give each product repositories of its own"),
            );
        }
        for statement in &decl.body {
            if let ast::StatementKind::Field(field) = &statement.kind
                && field.name.name == "teams"
                && let ast::ExprKind::Record(elements) = &field.value.kind
            {
                for element in elements {
                    if let ast::Element::Field(team) = element {
                        context.teams.insert(team.name.name.clone(), team.name.span);
                    }
                }
            }
        }
    }
    context.blocks.push(Source { unit, decl });
}

fn import(context: &mut Context<'_>, index: usize, diagnostics: &mut Vec<Diagnostic>) {
    let Some(unit) = context.units.get(index) else { return };
    let mut imported: IndexMap<Name, Named> = IndexMap::new();
    for item in &unit.ast.items {
        let ItemKind::Use(decl) = &item.kind else { continue };
        if decl.path.iter().any(|i| i.name.is_empty()) {
            continue;
        }
        let path: Vec<Name> = decl.path.iter().map(|i| i.name.clone()).collect();
        for used in &decl.names {
            if used.name.name.is_empty() {
                continue;
            }
            let Some(found) = find_import(context, index, decl, &path, &used.name, diagnostics) else {
                continue;
            };
            let local = used.alias.as_ref().unwrap_or(&used.name);
            let first = imported
                .get(&local.name)
                .map(|n: &Named| n.span)
                .or_else(|| context.scopes.get(index).and_then(|s| s.own.get(&local.name)).map(|n| n.span));
            match first {
                Some(first) => diagnostics.push(duplicate(local, first)),
                None => {
                    imported
                        .insert(local.name.clone(), Named { decl: found, span: local.span, private: false });
                }
            }
        }
    }
    if let Some(scope) = context.scopes.get_mut(index) {
        scope.imported = imported;
    }
}

fn find_import(
    context: &Context<'_>,
    from: usize,
    decl: &ast::UseDecl,
    path: &[Name],
    name: &ast::Ident,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Decl> {
    let modules =
        || context.units.iter().zip(&context.scopes).enumerate().filter(|(_, (u, _))| u.answers(path));
    let mut private = None;
    for (index, (_, scope)) in modules() {
        if let Some(named) = scope.own.get(&name.name) {
            if named.private && index != from {
                private = Some(named.span);
            } else {
                return Some(named.decl);
            }
        }
    }
    let shown = path.join(".");
    let diagnostic = if let Some(span) = private {
        Diagnostic::error(codes::PRIVATE_IMPORT, name.span, format!("`{}` is private to its file", name.name))
            .label("cannot be used from here")
            .because(span, "declared `private` here")
            .help("remove `private` there, or use what the module publishes")
    } else if path.first().is_some_and(|p| p == "std") || modules().next().is_some() {
        let declared: Vec<&str> = modules()
            .flat_map(|(_, (_, s))| s.own.iter().filter(|(_, n)| !n.private).map(|(n, _)| n.as_str()))
            .collect();
        let nearest = suggest::nearest(&name.name, declared.iter().copied());
        if declared.is_empty() {
            let near = suggest::nearest(path.get(1).map_or("", Name::as_str), STD_MODULES.iter().copied());
            let span = decl.path.get(1).map_or(name.span, |i| i.span);
            let base = Diagnostic::error(
                codes::UNKNOWN_IMPORT,
                name.span,
                format!("nothing is called `{}` in `{shown}`", name.name),
            )
            .label("not found");
            match near {
                Some(module) if path.get(1).is_some_and(|p| p != module) => base.suggest(span, Some(module)),
                _ => base.help(format!("the standard library's modules are {}", list(STD_MODULES))),
            }
        } else {
            Diagnostic::error(
                codes::UNKNOWN_IMPORT,
                name.span,
                format!("nothing is called `{}` in `{shown}`", name.name),
            )
            .label("not found")
            .suggest(name.span, nearest)
        }
    } else {
        let all: Vec<String> =
            context.units.iter().filter(|u| !u.library).map(|u| u.module.join(".")).collect();
        let span =
            decl.path.first().map_or(name.span, |f| decl.path.iter().fold(f.span, |s, i| s.to(i.span)));
        Diagnostic::error(codes::UNKNOWN_MODULE, span, format!("there is no module `{shown}`"))
            .label("neither a file nor a folder of this repository, nor of the standard library")
            .suggest(span, suggest::nearest(&shown, all.iter().map(String::as_str)))
    };
    diagnostics.push(diagnostic);
    None
}

/// The standard library's modules, for suggestions; a test holds them equal to its folders.
const STD_MODULES: &[&str] = &["cmdb", "compute", "data", "messaging", "network", "platform", "security"];

pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

pub(crate) fn duplicate(ident: &ast::Ident, first: Span) -> Diagnostic {
    Diagnostic::error(codes::DUPLICATE_NAME, ident.span, format!("`{}` is declared twice", ident.name))
        .label("declared again")
        .because(first, "first declared here")
        .help("rename one of them, or remove it")
}

pub(crate) fn not_available_yet(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(codes::NOT_AVAILABLE_YET, span, format!("{what} are not available in this version"))
        .label("understood, but not carried out yet")
        .help("remove it until the version that has it")
}
