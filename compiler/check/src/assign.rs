//! Whether a value of one type can stand where another is wanted, and why not.
//!
//! Invariant: `Ty::Error` agrees with everything, so that one mistake gives one message.

use crate::context::Context;
use crate::hir::{ComponentId, InterfaceId, Ty, View};
use solc_schema::{Node, NodeId, ResourceType};

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// Another type altogether.
    Type,
    /// It may be `none`.
    Optional,
    /// It is known only when deploying.
    Deferred,
    /// It is secret.
    Secret,
    /// What the interface demands and the component lacks.
    Interface(Vec<String>),
    /// A field of the record is missing or wrong.
    Field(String),
}

impl Context<'_> {
    /// Whether a value of type `actual` can stand where `want` is wanted.
    pub(crate) fn assignable(&self, actual: &Ty, want: &Ty) -> Result<(), Mismatch> {
        match (actual, want) {
            (Ty::Error, _) | (_, Ty::Error) => Ok(()),
            (Ty::Secret(inner), Ty::Secret(wanted)) => self.assignable(inner, wanted),
            (Ty::Secret(_), Ty::Optional(wanted)) => self.assignable(actual, wanted),
            // A resource property takes a secret as a dynamic reference; the template never holds the value.
            (Ty::Secret(inner), Ty::Node(..)) => self.assignable(inner, want),
            (Ty::Secret(_), _) => Err(Mismatch::Secret),
            (_, Ty::Node(rt, node)) => self.fits(actual, rt, *node),
            (Ty::None, Ty::Optional(_)) => Ok(()),
            (Ty::Optional(inner), Ty::Optional(wanted)) => self.assignable(inner, wanted),
            (_, Ty::Optional(wanted)) => self.assignable(actual, wanted),
            (Ty::Optional(inner), _) => match self.assignable(inner, want) {
                Ok(()) => Err(Mismatch::Optional),
                Err(other) => Err(other),
            },
            (Ty::Deferred(inner), Ty::Deferred(wanted)) => self.assignable_deferred(inner, wanted),
            (_, Ty::Deferred(wanted)) => self.assignable(actual, wanted),
            (_, Ty::Json) => self.plain(actual),
            (Ty::Deferred(inner), _) => match self.assignable_deferred(inner, want) {
                Ok(()) => Err(Mismatch::Deferred),
                Err(other) => Err(other),
            },
            (Ty::Alias(a), Ty::Alias(b)) if a == b => Ok(()),
            (Ty::Alias(a), _) => match self.aliases.get(a.index()) {
                Some(alias) => self.assignable(&alias.base, want),
                None => Ok(()),
            },
            // Whether the value is within is known only when it is; the evaluator says so.
            (_, Ty::Alias(b)) => match self.aliases.get(b.index()) {
                Some(alias) => self.assignable(actual, &alias.base),
                None => Ok(()),
            },
            (Ty::Int, Ty::Number) => Ok(()),
            (Ty::Literals(a), Ty::Literals(b)) => ok(a.iter().all(|x| b.contains(x))),
            (Ty::Literals(_), Ty::String) => Ok(()),
            (Ty::Enum(a), Ty::Enum(b)) => ok(a == b),
            (Ty::Union(a), Ty::Union(b)) => ok(a == b),
            (Ty::List(a), Ty::List(b)) | (Ty::Map(a), Ty::Map(b)) => self.assignable(a, b),
            (Ty::ZoneMap { element, .. }, Ty::Map(b)) => self.assignable(element, b),
            (Ty::ZoneMap { element: a, active: x }, Ty::ZoneMap { element: b, active: y }) => {
                if *x && !*y {
                    Err(Mismatch::Optional)
                } else {
                    self.assignable(a, b)
                }
            }
            (Ty::Record(a), Ty::Record(b)) if a == b => Ok(()),
            (Ty::Record(_) | Ty::Anonymous(_), Ty::Record(wanted)) => self.record_fits(actual, *wanted),
            (Ty::Record(_) | Ty::Anonymous(_), Ty::Map(value)) => {
                self.fields_of(actual).iter().try_for_each(|(name, ty)| {
                    self.assignable(ty, value).map_err(|_| Mismatch::Field(name.to_string()))
                })
            }
            (Ty::Component(a), Ty::Component(b)) => ok(a == b),
            (Ty::Component(a), Ty::Interface(b)) => self.satisfies(*a, *b),
            (Ty::Interface(a), Ty::Interface(b)) => ok(a == b),
            (Ty::Resource(a), Ty::Resource(b)) => ok(a.name == b.name),
            (Ty::Grant { verbs: a, exposes: x }, Ty::Grant { verbs: b, exposes: y }) => {
                if !a.iter().all(|v| b.contains(v)) {
                    return Err(Mismatch::Type);
                }
                y.iter().try_for_each(|(name, want)| match x.iter().find(|(n, _)| n == name) {
                    Some((_, actual)) => {
                        self.assignable(actual, want).map_err(|_| Mismatch::Field(name.to_string()))
                    }
                    None => Err(Mismatch::Field(name.to_string())),
                })
            }
            (Ty::Block(a), Ty::Block(b)) => ok(a == b),
            (Ty::View(a), Ty::View(b)) => ok(view_fits(*a, *b)),
            // An action is written as text.
            (Ty::View(View::Verb(_)), Ty::String)
            | (Ty::String | Ty::Literals(_), Ty::View(View::Verb(_))) => Ok(()),
            (Ty::Bool, Ty::Bool)
            | (Ty::Int, Ty::Int)
            | (Ty::Number, Ty::Number)
            | (Ty::String, Ty::String)
            | (Ty::Duration, Ty::Duration)
            | (Ty::Size, Ty::Size)
            | (Ty::Percent, Ty::Percent)
            | (Ty::Cidr, Ty::Cidr)
            | (Ty::Vcpu, Ty::Vcpu)
            | (Ty::Range, Ty::Range)
            | (Ty::Peer, Ty::Peer)
            | (Ty::None, Ty::None) => Ok(()),
            _ => Err(Mismatch::Type),
        }
    }

    /// Between deferred values a refinement cannot be checked, so a plain text passes for a refined one.
    fn assignable_deferred(&self, actual: &Ty, want: &Ty) -> Result<(), Mismatch> {
        self.assignable(actual, want)
    }

    /// The fields of a record type.
    pub(crate) fn fields_of(&self, ty: &Ty) -> Vec<(solc_source::Name, Ty)> {
        match ty {
            Ty::Record(id) => self
                .record(*id)
                .map_or_else(Vec::new, |r| r.fields.iter().map(|f| (f.name.clone(), f.ty.clone())).collect()),
            Ty::Anonymous(fields) => fields.to_vec(),
            _ => Vec::new(),
        }
    }

    fn record_fits(&self, actual: &Ty, want: crate::hir::RecordId) -> Result<(), Mismatch> {
        let Some(record) = self.record(want) else { return Ok(()) };
        let given = self.fields_of(actual);
        for field in &record.fields {
            match given.iter().find(|(name, _)| *name == field.name) {
                Some((_, ty)) => {
                    self.assignable(ty, &field.ty).map_err(|_| Mismatch::Field(field.name.to_string()))?;
                }
                None if field.default.is_some() || matches!(field.ty, Ty::Optional(_)) => {}
                None => return Err(Mismatch::Field(field.name.to_string())),
            }
        }
        match given.iter().find(|(name, _)| record.fields.iter().all(|f| f.name != *name)) {
            Some((name, _)) => Err(Mismatch::Field(name.to_string())),
            None => Ok(()),
        }
    }

    /// Whether a component has what an interface demands.
    pub(crate) fn satisfies(&self, component: ComponentId, interface: InterfaceId) -> Result<(), Mismatch> {
        let (Some(signature), Some(interface)) =
            (self.signature(component), self.interfaces.get(interface.index()))
        else {
            return Ok(());
        };
        let mut missing: Vec<String> = Vec::new();
        for (name, want) in &interface.attributes {
            match signature.visible().find(|m| m.name == *name) {
                None => missing.push(format!("has no `{name}: {}`", self.show(want))),
                Some(member) => {
                    let actual = member.ty.clone().unwrap_or(Ty::Error);
                    if self.assignable(&actual, want).is_err() {
                        missing.push(format!(
                            "has a `{name}` that is {}, not {}",
                            self.a(&actual),
                            self.a(want)
                        ));
                    }
                }
            }
        }
        missing.extend(
            interface
                .grants
                .iter()
                .filter(|g| !signature.grants.contains_key(*g))
                .map(|g| format!("has no grant `{g}`")),
        );
        if missing.is_empty() { Ok(()) } else { Err(Mismatch::Interface(missing)) }
    }

    /// Whether a value can be written as JSON.
    pub(crate) fn plain(&self, actual: &Ty) -> Result<(), Mismatch> {
        match actual {
            Ty::Error
            | Ty::None
            | Ty::Bool
            | Ty::Int
            | Ty::Number
            | Ty::String
            | Ty::Json
            | Ty::Literals(_)
            | Ty::Enum(_)
            | Ty::Cidr
            | Ty::Node(..) => Ok(()),
            Ty::Alias(id) => self.aliases.get(id.index()).map_or(Ok(()), |a| self.plain(&a.base)),
            Ty::List(inner) | Ty::Map(inner) | Ty::Optional(inner) | Ty::Deferred(inner) => self.plain(inner),
            Ty::ZoneMap { element, .. } => self.plain(element),
            Ty::Record(_) | Ty::Anonymous(_) => self
                .fields_of(actual)
                .iter()
                .try_for_each(|(name, ty)| self.plain(ty).map_err(|_| Mismatch::Field(name.to_string()))),
            Ty::Secret(_) => Err(Mismatch::Secret),
            Ty::Duration
            | Ty::Size
            | Ty::Percent
            | Ty::Vcpu
            | Ty::Range
            | Ty::Peer
            | Ty::Union(_)
            | Ty::Component(_)
            | Ty::Interface(_)
            | Ty::Resource(_)
            | Ty::Grant { .. }
            | Ty::Block(_)
            | Ty::View(_) => Err(Mismatch::Type),
        }
    }

    /// Whether a value fits a position of a resource's properties.
    pub(crate) fn fits(&self, actual: &Ty, rt: &'static ResourceType, node: NodeId) -> Result<(), Mismatch> {
        match actual {
            Ty::Error => return Ok(()),
            Ty::Secret(inner) | Ty::Deferred(inner) => return self.fits(inner, rt, node),
            Ty::Optional(inner) => {
                return match self.fits(inner, rt, node) {
                    Ok(()) => Err(Mismatch::Optional),
                    Err(other) => Err(other),
                };
            }
            Ty::None => return Err(Mismatch::Optional),
            Ty::Alias(id) => {
                return self.aliases.get(id.index()).map_or(Ok(()), |a| self.fits(&a.base, rt, node));
            }
            Ty::Node(other, id) if other.name == rt.name && *id == node => return Ok(()),
            Ty::Json => return Ok(()),
            _ => {}
        }
        match rt.node(node) {
            Node::Json => self.plain(actual),
            Node::Boolean => ok(matches!(actual, Ty::Bool)),
            Node::Integer { .. } => ok(matches!(actual, Ty::Int)),
            Node::Number { .. } => ok(matches!(actual, Ty::Int | Ty::Number)),
            Node::String(rules) => match actual {
                Ty::String | Ty::Cidr => Ok(()),
                Ty::Literals(names) => {
                    ok(rules.allowed.is_empty() || names.iter().all(|n| rules.allowed.contains(n)))
                }
                Ty::Enum(id) => ok(self.enums.get(id.index()).is_none_or(|e| {
                    rules.allowed.is_empty() || e.cases.iter().all(|c| rules.allowed.contains(c))
                })),
                _ => Err(Mismatch::Type),
            },
            Node::Array { items, .. } => match actual {
                Ty::List(inner) => self.fits(inner, rt, *items),
                _ => Err(Mismatch::Type),
            },
            Node::Map(value) => match actual {
                Ty::Map(inner) => self.fits(inner, rt, *value),
                Ty::ZoneMap { element, .. } => self.fits(element, rt, *value),
                Ty::Record(_) | Ty::Anonymous(_) => {
                    self.fields_of(actual).iter().try_for_each(|(name, ty)| {
                        self.fits(ty, rt, *value).map_err(|_| Mismatch::Field(name.to_string()))
                    })
                }
                _ => Err(Mismatch::Type),
            },
            Node::Object(rules) => match actual {
                Ty::Record(_) | Ty::Anonymous(_) => {
                    let fields = self.fields_of(actual);
                    for (name, ty) in &fields {
                        let Some(property) = rules.property(name) else {
                            if rules.open {
                                continue;
                            }
                            return Err(Mismatch::Field(name.to_string()));
                        };
                        match self.fits(ty, rt, property) {
                            Ok(()) => {}
                            Err(Mismatch::Optional) if !rules.required.contains(name) => {}
                            Err(_) => return Err(Mismatch::Field(name.to_string())),
                        }
                    }
                    match rules.required.iter().find(|r| fields.iter().all(|(n, _)| n != *r)) {
                        Some(missing) => Err(Mismatch::Field(missing.to_string())),
                        None => Ok(()),
                    }
                }
                Ty::Map(_) if rules.open => Ok(()),
                _ => Err(Mismatch::Type),
            },
            Node::AnyOf(nodes) => {
                let mut last = Err(Mismatch::Type);
                for node in nodes {
                    match self.fits(actual, rt, *node) {
                        Ok(()) => return Ok(()),
                        other => last = other,
                    }
                }
                last
            }
        }
    }

    /// The least type that both are; `None` where there is none.
    pub(crate) fn join(&self, a: &Ty, b: &Ty) -> Option<Ty> {
        if matches!(a, Ty::Error) {
            return Some(b.clone());
        }
        if matches!(b, Ty::Error) || self.assignable(b, a).is_ok() {
            return Some(a.clone());
        }
        if self.assignable(a, b).is_ok() {
            return Some(b.clone());
        }
        let wrap = |t: Ty| match t {
            already @ (Ty::Optional(_) | Ty::None) => already,
            plain => Ty::Optional(std::sync::Arc::new(plain)),
        };
        match (a, b) {
            (Ty::None, other) | (other, Ty::None) => Some(wrap(other.clone())),
            (Ty::Optional(x), other) | (other, Ty::Optional(x)) => {
                let other = if let Ty::Optional(inner) = other { inner.as_ref() } else { other };
                self.join(x, other).map(wrap)
            }
            (Ty::Secret(x), other) | (other, Ty::Secret(x)) => {
                self.join(x, other).map(|t| Ty::Secret(std::sync::Arc::new(t)))
            }
            (Ty::Deferred(x), other) | (other, Ty::Deferred(x)) => {
                let other = if let Ty::Deferred(inner) = other { inner.as_ref() } else { other };
                self.join(x, other).map(|t| Ty::Deferred(std::sync::Arc::new(t)))
            }
            (Ty::Literals(x), Ty::Literals(y)) => {
                let mut all: Vec<_> = x.iter().chain(y.iter()).cloned().collect();
                all.sort();
                all.dedup();
                Some(Ty::Literals(all.into()))
            }
            (Ty::Alias(x), other) | (other, Ty::Alias(x)) => {
                self.aliases.get(x.index()).and_then(|alias| self.join(&alias.base, other))
            }
            (Ty::View(View::Component(_)), Ty::View(View::Component(_))) => {
                Some(Ty::View(View::Component(None)))
            }
            (Ty::View(View::Resource(_)), Ty::View(View::Resource(_))) => {
                Some(Ty::View(View::Resource(None)))
            }
            (Ty::List(x), Ty::List(y)) => self.join(x, y).map(|t| Ty::List(std::sync::Arc::new(t))),
            (Ty::Map(x), Ty::Map(y)) => self.join(x, y).map(|t| Ty::Map(std::sync::Arc::new(t))),
            (Ty::Anonymous(_) | Ty::Record(_), Ty::Anonymous(_) | Ty::Record(_)) => {
                self.plain(a).and(self.plain(b)).ok().map(|()| Ty::Json)
            }
            _ => None,
        }
    }

    /// The type of an attribute or of `Ref`, as the language sees it.
    pub(crate) fn from_node(rt: &'static ResourceType, node: NodeId) -> Ty {
        match rt.node(node) {
            Node::Boolean => Ty::Bool,
            Node::Integer { .. } => Ty::Int,
            Node::Number { .. } => Ty::Number,
            Node::String(_) => Ty::String,
            Node::Array { items, .. } => Ty::List(std::sync::Arc::new(Self::from_node(rt, *items))),
            Node::Map(value) => Ty::Map(std::sync::Arc::new(Self::from_node(rt, *value))),
            Node::Object(_) | Node::Json => Ty::Json,
            Node::AnyOf(nodes) => {
                if nodes.iter().any(|n| matches!(rt.node(*n), Node::String(_))) {
                    Ty::String
                } else {
                    Ty::Json
                }
            }
        }
    }
}

/// What is known of one type or component can stand where any can.
fn view_fits(actual: View, want: View) -> bool {
    match (actual, want) {
        (View::Component(a), View::Component(b)) => b.is_none() || a == b,
        (View::Resource(a), View::Resource(b)) => b.is_none_or(|b| a.is_some_and(|a| a.name == b.name)),
        (View::Properties(a, x), View::Properties(b, y)) => a.name == b.name && x == y,
        (View::Verb(_), View::Verb(_)) => true,
        (View::Component(_) | View::Resource(_) | View::Properties(..) | View::Verb(_), _) => false,
    }
}

fn ok(fits: bool) -> Result<(), Mismatch> {
    if fits { Ok(()) } else { Err(Mismatch::Type) }
}
