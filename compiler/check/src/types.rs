//! Type expressions and type declarations to `Ty`.
//!
//! Invariant: a name is resolved once; a type that is defined by itself is reported with its first member.

use crate::codes;
use crate::context::{Context, Decl, TypeDeclId, TypeSourceBody, TypeState};
use crate::declare::duplicate;
use crate::hir::{
    Alias, AliasId, BlockKind, BodyId, Case, Enum, EnumId, Quantity, Record, RecordField, RecordId,
    Refinement, Ty, Union, UnionId,
};
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast::{self, TypeExprKind};
use std::sync::Arc;

const BUILTIN: &[(&str, Ty)] = &[
    ("Bool", Ty::Bool),
    ("Int", Ty::Int),
    ("Number", Ty::Number),
    ("String", Ty::String),
    ("Duration", Ty::Duration),
    ("Size", Ty::Size),
    ("Percent", Ty::Percent),
    ("Cidr", Ty::Cidr),
    ("Vcpu", Ty::Vcpu),
    ("Range", Ty::Range),
    ("Json", Ty::Json),
    ("Peer", Ty::Peer),
];

/// Resolves every `type` and `enum`.
pub(crate) fn resolve(context: &mut Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..context.types.len() {
        let id = TypeDeclId(u32::try_from(index).unwrap_or(u32::MAX));
        declared(context, id, None, diagnostics);
    }
    endless_records(context, diagnostics);
    let cmdb = |context: &Context<'_>, name: &str| match context.prelude.get(name).map(|n| n.decl) {
        Some(Decl::Type(id)) => context.types.get(id.0 as usize).map(|t| t.state.clone()),
        Some(Decl::Component(_) | Decl::Interface(_) | Decl::Function(_) | Decl::Global(_)) | None => None,
    };
    let record = |context: &Context<'_>, name: &str| match cmdb(context, name) {
        Some(TypeState::Done(Ty::Record(id))) => Some(id),
        Some(TypeState::Done(_) | TypeState::Todo | TypeState::Doing) | None => None,
    };
    context.well_known.zone = record(context, "Zone");
    context.well_known.image = record(context, "Image");
    context.well_known.secret_reference = record(context, "SecretReference");
    context.well_known.image_format = match cmdb(context, "ImageFormat") {
        Some(TypeState::Done(ty)) => Some(ty),
        Some(TypeState::Todo | TypeState::Doing) | None => None,
    };
}

/// Reports each record type of which every value would hold another value of the same type.
fn endless_records(context: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let edges = |r: usize| {
        let fields = context.records.get(r).map_or(&[][..], |r| r.fields.as_slice());
        fields.iter().filter(|f| f.default.is_none()).filter_map(|f| match &f.ty {
            Ty::Record(id) => Some((id.index(), f.span)),
            _ => None,
        })
    };
    for circle in crate::circles::circles(context.records.len(), &edges) {
        let Some((record, at)) = circle.first() else { continue };
        let Some(record) = context.records.get(*record) else { continue };
        let message = format!("the type `{}` is defined by itself", record.name);
        diagnostics.push(
            Diagnostic::error(codes::CYCLIC_TYPE, *at, message)
                .label("needs a value that needs a value …")
                .because(record.span, "declared here")
                .help("make the field optional, or a list"),
        );
    }
}

/// Whether a type of the language has this name.
pub(crate) fn is_builtin(name: &str) -> bool {
    name == "Grant" || BUILTIN.iter().any(|(builtin, _)| *builtin == name)
}

fn block_kind(name: &str) -> Option<BlockKind> {
    match name {
        "Organisation" => Some(BlockKind::Organisation),
        "Account" => Some(BlockKind::Account),
        "Team" => Some(BlockKind::Team),
        "Product" => Some(BlockKind::Product),
        "Environment" => Some(BlockKind::Environment),
        _ => None,
    }
}

/// The type that a declaration stands for.
fn declared(
    context: &mut Context<'_>,
    id: TypeDeclId,
    used_at: Option<Span>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    let Some(source) = context.types.get_mut(id.0 as usize) else { return Ty::Error };
    match &source.state {
        TypeState::Done(ty) => return ty.clone(),
        TypeState::Doing => {
            let name = source.name.clone();
            let at = used_at.unwrap_or(name.span);
            diagnostics.push(
                Diagnostic::error(
                    codes::CYCLIC_TYPE,
                    at,
                    format!("the type `{}` is defined by itself", name.name),
                )
                .label("leads back to itself")
                .because(name.span, "declared here")
                .help("put the repeated part into a list or an optional of a record"),
            );
            return Ty::Error;
        }
        TypeState::Todo => source.state = TypeState::Doing,
    }
    let (unit, name, body) = (source.unit, source.name, source.body);
    let ty = match body {
        TypeSourceBody::Enum(decl) => enum_type(context, decl, diagnostics),
        TypeSourceBody::Type(ast::TypeBody::Cases(cases)) => {
            union_type(context, unit, name, cases, diagnostics, id)
        }
        TypeSourceBody::Type(ast::TypeBody::Alias(alias)) => match &alias.kind {
            TypeExprKind::Record(fields) => {
                let record = reserve_record(context, unit, name.name.clone(), name.span);
                // Known before its fields are looked at, so that a record may contain lists of itself.
                let well_known = context.is_library(unit).then(|| block_kind(&name.name)).flatten();
                let ty = match well_known {
                    Some(kind) => {
                        context.well_known.blocks.insert(kind, record);
                        Ty::Block(kind)
                    }
                    None => Ty::Record(record),
                };
                set_state(context, id, &ty);
                fill_record(context, unit, record, fields, diagnostics);
                ty
            }
            TypeExprKind::Refined { base, refinement } => {
                refined(context, unit, base, refinement, Some(name), diagnostics)
            }
            TypeExprKind::Missing
            | TypeExprKind::Named(_)
            | TypeExprKind::Applied { .. }
            | TypeExprKind::Literal(_)
            | TypeExprKind::Union(_)
            | TypeExprKind::List(_)
            | TypeExprKind::Map { .. }
            | TypeExprKind::Optional(_)
            | TypeExprKind::Deferred(_)
            | TypeExprKind::Secret(_) => lower(context, unit, alias, diagnostics),
        },
    };
    set_state(context, id, &ty);
    ty
}

fn set_state(context: &mut Context<'_>, id: TypeDeclId, ty: &Ty) {
    if let Some(source) = context.types.get_mut(id.0 as usize) {
        source.state = TypeState::Done(ty.clone());
    }
}

fn enum_type(context: &mut Context<'_>, decl: &ast::EnumDecl, diagnostics: &mut Vec<Diagnostic>) -> Ty {
    let mut cases: Vec<Name> = Vec::new();
    let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
    for case in decl.cases.iter().filter(|c| !c.name.is_empty()) {
        if let Some(first) = seen.insert(case.name.clone(), case.span) {
            diagnostics.push(duplicate(case, first));
        } else {
            cases.push(case.name.clone());
        }
    }
    let id = EnumId(u32::try_from(context.enums.len()).unwrap_or(u32::MAX));
    context.enums.push(Enum {
        name: decl.name.name.clone(),
        cases,
        ordered: decl.ordered,
        span: decl.name.span,
    });
    Ty::Enum(id)
}

fn union_type<'a>(
    context: &mut Context<'a>,
    unit: usize,
    name: &ast::Ident,
    cases: &'a [ast::CaseDecl],
    diagnostics: &mut Vec<Diagnostic>,
    decl: TypeDeclId,
) -> Ty {
    let id = UnionId(u32::try_from(context.unions.len()).unwrap_or(u32::MAX));
    context.unions.push(Union { name: name.name.clone(), cases: Vec::new(), span: name.span });
    let ty = Ty::Union(id);
    set_state(context, decl, &ty);
    let mut lowered: Vec<Case> = Vec::new();
    let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
    for case in cases.iter().filter(|c| !c.name.name.is_empty()) {
        if let Some(first) = seen.insert(case.name.name.clone(), case.name.span) {
            diagnostics.push(duplicate(&case.name, first));
            continue;
        }
        let record = (!case.fields.is_empty()).then(|| {
            let record = reserve_record(context, unit, case.name.name.clone(), case.name.span);
            fill_record(context, unit, record, &case.fields, diagnostics);
            record
        });
        lowered.push(Case { name: case.name.name.clone(), record });
    }
    if let Some(union) = context.unions.get_mut(id.index()) {
        union.cases = lowered;
    }
    ty
}

fn reserve_record(context: &mut Context<'_>, unit: usize, name: Name, span: Span) -> RecordId {
    let id = RecordId(u32::try_from(context.records.len()).unwrap_or(u32::MAX));
    // The bodies of records come first among all bodies, so a record's body has the record's own number.
    context.records.push(Record { name, fields: Vec::new(), body: BodyId(id.0), span });
    context.record_defaults.push((unit, Vec::new()));
    id
}

fn fill_record<'a>(
    context: &mut Context<'a>,
    unit: usize,
    record: RecordId,
    fields: &'a [ast::TypeField],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut lowered: Vec<RecordField> = Vec::new();
    let mut defaults: Vec<Option<&'a ast::Expr>> = Vec::new();
    for field in fields.iter().filter(|f| !f.name.name.is_empty()) {
        let ty = lower(context, unit, &field.ty, diagnostics);
        if let Some(first) = lowered.iter().find(|f| f.name == field.name.name) {
            diagnostics.push(duplicate(&field.name, first.span));
            continue;
        }
        // The expression is checked later; only that there is one is known now.
        let default = field.default.as_ref().map(|_| crate::hir::ExprId(u32::MAX));
        lowered.push(RecordField { name: field.name.name.clone(), ty, default, span: field.name.span });
        defaults.push(field.default.as_ref());
    }
    if let Some(target) = context.records.get_mut(record.index()) {
        target.fields = lowered;
    }
    if let Some(target) = context.record_defaults.get_mut(record.index()) {
        target.1 = defaults;
    }
}

/// The type that a type expression means in a file.
pub(crate) fn lower<'a>(
    context: &mut Context<'a>,
    unit: usize,
    ty: &'a ast::TypeExpr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    match &ty.kind {
        TypeExprKind::Missing => Ty::Error,
        TypeExprKind::Named(path) => named(context, unit, path, ty.span, diagnostics),
        TypeExprKind::Applied { name, args } => applied(context, unit, name, args, diagnostics),
        TypeExprKind::Literal(text) => Ty::Literals(Arc::from([text.clone()])),
        TypeExprKind::Union(parts) => literal_union(context, unit, parts, diagnostics),
        TypeExprKind::List(inner) => Ty::List(Arc::new(lower(context, unit, inner, diagnostics))),
        TypeExprKind::Map { key, value } => {
            let key_ty = lower(context, unit, key, diagnostics);
            if !matches!(key_ty, Ty::String | Ty::Error | Ty::Enum(_) | Ty::Literals(_) | Ty::Alias(_)) {
                let shown = context.a(&key_ty);
                diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        key.span,
                        format!("a map's key is a string, not {shown}"),
                    )
                    .label("cannot be a key")
                    .fix("write `String`", key.span, "String"),
                );
            }
            Ty::Map(Arc::new(lower(context, unit, value, diagnostics)))
        }
        TypeExprKind::Record(fields) => {
            let record = reserve_record(context, unit, Name::default(), ty.span);
            fill_record(context, unit, record, fields, diagnostics);
            Ty::Record(record)
        }
        TypeExprKind::Optional(inner) => match lower(context, unit, inner, diagnostics) {
            already @ (Ty::Optional(_) | Ty::Error) => already,
            inner => Ty::Optional(Arc::new(inner)),
        },
        TypeExprKind::Deferred(inner) => match lower(context, unit, inner, diagnostics) {
            already @ (Ty::Deferred(_) | Ty::Error) => already,
            inner => Ty::Deferred(Arc::new(inner)),
        },
        TypeExprKind::Secret(inner) => match lower(context, unit, inner, diagnostics) {
            already @ (Ty::Secret(_) | Ty::Error) => already,
            inner => Ty::Secret(Arc::new(inner)),
        },
        TypeExprKind::Refined { base, refinement } => {
            refined(context, unit, base, refinement, None, diagnostics)
        }
    }
}

fn literal_union<'a>(
    context: &mut Context<'a>,
    unit: usize,
    parts: &'a [ast::TypeExpr],
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    let mut names: Vec<Name> = Vec::new();
    for part in parts {
        match lower(context, unit, part, diagnostics) {
            Ty::Literals(more) => names.extend(more.iter().cloned()),
            Ty::Error => return Ty::Error,
            other => {
                let shown = context.a(&other);
                diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        part.span,
                        format!("only strings can stand in a union of literals, not {shown}"),
                    )
                    .label("not a string literal")
                    .help("declare a tagged union: `type T = one { … } | two { … }`"),
                );
                return Ty::Error;
            }
        }
    }
    names.sort();
    names.dedup();
    Ty::Literals(names.into())
}

fn named<'a>(
    context: &mut Context<'a>,
    unit: usize,
    path: &'a [ast::Ident],
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    let Some((last, module)) = path.split_last() else { return Ty::Error };
    if path.iter().any(|i| i.name.is_empty()) {
        return Ty::Error;
    }
    if path.first().is_some_and(|i| i.name == "AWS") {
        return resource_type(path, span, diagnostics).map_or(Ty::Error, Ty::Resource);
    }
    let found = if module.is_empty() {
        // A declaration that takes the name of a builtin type was reported, and is what its file means.
        let taken = context.scopes.get(unit).is_some_and(|s| s.own.contains_key(&last.name));
        if let Some((_, ty)) = BUILTIN.iter().find(|(name, _)| *name == last.name && !taken) {
            return ty.clone();
        }
        context.lookup(unit, &last.name).map(|n| n.decl)
    } else {
        let module: Vec<Name> = module.iter().map(|i| i.name.clone()).collect();
        let module = context.module_path(unit, &module);
        let scopes = context.units.iter().zip(&context.scopes);
        scopes
            .filter(|(u, _)| u.answers(&module))
            .find_map(|(_, s)| s.own.get(&last.name))
            .filter(|n| !n.private)
            .map(|n| n.decl)
    };
    match found {
        Some(Decl::Type(id)) => declared(context, id, Some(span), diagnostics),
        Some(Decl::Component(id)) => Ty::Component(id),
        Some(Decl::Interface(id)) => Ty::Interface(id),
        Some(Decl::Function(_) | Decl::Global(_)) => {
            diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_TYPE,
                    span,
                    format!("`{}` is a value, not a type", last.name),
                )
                .label("expected a type")
                .help("name a type, or write a literal: `\"a\" | \"b\"`"),
            );
            Ty::Error
        }
        None if module.is_empty() && context.is_broken(unit, &last.name) => Ty::Error,
        None => {
            let visible: Vec<&str> = context
                .visible_names(unit)
                .filter(|(_, d)| matches!(d, Decl::Type(_) | Decl::Component(_) | Decl::Interface(_)))
                .map(|(n, _)| n)
                .chain(BUILTIN.iter().map(|(n, _)| *n))
                .collect();
            let nearest = suggest::nearest(&last.name, visible);
            let mut diagnostic =
                Diagnostic::error(codes::UNKNOWN_TYPE, span, format!("there is no type `{}`", last.name))
                    .label("not found")
                    .suggest(span, nearest);
            if let Some((_, hint)) =
                FOREIGN_TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&last.name))
            {
                diagnostic.fixes.clear();
                diagnostic = diagnostic.fix(format!("write `{hint}`"), span, *hint);
            } else if nearest.is_none() {
                diagnostic = match context.catalogue.folder_of(&last.name) {
                    Some(folder) => {
                        let top = Span { lo: 0, hi: 0, ..span };
                        let line = format!("use {folder}.{}", last.name);
                        diagnostic.fix(format!("add `{line}`"), top, format!("{line}\n"))
                    }
                    None => diagnostic.help("declare it with `type` or `enum`, or import it with `use`"),
                };
            }
            diagnostics.push(diagnostic);
            Ty::Error
        }
    }
}

/// What other languages call our types.
const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("str", "String"),
    ("text", "String"),
    ("integer", "Int"),
    ("i64", "Int"),
    ("float", "Number"),
    ("double", "Number"),
    ("boolean", "Bool"),
    ("any", "Json"),
    ("object", "Json"),
    ("bytes", "Size"),
    ("timespan", "Duration"),
];

/// The resource type that `AWS.S3.Bucket` names.
pub(crate) fn resource_type(
    path: &[ast::Ident],
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<&'static solc_schema::ResourceType> {
    if path.iter().any(|i| i.name.is_empty()) {
        return None;
    }
    let name = path.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join("::");
    if let Some(found) = solc_schema::resource(&name) {
        return Some(found);
    }
    let shown = name.replace("::", ".");
    let service = path.iter().take(2).map(|i| i.name.as_str()).collect::<Vec<_>>().join("::") + "::";
    let same: Vec<&str> = solc_schema::resource_names().filter(|n| n.starts_with(&service)).collect();
    let nearest = if same.is_empty() {
        suggest::nearest(&name, solc_schema::resource_names())
    } else {
        let last = path.last().map_or("", |i| i.name.as_str());
        suggest::nearest(last, same.iter().filter_map(|n| n.rsplit("::").next()))
            .and_then(|near| same.iter().copied().find(|n| n.ends_with(&format!("::{near}"))))
            .or_else(|| suggest::nearest(&name, same.iter().copied()))
    };
    let mut diagnostic = Diagnostic::error(
        codes::UNKNOWN_RESOURCE_TYPE,
        span,
        format!("CloudFormation has no resource type `{shown}`"),
    )
    .label("not found in the schemas");
    let whole = format!("AWS.{shown}");
    if !shown.starts_with("AWS.") && solc_schema::resource(&whole.replace('.', "::")).is_some() {
        diagnostics.push(diagnostic.suggest(span, Some(&whole)));
        return None;
    }
    if path.len() < 3 {
        diagnostics.push(diagnostic.help("write the type in full, like `AWS.S3.Bucket`"));
        return None;
    }
    diagnostic = diagnostic.suggest(span, nearest.map(|n| n.replace("::", ".")).as_deref());
    if nearest.is_none() && !same.is_empty() && same.len() <= 12 {
        let known: Vec<String> = same.iter().map(|n| format!("`{}`", n.replace("::", "."))).collect();
        diagnostic = diagnostic.help(format!("choose one of {}", known.join(", ")));
    }
    diagnostics.push(diagnostic);
    None
}

fn applied<'a>(
    context: &mut Context<'a>,
    unit: usize,
    name: &ast::Ident,
    args: &'a [ast::TypeExpr],
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    if name.name != "Grant" {
        diagnostics.push(
            Diagnostic::error(codes::UNKNOWN_TYPE, name.span, format!("`{}` takes no arguments", name.name))
                .label("only `Grant<…>` does")
                .help("remove the arguments"),
        );
        return Ty::Error;
    }
    let mut verbs: Vec<Name> = Vec::new();
    let mut add = |ty: &ast::TypeExpr| match &ty.kind {
        TypeExprKind::Named(path) => verbs.extend(path.last().map(|i| i.name.clone())),
        TypeExprKind::Literal(text) => verbs.push(text.clone()),
        TypeExprKind::Missing
        | TypeExprKind::Applied { .. }
        | TypeExprKind::Union(_)
        | TypeExprKind::List(_)
        | TypeExprKind::Map { .. }
        | TypeExprKind::Record(_)
        | TypeExprKind::Optional(_)
        | TypeExprKind::Deferred(_)
        | TypeExprKind::Secret(_)
        | TypeExprKind::Refined { .. } => diagnostics.push(
            Diagnostic::error(codes::UNKNOWN_TYPE, ty.span, "expected the verb of a grant")
                .label("not a verb")
                .help("write `Grant<consume>`"),
        ),
    };
    match args.first().map(|a| &a.kind) {
        Some(TypeExprKind::Union(parts)) => parts.iter().for_each(&mut add),
        Some(TypeExprKind::Missing) => return Ty::Error,
        Some(_) => args.iter().take(1).for_each(&mut add),
        None => {}
    }
    verbs.sort();
    verbs.dedup();
    let exposes = args.get(1).map(|ty| {
        let lowered = lower(context, unit, ty, diagnostics);
        context.fields_of(&lowered)
    });
    Ty::Grant { verbs: verbs.into(), exposes: exposes.unwrap_or_default().into() }
}

fn refined<'a>(
    context: &mut Context<'a>,
    unit: usize,
    base: &'a ast::TypeExpr,
    refinement: &ast::Refinement,
    name: Option<&ast::Ident>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    let base_ty = lower(context, unit, base, diagnostics);
    let (lowered, shown, span) = match refinement {
        ast::Refinement::Error => return base_ty,
        ast::Refinement::Range { lo, hi } => {
            let span = lo.span.to(hi.span);
            match range(&base_ty, lo, hi) {
                Some(refinement) => {
                    let shown = bounds(&base_ty, &refinement);
                    (refinement, shown, span)
                }
                None => {
                    let diagnostic = wrong_range(context, &base_ty, lo, hi, span);
                    diagnostics.push(diagnostic.because(base.span, "the type that is refined"));
                    return base_ty;
                }
            }
        }
        ast::Refinement::Regex { pattern, span } => {
            if !matches!(base_ty, Ty::String | Ty::Alias(_) | Ty::Error) {
                let shown = context.a(&base_ty);
                diagnostics.push(
                    Diagnostic::error(
                        codes::INVALID_REFINEMENT,
                        *span,
                        format!("a regular expression cannot refine {shown}"),
                    )
                    .label("only strings have patterns")
                    .because(base.span, "the type that is refined")
                    .help("remove it, or refine a `String`"),
                );
                return base_ty;
            }
            if let Err(error) = regex_lite::Regex::new(pattern) {
                diagnostics.push(
                    Diagnostic::error(codes::INVALID_REFINEMENT, *span, "this is not a regular expression")
                        .label(error.to_string())
                        .help("write it in the syntax of Rust's `regex`, without look-around or back-references"),
                );
                return base_ty;
            }
            (Refinement::Regex(pattern.clone()), format!("/{pattern}/"), *span)
        }
    };
    let id = AliasId(u32::try_from(context.aliases.len()).unwrap_or(u32::MAX));
    let (alias, at) = match name {
        Some(name) => (name.name.clone(), name.span),
        None => (Name::from(format!("{} where {shown}", context.show(&base_ty))), span),
    };
    context.aliases.push(Alias { name: alias, base: base_ty, refinement: lowered, span: at });
    Ty::Alias(id)
}

/// The bounds as the user would write them.
fn bounds(base: &Ty, refinement: &Refinement) -> String {
    match refinement {
        Refinement::Nothing => String::new(),
        Refinement::Int(lo, hi) => format!("{lo}..{hi}"),
        Refinement::Number(lo, hi) => format!("{lo}..{hi}"),
        Refinement::Quantity(lo, hi) => {
            let unit: fn(i64) -> Quantity = match base {
                Ty::Duration => Quantity::Duration,
                Ty::Size => Quantity::Size,
                Ty::Vcpu => Quantity::Vcpu,
                _ => Quantity::Percent,
            };
            format!("{}..{}", unit(*lo), unit(*hi))
        }
        Refinement::Regex(pattern) => format!("/{pattern}/"),
    }
}

fn wrong_range(context: &Context<'_>, base: &Ty, lo: &ast::Expr, hi: &ast::Expr, span: Span) -> Diagnostic {
    let shown = context.a(base);
    if let Some(turned) = range(base, hi, lo).map(|r| bounds(base, &r))
        && let Some((least, most)) = turned.split_once("..")
    {
        return Diagnostic::error(
            codes::INVALID_REFINEMENT,
            span,
            format!("nothing lies in the range `{most}..{least}`"),
        )
        .label("the first end is greater than the last")
        .fix(format!("write `{turned}`"), span, turned.clone());
    }
    let diagnostic =
        Diagnostic::error(codes::INVALID_REFINEMENT, span, format!("this range cannot refine {shown}"));
    match base {
        Ty::Int | Ty::Number | Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu => {
            let example = match base {
                Ty::Int => "1..10",
                Ty::Number => "0.5..2",
                Ty::Duration => "1s..5min",
                Ty::Size => "1MiB..1GiB",
                Ty::Percent => "10%..90%",
                _ => "0.25 vcpu..4 vcpu",
            };
            diagnostic
                .label(format!("both ends must be {}, known as they stand", plural(base)))
                .help(format!("write it like `{example}`"))
        }
        _ => diagnostic
            .label("only numbers and quantities have a range")
            .help("remove it, or refine a number or a quantity"),
    }
}

fn plural(base: &Ty) -> &'static str {
    match base {
        Ty::Int => "whole numbers",
        Ty::Duration => "durations",
        Ty::Size => "sizes",
        Ty::Percent => "percentages",
        Ty::Vcpu => "numbers of vCPUs",
        _ => "numbers",
    }
}

fn range(base: &Ty, lo: &ast::Expr, hi: &ast::Expr) -> Option<Refinement> {
    use crate::body::literals::{Literal, literal};
    match (base, literal(lo)?, literal(hi)?) {
        (Ty::Int, Literal::Int(a), Literal::Int(b)) if a <= b => Some(Refinement::Int(a, b)),
        (Ty::Number, a, b) => {
            let number = |l| match l {
                #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
                Literal::Int(i) => Some(i as f64),
                Literal::Number(n) => Some(n),
                Literal::Quantity(_) => None,
            };
            let (a, b) = (number(a)?, number(b)?);
            (a <= b).then_some(Refinement::Number(a, b))
        }
        (Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu, Literal::Quantity(a), Literal::Quantity(b)) => {
            use crate::hir::Quantity as Q;
            let (a, b) = match (base, a, b) {
                (Ty::Duration, Q::Duration(a), Q::Duration(b))
                | (Ty::Size, Q::Size(a), Q::Size(b))
                | (Ty::Percent, Q::Percent(a), Q::Percent(b))
                | (Ty::Vcpu, Q::Vcpu(a), Q::Vcpu(b)) => (a, b),
                _ => return None,
            };
            (a <= b).then_some(Refinement::Quantity(a, b))
        }
        (Ty::Error, _, _) => Some(Refinement::Nothing),
        _ => None,
    }
}
