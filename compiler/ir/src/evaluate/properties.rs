//! Properties that the language gives to its own types: `.seconds`, `.first`, `.keys` …
//!
//! Invariant: a conversion between units is exact, or an error.

use super::value::Value;
use super::{Evaluation, cidr};
use crate::codes;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use solc_check::hir::{Property, Quantity};
use solc_source::{Diagnostic, Span};

impl Evaluation<'_> {
    pub(crate) fn property(&mut self, of: &Value, property: Property, span: Span) -> Value {
        if let (Value::Quantity(quantity), Some((size, unit))) = (of, unit(property)) {
            return self.in_unit(*quantity, property, size, unit, span);
        }
        let count = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        match (of, property) {
            (Value::None, _) => Value::None,
            (Value::Range(lo, _), Property::Min) => Value::Int(*lo),
            (Value::Range(_, hi), Property::Max) => Value::Int(*hi),
            (Value::List(items), Property::Count) => count(items.len()),
            (Value::List(items), Property::First) => items.first().cloned().unwrap_or(Value::None),
            (Value::List(items), Property::Last) => items.last().cloned().unwrap_or(Value::None),
            (Value::Map(map) | Value::ZoneMap(map), Property::Count) => count(map.len()),
            (Value::Map(map) | Value::ZoneMap(map), Property::First) => {
                map.first().map_or(Value::None, |(_, v)| v.clone())
            }
            (Value::Map(map) | Value::ZoneMap(map), Property::Last) => {
                map.last().map_or(Value::None, |(_, v)| v.clone())
            }
            (Value::Map(map) | Value::ZoneMap(map), Property::Keys) => {
                Value::list(map.keys().map(|k| Value::Text(k.clone())))
            }
            (Value::Map(map) | Value::ZoneMap(map), Property::Values) => Value::list(map.values().cloned()),
            (Value::Text(text), Property::Length | Property::Count) => count(text.chars().count()),
            (Value::Text(text), Property::Upper) => Value::text(text.to_uppercase()),
            (Value::Text(text), Property::Lower) => Value::text(text.to_lowercase()),
            (Value::Text(text), Property::Trim) => Value::text(text.trim()),
            (Value::Text(text), Property::Integer) => text.parse().map_or(Value::None, Value::Int),
            (Value::Text(text), Property::Base64) => Value::text(BASE64_STANDARD.encode(text.as_bytes())),
            (Value::Text(text), Property::Sha256) => {
                let digits = Sha256::digest(text.as_bytes())
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>();
                Value::text(digits)
            }
            (Value::List(items), Property::Reverse) => Value::list(items.iter().rev().cloned()),
            (Value::Cidr(_, prefix), Property::Netmask) => Value::text(cidr::address(cidr::mask(*prefix))),
            (Value::Cidr(_, prefix), Property::Prefix) => Value::Int(i64::from(*prefix)),
            (Value::Cidr(address, _), Property::Address) => Value::text(cidr::address(*address)),
            (Value::Enum(id, case), Property::CaseName) => {
                self.enum_case(*id, *case).map_or(Value::Missing, Value::Text)
            }
            (Value::Union(id, case, _), Property::CaseName) => {
                self.union_case(*id, *case).map_or(Value::Missing, Value::Text)
            }
            (Value::Text(name) | Value::Team(name), Property::CaseName) => Value::Text(name.clone()),
            (Value::Block(id), Property::CaseName) => {
                self.project.blocks.get(id.index()).map_or(Value::Missing, |b| Value::Text(b.name.clone()))
            }
            _ => Value::Missing,
        }
    }

    fn in_unit(
        &mut self,
        quantity: Quantity,
        property: Property,
        size: i64,
        unit: &str,
        span: Span,
    ) -> Value {
        let result = match (quantity, property) {
            // 1024 CPU units are one vCPU, and a vCPU is a million millionths.
            (Quantity::Vcpu(n), Property::CpuUnits) => {
                n.checked_mul(1024).filter(|n| n % 1_000_000 == 0).map(|n| n / 1_000_000)
            }
            (Quantity::Duration(n) | Quantity::Size(n) | Quantity::Percent(n) | Quantity::Vcpu(n), _) => {
                (n % size == 0).then_some(n / size)
            }
        };
        if let Some(n) = result {
            return Value::Int(n);
        }
        let shown = quantity.to_string();
        self.report(
            Diagnostic::error(
                codes::INEXACT_CONVERSION,
                span,
                format!("`{shown}` is no whole number of {unit}"),
            )
            .label("conversions between units lose nothing")
            .help(format!("give a value that is a whole number of {unit}")),
        );
        Value::Missing
    }
}

/// The size of the unit in the type's smallest, and its name in the plural.
fn unit(property: Property) -> Option<(i64, &'static str)> {
    Some(match property {
        Property::Milliseconds => (1, "milliseconds"),
        Property::Seconds => (1000, "seconds"),
        Property::Minutes => (60_000, "minutes"),
        Property::Hours => (3_600_000, "hours"),
        Property::Days => (86_400_000, "days"),
        Property::Bytes => (1, "bytes"),
        Property::Kib => (1 << 10, "KiB"),
        Property::Mib => (1 << 20, "MiB"),
        Property::Gib => (1 << 30, "GiB"),
        Property::CpuUnits => (1, "CPU units (1024 to one vCPU)"),
        Property::Whole => (1_000_000, "percent"),
        Property::Min
        | Property::Max
        | Property::Count
        | Property::First
        | Property::Last
        | Property::Keys
        | Property::Values
        | Property::Length
        | Property::Upper
        | Property::Lower
        | Property::Prefix
        | Property::Address
        | Property::CaseName
        | Property::Reverse
        | Property::Trim
        | Property::Integer
        | Property::Base64
        | Property::Sha256
        | Property::Netmask => return None,
    })
}
