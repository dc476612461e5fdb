//! Type expressions.

use super::{Docs, Expr, Ident};
use serde::{Deserialize, Serialize};
use solc_source::{Name, Span};

/// A type where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What a type expression is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TypeExprKind {
    /// Not there, or unreadable; reported.
    Missing,
    /// `String`, `std.cmdb.Environment`, `AWS.S3.Bucket`
    Named(Vec<Ident>),
    /// `Grant<consume>`, `Grant<path | host, { priority: Int }>`
    Applied {
        /// The name: only `Grant` today.
        name: Ident,
        /// Its arguments; a verb is a `Named` of one lower-case ident.
        args: Vec<TypeExpr>,
    },
    /// `"debug"`
    Literal(Name),
    /// `"a" | "b"`
    Union(Vec<TypeExpr>),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `{String: T}`
    Map {
        /// The key type, `String` or an enum.
        key: Box<TypeExpr>,
        /// The value type.
        value: Box<TypeExpr>,
    },
    /// `{ a: T, b: U = default }`
    Record(Vec<TypeField>),
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `deferred T`
    Deferred(Box<TypeExpr>),
    /// `secret T`
    Secret(Box<TypeExpr>),
    /// `Int where 1..65535`
    Refined {
        /// What is refined.
        base: Box<TypeExpr>,
        /// By what.
        refinement: Refinement,
    },
}

/// What follows `where`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Refinement {
    /// `1..65535`, `1s..15min`
    Range {
        /// Least.
        lo: Expr,
        /// Greatest.
        hi: Expr,
    },
    /// `/^[a-z]+$/`
    Regex {
        /// Without the slashes, `\/` already `/`.
        pattern: Name,
        /// With the slashes.
        span: Span,
    },
    /// Unreadable, reported.
    Error,
}

/// A field of a record type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeField {
    /// The doc comment above it.
    pub docs: Docs,
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its default.
    pub default: Option<Expr>,
}

/// A case of a tagged union: `manual { from: Environment }`, `continuous`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseDecl {
    /// The doc comment above it.
    pub docs: Docs,
    /// Its name, `snake_case`.
    pub name: Ident,
    /// Its fields.
    pub fields: Vec<TypeField>,
}
