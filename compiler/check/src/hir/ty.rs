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
}
