//! CloudFormation's resource types and IAM's actions as tables of facts, decoded per type on demand.
//!
//! Invariant: no JSON Schema is parsed when `solc` starts; a type that is not used costs nothing.

pub mod codec;
mod facts;
pub mod iam;
mod pattern;
pub mod resource;
mod table;

pub use facts::{
    Ending, Origin, Package, Runtime, Stage, ending_types, lambda_runtimes, origin, stateful_types,
};
pub use pattern::pattern_matches;
pub use smol_str::SmolStr as Name;

pub use resource::{
    Node, NodeId, ObjectRules, ResourceType, StringRules, TagShape, resource, resource_names,
};
