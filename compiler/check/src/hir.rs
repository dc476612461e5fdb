//! The HIR: names resolved, arenas and typed ids, types in side tables.
//!
//! Invariant: a name that could not be resolved is `ExprKind::Missing` and already reported, so that the
//! evaluator stays silent about it (its value is `Value::Missing`, which agrees with everything).
//! Expressions live in a [`Body`]: one for each component, solution, function, `let`, configuration block,
//! record type with defaults, test. An [`ExprId`] means something only together with its body.

pub mod access;
pub mod claim;
pub mod component;
pub mod config;
pub mod expr;
pub mod ty;

pub use access::{
    Access, AccessEffect, AccessPrincipal, Action, Connect, Direction, Grant, GrantItem, Principal,
};
pub use claim::{Claim, ClaimKind, ClaimStatement, Fact, PartKind, Question, Typed};
pub use component::{
    Accepts, Component, Ensure, Expansion, FieldValue, Instance, Kind, Layer, Link, Member, MemberKind,
    Moved, OnNetwork, Resource, SecretDecl, SettingDecl, Statement, Waiver,
};
pub use config::{Block, BlockKind, Profile, ProfileMode, ProfileTarget};
pub use expr::{
    Arm, BinaryOp, Body, Builtin, Clause, Element, Expr, ExprKind, Pattern, Property, Quantity, UnaryOp,
};
pub use ty::{Ty, View};

use indexmap::IndexMap;
use solc_source::{Name, Span};

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
    )*};
}

ids! {
    /// An expression of a [`Body`].
    ExprId;
    /// A body of the project.
    BodyId;
    /// A slot of a body's frame: parameter of a function or grant, binder of a `for` or pattern, `let` of a grant.
    LocalId;
    /// A member of a component.
    MemberId;
    /// An instance declared in a component.
    InstanceDeclId;
    /// A component or solution of the project.
    ComponentId;
    /// An interface.
    InterfaceId;
    /// An enum.
    EnumId;
    /// A tagged union.
    UnionId;
    /// A named alias: refinement or plain.
    AliasId;
    /// A record type, named or not.
    RecordId;
    /// A function.
    FunctionId;
    /// A top-level `let`.
    GlobalId;
    /// A configuration block.
    BlockId;
}

/// Everything that was checked.
#[derive(Debug, Default)]
pub struct Project {
    /// Enums.
    pub enums: Vec<Enum>,
    /// Tagged unions.
    pub unions: Vec<Union>,
    /// Named aliases with a refinement.
    pub aliases: Vec<Alias>,
    /// Record types.
    pub records: Vec<Record>,
    /// Interfaces.
    pub interfaces: Vec<Interface>,
    /// Components and solutions.
    pub components: Vec<Component>,
    /// Functions.
    pub functions: Vec<Function>,
    /// Top-level `let`s.
    pub globals: Vec<Global>,
    /// Configuration blocks, by kind and then name.
    pub blocks: Vec<Block>,
    /// Tests and policies, in the order of files and of lines.
    pub claims: Vec<Claim>,
    /// Bodies.
    pub bodies: Vec<Body>,
    /// `std.platform.Platform`
    pub platform: Option<ComponentId>,
    /// `std.network.Internet`, whose one instance is `internet`.
    pub internet: Option<ComponentId>,
    /// Solutions by name (components of kind `Solution`).
    pub solutions: IndexMap<Name, ComponentId>,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// Its cases, least first where ordered.
    pub cases: Vec<Name>,
    /// Whether they compare.
    pub ordered: bool,
    /// The declaration's name.
    pub span: Span,
}

/// A tagged union.
#[derive(Debug, Clone)]
pub struct Union {
    /// Its name.
    pub name: Name,
    /// Its cases.
    pub cases: Vec<Case>,
    /// The declaration's name.
    pub span: Span,
}

/// A case of a tagged union.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name.
    pub name: Name,
    /// Its fields; `None` where it has no braces.
    pub record: Option<RecordId>,
}

/// `type Port = Int where 1..65535`
#[derive(Debug, Clone)]
pub struct Alias {
    /// Its name, shown in messages; `Int where 1..3` where it stands unnamed.
    pub name: Name,
    /// What it refines.
    pub base: Ty,
    /// How.
    pub refinement: Refinement,
    /// The declaration's name (or the refinement).
    pub span: Span,
}

/// What a refinement demands.
#[derive(Debug, Clone)]
pub enum Refinement {
    /// Nothing (a plain alias is never kept as `Ty::Alias`; this stands for one that was broken).
    Nothing,
    /// A whole number within, both included.
    Int(i64, i64),
    /// A number within.
    Number(f64, f64),
    /// A quantity within, both in the base's smallest unit (see [`Quantity`]).
    Quantity(i64, i64),
    /// A regular expression, already known to compile with `regex-lite`.
    Regex(Name),
}

/// A record type.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name; empty where it has none.
    pub name: Name,
    /// Its fields, in order.
    pub fields: Vec<RecordField>,
    /// The body of its defaults: slot `i` of the frame is field `i`; a default may use the fields above it.
    pub body: BodyId,
    /// The declaration.
    pub span: Span,
}

/// A field of a record type.
#[derive(Debug, Clone)]
pub struct RecordField {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Its default; an optional field without one is `none`.
    pub default: Option<ExprId>,
    /// Its name's place.
    pub span: Span,
}

/// An interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// Its name.
    pub name: Name,
    /// Attributes or parameters that must be there.
    pub attributes: IndexMap<Name, Ty>,
    /// Grants that must be there.
    pub grants: Vec<Name>,
    /// The declaration's name.
    pub span: Span,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Parameters; parameter `i` is slot `i`.
    pub params: Vec<Parameter>,
    /// Result.
    pub result: Ty,
    /// Its body.
    pub body: BodyId,
    /// The expression.
    pub value: ExprId,
    /// The declaration's name.
    pub span: Span,
}

/// A parameter of a function or grant.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Its slot.
    pub local: LocalId,
    /// Its default, in the body of the function or component.
    pub default: Option<ExprId>,
    /// Its name's place.
    pub span: Span,
}

/// A top-level `let`.
#[derive(Debug, Clone)]
pub struct Global {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Its body.
    pub body: BodyId,
    /// The expression.
    pub value: ExprId,
    /// Its name's place.
    pub span: Span,
}
