//! Configuration blocks and profiles.

use super::{BodyId, ComponentId, FieldValue, RecordId, Waiver};
use solc_source::{Name, Span};
pub use solc_syntax::ast::{BlockKind, ProfileMode};

/// A configuration block.
#[derive(Debug)]
pub struct Block {
    /// Which kind.
    pub kind: BlockKind,
    /// Its name.
    pub name: Name,
    /// Its name's place.
    pub span: Span,
    /// Its body.
    pub body: BodyId,
    /// The record type of `std.cmdb` that it is a value of; field `name` is the block's name.
    pub record: Option<RecordId>,
    /// Fields given.
    pub fields: Vec<FieldValue>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// Waivers.
    pub waivers: Vec<Waiver>,
}

/// What a profile speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfileTarget {
    /// Every instance of a component.
    Component(ComponentId),
    /// Tags of every resource.
    Tags,
    /// Settings of every instance.
    Settings,
}

/// `default Service { … }`, `enforce Postgres { … }`
#[derive(Debug)]
pub struct Profile {
    /// Which way it wins.
    pub mode: ProfileMode,
    /// Of what.
    pub target: ProfileTarget,
    /// Fields.
    pub fields: Vec<FieldValue>,
    /// The body of its expressions (the block's or solution's).
    pub body: BodyId,
    /// The statement.
    pub span: Span,
}
