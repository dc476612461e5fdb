//! Lists, comprehensions, indexing.

use super::{BodyChecker, Want};
use crate::codes;
use crate::hir::{Clause, Element, ExprId, ExprKind, Ty};
use solc_schema::Node;
use solc_source::{Diagnostic, Span};
use solc_syntax::ast;
use std::sync::Arc;

/// What the hint says of a list's elements.
fn element_hint(hint: Option<&Ty>) -> Option<Ty> {
    match hint? {
        Ty::List(inner) => Some(inner.as_ref().clone()),
        Ty::Optional(inner) | Ty::Deferred(inner) => element_hint(Some(inner)),
        Ty::Json => Some(Ty::Json),
        // What was to be compared with it was reported: its elements may well be right.
        Ty::Error => Some(Ty::Error),
        Ty::Node(rt, node) => match rt.node(*node) {
            Node::Array { items, .. } => Some(Ty::Node(rt, *items)),
            Node::Json => Some(Ty::Json),
            Node::AnyOf(nodes) => nodes.iter().find_map(|n| element_hint(Some(&Ty::Node(rt, *n)))),
            Node::Boolean
            | Node::Integer { .. }
            | Node::Number { .. }
            | Node::String(_)
            | Node::Object(_)
            | Node::Map(_) => None,
        },
        _ => None,
    }
}

fn is_deferred(ty: &Ty) -> bool {
    match ty {
        Ty::Deferred(_) => true,
        Ty::Optional(inner) | Ty::Secret(inner) => is_deferred(inner),
        _ => false,
    }
}

/// The type of elements of which some are known only when deploying, or none: where a list may hold deferred values, one
/// that holds none is known when compiling.
fn settled(element: Ty, deferred: bool) -> Ty {
    match element {
        Ty::Deferred(inner) if !deferred => inner.as_ref().clone(),
        other => other,
    }
}

/// What the hint says of a map's values.
pub(super) fn value_hint(hint: Option<&Ty>) -> Option<Ty> {
    match hint? {
        Ty::Map(inner) => Some(inner.as_ref().clone()),
        Ty::Optional(inner) | Ty::Deferred(inner) => value_hint(Some(inner)),
        Ty::Json => Some(Ty::Json),
        Ty::Node(rt, node) => match rt.node(*node) {
            Node::Map(value) => Some(Ty::Node(rt, *value)),
            Node::Json => Some(Ty::Json),
            Node::AnyOf(nodes) => nodes.iter().find_map(|n| value_hint(Some(&Ty::Node(rt, *n)))),
            Node::Boolean
            | Node::Integer { .. }
            | Node::Number { .. }
            | Node::String(_)
            | Node::Object(_)
            | Node::Array { .. } => None,
        },
        _ => None,
    }
}

impl<'a> BodyChecker<'_, 'a> {
    pub(super) fn list(&mut self, elements: &'a [ast::Element], span: Span, hint: Option<&Ty>) -> ExprId {
        let element = element_hint(hint);
        let mut lowered = Vec::with_capacity(elements.len());
        let mut joined: Option<Ty> = None;
        let mut deferred = false;
        for part in elements {
            match part {
                ast::Element::Item(expr) => {
                    let id = match &element {
                        // A position of a resource's properties, or a declared type: each element is held to it here.
                        Some(want) => self.check(expr, &Want::of(want.clone())),
                        None => self.infer(expr, None),
                    };
                    deferred |= is_deferred(&self.ty(id));
                    let ty = if element.is_some() { None } else { Some(self.ty(id)) };
                    self.join_into(&mut joined, ty, id);
                    lowered.push(Element::Item(id));
                }
                ast::Element::Spread(expr) => {
                    let id = self.infer(expr, hint);
                    match self.ty(id) {
                        Ty::List(inner) => {
                            let ty = inner.as_ref().clone();
                            deferred |= is_deferred(&ty);
                            match &element {
                                Some(want) => {
                                    if self.cx.assignable(&ty, want).is_err() {
                                        self.expect(id, &Want::of(Ty::List(Arc::new(want.clone()))));
                                    }
                                }
                                None => self.join_into(&mut joined, Some(ty), id),
                            }
                        }
                        Ty::Error | Ty::Json => {}
                        other => {
                            let shown = self.cx.a(&other);
                            let at = self.spoiled(id);
                            self.report(
                                Diagnostic::error(
                                    codes::TYPE_MISMATCH,
                                    at,
                                    format!("only a list can be spread into a list, not {shown}"),
                                )
                                .label(format!("this is {shown}")),
                            );
                        }
                    }
                    lowered.push(Element::Spread(id));
                }
                ast::Element::Field(field) => {
                    self.report(
                        Diagnostic::error(codes::TYPE_MISMATCH, field.name.span, "a list has no fields")
                            .label("elements are written alone")
                            .help("use braces for a record or map"),
                    );
                }
                ast::Element::Error(_) => {}
            }
        }
        let ty = match (element, joined) {
            (Some(element), _) => Ty::List(Arc::new(settled(element, deferred))),
            (None, Some(ty)) => Ty::List(Arc::new(ty)),
            (None, None) => Ty::List(Arc::new(Ty::Error)),
        };
        self.push(ExprKind::List(lowered), span, ty)
    }

    fn join_into(&mut self, joined: &mut Option<Ty>, ty: Option<Ty>, id: ExprId) {
        let Some(ty) = ty else { return };
        match joined {
            None => *joined = Some(ty),
            Some(so_far) => match self.cx.join(so_far, &ty) {
                Some(next) => *so_far = next,
                None => {
                    let (a, b) = (self.cx.a(so_far), self.cx.a(&ty));
                    let at = self.spoiled(id);
                    self.report(
                        Diagnostic::error(
                            codes::TYPE_MISMATCH,
                            at,
                            format!("a list holds values of one type: {a}, and here {b}"),
                        )
                        .label(format!("this is {b}")),
                    );
                }
            },
        }
    }

    /// `for a, b in over if …`: binds the names; run inside `scoped`.
    pub(crate) fn clause(&mut self, clause: &'a ast::Clause) -> Clause {
        self.clause_of(&clause.binders, &clause.over, clause.conditions.iter())
    }

    /// What is run over, and the slots of the names that are bound to its elements.
    pub(crate) fn bindings(
        &mut self,
        names: &[ast::Ident],
        over: &'a ast::Expr,
    ) -> (ExprId, Vec<crate::hir::LocalId>) {
        let over = self.infer(over, None);
        let (key, value) = match self.unalias(&self.ty(over)) {
            Ty::List(inner) => (None, inner.as_ref().clone()),
            Ty::Map(inner) => (Some(Ty::String), inner.as_ref().clone()),
            Ty::ZoneMap { element, .. } => (Some(Ty::String), element.as_ref().clone()),
            Ty::Range => (None, Ty::Int),
            Ty::Error => (Some(Ty::Error), Ty::Error),
            Ty::Json => (Some(Ty::String), Ty::Json),
            Ty::Deferred(_) => {
                self.known(
                    over,
                    "iterate over",
                    "iterate over what is known when compiling, and hand the deferred value on whole",
                );
                (Some(Ty::Error), Ty::Error)
            }
            Ty::Optional(_) => {
                let at = self.spoiled(over);
                self.report(
                    Diagnostic::error(codes::OPTIONAL_VALUE, at, "cannot iterate over what may be `none`")
                        .label("nothing to run over where it is `none`")
                        .help("give a list for that case: `… ?? []`"),
                );
                (Some(Ty::Error), Ty::Error)
            }
            other => {
                let shown = self.cx.a(&other);
                let at = self.spoiled(over);
                self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, at, format!("cannot iterate over {shown}"))
                        .label("not a list, map or range")
                        .help("iterate over a list, a range, or a map that is declared as `{String: …}`"),
                );
                (Some(Ty::Error), Ty::Error)
            }
        };
        let mut binders = Vec::new();
        match (names, key) {
            ([one], _) => binders.push(self.bind(one, value)),
            ([first, second, ..], Some(key)) => {
                binders.push(self.bind(first, key));
                binders.push(self.bind(second, value));
            }
            ([first, second, ..], None) => {
                // Over a list, two names are index and element.
                binders.push(self.bind(first, Ty::Int));
                binders.push(self.bind(second, value));
            }
            ([], _) => {}
        }
        (over, binders)
    }

    pub(super) fn list_comprehension(
        &mut self,
        value: &'a ast::Expr,
        clauses: &'a [ast::Clause],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let element = element_hint(hint);
        self.scoped(|this| {
            let clauses = clauses.iter().map(|c| this.clause(c)).collect();
            let value = match &element {
                Some(want) => this.check(value, &Want::of(want.clone())),
                None => this.infer(value, None),
            };
            let own = this.ty(value);
            let ty = Ty::List(Arc::new(match element {
                Some(element) => settled(element, is_deferred(&own)),
                None => own,
            }));
            this.push(ExprKind::ListComprehension { value, clauses }, span, ty)
        })
    }

    pub(super) fn map_comprehension(
        &mut self,
        key: &'a ast::Expr,
        value: &'a ast::Expr,
        clauses: &'a [ast::Clause],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let element = value_hint(hint);
        self.scoped(|this| {
            let clauses = clauses.iter().map(|c| this.clause(c)).collect();
            let key = this.infer(key, None);
            this.map_key(key);
            let value = match &element {
                Some(want) => this.check(value, &Want::of(want.clone())),
                None => this.infer(value, None),
            };
            let ty = Ty::Map(Arc::new(element.unwrap_or_else(|| this.ty(value))));
            this.push(ExprKind::MapComprehension { key, value, clauses }, span, ty)
        })
    }

    fn map_key(&mut self, key: ExprId) {
        if !self.known(key, "make a key of", "make keys of what is known when compiling") {
            return;
        }
        let ty = self.unalias(&self.ty(key));
        let zone = self.cx.well_known.zone;
        let fits = match &ty {
            Ty::String | Ty::Literals(_) | Ty::Enum(_) | Ty::Error => true,
            Ty::Record(id) => Some(*id) == zone,
            _ => false,
        };
        if !fits {
            let shown = self.cx.a(&ty);
            let at = self.spoiled(key);
            self.report(
                Diagnostic::error(codes::TYPE_MISMATCH, at, format!("a map's key is a string, not {shown}"))
                    .label(format!("this is {shown}")),
            );
        }
    }

    pub(super) fn index(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span) -> ExprId {
        let base = self.infer(base, None);
        let base_ty = self.unalias(&self.ty(base));
        let optional = |t: &Arc<Ty>| match t.as_ref() {
            already @ Ty::Optional(_) => already.clone(),
            _ => Ty::Optional(Arc::clone(t)),
        };
        let (want, ty) = match &base_ty {
            Ty::List(inner) => (Ty::Int, inner.as_ref().clone()),
            Ty::Map(inner) => (Ty::String, inner.as_ref().clone()),
            Ty::ZoneMap { element, active } => {
                let ty = if *active { optional(element) } else { element.as_ref().clone() };
                let index = self.infer(index, None);
                let index_ty = self.ty(index);
                let zone = self.cx.well_known.zone.map(Ty::Record);
                let fits = matches!(index_ty, Ty::Error | Ty::String | Ty::Literals(_))
                    || zone.is_some_and(|z| self.cx.assignable(&index_ty, &z).is_ok());
                if !fits {
                    let shown = self.cx.a(&index_ty);
                    let at = self.spoiled(index);
                    self.report(
                        Diagnostic::error(
                            codes::TYPE_MISMATCH,
                            at,
                            format!("expected a zone, found {shown}"),
                        )
                        .label(format!("this is {shown}"))
                        .help("one for every zone is indexed by `zone`, or by a zone's letter"),
                    );
                }
                return self.push(ExprKind::Index { base, index }, span, ty);
            }
            Ty::Json => (Ty::String, Ty::Json),
            Ty::Error => {
                self.infer(index, None);
                return self.missing(span);
            }
            Ty::Optional(_) => {
                let at = self.spoiled(base);
                self.report(
                    Diagnostic::error(codes::OPTIONAL_VALUE, at, "cannot index what may be `none`")
                        .label("nothing to read where it is `none`")
                        .help("give a value for that case: `(… ?? [])[…]`"),
                );
                self.infer(index, None);
                return self.missing(span);
            }
            Ty::Deferred(_) => {
                self.known(
                    base,
                    "index",
                    "index what is known when compiling, and hand the deferred value on whole",
                );
                self.infer(index, None);
                return self.missing(span);
            }
            other => {
                let shown = self.cx.a(other);
                let at = self.spoiled(base);
                self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, at, format!("cannot index {shown}"))
                        .label("not a list or map")
                        .help("read a field by its name: `….name`"),
                );
                self.infer(index, None);
                return self.missing(span);
            }
        };
        let index = self.check(index, &Want::of(want));
        self.push(ExprKind::Index { base, index }, span, ty)
    }
}
