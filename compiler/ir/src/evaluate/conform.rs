//! Values at declared boundaries against the refinements of their types.
//!
//! ```sol
//! type Port = Int where 1..65535
//! component Service { param port: Port }
//! ```
//! Shapes are the checker's; only what depends on the value is found here, at the value, with the type's
//! declaration as the second place. Records were checked where they were written.

use super::value::Value;
use super::{Evaluation, ops};
use crate::codes;
use solc_check::hir::{AliasId, Quantity, Refinement, Ty};
use solc_source::{Code, Diagnostic, Name, Span};

/// How many texts that matched are kept.
const MATCHED: usize = 1_024;

impl Evaluation<'_> {
    /// The value, or `Missing` where it breaks a refinement, which is then reported, or is of another type, which
    /// the checker has reported.
    pub(crate) fn conform(&mut self, ty: &Ty, value: Value, span: Span) -> Value {
        if misfits(ty, &value) {
            return Value::Missing;
        }
        if !refined(ty) {
            return value;
        }
        match (ty, &value) {
            (_, Value::Missing | Value::None) => value,
            (Ty::Optional(inner) | Ty::Deferred(inner) | Ty::Secret(inner), _) => {
                self.conform(inner, value, span)
            }
            (Ty::Alias(id), _) => self.conform_alias(*id, value, span),
            (Ty::List(inner), Value::List(items)) => {
                for item in items.iter() {
                    if self.conform(inner, item.clone(), span) != *item {
                        return Value::Missing;
                    }
                }
                value
            }
            (Ty::Map(inner) | Ty::ZoneMap { element: inner, .. }, Value::Map(map) | Value::ZoneMap(map)) => {
                for item in map.values() {
                    if self.conform(inner, item.clone(), span) != *item {
                        return Value::Missing;
                    }
                }
                value
            }
            _ => value,
        }
    }

    fn conform_alias(&mut self, id: AliasId, value: Value, span: Span) -> Value {
        let Some(alias) = self.project.aliases.get(id.index()) else { return value };
        let value = self.conform(&alias.base, value, span);
        if value == Value::Missing {
            return value;
        }
        let Some((code, rule)) = self.violation(id, &alias.refinement, &value) else { return value };
        let shown = self.show(&value);
        let message = format!("`{shown}` is not a `{}`", alias.name);
        let mut diagnostic = Diagnostic::error(code, span, message).label(rule.clone());
        if alias.span != span {
            diagnostic = diagnostic.because(alias.span, format!("`{}` is declared here", alias.name));
        }
        self.report(diagnostic.help(format!("give a value that is {}", rule.trim_start_matches("must be "))));
        Value::Missing
    }

    fn matches(&mut self, id: AliasId, pattern: &str, text: &Name) -> bool {
        let known = (id, text.clone());
        if self.matched.contains(&known) {
            return true;
        }
        let regex = self.regexes.entry(id).or_insert_with(|| regex_lite::Regex::new(pattern).ok());
        let fits = regex.as_ref().is_none_or(|r| r.is_match(text));
        // What is said once only would pile up.
        if fits && self.matched.len() < MATCHED {
            self.matched.insert(known);
        }
        fits
    }

    fn violation(&mut self, id: AliasId, refinement: &Refinement, value: &Value) -> Option<(Code, String)> {
        match (refinement, value) {
            (Refinement::Int(lo, hi), Value::Int(n)) => (!(lo..=hi).contains(&n))
                .then(|| (codes::VALUE_OUT_OF_RANGE, format!("must be from {lo} to {hi}"))),
            (Refinement::Int(lo, hi), Value::Range(a, b)) => (a < lo || b > hi)
                .then(|| (codes::VALUE_OUT_OF_RANGE, format!("must be within {lo} to {hi}"))),
            (Refinement::Number(lo, hi), Value::Int(_) | Value::Number(_)) => {
                let n = match value {
                    Value::Int(n) => *n as f64,
                    Value::Number(n) => *n,
                    _ => return None,
                };
                (!(*lo..=*hi).contains(&n)).then(|| {
                    let (lo, hi) = (super::text::number(*lo), super::text::number(*hi));
                    (codes::VALUE_OUT_OF_RANGE, format!("must be from {lo} to {hi}"))
                })
            }
            (Refinement::Quantity(lo, hi), Value::Quantity(q)) => (!(*lo..=*hi).contains(&ops::amount(*q)))
                .then(|| {
                    let bound = |n: i64| ops::with_amount(*q, n).to_string();
                    (codes::VALUE_OUT_OF_RANGE, format!("must be from {} to {}", bound(*lo), bound(*hi)))
                }),
            (Refinement::Regex(pattern), Value::Text(text)) => {
                let fits = self.matches(id, pattern, text);
                (!fits).then(|| (codes::PATTERN_MISMATCH, format!("must be a text that matches /{pattern}/")))
            }
            // Text that is only partly known cannot be matched before deploying.
            (
                Refinement::Nothing
                | Refinement::Int(..)
                | Refinement::Number(..)
                | Refinement::Quantity(..)
                | Refinement::Regex(_),
                _,
            ) => None,
        }
    }
}

/// Whether a value is certainly of another type.
fn misfits(ty: &Ty, value: &Value) -> bool {
    match (ty, value) {
        (_, Value::Missing | Value::None | Value::Deferred(_)) => false,
        (Ty::Optional(inner) | Ty::Deferred(inner) | Ty::Secret(inner), _) => misfits(inner, value),
        (Ty::Duration, _) => !matches!(value, Value::Quantity(Quantity::Duration(_))),
        (Ty::Size, _) => !matches!(value, Value::Quantity(Quantity::Size(_))),
        (Ty::Percent, _) => !matches!(value, Value::Quantity(Quantity::Percent(_))),
        (Ty::Vcpu, _) => !matches!(value, Value::Quantity(Quantity::Vcpu(_))),
        (Ty::Bool, _) => !matches!(value, Value::Bool(_)),
        (Ty::Int, _) => !matches!(value, Value::Int(_)),
        (Ty::Number, _) => !matches!(value, Value::Int(_) | Value::Number(_)),
        (Ty::String, _) => !matches!(value, Value::Text(_)),
        (Ty::Cidr, _) => !matches!(value, Value::Cidr(..)),
        (Ty::Range, _) => !matches!(value, Value::Range(..)),
        (Ty::Literals(names), Value::Text(text)) => !names.contains(text),
        (Ty::Enum(id), Value::Enum(other, _)) => id != other,
        (Ty::Union(id), Value::Union(other, ..)) => id != other,
        (Ty::List(_), _) => !matches!(value, Value::List(_)),
        _ => false,
    }
}

/// Whether values of the type can break a refinement that was not checked where they were made.
fn refined(ty: &Ty) -> bool {
    match ty {
        Ty::Alias(_) => true,
        Ty::Optional(inner) | Ty::Deferred(inner) | Ty::Secret(inner) | Ty::List(inner) | Ty::Map(inner) => {
            refined(inner)
        }
        Ty::ZoneMap { element, .. } => refined(element),
        Ty::Error
        | Ty::None
        | Ty::Bool
        | Ty::Int
        | Ty::Number
        | Ty::String
        | Ty::Duration
        | Ty::Size
        | Ty::Percent
        | Ty::Cidr
        | Ty::Vcpu
        | Ty::Range
        | Ty::Json
        | Ty::Peer
        | Ty::Literals(_)
        | Ty::Enum(_)
        | Ty::Union(_)
        | Ty::Record(_)
        | Ty::Anonymous(_)
        | Ty::Component(_)
        | Ty::Interface(_)
        | Ty::Resource(_)
        | Ty::Node(..)
        | Ty::Grant { .. }
        | Ty::Block(_)
        | Ty::View(_) => false,
    }
}
