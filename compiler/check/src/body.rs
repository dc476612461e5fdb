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
pub(crate) mod names;
mod operators;
mod records;

use crate::assign::Mismatch;
use crate::codes;
use crate::context::Context;
use crate::hir::{Body, ComponentId, Expr, ExprId, ExprKind, FunctionId, GlobalId, LocalId, Ty};
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
    /// Names that are known not to be `none` here, because a condition said so.
    pub(crate) present: Vec<Name>,
    /// Whether a text for people is being checked: there, quantities show with their units.
    pub(crate) for_people: bool,
    /// Functions that this body calls, and the first place of each.
    pub(crate) calls: BTreeSet<(FunctionId, Span)>,
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
            calls: BTreeSet::new(),
        }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn push(&mut self, kind: ExprKind, span: Span, ty: Ty) -> ExprId {
        let id = ExprId(u32::try_from(self.body.exprs.len()).unwrap_or(u32::MAX));
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
        self.present.extend(names);
        let result = f(self);
        self.present.truncate(depth);
        result
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
            E::Field { base, name, optional } => self.field(base, name, *optional, span),
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

    /// Reports where what is there does not fit what is wanted.
    pub(crate) fn expect(&mut self, id: ExprId, want: &Want) {
        let actual = self.ty(id);
        let Err(mismatch) = self.cx.assignable(&actual, &want.ty) else { return };
        let span = self.span(id);
        if let Ty::Node(rt, node) = &want.ty
            && self.explain_node(id, &actual, rt, *node, &mismatch)
        {
            return;
        }
        let diagnostic = self.mismatch(id, &actual, want, &mismatch, span);
        self.report(diagnostic);
    }

    fn mismatch(&self, id: ExprId, actual: &Ty, want: &Want, mismatch: &Mismatch, span: Span) -> Diagnostic {
        let cx = self.cx;
        let origin = |d: Diagnostic| match &want.origin {
            Some((at, message)) => d.because(*at, message.clone()),
            None => d,
        };
        let expected = cx.a(&want.ty);
        let found = cx.a(actual);
        match mismatch {
            Mismatch::Secret => origin(
                Diagnostic::error(codes::SECRET_LEAK, span, "a secret cannot go where it could be read")
                    .label(format!("this is {found}"))
                    .help("declare it as `secret` where it is used, and hand on the reference instead of the value"),
            ),
            Mismatch::Deferred => origin(
                Diagnostic::error(codes::DEFERRED_VALUE, span, format!("expected {expected}, found a value known only when deploying"))
                    .label("CloudFormation gives this value when it deploys")
                    .help(format!("declare the parameter as `deferred {}` if it is only handed on", cx.show(&want.ty))),
            ),
            Mismatch::Optional => origin(
                Diagnostic::error(codes::OPTIONAL_VALUE, span, format!("expected {expected}, found a value that may be `none`"))
                    .label(format!("this is `{}`", cx.show(actual)))
                    .help("give a value for that case: `… ?? <value>`"),
            ),
            Mismatch::Interface(missing) => {
                let name = cx.show(actual);
                origin(
                    Diagnostic::error(codes::INTERFACE_NOT_SATISFIED, span, format!("`{name}` does not satisfy `{}`", cx.show(&want.ty)))
                        .label(format!("lacks {}", missing.join(", "))),
                )
            }
            Mismatch::Field(field) => origin(
                Diagnostic::error(codes::TYPE_MISMATCH, span, format!("expected {expected}, found {found}"))
                    .label(format!("the field `{field}` does not fit")),
            ),
            Mismatch::Type => {
                let base = origin(Diagnostic::error(codes::TYPE_MISMATCH, span, format!("expected {expected}, found {found}")));
                let base = base.label(format!("this is {found}"));
                self.convert(id, actual, &want.ty, base, span)
            }
        }
    }

    /// Adds the edit that turns what is there into what is wanted, where there is an obvious one.
    fn convert(&self, id: ExprId, actual: &Ty, want: &Ty, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        let want = match want {
            Ty::Optional(inner) | Ty::Deferred(inner) => inner.as_ref(),
            other => other,
        };
        let base = |ty: &Ty| match ty {
            Ty::Alias(alias) => self.cx.aliases.get(alias.index()).map_or(Ty::Error, |a| a.base.clone()),
            other => other.clone(),
        };
        let text = match &self.body.expr(id).kind {
            ExprKind::Int(i) => Some(i.to_string()),
            _ => None,
        };
        match (actual, base(want)) {
            (Ty::Int, Ty::Duration) => match text {
                Some(n) => {
                    let unit = self.usual_unit(want).unwrap_or("s");
                    diagnostic.fix(format!("write `{n}{unit}`"), span, format!("{n}{unit}"))
                }
                None => diagnostic.help("give it a unit: `30s`, `5min`, `12h`, `4d`"),
            },
            (Ty::Int, Ty::Size) => match text {
                Some(n) => {
                    let unit = self.usual_unit(want).unwrap_or("MiB");
                    diagnostic.fix(format!("write `{n}{unit}`"), span, format!("{n}{unit}"))
                }
                None => diagnostic.help("give it a unit: `512MiB`, `50GiB`"),
            },
            (Ty::Int | Ty::Number, Ty::Vcpu) => diagnostic.help("give it its unit: `0.25 vcpu`"),
            (Ty::Int, Ty::Percent) => match text {
                Some(n) => diagnostic.fix(format!("write `{n}%`"), span, format!("{n}%")),
                None => diagnostic.help("give it its unit: `40%`"),
            },
            (Ty::Size, Ty::Duration) => diagnostic.help("units of time are `s`, `min`, `h` and `d`"),
            (Ty::Duration, Ty::Size) => diagnostic.help("units of size are `KiB`, `MiB`, `GiB` and `TiB`"),
            (Ty::Int, Ty::Range) => match text {
                Some(n) => diagnostic.fix(format!("write `{n}..{n}`"), span, format!("{n}..{n}")),
                None => diagnostic.help("write a range: `2..10`"),
            },
            (Ty::Int | Ty::Number | Ty::Bool, Ty::String) => {
                diagnostic.help("put it into a string: `\"${…}\"`")
            }
            (Ty::String, Ty::Cidr) => diagnostic.help("write the range without quotes: `10.0.0.0/16`"),
            (Ty::Literals(_) | Ty::String, Ty::Enum(_) | Ty::Union(_)) => {
                let cases = self.case_names(want);
                let quoted = match &self.body.expr(id).kind {
                    ExprKind::String(s) => Some(s.clone()),
                    _ => None,
                };
                match quoted.filter(|s| cases.iter().any(|c| c == s)) {
                    Some(case) => {
                        diagnostic.fix(format!("write `{case}` without quotes"), span, case.as_str())
                    }
                    None => diagnostic.help(format!("it is one of {}", quote(&cases))),
                }
            }
            (_, Ty::Enum(_) | Ty::Union(_)) => {
                diagnostic.help(format!("it is one of {}", quote(&self.case_names(want))))
            }
            (Ty::Literals(given), Ty::Literals(allowed)) => {
                let near = given
                    .first()
                    .and_then(|g| solc_source::suggest::nearest(g, allowed.iter().map(Name::as_str)));
                match near {
                    Some(near) => diagnostic.fix(format!("write `\"{near}\"`"), span, format!("\"{near}\"")),
                    None => diagnostic,
                }
            }
            (Ty::Resource(_), Ty::String | Ty::Alias(_)) => {
                diagnostic.fix("use its `.ref`", span.end(), ".ref")
            }
            (other, Ty::List(inner)) if self.cx.assignable(other, &inner).is_ok() => {
                let mut diagnostic = diagnostic;
                diagnostic.fixes.push(solc_source::Fix {
                    title: "put it into a list".to_owned(),
                    edits: vec![
                        solc_source::Edit { span: span.start(), replacement: "[".to_owned() },
                        solc_source::Edit { span: span.end(), replacement: "]".to_owned() },
                    ],
                });
                diagnostic
            }
            (Ty::Duration, Ty::Int | Ty::Number) => {
                diagnostic.fix("say the unit: `.seconds`", span.end(), ".seconds")
            }
            (Ty::Size, Ty::Int | Ty::Number) => diagnostic.fix("say the unit: `.mib`", span.end(), ".mib"),
            (Ty::Vcpu, Ty::Int | Ty::Number) => {
                diagnostic.fix("say the unit: `.cpu_units`", span.end(), ".cpu_units")
            }
            _ => diagnostic,
        }
    }

    /// The unit in which a refinement's least value is written: most likely the one that was forgotten.
    fn usual_unit(&self, want: &Ty) -> Option<&'static str> {
        use crate::hir::{Quantity, Refinement};
        let Ty::Alias(id) = want else { return None };
        let alias = self.cx.aliases.get(id.index())?;
        let Refinement::Quantity(lo, _) = alias.refinement else { return None };
        let shown = if matches!(alias.base, Ty::Size) { Quantity::Size(lo) } else { Quantity::Duration(lo) }
            .to_string();
        ["min", "ms", "KiB", "MiB", "GiB", "TiB", "d", "h", "s", "B"]
            .into_iter()
            .find(|unit| lo != 0 && shown.ends_with(unit))
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
                false
            }
            Ty::Secret(_) => {
                let span = self.span(id);
                self.report(
                    Diagnostic::error(codes::SECRET_LEAK, span, format!("cannot {doing} a secret"))
                        .label("the compiler never sees a secret's value, only a reference to it"),
                );
                false
            }
            _ => true,
        }
    }
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
