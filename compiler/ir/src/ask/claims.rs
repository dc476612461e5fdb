//! The statements of a claim, one after the other.
//!
//! Invariant: what does not hold ends its round of a loop, because what follows may rest on it; the next round goes on.
//! All rounds that break one statement are one diagnostic.

use super::explain::{Explanation, explain};
use super::questions::subject;
use crate::codes;
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluation, Frame};
use crate::facts::Subject;
use crate::model::InstanceId;
use indexmap::IndexMap;
use solc_check::hir::{Claim, ClaimKind, ClaimStatement, ExprId};
use solc_source::{Diagnostic, Name, Span};

/// How many rounds that break a statement are shown.
const SHOWN: usize = 5;

/// A round that breaks a statement.
struct Broken {
    /// Loop names and what they stood for, outermost first.
    bound: Vec<(Name, Value)>,
    explanation: Explanation,
    message: Option<String>,
}

struct Run<'e, 'a> {
    evaluation: &'e mut Evaluation<'a>,
    frame: Frame<'a>,
    bound: Vec<(Name, Value)>,
    asked: usize,
    broken: IndexMap<Span, Vec<Broken>>,
    undecided: IndexMap<Span, String>,
}

/// Asks a claim; gives how often something had to hold, and what is wrong.
pub(super) fn run<'a>(evaluation: &mut Evaluation<'a>, claim: &'a Claim) -> (usize, Vec<Diagnostic>) {
    let frame = Frame::new(evaluation.body(claim.body), None);
    let mut run = Run {
        evaluation,
        frame,
        bound: Vec::new(),
        asked: 0,
        broken: IndexMap::new(),
        undecided: IndexMap::new(),
    };
    run.statements(&claim.statements);
    let Run { evaluation, asked, broken, undecided, .. } = run;
    let mut diagnostics = std::mem::take(&mut evaluation.diagnostics);
    diagnostics.extend(broken.into_iter().map(|(span, rounds)| diagnostic(evaluation, claim, span, &rounds)));
    diagnostics.extend(undecided.into_iter().map(|(span, why)| {
        Diagnostic::error(
            codes::UNDECIDABLE_CLAIM,
            span,
            format!("nobody can say yet whether `{}` holds", claim.name),
        )
        .label(why)
        .help("ask for what the source decides: whether it is `none`, a count, or another property")
    }));
    (asked, diagnostics)
}

impl<'a> Run<'_, 'a> {
    /// False where a statement did not hold, so that nothing after it is asked.
    fn statements(&mut self, statements: &'a [ClaimStatement]) -> bool {
        let mark = self.frame.locals.len();
        let held = statements.iter().all(|s| self.statement(s));
        self.frame.locals.truncate(mark);
        held
    }

    fn statement(&mut self, statement: &'a ClaimStatement) -> bool {
        match statement {
            ClaimStatement::Let { local, value } => {
                let (evaluated, sound) = self.eval(*value);
                self.frame.locals.push((*local, evaluated));
                sound
            }
            ClaimStatement::For { clause, names, body } => {
                let before = self.mistakes();
                let elements = self.evaluation.elements(&mut self.frame, clause);
                if !self.is_sound(before) {
                    return false;
                }
                for element in elements.unwrap_or_default() {
                    let (mark, depth) = (self.frame.locals.len(), self.bound.len());
                    self.bound.extend(
                        names.iter().cloned().zip(element.locals.iter().map(|(_, value)| value.clone())),
                    );
                    self.frame.locals.extend(element.locals);
                    let before = self.mistakes();
                    let wanted = self.evaluation.conditions(&mut self.frame, clause);
                    if self.is_sound(before) && wanted {
                        self.statements(body);
                    }
                    self.frame.locals.truncate(mark);
                    self.bound.truncate(depth);
                }
                true
            }
            ClaimStatement::Hold { condition, message, span } => self.hold(*condition, *message, *span),
        }
    }

    fn hold(&mut self, condition: ExprId, message: Option<ExprId>, span: Span) -> bool {
        self.asked += 1;
        let (value, sound) = self.eval(condition);
        if !sound {
            return false;
        }
        if value == Value::Bool(true) {
            return true;
        }
        let known = self.broken.get(&span).map_or(0, Vec::len);
        // Only the first round is explained; of the others the place is enough.
        let explanation = if known == 0 {
            explain(self.evaluation, &mut self.frame, condition)
        } else {
            Explanation::default()
        };
        let message = message.filter(|_| known == 0).and_then(|m| match self.eval(m) {
            (Value::Text(text), true) => Some(text.to_string()),
            _ => None,
        });
        let broken = Broken { bound: self.bound.clone(), explanation, message };
        self.broken.entry(span).or_default().push(broken);
        false
    }

    fn eval(&mut self, id: ExprId) -> (Value, bool) {
        let before = self.mistakes();
        let value = self.evaluation.eval(&mut self.frame, id);
        let sound = self.is_sound(before);
        (value, sound)
    }

    fn mistakes(&self) -> usize {
        self.evaluation.diagnostics.len()
    }

    /// Whether nothing went wrong since there were `before` mistakes; what could not be decided is kept.
    fn is_sound(&mut self, before: usize) -> bool {
        let undecided = self.evaluation.asking.as_mut().and_then(|a| a.undecided.take());
        let reported = self.mistakes() > before || self.evaluation.is_exhausted();
        if let Some((span, why)) = undecided
            && !reported
        {
            self.undecided.entry(span).or_insert(why);
            return false;
        }
        !reported
    }
}

/// One diagnostic for all rounds that break a statement.
fn diagnostic(evaluation: &Evaluation<'_>, claim: &Claim, span: Span, rounds: &[Broken]) -> Diagnostic {
    let first = rounds.first();
    let message = first.and_then(|b| b.message.clone());
    let (code, headline) = match claim.kind {
        ClaimKind::Policy => (codes::BROKEN_POLICY, format!("the policy `{}` is broken", claim.name)),
        ClaimKind::Test | ClaimKind::TestFor(_) => {
            (codes::FAILED_ASSERTION, format!("the test `{}` fails", claim.name))
        }
    };
    let headline = match message {
        Some(message) => format!("{headline}: {message}"),
        None => headline,
    };
    let mut diagnostic = Diagnostic::error(code, span, headline).label("does not hold");
    if let Some(broken) = first {
        for (at, text) in &broken.explanation.operands {
            if *at == span {
                diagnostic = diagnostic.label(text.clone());
            } else {
                diagnostic = diagnostic.because(*at, text.clone());
            }
        }
        for (name, value) in &broken.bound {
            diagnostic = diagnostic.note(format!("`{name}` is {}", evaluation.show(value)));
        }
        for note in &broken.explanation.notes {
            diagnostic = diagnostic.note(note.clone());
        }
    }
    let mut places: Vec<Span> = Vec::new();
    for broken in rounds.iter().take(SHOWN) {
        let found = broken.explanation.found.iter().chain(broken.bound.iter().map(|(_, v)| v).rev());
        let Some((value, at)) = found.filter_map(|v| Some((v, place(evaluation, subject(v)?)?))).next()
        else {
            continue;
        };
        if !places.contains(&at) {
            places.push(at);
            diagnostic = diagnostic.because(at, format!("`{}`", evaluation.show(value)));
        }
    }
    if rounds.len() > 1 {
        let others = rounds.len() - 1;
        let noun = if others == 1 { "round" } else { "rounds" };
        diagnostic = diagnostic.note(format!("{others} more {noun} of the loop do not hold either"));
    }
    match claim.kind {
        ClaimKind::Policy => diagnostic.help("change what the policy speaks of, or the policy itself"),
        ClaimKind::Test | ClaimKind::TestFor(_) => diagnostic,
    }
}

/// Where the project declares something; of the library's parts, the instance that brings them.
pub(super) fn place(evaluation: &Evaluation<'_>, subject: Subject) -> Option<Span> {
    let index = &evaluation.asking.as_ref()?.index;
    let mut at = match subject {
        Subject::Internet => return None,
        Subject::Instance(id) => Some(id),
        Subject::Resource(id) => {
            let resource = index.resource(id)?;
            if evaluation.is_ours(resource.span.file) {
                return Some(resource.span);
            }
            Some(resource.instance)
        }
    };
    while let Some(instance) = at.and_then(|i: InstanceId| index.deployment.instances.get(i.index())) {
        if evaluation.is_ours(instance.span.file) {
            return Some(instance.span);
        }
        at = instance.parent;
    }
    None
}
