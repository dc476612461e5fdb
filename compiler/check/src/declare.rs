//! Collects what every file declares and imports.
//!
//! Invariant: each declaration gets its id here, in the order of files and of lines; nothing is looked into yet.

use crate::codes;
use crate::context::{
    ClaimDecl, ClaimSource, ComponentSource, Context, Decl, Named, Scope, Source, TypeDeclId, TypeSource,
    TypeSourceBody, TypeState, WellKnown,
};
use crate::hir::{BlockId, ComponentId, FunctionId, GlobalId, InterfaceId, Kind};
use crate::load::{Catalogue, Unit};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast::{self, BlockKind, ItemKind};
use std::sync::{Arc, OnceLock};

pub(crate) fn declare<'a>(
    units: &'a [Unit],
    catalogue: Catalogue,
    elsewhere: &'a [Name],
    alone: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Context<'a> {
    let mut context = Context {
        units,
        catalogue,
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
        claims: Vec::new(),
        elsewhere,
        block_names: FxHashMap::default(),
        teams: IndexMap::new(),
        type_at: FxHashMap::default(),
        well_known: WellKnown::default(),
        settings: OnceLock::new(),
        alone,
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
        taken_names(&context, index, diagnostics);
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
        let private = item.private.is_some();
        scope.own.insert(ident.name.clone(), Named { decl, span: ident.span, private, used: Arc::default() });
    };
    let is_library = context.units.get(unit).is_some_and(|u| u.package.library);
    match &item.kind {
        ItemKind::Use(_) | ItemKind::Error => {}
        ItemKind::Solution(ast::SolutionDecl { name, .. }) if is_library => {
            diagnostics.push(not_in_a_library(name.span, "a solution"));
        }
        ItemKind::Block(ast::BlockDecl { name, kind, .. }) if is_library => {
            diagnostics.push(not_in_a_library(name.span, &format!("`{}`", kind.word())));
        }
        ItemKind::Test(decl) => declare_claim(context, unit, ClaimDecl::Test(decl), diagnostics),
        ItemKind::Policy(decl) => declare_claim(context, unit, ClaimDecl::Policy(decl), diagnostics),
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

/// Reports tell claims apart by name. What the library claims of itself is not asked of those who use it.
fn declare_claim<'a>(
    context: &mut Context<'a>,
    unit: usize,
    decl: ClaimDecl<'a>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if context.is_library(unit) {
        return;
    }
    let name = decl.name();
    let first = context.claims.iter().map(|c| c.decl).find(|other| {
        name.plain().is_some_and(|n| !n.is_empty() && other.name().plain().as_ref() == Some(&n))
    });
    match first {
        Some(first) => {
            let ident = ast::Ident { name: name.plain().unwrap_or_default(), span: name.span };
            diagnostics.push(duplicate(&ident, first.name().span));
        }
        None => context.claims.push(ClaimSource { unit, decl }),
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
    let mut broken: Vec<Name> = Vec::new();
    let local_name = |used: &ast::UseName| used.alias.as_ref().unwrap_or(&used.name).name.clone();
    for item in &unit.ast.items {
        let ItemKind::Use(decl) = &item.kind else { continue };
        if decl.path.iter().any(|i| i.name.is_empty()) {
            continue;
        }
        let written: Vec<Name> = decl.path.iter().map(|i| i.name.clone()).collect();
        if context.is_left_out(index, &written) {
            diagnostics.push(left_out(decl));
            broken.extend(decl.names.iter().map(local_name));
            continue;
        }
        let path = context.module_path(index, &written);
        if let Some(diagnostic) = unknown_module(context, index, decl, &path) {
            diagnostics.push(diagnostic);
            broken.extend(decl.names.iter().map(local_name));
            continue;
        }
        for used in &decl.names {
            if used.name.name.is_empty() {
                continue;
            }
            let Some(found) = find_import(context, index, decl, &path, &used.name, diagnostics) else {
                broken.push(local_name(used));
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
                    let named = Named { decl: found, span: local.span, private: false, used: Arc::default() };
                    imported.insert(local.name.clone(), named);
                }
            }
        }
    }
    if let Some(scope) = context.scopes.get_mut(index) {
        scope.imported = imported;
        scope.broken = broken;
    }
}

/// A declaration or import of the project may not take a name of the language, and should not take one of the prelude:
/// code that reads the same is to mean the same in each file.
fn taken_names(context: &Context<'_>, index: usize, diagnostics: &mut Vec<Diagnostic>) {
    let Some(scope) = context.scopes.get(index).filter(|_| !context.is_library(index)) else { return };
    // What is imported under its own name was reported where it is declared.
    let renamed = |name: &Name, named: &Named| {
        !context.scopes.iter().any(|s| s.own.get(name).is_some_and(|n| n.decl == named.decl))
    };
    let imported = scope.imported.iter().filter(|(name, named)| renamed(name, named));
    for (name, named) in scope.own.iter().chain(imported) {
        if crate::types::is_builtin(name) || crate::body::is_word(name) {
            let message = format!("`{name}` already has a meaning in every file");
            diagnostics.push(
                Diagnostic::error(codes::DUPLICATE_NAME, named.span, message)
                    .label("declared again")
                    .note(format!("`{name}` is a name of the language"))
                    .help("give it another name"),
            );
        } else if let Some(first) = context.prelude.get(name).filter(|p| p.decl != named.decl) {
            let message = format!("this hides the `{name}` that every file sees");
            diagnostics.push(
                Diagnostic::warning(codes::DUPLICATE_NAME, named.span, message)
                    .label("means something else in this file")
                    .because(first.span, "what it means in the others")
                    .help("give it another name"),
            );
        }
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
                named.used.store(true, std::sync::atomic::Ordering::Relaxed);
                private = Some(named.span);
            } else {
                return Some(named.decl);
            }
        }
    }
    diagnostics.push(match private {
        Some(span) => Diagnostic::error(
            codes::PRIVATE_IMPORT,
            name.span,
            format!("`{}` is private to its file", name.name),
        )
        .label("cannot be used from here")
        .because(span, "declared `private` here")
        .help("remove `private` there, or use what the module publishes"),
        None => unknown_import(context, decl, path, name),
    });
    None
}

fn unknown_import(
    context: &Context<'_>,
    decl: &ast::UseDecl,
    path: &[Name],
    name: &ast::Ident,
) -> Diagnostic {
    let shown = written(decl);
    let units = context.units.iter().zip(&context.scopes).filter(|(u, _)| u.answers(path));
    let own = units.flat_map(|(_, s)| s.own.iter().filter(|(_, n)| !n.private).map(|(n, _)| n));
    let mut declared: Vec<Name> = own.chain(context.catalogue.names(path)).cloned().collect();
    declared.sort();
    declared.dedup();
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_IMPORT,
        name.span,
        format!("nothing is called `{}` in `{shown}`", name.name),
    )
    .label("not found");
    if let Some(near) = suggest::nearest(&name.name, declared.iter().map(Name::as_str)) {
        return diagnostic.suggest(name.span, Some(near));
    }
    match context.catalogue.folder_of(&name.name) {
        Some(folder) if decl.names.len() == 1 => {
            diagnostic.fix(format!("import it from `{folder}`"), module_span(decl, name), folder)
        }
        Some(folder) => diagnostic.help(format!("import it from `{folder}`")),
        None if declared.is_empty() => diagnostic,
        None => diagnostic.help(format!("use one of {}", crate::body::quote(&declared))),
    }
}

/// Where a `use` names its module.
fn module_span(decl: &ast::UseDecl, name: &ast::Ident) -> Span {
    decl.path.first().map_or(name.span, |f| decl.path.iter().fold(f.span, |s, i| s.to(i.span)))
}

/// Says that a `use` names no module; nothing where it does.
fn unknown_module(
    context: &Context<'_>,
    index: usize,
    decl: &ast::UseDecl,
    path: &[Name],
) -> Option<Diagnostic> {
    let name = decl.names.first().map(|n| &n.name)?;
    if context.units.iter().any(|u| u.answers(path)) || context.catalogue.names(path).next().is_some() {
        return None;
    }
    let shown = written(decl);
    let library = path.first().is_some_and(|p| p == "std");
    if library && path.len() == 1 && STD_MODULES.contains(&name.name.as_str()) {
        let message = format!("`std.{}` is a module: it cannot be imported whole", name.name);
        return Some(
            Diagnostic::error(codes::UNKNOWN_IMPORT, name.span, message)
                .label("what of it?")
                .help(format!("name what is needed: `use std.{}.{{…}}`", name.name)),
        );
    }
    let all: Vec<String> = if library {
        STD_MODULES.iter().map(|m| format!("std.{m}")).collect()
    } else {
        project_modules(context, index)
    };
    let span = module_span(decl, name);
    let near = suggest::nearest(&shown, all.iter().map(String::as_str));
    let diagnostic = Diagnostic::error(codes::UNKNOWN_MODULE, span, format!("there is no module `{shown}`"))
        .suggest(span, near);
    Some(match (library, near) {
        (true, None) => diagnostic
            .label("not part of the standard library")
            .help(format!("use one of {}", list(&all.iter().map(String::as_str).collect::<Vec<_>>()))),
        (true, Some(_)) => diagnostic.label("not part of the standard library"),
        (false, _) => diagnostic
            .label("neither a file nor a folder of this repository")
            .help("name the file below the repository's root: `components/cart.sol` is `components.cart`"),
    })
}

/// The modules of the project that a file may use, as it writes them.
fn project_modules(context: &Context<'_>, index: usize) -> Vec<String> {
    let Some(package) = context.units.get(index).map(|u| &u.package) else { return Vec::new() };
    let below = |prefix: &[Name], name: Option<&Name>| {
        let modules =
            context.units.iter().filter(|u| !u.library).filter_map(|u| u.module.strip_prefix(prefix));
        let named =
            modules.map(|m| name.into_iter().chain(m).map(Name::as_str).collect::<Vec<_>>().join("."));
        named.filter(|m| !m.is_empty() && !m.contains('@')).collect::<Vec<_>>()
    };
    let own = below(&package.prefix, None);
    let others = package.dependencies.iter().flat_map(|(name, prefix)| below(prefix, Some(name)));
    own.into_iter().chain(others).collect()
}

/// A module as a `use` names it.
fn written(decl: &ast::UseDecl) -> String {
    decl.path.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(".")
}

/// Says once for a `use` that nothing is known of what it imports.
fn left_out(decl: &ast::UseDecl) -> Diagnostic {
    let (first, span) = decl.path.first().map_or(("", Span::default()), |i| (i.name.as_str(), i.span));
    Diagnostic::warning(
        codes::NOT_CHECKED_HERE,
        span,
        format!("the library `{first}` is left out, so what is imported from it is not checked"),
    )
    .label("another repository")
    .help("check without `--isolated` to see it")
}

/// The standard library's modules, for suggestions; a test holds them equal to its folders.
pub(crate) const STD_MODULES: &[&str] =
    &["cmdb", "compute", "data", "messaging", "network", "platform", "security"];

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

fn not_in_a_library(at: Span, what: &str) -> Diagnostic {
    Diagnostic::error(codes::MISPLACED_STATEMENT, at, format!("{what} means nothing in a library"))
        .label("cannot stand here")
        .note("a library holds components, types, functions and values that others use")
        .help("move it to a product's repository")
}
