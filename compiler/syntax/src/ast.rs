//! The syntax tree: spans everywhere, names unresolved, possibly broken.
//!
//! Invariant: broken code is a value (`Expr::Missing`, `TypeExpr::Missing`, an `Ident` with an empty name),
//! already reported by the parser, so that later stages stay silent about it.
//! Every body (component, solution, instance, grant, principal, configuration block, test, policy) is a list of
//! [`Statement`]s; which statement belongs where is the checker's business, so that a statement in the wrong
//! body is one clear message and not a parse error.

pub mod expr;
pub mod types;

pub use expr::{
    Argument, Arm, BinaryOp, Clause, CodeString, Element, Expr, ExprKind, FieldEntry, Pattern, PatternField,
    PatternKind, StringPart, UnaryOp,
};
pub use types::{CaseDecl, Refinement, TypeExpr, TypeExprKind, TypeField};

use serde::{Deserialize, Serialize};
use solc_source::{FileId, Name, Span};

/// A name where it stands. Empty where the parser found none and said so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ident {
    /// The text.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
}

/// The lines of a `///` comment, without the slashes and one leading space.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Docs {
    /// One entry a line.
    pub lines: Vec<Name>,
}

/// One `.sol` file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Which file.
    pub file: FileId,
    /// Declarations, in order.
    pub items: Vec<Item>,
}

/// A top-level declaration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The doc comment above it.
    pub docs: Docs,
    /// Where `private` stands, if it does.
    pub private: Option<Span>,
    /// What it declares.
    pub kind: ItemKind,
    /// The whole declaration, without docs.
    pub span: Span,
}

/// What a top-level declaration declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ItemKind {
    /// `use std.data.{Bucket, Postgres as Pg}`
    Use(UseDecl),
    /// `account nonprod { … }`
    Block(BlockDecl),
    /// `solution shop { … }`
    Solution(SolutionDecl),
    /// `component Bucket { … }`
    Component(ComponentDecl),
    /// `interface Poller { … }`
    Interface(InterfaceDecl),
    /// `type Port = Int where 1..65535`, `type Route = path { … } | host { … }`
    Type(TypeDecl),
    /// `enum Stage { integration < test }`
    Enum(EnumDecl),
    /// `fn f(a: Int) -> Int = a + 1`
    Fn(FnDecl),
    /// `let x = 1`
    Let(LetDecl),
    /// `test "name" for production { … }`
    Test(TestDecl),
    /// `policy "name" { … }`
    Policy(PolicyDecl),
    /// Something that the parser could not read, and reported.
    Error,
}

/// `use a.b.C`, `use a.b.{C, D as E}`, `use a.b.C as D`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UseDecl {
    /// The module: `a.b`.
    pub path: Vec<Ident>,
    /// The names taken from it.
    pub names: Vec<UseName>,
}

/// One name of a `use`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UseName {
    /// The name in its module.
    pub name: Ident,
    /// The name here, where it differs.
    pub alias: Option<Ident>,
}

/// The kinds of configuration block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BlockKind {
    /// `organisation`
    Organisation,
    /// `account`
    Account,
    /// `team`
    Team,
    /// `product`
    Product,
    /// `environment`
    Environment,
}

impl BlockKind {
    /// The keyword.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Account => "account",
            Self::Team => "team",
            Self::Product => "product",
            Self::Environment => "environment",
        }
    }
}

/// A configuration block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockDecl {
    /// Which kind.
    pub kind: BlockKind,
    /// Its name.
    pub name: Ident,
    /// Fields, profiles, waivers.
    pub body: Vec<Statement>,
}

/// `solution NAME { … }`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SolutionDecl {
    /// Its name.
    pub name: Ident,
    /// Instances, lets, resources, outputs, profiles, …
    pub body: Vec<Statement>,
}

/// `component NAME { … }`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComponentDecl {
    /// Its name.
    pub name: Ident,
    /// Params, resources, attributes, grants, …
    pub body: Vec<Statement>,
}

/// `interface NAME { timeout: Duration  grant read }`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterfaceDecl {
    /// Its name.
    pub name: Ident,
    /// What a component must have.
    pub members: Vec<InterfaceMember>,
}

/// One demand of an interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InterfaceMember {
    /// `timeout: Duration` — an attribute or parameter of that type.
    Attribute {
        /// Its name.
        name: Ident,
        /// Its type.
        ty: TypeExpr,
    },
    /// `grant read`
    Grant(Ident),
    /// Unreadable, reported.
    Error,
}

/// `type NAME = …`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDecl {
    /// Its name.
    pub name: Ident,
    /// What it stands for.
    pub body: TypeBody,
}

/// The right-hand side of a `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TypeBody {
    /// Another type, possibly refined.
    Alias(TypeExpr),
    /// The cases of a tagged union.
    Cases(Vec<CaseDecl>),
}

/// `enum Stage { a < b }` (ordered) or `enum Format { docker, zip }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnumDecl {
    /// Its name.
    pub name: Ident,
    /// Cases, in order.
    pub cases: Vec<Ident>,
    /// Whether `<` stands between them.
    pub ordered: bool,
}

/// `fn f(a: Int, b: Int = 1) -> Int = a + b`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FnDecl {
    /// Its name.
    pub name: Ident,
    /// Parameters.
    pub params: Vec<FnParam>,
    /// Result type.
    pub result: TypeExpr,
    /// Body.
    pub body: Expr,
}

/// A parameter of a function or grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FnParam {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its default.
    pub default: Option<Expr>,
}

/// `let x = expr`, `let x: T = expr`, optionally `private`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LetDecl {
    /// Where `private` stands, inside a body.
    pub private: Option<Span>,
    /// Its name.
    pub name: Ident,
    /// Its declared type.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: Expr,
}

/// Which environments a test runs for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TestScope {
    /// No `for`: every environment.
    All,
    /// `for any environment`
    Any,
    /// `for production, preproduction`
    Named(Vec<Ident>),
}

/// `test "name" for production { assert … }`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestDecl {
    /// Its name.
    pub name: CodeString,
    /// Where it runs.
    pub scope: TestScope,
    /// Assertions, lets, loops.
    pub body: Vec<Statement>,
}

/// `policy "name" { for r in resources() { require … } }`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyDecl {
    /// Its name.
    pub name: CodeString,
    /// Requirements, lets, loops.
    pub body: Vec<Statement>,
}

/// An entry of a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The doc comment above it.
    pub docs: Docs,
    /// What it says.
    pub kind: StatementKind,
    /// The whole statement, without docs.
    pub span: Span,
}

/// What an entry of a body says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StatementKind {
    /// `name = value`, or `name` alone (punned).
    Field(FieldEntry),
    /// `param x: T = default`
    Param {
        /// Its name.
        name: Ident,
        /// Its type.
        ty: TypeExpr,
        /// Its default.
        default: Option<Expr>,
    },
    /// `let x = …`, `private let x = …`
    Let(LetDecl),
    /// `layer data`
    Layer(Ident),
    /// `stateful`
    Stateful,
    /// `resource x per zone: T if c for k in xs after [y] { … }`
    Resource(ResourceDecl),
    /// `attribute name: T = expr`
    Attribute {
        /// Its name.
        name: Ident,
        /// Its type.
        ty: TypeExpr,
        /// Its value.
        value: Expr,
    },
    /// `output name: T = expr` — of a solution, shown after deploying.
    Output {
        /// Its name.
        name: Ident,
        /// Its type, `String` where left out.
        ty: Option<TypeExpr>,
        /// Its value.
        value: Expr,
    },
    /// `grant read(under: String = "") for consumer: Poller { … }`
    Grant(GrantDecl),
    /// `principal role for "ecs-tasks.amazonaws.com" when { … } { … }`
    Principal(PrincipalDecl),
    /// `accepts link, setting, secret`
    Accepts(Vec<Ident>),
    /// `on network sg`, `on network sg in network`
    OnNetwork {
        /// The security group traffic comes from.
        group: Expr,
        /// The network it is in.
        network: Option<Expr>,
    },
    /// `ensure cond else "message"`
    Ensure {
        /// What must hold.
        condition: Expr,
        /// What to say where it does not.
        message: Expr,
    },
    /// `allow s3.GetObject, s3.ListBucket on [a, b] when { … } because "…"`
    Allow(AccessDecl),
    /// `permit sqs.SendMessage to "sns.amazonaws.com" on queue when { … } because "…"`
    Permit(AccessDecl),
    /// `deny s3.All to everyone when { … } because "…"`
    Deny(AccessDecl),
    /// `connect tcp 5432 to sg`, `connect tcp 443 from 0.0.0.0/0 because "…"`
    Connect(ConnectDecl),
    /// `encrypt with key` or `decrypt with key`
    Crypt {
        /// Whether it says `encrypt`.
        encrypt: bool,
        /// The key.
        key: Expr,
    },
    /// `env BUCKET = bucket.ref`
    Env {
        /// The name published.
        name: Ident,
        /// Its value.
        value: Expr,
    },
    /// `api: Service { … }`, `api[k]: Service for k in xs { … }`
    Instance(InstanceDecl),
    /// `setting LOG_LEVEL: "debug" | "info" = "info"`
    Setting {
        /// Its name.
        name: Ident,
        /// Its type.
        ty: TypeExpr,
        /// Its default.
        default: Option<Expr>,
    },
    /// `secret STRIPE_KEY`
    Secret(Ident),
    /// `link db.connect(…) as main`
    Link {
        /// The grant: `db.connect`, `receipts.write(under: "x")`.
        grant: Expr,
        /// The name in settings, where it differs from the target's.
        alias: Option<Ident>,
    },
    /// `moved from "old_name"`
    Moved(CodeString),
    /// `default Service { … }` or `enforce Postgres { … }`
    Profile(ProfileDecl),
    /// `waive availability because "…"`
    Waive {
        /// What is waived.
        what: Ident,
        /// Why.
        because: CodeString,
    },
    /// `assert cond` (in a test)
    Assert(Expr),
    /// `require cond else "message"` (in a policy)
    Require {
        /// What must hold.
        condition: Expr,
        /// What to say.
        message: Option<Expr>,
    },
    /// `for r in resources() if r.stateful { … }` (in a test or policy)
    For {
        /// Bound names: one, or key and value.
        binders: Vec<Ident>,
        /// What is run over.
        over: Expr,
        /// Only those.
        condition: Option<Expr>,
        /// What is said of each.
        body: Vec<Statement>,
    },
    /// Unreadable, reported.
    Error,
}

/// How often a resource stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PerZone {
    /// `per zone`
    All(Span),
    /// `per active zone`
    Active(Span),
}

/// A `resource`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceDecl {
    /// Its name.
    pub name: Ident,
    /// `per zone`, `per active zone`.
    pub per_zone: Option<PerZone>,
    /// `AWS.S3.Bucket`
    pub ty: Vec<Ident>,
    /// `if cond`
    pub condition: Option<Expr>,
    /// `for k in xs` (or `for k, v in map`)
    pub each: Option<Clause>,
    /// `after [a, b]`
    pub after: Vec<Expr>,
    /// Its properties; `Field` statements only are meant.
    pub body: Vec<Statement>,
    /// The braces.
    pub body_span: Span,
}

/// A `grant`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrantDecl {
    /// The verb.
    pub name: Ident,
    /// Parameters.
    pub params: Vec<FnParam>,
    /// `for consumer: Poller`
    pub consumer: Option<(Ident, TypeExpr)>,
    /// Statements.
    pub body: Vec<Statement>,
}

/// A `principal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrincipalDecl {
    /// Its name: the role resource.
    pub name: Ident,
    /// The service that assumes it.
    pub service: Expr,
    /// Further conditions of the trust policy.
    pub when: Option<Expr>,
    /// `if cond`
    pub condition: Option<Expr>,
    /// What the platform needs.
    pub body: Vec<Statement>,
}

/// `s3.GetObject`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionRef {
    /// IAM prefix, with `_` for `-`.
    pub service: Ident,
    /// Action, or `All` in a `deny`.
    pub action: Ident,
}

/// Who a `permit` or `deny` speaks of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AccessPrincipal {
    /// `to everyone`
    Everyone(Span),
    /// `to "sns.amazonaws.com"`
    Service(Expr),
}

/// An `allow`, `permit` or `deny`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessDecl {
    /// What may be done.
    pub actions: Vec<ActionRef>,
    /// `to …`
    pub to: Option<AccessPrincipal>,
    /// `on …`
    pub on: Option<Expr>,
    /// `when { … }`
    pub when: Option<Expr>,
    /// `if cond` — the statement stands only where it holds.
    pub condition: Option<Expr>,
    /// `because "…"`
    pub because: Option<CodeString>,
}

/// Which way a `connect` goes, seen from the consumer of a grant (or from the component itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// `to`
    To,
    /// `from`
    From,
}

/// A `connect`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectDecl {
    /// `tcp` or `udp`
    pub protocol: Ident,
    /// A port, or a range of them.
    pub port: Expr,
    /// Which way.
    pub direction: Direction,
    /// A security group, a range of addresses, or `aws("sqs")`.
    pub peer: Expr,
    /// `if cond`
    pub condition: Option<Expr>,
    /// `because "…"`
    pub because: Option<CodeString>,
}

/// An instance of a component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceDecl {
    /// Its name.
    pub name: Ident,
    /// `[k]` of `api[k]`.
    pub key: Option<Ident>,
    /// The component.
    pub component: Vec<Ident>,
    /// `for k in xs`
    pub each: Option<Clause>,
    /// `if cond`
    pub condition: Option<Expr>,
    /// Fields, settings, secrets, links, …
    pub body: Vec<Statement>,
}

/// Whether a profile gives way or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProfileMode {
    /// `default`: the more specific place wins.
    Default,
    /// `enforce`: the more general place wins.
    Enforce,
}

/// A `default` or `enforce`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileDecl {
    /// Which.
    pub mode: ProfileMode,
    /// The component, or `tags`, or `settings`.
    pub target: Vec<Ident>,
    /// Fields.
    pub body: Vec<Statement>,
}
