//! The IR: one environment, no names to resolve, no conditionals.
//!
//! Invariant: ids are indices into the deployment's arenas, assigned in an order that depends on the source alone.

use crate::arena::Id;
use solc_check::hir::Layer;
use solc_schema::ResourceType;
use solc_source::{Name, Span};
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index.
            #[must_use]
            pub fn index(self) -> usize { self.0 as usize }
        }
        impl Id for $name {
            fn at(index: usize) -> Self { Self(u32::try_from(index).unwrap_or(u32::MAX)) }
            fn position(self) -> usize { self.index() }
        }
    )*};
}

ids! {
    /// A resource of the deployment.
    ResourceId;
    /// A component instance of the deployment.
    InstanceId;
    /// A link of the deployment.
    LinkId;
    /// A stack of the deployment.
    StackId;
}

/// Everything that one environment holds.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// Environment, account, product: what names and tags are made of.
    pub environment: Environment,
    /// Instances, parents before children.
    pub instances: Vec<Instance>,
    /// Resources.
    pub resources: Vec<Resource>,
    /// Links.
    pub links: Vec<Link>,
    /// Statements of identity and resource policies, each with its reason.
    pub statements: Vec<Statement>,
    /// Network flows that are allowed, each with its reason.
    pub flows: Vec<Flow>,
    /// Stacks, in an order in which they can be created.
    pub stacks: Vec<Stack>,
    /// Outputs of solutions.
    pub outputs: Vec<Output>,
    /// Images that the environment runs, sorted by unit.
    pub images: Vec<Image>,
    /// Which stack of its layer each component is in, as `stacks.lock` writes it: only layers that need more
    /// than one stack, or that the lock names already.
    pub assignment: Assignment,
    /// What the environment and its instances were allowed not to do, and why.
    pub waivers: Vec<Waiver>,
    /// What it reads of its facts, whether `facts.json` says it or not.
    pub facts: Vec<ReadFact>,
}

/// An entry of the environment's facts that something reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFact {
    /// `hosted_zones`, `prefix_lists`
    pub fact: Name,
    /// The domain, or the service.
    pub key: Name,
    /// Whether nothing stands in for it where it is missing.
    pub needed: bool,
}

/// `<solution>/<layer>` to component path to the number of its stack, the first being 1.
pub type Assignment = std::collections::BTreeMap<Name, std::collections::BTreeMap<Name, u32>>;

/// Something that was waived.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiver {
    /// `availability`
    pub what: Name,
    /// The environment, or the path of the instance.
    pub place: Name,
    /// Why.
    pub because: Name,
    /// Where it is written.
    pub span: Span,
}

/// The environment a deployment is for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Environment {
    /// `production`
    pub name: Name,
    /// `production`, `preproduction`, …
    pub stage: Name,
    /// Whether it is Multi-AZ.
    pub multi_az: bool,
    /// The product's name.
    pub product: Name,
    /// The account's name in the CMDB.
    pub account: Name,
    /// Twelve digits.
    pub account_id: Name,
    /// `ap-southeast-2`
    pub region: Name,
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: Name,
    /// Zone names, `ap-southeast-2a` …
    pub zones: Vec<Name>,
    /// Path of roles: `/shop/production/`.
    pub role_path: Name,
    /// The permissions boundary of every role, where the account sets one.
    pub boundary: Option<Name>,
    /// Where the environment is declared.
    pub span: Span,
}

/// A component instance.
#[derive(Debug, Clone)]
pub struct Instance {
    /// `shop.api`, `shop.platform.key`; the solution's own instance is `shop`.
    pub path: Name,
    /// The solution it belongs to.
    pub solution: Name,
    /// The component: `std.compute.Service`.
    pub component: Name,
    /// The instance it stands in.
    pub parent: Option<InstanceId>,
    /// Its layer.
    pub layer: Layer,
    /// Whether it is stateful.
    pub stateful: bool,
    /// Its parameters, each with what set it.
    pub parameters: Vec<Parameter>,
    /// Where it is declared.
    pub span: Span,
}

/// A resolved parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// What set it.
    pub origin: Origin,
    /// Where the value is written.
    pub span: Span,
}

/// What set a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The component's own default.
    Component,
    /// A `default` of a configuration block or solution.
    Profile,
    /// The instance itself.
    Instance,
    /// An `enforce` of a configuration block or solution.
    Enforced,
}

/// A resource, with everything CloudFormation is told about it.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Alphanumeric, unique in the environment.
    pub logical_id: Name,
    /// What it was before, where `moved from` a path says so.
    pub moved_from: Option<MovedFrom>,
    /// Its type.
    pub ty: &'static ResourceType,
    /// The instance it belongs to.
    pub instance: InstanceId,
    /// Its name in the component (`subnet`), for messages.
    pub name: Name,
    /// The zone it is pinned to (`per zone`).
    pub zone: Option<Name>,
    /// Its properties, sorted by name; nothing is there that is not emitted.
    pub properties: Vec<(Name, Value)>,
    /// Explicit order, beyond what references give; sorted.
    pub depends_on: Vec<ResourceId>,
    /// `DeletionPolicy` and `UpdateReplacePolicy`, where they are not `Delete`.
    pub retention: Option<Retention>,
    /// Its stack; set by the `stacks` pass.
    pub stack: Option<StackId>,
    /// Where it is declared.
    pub span: Span,
    /// Where each property is written (dotted path to span), as far as it stands in source; shared by all
    /// resources of one declaration.
    pub property_spans: Arc<[(Name, Span)]>,
}

impl Resource {
    /// A property by name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }
}

/// What a resource was before it was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedFrom {
    /// Its logical id, in whichever stack it was.
    pub logical_id: Name,
    /// The path of what it belonged to, as in `shop.db`; of a resource that was moved itself, its own.
    pub path: Name,
}

/// What happens to the data when a resource goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// `RetainExceptOnCreate` and `Retain`.
    Retain,
    /// `Snapshot` and `Snapshot`.
    Snapshot,
}

/// A value of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A text.
    String(Name),
    /// A list.
    List(Arc<[Value]>),
    /// An object, sorted by key (see [`Value::object`]).
    Object(Arc<[(Name, Value)]>),
    /// `Ref`
    Ref(ResourceId),
    /// `Fn::GetAtt`
    Attribute(ResourceId, Name),
    /// `Fn::Join` with an empty separator; at least one part is deferred.
    Join(Arc<[Value]>),
}

impl Value {
    /// An object; of two entries with one key, the later wins.
    #[must_use]
    pub fn object(entries: impl IntoIterator<Item = (Name, Value)>) -> Self {
        Self::Object(sorted(entries.into_iter().collect()).into())
    }

    /// A list.
    #[must_use]
    pub fn list(elements: impl IntoIterator<Item = Self>) -> Self {
        Self::List(elements.into_iter().collect())
    }

    /// A text.
    #[must_use]
    pub fn string(text: impl Into<Name>) -> Self {
        Self::String(text.into())
    }

    /// The entry of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            Self::Bool(_)
            | Self::Int(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::List(_)
            | Self::Ref(_)
            | Self::Attribute(..)
            | Self::Join(_) => None,
        }
    }

    /// Calls `f` with every resource that the value refers to; the attribute is `None` for `Ref`.
    pub fn references(&self, f: &mut impl FnMut(ResourceId, Option<&Name>)) {
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Number(_) | Self::String(_) => {}
            Self::List(items) | Self::Join(items) => items.iter().for_each(|v| v.references(f)),
            Self::Object(entries) => entries.iter().for_each(|(_, v)| v.references(f)),
            Self::Ref(id) => f(*id, None),
            Self::Attribute(id, name) => f(*id, Some(name)),
        }
    }

    /// Whether any part is known only when deploying.
    #[must_use]
    pub fn is_deferred(&self) -> bool {
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Number(_) | Self::String(_) => false,
            Self::List(items) => items.iter().any(Self::is_deferred),
            Self::Object(entries) => entries.iter().any(|(_, v)| v.is_deferred()),
            Self::Ref(_) | Self::Attribute(..) | Self::Join(_) => true,
        }
    }
}

/// Entries by key; of two with one key, the later wins.
pub(crate) fn sorted<T>(mut entries: Vec<(Name, T)>) -> Vec<(Name, T)> {
    // Most are written in that order.
    if entries.is_sorted_by(|a, b| a.0 < b.0) {
        return entries;
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
    entries
}

/// A link that was lowered.
#[derive(Debug, Clone)]
pub struct Link {
    /// Who uses.
    pub consumer: InstanceId,
    /// What is used.
    pub target: InstanceId,
    /// How.
    pub verb: Name,
    /// Where the link is written.
    pub span: Span,
    /// The role policy it made, if it allows anything.
    pub policy: Option<ResourceId>,
}

/// Why a statement or flow is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A link.
    Link(LinkId),
    /// A need of the platform, in words (`because`).
    Platform(Name),
}

/// Effect of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// Which policy a statement stands in.
#[derive(Debug, Clone, PartialEq)]
pub enum Holder {
    /// The identity policy of this role.
    Identity(ResourceId),
    /// The resource policy of this resource, with the principal it names (`*` or a service).
    Resource(ResourceId, Name),
    /// The trust policy of this role, with the service that may assume it.
    Trust(ResourceId, Name),
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Where it stands.
    pub holder: Holder,
    /// Effect.
    pub effect: Effect,
    /// `s3:GetObject`, sorted.
    pub actions: Vec<Name>,
    /// ARNs, or the one string `*`.
    pub resources: Vec<Value>,
    /// Operator, key, values; sorted.
    pub conditions: Vec<(Name, Name, Value)>,
    /// Why.
    pub reason: Reason,
    /// Where it is written.
    pub span: Span,
}

/// An end of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A security group.
    Group(ResourceId),
    /// Addresses, as written: `0.0.0.0/0`.
    Addresses(Name),
    /// A prefix list.
    PrefixList(Name),
}

/// A network connection that security groups allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Who opens it.
    pub from: Peer,
    /// Who answers.
    pub to: Peer,
    /// `tcp`, `udp`
    pub protocol: Name,
    /// First and last port.
    pub ports: (u16, u16),
    /// Why.
    pub reason: Reason,
    /// Where it is written.
    pub span: Span,
}

/// A stack.
#[derive(Debug, Clone)]
pub struct Stack {
    /// `shop-production-shop-data`
    pub name: Name,
    /// Its solution.
    pub solution: Name,
    /// Its layer.
    pub layer: Layer,
    /// Its resources, in declaration order.
    pub resources: Vec<ResourceId>,
    /// Parameters, sorted by name: what they are bound to.
    pub parameters: Vec<(Name, Binding)>,
    /// Outputs that other stacks or people read, sorted by name.
    pub outputs: Vec<(Name, Value)>,
    /// Stacks that must be there first.
    pub depends_on: Vec<StackId>,
    /// Whether it holds state or the environment is Multi-AZ.
    pub termination_protection: bool,
}

/// What a parameter is bound to when deploying.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The stack that has the value.
    pub stack: StackId,
    /// Its output.
    pub output: Name,
    /// The value inside that stack: a `Ref` or `Attribute`.
    pub value: Value,
}

/// An output of a solution.
#[derive(Debug, Clone)]
pub struct Output {
    /// The solution.
    pub solution: Name,
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Value,
    /// Where it is declared.
    pub span: Span,
}

/// An image that the environment runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The unit: `shop-api`.
    pub unit: Name,
    /// `docker`, `zip`
    pub format: Name,
    /// The commit it was built from.
    pub commit: Name,
    /// `sha256:…`
    pub digest: Name,
}
