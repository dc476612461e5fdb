//! Checks every body and puts the project together.

use super::Checked;
use crate::body::{BodyChecker, Want};
use crate::circles::circles;
use crate::codes;
use crate::config;
use crate::context::Context;
use crate::hir::{self, BodyId, ComponentId, FunctionId, Kind, LocalId, MemberKind, Parameter, Project};
use crate::unused;
use rayon::prelude::*;
use solc_source::{Diagnostic, Name, Span};
use std::collections::BTreeSet;

fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

pub(crate) fn check_all(context: Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> Project {
    let cx = &context;
    let mut project =
        Project { platform: cx.well_known.platform, internet: cx.well_known.internet, ..Project::default() };

    // Top-level `let`s first: everything else may need their types.
    for index in 0..cx.globals.len() {
        let mut checker = BodyChecker::new(cx, cx.globals.get(index).map_or(0, |g| g.unit));
        if cx.checked_globals.get(index).is_some_and(|g| g.get().is_none()) {
            checker.check_global(hir::GlobalId(id(index)), Span::default());
        }
        diagnostics.append(&mut checker.diagnostics);
    }

    let records = cx.record_defaults.len();
    let first_function = records;
    let first_global = first_function + cx.functions.len();
    let first_block = first_global + cx.globals.len();
    let first_component = first_block + cx.blocks.len();

    let checked_records: Vec<_> = (0..records).map(|r| record(cx, r)).collect();
    let functions: Vec<_> = (0..cx.functions.len())
        .into_par_iter()
        .map(|f| function(cx, f, BodyId(id(first_function + f))))
        .collect();
    let blocks: Vec<_> = (0..cx.blocks.len())
        .into_par_iter()
        .map(|b| config::check(cx, b, BodyId(id(first_block + b))))
        .collect();
    // The library's come first and the project's large ones together: small pieces keep all threads busy.
    let components: Vec<_> = (0..cx.components.len())
        .into_par_iter()
        .with_max_len(4)
        .map(|c| super::check(cx, ComponentId(id(c)), BodyId(id(first_component + c))))
        .collect();

    let first_claim = first_component + cx.components.len();
    let claims: Vec<_> = cx
        .claims
        .par_iter()
        .enumerate()
        .map(|(c, source)| crate::claim::check(cx, source, BodyId(id(first_claim + c))))
        .collect();

    let mut defaults = Vec::with_capacity(records);
    for checked in checked_records {
        diagnostics.extend(checked.diagnostics);
        project.bodies.push(checked.body);
        defaults.push(checked.node);
    }
    let mut calls: Vec<BTreeSet<(FunctionId, Span)>> = Vec::with_capacity(functions.len());
    for checked in functions {
        diagnostics.extend(checked.diagnostics);
        project.bodies.push(checked.body);
        project.functions.push(checked.node);
        calls.push(checked.calls);
    }
    for (index, source) in cx.globals.iter().enumerate() {
        let body_id = BodyId(id(first_global + index));
        let checked = cx.checked_globals.get(index).and_then(|g| g.get());
        let (ty, value) =
            checked.map_or((hir::Ty::Error, hir::ExprId(u32::MAX)), |(ty, _, value)| (ty.clone(), *value));
        project.globals.push(hir::Global {
            name: source.decl.name.name.clone(),
            ty,
            body: body_id,
            value,
            span: source.decl.name.span,
        });
        project.bodies.push(hir::Body::default());
    }
    for checked in blocks {
        diagnostics.extend(checked.diagnostics);
        project.bodies.push(checked.body);
        project.blocks.push(checked.node);
    }
    for checked in components {
        diagnostics.extend(checked.diagnostics);
        project.bodies.push(checked.body);
        project.components.push(checked.node);
    }
    for checked in claims {
        diagnostics.extend(checked.diagnostics);
        project.bodies.push(checked.body);
        project.claims.push(checked.node);
    }
    unused::declarations(&context, diagnostics);
    recursive_functions(&project, &calls, diagnostics);
    recursive_components(&mut project, diagnostics);

    let Context { enums, unions, aliases, records: record_types, interfaces, checked_globals, .. } = context;
    project.enums = enums;
    project.unions = unions;
    project.aliases = aliases;
    project.records = record_types;
    project.interfaces = interfaces;
    for (record, defaults) in project.records.iter_mut().zip(defaults) {
        for (field, default) in record.fields.iter_mut().zip(defaults) {
            field.default = default;
        }
    }
    for (index, cell) in checked_globals.into_iter().enumerate() {
        if let (Some((_, body, _)), Some(slot)) =
            (cell.into_inner(), project.bodies.get_mut(first_global + index))
        {
            *slot = body;
        }
    }
    let solutions = project.components.iter().enumerate().filter(|(_, c)| c.kind == Kind::Solution);
    project.solutions = solutions.map(|(i, c)| (c.name.clone(), ComponentId(id(i)))).collect();
    project
}

/// The defaults of a record's fields; each sees the fields above it.
fn record(cx: &Context<'_>, index: usize) -> Checked<Vec<Option<hir::ExprId>>> {
    let (unit, sources) = cx.record_defaults.get(index).map_or((0, &[][..]), |(u, s)| (*u, s.as_slice()));
    let mut checker = BodyChecker::new(cx, unit);
    let mut defaults = Vec::with_capacity(sources.len());
    let fields = cx.records.get(index).map(|r| r.fields.as_slice()).unwrap_or_default();
    for (field, source) in fields.iter().zip(sources) {
        let default = source.map(|expr| {
            let origin = format!("`{}` is declared as `{}`", field.name, cx.show(&field.ty));
            checker.check(expr, &Want::declared(field.ty.clone(), field.span, origin))
        });
        defaults.push(default);
        let name = solc_syntax::ast::Ident { name: field.name.clone(), span: field.span };
        checker.bind(&name, field.ty.clone());
    }
    Checked { node: defaults, body: checker.body, diagnostics: checker.diagnostics, calls: checker.calls }
}

fn function(cx: &Context<'_>, index: usize, body: BodyId) -> Checked<hir::Function> {
    let nothing = |name: Name| hir::Function {
        name,
        params: Vec::new(),
        result: hir::Ty::Error,
        body,
        value: hir::ExprId(u32::MAX),
        span: Span::default(),
    };
    let (Some(source), Some(signature)) = (cx.functions.get(index), cx.function_signatures.get(index)) else {
        return Checked {
            node: nothing(Name::default()),
            body: hir::Body::default(),
            diagnostics: Vec::new(),
            calls: BTreeSet::new(),
        };
    };
    let mut checker = BodyChecker::new(cx, source.unit);
    let mut params = Vec::with_capacity(signature.params.len());
    for (index, (param, known)) in source.decl.params.iter().zip(&signature.params).enumerate() {
        // A default sees the parameters before it, whose slots come first.
        let default = param.default.as_ref().map(|d| {
            let origin = format!("`{}` is declared as `{}`", known.name, cx.show(&known.ty));
            checker.check(d, &Want::declared(known.ty.clone(), known.span, origin))
        });
        let local = checker.bind(&param.name, known.ty.clone());
        debug_assert_eq!(local, LocalId(id(index)), "parameters take the first slots");
        params.push(Parameter {
            name: known.name.clone(),
            ty: known.ty.clone(),
            local,
            default,
            span: known.span,
        });
    }
    let want = Want::declared(
        signature.result.clone(),
        source.decl.result.span,
        format!("`{}` gives `{}`", source.decl.name.name, cx.show(&signature.result)),
    );
    let value = checker.check(&source.decl.body, &want);
    checker.unused_parameters(source.decl);
    let node = hir::Function {
        params,
        result: signature.result.clone(),
        value,
        span: source.decl.name.span,
        ..nothing(source.decl.name.name.clone())
    };
    Checked { node, body: checker.body, diagnostics: checker.diagnostics, calls: checker.calls }
}

/// Reports each function that reaches itself, and breaks the circle so that evaluation ends.
fn recursive_functions(
    project: &Project,
    calls: &[BTreeSet<(FunctionId, Span)>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let edges = |f: usize| calls.get(f).into_iter().flatten().map(|(g, at)| (g.index(), *at));
    for cycle in circles(project.functions.len(), &edges) {
        let Some((first, at)) = cycle.first() else { continue };
        let Some(function) = project.functions.get(*first) else { continue };
        let chain: Vec<String> = cycle
            .iter()
            .map(|(f, _)| *f)
            .chain([*first])
            .filter_map(|f| project.functions.get(f))
            .map(|f| format!("`{}`", f.name))
            .collect();
        diagnostics.push(
            Diagnostic::error(codes::RECURSIVE_FUNCTION, *at, format!("`{}` reaches itself", function.name))
                .label("this call leads back")
                .because(function.span, "declared here")
                .note(format!("the chain: {}", chain.join(" → ")))
                .help("iterate with a comprehension: every program of this language ends"),
        );
    }
}

/// Reports each component that contains itself, and takes the instance out so that evaluation ends.
fn recursive_components(project: &mut Project, diagnostics: &mut Vec<Diagnostic>) {
    let edges = |c: usize| {
        project
            .components
            .get(c)
            .into_iter()
            .flat_map(|c| c.instances().map(|(_, i)| (i.component.index(), i.component_span)))
    };
    let found = circles(project.components.len(), &edges);
    for cycle in found {
        let Some((first, at)) = cycle.first() else { continue };
        let chain: Vec<String> = cycle
            .iter()
            .map(|(c, _)| *c)
            .chain([*first])
            .filter_map(|c| project.components.get(c))
            .map(|c| format!("`{}`", c.name))
            .collect();
        let Some(component) = project.components.get_mut(*first) else { continue };
        diagnostics.push(
            Diagnostic::error(
                codes::RECURSIVE_COMPONENT,
                *at,
                format!("`{}` contains itself", component.name),
            )
            .label("leads back")
            .because(component.span, "declared here")
            .note(format!("the chain: {}", chain.join(" → ")))
            .help("take one of the instances out"),
        );
        for member in &mut component.members {
            if let MemberKind::Instance(instance) = &member.kind
                && instance.component_span == *at
            {
                member.kind = MemberKind::Let { value: hir::ExprId(u32::MAX) };
            }
        }
    }
}
