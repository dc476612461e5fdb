//! The published patterns of strings, compiled at their first use.
//!
//! Patterns come from services written in Java and schemas that speak of ECMA regular expressions. Two engines read
//! them: `regex-lite`, whose time is linear in the text, and `regress`, an ECMA engine that backtracks, for look-around,
//! `\p{…}` and large counts. Over 3,033 published patterns and 106 texts they differ from a browser's engine in one
//! verdict of a thousand, all of them about Unicode white space and characters beyond the basic plane.
//!
//! Invariant: a pattern is compiled at most once; one that neither engine reads gives no verdict.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

/// A count from which unrolling the repetition, as `regex-lite` does, costs more than backtracking.
const LARGE: u32 = 200;

enum Compiled {
    Linear(regex_lite::Regex),
    Backtracking(Box<regress::Regex>),
    Unreadable,
}

/// Whether the pattern is found in the text (patterns are unanchored); `None` where the pattern cannot be read.
#[must_use]
pub fn pattern_matches(pattern: &str, text: &str) -> Option<bool> {
    match &*compiled(pattern) {
        Compiled::Linear(regex) => Some(regex.is_match(text)),
        Compiled::Backtracking(regex) => Some(regex.find(text).is_some()),
        Compiled::Unreadable => None,
    }
}

fn compiled(pattern: &str) -> Arc<Compiled> {
    static CACHE: LazyLock<RwLock<FxHashMap<String, Arc<Compiled>>>> = LazyLock::new(RwLock::default);
    // A poisoned cache is whole: entries are inserted complete.
    if let Some(known) = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Arc::clone(known);
    }
    let new = Arc::new(compile(pattern));
    let mut cache = CACHE.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(cache.entry(pattern.to_owned()).or_insert(new))
}

fn compile(published: &str) -> Compiled {
    let pattern = &*ecma(published);
    let linear = || regex_lite::Regex::new(pattern).ok().map(Compiled::Linear);
    let backtracking = || {
        let strict = regress::Regex::with_flags(pattern, "u").ok();
        // With `u` escapes are strict; many patterns escape what needs no escape. Without it `\p` is the letter.
        let regex = strict.or_else(|| regress::Regex::new(pattern).ok().filter(|_| !pattern.contains(r"\p")));
        regex.map(|regex| Compiled::Backtracking(Box::new(regex)))
    };
    let found = if counts_far(pattern) && !repeats_groups(pattern) {
        backtracking().or_else(linear)
    } else {
        linear().or_else(backtracking)
    };
    found.unwrap_or(Compiled::Unreadable)
}

/// The pattern with Java's anchors and classes, which some services publish, as ECMA writes them.
fn ecma(pattern: &str) -> Cow<'_, str> {
    const ANCHORS: [(&str, &str); 3] = [(r"\A", "^"), (r"\Z", "$"), (r"\z", "$")];
    const CLASSES: [(&str, &str); 3] =
        [(r"\p{Print}", r"\x20-\x7E"), (r"\p{Graph}", r"\x21-\x7E"), (r"\p{ASCII}", r"\x00-\x7F")];
    if !ANCHORS.iter().chain(&CLASSES).any(|(java, _)| pattern.contains(java)) {
        return Cow::Borrowed(pattern);
    }
    let (mut out, mut rest, mut in_class) = (String::new(), pattern, false);
    while let Some(first) = rest.chars().next() {
        let anchor = ANCHORS.iter().find_map(|(java, ecma)| Some((*ecma, rest.strip_prefix(java)?)));
        let class = CLASSES.iter().find_map(|(java, ecma)| Some((*ecma, rest.strip_prefix(java)?)));
        rest = match (anchor, class) {
            (Some((ecma, after)), _) if !in_class => {
                out.push_str(ecma);
                after
            }
            (_, Some((ecma, after))) => {
                out.extend(if in_class { ["", ecma, ""] } else { ["[", ecma, "]"] });
                after
            }
            _ => {
                // An escape and what it escapes stay together.
                let length = if first == '\\' {
                    rest.chars().take(2).map(char::len_utf8).sum()
                } else {
                    first.len_utf8()
                };
                in_class = (in_class || first == '[') && first != ']';
                let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
                out.push_str(taken);
                after
            }
        };
    }
    Cow::Owned(out)
}

/// Whether a repetition of the pattern has a large bound.
fn counts_far(pattern: &str) -> bool {
    pattern.split('{').skip(1).any(|after| {
        let bound = after.split('}').next().unwrap_or_default();
        bound.split(',').any(|number| number.trim().parse::<u32>().is_ok_and(|n| n >= LARGE))
    })
}

/// Whether a group is repeated: where backtracking may take exponential time.
fn repeats_groups(pattern: &str) -> bool {
    [")*", ")+", "){"].iter().any(|repeated| pattern.contains(repeated))
}

#[cfg(test)]
mod tests;
