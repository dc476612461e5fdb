//! Operators.

use super::BodyChecker;
use crate::codes;
use crate::hir::{BinaryOp, ExprId, ExprKind, Ty, UnaryOp};
use solc_source::{Diagnostic, Span};
use solc_syntax::ast;
use std::sync::Arc;

impl<'a> BodyChecker<'_, 'a> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &'a ast::Expr, span: Span) -> ExprId {
        let id = self.infer(operand, None);
        let ty = self.unalias(&self.ty(id));
        let result = match (op, &ty) {
            (_, Ty::Error) => Ty::Error,
            (UnaryOp::Not, Ty::Bool) => Ty::Bool,
            (UnaryOp::Negate, Ty::Int | Ty::Number | Ty::Duration | Ty::Size | Ty::Percent) => ty.clone(),
            (_, Ty::Deferred(_) | Ty::Secret(_)) => {
                self.known(
                    id,
                    "compute with",
                    "decide by what is known when compiling: a parameter, `env.stage`, `env.availability`",
                );
                Ty::Error
            }
            (UnaryOp::Not, _) => {
                self.operand_mismatch(id, "a boolean", "not");
                Ty::Error
            }
            (UnaryOp::Negate, _) => {
                self.operand_mismatch(id, "a number", "-");
                Ty::Error
            }
        };
        if matches!(result, Ty::Error) {
            return self.missing(span);
        }
        self.push(ExprKind::Unary { op, operand: id }, span, result)
    }

    fn operand_mismatch(&mut self, id: ExprId, expected: &str, op: &str) {
        let ty = self.ty(id);
        let found = self.cx.a(&ty);
        let span = self.span(id);
        let mut diagnostic =
            Diagnostic::error(codes::TYPE_MISMATCH, span, format!("`{op}` takes {expected}, found {found}"))
                .label(format!("this is {found}"));
        if matches!(ty, Ty::Optional(_)) && expected == "a boolean" {
            diagnostic = diagnostic.help("compare it: `… != none`");
        }
        self.report(diagnostic);
        self.spoil(id);
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let l = self.condition(left, op.symbol());
                let present = super::names::shown_present(left, op == BinaryOp::And);
                let r = self.where_present(present, |this| this.condition(right, op.symbol()));
                self.push(ExprKind::Binary { op, left: l, right: r }, span, Ty::Bool)
            }
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual => self.comparison(op, op_span, left, right, span),
            BinaryOp::In => self.membership(left, right, span),
            BinaryOp::Coalesce => self.coalesce(left, right, span, hint),
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                self.arithmetic(op, op_span, left, right, span, hint)
            }
        }
    }

    /// Something that decides: a boolean known when compiling.
    pub(crate) fn condition(&mut self, expr: &'a ast::Expr, what: &str) -> ExprId {
        let id = self.infer(expr, Some(&Ty::Bool));
        let ty = self.unalias(&self.ty(id));
        match ty {
            Ty::Bool | Ty::Error => {}
            Ty::Deferred(_) | Ty::Secret(_) => {
                self.known(
                    id,
                    "branch on",
                    "decide by what is known when compiling: a parameter, `env.stage`, `env.availability`",
                );
            }
            _ => self.operand_mismatch(id, "a boolean", what),
        }
        id
    }

    fn comparison(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> ExprId {
        let bare = |this: &Self, e: &ast::Expr| match &e.kind {
            ast::ExprKind::Name(n) => !this.is_value_name(n),
            _ => false,
        };
        let (l, r) = match (bare(self, left), bare(self, right)) {
            (true, true) => {
                self.report(
                    Diagnostic::error(
                        codes::AMBIGUOUS_COMPARISON,
                        span,
                        "nothing says what these two names mean",
                    )
                    .label("a case is found by the type of the other side")
                    .help("compare a value with a case: `env.stage == production`"),
                );
                return self.missing(span);
            }
            (true, false) => {
                let r = self.infer(right, None);
                let ty = self.ty(r);
                (self.infer(left, Some(&ty)), r)
            }
            (false, _) => {
                let l = self.infer(left, None);
                let ty = self.ty(l);
                let r = self.infer(right, Some(&ty));
                (l, r)
            }
        };
        let known = self.comparable(l, right) && self.comparable(r, left);
        let (lt, rt) = (self.ty(l), self.ty(r));
        if known && !matches!(lt, Ty::Error) && !matches!(rt, Ty::Error) {
            let joined = self.cx.join(&lt, &rt);
            let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
            match joined.map(|t| self.unalias(&t)) {
                None => {
                    let (a, b) = (self.cx.a(&lt), self.cx.a(&rt));
                    let mut diagnostic = Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        op_span,
                        format!("{a} cannot be compared with {b}"),
                    )
                    .label("never of one type")
                    .because(self.span(l), format!("this is {a}"))
                    .because(self.span(r), format!("this is {b}"));
                    for (id, other) in [(l, &rt), (r, &lt)] {
                        if let ExprKind::String(text) = &self.body.expr(id).kind
                            && self.case_names(other).contains(text)
                        {
                            let title = format!("write `{text}` without quotes");
                            diagnostic = diagnostic.fix(title, self.span(id), text.as_str());
                        }
                    }
                    self.report(diagnostic);
                    return self.missing(span);
                }
                Some(ty) if !equality => self.ordered(&ty, op_span),
                Some(_) => {}
            }
        }
        self.push(ExprKind::Binary { op, left: l, right: r }, span, Ty::Bool)
    }

    fn ordered(&mut self, ty: &Ty, op_span: Span) {
        match ty {
            Ty::Int | Ty::Number | Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu | Ty::Error => {}
            Ty::Enum(id) => {
                let Some(decl) = self.cx.enums.get(id.index()) else { return };
                if !decl.ordered {
                    let (name, at) = (decl.name.clone(), decl.span);
                    self.report(
                        Diagnostic::error(
                            codes::UNORDERED_ENUM,
                            op_span,
                            format!("the cases of `{name}` have no order"),
                        )
                        .label("only `==` and `!=` mean something")
                        .because(at, "declared with `,` between its cases")
                        .help("declare it with `<` between the cases, least first"),
                    );
                }
            }
            other => {
                let shown = match other {
                    Ty::Literals(_) => self.cx.a(&Ty::String),
                    other => self.cx.a(other),
                };
                self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, op_span, format!("{shown} has no order"))
                        .label("only `==` and `!=` mean something"),
                );
            }
        }
    }

    /// Comparing with `none` needs no value; everything else needs one known when compiling.
    fn comparable(&mut self, id: ExprId, other: &ast::Expr) -> bool {
        if matches!(other.kind, ast::ExprKind::None) {
            return true;
        }
        let deferred_inside = match self.ty(id) {
            Ty::Optional(inner) => matches!(inner.as_ref(), Ty::Deferred(_) | Ty::Secret(_)),
            _ => false,
        };
        if deferred_inside {
            let span = self.span(id);
            self.report(
                Diagnostic::error(
                    codes::DEFERRED_VALUE,
                    span,
                    "cannot compare a value that is known only when deploying",
                )
                .label("CloudFormation gives this value when it deploys")
                .help("whether it is there can be asked: `… != none`"),
            );
            return false;
        }
        self.known(
            id,
            "compare",
            "decide by what is known when compiling: a parameter, `env.stage`, `env.availability`",
        )
    }

    fn membership(&mut self, left: &'a ast::Expr, right: &'a ast::Expr, span: Span) -> ExprId {
        // `stage in [preproduction, production]`: the left side says what the names mean.
        let bare = matches!(&left.kind, ast::ExprKind::Name(n) if !self.is_value_name(n));
        let (l, r) = if bare {
            let r = self.infer(right, None);
            let element = match self.ty(r) {
                Ty::List(inner) => Some(inner.as_ref().clone()),
                _ => None,
            };
            (self.infer(left, element.as_ref()), r)
        } else {
            let l = self.infer(left, None);
            let want = Ty::List(Arc::new(self.ty(l)));
            let r = self.infer(right, Some(&want));
            (l, r)
        };
        let doing = "look for";
        let instead = "decide by what is known when compiling";
        if self.known(l, doing, instead) && self.known(r, "look into", instead) {
            let (lt, rt) = (self.ty(l), self.ty(r));
            let fits = match (&lt, self.unalias(&rt)) {
                (Ty::Error, _) | (_, Ty::Error) => true,
                (lt, Ty::List(inner)) => self.cx.join(lt, &inner).is_some(),
                (lt, Ty::Range) => matches!(self.unalias(lt), Ty::Int),
                (lt, Ty::Map(_) | Ty::ZoneMap { .. } | Ty::String) => {
                    matches!(self.unalias(lt), Ty::String | Ty::Literals(_))
                }
                _ => false,
            };
            if !fits {
                let (a, b) = (self.cx.a(&lt), self.cx.a(&rt));
                self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, span, format!("{a} cannot be in {b}"))
                        .label("never true"),
                );
            }
        }
        self.push(ExprKind::Binary { op: BinaryOp::In, left: l, right: r }, span, Ty::Bool)
    }

    fn coalesce(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let optional_hint = hint.map(|h| match h {
            already @ Ty::Optional(_) => already.clone(),
            other => Ty::Optional(Arc::new(other.clone())),
        });
        let l = self.infer(left, optional_hint.as_ref());
        let lt = self.ty(l);
        let inner = match &lt {
            Ty::Optional(inner) => inner.as_ref().clone(),
            Ty::None | Ty::Error => Ty::Error,
            other => {
                let shown = self.cx.a(other);
                let at = self.span(l);
                let rest = Span { lo: left.span.hi, ..right.span };
                self.report(
                    Diagnostic::warning(codes::OPTIONAL_VALUE, at, "this is never `none`")
                        .label(format!("this is {shown}"))
                        .fix("remove `??` and what follows it", rest, ""),
                );
                other.clone()
            }
        };
        let r = self.infer(right, hint.or(Some(&inner)));
        let rt = self.ty(r);
        let ty = match self.cx.join(&inner, &rt) {
            Some(Ty::Error) => rt,
            Some(ty) => ty,
            None => {
                let (a, b) = (self.cx.a(&inner), self.cx.a(&rt));
                let at = self.spoiled(r);
                self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, at, format!("expected {a}, found {b}"))
                        .label(format!("this is {b}"))
                        .because(self.span(l), format!("stands in for {a}")),
                );
                Ty::Error
            }
        };
        self.push(ExprKind::Binary { op: BinaryOp::Coalesce, left: l, right: r }, span, ty)
    }

    fn arithmetic(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let container = hint
            .filter(|h| matches!(super::names::strip(h), Ty::List(_) | Ty::Map(_) | Ty::Json | Ty::Node(..)));
        let l = self.infer(left, container);
        let r = self.infer(right, container);
        let (lt, rt) = (self.ty(l), self.ty(r));
        if op == BinaryOp::Add
            && let Some(ty) = self.joined(&lt, &rt)
        {
            return self.push(ExprKind::Binary { op, left: l, right: r }, span, ty);
        }
        let both =
            [l, r].into_iter().all(|id| self.known(id, "compute with", "compute it where the value is made"));
        if !both {
            return self.missing(span);
        }
        let (a, b) = (self.unalias(&lt), self.unalias(&rt));
        let result = match (op, &a, &b) {
            (_, Ty::Error, _) | (_, _, Ty::Error) => Some(Ty::Error),
            (BinaryOp::Divide, Ty::Int, Ty::Int) | (_, Ty::Int, Ty::Int) => Some(Ty::Int),
            (_, Ty::Int | Ty::Number, Ty::Int | Ty::Number) => Some(Ty::Number),
            (BinaryOp::Add | BinaryOp::Subtract, Ty::Duration, Ty::Duration) => Some(Ty::Duration),
            (BinaryOp::Add | BinaryOp::Subtract, Ty::Size, Ty::Size) => Some(Ty::Size),
            (BinaryOp::Add | BinaryOp::Subtract, Ty::Vcpu, Ty::Vcpu) => Some(Ty::Vcpu),
            (BinaryOp::Add | BinaryOp::Subtract, Ty::Percent, Ty::Percent) => Some(Ty::Percent),
            (BinaryOp::Multiply, Ty::Duration | Ty::Size | Ty::Vcpu | Ty::Percent, Ty::Int) => {
                Some(a.clone())
            }
            (BinaryOp::Multiply, Ty::Int, Ty::Duration | Ty::Size | Ty::Vcpu | Ty::Percent) => {
                Some(b.clone())
            }
            (BinaryOp::Divide, Ty::Duration | Ty::Size | Ty::Vcpu | Ty::Percent, Ty::Int) => Some(a.clone()),
            (BinaryOp::Divide, Ty::Duration, Ty::Duration) | (BinaryOp::Divide, Ty::Size, Ty::Size) => {
                Some(Ty::Int)
            }
            _ => None,
        };
        let ty = result.unwrap_or_else(|| {
            if let Some(id) = [l, r].into_iter().find(|id| matches!(self.ty(*id), Ty::Optional(_) | Ty::None))
            {
                let shown = self.cx.show(&self.ty(id));
                self.report(
                    Diagnostic::error(
                        codes::OPTIONAL_VALUE,
                        self.span(id),
                        format!("`{}` cannot take a value that may be `none`", op.symbol()),
                    )
                    .label(format!("this is `{shown}`"))
                    .help("give a value for that case: `(… ?? <value>)`"),
                );
                return Ty::Error;
            }
            let (x, y) = (self.cx.a(&lt), self.cx.a(&rt));
            let mut diagnostic = Diagnostic::error(
                codes::TYPE_MISMATCH,
                op_span,
                format!("`{}` cannot take {x} and {y}", op.symbol()),
            )
            .label("these do not go together")
            .because(self.span(l), format!("this is {x}"))
            .because(self.span(r), format!("this is {y}"));
            if op == BinaryOp::Add
                && (matches!(a, Ty::String | Ty::Literals(_)) || matches!(b, Ty::String | Ty::Literals(_)))
            {
                diagnostic = diagnostic.help("put the value into the string: `\"… ${value}\"`");
            } else if let (true, Some(unit)) = (
                matches!(op, BinaryOp::Add | BinaryOp::Subtract),
                match (&a, &b) {
                    (Ty::Duration, Ty::Int) | (Ty::Int, Ty::Duration) => Some("`30s`, `5min`, `12h`, `4d`"),
                    (Ty::Size, Ty::Int) | (Ty::Int, Ty::Size) => Some("`512MiB`, `50GiB`"),
                    (Ty::Vcpu, Ty::Int | Ty::Number) | (Ty::Int | Ty::Number, Ty::Vcpu) => {
                        Some("`0.25 vcpu`")
                    }
                    (Ty::Percent, Ty::Int) | (Ty::Int, Ty::Percent) => Some("`40%`"),
                    _ => None,
                },
            ) {
                diagnostic = diagnostic.help(format!("give the number its unit: {unit}"));
            }
            self.report(diagnostic);
            Ty::Error
        });
        if matches!(ty, Ty::Error) {
            return self.missing(span);
        }
        self.push(ExprKind::Binary { op, left: l, right: r }, span, ty)
    }

    /// What `+` gives for texts, lists and maps.
    fn joined(&self, a: &Ty, b: &Ty) -> Option<Ty> {
        let text = |t: &Ty| matches!(self.unalias(t), Ty::String | Ty::Literals(_));
        let unwrapped = |t: &Ty| match t {
            Ty::Deferred(inner) => (inner.as_ref().clone(), true),
            other => (other.clone(), false),
        };
        let ((x, dx), (y, dy)) = (unwrapped(a), unwrapped(b));
        if text(&x) && text(&y) {
            return Some(if dx || dy { Ty::Deferred(Arc::new(Ty::String)) } else { Ty::String });
        }
        match (a, b) {
            (Ty::List(x), Ty::List(y)) => self.cx.join(x, y).map(|t| Ty::List(Arc::new(t))),
            (Ty::Node(..), Ty::List(_) | Ty::Node(..)) => Some(a.clone()),
            (Ty::List(_), Ty::Node(..)) => Some(b.clone()),
            _ => self.joined_maps(a, b),
        }
    }

    pub(super) fn joined_maps(&self, a: &Ty, b: &Ty) -> Option<Ty> {
        let as_map = |t: &Ty| match t {
            Ty::Map(inner) => Some(inner.as_ref().clone()),
            Ty::ZoneMap { element, .. } => Some(element.as_ref().clone()),
            Ty::Anonymous(_) => {
                let fields = self.cx.fields_of(t);
                let mut types = fields.into_iter().map(|(_, t)| t);
                let first = types.next().unwrap_or(Ty::Error);
                types.try_fold(first, |acc, t| self.cx.join(&acc, &t))
            }
            _ => None,
        };
        self.cx.join(&as_map(a)?, &as_map(b)?).map(|t| Ty::Map(Arc::new(t)))
    }

    pub(super) fn range(&mut self, lo: &'a ast::Expr, hi: &'a ast::Expr, span: Span) -> ExprId {
        let want = super::Want::of(Ty::Int);
        let lo = self.check(lo, &want);
        let hi = self.check(hi, &want);
        self.push(ExprKind::Range { lo, hi }, span, Ty::Range)
    }
}
