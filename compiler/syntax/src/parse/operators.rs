//! Precedence: operands and operators, flat as the grammar gives them, become a tree.
//!
//! Low to high: `??`, `or`, `and`, `not`, comparison (which does not chain), `..`, `+ -`, `* /`, unary `-`.
//! Invariant: no recursion, so that a long row of operators costs no stack.

use super::Parse;
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::codes;
use solc_source::{Diagnostic, Edit, Fix, Span};

/// A part of a flat expression.
pub(super) enum Piece {
    /// `not`, `-`
    Prefix(UnaryOp, Span),
    /// What operators stand between.
    Operand(Expr),
    /// An operator between operands.
    Infix(Infix, Span),
}

/// What an infix operator makes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Infix {
    Binary(BinaryOp),
    Range,
    /// An operator that we have no counterpart of, reported.
    Unknown,
}

enum Pending {
    Prefix(UnaryOp, Span),
    Infix(Infix, Span),
}

const COMPARISON: u8 = 5;
const RANGE: u8 = 6;

fn strength(infix: Infix) -> u8 {
    match infix {
        Infix::Binary(op) => match op {
            BinaryOp::Coalesce => 1,
            BinaryOp::Or => 2,
            BinaryOp::And => 3,
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::In => COMPARISON,
            BinaryOp::Add | BinaryOp::Subtract => 7,
            BinaryOp::Multiply | BinaryOp::Divide => 8,
        },
        Infix::Range => RANGE,
        Infix::Unknown => 8,
    }
}

fn prefix_strength(op: UnaryOp) -> u8 {
    match op {
        UnaryOp::Not => 4,
        UnaryOp::Negate => 9,
    }
}

impl Parse<'_> {
    /// Climbs precedence over `pieces`: every operator binds to the left.
    pub(super) fn climb(&mut self, pieces: Vec<Piece>, whole: Span) -> Expr {
        let mut operands: Vec<Expr> = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Prefix(op, span) => pending.push(Pending::Prefix(op, span)),
                Piece::Operand(expr) => operands.push(expr),
                Piece::Infix(infix, span) => {
                    self.reduce(&mut operands, &mut pending, strength(infix));
                    pending.push(Pending::Infix(infix, span));
                }
            }
        }
        self.reduce(&mut operands, &mut pending, 0);
        operands.pop().unwrap_or(Expr { kind: ExprKind::Missing, span: whole })
    }

    /// Applies what binds at least as strongly as `least`.
    fn reduce(&mut self, operands: &mut Vec<Expr>, pending: &mut Vec<Pending>, least: u8) {
        while let Some(top) = pending.pop() {
            let enough = match &top {
                Pending::Prefix(op, _) => prefix_strength(*op) >= least,
                Pending::Infix(infix, _) => strength(*infix) >= least,
            };
            if !enough {
                pending.push(top);
                return;
            }
            let Some(right) = operands.pop() else { return };
            match top {
                Pending::Prefix(op, at) => {
                    let span = at.to(right.span);
                    operands.push(Expr { kind: ExprKind::Unary { op, operand: Box::new(right) }, span });
                }
                Pending::Infix(infix, at) => match operands.pop() {
                    Some(left) => {
                        let joined = self.join(left, infix, at, right);
                        operands.push(joined);
                    }
                    None => operands.push(right),
                },
            }
        }
    }

    fn join(&mut self, left: Expr, infix: Infix, at: Span, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        let chains = match (&left.kind, infix) {
            (ExprKind::Binary { op, .. }, Infix::Binary(_)) => {
                strength(infix) == COMPARISON && strength(Infix::Binary(*op)) == COMPARISON
            }
            (ExprKind::Range { .. }, Infix::Range) => true,
            _ => false,
        };
        if chains {
            self.chained(&left, infix, at);
            // What was meant has another type than what stands here.
            return Expr { kind: ExprKind::Missing, span };
        }
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = match infix {
            Infix::Binary(op) => ExprKind::Binary { op, op_span: at, left, right },
            Infix::Range => ExprKind::Range { lo: left, hi: right },
            Infix::Unknown => ExprKind::Missing,
        };
        Expr { kind, span }
    }

    fn chained(&mut self, left: &Expr, infix: Infix, at: Span) {
        let ExprKind::Binary { op_span, right: middle, .. } = &left.kind else {
            let diagnostic = Diagnostic::error(codes::CHAINED_COMPARISON, at, "a range has two ends")
                .label("this is a third")
                .because(left.span, "a range already");
            return self.report(diagnostic);
        };
        let middle_text = self.text.get(middle.span.range()).unwrap_or_default().to_owned();
        let mut diagnostic = Diagnostic::error(codes::CHAINED_COMPARISON, at, "comparisons do not chain")
            .label("a second comparison of the same expression")
            .because(*op_span, "the first one");
        if infix != Infix::Binary(BinaryOp::In) && !middle_text.is_empty() {
            let title = format!("join two comparisons with `and`: `… and {middle_text} …`");
            let edits = vec![Edit { span: middle.span.end(), replacement: format!(" and {middle_text}") }];
            diagnostic.fixes.push(Fix { title, edits });
        } else {
            diagnostic = diagnostic.help("join two comparisons with `and`");
        }
        self.report(diagnostic);
    }

    /// What an operator's text means; an operator of another language is reported.
    pub(super) fn infix(&mut self, text: &str, span: Span) -> Infix {
        let (infix, instead) = match text {
            "??" => (Infix::Binary(BinaryOp::Coalesce), ""),
            "or" => (Infix::Binary(BinaryOp::Or), ""),
            "and" => (Infix::Binary(BinaryOp::And), ""),
            "==" => (Infix::Binary(BinaryOp::Equal), ""),
            "!=" => (Infix::Binary(BinaryOp::NotEqual), ""),
            "<" => (Infix::Binary(BinaryOp::Less), ""),
            "<=" => (Infix::Binary(BinaryOp::LessEqual), ""),
            ">" => (Infix::Binary(BinaryOp::Greater), ""),
            ">=" => (Infix::Binary(BinaryOp::GreaterEqual), ""),
            "in" => (Infix::Binary(BinaryOp::In), ""),
            "+" => (Infix::Binary(BinaryOp::Add), ""),
            "-" => (Infix::Binary(BinaryOp::Subtract), ""),
            "*" => (Infix::Binary(BinaryOp::Multiply), ""),
            "/" => (Infix::Binary(BinaryOp::Divide), ""),
            ".." => (Infix::Range, ""),
            "&&" => (Infix::Binary(BinaryOp::And), "and"),
            "||" => (Infix::Binary(BinaryOp::Or), "or"),
            "===" => (Infix::Binary(BinaryOp::Equal), "=="),
            "!==" | "<>" => (Infix::Binary(BinaryOp::NotEqual), "!="),
            "..=" => (Infix::Range, ".."),
            "++" => (Infix::Binary(BinaryOp::Add), "+"),
            _ => (Infix::Unknown, ""),
        };
        if !instead.is_empty() {
            let mut diagnostic = Diagnostic::error(
                codes::WRONG_OPERATOR,
                span,
                format!("`{text}` is not an operator here: `{instead}` is"),
            )
            .label("another language's operator")
            .suggest(span, Some(&self.spaced(span, instead)));
            if text == "..=" {
                diagnostic = diagnostic.note("ranges include both ends");
            }
            self.report(diagnostic);
        } else if infix == Infix::Unknown {
            let diagnostic =
                Diagnostic::error(codes::WRONG_OPERATOR, span, format!("there is no operator `{text}`"))
                    .label("not an operator")
                    .help("use `+`, `-`, `*` or `/`");
            self.report(diagnostic);
        }
        infix
    }

    /// A word that replaces a symbol needs spaces around it.
    fn spaced(&self, span: Span, word: &str) -> String {
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return word.to_owned();
        }
        let range = span.range();
        let before = self.text.get(..range.start).is_some_and(|t| !t.ends_with([' ', '\n', '\t']));
        let after = self.text.get(range.end..).is_some_and(|t| !t.starts_with([' ', '\n', '\t']));
        format!("{}{word}{}", if before { " " } else { "" }, if after { " " } else { "" })
    }
}
