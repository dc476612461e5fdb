//! Failed steps as diagnostics, at the place in source that made what failed.
//!
//! Invariant: one failed step is one diagnostic: the root cause has the primary label, and what else failed the others.

use crate::engine::{ResourceFailure, StepFailure};
use crate::release::Place;
use solc_source::{Diagnostic, Severity, Sources, Span};

/// A failed step as people and programs read it.
#[must_use]
pub fn diagnostic(failure: &StepFailure, environment: &str, sources: &Sources) -> Diagnostic {
    let span = |resource: &ResourceFailure| resource.place.as_ref().and_then(|place| span_of(place, sources));
    let said = |resource: &ResourceFailure| {
        format!(
            "`{}` ({}) is {}: {}",
            resource.logical_id, resource.resource_type, resource.status, resource.reason
        )
    };
    let mut found: Vec<(Option<Span>, String)> =
        failure.resources.iter().map(|resource| (span(resource), said(resource))).collect();
    let first = if found.is_empty() { None } else { Some(found.remove(0)) };
    let place = first.as_ref().and_then(|(span, _)| *span).unwrap_or(Span::NOWHERE);
    let mut diagnostic = Diagnostic::new(failure.code, Severity::Error, place, failure.message.as_str())
        .environment(environment)
        .help(failure.help.as_str());
    if let Some((span, said)) = first {
        // Without a place there is nothing to put a label at.
        diagnostic = if span.is_some() { diagnostic.label(said) } else { diagnostic.note(said) };
    }
    for (span, said) in found {
        diagnostic = match span {
            Some(span) => diagnostic.because(span, said),
            None => diagnostic.note(said),
        };
    }
    for note in &failure.notes {
        diagnostic = diagnostic.note(note.as_str());
    }
    diagnostic
}

/// The line that a resource comes from: that of the component in the product, or else its own in the library.
fn span_of(place: &Place, sources: &Sources) -> Option<Span> {
    [&place.instance, &place.resource].into_iter().find_map(|place| line(place, sources))
}

/// The text of a line from a column on, from `file:line:column`.
fn line(place: &str, sources: &Sources) -> Option<Span> {
    let (rest, column) = place.rsplit_once(':')?;
    let (name, line) = rest.rsplit_once(':')?;
    let (line, column) = (line.parse::<usize>().ok()?, column.parse::<usize>().ok()?);
    let (id, file) = sources.iter().find(|(_, file)| file.name() == name)?;
    let range = file.line_range(line.checked_sub(1)?);
    let text = file.text().get(range.clone())?;
    let skipped: usize = text.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
    let ends = range.start + text.trim_end().len();
    let starts = (range.start + skipped).min(ends);
    Some(Span::new(id, starts, ends))
}

#[cfg(test)]
mod tests;
