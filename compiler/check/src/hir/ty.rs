//! Types.

use super::{AliasId, BlockKind, ComponentId, EnumId, InterfaceId, RecordId, UnionId};
use solc_schema::{NodeId, ResourceType};
use solc_source::Name;
use std::sync::Arc;

/// A type. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Ty {
    /// Broken and reported: agrees with everything.
    Error,
    /// The type of `none` alone.
    None,
    /// `Bool`
    Bool,
    /// `Int`
    Int,
    /// `Number`
    Number,
    /// `String`
    String,
    /// `Duration`
    Duration,
    /// `Size`
    Size,
    /// `Percent`
    Percent,
    /// `Cidr`
    Cidr,
    /// `Vcpu`
    Vcpu,
    /// `Range`: of whole numbers.
    Range,
    /// `Json`: any plain value, deferred or not.
    Json,
    /// `Peer`: what `connect` speaks to when it is neither group nor range (`aws("sqs")`).
    Peer,
    /// `"a" | "b"`, sorted.
    Literals(Arc<[Name]>),
    /// An enum.
    Enum(EnumId),
    /// A tagged union.
    Union(UnionId),
    /// A refinement.
    Alias(AliasId),
    /// `[T]`
    List(Arc<Ty>),
    /// `{String: T}`
    Map(Arc<Ty>),
    /// One for each zone, indexed by zone; `active`: perhaps only some zones, so indexing is optional.
    ZoneMap {
        /// Of each zone.
        element: Arc<Ty>,
        /// `per active zone`
        active: bool,
    },
    /// A closed record.
    Record(RecordId),
    /// A record literal that no type was expected of.
    Anonymous(Arc<[(Name, Ty)]>),
    /// `T?`
    Optional(Arc<Ty>),
    /// `deferred T`
    Deferred(Arc<Ty>),
    /// `secret T`
    Secret(Arc<Ty>),
    /// An instance of a component.
    Component(ComponentId),
    /// Anything that satisfies an interface.
    Interface(InterfaceId),
    /// A resource.
    Resource(&'static ResourceType),
    /// A position inside a resource's properties.
    Node(&'static ResourceType, NodeId),
    /// A grant as a value.
    Grant {
        /// Verbs it may have, sorted.
        verbs: Arc<[Name]>,
        /// What can be read of it: attributes and parameters.
        exposes: Arc<[(Name, Ty)]>,
    },
    /// A configuration block: account, environment, team, product, organisation.
    Block(BlockKind),
    /// What tests and policies speak of.
    View(View),
}

/// Things of a deployment, as tests and policies see them.
#[derive(Clone, Copy, Debug)]
pub enum View {
    /// A component instance; of which component, where the source says so.
    Component(Option<ComponentId>),
    /// A resource; of which type, where the source says so.
    Resource(Option<&'static ResourceType>),
    /// An object among a resource's properties. What is read of it may be left out, and may be known only when
    /// deploying: then a claim about it cannot be decided.
    Properties(&'static ResourceType, NodeId),
    /// A verb of a grant; of which component, where the source says so.
    Verb(Option<ComponentId>),
}

/// How many types a type may hold, those that are shared counted each time.
const MAX_SIZE: usize = 10_000;
/// How deeply types may stand in each other.
const MAX_NESTING: usize = 200;

impl Ty {
    /// Whether walking it would take too long: records of records double with each line that nests them.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        let mut count = 0_usize;
        let mut work: Vec<(&Self, usize)> = vec![(self, 0)];
        while let Some((ty, depth)) = work.pop() {
            count += 1;
            if count > MAX_SIZE || depth > MAX_NESTING {
                return true;
            }
            match ty {
                Self::List(inner)
                | Self::Map(inner)
                | Self::Optional(inner)
                | Self::Deferred(inner)
                | Self::Secret(inner)
                | Self::ZoneMap { element: inner, .. } => work.push((inner, depth + 1)),
                Self::Anonymous(fields) | Self::Grant { exposes: fields, .. } => {
                    work.extend(fields.iter().map(|(_, ty)| (ty, depth + 1)));
                }
                Self::Error
                | Self::None
                | Self::Bool
                | Self::Int
                | Self::Number
                | Self::String
                | Self::Duration
                | Self::Size
                | Self::Percent
                | Self::Cidr
                | Self::Vcpu
                | Self::Range
                | Self::Json
                | Self::Peer
                | Self::Literals(_)
                | Self::Enum(_)
                | Self::Union(_)
                | Self::Alias(_)
                | Self::Record(_)
                | Self::Component(_)
                | Self::View(_)
                | Self::Interface(_)
                | Self::Resource(_)
                | Self::Node(..)
                | Self::Block(_) => {}
            }
        }
        false
    }
}
