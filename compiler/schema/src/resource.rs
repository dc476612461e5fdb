//! Resource types: properties, rules, attributes.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr as Name;

use crate::codec::decode_resource;
use crate::table::Table;

/// A node of one [`ResourceType`]; an index into its arena (types may be recursive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// How a type carries tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TagShape {
    /// A list of `{Key, Value}` objects under this property.
    List(Name),
    /// A map under this property.
    Map(Name),
    /// A list of `{Key, Value, PropagateAtLaunch}` (Auto Scaling groups).
    PropagatedList(Name),
}

/// What a property accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// `true` or `false`.
    Boolean,
    /// A whole number within bounds (both included).
    Integer {
        /// Least.
        min: Option<i64>,
        /// Greatest.
        max: Option<i64>,
        /// If not empty, one of these.
        allowed: Vec<i64>,
    },
    /// A number within bounds (both included).
    Number {
        /// Least.
        min: Option<f64>,
        /// Greatest.
        max: Option<f64>,
    },
    /// A string.
    String(StringRules),
    /// A list.
    Array {
        /// Each element.
        items: NodeId,
        /// Fewest.
        min: Option<u32>,
        /// Most.
        max: Option<u32>,
        /// No two alike.
        unique: bool,
    },
    /// An object with known properties.
    Object(ObjectRules),
    /// Any keys, values of one type.
    Map(NodeId),
    /// Free-form JSON (policy documents, …).
    Json,
    /// Any one of these.
    AnyOf(Vec<NodeId>),
}

/// Rules of a string.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StringRules {
    /// If not empty, one of these, exactly unless `ignore_case`.
    pub allowed: Vec<Name>,
    /// Whether the service compares `allowed` without regard to case.
    pub ignore_case: bool,
    /// ECMA regular expression, unanchored as published.
    pub pattern: Option<Name>,
    /// Fewest characters.
    pub min: Option<u32>,
    /// Most characters.
    pub max: Option<u32>,
    /// `AWS::EC2::VPC.Id` and the like: what the string names.
    pub format: Option<Name>,
}

/// Rules of an object.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ObjectRules {
    /// Known properties, sorted by name.
    pub properties: Vec<(Name, NodeId)>,
    /// Must be there; sorted.
    pub required: Vec<Name>,
    /// Sets of which exactly one property must be there (from `requiredXor`, `oneOf` of `required`).
    pub exactly_one: Vec<Vec<Name>>,
    /// Sets of which at least one must be there (from `requiredOr`, `anyOf` of `required`).
    pub at_least_one: Vec<Vec<Name>>,
    /// If the first is there, all of the second must be.
    pub dependent_required: Vec<(Name, Vec<Name>)>,
    /// If the first is there, none of the second may be.
    pub dependent_excluded: Vec<(Name, Vec<Name>)>,
    /// Whether other keys are accepted.
    pub open: bool,
}

/// One of CloudFormation's resource types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceType {
    /// `AWS::S3::Bucket`
    pub name: Name,
    /// Arena.
    pub nodes: Vec<Node>,
    /// The properties: always a [`Node::Object`]. Read-only properties are not among them unless also writable.
    pub root: NodeId,
    /// What `Fn::GetAtt` gives, sorted: dotted name (`Endpoint.Address`) and the node that types it.
    pub attributes: Vec<(Name, NodeId)>,
    /// What `Ref` names, where known: `AWS::S3::Bucket.BucketName` or the like.
    pub reference: Option<Name>,
    /// Dotted paths (`Foo.Bar`, `*` for elements) that cannot change without replacement.
    pub create_only: Vec<Name>,
    /// Dotted paths that replace only sometimes.
    pub conditional_create_only: Vec<Name>,
    /// Dotted paths that only CloudFormation sets.
    pub read_only: Vec<Name>,
    /// Dotted paths that CloudFormation never gives back.
    pub write_only: Vec<Name>,
    /// Dotted paths that identify an instance.
    pub primary_identifier: Vec<Name>,
    /// Where its tags go.
    pub tags: Option<TagShape>,
    /// Whether replacing it loses data (the origin's list of stateful types).
    pub stateful: bool,
    /// Whether `Fn::GetAtt` also gives names that only the template's author knows (`Outputs.…` of a stack, a custom resource's data).
    pub any_attribute: bool,
}

impl ResourceType {
    /// Whether templates can only hold it under SAM's transform.
    #[must_use]
    pub fn needs_transform(&self) -> bool {
        self.name.starts_with("AWS::Serverless::")
    }

    /// A node of the arena.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        static JSON: Node = Node::Json;
        self.nodes.get(id.0 as usize).unwrap_or(&JSON)
    }

    /// The rules of the properties.
    #[must_use]
    pub fn root(&self) -> Option<&ObjectRules> {
        match self.node(self.root) {
            Node::Object(rules) => Some(rules),
            _ => None,
        }
    }

    /// The type of a `Fn::GetAtt` attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<NodeId> {
        self.attributes
            .binary_search_by(|(n, _)| n.as_str().cmp(name))
            .ok()
            .and_then(|i| self.attributes.get(i))
            .map(|(_, id)| *id)
    }
}

impl StringRules {
    /// Whether the text is among the allowed ones; anything is where none are listed.
    #[must_use]
    pub fn allows(&self, text: &str) -> bool {
        self.allowed.is_empty()
            || self
                .allowed
                .iter()
                .any(|a| if self.ignore_case { a.eq_ignore_ascii_case(text) } else { a.as_str() == text })
    }
}

impl ObjectRules {
    /// The type of a property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<NodeId> {
        self.properties
            .binary_search_by(|(n, _)| n.as_str().cmp(name))
            .ok()
            .and_then(|i| self.properties.get(i))
            .map(|(_, id)| *id)
    }
}

fn table() -> &'static Table<ResourceType> {
    static TABLE: LazyLock<Table<ResourceType>> =
        LazyLock::new(|| Table::open(include_bytes!("../tables/resources.bin"), decode_resource));
    &TABLE
}

/// The type of that name (`AWS::S3::Bucket`), decoded at first use.
#[must_use]
pub fn resource(name: &str) -> Option<&'static ResourceType> {
    table().get(name)
}

/// All type names, sorted.
pub fn resource_names() -> impl Iterator<Item = &'static str> {
    table().names()
}
