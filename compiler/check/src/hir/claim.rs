//! Tests and policies: what is claimed of environments, statement by statement.
//!
//! ```sol
//! policy "data stays in the country" {
//!   for r in resources() if r.stateful { require r.region == "ap-southeast-2" }
//! }
//! ```
//!
//! Invariant: a claim only asks. It makes nothing, and nothing else can name it.

use super::{BodyId, Clause, ComponentId, ExprId, LocalId};
use solc_schema::ResourceType;
use solc_source::{Name, Span};

/// A `test` or `policy`.
#[derive(Debug)]
pub struct Claim {
    /// Its name, in words.
    pub name: Name,
    /// Which of the two.
    pub kind: ClaimKind,
    /// The body of its expressions.
    pub body: BodyId,
    /// What it says.
    pub statements: Vec<ClaimStatement>,
    /// The name's place.
    pub span: Span,
}

/// Which of the two a claim is, and where it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimKind {
    /// Every check asks it of every environment.
    Policy,
    /// `solc test` asks it of every environment.
    Test,
    /// `solc test` asks it of these environments. One that this project does not hold belongs to another member of
    /// the workspace, which asks.
    TestFor(Vec<Name>),
}

/// A statement of a claim.
#[derive(Debug)]
pub enum ClaimStatement {
    /// `let x = …`
    Let {
        /// Its slot.
        local: LocalId,
        /// Its value.
        value: ExprId,
    },
    /// `for r in resources() if r.stateful { … }`
    For {
        /// What runs over what, with the filter.
        clause: Clause,
        /// The names that it binds, in order.
        names: Vec<Name>,
        /// What is said of each.
        body: Vec<ClaimStatement>,
    },
    /// `assert cond`, `require cond else "message"`
    Hold {
        /// What must hold.
        condition: ExprId,
        /// What to say where it does not.
        message: Option<ExprId>,
        /// The condition.
        span: Span,
    },
}

/// What only tests and policies ask.
#[derive(Debug, Clone)]
pub enum Question {
    /// `shop`: a solution's own instance.
    Solution(Name),
    /// `internet`: everything outside.
    Internet,
    /// `shop.db`: an instance or resource that a component declares under this name.
    Part {
        /// The name.
        name: Name,
        /// What it is there.
        kind: PartKind,
    },
    /// `component("shop.db")`
    Component,
    /// `components()`, `components(Service)`; of one component only those inside it.
    Components(Option<ComponentId>),
    /// `resources()`, `resources(AWS.S3.Bucket)`
    Resources(Option<Typed>),
    /// A field of a component or resource.
    Fact(Fact),
    /// A property of a resource, or of an object in one.
    Property(Name),
    /// `access(a, b)`: the verbs by which `a` may use `b`.
    Access,
    /// `reachable(a, b)`: whether a connection of `a` arrives at `b`.
    Reachable,
    /// `survives_zone_loss(a)`: whether `a` serves whichever zone is lost.
    SurvivesZoneLoss,
}

/// A resource type that is named in a question.
#[derive(Debug, Clone, Copy)]
pub struct Typed(pub &'static ResourceType);

/// What a name inside a component stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// One instance, perhaps only under a condition.
    Instance,
    /// Occurrences by key.
    Occurrences,
    /// One resource, perhaps only under a condition.
    Resource,
    /// A resource for every zone.
    ZonedResource,
}

/// What can be read of a component or resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// Of a component: the last name of its path. Of a resource: its name in the component.
    Name,
    /// Of a component: `shop.db`.
    Path,
    /// Of a component: `std.data.Postgres`; of a resource: `AWS::S3::Bucket`.
    Type,
    /// `shop`
    Solution,
    /// `foundation`, `data`, `application`
    Layer,
    /// Whether it keeps data: replacing or deleting it would lose some.
    Stateful,
    /// The region's name.
    Region,
    /// The account.
    Account,
    /// The zone's name, of a resource that is made for one zone.
    Zone,
    /// Of a resource: its name in the template.
    LogicalId,
    /// Of a resource: its stack's name.
    Stack,
    /// Of a resource: the component that it belongs to.
    Component,
    /// Of a resource: what CloudFormation is told.
    Properties,
    /// Of a component: the resources of it and of what it is made of.
    Resources,
    /// Of a component: the components that it is made of, at any depth.
    Components,
}
