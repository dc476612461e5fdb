//! Facts of the side lexer.

use super::{TokenKind, lex};

/// Tokens but spaces, as `kind text`.
fn check(text: &str, expect: &[(TokenKind, &str)]) {
    let tokens: Vec<(TokenKind, &str)> = lex(text)
        .tokens
        .iter()
        .filter(|t| t.kind != TokenKind::Space)
        .map(|t| (t.kind, t.text(text)))
        .collect();
    assert_eq!(tokens, expect);
}

#[test]
fn tokens_cover_every_byte() {
    let text = "a = \"x ${b + \"y\"} z\" // c\n\u{e9} /// d\n'e' r\"f\" \"\"\"g\n\"\"\" 10.0.0.0/8 #h\n/* i */ where /j/ ;";
    let whole: String = lex(text).tokens.iter().map(|t| t.text(text)).collect();
    assert_eq!(whole, text);
}

#[test]
fn strings_nest_in_interpolations() {
    use TokenKind::{
        Close, InterpolationClose, InterpolationOpen, Open, StringClose, StringOpen, StringText, Word,
    };
    check(
        "\"a${f({b}\"c\")}\"",
        &[
            (StringOpen, "\""),
            (StringText, "a"),
            (InterpolationOpen, "${"),
            (Word, "f"),
            (Open, "("),
            (Open, "{"),
            (Word, "b"),
            (Close, "}"),
            (StringOpen, "\""),
            (StringText, "c"),
            (StringClose, "\""),
            (Close, ")"),
            (InterpolationClose, "}"),
            (StringClose, "\""),
        ],
    );
}

#[test]
fn numbers_hold_their_units() {
    use TokenKind::{Number, Punctuation, Word};
    check(
        "1..2 0.25 vcpu 3 vcpus 40% 10.0.0.0/16 1.5.2",
        &[
            (Number, "1"),
            (Punctuation, ".."),
            (Number, "2"),
            (Number, "0.25 vcpu"),
            (Number, "3"),
            (Word, "vcpus"),
            (Number, "40%"),
            (Number, "10.0.0.0/16"),
            (Number, "1.5.2"),
        ],
    );
}

#[test]
fn a_slash_is_a_pattern_only_after_where() {
    use TokenKind::{Punctuation, Regex, Word};
    check(
        "a / b where /c\\/d/ e.where / f",
        &[
            (Word, "a"),
            (Punctuation, "/"),
            (Word, "b"),
            (Word, "where"),
            (Regex, "/c\\/d/"),
            (Word, "e"),
            (Punctuation, "."),
            (Word, "where"),
            (Punctuation, "/"),
            (Word, "f"),
        ],
    );
}

#[test]
fn depth_counts_brackets_interpolations_and_branches() {
    assert_eq!(lex(&"(".repeat(128)).too_deep, None);
    assert_eq!(lex(&"(".repeat(129)).too_deep, Some(129));
    assert!(lex(&"if a then b else ".repeat(129)).too_deep.is_some());
    assert!(lex(&"x = if a then b else c\n".repeat(500)).too_deep.is_none());
    assert!(lex(&"x = [if a then b else c, if d then e else f]\n".repeat(500)).too_deep.is_none());
    assert!(lex(&"else\nif a then b ".repeat(129)).too_deep.is_some());
}

#[test]
fn a_declaration_in_the_first_column_closes_everything() {
    let text = format!("component A {{\n{}\ncomponent B {{ x = 1 }}\n", "a = [\n".repeat(100));
    assert_eq!(lex(&format!("{text}{text}")).too_deep, None);
}
