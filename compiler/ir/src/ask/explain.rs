//! Why a condition does not hold: its operands as values, and a counterexample where there is one.
//!
//! Invariant: an explanation repeats the evaluation of pieces, which is pure, and decides nothing.

use super::questions::{is_deferred, subject};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluation, Frame};
use crate::facts::reach::Way;
use crate::facts::{Step, Subject};
use solc_check::hir::{BinaryOp, Builtin, Clause, ExprId, ExprKind, Question, UnaryOp};
use solc_source::Span;

/// What is to be said about a condition that does not hold.
#[derive(Debug, Default)]
pub(super) struct Explanation {
    /// Places in the condition, and what is there.
    pub(super) operands: Vec<(Span, String)>,
    /// Further facts: the hops of a path, the round of a comprehension.
    pub(super) notes: Vec<String>,
    /// What the counterexample is about, the closest first.
    pub(super) found: Vec<Value>,
}

/// How long a shown value may be.
const LONGEST: usize = 160;

/// Explains why an expression is not true.
pub(super) fn explain<'a>(
    evaluation: &mut Evaluation<'a>,
    frame: &mut Frame<'a>,
    condition: ExprId,
) -> Explanation {
    let mut explanation = Explanation::default();
    evaluation.why(frame, condition, true, &mut explanation);
    if let Some(asking) = &mut evaluation.asking {
        asking.undecided = None;
    }
    explanation
}

impl<'a> Evaluation<'a> {
    /// Why an expression is not what was `wanted`.
    fn why(&mut self, frame: &mut Frame<'a>, id: ExprId, wanted: bool, out: &mut Explanation) {
        let expr = frame.body.expr(id);
        match &expr.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.why(frame, *operand, !wanted, out),
            ExprKind::Binary { op: BinaryOp::And, left, right } => {
                self.why_both(frame, *left, *right, wanted, true, out);
            }
            ExprKind::Binary { op: BinaryOp::Or, left, right } => {
                self.why_both(frame, *left, *right, wanted, false, out);
            }
            ExprKind::Binary { left, right, .. } => {
                for side in [*left, *right] {
                    self.operand(frame, side, out);
                }
            }
            ExprKind::Ask { question, args } => self.why_question(frame, question, args, expr.span, out),
            ExprKind::Builtin { builtin: Builtin::All, args } if wanted => {
                self.why_quantified(frame, args, false, out);
            }
            ExprKind::Builtin { builtin: Builtin::Any, args } if !wanted => {
                self.why_quantified(frame, args, true, out);
            }
            _ => self.operand(frame, id, out),
        }
    }

    fn why_both(
        &mut self,
        frame: &mut Frame<'a>,
        left: ExprId,
        right: ExprId,
        wanted: bool,
        and: bool,
        out: &mut Explanation,
    ) {
        // Of `a and b` one side is to blame, of `a or b` both; the other way round where it should not hold.
        for side in [left, right] {
            let value = self.eval(frame, side);
            if value != Value::Bool(wanted) {
                self.why(frame, side, wanted, out);
                if and == wanted {
                    return;
                }
            }
        }
    }

    /// What an operand is; what is written there already says it of itself.
    fn operand(&mut self, frame: &mut Frame<'a>, id: ExprId, out: &mut Explanation) {
        let expr = frame.body.expr(id);
        if is_literal(&expr.kind) {
            return;
        }
        let value = self.eval(frame, id);
        out.operands.push((expr.span, format!("this is {}", self.shortened(&value))));
        if subject(&value).is_some() {
            out.found.push(value);
        }
        self.inner(frame, id, out);
    }

    /// What questions inside an operand have to say.
    fn inner(&mut self, frame: &mut Frame<'a>, id: ExprId, out: &mut Explanation) {
        let expr = frame.body.expr(id);
        match &expr.kind {
            ExprKind::Ask { question: Question::Access, args } => {
                if let [from, to] = args.as_slice() {
                    let (from, to) = (self.eval(frame, *from), self.eval(frame, *to));
                    for permission in self.permissions(&from, &to) {
                        out.notes.push(format!("{}: {}", permission.verb, permission.reason.text));
                    }
                    out.found.push(from);
                }
            }
            ExprKind::Ask { args, .. } | ExprKind::Builtin { args, .. } => {
                for arg in args {
                    self.inner(frame, *arg, out);
                }
            }
            ExprKind::Property { base, .. } | ExprKind::Field { base, .. } => self.inner(frame, *base, out),
            ExprKind::Local(_) => {
                let value = self.eval(frame, id);
                if subject(&value).is_some() {
                    out.found.push(value);
                }
            }
            _ => {}
        }
    }

    fn why_question(
        &mut self,
        frame: &mut Frame<'a>,
        question: &Question,
        args: &'a [ExprId],
        span: Span,
        out: &mut Explanation,
    ) {
        let values: Vec<Value> = args.iter().map(|a| self.eval(frame, *a)).collect();
        match (question, values.as_slice()) {
            (Question::Reachable, [from, to]) => {
                let (text, steps) = match self.way(from, to) {
                    Some(Way::Open(steps)) => ("there is a way", steps),
                    Some(Way::Closed | Way::NoNetwork(_)) | None => ("there is no way", Vec::new()),
                };
                out.operands.push((span, text.to_owned()));
                chain(&steps, out);
                out.found.extend([to.clone(), from.clone()]);
            }
            (Question::SurvivesZoneLoss, [of]) => {
                let loss = subject(of).and_then(|s: Subject| self.loss(s));
                match loss {
                    Some(loss) => {
                        let text = format!("it stops when {} is lost", loss.zone);
                        out.operands.push((span, text));
                        chain(&loss.chain, out);
                    }
                    None => out.operands.push((span, "it survives each".to_owned())),
                }
                out.found.push(of.clone());
            }
            _ => {
                out.operands.push((span, "this is not so".to_owned()));
                out.found.extend(values.into_iter().filter(|v| subject(v).is_some()));
            }
        }
    }

    /// The first round in which a quantified list holds `culprit`.
    fn why_quantified(
        &mut self,
        frame: &mut Frame<'a>,
        args: &'a [ExprId],
        culprit: bool,
        out: &mut Explanation,
    ) {
        let [list] = args else { return };
        let ExprKind::ListComprehension { value, clauses } = &frame.body.expr(*list).kind else {
            self.operand(frame, *list, out);
            return;
        };
        let mark = frame.locals.len();
        self.round(frame, *value, clauses, culprit, out);
        frame.locals.truncate(mark);
    }

    /// Finds the round, and explains it with its names bound; true where it was found.
    fn round(
        &mut self,
        frame: &mut Frame<'a>,
        value: ExprId,
        clauses: &'a [Clause],
        culprit: bool,
        out: &mut Explanation,
    ) -> bool {
        let Some((clause, rest)) = clauses.split_first() else {
            if self.eval(frame, value) != Value::Bool(culprit) {
                return false;
            }
            self.why(frame, value, !culprit, out);
            return true;
        };
        let mark = frame.locals.len();
        for element in self.elements(frame, clause).unwrap_or_default() {
            let bound = element.locals.last().map(|(_, v)| v.clone());
            let shown = element.locals.first().map(|(_, v)| v.clone()).unwrap_or(Value::None);
            frame.locals.extend(element.locals);
            if self.conditions(frame, clause) && self.round(frame, value, rest, culprit, out) {
                out.notes.push(format!("the first for which it is so: {}", self.shortened(&shown)));
                out.found.extend([shown].into_iter().chain(bound));
                return true;
            }
            frame.locals.truncate(mark);
        }
        false
    }

    fn shortened(&self, value: &Value) -> String {
        let text = if is_deferred(value) && matches!(value, Value::Deferred(_)) {
            "known only when deploying".to_owned()
        } else {
            self.show(value)
        };
        if text.chars().count() <= LONGEST {
            return text;
        }
        let cut: String = text.chars().take(LONGEST).collect();
        format!("{cut} …")
    }
}

fn chain(steps: &[Step], out: &mut Explanation) {
    out.notes.extend(steps.iter().map(|step| step.text.clone()));
}

/// Whether an expression reads as its value.
fn is_literal(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Missing
            | ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Quantity(_)
            | ExprKind::Cidr(..)
            | ExprKind::String(_)
            | ExprKind::EnumCase(..)
            | ExprKind::Block(_)
            | ExprKind::Team(_)
            | ExprKind::UnionCase { fields: None, .. }
            | ExprKind::List(_)
            | ExprKind::Ask { question: Question::Solution(_) | Question::Internet, .. }
    )
}
