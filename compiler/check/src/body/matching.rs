//! `if` and `match`.

use super::names::shown_present;
use super::{BodyChecker, quote};
use crate::codes;
use crate::hir::{Arm, ExprId, ExprKind, LocalId, Pattern, Ty};
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast::{self, PatternKind};
use std::collections::BTreeSet;

impl<'a> BodyChecker<'_, 'a> {
    pub(super) fn if_expr(
        &mut self,
        condition: &'a ast::Expr,
        then: &'a ast::Expr,
        otherwise: &'a ast::Expr,
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let (when_true, when_false) = (shown_present(condition, true), shown_present(condition, false));
        let condition = self.condition(condition, "if");
        let then = self.where_present(when_true, |this| this.infer(then, hint));
        let then_ty = self.ty(then);
        let otherwise = self.where_present(when_false, |this| this.infer(otherwise, hint.or(Some(&then_ty))));
        let ty = self.branch(then, &then_ty, otherwise, hint);
        self.push(ExprKind::If { condition, then, otherwise }, span, ty)
    }

    /// The type of two branches together.
    fn branch(&mut self, first: ExprId, first_ty: &Ty, second: ExprId, hint: Option<&Ty>) -> Ty {
        let second_ty = self.ty(second);
        // Where both fit what is expected, they need not be of one type otherwise.
        if let Some(hint) = hint
            && self.cx.assignable(first_ty, hint).is_ok()
            && self.cx.assignable(&second_ty, hint).is_ok()
        {
            return match (first_ty, &second_ty) {
                // A required property must still learn that one branch is `none`.
                (Ty::None | Ty::Optional(_), other) | (other, Ty::None | Ty::Optional(_)) => {
                    self.cx.join(first_ty, &second_ty).unwrap_or_else(|| other.clone())
                }
                _ => self.cx.join(first_ty, &second_ty).unwrap_or_else(|| hint.clone()),
            };
        }
        match self.cx.join(first_ty, &second_ty) {
            Some(ty) => ty,
            None => {
                let (a, b) = (self.cx.a(first_ty), self.cx.a(&second_ty));
                let at = self.spoiled(second);
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        at,
                        format!("the branches differ: {a}, and here {b}"),
                    )
                    .label(format!("this is {b}"))
                    .because(self.span(first), format!("this is {a}")),
                );
                Ty::Error
            }
        }
    }

    pub(super) fn match_expr(
        &mut self,
        scrutinee: &'a ast::Expr,
        arms: &'a [ast::Arm],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let scrutinee = self.infer(scrutinee, None);
        let on = if self.known(
            scrutinee,
            "match on",
            "decide by what is known when compiling: a parameter, `env.stage`, `env.availability`",
        ) {
            self.unalias(&self.ty(scrutinee))
        } else {
            Ty::Error
        };
        let mut lowered: Vec<Arm> = Vec::new();
        let mut covered = Covered::default();
        let mut result: Option<(ExprId, Ty)> = None;
        for arm in arms {
            let arm_hir = self.scoped(|this| {
                let mut patterns: Vec<Pattern> = Vec::with_capacity(arm.patterns.len());
                for (index, pattern) in arm.patterns.iter().enumerate() {
                    covered.removal = removal(arm, index);
                    patterns.push(this.pattern(pattern, &on, &mut covered));
                }
                let value = this.infer(&arm.value, hint);
                Arm { patterns, value }
            });
            let ty = self.ty(arm_hir.value);
            result = match result {
                None => Some((arm_hir.value, ty)),
                Some((first, so_far)) => {
                    let joined = self.branch(first, &so_far, arm_hir.value, hint);
                    Some((first, joined))
                }
            };
            lowered.push(arm_hir);
        }
        self.exhaustive(&on, &covered, scrutinee);
        let ty = result.map_or(Ty::Error, |(_, ty)| ty);
        self.push(ExprKind::Match { scrutinee, arms: lowered }, span, ty)
    }

    fn exhaustive(&mut self, on: &Ty, covered: &Covered, scrutinee: ExprId) {
        if covered.any || covered.unclear {
            return;
        }
        let inner = if let Ty::Optional(inner) = on { inner.as_ref() } else { on };
        let mut left: Vec<Name> = match inner {
            Ty::Error => return,
            Ty::Enum(_) | Ty::Union(_) => {
                self.case_names(inner).into_iter().filter(|c| !covered.cases.contains(c)).collect()
            }
            Ty::Literals(names) => names
                .iter()
                .filter(|n| !covered.literals.contains(&format!("\"{n}\"")))
                .map(|n| Name::from(format!("\"{n}\"")))
                .collect(),
            Ty::Bool => ["true", "false"]
                .iter()
                .filter(|b| !covered.literals.contains(**b))
                .map(|b| Name::new_static(b))
                .collect(),
            _ => vec![Name::new_static("_")],
        };
        if matches!(on, Ty::Optional(_)) && !covered.literals.contains("none") {
            left.push(Name::new_static("none"));
        }
        if left.is_empty() {
            return;
        }
        let at = self.span(scrutinee);
        let message = if left.first().is_some_and(|n| n == "_") {
            "this `match` does not cover every value".to_owned()
        } else {
            format!("this `match` leaves out {}", quote(&left))
        };
        self.report(
            Diagnostic::error(codes::NOT_EXHAUSTIVE, at, message)
                .label(format!("this is {}", self.cx.a(on)))
                .help(match left.first() {
                    Some(first) => {
                        format!("add an arm for each: `{first} => …`; `_ => …` stands for all the rest")
                    }
                    None => String::new(),
                }),
        );
    }

    fn pattern(&mut self, pattern: &'a ast::Pattern, on: &Ty, covered: &mut Covered) -> Pattern {
        let inner = if let Ty::Optional(inner) = on { inner.as_ref().clone() } else { on.clone() };
        if covered.any {
            self.report(
                Diagnostic::warning(codes::UNREACHABLE_ARM, pattern.span, "this arm is never reached")
                    .label("an arm above covers everything")
                    .help("remove it, or move it up")
                    .fix("remove it", covered.removal, ""),
            );
        }
        match &pattern.kind {
            PatternKind::Error => {
                covered.unclear = true;
                Pattern::Any
            }
            PatternKind::Wildcard => {
                covered.any = true;
                Pattern::Any
            }
            PatternKind::Literal(expr) => {
                let id = self.infer(expr, Some(on));
                let ty = self.ty(id);
                let shown = match &expr.kind {
                    ast::ExprKind::String(s) => s.plain().map(|t| format!("\"{t}\"")),
                    ast::ExprKind::Bool(b) => Some(b.to_string()),
                    ast::ExprKind::None => Some("none".to_owned()),
                    ast::ExprKind::Int(i) => Some(i.to_string()),
                    _ => None,
                };
                let fits = matches!(on, Ty::Error)
                    || self.cx.assignable(&ty, on).is_ok()
                    || (matches!(inner, Ty::String) && matches!(ty, Ty::Literals(_)));
                if !fits {
                    let (a, b) = (self.cx.a(on), self.cx.a(&ty));
                    let mut diagnostic = Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        pattern.span,
                        format!("expected {a}, found {b}"),
                    )
                    .label("never matches");
                    if let (Ty::Enum(_) | Ty::Union(_), ast::ExprKind::String(s)) = (&inner, &expr.kind)
                        && let Some(text) = s.plain()
                        && self.case_names(&inner).contains(&text)
                    {
                        diagnostic = diagnostic.fix(
                            format!("write `{text}` without quotes"),
                            pattern.span,
                            text.as_str(),
                        );
                    }
                    self.report(diagnostic);
                    covered.unclear = true;
                }
                if let Some(shown) = shown
                    && !covered.literals.insert(shown)
                {
                    self.repeated(pattern.span, covered.removal);
                }
                Pattern::Literal(id)
            }
            PatternKind::Case { name, fields } => {
                self.case_pattern(name, fields, &inner, pattern.span, covered)
            }
        }
    }

    fn repeated(&mut self, span: Span, removal: Span) {
        self.report(
            Diagnostic::warning(codes::UNREACHABLE_ARM, span, "this arm is never reached")
                .label("an arm above covers it")
                .fix("remove it", removal, ""),
        );
    }

    fn case_pattern(
        &mut self,
        name: &ast::Ident,
        fields: &'a [ast::PatternField],
        on: &Ty,
        span: Span,
        covered: &mut Covered,
    ) -> Pattern {
        if name.name.is_empty() {
            covered.unclear = true;
            return Pattern::Any;
        }
        let cases = self.case_names(on);
        let Some(index) = cases.iter().position(|c| *c == name.name) else {
            if !matches!(on, Ty::Error) {
                let shown = self.cx.a(on);
                let near = suggest::nearest(&name.name, cases.iter().map(Name::as_str));
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_CASE,
                    name.span,
                    format!("{shown} has no case `{}`", name.name),
                )
                .label("a name in a pattern is always a case")
                .suggest(name.span, near);
                if near.is_none() {
                    diagnostic = if cases.is_empty() {
                        diagnostic.help("write a literal, or `_` for everything")
                    } else {
                        diagnostic.help(format!("use one of {}", quote(&cases)))
                    };
                }
                self.report(diagnostic);
            }
            // What was meant is not known, so nothing is said to be left out.
            covered.unclear = true;
            for field in fields {
                self.bind(field.binder.as_ref().unwrap_or(&field.field), Ty::Error);
            }
            return Pattern::Any;
        };
        if !covered.cases.insert(name.name.clone()) {
            self.repeated(span, covered.removal);
        }
        let case = u32::try_from(index).unwrap_or(0);
        match on {
            Ty::Enum(id) => {
                if let Some(field) = fields.first() {
                    self.report(
                        Diagnostic::error(
                            codes::UNKNOWN_FIELD,
                            field.field.span,
                            format!("the case `{}` has no fields", name.name),
                        )
                        .label("nothing to bind"),
                    );
                }
                Pattern::EnumCase(*id, case)
            }
            Ty::Union(id) => {
                let record =
                    self.cx.unions.get(id.index()).and_then(|u| u.cases.get(index)).and_then(|c| c.record);
                let known = record.map(|r| self.cx.fields_of(&Ty::Record(r))).unwrap_or_default();
                let mut bound: Vec<(Name, LocalId)> = Vec::new();
                for field in fields {
                    let ty = match known.iter().find(|(n, _)| *n == field.field.name) {
                        Some((_, ty)) => ty.clone(),
                        None => {
                            let near =
                                suggest::nearest(&field.field.name, known.iter().map(|(n, _)| n.as_str()));
                            self.report(
                                Diagnostic::error(
                                    codes::UNKNOWN_FIELD,
                                    field.field.span,
                                    format!("the case `{}` has no field `{}`", name.name, field.field.name),
                                )
                                .label("not found")
                                .suggest(field.field.span, near),
                            );
                            Ty::Error
                        }
                    };
                    let local = self.bind(field.binder.as_ref().unwrap_or(&field.field), ty);
                    bound.push((field.field.name.clone(), local));
                }
                Pattern::UnionCase { union: *id, case, fields: bound }
            }
            _ => Pattern::Any,
        }
    }
}

/// What the arms so far cover.
#[derive(Debug, Default)]
struct Covered {
    any: bool,
    /// An arm could not be read: what it covers is not known.
    unclear: bool,
    cases: BTreeSet<Name>,
    literals: BTreeSet<String>,
    /// What goes if the pattern that is being looked at is removed.
    removal: Span,
}

/// The only pattern of an arm goes with it, another one with the `|` beside it.
fn removal(arm: &ast::Arm, index: usize) -> Span {
    let at = |index: usize| arm.patterns.get(index).map(|p| p.span);
    let own = at(index).unwrap_or(arm.value.span);
    match (index.checked_sub(1).and_then(at), at(index + 1)) {
        (_, Some(after)) => Span { hi: after.lo, ..own },
        (Some(before), None) => Span { lo: before.hi, ..own },
        (None, None) => own.to(arm.value.span),
    }
}
