//! Literals: quantities, address ranges, strings.

use super::BodyChecker;
use crate::codes;
use crate::hir::{ExprId, ExprKind, Quantity, Ty};
use solc_source::{Diagnostic, Span, suggest};
use solc_syntax::ast::{self, StringPart};
use std::sync::Arc;

/// A literal whose value is known from its text alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Literal {
    Int(i64),
    Number(f64),
    Quantity(Quantity),
}

/// The value of a numeric literal; `None` for anything else.
pub(crate) fn literal(expr: &ast::Expr) -> Option<Literal> {
    match &expr.kind {
        ast::ExprKind::Int(i) => Some(Literal::Int(*i)),
        ast::ExprKind::Number(n) => Some(Literal::Number(*n)),
        ast::ExprKind::Quantity { number, unit } => quantity(number, &unit.name).ok().map(Literal::Quantity),
        ast::ExprKind::Unary { op: ast::UnaryOp::Negate, operand } => match literal(operand)? {
            Literal::Int(i) => i.checked_neg().map(Literal::Int),
            Literal::Number(n) => Some(Literal::Number(-n)),
            Literal::Quantity(_) => None,
        },
        ast::ExprKind::Paren(inner) => literal(inner),
        _ => None,
    }
}

/// Why a quantity has no value.
#[derive(Debug)]
pub enum QuantityError {
    /// No such unit.
    Unit,
    /// Too large, or finer than the smallest unit.
    Range,
}

/// A unit: its name, its type, and how many of the smallest it is.
type Unit = (&'static str, fn(i64) -> Quantity, i64);

/// Every unit.
const UNITS: &[Unit] = &[
    ("ms", Quantity::Duration, 1),
    ("s", Quantity::Duration, 1_000),
    ("min", Quantity::Duration, 60_000),
    ("h", Quantity::Duration, 3_600_000),
    ("d", Quantity::Duration, 86_400_000),
    ("B", Quantity::Size, 1),
    ("KiB", Quantity::Size, 1 << 10),
    ("MiB", Quantity::Size, 1 << 20),
    ("GiB", Quantity::Size, 1 << 30),
    ("TiB", Quantity::Size, 1 << 40),
    ("vcpu", Quantity::Vcpu, 1_000_000),
    ("%", Quantity::Percent, 1_000_000),
];

/// What others write for our units.
const FOREIGN_UNITS: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "min"),
    ("mins", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hours", "h"),
    ("hour", "h"),
    ("day", "d"),
    ("days", "d"),
    ("KB", "KiB"),
    ("kB", "KiB"),
    ("k", "KiB"),
    ("K", "KiB"),
    ("MB", "MiB"),
    ("mb", "MiB"),
    ("M", "MiB"),
    ("Mi", "MiB"),
    ("GB", "GiB"),
    ("gb", "GiB"),
    ("G", "GiB"),
    ("Gi", "GiB"),
    ("TB", "TiB"),
    ("T", "TiB"),
    ("vcpus", "vcpu"),
    ("vCPU", "vcpu"),
    ("cpu", "vcpu"),
];

/// A number with its unit, in the smallest unit of its type.
///
/// # Errors
/// Where the unit does not exist, or the value is no whole number of the smallest unit.
pub fn quantity(number: &str, unit: &str) -> Result<Quantity, QuantityError> {
    let (_, make, factor) = UNITS.iter().find(|(name, _, _)| *name == unit).ok_or(QuantityError::Unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 9 {
        return Err(QuantityError::Range);
    }
    let digits: i128 = format!("{whole}{fraction}").parse().map_err(|_| QuantityError::Range)?;
    let scale = 10_i128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let scaled = digits * i128::from(*factor);
    if scaled % scale != 0 {
        return Err(QuantityError::Range);
    }
    i64::try_from(scaled / scale).map(make).map_err(|_| QuantityError::Range)
}

impl<'a> BodyChecker<'_, 'a> {
    pub(super) fn quantity(&mut self, number: &str, unit: &ast::Ident, span: Span) -> ExprId {
        match quantity(number, &unit.name) {
            Ok(value) => {
                let ty = match value {
                    Quantity::Duration(_) => Ty::Duration,
                    Quantity::Size(_) => Ty::Size,
                    Quantity::Vcpu(_) => Ty::Vcpu,
                    Quantity::Percent(_) => Ty::Percent,
                };
                self.push(ExprKind::Quantity(value), span, ty)
            }
            Err(QuantityError::Range) => {
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        span,
                        format!("`{number}{}` is no exact quantity", unit.name),
                    )
                    .label("too large, or finer than the smallest unit")
                    .help("write it in a smaller unit"),
                );
                self.missing(span)
            }
            Err(QuantityError::Unit) => {
                let known = FOREIGN_UNITS.iter().find(|(name, _)| *name == unit.name).map(|(_, ours)| *ours);
                let near =
                    known.or_else(|| suggest::nearest(&unit.name, UNITS.iter().map(|(name, _, _)| *name)));
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_UNIT,
                    unit.span,
                    format!("there is no unit `{}`", unit.name),
                )
                .label("not a unit")
                .suggest(unit.span, near);
                if near.is_none() {
                    diagnostic = diagnostic
                        .help("use `ms s min h d` for time, `B KiB MiB GiB TiB` for size, `vcpu` and `%`");
                }
                self.report(diagnostic);
                self.missing(span)
            }
        }
    }

    pub(super) fn cidr(&mut self, text: &str, span: Span) -> ExprId {
        let parsed = text.split_once('/').and_then(|(address, prefix)| {
            let address: std::net::Ipv4Addr = address.parse().ok()?;
            let prefix: u8 = prefix.parse().ok().filter(|p| *p <= 32)?;
            Some((u32::from(address), prefix))
        });
        let Some((address, prefix)) = parsed else {
            self.report(
                Diagnostic::error(codes::TYPE_MISMATCH, span, format!("`{text}` is no address range"))
                    .label("expected four numbers up to 255 and a prefix up to 32")
                    .help("write it like `10.0.0.0/16`"),
            );
            return self.missing(span);
        };
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        if address & !mask != 0 {
            let fixed = format!("{}/{prefix}", std::net::Ipv4Addr::from(address & mask));
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("`{text}` has bits set behind its prefix"),
                )
                .label(format!("the range of /{prefix} that holds it begins earlier"))
                .fix(format!("write `{fixed}`"), span, fixed),
            );
        }
        self.push(ExprKind::Cidr(address & mask, prefix), span, Ty::Cidr)
    }

    pub(super) fn string(&mut self, string: &'a ast::CodeString) -> ExprId {
        if let Some(text) = string.plain() {
            let ty = Ty::Literals(Arc::from([text.clone()]));
            return self.push(ExprKind::String(text), string.span, ty);
        }
        let mut parts = Vec::with_capacity(string.parts.len());
        let (mut deferred, mut secret) = (false, false);
        for part in &string.parts {
            match part {
                StringPart::Text(text) => {
                    parts.push(self.push(ExprKind::String(text.clone()), string.span, Ty::String));
                }
                StringPart::Interpolation(expr) => {
                    let id = self.infer(expr, None);
                    let mut ty = self.ty(id);
                    loop {
                        ty = match ty {
                            Ty::Deferred(inner) => {
                                deferred = true;
                                inner.as_ref().clone()
                            }
                            Ty::Secret(inner) => {
                                secret = true;
                                inner.as_ref().clone()
                            }
                            Ty::Alias(alias) => {
                                self.cx.aliases.get(alias.index()).map_or(Ty::Error, |a| a.base.clone())
                            }
                            other => {
                                ty = other;
                                break;
                            }
                        };
                    }
                    let before = self.diagnostics.len();
                    self.interpolated(id, &ty);
                    if self.diagnostics.len() > before {
                        self.spoil(id);
                    }
                    parts.push(id);
                }
            }
        }
        let mut ty = Ty::String;
        if deferred {
            ty = Ty::Deferred(Arc::new(ty));
        }
        if secret {
            ty = Ty::Secret(Arc::new(ty));
        }
        self.push(ExprKind::Interpolation(parts), string.span, ty)
    }

    /// What can stand in a string.
    fn interpolated(&mut self, id: ExprId, ty: &Ty) {
        let span = self.span(id);
        match ty {
            Ty::Error
            | Ty::Bool
            | Ty::Int
            | Ty::Number
            | Ty::String
            | Ty::Cidr
            | Ty::Literals(_)
            | Ty::Enum(_) => {}
            Ty::Optional(_) | Ty::None => {
                let diagnostic = Diagnostic::error(
                    codes::OPTIONAL_VALUE,
                    span,
                    "a value that may be `none` cannot stand in a string",
                )
                .label(format!("this is `{}`", self.cx.show(ty)))
                .help("give a value for that case: `${… ?? \"\"}`");
                self.report(diagnostic);
            }
            Ty::Resource(_) => {
                let shown = self.cx.a(ty);
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        span,
                        format!("{shown} cannot stand in a string"),
                    )
                    .label("which of its values is meant?")
                    .fix("use its `.ref`", span.end(), ".ref"),
                );
            }
            Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu | Ty::Range if self.for_people => {}
            Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu => {
                let shown = self.cx.a(ty);
                let suffix = match ty {
                    Ty::Duration => ".seconds",
                    Ty::Size => ".mib",
                    Ty::Vcpu => ".cpu_units",
                    _ => ".whole",
                };
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        span,
                        format!("{shown} cannot stand in a string without its unit"),
                    )
                    .label("in which unit?")
                    .fix(format!("say the unit: `{suffix}`"), span.end(), suffix),
                );
            }
            _ => {
                let shown = self.cx.a(ty);
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        span,
                        format!("{shown} cannot stand in a string"),
                    )
                    .label("not a text, number or boolean")
                    .help("use `json(…)` to write a value as JSON"),
                );
            }
        }
    }
}
