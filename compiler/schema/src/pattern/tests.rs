//! Verdicts by hand, and that (nearly) every published pattern can be read.

use std::collections::BTreeSet;

use super::{Compiled, compile, pattern_matches};
use crate::{Node, resource, resource_names};

/// Patterns that no engine of ours reads: `(?i)` beside look-around, and two that are mistakes.
const UNREADABLE: usize = 5;

fn published() -> BTreeSet<&'static str> {
    let nodes = resource_names().filter_map(resource).flat_map(|r| &r.nodes);
    nodes
        .filter_map(|node| match node {
            Node::String(rules) => rules.pattern.as_deref(),
            _ => None,
        })
        .collect()
}

#[test]
fn verdicts_are_those_of_the_pattern() {
    for (pattern, text, verdict) in [
        (r"^[a-z][a-z0-9-]{2,62}$", "my-bucket", true),
        (r"^[a-z][a-z0-9-]{2,62}$", "My-bucket", false),
        (r"[a-z]", "ABCd", true),
        (r"^(?!aws:)[a-zA-Z:]+$", "aws:tag", false),
        (r"^(?!aws:)[a-zA-Z:]+$", "mine:tag", true),
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 1", true),
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "a#b", false),
        (r"^[\u0020-\u00FF]+$", "plain", true),
        (r"^\d{12}$", "123456789012", true),
        (r"^\d{12}$", "12345678901", false),
        (r"^.{1,65535}$", "x", true),
        (r"\A[0-9a-zA-Z-_]+\Z", "MediaPackageChannel", true),
        (r"\A[0-9a-zA-Z-_]+\Z", "a b", false),
        (r"^\p{Print}+$", "A step policy", true),
        (r"^\p{Print}+$", "a\u{7}", false),
        (r"^[\p{Graph}\x20]*$", "a b", true),
        (r"^\\Always$", r"\Always", true),
        (r"^arn:aws[a-z-]*:iam::\d{12}:role\/.+$", "arn:aws:iam::123456789012:role/a", true),
    ] {
        assert_eq!(pattern_matches(pattern, text), Some(verdict), "{pattern} {text}");
    }
}

#[test]
fn patterns_that_cannot_be_read_give_no_verdict() {
    assert_eq!(pattern_matches("(", "x"), None);
    assert_eq!(pattern_matches("^(?!(?i)(stop|help)$)[ a-z]+", "x"), None);
}

#[test]
fn published_patterns_can_be_read() {
    let patterns = published();
    assert!(patterns.len() > 2_900, "{}", patterns.len());
    let unreadable: Vec<&&str> =
        patterns.iter().filter(|p| matches!(compile(p), Compiled::Unreadable)).collect();
    assert!(unreadable.len() <= UNREADABLE, "{unreadable:?}");
}

#[test]
fn repeated_groups_do_not_hang() {
    let text = "a".repeat(200) + "!";
    let mut verdicts = 0;
    for pattern in published().into_iter().filter(|p| super::repeats_groups(p)) {
        verdicts += usize::from(pattern_matches(pattern, &text).is_some());
    }
    assert!(verdicts > 100, "{verdicts}");
}
