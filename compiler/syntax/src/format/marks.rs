//! What the grammar knows and tokens do not: where entries begin, which `-` is a sign, which `(` only groups.

use crate::grammar::{Pair, Rule};
use pest::iterators::Pairs;
use std::collections::{BTreeMap, BTreeSet};

/// What kind of entry begins at a place, as far as alignment cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// `name = value` in a body.
    Field,
    /// `name: Component { … }`
    Instance,
    /// `default Component { … }`, `enforce Component { … }`
    Profile,
    Other,
}

/// Byte offsets of tokens, by what they are.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) entries: BTreeMap<usize, EntryKind>,
    /// Brackets that hold one expression or type, so that no comma may end it.
    pub(super) grouping: BTreeSet<usize>,
    pub(super) prefixes: BTreeSet<usize>,
    pub(super) infixes: BTreeSet<usize>,
    /// `on …`, `when …`, `because …`, `for …` inside an entry.
    pub(super) clauses: BTreeSet<usize>,
    /// `<` and `>` around types.
    pub(super) angles: BTreeSet<usize>,
    /// Brackets that belong to what stands before them: calls, parameters, indices.
    pub(super) attached: BTreeSet<usize>,
    /// Braces of `{String: T}` and `{k: v for …}`, which have no spaces inside.
    pub(super) maps: BTreeSet<usize>,
}

/// Walks a parse tree without mistakes.
pub(super) fn marks(pairs: Pairs<'_, Rule>) -> Marks {
    let mut marks = Marks::default();
    for pair in pairs {
        visit(&mut marks, pair, Rule::file);
    }
    marks
}

fn visit(marks: &mut Marks, pair: Pair<'_>, parent: Rule) {
    let span = pair.as_span();
    let (at, rule) = (span.start(), pair.as_rule());
    match rule {
        Rule::item
        | Rule::spread
        | Rule::field_entry
        | Rule::record_entry
        | Rule::arm
        | Rule::type_field
        | Rule::argument
        | Rule::fn_param
        | Rule::use_name
        | Rule::interface_member
        | Rule::pattern_field => {
            marks.entries.insert(at, EntryKind::Other);
        }
        Rule::statement => {
            marks.entries.entry(at).or_insert(EntryKind::Other);
        }
        Rule::field => {
            marks.entries.insert(at, EntryKind::Field);
        }
        Rule::instance => {
            marks.entries.insert(at, EntryKind::Instance);
            // The bracket of `api[k]: Service`.
            let name = pair.clone().into_inner().next().map_or(at, |name| name.as_span().end());
            let gap = span.as_str().get(name - at..).unwrap_or_default();
            marks.attached.insert(name + gap.len() - gap.trim_start().len());
        }
        Rule::default | Rule::enforce => {
            marks.entries.insert(at, EntryKind::Profile);
        }
        Rule::expr if parent == Rule::list => {
            marks.entries.insert(at, EntryKind::Other);
        }
        Rule::ident if parent == Rule::enum_cases => {
            marks.entries.insert(at, EntryKind::Other);
        }
        Rule::paren | Rule::paren_type | Rule::list_type => {
            marks.grouping.insert(at);
        }
        Rule::index => {
            marks.grouping.insert(at);
            marks.attached.insert(at);
        }
        Rule::call | Rule::fn_params => {
            marks.attached.insert(at);
        }
        Rule::prefix_op | Rule::pattern if rule == Rule::prefix_op || pair.as_str().starts_with('-') => {
            marks.prefixes.insert(at);
        }
        Rule::infix_op | Rule::leading_op => {
            marks.infixes.insert(at);
        }
        Rule::access_on
        | Rule::access_to
        | Rule::access_when
        | Rule::access_if
        | Rule::because
        | Rule::for_clause
        | Rule::when => {
            marks.clauses.insert(at);
        }
        Rule::resource_if if parent == Rule::principal => {
            marks.clauses.insert(at);
        }
        Rule::for_condition if parent == Rule::for_clause => {
            marks.clauses.insert(at);
        }
        Rule::type_args => {
            marks.angles.insert(at);
            marks.angles.insert(at + span.as_str().trim_end().len().saturating_sub(1));
        }
        Rule::record | Rule::brace_type if is_map(&pair) => {
            marks.maps.insert(at);
        }
        _ => {}
    }
    for child in pair.into_inner() {
        visit(marks, child, rule);
    }
}

/// Whether braces hold one entry, and that a comprehension or a type for a type.
fn is_map(braces: &Pair<'_>) -> bool {
    let mut entries = braces.clone().into_inner().filter(|child| child.as_rule() != Rule::comment);
    let (Some(entry), None) = (entries.next(), entries.next()) else { return false };
    let mut parts = entry.clone().into_inner();
    if entry.as_rule() == Rule::record_entry {
        return parts.any(|part| part.as_rule() == Rule::for_clause);
    }
    let key = parts.next().and_then(|path| path.into_inner().last());
    key.is_some_and(|name| name.as_str().starts_with(|c: char| c.is_ascii_uppercase()))
        && parts.all(|part| matches!(part.as_rule(), Rule::type_annotation | Rule::comment))
}
