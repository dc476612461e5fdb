//! Grants, principals and the statements in them.

use super::{ExprId, InterfaceId, LocalId, Parameter, Ty};
use solc_source::{Name, Span};

/// `grant read(under: String = "") for consumer: Poller { … }`
#[derive(Debug)]
pub struct Grant {
    /// The verb.
    pub name: Name,
    /// Its name's place.
    pub span: Span,
    /// Parameters: slots of the component's body.
    pub params: Vec<Parameter>,
    /// `for consumer: Poller`: the consumer's slot.
    pub consumer: Option<(LocalId, InterfaceId)>,
    /// Statements, in order.
    pub items: Vec<GrantItem>,
}

/// A statement of a grant.
#[derive(Debug)]
pub enum GrantItem {
    /// `let`: sets a slot.
    Let(LocalId, ExprId),
    /// `allow` (identity policy of the consumer) or `permit` (the target's resource policy).
    Access(Access),
    /// `connect`, seen from the consumer.
    Connect(Connect),
    /// `encrypt with key` / `decrypt with key`.
    Crypt {
        /// `encrypt`
        encrypt: bool,
        /// A component with an attribute `arn`.
        key: ExprId,
        /// The statement.
        span: Span,
    },
    /// `env NAME = value`
    Env {
        /// `BUCKET`; published as `<TARGET>_BUCKET`.
        name: Name,
        /// Its value.
        value: ExprId,
        /// The statement.
        span: Span,
    },
    /// `attribute x: T = value`: readable of the grant as a value, beside its parameters.
    Attribute {
        /// Its name.
        name: Name,
        /// Its type.
        ty: Ty,
        /// Its value.
        value: ExprId,
    },
    /// `ensure`
    Ensure(super::Ensure),
}

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessEffect {
    /// `allow`: identity policy.
    Allow,
    /// `permit`: the target's resource policy, a service principal.
    Permit,
    /// `deny`: the target's resource policy, everyone.
    Deny,
}

/// An action as IAM spells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Action {
    /// IAM prefix: `s3`, `rds-db`.
    pub service: Name,
    /// `GetObject`; `*` only in a `deny` (written `All`).
    pub name: Name,
    /// Where it stands.
    pub span: Span,
}

/// Who a `permit` or `deny` speaks of.
#[derive(Debug, Clone)]
pub enum AccessPrincipal {
    /// `everyone`
    Everyone,
    /// A service: text, known when compiling.
    Service(ExprId),
}

/// `allow`, `permit`, `deny`
#[derive(Debug, Clone)]
pub struct Access {
    /// Which.
    pub effect: AccessEffect,
    /// Actions, as written; every one exists.
    pub actions: Vec<Action>,
    /// `to`
    pub principal: Option<AccessPrincipal>,
    /// `on`: for `allow` an ARN or a list of them, `None` only where no action has resource types (then `*`);
    /// for `permit` and `deny` the resource whose policy it is.
    pub on: Option<ExprId>,
    /// `when`: `{String: {String: String | [String]}}`
    pub when: Option<ExprId>,
    /// `if`
    pub condition: Option<ExprId>,
    /// `because`
    pub because: Option<Name>,
    /// The statement.
    pub span: Span,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The consumer opens the connection.
    To,
    /// The peer opens it.
    From,
}

/// `connect tcp 5432 to sg`
#[derive(Debug, Clone)]
pub struct Connect {
    /// `tcp`, `udp`
    pub protocol: Name,
    /// A port or a `Range`.
    pub port: ExprId,
    /// Which way.
    pub direction: Direction,
    /// A security group (resource or `deferred String` id), a `Cidr`, or a `Peer`.
    pub peer: ExprId,
    /// `if`
    pub condition: Option<ExprId>,
    /// `because`
    pub because: Option<Name>,
    /// The statement.
    pub span: Span,
}

/// `principal role for "ecs-tasks.amazonaws.com" { … }`
#[derive(Debug)]
pub struct Principal {
    /// The service, text.
    pub service: ExprId,
    /// Further trust conditions; `aws:SourceAccount` is always there unless this sets it.
    pub when: Option<ExprId>,
    /// `if`
    pub condition: Option<ExprId>,
    /// `allow`s: what the platform needs; each has a `because`.
    pub statements: Vec<Access>,
}
