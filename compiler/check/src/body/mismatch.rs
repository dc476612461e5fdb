//! What is said where a value does not fit what is expected, and the edit that makes it fit.
//!
//! Invariant: an edit is offered only where its result is what was probably meant, and reads as code at once.

use super::{BodyChecker, Want, quote};
use crate::assign::Mismatch;
use crate::codes;
use crate::hir::{ExprId, ExprKind, Quantity, Refinement, Ty};
use solc_schema::Node;
use solc_source::{Diagnostic, Edit, Fix, Name, Span, suggest};

/// What is wanted, under `?` and `deferred`: a value of this type would do.
fn enough(want: &Ty) -> &Ty {
    match want {
        Ty::Optional(inner) | Ty::Deferred(inner) => enough(inner),
        other => other,
    }
}

impl BodyChecker<'_, '_> {
    pub(super) fn mismatch(
        &self,
        id: ExprId,
        actual: &Ty,
        want: &Want,
        mismatch: &Mismatch,
        span: Span,
    ) -> Diagnostic {
        let cx = self.cx;
        let origin = |d: Diagnostic| match &want.origin {
            Some((at, message)) => d.because(*at, message.clone()),
            None => d,
        };
        let expected = cx.a(enough(&want.ty));
        let found = cx.a(actual);
        match mismatch {
            Mismatch::Secret => origin(
                Diagnostic::error(codes::SECRET_LEAK, span, "a secret cannot go where it could be read")
                    .label(format!("this is {found}"))
                    .help(
                        "declare it as `secret` where it is used, and hand on the reference instead of the value",
                    ),
            ),
            Mismatch::Deferred => origin(
                Diagnostic::error(
                    codes::DEFERRED_VALUE,
                    span,
                    format!("expected {expected}, found a value known only when deploying"),
                )
                .label("CloudFormation gives this value when it deploys")
                .help(format!("declare what takes it as `deferred {}` if it is only handed on", cx.show(&want.ty))),
            ),
            Mismatch::Optional => origin(
                Diagnostic::error(
                    codes::OPTIONAL_VALUE,
                    span,
                    format!("expected {expected}, found a value that may be `none`"),
                )
                .label(format!("this is `{}`", cx.show(actual)))
                .help("give a value for that case: `… ?? <value>`"),
            ),
            Mismatch::Interface(missing) => {
                let name = cx.show(actual);
                let wanted = cx.show(enough(&want.ty));
                origin(
                    Diagnostic::error(
                        codes::INTERFACE_NOT_SATISFIED,
                        span,
                        format!("`{name}` does not satisfy `{wanted}`"),
                    )
                    .label(format!("`{name}` {}", missing.join("; it ")))
                    .help("pass an instance of a component that has it, or declare it there"),
                )
            }
            Mismatch::Field(field) => origin(
                Diagnostic::error(codes::TYPE_MISMATCH, span, format!("expected {expected}, found {found}"))
                    .label(format!("the field `{field}` does not fit")),
            ),
            Mismatch::Type => {
                let base =
                    Diagnostic::error(codes::TYPE_MISMATCH, span, format!("expected {expected}, found {found}"));
                self.convert(id, actual, &want.ty, origin(base.label(format!("this is {found}"))), span)
            }
        }
    }

    /// The type at the bottom of what is wanted; a resource's property counts as the type of the language that it takes.
    fn bottom(&self, want: &Ty) -> Ty {
        match enough(want) {
            Ty::Node(rt, node) => match rt.node(*node) {
                Node::Boolean => Ty::Bool,
                Node::Integer { .. } => Ty::Int,
                Node::Number { .. } => Ty::Number,
                Node::String(rules) if rules.allowed.is_empty() => Ty::String,
                Node::String(rules) => Ty::Literals(rules.allowed.clone().into()),
                Node::Json => Ty::Json,
                Node::Array { items, .. } => Ty::List(std::sync::Arc::new(Ty::Node(rt, *items))),
                Node::Object(_) | Node::Map(_) | Node::AnyOf(_) => enough(want).clone(),
            },
            other => self.unalias(other),
        }
    }

    /// Adds the edit that turns what is there into what is wanted, where there is an obvious one.
    fn convert(&self, id: ExprId, actual: &Ty, want: &Ty, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        let wanted = self.bottom(want);
        let kind = &self.body.expr(id).kind;
        let number = match kind {
            ExprKind::Int(i) => Some(i.to_string()),
            ExprKind::Number(n) => Some(n.to_string()),
            _ => None,
        };
        let text = match kind {
            ExprKind::String(text) => Some(text),
            _ => None,
        };
        if let Some(text) = text.filter(|t| reads_as(t, &wanted)) {
            return diagnostic.fix(format!("write `{text}` without quotes"), span, text.as_str());
        }
        match (&self.unalias(actual), &wanted) {
            (Ty::Int | Ty::Number, Ty::Duration | Ty::Size | Ty::Vcpu | Ty::Percent) => {
                let usual = self.usual_unit(enough(want));
                let (unit, help) = match &wanted {
                    Ty::Duration => (usual.unwrap_or("s"), "give it a unit: `30s`, `5min`, `12h`, `4d`"),
                    Ty::Size => (usual.unwrap_or("MiB"), "give it a unit: `512MiB`, `50GiB`"),
                    Ty::Vcpu => (" vcpu", "give it its unit: `0.25 vcpu`"),
                    _ => ("%", "give it its unit: `40%`"),
                };
                match number {
                    Some(n) => diagnostic.fix(format!("write `{n}{unit}`"), span, format!("{n}{unit}")),
                    None => diagnostic.help(help),
                }
            }
            (Ty::Size | Ty::Vcpu | Ty::Percent, Ty::Duration) => {
                diagnostic.help("give it a unit of time: `s`, `min`, `h` or `d`")
            }
            (Ty::Duration | Ty::Vcpu | Ty::Percent, Ty::Size) => {
                diagnostic.help("give it a unit of size: `KiB`, `MiB`, `GiB` or `TiB`")
            }
            (Ty::Int, Ty::Range) => match number {
                Some(n) => diagnostic.fix(format!("write `{n}..{n}`"), span, format!("{n}..{n}")),
                None => diagnostic.help("write a range: `2..10`"),
            },
            (Ty::Int | Ty::Number, Ty::String) => match number {
                Some(n) => diagnostic.fix(format!("write `\"{n}\"`"), span, format!("\"{n}\"")),
                None => diagnostic.help("put it into a string: `\"${…}\"`"),
            },
            (Ty::Bool, Ty::String) => diagnostic.help("put it into a string: `\"${…}\"`"),
            (Ty::Literals(_) | Ty::String, Ty::Cidr) => {
                diagnostic.help("write an address range without quotes: `10.0.0.0/16`")
            }
            (_, Ty::Enum(_) | Ty::Union(_)) => {
                let cases = self.case_names(&wanted);
                match text.filter(|t| cases.iter().any(|c| c == *t)) {
                    Some(case) => {
                        diagnostic.fix(format!("write `{case}` without quotes"), span, case.as_str())
                    }
                    None => diagnostic.help(format!("use one of {}", quote(&cases))),
                }
            }
            (Ty::Literals(given), Ty::Literals(allowed)) => {
                let near = given.first().and_then(|g| suggest::nearest(g, allowed.iter().map(Name::as_str)));
                match near {
                    Some(near) => diagnostic.fix(format!("write `\"{near}\"`"), span, format!("\"{near}\"")),
                    None => diagnostic,
                }
            }
            (Ty::Resource(_), Ty::String) => diagnostic.fix("use its `.ref`", span.end(), ".ref"),
            (Ty::Duration, Ty::Int | Ty::Number | Ty::Json) => {
                diagnostic.fix("say the unit: `.seconds`", span.end(), ".seconds")
            }
            (Ty::Size, Ty::Int | Ty::Number | Ty::Json) => {
                diagnostic.fix("say the unit: `.mib`", span.end(), ".mib")
            }
            (Ty::Vcpu, Ty::Int | Ty::Number | Ty::Json) => {
                diagnostic.fix("say the unit: `.cpu_units`", span.end(), ".cpu_units")
            }
            (Ty::Percent, Ty::Int | Ty::Number | Ty::Json) => {
                diagnostic.fix("say the unit: `.whole`", span.end(), ".whole")
            }
            (Ty::Component(component), Ty::Grant { verbs, .. }) => {
                let grants = self.cx.signature(*component).map(|s| &s.grants);
                match verbs.iter().find(|v| grants.is_some_and(|g| g.contains_key(*v))) {
                    Some(verb) => {
                        diagnostic.fix(format!("pass its `{verb}`"), span.end(), format!(".{verb}"))
                    }
                    None => diagnostic.help(format!("pass a grant of {}", quote(verbs))),
                }
            }
            (Ty::Grant { .. }, Ty::Grant { verbs, .. }) => {
                diagnostic.help(format!("pass a grant of {}", quote(verbs)))
            }
            (_, Ty::Secret(_)) => diagnostic.help(
                "declare `secret NAME` in the instance that uses it; its reference stands in `credentials/`",
            ),
            (other, Ty::List(inner)) if self.cx.assignable(other, inner).is_ok() => {
                let mut diagnostic = diagnostic;
                diagnostic.fixes.push(Fix {
                    title: "put it into a list".to_owned(),
                    edits: vec![
                        Edit { span: span.start(), replacement: "[".to_owned() },
                        Edit { span: span.end(), replacement: "]".to_owned() },
                    ],
                });
                diagnostic
            }
            _ => diagnostic,
        }
    }

    /// The unit in which a refinement's least value is written: most likely the one that was forgotten.
    fn usual_unit(&self, want: &Ty) -> Option<&'static str> {
        let Ty::Alias(id) = want else { return None };
        let alias = self.cx.aliases.get(id.index())?;
        let Refinement::Quantity(lo, _) = alias.refinement else { return None };
        let shown = if matches!(alias.base, Ty::Size) { Quantity::Size(lo) } else { Quantity::Duration(lo) }
            .to_string();
        ["min", "ms", "KiB", "MiB", "GiB", "TiB", "d", "h", "s", "B"]
            .into_iter()
            .find(|unit| lo != 0 && shown.ends_with(unit))
    }
}

/// Whether a text in quotes would be a literal of the type without them.
fn reads_as(text: &str, want: &Ty) -> bool {
    let quantity = || {
        let number = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(number)?;
        super::literals::quantity(number, unit.trim_start()).ok()
    };
    // No literal begins with `+`.
    let whole = |text: &str| !text.starts_with('+') && text.parse::<i64>().is_ok();
    match want {
        Ty::Bool => matches!(text, "true" | "false"),
        Ty::Int => whole(text),
        Ty::Number => text.parse::<f64>().is_ok_and(|n| n.is_finite()) && !text.starts_with('+'),
        Ty::Duration => matches!(quantity(), Some(Quantity::Duration(_))),
        Ty::Size => matches!(quantity(), Some(Quantity::Size(_))),
        Ty::Percent => matches!(quantity(), Some(Quantity::Percent(_))),
        Ty::Vcpu => matches!(quantity(), Some(Quantity::Vcpu(_))),
        Ty::Range => text.split_once("..").is_some_and(|(lo, hi)| whole(lo) && whole(hi)),
        Ty::Cidr => text.split_once('/').is_some_and(|(address, prefix)| {
            address.parse::<std::net::Ipv4Addr>().is_ok() && prefix.parse::<u8>().is_ok_and(|p| p <= 32)
        }),
        _ => false,
    }
}
