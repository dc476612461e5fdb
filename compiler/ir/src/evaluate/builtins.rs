//! Functions of the language.

use super::value::{Map, Value};
use super::{Evaluation, Frame, cidr, ops, size};
use crate::codes;
use crate::model;
use solc_check::hir::{BinaryOp, Builtin, ExprId, Quantity, Ty};
use solc_source::{Diagnostic, Name, Span};

impl<'a> Evaluation<'a> {
    pub(crate) fn builtin(
        &mut self,
        frame: &mut Frame<'a>,
        builtin: Builtin,
        args: &'a [ExprId],
        span: Span,
    ) -> Value {
        let values: Vec<Value> = args.iter().map(|a| self.eval(frame, *a)).collect();
        if let (Builtin::Get, [of, _], [_, key]) = (builtin, args, values.as_slice()) {
            self.note_fact(frame, *of, key, false);
        }
        if values.contains(&Value::Missing) {
            return Value::Missing;
        }
        match (builtin, values.as_slice()) {
            (Builtin::Image, [Value::Text(unit)]) => self.image(unit, None, span),
            (Builtin::Image, [Value::Text(unit), format]) => {
                let format = self.key_of(format);
                self.image(unit, format, span)
            }
            (Builtin::Count, [value]) => self.property(value, solc_check::hir::Property::Count, span),
            (Builtin::Join, [Value::List(items)]) => self.join(items, "", span),
            (Builtin::Join, [Value::List(items), Value::Text(separator)]) => {
                self.join(items, separator, span)
            }
            (Builtin::Flatten, [Value::List(lists)]) => {
                let mut all = Vec::new();
                for list in lists.iter() {
                    if all.len() > size::MAX_PARTS {
                        return self.too_large(size::TooLarge::Parts, span);
                    }
                    match list {
                        Value::List(items) => all.extend(items.iter().cloned()),
                        Value::None => {}
                        _ => return Value::Missing,
                    }
                }
                Value::List(all.into())
            }
            (Builtin::Merge, [Value::Map(a), Value::Map(b)]) => ops::merge(a, b),
            (Builtin::Json, [value]) => self.json(value),
            (Builtin::Min, [a, b]) => pick(a, b, true),
            (Builtin::Max, [a, b]) => pick(a, b, false),
            (Builtin::Sort, [Value::List(items)]) => sort(items),
            (Builtin::Sum, [Value::List(items)]) => {
                let ty = args.first().map(|list| frame.body.ty(*list));
                let zero = ty.map_or(Value::Missing, |ty| self.zero_of(ty));
                self.sum(zero, items, span)
            }
            (Builtin::Take, [Value::List(items), Value::Int(n)]) => {
                Value::list(items.iter().take(usize::try_from((*n).max(0)).unwrap_or(usize::MAX)).cloned())
            }
            (Builtin::Skip, [Value::List(items), Value::Int(n)]) => {
                Value::list(items.iter().skip(usize::try_from((*n).max(0)).unwrap_or(usize::MAX)).cloned())
            }
            (Builtin::IndexOf, [Value::List(items), what]) => {
                place(items.iter().position(|item| ops::equal(item, what)))
            }
            (Builtin::IndexOf, [Value::Text(text), Value::Text(part)]) => {
                let before = text.find(part.as_str()).and_then(|at| text.get(..at));
                place(before.map(|before| before.chars().count()))
            }
            (Builtin::PadLeft, [Value::Text(text), Value::Int(length), Value::Text(fill)]) => {
                self.pad_left(text, *length, fill, span)
            }
            (Builtin::Host, [Value::Cidr(address, prefix), Value::Int(index)]) => {
                self.host((*address, *prefix), *index, span)
            }
            (Builtin::Unique, [Value::List(items)]) => {
                let mut seen: Vec<Value> = Vec::new();
                for item in items.iter() {
                    if !seen.iter().any(|s| ops::equal(s, item)) {
                        seen.push(item.clone());
                    }
                }
                Value::List(seen.into())
            }
            (Builtin::All, [Value::List(items)]) => every(items, true),
            (Builtin::Any, [Value::List(items)]) => every(items, false),
            (Builtin::Aws, [service]) => self.key_of(service).map_or(Value::Missing, Value::Service),
            (Builtin::CidrSubnet, [Value::Cidr(address, prefix), Value::Int(bits), Value::Int(index)]) => {
                self.subnet((*address, *prefix), *bits, *index, span)
            }
            (Builtin::Replace, [Value::Text(text), Value::Text(from), Value::Text(to)])
                if !from.is_empty() =>
            {
                let grows = text.matches(from.as_str()).count().saturating_mul(to.len());
                if grows > size::MAX_TEXT {
                    return self.too_large(size::TooLarge::Text, span);
                }
                Value::text(text.replace(from.as_str(), to))
            }
            (Builtin::Replace, [text @ Value::Text(_), ..]) => text.clone(),
            (Builtin::StartsWith, [Value::Text(text), Value::Text(prefix)]) => {
                Value::Bool(text.starts_with(prefix.as_str()))
            }
            (Builtin::EndsWith, [Value::Text(text), Value::Text(suffix)]) => {
                Value::Bool(text.ends_with(suffix.as_str()))
            }
            (Builtin::Split, [Value::Text(text), Value::Text(separator)]) => {
                if separator.is_empty() {
                    Value::list(text.chars().map(|c| Value::text(c.to_string())))
                } else {
                    Value::list(text.split(separator.as_str()).map(Value::text))
                }
            }
            (Builtin::Get, [Value::Map(map) | Value::ZoneMap(map), key]) => {
                self.key_of(key).and_then(|k| map.get(&k).cloned()).unwrap_or(Value::None)
            }
            (Builtin::Contains, [of, what]) => ops::contains(of, what),
            (Builtin::Slice, [Value::Text(text), Value::Int(from), Value::Int(to)]) => {
                let at = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX);
                let (from, to) = (at(*from), at(*to));
                Value::text(text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>())
            }
            (
                Builtin::Image
                | Builtin::Count
                | Builtin::Join
                | Builtin::Flatten
                | Builtin::Merge
                | Builtin::Json
                | Builtin::Min
                | Builtin::Max
                | Builtin::Sort
                | Builtin::Unique
                | Builtin::All
                | Builtin::Any
                | Builtin::Aws
                | Builtin::CidrSubnet
                | Builtin::Replace
                | Builtin::StartsWith
                | Builtin::EndsWith
                | Builtin::Split
                | Builtin::Get
                | Builtin::Contains
                | Builtin::Slice
                | Builtin::Sum
                | Builtin::Take
                | Builtin::Skip
                | Builtin::IndexOf
                | Builtin::PadLeft
                | Builtin::Host,
                _,
            ) => Value::Missing,
        }
    }

    /// What an empty list of the type adds up to.
    fn zero_of(&self, list: &Ty) -> Value {
        let Ty::List(element) = list else { return Value::Missing };
        let mut element = element.as_ref();
        while let Ty::Alias(id) = element {
            let Some(alias) = self.project.aliases.get(id.index()) else { return Value::Missing };
            element = &alias.base;
        }
        match element {
            Ty::Int => Value::Int(0),
            Ty::Number => Value::Number(0.0),
            Ty::Duration => Value::Quantity(Quantity::Duration(0)),
            Ty::Size => Value::Quantity(Quantity::Size(0)),
            Ty::Vcpu => Value::Quantity(Quantity::Vcpu(0)),
            Ty::Percent => Value::Quantity(Quantity::Percent(0)),
            _ => Value::Missing,
        }
    }

    fn sum(&mut self, zero: Value, items: &[Value], span: Span) -> Value {
        let mut sum = zero;
        for item in items {
            match ops::binary(BinaryOp::Add, &sum, item) {
                Ok(next) => sum = next,
                Err((code, _)) => {
                    self.report(
                        Diagnostic::error(code, span, "this sum cannot be worked out")
                            .label("it does not fit into 64 bits")
                            .help("add smaller numbers, or use a larger unit"),
                    );
                    return Value::Missing;
                }
            }
        }
        sum
    }

    /// Fills up from the left; what is long enough stays.
    fn pad_left(&mut self, text: &Name, length: i64, fill: &Name, span: Span) -> Value {
        let missing = usize::try_from(length).unwrap_or(0).saturating_sub(text.chars().count());
        if missing == 0 || fill.is_empty() {
            return Value::Text(text.clone());
        }
        if missing > LONGEST_FILL {
            self.report(
                Diagnostic::error(codes::STEP_BUDGET, span, "this text is too long to be filled up")
                    .label(format!("up to {length} characters"))
                    .help(format!("fill up to at most {LONGEST_FILL} characters")),
            );
            return Value::Missing;
        }
        let filled: String = fill.chars().cycle().take(missing).chain(text.chars()).collect();
        Value::text(filled)
    }

    fn host(&mut self, range: (u32, u8), index: i64, span: Span) -> Value {
        if let Some(address) = cidr::host(range, index) {
            return Value::text(cidr::address(address));
        }
        let size = 1_u64 << (32 - u32::from(range.1.min(32)));
        self.report(
            Diagnostic::error(codes::CIDR_DOES_NOT_FIT, span, "the network range has no such address")
                .label(format!(
                    "a `/{}` has {size} addresses, counted from 0, and this asks for number {index}",
                    range.1
                ))
                .help("use a larger range, or a smaller number"),
        );
        Value::Missing
    }

    fn join(&mut self, items: &[Value], separator: &str, span: Span) -> Value {
        let mut bytes = 0;
        let mut parts: Vec<model::Value> = Vec::with_capacity(items.len() * 2);
        for item in items {
            if !parts.is_empty() && !separator.is_empty() {
                parts.push(model::Value::string(separator));
            }
            match self.text_of(item) {
                Some(text) => {
                    bytes += size::bytes(&text) + separator.len();
                    parts.push(text);
                }
                None => return Value::Missing,
            }
            if bytes > size::MAX_TEXT + separator.len() {
                return self.too_large(size::TooLarge::Text, span);
            }
        }
        Value::from_parts(parts)
    }

    fn subnet(&mut self, range: (u32, u8), bits: i64, index: i64, span: Span) -> Value {
        if let Some((address, prefix)) = cidr::subnet(range, bits, index) {
            return Value::Cidr(address, prefix);
        }
        // Networks differ between environments, and mistakes should not: only the length is said.
        let (prefix, room) = (range.1, 32 - i64::from(range.1));
        let label = if (0..=room).contains(&bits) {
            format!(
                "{bits} bits make {} ranges, counted from 0, and this asks for number {index}",
                1_u64 << bits
            )
        } else {
            format!("a `/{prefix}` has {room} bits to give, and this asks for {bits}")
        };
        self.report(
            Diagnostic::error(codes::CIDR_DOES_NOT_FIT, span, "the network range has no such part")
                .label(label)
                .help("use a larger range, or ask for fewer or smaller parts"),
        );
        Value::Missing
    }
}

/// Whether all are true (`all`), or not all are false (`any`); what is missing decides nothing.
fn every(items: &[Value], all: bool) -> Value {
    if items.contains(&Value::Bool(!all)) {
        Value::Bool(!all)
    } else if items.iter().all(|i| *i == Value::Bool(all)) {
        Value::Bool(all)
    } else {
        Value::Missing
    }
}

fn pick(a: &Value, b: &Value, least: bool) -> Value {
    match ops::binary(BinaryOp::LessEqual, a, b) {
        Ok(Value::Bool(a_first)) if a_first == least => a.clone(),
        Ok(Value::Bool(_)) => b.clone(),
        Ok(_) | Err(_) => Value::Missing,
    }
}

/// The most characters that a text is filled up with.
const LONGEST_FILL: usize = 10_000;

fn place(found: Option<usize>) -> Value {
    found.map_or(Value::None, |at| Value::Int(i64::try_from(at).unwrap_or(i64::MAX)))
}

/// Texts by their characters, numbers by size, cases by their order; equal ones keep theirs.
fn sort(items: &[Value]) -> Value {
    let mut sorted = items.to_vec();
    sorted.sort_by(|a, b| ops::order(a, b).unwrap_or(std::cmp::Ordering::Equal));
    Value::List(sorted.into())
}

/// An entry of a map as text, for records that the language itself makes.
pub(crate) fn record(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Map {
    entries.into_iter().map(|(k, v)| (Name::new_static(k), v)).collect()
}
