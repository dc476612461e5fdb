//! What stands after a point: fields, attributes, and the properties of the language's own types.

use super::BodyChecker;
use crate::codes;
use crate::context::{Context, MemberTag};
use crate::hir::{ExprId, ExprKind, Property, Ty};
use solc_schema::ResourceType;
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast;
use std::sync::Arc;

impl<'a> BodyChecker<'_, 'a> {
    /// `base.name`, `base?.name`
    pub(super) fn field(
        &mut self,
        base: &'a ast::Expr,
        name: &ast::Ident,
        optional: bool,
        span: Span,
    ) -> ExprId {
        // Attributes of resources may have points in their names: collect the whole chain first.
        let mut chain: Vec<&ast::Ident> = vec![name];
        let mut root = base;
        let mut root_optional = optional;
        while let ast::ExprKind::Field { base: inner, name: earlier, optional: earlier_optional } = &root.kind
        {
            chain.push(earlier);
            root_optional = *earlier_optional;
            root = inner;
        }
        chain.reverse();
        if chain.len() > 1
            && !chain.iter().any(|i| i.name.is_empty())
            && !matches!(root.kind, ast::ExprKind::Missing)
        {
            // Only a resource can swallow more than one name; everything else goes one step at a time.
            if let Some(id) = self.resource_chain(root, &chain, root_optional, span) {
                return id;
            }
        }
        if let ast::ExprKind::Name(word) = &base.kind
            && word == "self"
            && !self.is_local("self")
        {
            return self.self_name(name, span);
        }
        let id = self.infer(base, None);
        if name.name.is_empty() {
            return self.missing(span);
        }
        self.field_of(id, name, optional, span)
    }

    /// `x.y` where a condition has shown that it is there.
    pub(super) fn narrow_field(&mut self, expr: &ast::Expr, id: ExprId) -> ExprId {
        if !self.present.is_empty()
            && let Ty::Optional(inner) = self.ty(id)
            && let Some((root, path)) = super::names::path(expr)
            && self.is_present(&root, &path)
            && let Some(slot) = self.body.types.get_mut(id.index())
        {
            *slot = inner.as_ref().clone();
        }
        id
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|l| l.name == name)
    }

    fn self_name(&mut self, name: &ast::Ident, span: Span) -> ExprId {
        let path = match name.name.as_str() {
            "name" => false,
            "path" => true,
            other => {
                self.report(
                    Diagnostic::error(codes::UNKNOWN_FIELD, name.span, format!("`self` has no `{other}`"))
                        .label("only `self.name` and `self.path`")
                        .suggest(name.span, suggest::nearest(other, ["name", "path"])),
                );
                return self.missing(span);
            }
        };
        self.push(ExprKind::SelfName { path }, span, Ty::String)
    }

    /// `db.Endpoint.Address`: one attribute with a point in its name.
    fn resource_chain(
        &mut self,
        root: &'a ast::Expr,
        chain: &[&ast::Ident],
        optional: bool,
        span: Span,
    ) -> Option<ExprId> {
        let before = (self.body.exprs.len(), self.diagnostics.len(), self.body.locals);
        let looks_like_attribute =
            chain.first().is_some_and(|i| i.name.starts_with(|c: char| c.is_ascii_uppercase()));
        if !looks_like_attribute
            || matches!(root.kind, ast::ExprKind::Call { .. } | ast::ExprKind::Match { .. })
        {
            return None;
        }
        let base = self.infer(root, None);
        let (rt, was_optional) = resource_of(&self.ty(base));
        let dotted = chain.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(".");
        if let Some(rt) = rt
            && let Some(node) = rt.attribute(&dotted)
        {
            let ty = deferred(Context::from_node(rt, node), was_optional && optional);
            if was_optional && !optional {
                let at = chain.first().map_or(span, |i| i.span);
                self.optional_base(base, at);
            }
            let kind = ExprKind::ResourceAttribute { base, name: dotted.into(), optional };
            return Some(self.push(kind, span, ty));
        }
        self.body.exprs.truncate(before.0);
        self.body.types.truncate(before.0);
        self.diagnostics.truncate(before.1);
        self.body.locals = before.2;
        None
    }

    fn optional_base(&mut self, base: ExprId, at: Span) {
        let ty = self.ty(base);
        let shown = self.cx.show(&ty);
        let span = self.span(base);
        let dot = Span { lo: span.hi, hi: at.lo, ..span };
        self.report(
            Diagnostic::error(codes::OPTIONAL_VALUE, at, "this is read from a value that may be `none`")
                .label("nothing to read where it is `none`")
                .because(span, format!("this is `{shown}`"))
                .fix("write `?.`", dot, "?."),
        );
        self.spoil(base);
    }

    /// A field of an expression that was inferred already.
    pub(super) fn field_of(&mut self, base: ExprId, name: &ast::Ident, optional: bool, span: Span) -> ExprId {
        let ty = self.ty(base);
        let (inner, was_optional) = match &ty {
            Ty::Optional(inner) => (inner.as_ref().clone(), true),
            other => (other.clone(), false),
        };
        if was_optional && !optional {
            self.optional_base(base, name.span);
        }
        // Where `?.` was forgotten that is the one mistake: what is read goes on as if it were there.
        let wrap = |ty: Ty| match ty {
            already @ (Ty::Optional(_) | Ty::Error) => already,
            plain if was_optional && optional => Ty::Optional(Arc::new(plain)),
            plain => plain,
        };
        let was_optional = was_optional && optional;
        match &inner {
            Ty::Error => self.missing(span),
            Ty::Record(_) | Ty::Anonymous(_) | Ty::Block(_) => {
                let fields = self.readable(&inner);
                match fields.iter().find(|(n, _)| *n == name.name) {
                    Some((_, ty)) => {
                        let ty = wrap(ty.clone());
                        self.push(ExprKind::Field { base, name: name.name.clone(), optional }, span, ty)
                    }
                    None => {
                        let names: Vec<Name> = fields.iter().map(|(n, _)| n.clone()).collect();
                        self.no_field(&inner, name, &names, span)
                    }
                }
            }
            Ty::Component(id) => self.component_field(base, *id, name, optional, span, &wrap),
            Ty::Interface(id) => {
                let attributes =
                    self.cx.interfaces.get(id.index()).map(|i| i.attributes.clone()).unwrap_or_default();
                match attributes.get(&name.name) {
                    Some(ty) => {
                        let ty = wrap(ty.clone());
                        self.push(ExprKind::Field { base, name: name.name.clone(), optional }, span, ty)
                    }
                    None => {
                        let names: Vec<Name> = attributes.keys().cloned().collect();
                        self.no_field(&inner, name, &names, span)
                    }
                }
            }
            Ty::Grant { exposes, .. } => {
                let fields = exposes.to_vec();
                match fields.iter().find(|(n, _)| *n == name.name) {
                    Some((_, ty)) => {
                        let ty = wrap(ty.clone());
                        self.push(ExprKind::Field { base, name: name.name.clone(), optional }, span, ty)
                    }
                    None => {
                        let names: Vec<Name> = fields.iter().map(|(n, _)| n.clone()).collect();
                        self.no_field(&inner, name, &names, span)
                    }
                }
            }
            Ty::Resource(rt) => self.resource_field(base, rt, name, optional, was_optional, span),
            Ty::View(view) => self.view_field(base, *view, name, span, &wrap),
            Ty::Deferred(deep) => {
                let shown = self.cx.a(deep);
                self.report(
                    Diagnostic::error(
                        codes::DEFERRED_VALUE,
                        name.span,
                        format!("`.{}` cannot be computed of {shown} known only when deploying", name.name),
                    )
                    .label("needs the value itself")
                    .help("compute it where the value is made, or hand the value on as it is"),
                );
                self.missing(span)
            }
            Ty::Json => {
                self.push(ExprKind::Field { base, name: name.name.clone(), optional }, span, Ty::Json)
            }
            _ => match property(&self.unalias(&inner), &name.name) {
                Some((property, ty)) => {
                    let ty = wrap(ty);
                    self.push(ExprKind::Property { base, property, optional }, span, ty)
                }
                None => {
                    let names: Vec<Name> = PROPERTIES
                        .iter()
                        .filter(|n| has_property(&self.unalias(&inner), n))
                        .map(|n| Name::new_static(n))
                        .collect();
                    self.no_field(&inner, name, &names, span)
                }
            },
        }
    }

    /// What can be read of a record or block.
    fn readable(&self, ty: &Ty) -> Vec<(Name, Ty)> {
        match ty {
            Ty::Block(kind) => {
                let mut fields = self
                    .cx
                    .well_known
                    .blocks
                    .get(kind)
                    .map(|id| self.cx.fields_of(&Ty::Record(*id)))
                    .unwrap_or_default();
                if fields.iter().all(|(n, _)| n != "name") {
                    fields.insert(0, (Name::new_static("name"), Ty::String));
                }
                fields
            }
            other => self.cx.fields_of(other),
        }
    }

    pub(super) fn no_field(&mut self, ty: &Ty, name: &ast::Ident, names: &[Name], span: Span) -> ExprId {
        let shown = self.cx.a(ty);
        let near = suggest::nearest(&name.name, names.iter().map(Name::as_str));
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_FIELD, name.span, format!("{shown} has no `{}`", name.name))
                .label("not found")
                .suggest(name.span, near);
        if near.is_none() {
            diagnostic = match ty {
                Ty::Union(_) => diagnostic.help("use `match` to reach the fields of a case"),
                _ if names.is_empty() => diagnostic,
                _ => diagnostic.help(format!("use one of {}", super::quote(names))),
            };
        }
        self.report(diagnostic);
        self.missing(span)
    }

    fn component_field(
        &mut self,
        base: ExprId,
        id: crate::hir::ComponentId,
        name: &ast::Ident,
        optional: bool,
        span: Span,
        wrap: &dyn Fn(Ty) -> Ty,
    ) -> ExprId {
        let Some(signature) = self.cx.signature(id) else { return self.missing(span) };
        if let Some(member) = signature.visible().find(|m| m.name == name.name) {
            let ty = wrap(member.ty.clone().unwrap_or(Ty::Error));
            return self.push(ExprKind::Field { base, name: name.name.clone(), optional }, span, ty);
        }
        if let ExprKind::Member(member) = self.body.expr(base).kind
            && let Some(inside) = &self.inside
            && inside.secrets.get(member.index()).is_some_and(|s| s.contains(&name.name))
        {
            let ty = Ty::Secret(Arc::new(Ty::String));
            return self.push(ExprKind::InstanceSecret { base, name: name.name.clone() }, span, ty);
        }
        let component = self.cx.component_name(id).to_owned();
        if signature.grants.contains_key(&name.name) {
            // A grant that takes nothing needs no parentheses, in a link as in a value.
            return self.grant_value(base, name, &[], span);
        }
        if let Some(member) = signature.member(&name.name) {
            let what = match member.tag {
                MemberTag::Resource => "resource",
                MemberTag::Instance => "component",
                MemberTag::Principal => "principal",
                MemberTag::Let => "`let`",
                MemberTag::Output => "output",
                MemberTag::Param { .. } | MemberTag::Attribute => "member",
            };
            let at = member.span;
            self.report(
                Diagnostic::error(
                    codes::UNKNOWN_FIELD,
                    name.span,
                    format!("`{}` is private to `{component}`", name.name),
                )
                .label("only parameters, attributes and grants are seen from outside")
                .because(at, format!("a {what} of its own"))
                .help(format!("publish it there: `attribute {}: … = {}`", name.name, name.name)),
            );
            return self.missing(span);
        }
        let secrets = match self.body.expr(base).kind {
            ExprKind::Member(member) => self.inside.as_ref().and_then(|i| i.secrets.get(member.index())),
            _ => None,
        };
        let names: Vec<Name> = signature
            .visible()
            .map(|m| m.name.clone())
            .chain(signature.grants.keys().cloned())
            .chain(secrets.into_iter().flatten().cloned())
            .collect();
        self.no_field(&Ty::Component(id), name, &names, span)
    }

    fn resource_field(
        &mut self,
        base: ExprId,
        rt: &'static ResourceType,
        name: &ast::Ident,
        optional: bool,
        was_optional: bool,
        span: Span,
    ) -> ExprId {
        if name.name == "ref" {
            return self.push(
                ExprKind::ResourceRef { base, optional },
                span,
                deferred(Ty::String, was_optional),
            );
        }
        if let Some(node) = rt.attribute(&name.name) {
            let ty = deferred(Context::from_node(rt, node), was_optional);
            return self.push(
                ExprKind::ResourceAttribute { base, name: name.name.clone(), optional },
                span,
                ty,
            );
        }
        let type_name = rt.name.replace("::", ".");
        let names: Vec<&str> = rt.attributes.iter().map(|(n, _)| n.as_str()).chain(["ref"]).collect();
        let deeper: Vec<&str> =
            names.iter().copied().filter(|n| n.starts_with(&format!("{}.", name.name))).collect();
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_ATTRIBUTE,
            name.span,
            format!("`{type_name}` gives no attribute `{}`", name.name),
        )
        .label("not found");
        let some = |names: &[&str]| {
            let mut names: Vec<Name> = names.iter().map(|n| Name::from(*n)).collect();
            names.sort_by_key(|n| n.matches('.').count());
            super::quote(&names)
        };
        if !deeper.is_empty() {
            diagnostic = diagnostic.help(format!("use one of {}", some(&deeper)));
        } else if let Some(near) = suggest::nearest(&name.name, names.iter().copied()) {
            diagnostic = diagnostic.suggest(name.span, Some(near));
        } else if rt.root().is_some_and(|r| r.property(&name.name).is_some()) {
            diagnostic = diagnostic
                .note(format!(
                    "`{}` is a property: it is written, and CloudFormation does not give it back",
                    name.name
                ))
                .help("use the value that it is set to");
        } else {
            diagnostic = diagnostic.help(format!("use one of {}", some(&names)));
        }
        self.report(diagnostic);
        self.missing(span)
    }
}

/// The resource under `?`, and whether there was one.
fn resource_of(ty: &Ty) -> (Option<&'static ResourceType>, bool) {
    match ty {
        Ty::Resource(rt) => (Some(rt), false),
        Ty::Optional(inner) => (resource_of(inner).0, true),
        _ => (None, false),
    }
}

fn deferred(ty: Ty, optional: bool) -> Ty {
    let ty = Ty::Deferred(Arc::new(ty));
    if optional { Ty::Optional(Arc::new(ty)) } else { ty }
}

const PROPERTIES: &[&str] = &[
    "min",
    "max",
    "milliseconds",
    "seconds",
    "minutes",
    "hours",
    "days",
    "bytes",
    "kib",
    "mib",
    "gib",
    "cpu_units",
    "whole",
    "count",
    "first",
    "last",
    "keys",
    "values",
    "length",
    "upper",
    "lower",
    "prefix",
    "address",
    "name",
    "reverse",
    "trim",
    "int",
    "base64",
    "sha256",
    "netmask",
];

/// Whether the language gives this property to values of the type.
pub(super) fn has_property(ty: &Ty, name: &str) -> bool {
    property(ty, name).is_some()
}

/// A property that the language gives to its own types.
fn property(ty: &Ty, name: &str) -> Option<(Property, Ty)> {
    use Property as P;
    let optional = |t: &Arc<Ty>| match t.as_ref() {
        already @ Ty::Optional(_) => already.clone(),
        _ => Ty::Optional(Arc::clone(t)),
    };
    match (ty, name) {
        (Ty::Range, "min") => Some((P::Min, Ty::Int)),
        (Ty::Range, "max") => Some((P::Max, Ty::Int)),
        (Ty::Duration, "milliseconds") => Some((P::Milliseconds, Ty::Int)),
        (Ty::Duration, "seconds") => Some((P::Seconds, Ty::Int)),
        (Ty::Duration, "minutes") => Some((P::Minutes, Ty::Int)),
        (Ty::Duration, "hours") => Some((P::Hours, Ty::Int)),
        (Ty::Duration, "days") => Some((P::Days, Ty::Int)),
        (Ty::Size, "bytes") => Some((P::Bytes, Ty::Int)),
        (Ty::Size, "kib") => Some((P::Kib, Ty::Int)),
        (Ty::Size, "mib") => Some((P::Mib, Ty::Int)),
        (Ty::Size, "gib") => Some((P::Gib, Ty::Int)),
        (Ty::Vcpu, "cpu_units") => Some((P::CpuUnits, Ty::Int)),
        (Ty::Percent, "whole") => Some((P::Whole, Ty::Int)),
        (Ty::List(_) | Ty::Map(_) | Ty::ZoneMap { .. }, "count") => Some((P::Count, Ty::Int)),
        (Ty::List(t), "first") => Some((P::First, optional(t))),
        (Ty::List(t), "last") => Some((P::Last, optional(t))),
        (Ty::ZoneMap { element, .. }, "first") => Some((P::First, element.as_ref().clone())),
        (Ty::Map(t), "first") => Some((P::First, optional(t))),
        (Ty::Map(_) | Ty::ZoneMap { .. }, "keys") => Some((P::Keys, Ty::List(Arc::new(Ty::String)))),
        (Ty::Map(t), "values") => Some((P::Values, Ty::List(Arc::clone(t)))),
        (Ty::ZoneMap { element, .. }, "values") => Some((P::Values, Ty::List(Arc::clone(element)))),
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "length") => Some((P::Length, Ty::Int)),
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "upper") => Some((P::Upper, Ty::String)),
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "lower") => Some((P::Lower, Ty::String)),
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "trim") => Some((P::Trim, Ty::String)),
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "int") => {
            Some((P::Integer, Ty::Optional(Arc::new(Ty::Int))))
        }
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "base64") => Some((P::Base64, Ty::String)),
        (Ty::String | Ty::Literals(_) | Ty::Alias(_), "sha256") => Some((P::Sha256, Ty::String)),
        (Ty::List(_), "reverse") => Some((P::Reverse, ty.clone())),
        (Ty::Cidr, "netmask") => Some((P::Netmask, Ty::String)),
        (Ty::Cidr, "prefix") => Some((P::Prefix, Ty::Int)),
        (Ty::Cidr, "address") => Some((P::Address, Ty::String)),
        (Ty::Enum(_) | Ty::Union(_), "name") => Some((P::CaseName, Ty::String)),
        _ => None,
    }
}
