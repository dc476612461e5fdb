//! Expressions: names to meanings, literals to values, and a type for each.
//!
//! Invariant: `infer` always gives an expression with a type; where it reported a mistake the type is `Ty::Error`.
//! Checking is bidirectional: what is expected flows in as a hint, what is there flows out, and one place
//! (`expect`) compares the two.

mod calls;
mod collections;
mod fields;
pub(crate) mod literals;
mod matching;
mod mismatch;
pub(crate) mod names;
mod operators;
mod questions;
pub(crate) mod records;

use crate::codes;
use crate::context::Context;
use crate::hir::{Body, ComponentId, Expr, ExprId, ExprKind, FunctionId, GlobalId, LocalId, Ty};
use rustc_hash::FxHashSet;
use solc_source::{Diagnostic, Name, Span};
use solc_syntax::ast;
use std::collections::BTreeSet;

/// What is expected of an expression, and who says so.
#[derive(Clone, Debug)]
pub(crate) struct Want {
    pub(crate) ty: Ty,
    /// Where the type was declared, and what is to be said there.
    pub(crate) origin: Option<(Span, String)>,
}

impl Want {
    pub(crate) fn of(ty: Ty) -> Self {
        Self { ty, origin: None }
    }

    pub(crate) fn declared(ty: Ty, span: Span, message: impl Into<String>) -> Self {
        Self { ty, origin: Some((span, message.into())) }
    }
}

/// A name bound inside a body.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) name: Name,
    pub(crate) id: LocalId,
    pub(crate) ty: Ty,
    pub(crate) span: Span,
}

/// How far a `let` of a component is.
#[derive(Clone, Debug)]
pub(crate) enum LetState<'a> {
    Todo(&'a ast::LetDecl),
    Doing,
    Done(Ty, ExprId),
}

/// The component whose body is being checked.
#[derive(Debug)]
pub(crate) struct Inside<'a> {
    pub(crate) component: ComponentId,
    /// By member; `None` for what is no `let`.
    pub(crate) lets: Vec<Option<LetState<'a>>>,
    /// The secrets that each instance member declares.
    pub(crate) secrets: Vec<Vec<Name>>,
}

/// Checks the expressions of one body.
#[derive(Debug)]
pub(crate) struct BodyChecker<'c, 'a> {
    pub(crate) cx: &'c Context<'a>,
    pub(crate) unit: usize,
    pub(crate) body: Body,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) locals: Vec<Local>,
    pub(crate) inside: Option<Inside<'a>>,
    pub(crate) visiting: Vec<GlobalId>,
    /// Paths (`x`, `x.y`) that are known not to be `none` here because a condition said so, each with the number of
    /// names that were bound then: a name bound since is another one.
    pub(crate) present: Vec<(Name, usize)>,
    /// Whether a text for people is being checked: there, quantities show with their units.
    pub(crate) for_people: bool,
    /// Whether this is a test or policy, which asks what a deployment holds.
    pub(crate) asking: bool,
    /// Functions that this body calls, and the first place of each.
    pub(crate) calls: BTreeSet<(FunctionId, Span)>,
    /// Where the names are declared that this body reads: locals and members.
    pub(crate) read: FxHashSet<Span>,
}

impl<'c, 'a> BodyChecker<'c, 'a> {
    pub(crate) fn new(cx: &'c Context<'a>, unit: usize) -> Self {
        Self {
            cx,
            unit,
            body: Body::default(),
            diagnostics: Vec::new(),
            locals: Vec::new(),
            inside: None,
            visiting: Vec::new(),
            present: Vec::new(),
            for_people: false,
            asking: false,
            calls: BTreeSet::new(),
            read: FxHashSet::default(),
        }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn push(&mut self, kind: ExprKind, span: Span, ty: Ty) -> ExprId {
        let id = ExprId(u32::try_from(self.body.exprs.len()).unwrap_or(u32::MAX));
        let ty = if builds(&kind) && ty.is_too_large() {
            self.report(
                Diagnostic::error(codes::TYPE_TOO_LARGE, span, "the type of this value gets too large")
                    .label("records or lists within each other, without end in sight")
                    .help("declare a record type with fewer fields, and hand its values on instead of nesting them"),
            );
            Ty::Error
        } else {
            ty
        };
        self.body.exprs.push(Expr { kind, span });
        self.body.types.push(ty);
        id
    }

    pub(crate) fn missing(&mut self, span: Span) -> ExprId {
        self.push(ExprKind::Missing, span, Ty::Error)
    }

    pub(crate) fn ty(&self, id: ExprId) -> Ty {
        self.body.ty(id).clone()
    }

    pub(crate) fn span(&self, id: ExprId) -> Span {
        self.body.expr(id).span
    }

    /// Binds a name in a new slot.
    pub(crate) fn bind(&mut self, name: &ast::Ident, ty: Ty) -> LocalId {
        let id = LocalId(self.body.locals);
        self.body.locals += 1;
        self.locals.push(Local { name: name.name.clone(), id, ty, span: name.span });
        id
    }

    /// Runs `f`, and forgets the names that it bound.
    pub(crate) fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.locals.len();
        let result = f(self);
        self.locals.truncate(depth);
        result
    }

    /// Runs `f` where `names` are known not to be `none`.
    pub(crate) fn where_present<T>(&mut self, names: Vec<Name>, f: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.present.len();
        self.show_present(names);
        let result = f(self);
        self.present.truncate(depth);
        result
    }

    /// From here on `names` are known not to be `none`.
    pub(crate) fn show_present(&mut self, names: Vec<Name>) {
        let bound = self.locals.len();
        self.present.extend(names.into_iter().map(|name| (name, bound)));
    }

    /// Whether a path that begins with `root` is known not to be `none`.
    pub(crate) fn is_present(&self, root: &str, path: &str) -> bool {
        let bound_at = self.locals.iter().rposition(|l| l.name == root);
        self.present.iter().any(|(known, bound)| known == path && bound_at.is_none_or(|at| at < *bound))
    }

    /// An expression of which a type is demanded.
    pub(crate) fn check(&mut self, expr: &'a ast::Expr, want: &Want) -> ExprId {
        let id = self.infer(expr, Some(&want.ty));
        self.expect(id, want);
        id
    }

    /// An expression whose type is what it is; `hint` says what is expected, if anything.
    pub(crate) fn infer(&mut self, expr: &'a ast::Expr, hint: Option<&Ty>) -> ExprId {
        use ast::ExprKind as E;
        let span = expr.span;
        match &expr.kind {
            E::Missing => self.missing(span),
            E::None => self.push(ExprKind::None, span, Ty::None),
            E::Bool(b) => self.push(ExprKind::Bool(*b), span, Ty::Bool),
            E::Int(i) => self.push(ExprKind::Int(*i), span, Ty::Int),
            E::Number(n) => self.push(ExprKind::Number(*n), span, Ty::Number),
            E::Quantity { number, unit } => self.quantity(number, unit, span),
            E::Cidr(text) => self.cidr(text, span),
            E::String(string) => self.string(string),
            E::Name(name) => self.name(name, span, hint),
            E::Field { base, name, optional } => {
                let id = self.field(base, name, *optional, span);
                self.narrow_field(expr, id)
            }
            E::Index { base, index } => self.index(base, index, span),
            E::Call { callee, args } => self.call(callee, args, span, hint),
            E::Case { name, fields } => self.case(name, Some(fields), span, hint),
            E::List(elements) => self.list(elements, span, hint),
            E::Record(elements) => self.record(elements, span, hint),
            E::ListComprehension { value, clauses } => self.list_comprehension(value, clauses, span, hint),
            E::MapComprehension { key, value, clauses } => {
                self.map_comprehension(key, value, clauses, span, hint)
            }
            E::Unary { op, operand } => self.unary(*op, operand, span),
            E::Binary { op, op_span, left, right } => self.binary(*op, *op_span, left, right, span, hint),
            E::Range { lo, hi } => self.range(lo, hi, span),
            E::If { condition, then, otherwise } => self.if_expr(condition, then, otherwise, span, hint),
            E::Match { scrutinee, arms } => self.match_expr(scrutinee, arms, span, hint),
            E::Paren(inner) => self.infer(inner, hint),
        }
    }

    /// Takes a value out that was reported, so that the evaluator does not report it again.
    pub(crate) fn spoil(&mut self, id: ExprId) {
        if let (Some(expr), Some(ty)) =
            (self.body.exprs.get_mut(id.index()), self.body.types.get_mut(id.index()))
        {
            expr.kind = ExprKind::Missing;
            *ty = Ty::Error;
        }
    }

    /// The place of a value that is being reported, and is taken out with that.
    pub(crate) fn spoiled(&mut self, id: ExprId) -> Span {
        self.spoil(id);
        self.span(id)
    }

    /// Reports where what is there does not fit what is wanted.
    pub(crate) fn expect(&mut self, id: ExprId, want: &Want) {
        let actual = self.ty(id);
        let Err(mismatch) = self.cx.assignable(&actual, &want.ty) else { return };
        let span = self.span(id);
        if let Ty::Node(rt, node) = &want.ty
            && self.explain_node(id, &actual, rt, *node, &mismatch)
        {
            self.spoil(id);
            return;
        }
        let diagnostic = self.mismatch(id, &actual, want, &mismatch, span);
        self.report(diagnostic);
        self.spoil(id);
    }

    /// The type that a refinement refines, all the way down.
    pub(crate) fn unalias(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Alias(id) => self.cx.aliases.get(id.index()).map_or(Ty::Error, |a| self.unalias(&a.base)),
            other => other.clone(),
        }
    }

    /// The cases of an enum or union.
    pub(crate) fn case_names(&self, ty: &Ty) -> Vec<Name> {
        match ty {
            Ty::Enum(id) => self.cx.enums.get(id.index()).map_or_else(Vec::new, |e| e.cases.clone()),
            Ty::Union(id) => self
                .cx
                .unions
                .get(id.index())
                .map_or_else(Vec::new, |u| u.cases.iter().map(|c| c.name.clone()).collect()),
            Ty::Optional(inner) | Ty::Deferred(inner) => self.case_names(inner),
            _ => Vec::new(),
        }
    }

    /// Whether a value is known when compiling; if not, says so and what to do instead.
    pub(crate) fn known(&mut self, id: ExprId, doing: &str, instead: &str) -> bool {
        match self.ty(id) {
            Ty::Deferred(_) => {
                let span = self.span(id);
                self.report(
                    Diagnostic::error(
                        codes::DEFERRED_VALUE,
                        span,
                        format!("cannot {doing} a value that is known only when deploying"),
                    )
                    .label("CloudFormation gives this value when it deploys")
                    .help(instead.to_owned()),
                );
                self.spoil(id);
                false
            }
            Ty::Secret(_) => {
                let span = self.span(id);
                self.report(
                    Diagnostic::error(codes::SECRET_LEAK, span, format!("cannot {doing} a secret"))
                        .label("the compiler never sees a secret's value, only a reference to it"),
                );
                self.spoil(id);
                false
            }
            _ => true,
        }
    }
}

/// Whether a value or function of the language has this name.
pub(crate) fn is_word(name: &str) -> bool {
    names::WORDS.contains(&name) || calls::is_function(name)
}

/// "`a`, `b` and `c`", at most eight of them.
pub(crate) fn quote(names: &[Name]) -> String {
    let shown: Vec<&str> = names.iter().map(Name::as_str).collect();
    match shown.get(..8) {
        Some(first) if shown.len() > 8 => {
            format!("{}, …", first.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))
        }
        _ => crate::declare::list(&shown),
    }
}

/// Whether the expression puts values into each other, so that its type is larger than theirs.
fn builds(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::List(_)
            | ExprKind::Record { .. }
            | ExprKind::Map(_)
            | ExprKind::ListComprehension { .. }
            | ExprKind::MapComprehension { .. }
    )
}
