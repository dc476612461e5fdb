//! Texts that are almost right: what an editor holds between two keystrokes, and what a merge leaves behind.
//!
//! Invariant: a mutation depends on the generator alone, and what it makes is UTF-8.

use crate::random::Random;

/// Byte offsets at which a token ends, the whole text included: the places to cut a file at.
///
/// Tokens are runs of word characters and single other characters, which is finer than the lexer's own.
#[must_use]
pub fn cuts(text: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    let (mut in_word, mut in_space) = (false, true);
    for (offset, character) in text.char_indices() {
        let word = character.is_alphanumeric() || character == '_';
        if !(in_space || in_word && word) {
            cuts.push(offset);
        }
        (in_word, in_space) = (word, character.is_whitespace());
    }
    cuts.push(text.len());
    cuts
}

/// Fragments that mean something to the language and are rarely where they should be.
const FRAGMENTS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "${",
    "\"",
    "\"\"\"",
    "r\"",
    "//",
    "///",
    ",",
    "\n",
    "=",
    ":",
    "..",
    ".",
    "?",
    "?.",
    "??",
    "|",
    "->",
    "=>",
    "<",
    "-",
    "+",
    "*",
    "/",
    "where",
    "for",
    "in",
    "if",
    "then",
    "else",
    "match",
    "resource",
    "per zone",
    "link",
    "grant",
    "allow",
    "connect tcp",
    "solution x {",
    "component X {",
    "deferred",
    "secret",
    "9",
    "99999999999999999999",
    "0.5",
    "30s",
    "512MiB",
    "0.25 vcpu",
    "10.0.0.0/33",
    "10.0.0.0/8",
    "/[a-z/",
    "\u{0}",
    "\u{feff}",
    "é",
    "𝔘",
    "\r",
    "\t",
    "@",
    "#",
    "$",
    "%",
    "&&",
    "!",
    "pragma solidity ^0.8.0;",
];

/// A changed copy of `text`; `other` lends lines and tokens.
#[must_use]
pub fn mutate(random: &mut Random, text: &str, other: &str) -> String {
    let mut changed = text.to_owned();
    for _ in 0..=random.below(4) {
        changed = once(random, &changed, other);
    }
    changed
}

fn once(random: &mut Random, text: &str, other: &str) -> String {
    let at = cuts(text);
    let (from, to) = span(random, &at);
    match random.below(9) {
        0 => splice(text, from, to, ""),
        1 => splice(text, from, from, random.choose(FRAGMENTS).copied().unwrap_or_default()),
        2 => splice(text, from, to, random.choose(FRAGMENTS).copied().unwrap_or_default()),
        3 => {
            let again = text.get(from..to).unwrap_or_default().to_owned();
            splice(text, from, from, &again)
        }
        4 => {
            let theirs = cuts(other);
            let (low, high) = span(random, &theirs);
            splice(text, from, to, other.get(low..high).unwrap_or_default())
        }
        5 => {
            let lines: Vec<&str> = other.lines().collect();
            let line = random.choose(&lines).copied().unwrap_or_default();
            splice(text, from, from, &format!("\n{line}\n"))
        }
        6 => {
            let mut lines: Vec<&str> = text.lines().collect();
            let (a, b) = (random.below(lines.len()), random.below(lines.len()));
            if a < lines.len() && b < lines.len() {
                lines.swap(a, b);
            }
            lines.join("\n")
        }
        7 => text.get(..from).unwrap_or_default().to_owned(),
        _ => {
            let depth = 1 + random.below(300);
            let bracket = random.choose(&["{ x: ", "[", "(", "-", "not ", "a.b(", "if a then "]).copied();
            splice(text, from, from, &bracket.unwrap_or_default().repeat(depth))
        }
    }
}

/// A short range between two cuts.
fn span(random: &mut Random, cuts: &[usize]) -> (usize, usize) {
    let first = random.below(cuts.len());
    let last = (first + random.below(8)).min(cuts.len().saturating_sub(1));
    (cuts.get(first).copied().unwrap_or(0), cuts.get(last).copied().unwrap_or(0))
}

fn splice(text: &str, from: usize, to: usize, by: &str) -> String {
    let mut spliced = String::with_capacity(text.len() + by.len());
    spliced.push_str(text.get(..from).unwrap_or_default());
    spliced.push_str(by);
    spliced.push_str(text.get(to..).unwrap_or_default());
    spliced
}

#[cfg(test)]
mod tests {
    use super::{cuts, mutate};
    use crate::random::Random;

    #[test]
    fn a_file_is_cut_after_every_token() {
        let text = "a: B { c = 1 }";
        let parts: Vec<&str> = cuts(text).iter().map(|end| &text[..*end]).collect();
        assert_eq!(parts, ["a", "a:", "a: B", "a: B {", "a: B { c", "a: B { c =", "a: B { c = 1", text]);
    }

    #[test]
    fn the_same_seed_gives_the_same_text() {
        let run = |seed| {
            let mut random = Random::new(seed);
            (0..50).map(|_| mutate(&mut random, "solution a { é: B {} }", "x = 1\ny")).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }
}
