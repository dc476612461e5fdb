//! Expressions of the HIR.

use super::{
    BlockId, EnumId, ExprId, FunctionId, GlobalId, LocalId, MemberId, Question, RecordId, Ty, UnionId,
};
use solc_source::{Name, Span};

/// Expressions with their places and types (three columns of one table).
#[derive(Debug, Default)]
pub struct Body {
    /// What each is.
    pub exprs: Vec<Expr>,
    /// Its type.
    pub types: Vec<Ty>,
    /// How many slots a frame of this body needs.
    pub locals: u32,
}

impl Body {
    /// The expression; `Missing` for an id of another body.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        static MISSING: Expr =
            Expr { kind: ExprKind::Missing, span: Span { file: solc_source::FileId(0), lo: 0, hi: 0 } };
        self.exprs.get(id.index()).unwrap_or(&MISSING)
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self, id: ExprId) -> &Ty {
        static ERROR: Ty = Ty::Error;
        self.types.get(id.index()).unwrap_or(&ERROR)
    }
}

/// An expression and its place.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// A number with a unit, in the smallest unit of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// Milliseconds.
    Duration(i64),
    /// Bytes.
    Size(i64),
    /// Millionths of one vCPU.
    Vcpu(i64),
    /// Millionths of one percent.
    Percent(i64),
}

/// In the largest unit that is exact: `30s`, `4d`, `512MiB`, `0.25 vcpu`, `40%`.
impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const TIME: &[(&str, i64)] =
            &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];
        const SIZE: &[(&str, i64)] =
            &[("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
        let (n, units) = match self {
            Self::Duration(n) => (*n, TIME),
            Self::Size(n) => (*n, SIZE),
            #[expect(clippy::cast_precision_loss, reason = "shown to people; nobody has 2^52 millionths")]
            Self::Vcpu(n) => return write!(f, "{} vcpu", *n as f64 / 1e6),
            #[expect(clippy::cast_precision_loss, reason = "shown to people; nobody has 2^52 millionths")]
            Self::Percent(n) => return write!(f, "{}%", *n as f64 / 1e6),
        };
        let (unit, size) = units.iter().find(|(_, size)| n % size == 0).copied().unwrap_or(("", 1));
        write!(f, "{}{unit}", n / size)
    }
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// Broken and reported.
    Missing,
    /// `none`
    None,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A number with a unit.
    Quantity(Quantity),
    /// `10.0.0.0/16`: address as a number, and prefix length.
    Cidr(u32, u8),
    /// A text.
    String(Name),
    /// Pieces, joined as text.
    Interpolation(Vec<ExprId>),
    /// A list.
    List(Vec<Element>),
    /// A record of the declared type (its missing fields take their defaults), or free (`None`).
    Record {
        /// The declared type.
        record: Option<RecordId>,
        /// Entries, in order: `Field` and `Spread` only.
        elements: Vec<Element>,
    },
    /// A map literal: entries in order, later ones win.
    Map(Vec<Element>),
    /// `[value for …]`
    ListComprehension {
        /// Each element.
        value: ExprId,
        /// Outermost first.
        clauses: Vec<Clause>,
    },
    /// `{key: value for …}`; keys are strings, zones or enum cases; a duplicate key is `duplicate-key`.
    MapComprehension {
        /// Each key.
        key: ExprId,
        /// Each value.
        value: ExprId,
        /// Outermost first.
        clauses: Vec<Clause>,
    },
    /// A slot of the frame.
    Local(LocalId),
    /// A member of the component instance being evaluated.
    Member(MemberId),
    /// A top-level `let`.
    Global(GlobalId),
    /// An account, environment, team, product, organisation by its global name.
    Block(BlockId),
    /// A team that a product declares under `teams`, by name.
    Team(Name),
    /// `env`: the environment that is compiled.
    Env,
    /// `product`
    Product,
    /// `platform`: the platform instance of (solution, environment).
    Platform,
    /// `internet`
    Internet,
    /// `settings` of this instance: `{String: deferred String}`, declared settings and what links publish, sorted.
    Settings,
    /// `secrets` of this instance: a list of `std.cmdb.SecretReference`, sorted by name.
    Secrets,
    /// `self.name` / `self.path`: the instance's own name, or dotted path.
    SelfName {
        /// Whole path, rather than the last name.
        path: bool,
    },
    /// `base.name` on a record, block, component instance (parameter or attribute) or facts.
    Field {
        /// Left.
        base: ExprId,
        /// Right.
        name: Name,
        /// `?.`: `none` stays `none`.
        optional: bool,
    },
    /// `api.STRIPE_KEY`: a secret that an instance declares, as a dynamic reference (`secret String`).
    InstanceSecret {
        /// The instance.
        base: ExprId,
        /// The secret's name.
        name: Name,
    },
    /// `bucket.ref`
    ResourceRef {
        /// The resource.
        base: ExprId,
        /// `?.`
        optional: bool,
    },
    /// `bucket.Arn`, `db.Endpoint.Address`
    ResourceAttribute {
        /// The resource.
        base: ExprId,
        /// Dotted name as `Fn::GetAtt` takes it.
        name: Name,
        /// `?.` before the first name.
        optional: bool,
    },
    /// A property that the language gives to its own types (`.seconds`, `.min`, `.values`, …).
    Property {
        /// Of what.
        base: ExprId,
        /// Which.
        property: Property,
        /// `?.`
        optional: bool,
    },
    /// `base[index]`: lists by whole number, maps by key, zone maps by zone.
    /// Active-zone maps give an optional; elsewhere a miss is `index-out-of-range` / `missing-key`.
    Index {
        /// What is indexed.
        base: ExprId,
        /// By what.
        index: ExprId,
    },
    /// A function with one argument for each parameter, in the parameters' order; `None` takes the default.
    Call {
        /// Which.
        function: FunctionId,
        /// Arguments.
        args: Vec<Option<ExprId>>,
    },
    /// A function of the language; arguments in its order, optional ones may be missing at the end.
    Builtin {
        /// Which.
        builtin: Builtin,
        /// Arguments.
        args: Vec<ExprId>,
    },
    /// `orders.consume(batch: 10)`: a grant of a component instance, as a value.
    Grant {
        /// The instance (type `Ty::Component` or `Ty::Interface`).
        base: ExprId,
        /// The verb.
        verb: Name,
        /// One for each parameter of the grant, in its order; `None` takes the default.
        args: Vec<Option<ExprId>>,
    },
    /// A case of an enum.
    EnumCase(EnumId, u32),
    /// A case of a union, with its fields as `ExprKind::Record` where it has any.
    UnionCase {
        /// Which union.
        union: UnionId,
        /// Which case.
        case: u32,
        /// Its fields.
        fields: Option<ExprId>,
    },
    /// `lo..hi`
    Range {
        /// First.
        lo: ExprId,
        /// Last.
        hi: ExprId,
    },
    /// `not`, `-`
    Unary {
        /// Operator.
        op: UnaryOp,
        /// Operand.
        operand: ExprId,
    },
    /// Binary operators.
    Binary {
        /// Operator.
        op: BinaryOp,
        /// Left.
        left: ExprId,
        /// Right.
        right: ExprId,
    },
    /// `if`
    If {
        /// Condition.
        condition: ExprId,
        /// Where it holds.
        then: ExprId,
        /// Where not.
        otherwise: ExprId,
    },
    /// `match`; exhaustive, checked.
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// Arms.
        arms: Vec<Arm>,
    },
    /// Something that only tests and policies ask: of the deployment, rather than of the source.
    Ask {
        /// What.
        question: Question,
        /// Of what; `none` as the first gives `none`.
        args: Vec<ExprId>,
    },
}

/// An entry of a list, record or map.
#[derive(Debug, Clone)]
pub enum Element {
    /// An element of a list.
    Item(ExprId),
    /// An entry of a record or map.
    Field {
        /// The key.
        name: Name,
        /// Where the key stands.
        span: Span,
        /// Its value.
        value: ExprId,
    },
    /// `...xs`
    Spread(ExprId),
}

/// `for a, b in over if …`
#[derive(Debug, Clone)]
pub struct Clause {
    /// The element's slot; of a map: the key's, then the value's. One binder over a map binds the value's key.
    pub binders: Vec<LocalId>,
    /// A list, map, zone map or range.
    pub over: ExprId,
    /// Filters.
    pub conditions: Vec<ExprId>,
}

/// An arm of a `match`.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Any of these.
    pub patterns: Vec<Pattern>,
    /// The value.
    pub value: ExprId,
}

/// A pattern.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// `_`
    Any,
    /// Equal to this literal.
    Literal(ExprId),
    /// A case of an enum.
    EnumCase(EnumId, u32),
    /// A case of a union, binding fields to slots.
    UnionCase {
        /// Which union.
        union: UnionId,
        /// Which case.
        case: u32,
        /// Field and slot.
        fields: Vec<(Name, LocalId)>,
    },
}

pub use solc_syntax::ast::{BinaryOp, UnaryOp};

/// Properties of the language's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Property {
    /// Of a range.
    Min,
    /// Of a range.
    Max,
    /// Of a duration; exact, or `inexact-conversion`.
    Seconds,
    /// Of a duration; exact.
    Minutes,
    /// Of a duration; exact.
    Hours,
    /// Of a duration; exact.
    Days,
    /// Of a duration.
    Milliseconds,
    /// Of a size.
    Bytes,
    /// Of a size; exact.
    Kib,
    /// Of a size; exact.
    Mib,
    /// Of a size; exact.
    Gib,
    /// Of a vCPU: 1024 to one; exact.
    CpuUnits,
    /// Of a percentage: 40 for `40%`; exact whole number.
    Whole,
    /// Of a list or map: how many.
    Count,
    /// Of a list: the first (`none` where empty). Of a zone map: the first zone's.
    First,
    /// Of a list: the last (`none` where empty).
    Last,
    /// Of a map or zone map: keys as strings, in order.
    Keys,
    /// Of a map or zone map: values, in order.
    Values,
    /// Of a string: characters.
    Length,
    /// Of a string.
    Upper,
    /// Of a string.
    Lower,
    /// Of a CIDR: its prefix length.
    Prefix,
    /// Of a CIDR: its address as text.
    Address,
    /// Of an enum case or union case: its name as text.
    CaseName,
    /// Of a list: from the last to the first.
    Reverse,
    /// Of a string: without white space at both ends.
    Trim,
    /// Of a string: the whole number that it says, `none` where it says none.
    Integer,
    /// Of a string: its UTF-8 bytes in base 64.
    Base64,
    /// Of a string: the SHA-256 of its UTF-8 bytes, 64 hexadecimal digits.
    Sha256,
    /// Of a CIDR: its mask as text, `255.255.0.0`.
    Netmask,
}

/// Functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// `image(unit, format = docker) -> std.cmdb.Image`
    Image,
    /// `count(xs) -> Int`
    Count,
    /// `join(list, separator) -> String` (deferred where an element is)
    Join,
    /// `flatten([[T]]) -> [T]`
    Flatten,
    /// `merge(map, map) -> map`: the second wins
    Merge,
    /// `json(value) -> String` (deferred where a part is)
    Json,
    /// `min(a, b)`
    Min,
    /// `max(a, b)`
    Max,
    /// `sort([T]) -> [T]`: of whatever compares
    Sort,
    /// `unique([T]) -> [T]`
    Unique,
    /// `all([Bool]) -> Bool`
    All,
    /// `any([Bool]) -> Bool`
    Any,
    /// `aws(service) -> Peer`: an AWS service as the peer of a `connect`
    Aws,
    /// `cidr.subnet(bits, index) -> Cidr`
    CidrSubnet,
    /// `text.replace(from, to) -> String`
    Replace,
    /// `text.starts_with(prefix) -> Bool`
    StartsWith,
    /// `text.ends_with(suffix) -> Bool`
    EndsWith,
    /// `text.split(separator) -> [String]`
    Split,
    /// `map.get(key) -> T?`
    Get,
    /// `list.contains(x)`, `text.contains(x)`, `cidr.contains(cidr)`
    Contains,
    /// `text.slice(from, to)`: characters, both bounds clamped
    Slice,
    /// `sum([T]) -> T`: of numbers or quantities of one unit
    Sum,
    /// `list.take(n) -> [T]`: the first so many, or all
    Take,
    /// `list.skip(n) -> [T]`: all but the first so many
    Skip,
    /// `list.index_of(x) -> Int?`, `text.index_of(part) -> Int?`: the first place, counted from 0
    IndexOf,
    /// `text.pad_left(length, fill) -> String`: at least so many characters
    PadLeft,
    /// `cidr.host(index) -> String`: an address of the range, counted from 0
    Host,
}
