//! What to say about each kind of broken rule.

use super::{Finding, Kind, Path, Tree};
use crate::codes;
use crate::evaluate::text::number;
use solc_schema::ObjectRules;
use solc_source::{Name, Span};

fn value_finding(span: Span, message: String, label: String, help: String) -> Finding {
    Finding {
        code: codes::shared::INVALID_PROPERTY_VALUE,
        span,
        message,
        label,
        help,
        fix: None,
        shape: false,
    }
}

/// Of the wrong shape.
pub(super) fn shape(path: Path<'_>, span: Span) -> Finding {
    Finding { shape: true, ..value_finding(span, path.to_string(), String::new(), String::new()) }
}

/// None of the values that are allowed.
pub(super) fn not_allowed(
    path: Path<'_>,
    span: Span,
    value: &str,
    known: &[String],
    nearest: Option<&str>,
) -> Finding {
    const SHOWN: usize = 12;
    let mut listed = known.iter().take(SHOWN).map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
    if known.len() > SHOWN {
        listed.push_str(&format!(" and {} more", known.len() - SHOWN));
    }
    let help = match nearest {
        Some(name) => format!("write `\"{name}\"`"),
        None => "give one of the values that it takes".to_owned(),
    };
    let mut finding =
        value_finding(span, format!("`{path}` does not take `{value}`"), format!("it takes {listed}"), help);
    finding.fix = nearest.map(|name| (format!("write `\"{name}\"`"), format!("\"{name}\"")));
    finding
}

/// Too small or too large.
pub(super) fn bounds(
    path: Path<'_>,
    span: Span,
    n: f64,
    bounds: (Option<f64>, Option<f64>),
    out: &mut Vec<Finding>,
) {
    let (min, max) = bounds;
    if min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m) {
        return;
    }
    let range = match (min, max) {
        (Some(min), Some(max)) => format!("from {} to {}", number(min), number(max)),
        (Some(min), None) => format!("{} or more", number(min)),
        (None, Some(max)) => format!("{} or less", number(max)),
        (None, None) => return,
    };
    out.push(value_finding(
        span,
        format!("`{path}` cannot be {}", number(n)),
        format!("must be {range}"),
        format!("give a number that is {range}"),
    ));
}

/// Too few or too many.
pub(super) fn length(
    path: Path<'_>,
    span: Span,
    what: &str,
    n: usize,
    bounds: (Option<u32>, Option<u32>),
    out: &mut Vec<Finding>,
) {
    let (min, max) = bounds;
    let low = min.is_some_and(|m| n < m as usize);
    let high = max.is_some_and(|m| n > m as usize);
    if !low && !high {
        return;
    }
    let range = match (min, max) {
        (Some(min), Some(max)) => format!("from {min} to {max} {what}"),
        (Some(min), None) => format!("at least {min} {what}"),
        (None, Some(max)) => format!("at most {max} {what}"),
        (None, None) => return,
    };
    let extent = if low { "short" } else { "long" };
    out.push(value_finding(
        span,
        format!("`{path}` is too {extent}"),
        format!("has {n} {what}, and takes {range}"),
        format!("give it {range}"),
    ));
}

/// Not of the published pattern.
pub(super) fn pattern(path: Path<'_>, span: Span, text: &str, pattern: &str) -> Finding {
    value_finding(
        span,
        format!("`{path}` does not take `\"{text}\"`"),
        format!("must match /{pattern}/"),
        "give a text that matches the pattern".to_owned(),
    )
}

/// Demanded, and `none`.
pub(super) fn missing(path: Path<'_>, span: Span) -> Finding {
    Finding {
        code: codes::shared::MISSING_PROPERTY,
        ..value_finding(
            span,
            format!("`{path}` must have a value"),
            "is `none` here".to_owned(),
            "give it a value in this case too".to_owned(),
        )
    }
}

/// Properties that must, or must not, stand together.
pub(super) fn together(
    rules: &ObjectRules,
    present: &dyn Fn(&Name) -> bool,
    entries: &[(Name, Span, Tree)],
    span: Span,
    path: Path<'_>,
    out: &mut Vec<Finding>,
) {
    let at = |name: &Name| entries.iter().find(|(n, _, _)| n == name).map_or(span, |(_, s, _)| *s);
    let written = |name: &Name| entries.iter().any(|(n, _, _)| n == name);
    let certain = |name: &Name| entries.iter().any(|(n, _, v)| n == name && v.known.present);
    // Something broken may be any of them.
    if entries.iter().any(|(_, _, v)| matches!(v.kind, Kind::Missing)) {
        return;
    }
    let conflict = |span, message: String, label: &str, help: String| Finding {
        code: codes::CONFLICTING_PROPERTIES,
        ..value_finding(span, message, label.to_owned(), help)
    };
    let names = |set: &[Name]| set.iter().map(|n| format!("`{}`", path.to(n))).collect::<Vec<_>>().join(", ");
    for set in &rules.exactly_one {
        let mut there = set.iter().filter(|n| present(n));
        match (there.next(), there.next()) {
            (Some(_), None) => {}
            // What stands together whatever the values are, the checker has reported.
            (Some(first), Some(second)) if certain(first) && certain(second) => {}
            (Some(first), Some(second)) => out.push(conflict(
                at(second),
                format!("`{}` and `{}` cannot stand together", path.to(first), path.to(second)),
                "exactly one of them is taken",
                format!("remove one of {}", names(set)),
            )),
            // What is not written at all, the checker has reported.
            (None, _) if !set.iter().any(written) => {}
            (None, _) => out.push(conflict(
                span,
                format!("one of {} must be there", names(set)),
                "none of them is",
                "add exactly one of them".to_owned(),
            )),
        }
    }
    for set in rules.at_least_one.iter().filter(|set| set.iter().any(written) && !set.iter().any(present)) {
        out.push(conflict(
            span,
            format!("one of {} must be there", names(set)),
            "none of them is",
            "add at least one of them".to_owned(),
        ));
    }
    for (name, others) in rules.dependent_required.iter().filter(|(n, _)| present(n)) {
        for other in others.iter().filter(|o| !present(o)) {
            out.push(conflict(
                at(name),
                format!("`{}` needs `{}`", path.to(name), path.to(other)),
                "set without the other",
                format!("add `{}`, or remove `{}`", path.to(other), path.to(name)),
            ));
        }
    }
    for (name, others) in rules.dependent_excluded.iter().filter(|(n, _)| present(n)) {
        let told =
            |other: &Name| rules.exactly_one.iter().any(|set| set.contains(name) && set.contains(other));
        for other in others.iter().filter(|o| present(o) && !told(o)) {
            out.push(conflict(
                at(other),
                format!("`{}` and `{}` cannot stand together", path.to(name), path.to(other)),
                "excluded by the other",
                format!("remove `{}` or `{}`", path.to(other), path.to(name)),
            ));
        }
    }
}
