//! What every declaration shows to the others: parameters, members, grants, results.
//!
//! Invariant: no expression is looked at; after this, bodies can be checked in any order.

use crate::codes;
use crate::context::{
    Context, FunctionSignature, GrantSignature, MemberSignature, MemberTag, ParameterSignature, Signature,
};
use crate::declare::duplicate;
use crate::hir::{Interface, Layer, MemberId, Ty};
use crate::types::{lower, resource_type};
use indexmap::IndexMap;
use solc_source::{Diagnostic, Name, suggest};
use solc_syntax::ast::{self, StatementKind};
use std::sync::Arc;

/// Resolves every interface, function and component signature.
pub(crate) fn resolve(context: &mut Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..context.interface_sources.len() {
        let Some((unit, decl)) = context.interface_sources.get(index).map(|s| (s.unit, s.decl)) else {
            continue;
        };
        let mut interface = Interface {
            name: decl.name.name.clone(),
            attributes: IndexMap::new(),
            grants: Vec::new(),
            span: decl.name.span,
        };
        for member in &decl.members {
            match member {
                ast::InterfaceMember::Attribute { name, ty } => {
                    let ty = lower(context, unit, ty, diagnostics);
                    interface.attributes.insert(name.name.clone(), ty);
                }
                ast::InterfaceMember::Grant(name) => interface.grants.push(name.name.clone()),
                ast::InterfaceMember::Error => {}
            }
        }
        context.interfaces.push(interface);
    }
    for index in 0..context.functions.len() {
        let Some((unit, decl)) = context.functions.get(index).map(|s| (s.unit, s.decl)) else { continue };
        let params = parameters(context, unit, &decl.params, diagnostics);
        let result = lower(context, unit, &decl.result, diagnostics);
        context.function_signatures.push(FunctionSignature { params, result });
    }
    for index in 0..context.globals.len() {
        let Some((unit, decl)) = context.globals.get(index).map(|s| (s.unit, s.decl)) else { continue };
        if let Some(ty) = &decl.ty {
            let lowered = lower(context, unit, ty, diagnostics);
            context.type_at.insert(ty.span, lowered);
        }
    }
    for index in 0..context.claims.len() {
        let Some((unit, decl)) = context.claims.get(index).map(|s| (s.unit, s.decl)) else { continue };
        claim(context, unit, decl.body(), diagnostics);
    }
    for index in 0..context.components.len() {
        let Some((unit, body)) = context.components.get(index).map(|c| (c.unit, c.body)) else { continue };
        let signature = component(context, unit, body, diagnostics);
        context.signatures.push(signature);
    }
}

fn parameters<'a>(
    context: &mut Context<'a>,
    unit: usize,
    params: &'a [ast::FnParam],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ParameterSignature> {
    let mut lowered: Vec<ParameterSignature> = Vec::new();
    for param in params {
        let ty = lower(context, unit, &param.ty, diagnostics);
        if let Some(first) = lowered.iter().find(|p| p.name == param.name.name && !p.name.is_empty()) {
            diagnostics.push(duplicate(&param.name, first.span));
        }
        let has_default = param.default.is_some() || matches!(ty, Ty::Optional(_));
        lowered.push(ParameterSignature {
            name: param.name.name.clone(),
            ty,
            has_default,
            span: param.name.span,
        });
    }
    lowered
}

fn component<'a>(
    context: &mut Context<'a>,
    unit: usize,
    body: &'a [ast::Statement],
    diagnostics: &mut Vec<Diagnostic>,
) -> Signature {
    let mut signature = Signature::default();
    for statement in body {
        member(context, unit, statement, &mut signature, diagnostics);
    }
    signature
}

fn add(
    signature: &mut Signature,
    name: &ast::Ident,
    ty: Option<Ty>,
    tag: MemberTag,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let id = MemberId(u32::try_from(signature.members.len()).unwrap_or(u32::MAX));
    if !name.name.is_empty() {
        if let Some(first) = signature.member(&name.name) {
            diagnostics.push(duplicate(name, first.span));
        } else {
            signature.names.insert(name.name.clone(), id);
        }
    }
    signature.members.push(MemberSignature { name: name.name.clone(), span: name.span, ty, tag });
}

fn member<'a>(
    context: &mut Context<'a>,
    unit: usize,
    statement: &'a ast::Statement,
    signature: &mut Signature,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match &statement.kind {
        StatementKind::Param { name, ty, default } => {
            let ty = lower(context, unit, ty, diagnostics);
            let has_default = default.is_some() || matches!(ty, Ty::Optional(_));
            add(signature, name, Some(ty), MemberTag::Param { has_default }, diagnostics);
        }
        StatementKind::Let(decl) => {
            let ty = decl.ty.as_ref().map(|ty| lower(context, unit, ty, diagnostics));
            add(signature, &decl.name, ty, MemberTag::Let, diagnostics);
        }
        StatementKind::Attribute { name, ty, .. } => {
            let ty = lower(context, unit, ty, diagnostics);
            add(signature, name, Some(ty), MemberTag::Attribute, diagnostics);
        }
        StatementKind::Output { name, ty, .. } => {
            let ty = ty.as_ref().map_or(Ty::Deferred(Arc::new(Ty::String)), |ty| {
                match lower(context, unit, ty, diagnostics) {
                    already @ (Ty::Deferred(_) | Ty::Error) => already,
                    plain => Ty::Deferred(Arc::new(plain)),
                }
            });
            add(signature, name, Some(ty), MemberTag::Output, diagnostics);
        }
        StatementKind::Resource(decl) => {
            let span = decl.ty.iter().map(|i| i.span).reduce(|a, b| a.to(b)).unwrap_or(decl.name.span);
            let ty = match resource_type(&decl.ty, span, diagnostics) {
                Some(rt) => resource_member_type(decl, rt),
                None => Ty::Error,
            };
            add(signature, &decl.name, Some(ty), MemberTag::Resource, diagnostics);
        }
        StatementKind::Principal(decl) => {
            let role = solc_schema::resource("AWS::IAM::Role").map_or(Ty::Error, Ty::Resource);
            let ty = if decl.condition.is_some() { Ty::Optional(Arc::new(role)) } else { role };
            signature.has_role |= decl.name.name == "role";
            add(signature, &decl.name, Some(ty), MemberTag::Principal, diagnostics);
        }
        StatementKind::Instance(decl) => {
            let ty = instance_type(context, unit, decl, diagnostics);
            for inner in &decl.body {
                if let StatementKind::Setting { ty, .. } = &inner.kind {
                    let lowered = lower(context, unit, ty, diagnostics);
                    context.type_at.insert(ty.span, lowered);
                }
            }
            add(signature, &decl.name, Some(ty), MemberTag::Instance, diagnostics);
        }
        StatementKind::Grant(decl) => {
            let grant = grant(context, unit, decl, diagnostics);
            if let Some(first) = signature.grants.get(&decl.name.name) {
                diagnostics.push(duplicate(&decl.name, first.span));
            } else {
                signature.grants.insert(decl.name.name.clone(), grant);
            }
        }
        StatementKind::Accepts(words) => {
            for word in words {
                match word.name.as_str() {
                    "link" => signature.accepts.link = true,
                    "setting" => signature.accepts.setting = true,
                    "secret" => signature.accepts.secret = true,
                    "" => {}
                    other => diagnostics.push(
                        Diagnostic::error(
                            codes::UNKNOWN_NAME,
                            word.span,
                            format!("a component cannot accept `{other}`"),
                        )
                        .label("not one of `link`, `setting`, `secret`")
                        .suggest(word.span, suggest::nearest(other, ["link", "setting", "secret"])),
                    ),
                }
            }
        }
        StatementKind::Layer(word) => {
            signature.layer = match word.name.as_str() {
                "foundation" => Some(Layer::Foundation),
                "data" => Some(Layer::Data),
                "application" => Some(Layer::Application),
                "" => None,
                other => {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::UNKNOWN_NAME,
                            word.span,
                            format!("there is no layer `{other}`"),
                        )
                        .label("not one of `foundation`, `data`, `application`")
                        .suggest(word.span, suggest::nearest(other, ["foundation", "data", "application"])),
                    );
                    None
                }
            };
        }
        StatementKind::Field(_)
        | StatementKind::Stateful
        | StatementKind::OnNetwork { .. }
        | StatementKind::Ensure { .. }
        | StatementKind::Allow(_)
        | StatementKind::Permit(_)
        | StatementKind::Deny(_)
        | StatementKind::Connect(_)
        | StatementKind::Crypt { .. }
        | StatementKind::Env { .. }
        | StatementKind::Setting { .. }
        | StatementKind::Secret(_)
        | StatementKind::Link { .. }
        | StatementKind::Moved(_)
        | StatementKind::Profile(_)
        | StatementKind::Waive { .. }
        | StatementKind::Assert(_)
        | StatementKind::Require { .. }
        | StatementKind::For { .. }
        | StatementKind::Error => {}
    }
}

fn resource_member_type(decl: &ast::ResourceDecl, rt: &'static solc_schema::ResourceType) -> Ty {
    let one = Ty::Resource(rt);
    let repeated = match (&decl.per_zone, &decl.each) {
        (Some(ast::PerZone::All(_)), _) => Ty::ZoneMap { element: Arc::new(one), active: false },
        (Some(ast::PerZone::Active(_)), _) => Ty::ZoneMap { element: Arc::new(one), active: true },
        (None, Some(_)) => Ty::Map(Arc::new(one)),
        (None, None) => one,
    };
    match (&decl.condition, &repeated) {
        (Some(_), Ty::Resource(_)) => Ty::Optional(Arc::new(repeated)),
        // A map of which the condition leaves out all is empty.
        (Some(_), _) => match repeated {
            Ty::ZoneMap { element, .. } => Ty::ZoneMap { element, active: true },
            other => other,
        },
        (None, _) => repeated,
    }
}

fn instance_type<'a>(
    context: &mut Context<'a>,
    unit: usize,
    decl: &'a ast::InstanceDecl,
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    use crate::context::Decl;
    let Some((last, module)) = decl.component.split_last() else { return Ty::Error };
    if decl.component.iter().any(|i| i.name.is_empty()) {
        return Ty::Error;
    }
    let span = decl.component.iter().map(|i| i.span).reduce(|a, b| a.to(b)).unwrap_or(last.span);
    if decl.component.first().is_some_and(|i| i.name == "AWS") {
        let shown = decl.component.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(".");
        diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_COMPONENT,
                span,
                format!("`{shown}` is a resource type, not a component"),
            )
            .label("not a component")
            .fix("declare a resource", decl.name.span.start(), "resource "),
        );
        return Ty::Error;
    }
    occurrence_key(decl, diagnostics);
    let found = if module.is_empty() {
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
        Some(Decl::Component(id)) => {
            let ty = Ty::Component(id);
            match (&decl.each, &decl.condition) {
                (Some(_), _) => Ty::Map(Arc::new(ty)),
                (None, Some(_)) => Ty::Optional(Arc::new(ty)),
                (None, None) => ty,
            }
        }
        Some(Decl::Interface(_) | Decl::Type(_) | Decl::Function(_) | Decl::Global(_)) => {
            diagnostics.push(
                Diagnostic::error(
                    codes::UNKNOWN_COMPONENT,
                    span,
                    format!("`{}` is not a component", last.name),
                )
                .label("cannot be instantiated")
                .help("write a value as `let name = …`"),
            );
            Ty::Error
        }
        None if module.is_empty() && context.is_broken(unit, &last.name) => Ty::Error,
        None => {
            diagnostics.push(unknown_component(context, unit, last, span));
            Ty::Error
        }
    }
}

/// `api[region]: Service for region in …`: the key and what the clause binds are one name.
fn occurrence_key(decl: &ast::InstanceDecl, diagnostics: &mut Vec<Diagnostic>) {
    let bound = decl.each.as_ref().and_then(|clause| clause.binders.first()).filter(|b| !b.name.is_empty());
    let key = decl.key.as_ref().filter(|k| !k.name.is_empty());
    let name = &decl.name;
    match (key, bound) {
        (Some(key), Some(bound)) if key.name != bound.name => diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                key.span,
                format!("the key `{}` is nothing that `for` runs over", key.name),
            )
            .label("names each occurrence")
            .because(bound.span, format!("`for` binds `{}`", bound.name))
            .fix(format!("write `{}[{}]`", name.name, bound.name), key.span, bound.name.as_str()),
        ),
        (None, Some(bound)) if decl.key.is_none() => diagnostics.push(
            Diagnostic::error(
                codes::MISPLACED_STATEMENT,
                bound.span,
                format!("the occurrences of `{}` have no key", name.name),
            )
            .label(format!("one for each `{}`, told apart by nothing", bound.name))
            .fix(
                format!("write `{}[{}]`", name.name, bound.name),
                name.span.end(),
                format!("[{}]", bound.name),
            ),
        ),
        (Some(key), None) if decl.each.is_none() => diagnostics.push(
            Diagnostic::error(
                codes::MISPLACED_STATEMENT,
                key.span,
                format!("nothing says what `{}` runs over", key.name),
            )
            .label("a key tells occurrences apart, and this is one instance")
            .help(format!("add `for {0} in […]` before the brace, or remove `[{0}]`", key.name)),
        ),
        (Some(_) | None, Some(_) | None) => {}
    }
}

/// Where the standard library keeps its components, so that a forgotten `use` is one edit away.
const STD_COMPONENTS: &[(&str, &str)] = &[
    ("Service", "std.compute.Service"),
    ("Function", "std.compute.Function"),
    ("Task", "std.compute.Task"),
    ("Bucket", "std.data.Bucket"),
    ("Postgres", "std.data.Postgres"),
    ("Queue", "std.messaging.Queue"),
    ("Topic", "std.messaging.Topic"),
    ("Gateway", "std.network.Gateway"),
    ("Network", "std.network.Network"),
    ("Key", "std.security.Key"),
    ("Platform", "std.platform.Platform"),
];

pub(crate) fn unknown_component(
    context: &Context<'_>,
    unit: usize,
    name: &ast::Ident,
    span: solc_source::Span,
) -> Diagnostic {
    use crate::context::Decl;
    let visible: Vec<&str> = context
        .visible_names(unit)
        .filter(|(_, d)| matches!(d, Decl::Component(_)))
        .map(|(n, _)| n)
        .collect();
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_COMPONENT,
        span,
        format!("there is no component `{}` here", name.name),
    )
    .label("not found");
    if let Some(near) = suggest::nearest(&name.name, visible) {
        return diagnostic.suggest(span, Some(near));
    }
    match suggest::nearest(&name.name, STD_COMPONENTS.iter().map(|(n, _)| *n)) {
        Some(near) => {
            let path = STD_COMPONENTS.iter().find(|(n, _)| *n == near).map_or("", |(_, p)| *p);
            let top = solc_source::Span { lo: 0, hi: 0, ..span };
            let diagnostic = diagnostic.fix(format!("add `use {path}`"), top, format!("use {path}\n"));
            if near == name.name {
                diagnostic
            } else {
                diagnostic.help(format!("`{near}` is in the standard library: `use {path}`"))
            }
        }
        None => diagnostic.help("declare it with `component`, or import it with `use`"),
    }
}

/// The types that a test or policy declares.
fn claim<'a>(
    context: &mut Context<'a>,
    unit: usize,
    body: &'a [ast::Statement],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for statement in body {
        match &statement.kind {
            StatementKind::Let(ast::LetDecl { ty: Some(ty), .. }) => {
                let lowered = lower(context, unit, ty, diagnostics);
                context.type_at.insert(ty.span, lowered);
            }
            StatementKind::For { body, .. } => claim(context, unit, body, diagnostics),
            // Nothing else of a claim declares a type.
            _ => {}
        }
    }
}

fn grant<'a>(
    context: &mut Context<'a>,
    unit: usize,
    decl: &'a ast::GrantDecl,
    diagnostics: &mut Vec<Diagnostic>,
) -> GrantSignature {
    let params = parameters(context, unit, &decl.params, diagnostics);
    let consumer =
        decl.consumer.as_ref().and_then(|(name, ty)| match lower(context, unit, ty, diagnostics) {
            Ty::Interface(id) => Some(id),
            Ty::Error => None,
            other => {
                let shown = context.a(&other);
                diagnostics.push(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        ty.span,
                        format!("a grant sees its consumer through an interface, not {shown}"),
                    )
                    .label("expected an interface")
                    .because(name.span, "the consumer")
                    .help("declare an `interface` with what the grant needs to know"),
                );
                None
            }
        });
    let mut exposes: IndexMap<Name, Ty> = params.iter().map(|p| (p.name.clone(), p.ty.clone())).collect();
    for statement in &decl.body {
        match &statement.kind {
            StatementKind::Attribute { name, ty, .. } => {
                let lowered = lower(context, unit, ty, diagnostics);
                context.type_at.insert(ty.span, lowered.clone());
                exposes.insert(name.name.clone(), lowered);
            }
            StatementKind::Let(ast::LetDecl { ty: Some(ty), .. }) => {
                let lowered = lower(context, unit, ty, diagnostics);
                context.type_at.insert(ty.span, lowered);
            }
            _ => {}
        }
    }
    GrantSignature { params, consumer, exposes, span: decl.name.span }
}
