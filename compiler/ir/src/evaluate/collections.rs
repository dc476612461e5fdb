//! Indexing and comprehensions.

use super::size::MAX_PARTS;
use super::value::{Map, Value};
use super::{Evaluation, Frame};
use crate::codes;
use solc_check::hir::{BlockKind, Clause, ExprId, ExprKind, LocalId, Ty};
use solc_source::{Diagnostic, Name, Span};
use std::sync::Arc;

/// The most elements that a range in a `for` may have.
const MAX_RANGE: i64 = 1_000_000;

impl<'a> Evaluation<'a> {
    pub(crate) fn index(&mut self, frame: &mut Frame<'a>, base: ExprId, index: ExprId, span: Span) -> Value {
        let (of, zones) = self.eval_zones(frame, base);
        let by = self.eval(frame, index);
        if zones.holds() {
            let key = self.key_of(&by);
            self.took(zones, key.as_ref());
        }
        self.note_fact(frame, base, &by, true);
        match (&of, &by) {
            (Value::Missing, _) | (_, Value::Missing) => Value::Missing,
            (Value::None, _) => Value::None,
            (Value::List(items), Value::Int(n)) => {
                let found = usize::try_from(*n).ok().and_then(|n| items.get(n)).cloned();
                found.unwrap_or_else(|| {
                    let count = items.len();
                    let help = match count {
                        0 => "the list is empty; check `.count` first, or use `.first`".to_owned(),
                        _ => format!("use a number from 0 to {}", count - 1),
                    };
                    self.report(
                        Diagnostic::error(
                            codes::INDEX_OUT_OF_RANGE,
                            span,
                            format!("the list has no element {n}"),
                        )
                        .label(format!("it has {count}, counted from 0"))
                        .help(help),
                    );
                    Value::Missing
                })
            }
            (Value::ZoneMap(map), _) => {
                let active = matches!(frame.body.ty(base), Ty::ZoneMap { active: true, .. });
                match self.key_of(&by).and_then(|k| map.get(&k).cloned()) {
                    Some(value) => value,
                    None if active => Value::None,
                    None => self.missing_key(frame, base, map, &by, span),
                }
            }
            (Value::Map(map), _) => match self.key_of(&by).and_then(|k| map.get(&k).cloned()) {
                Some(value) => value,
                None => self.missing_key(frame, base, map, &by, span),
            },
            _ => Value::Missing,
        }
    }

    /// Remembers that a fact was read, where the expression is `env.facts.NAME`.
    pub(super) fn note_fact(&mut self, frame: &Frame<'a>, base: ExprId, by: &Value, needed: bool) {
        if let (Some(fact), Value::Text(key)) = (fact_name(frame, base), by) {
            *self.read_facts.entry((fact, key.clone())).or_default() |= needed;
        }
    }

    fn missing_key(&mut self, frame: &Frame<'a>, base: ExprId, map: &Map, by: &Value, span: Span) -> Value {
        let key = self.show(by);
        let nearest = self
            .key_of(by)
            .and_then(|k| solc_source::suggest::nearest(&k, map.keys().map(Name::as_str)).map(str::to_owned));
        if let Some(fact) = fact_name(frame, base) {
            self.report(
                Diagnostic::error(
                    codes::MISSING_FACT,
                    span,
                    format!("`facts.json` says no `{fact}` for {key}"),
                )
                .label("this fact is needed here")
                .help(format!("add {key} to `{fact}` in `facts.json` beside `solc.toml`")),
            );
            return Value::Missing;
        }
        let known = map.keys().map(|k| format!("`{k}`")).collect::<Vec<_>>();
        let known =
            if known.is_empty() { "it is empty".to_owned() } else { format!("it has {}", known.join(", ")) };
        let mut diagnostic =
            Diagnostic::error(codes::MISSING_KEY, span, format!("the map has no key {key}")).label(known);
        diagnostic = match nearest {
            Some(name) => diagnostic.help(format!("write `{name}`")),
            None => diagnostic.help("use a key that is there, or `.get(key)` with `??`"),
        };
        self.report(diagnostic);
        Value::Missing
    }

    pub(crate) fn list_comprehension(
        &mut self,
        frame: &mut Frame<'a>,
        value: ExprId,
        clauses: &'a [Clause],
    ) -> Value {
        let mut items = Vec::new();
        let whole = self.comprehend(frame, clauses, &mut |this, frame| {
            let item = this.eval(frame, value);
            // One more than a value may hold is enough to see that there are too many.
            if items.len() <= MAX_PARTS {
                items.push(item);
            }
        });
        if whole { Value::List(items.into()) } else { Value::Missing }
    }

    pub(crate) fn map_comprehension(
        &mut self,
        frame: &mut Frame<'a>,
        key: ExprId,
        value: ExprId,
        clauses: &'a [Clause],
    ) -> Value {
        let mut map = Map::default();
        let whole = self.comprehend(frame, clauses, &mut |this, frame| {
            let at = this.eval(frame, key);
            let Some(name) = this.key_of(&at) else { return };
            let value = this.eval(frame, value);
            if map.contains_key(&name) {
                let span = frame.body.expr(key).span;
                this.report(
                    Diagnostic::error(codes::DUPLICATE_KEY, span, format!("the key `{name}` comes twice"))
                        .label("every key of a map is there once")
                        .help("make the keys differ, or filter with `if`"),
                );
                return;
            }
            map.insert(name, value);
        });
        if whole { Value::Map(Arc::new(map)) } else { Value::Missing }
    }

    /// Calls `each` for every binding of the clauses; false where what is iterated is missing.
    fn comprehend(
        &mut self,
        frame: &mut Frame<'a>,
        clauses: &'a [Clause],
        each: &mut dyn FnMut(&mut Self, &mut Frame<'a>),
    ) -> bool {
        let Some((clause, rest)) = clauses.split_first() else {
            each(self, frame);
            return true;
        };
        let Some(elements) = self.elements(frame, clause) else { return false };
        let mark = frame.locals.len();
        for binding in elements {
            frame.locals.extend(binding.locals);
            if self.conditions(frame, clause) && !self.comprehend(frame, rest, each) {
                return false;
            }
            frame.locals.truncate(mark);
        }
        true
    }

    /// Whether all filters of a clause hold.
    pub(crate) fn conditions(&mut self, frame: &mut Frame<'a>, clause: &'a Clause) -> bool {
        clause.conditions.iter().all(|c| self.eval(frame, *c) == Value::Bool(true))
    }

    /// What a clause iterates over, with what each round binds; filters are not applied.
    pub(crate) fn elements(&mut self, frame: &mut Frame<'a>, clause: &'a Clause) -> Option<Vec<Binding>> {
        let over = self.eval(frame, clause.over);
        let bind = |first: Value, second: Value| -> Vec<(LocalId, Value)> {
            clause.binders.iter().copied().zip([first, second]).collect()
        };
        match over {
            Value::List(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
                        let locals = match clause.binders.as_slice() {
                            [_, _, ..] => bind(index, item.clone()),
                            _ => bind(item.clone(), Value::None),
                        };
                        Binding { key: item.clone(), locals }
                    })
                    .collect(),
            ),
            Value::Map(map) | Value::ZoneMap(map) => Some(
                map.iter()
                    .map(|(k, v)| {
                        let key = Value::Text(k.clone());
                        Binding { key: key.clone(), locals: bind(key, v.clone()) }
                    })
                    .collect(),
            ),
            Value::Range(lo, hi) if hi.checked_sub(lo).is_some_and(|n| n < MAX_RANGE) => Some(
                (lo..=hi)
                    .map(|n| Binding { key: Value::Int(n), locals: bind(Value::Int(n), Value::None) })
                    .collect(),
            ),
            Value::Range(lo, hi) => {
                let span = frame.body.expr(clause.over).span;
                self.report(
                    Diagnostic::error(codes::STEP_BUDGET, span, "this range is too long to iterate over")
                        .label(format!("from {lo} to {hi}"))
                        .help(format!("iterate over at most {MAX_RANGE} numbers")),
                );
                None
            }
            _ => None,
        }
    }
}

/// One round of a clause.
pub(crate) struct Binding {
    /// What makes the round's key.
    pub(crate) key: Value,
    /// What it binds.
    pub(crate) locals: Vec<(LocalId, Value)>,
}

/// The name of the fact, where the expression reads `env.facts.NAME`.
fn fact_name(frame: &Frame<'_>, base: ExprId) -> Option<Name> {
    let ExprKind::Field { base: facts, name: fact, .. } = &frame.body.expr(base).kind else { return None };
    let ExprKind::Field { base: of, name, .. } = &frame.body.expr(*facts).kind else { return None };
    (name == "facts" && matches!(frame.body.ty(*of), Ty::Block(BlockKind::Environment))).then(|| fact.clone())
}
