//! Operators: checked arithmetic, comparison, membership.
//!
//! Invariant: an operation that has no result says why; it never wraps and never panics.

use super::value::{Map, Value, join};
use crate::codes;
use crate::model;
use solc_check::hir::{BinaryOp, Quantity};
use solc_source::Code;
use std::cmp::Ordering;

/// Why an operation has no result: code, and what the label says.
pub(crate) type Failure = (Code, String);

/// `Ok(Value::Missing)` where an operand is missing, or where only a mistake of the checker could bring us.
pub(crate) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Failure> {
    if matches!(left, Value::Missing) || matches!(right, Value::Missing) {
        return Ok(Value::Missing);
    }
    match op {
        BinaryOp::Equal => Ok(Value::Bool(equal(left, right))),
        BinaryOp::NotEqual => Ok(Value::Bool(!equal(left, right))),
        BinaryOp::Less => Ok(ordered(left, right, Ordering::is_lt)),
        BinaryOp::LessEqual => Ok(ordered(left, right, Ordering::is_le)),
        BinaryOp::Greater => Ok(ordered(left, right, Ordering::is_gt)),
        BinaryOp::GreaterEqual => Ok(ordered(left, right, Ordering::is_ge)),
        BinaryOp::In => Ok(contains(right, left)),
        BinaryOp::Add => add(left, right),
        BinaryOp::Subtract => arithmetic(left, right, "-", i64::checked_sub, |a, b| a - b),
        BinaryOp::Multiply => multiply(left, right),
        BinaryOp::Divide => divide(left, right),
        // Evaluated lazily by the caller.
        BinaryOp::Coalesce | BinaryOp::Or | BinaryOp::And => Ok(Value::Missing),
    }
}

/// Whether what an operator gives does not depend on the parts of its operands that are known only when deploying.
pub(crate) fn is_settled(op: BinaryOp, left: &Value, right: &Value) -> bool {
    match op {
        // The same reference is the same value, and what is there is not `none`.
        BinaryOp::Equal | BinaryOp::NotEqual => {
            left == right || matches!(left, Value::None) || matches!(right, Value::None)
        }
        BinaryOp::In => contains(right, left) == Value::Bool(true),
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => false,
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Coalesce
        | BinaryOp::Or
        | BinaryOp::And => true,
    }
}

/// Equality; a whole number equals the number of the same size.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(a), Value::Number(b)) | (Value::Number(b), Value::Int(a)) => *a as f64 == *b,
        _ => left == right,
    }
}

fn ordered(left: &Value, right: &Value, holds: fn(Ordering) -> bool) -> Value {
    order(left, right).map_or(Value::Missing, |o| Value::Bool(holds(o)))
}

/// Which of two comes first; `None` where they do not compare.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Number(b)) => (*a as f64).partial_cmp(b),
        (Value::Number(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Enum(a, x), Value::Enum(b, y)) if a == b => Some(x.cmp(y)),
        (Value::Quantity(a), Value::Quantity(b)) => same_unit(*a, *b).map(|(a, b)| a.cmp(&b)),
        _ => None,
    }
}

/// Whether a list, map, range or text holds something.
pub(crate) fn contains(of: &Value, what: &Value) -> Value {
    match (of, what) {
        (Value::Missing, _) | (_, Value::Missing) => Value::Missing,
        (Value::List(items), _) => {
            let found = items.iter().any(|i| equal(i, what));
            if !found && items.iter().any(|i| matches!(i, Value::Missing)) {
                Value::Missing
            } else {
                Value::Bool(found)
            }
        }
        (Value::Map(map) | Value::ZoneMap(map), _) => {
            key(what).map_or(Value::Missing, |k| Value::Bool(map.contains_key(k.as_str())))
        }
        (Value::Range(lo, hi), Value::Int(n)) => Value::Bool((lo..=hi).contains(&n)),
        (Value::Text(text), Value::Text(part)) => Value::Bool(text.contains(part.as_str())),
        (Value::Cidr(address, prefix), Value::Cidr(other, longer)) => Value::Bool(
            longer >= prefix && other & super::cidr::mask(*prefix) == address & super::cidr::mask(*prefix),
        ),
        _ => Value::Missing,
    }
}

/// What a value is as a key of a map: text, or the letter of a zone. Enum cases need their names from the project.
pub(crate) fn key(value: &Value) -> Option<solc_source::Name> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Map(record) => match record.get("letter") {
            Some(Value::Text(letter)) => Some(letter.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The amount in the smallest unit.
pub(crate) fn amount(quantity: Quantity) -> i64 {
    match quantity {
        Quantity::Duration(n) | Quantity::Size(n) | Quantity::Vcpu(n) | Quantity::Percent(n) => n,
    }
}

/// The same unit with another amount.
pub(crate) fn with_amount(quantity: Quantity, n: i64) -> Quantity {
    match quantity {
        Quantity::Duration(_) => Quantity::Duration(n),
        Quantity::Size(_) => Quantity::Size(n),
        Quantity::Vcpu(_) => Quantity::Vcpu(n),
        Quantity::Percent(_) => Quantity::Percent(n),
    }
}

fn same_unit(a: Quantity, b: Quantity) -> Option<(i64, i64)> {
    (std::mem::discriminant(&a) == std::mem::discriminant(&b)).then(|| (amount(a), amount(b)))
}

fn overflow(op: &str) -> Failure {
    (codes::ARITHMETIC_OVERFLOW, format!("the result of this `{op}` does not fit into 64 bits"))
}

fn finite(n: f64, op: &str) -> Result<Value, Failure> {
    if n.is_finite() { Ok(Value::Number(n)) } else { Err(overflow(op)) }
}

fn arithmetic(
    left: &Value,
    right: &Value,
    op: &str,
    int: fn(i64, i64) -> Option<i64>,
    number: fn(f64, f64) -> f64,
) -> Result<Value, Failure> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => int(*a, *b).map(Value::Int).ok_or_else(|| overflow(op)),
        (Value::Number(a), Value::Number(b)) => finite(number(*a, *b), op),
        (Value::Int(a), Value::Number(b)) => finite(number(*a as f64, *b), op),
        (Value::Number(a), Value::Int(b)) => finite(number(*a, *b as f64), op),
        (Value::Quantity(a), Value::Quantity(b)) => match same_unit(*a, *b) {
            Some((x, y)) => {
                int(x, y).map(|n| Value::Quantity(with_amount(*a, n))).ok_or_else(|| overflow(op))
            }
            None => Ok(Value::Missing),
        },
        _ => Ok(Value::Missing),
    }
}

fn add(left: &Value, right: &Value) -> Result<Value, Failure> {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Ok(Value::text(format!("{a}{b}"))),
        (Value::Text(_) | Value::Deferred(_), Value::Text(_) | Value::Deferred(_)) => {
            let part = |v: &Value| match v {
                Value::Deferred(d) => d.clone(),
                Value::Text(t) => model::Value::String(t.clone()),
                _ => model::Value::String(solc_source::Name::default()),
            };
            let joined = join([part(left), part(right)]);
            Ok(Value::from_parts(vec![joined]))
        }
        (Value::List(a), Value::List(b)) => Ok(Value::list(a.iter().chain(b.iter()).cloned())),
        (Value::Map(a), Value::Map(b)) => Ok(merge(a, b)),
        _ => arithmetic(left, right, "+", i64::checked_add, |a, b| a + b),
    }
}

/// Both maps; the second wins.
pub(crate) fn merge(a: &Map, b: &Map) -> Value {
    let mut all = a.clone();
    all.extend(b.iter().map(|(k, v)| (k.clone(), v.clone())));
    Value::Map(std::sync::Arc::new(all))
}

/// The nearest whole number, if it is one exactly enough and fits.
fn whole(n: f64) -> Option<i64> {
    let rounded = n.round();
    // Every f64 within these bounds converts exactly or by truncating its zero fraction.
    (n.is_finite() && rounded.abs() < 9.0e18).then_some(rounded as i64)
}

fn multiply(left: &Value, right: &Value) -> Result<Value, Failure> {
    match (left, right) {
        (Value::Quantity(q), Value::Int(n)) | (Value::Int(n), Value::Quantity(q)) => amount(*q)
            .checked_mul(*n)
            .map(|n| Value::Quantity(with_amount(*q, n)))
            .ok_or_else(|| overflow("*")),
        (Value::Quantity(q), Value::Number(n)) | (Value::Number(n), Value::Quantity(q)) => {
            whole(amount(*q) as f64 * n)
                .map(|n| Value::Quantity(with_amount(*q, n)))
                .ok_or_else(|| overflow("*"))
        }
        (Value::Quantity(_), Value::Quantity(_)) => Ok(Value::Missing),
        _ => arithmetic(left, right, "*", i64::checked_mul, |a, b| a * b),
    }
}

fn divide(left: &Value, right: &Value) -> Result<Value, Failure> {
    let zero = match right {
        Value::Int(n) => *n == 0,
        Value::Number(n) => *n == 0.0,
        Value::Quantity(q) => amount(*q) == 0,
        _ => false,
    };
    if zero {
        return Err((codes::DIVISION_BY_ZERO, "this is zero".to_owned()));
    }
    match (left, right) {
        (Value::Quantity(a), Value::Quantity(b)) => match same_unit(*a, *b) {
            Some((x, y)) => finite(x as f64 / y as f64, "/"),
            None => Ok(Value::Missing),
        },
        (Value::Quantity(q), Value::Int(n)) => amount(*q)
            .checked_div(*n)
            .map(|n| Value::Quantity(with_amount(*q, n)))
            .ok_or_else(|| overflow("/")),
        (Value::Quantity(q), Value::Number(n)) => whole(amount(*q) as f64 / n)
            .map(|n| Value::Quantity(with_amount(*q, n)))
            .ok_or_else(|| overflow("/")),
        _ => arithmetic(left, right, "/", i64::checked_div, |a, b| a / b),
    }
}

/// `-x`
pub(crate) fn negate(value: &Value) -> Result<Value, Failure> {
    match value {
        Value::Int(n) => n.checked_neg().map(Value::Int).ok_or_else(|| overflow("-")),
        Value::Number(n) => Ok(Value::Number(-n)),
        Value::Quantity(q) => {
            amount(*q).checked_neg().map(|n| Value::Quantity(with_amount(*q, n))).ok_or_else(|| overflow("-"))
        }
        _ => Ok(Value::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::{binary, negate};
    use crate::codes;
    use crate::evaluate::value::Value;
    use solc_check::hir::{BinaryOp, Quantity};

    fn check(op: BinaryOp, left: &Value, right: &Value, expect: &Result<Value, &str>) {
        assert_eq!(binary(op, left, right).map_err(|(code, _)| code.0), *expect);
    }

    #[test]
    fn arithmetic_is_checked() {
        use BinaryOp::{Add, Divide, Multiply, Subtract};
        check(Add, &Value::Int(2), &Value::Int(3), &Ok(Value::Int(5)));
        check(Add, &Value::Int(i64::MAX), &Value::Int(1), &Err(codes::ARITHMETIC_OVERFLOW.0));
        check(Subtract, &Value::Int(i64::MIN), &Value::Int(1), &Err(codes::ARITHMETIC_OVERFLOW.0));
        check(Divide, &Value::Int(i64::MIN), &Value::Int(-1), &Err(codes::ARITHMETIC_OVERFLOW.0));
        check(Divide, &Value::Int(1), &Value::Int(0), &Err(codes::DIVISION_BY_ZERO.0));
        check(Multiply, &Value::Number(1e300), &Value::Number(1e300), &Err(codes::ARITHMETIC_OVERFLOW.0));
        assert!(negate(&Value::Int(i64::MIN)).is_err());
    }

    #[test]
    fn quantities_keep_their_unit() {
        let seconds = |n: i64| Value::Quantity(Quantity::Duration(n * 1000));
        check(BinaryOp::Multiply, &seconds(30), &Value::Int(6), &Ok(seconds(180)));
        check(BinaryOp::Divide, &seconds(180), &seconds(30), &Ok(Value::Number(6.0)));
        check(BinaryOp::GreaterEqual, &seconds(180), &seconds(30), &Ok(Value::Bool(true)));
    }

    #[test]
    fn a_missing_operand_silences_the_result() {
        check(BinaryOp::Equal, &Value::Missing, &Value::Int(1), &Ok(Value::Missing));
        check(BinaryOp::In, &Value::Int(1), &Value::list([Value::Missing]), &Ok(Value::Missing));
    }

    #[test]
    fn texts_and_lists_join() {
        check(BinaryOp::Add, &Value::text("a"), &Value::text("b"), &Ok(Value::text("ab")));
        let list = |n: &[i64]| Value::list(n.iter().copied().map(Value::Int));
        check(BinaryOp::Add, &list(&[1]), &list(&[2, 3]), &Ok(list(&[1, 2, 3])));
    }
}
