//! Expressions and patterns.

use super::Ident;
use serde::{Deserialize, Serialize};
use solc_source::{Name, Span};

/// An expression where it stands. The span has no surrounding white space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    /// Not there, or unreadable; reported.
    Missing,
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// `1_000`
    Int(i64),
    /// `0.5`
    Number(f64),
    /// `30s`, `0.25 vcpu`, `40%`: the number as written without `_`, and the unit.
    Quantity {
        /// Digits, with a point where there is one.
        number: Name,
        /// The unit as written; known or not.
        unit: Ident,
    },
    /// `10.0.0.0/16`, as written.
    Cidr(Name),
    /// A string with its interpolations.
    String(CodeString),
    /// `name`
    Name(Name),
    /// `base.name`, `base?.name`; an empty name where it is missing.
    Field {
        /// Left of the point.
        base: Box<Expr>,
        /// Right of it.
        name: Ident,
        /// `?.`
        optional: bool,
    },
    /// `base[index]`
    Index {
        /// What is indexed.
        base: Box<Expr>,
        /// By what.
        index: Box<Expr>,
    },
    /// `f(a, b: c)`
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// With what.
        args: Vec<Argument>,
    },
    /// `manual { from = integration }`: a union's case with its fields.
    Case {
        /// The case.
        name: Ident,
        /// Its fields.
        fields: Vec<Element>,
    },
    /// `[a, ...b]`
    List(Vec<Element>),
    /// `{ a = 1, "b" = 2, c, ...d }`; a map where one is expected.
    Record(Vec<Element>),
    /// `[f(x) for x in xs if p(x)]`
    ListComprehension {
        /// Each element.
        value: Box<Expr>,
        /// `for … in … if …`, outermost first.
        clauses: Vec<Clause>,
    },
    /// `{k: v for k, v in m}`
    MapComprehension {
        /// Each key.
        key: Box<Expr>,
        /// Each value.
        value: Box<Expr>,
        /// `for … in … if …`, outermost first.
        clauses: Vec<Clause>,
    },
    /// `not x`, `-x`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: Box<Expr>,
    },
    /// `a + b`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `a..b`
    Range {
        /// First, included.
        lo: Box<Expr>,
        /// Last, included.
        hi: Box<Expr>,
    },
    /// `if c then a else b`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// Where it holds.
        then: Box<Expr>,
        /// Where it does not.
        otherwise: Box<Expr>,
    },
    /// `match x { case => expr }`
    Match {
        /// What is matched.
        scrutinee: Box<Expr>,
        /// Arms, in order.
        arms: Vec<Arm>,
    },
    /// `(a)`: kept, so that the formatter keeps it.
    Paren(Box<Expr>),
}

/// A string literal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeString {
    /// Text and interpolations, in order. Indentation of `"""` already removed, escapes already resolved.
    pub parts: Vec<StringPart>,
    /// The whole literal with its quotes.
    pub span: Span,
}

impl CodeString {
    /// The text, where there is no interpolation.
    #[must_use]
    pub fn plain(&self) -> Option<Name> {
        match self.parts.as_slice() {
            [] => Some(Name::default()),
            [StringPart::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StringPart {
    /// Text.
    Text(Name),
    /// `${…}`
    Interpolation(Expr),
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// `label:`
    pub label: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// An entry of a list or record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Element {
    /// An element of a list.
    Item(Expr),
    /// An entry of a record or map.
    Field(FieldEntry),
    /// `...xs`
    Spread(Expr),
    /// Unreadable, reported.
    Error(Span),
}

/// `key = value`; `key` alone is punned: its value is then the name itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldEntry {
    /// The key; for a quoted key, its text.
    pub name: Ident,
    /// The key was a string.
    pub quoted: bool,
    /// Written as `name` alone.
    pub punned: bool,
    /// The value.
    pub value: Expr,
}

/// `for k, v in xs if cond`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// One name, or two (key and value).
    pub binders: Vec<Ident>,
    /// What is run over.
    pub over: Box<Expr>,
    /// Filters.
    pub conditions: Vec<Expr>,
}

/// `pattern => expr`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// `a | b`
    pub patterns: Vec<Pattern>,
    /// The value.
    pub value: Expr,
}

/// A pattern where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where it stands.
    pub span: Span,
}

/// What a pattern is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// A literal: a string without interpolation, number, boolean, `none`, quantity.
    Literal(Expr),
    /// `production`, `path { pattern, priority: p }`; a bare name is always a case.
    Case {
        /// The case.
        name: Ident,
        /// Bound fields.
        fields: Vec<PatternField>,
    },
    /// Unreadable, reported.
    Error,
}

/// `field` or `field: binder` inside a case pattern.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatternField {
    /// The field of the case.
    pub field: Ident,
    /// The name it gets here; the field's own where left out.
    pub binder: Option<Ident>,
}

/// Operators before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Negate,
}

/// Operators between operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `??`
    Coalesce,
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `+`: numbers, quantities of one unit, strings, lists, maps
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl BinaryOp {
    /// As written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Coalesce => "??",
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}
