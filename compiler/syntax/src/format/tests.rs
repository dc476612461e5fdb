//! Facts of the formatter.

use crate::parse::tests::{SAMPLES, bare};

/// Formats, and checks that the result is a fixed point with the same tree and the same comments.
pub(crate) fn formatted(text: &str) -> String {
    let once = super::format(text).unwrap_or_else(|d| panic!("does not parse: {d:#?}\n{text}"));
    let twice = super::format(&once).unwrap_or_else(|d| panic!("result does not parse: {d:#?}\n{once}"));
    assert_eq!(once, twice, "not a fixed point");
    let (before, after) = (bare(text), bare(&once));
    let same = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let near = |tree: &str| tree.get(same.saturating_sub(80)..).map(|t| t.chars().take(200).collect::<String>());
    assert_eq!(near(&before), near(&after), "another tree:\n{text}\n----\n{once}");
    assert!(before == after, "another tree: {once}");
    assert_eq!(comments(text), comments(&once), "other comments:\n{once}");
    once
}

fn comments(text: &str) -> Vec<String> {
    let tokens = crate::lexer::lex(text).tokens.into_iter();
    let comments = tokens.filter(|t| matches!(t.kind, crate::lexer::TokenKind::Comment | crate::lexer::TokenKind::Doc));
    comments.map(|t| t.text(text).trim_end().to_owned()).collect()
}

fn check(text: &str, expect: &str) {
    assert_eq!(formatted(text), expect);
}

#[test]
fn samples_keep_tree_and_comments() {
    for (_, text) in SAMPLES {
        let out = formatted(text);
        if std::env::var_os("SHOW_FORMATTED").is_some() {
            println!("{out}");
        }
    }
}

#[test]
fn an_empty_file_stays_empty() {
    check("", "");
    check("\n\n", "");
    check("// a\n", "// a\n");
}
