//! What an expression evaluates to, before it becomes a value of a template.
//!
//! Invariant: `Value::Missing` stands for something already reported; it agrees with everything, so that one
//! mistake gives one message.

use crate::model::{self, InstanceId, ResourceId};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use solc_check::hir::{BlockId, EnumId, LocalId, Quantity, UnionId};
use solc_source::{Name, Span};
use std::sync::Arc;

/// Keys in the order of the source.
pub(crate) type Map = IndexMap<Name, Value, FxBuildHasher>;

/// A value while evaluating.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Broken and reported.
    Missing,
    /// `none`
    None,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A number with a unit.
    Quantity(Quantity),
    /// Address and prefix length.
    Cidr(u32, u8),
    /// First and last, both included.
    Range(i64, i64),
    /// A text.
    Text(Name),
    /// A list.
    List(Arc<[Value]>),
    /// A map or record.
    Map(Arc<Map>),
    /// A case of an enum.
    Enum(EnumId, u32),
    /// A case of a union with its fields.
    Union(UnionId, u32, Option<Arc<Map>>),
    /// One for each zone, by letter.
    ZoneMap(Arc<Map>),
    /// An instance of a component.
    Instance(InstanceId),
    /// A resource.
    Resource(ResourceId),
    /// A grant of an instance.
    Grant(Arc<GrantValue>),
    /// An AWS service, as the peer of a connection.
    Service(Name),
    /// A configuration block.
    Block(BlockId),
    /// A team that a product declares.
    Team(Name),
    /// `internet`, as tests and policies speak of it.
    Outside,
    /// Known when deploying.
    Deferred(model::Value),
}

/// A grant with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct GrantValue {
    /// Whose grant.
    pub(crate) target: InstanceId,
    /// Its verb.
    pub(crate) verb: Name,
    /// Its arguments.
    pub(crate) arguments: Vec<(LocalId, Value)>,
    /// Where it is written.
    pub(crate) span: Span,
}

impl PartialEq for GrantValue {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target && self.verb == other.verb && self.arguments == other.arguments
    }
}

impl Value {
    pub(crate) fn text(text: impl Into<Name>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    pub(crate) fn map(entries: impl IntoIterator<Item = (Name, Self)>) -> Self {
        Self::Map(Arc::new(entries.into_iter().collect()))
    }

    /// Whether any part of it stands in a solution, and so means nothing in another.
    pub(crate) fn is_of_a_solution(&self) -> bool {
        match self {
            Self::Instance(_) | Self::Resource(_) | Self::Grant(_) | Self::Deferred(_) => true,
            Self::List(items) => items.iter().any(Self::is_of_a_solution),
            Self::Map(map) | Self::ZoneMap(map) | Self::Union(_, _, Some(map)) => {
                map.values().any(Self::is_of_a_solution)
            }
            Self::Missing
            | Self::None
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Number(_)
            | Self::Quantity(_)
            | Self::Cidr(..)
            | Self::Range(..)
            | Self::Text(_)
            | Self::Enum(..)
            | Self::Union(_, _, None)
            | Self::Service(_)
            | Self::Block(_)
            | Self::Team(_)
            | Self::Outside => false,
        }
    }

    /// A text that may be deferred.
    pub(crate) fn from_parts(parts: Vec<model::Value>) -> Self {
        match join(parts) {
            model::Value::String(text) => Self::Text(text),
            other => Self::Deferred(other),
        }
    }
}

/// Joins texts: neighbours that are known are one text, and a single text needs no join.
pub(crate) fn join(parts: impl IntoIterator<Item = model::Value>) -> model::Value {
    fn push(part: model::Value, known: &mut String, out: &mut Vec<model::Value>) {
        match part {
            model::Value::String(text) => known.push_str(&text),
            model::Value::Join(inner) => inner.iter().for_each(|p| push(p.clone(), known, out)),
            other => {
                if !known.is_empty() {
                    out.push(model::Value::String(Name::new(&*known)));
                    known.clear();
                }
                out.push(other);
            }
        }
    }
    let (mut known, mut out) = (String::new(), Vec::new());
    for part in parts {
        push(part, &mut known, &mut out);
    }
    if out.is_empty() {
        return model::Value::String(known.into());
    }
    if !known.is_empty() {
        out.push(model::Value::String(known.into()));
    }
    match (out.pop(), out.is_empty()) {
        (Some(single), true) => single,
        (Some(last), false) => {
            out.push(last);
            model::Value::Join(out.into())
        }
        (None, _) => model::Value::String(Name::default()),
    }
}
