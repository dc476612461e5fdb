//! Whatever the bytes: a tree and diagnostics, no panic, no blow-up.

use super::{SAMPLES, parse};
use crate::codes;
use crate::lexer;

/// A small deterministic generator (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (below.max(1) as u64)).unwrap_or(0)
    }
}

const FRAGMENTS: &[&str] = &[
    "(", ")", "[", "]", "{", "}", "\"", "\"\"\"", "${", "'", "\n", ",", ";", ":", "=", "==", "=>", "->", "..", "...", ".", "?.",
    "??", "?", "|", "||", "&&", "!", "%", "#", "//", "///", "/*", "*/", "<", ">", "\\", "\u{e9}", "\u{1F600}", "\r\n", "\t", "@",
    "if ", "then ", "else ", "elif ", "match ", "for ", "in ", "and ", "or ", "not ", "where /", "deferred ", "secret ",
    "component X {", "let ", "fn f(", "type T = ", "enum E {", "use a.{", "resource r: A.B.C ", "allow s3.Get on ", "grant g(",
    "1", "30s", "0.25 vcpu", "10.0.0.0/16", "99999999999999999999", "x", "Foo", "x = ", "x: Foo ", "r\"", "\u{FEFF}", "\0", "- ",
    "private ", "test \"", "principal p for ", "connect tcp ", "because ", "on network ",
];

fn mutated(dice: &mut Dice, text: &str) -> String {
    let mut out = text.to_owned();
    for _ in 0..=dice.roll(12) {
        let at = out.floor_char_boundary(dice.roll(out.len() + 1));
        match dice.roll(4) {
            0 => {
                let end = out.floor_char_boundary((at + dice.roll(20)).min(out.len())).max(at);
                out.replace_range(at..end, "");
            }
            1 => {
                let end = out.floor_char_boundary((at + dice.roll(60)).min(out.len())).max(at);
                let copy = out[at..end].to_owned();
                let to = out.floor_char_boundary(dice.roll(out.len() + 1));
                out.insert_str(to, &copy);
            }
            _ => out.insert_str(at, FRAGMENTS[dice.roll(FRAGMENTS.len())]),
        }
    }
    out
}

/// Parses, formats and scans; the tokens must cover the text.
fn survives(text: &str) {
    let (_, diagnostics) = parse(text);
    for diagnostic in &diagnostics {
        assert!(diagnostic.labels.iter().all(|l| l.span.hi as usize <= text.len()), "{diagnostic:?}");
        assert!(!diagnostic.message.is_empty() && diagnostic.span().lo <= diagnostic.span().hi);
    }
    let mut end = 0;
    for token in lexer::lex(text).tokens {
        assert_eq!(token.lo, end);
        assert!(token.hi > token.lo && text.get(token.range()).is_some(), "{token:?}");
        end = token.hi;
    }
    assert_eq!(end as usize, text.len());
    let _ = crate::declared_names(text);
    if diagnostics.is_empty() {
        let tree = super::bare(text);
        for gap in ["kind: Missing", "kind: Error", "name: \"\"", "Error(_)"] {
            assert!(!tree.contains(gap), "{gap} and no diagnostic: {text:?}");
        }
        crate::format::tests::formatted(text);
    }
}

#[test]
fn every_prefix_and_every_token_left_out_is_survived() {
    // Declaration by declaration, since the cost is quadratic.
    for (_, sample) in SAMPLES {
        for item in parse(sample).0.items {
            let text = &sample[item.span.range()];
            for token in lexer::lex(text).tokens {
                survives(&text[..token.lo as usize]);
                survives(&format!("{}{}", &text[..token.lo as usize], &text[token.hi as usize..]));
            }
        }
    }
}

#[test]
fn mutants_are_survived() {
    let mut dice = Dice(0x5EED_CAFE);
    for round in 0..6_000 {
        let (_, text) = SAMPLES[round % SAMPLES.len()];
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let from = dice.roll(lines.len());
        let piece: String = lines[from..(from + 1 + dice.roll(30)).min(lines.len())].concat();
        survives(&mutated(&mut dice, &piece));
    }
}

#[test]
fn soup_is_survived() {
    let mut dice = Dice(42);
    for _ in 0..3_000 {
        let soup: String = (0..dice.roll(60)).map(|_| FRAGMENTS[dice.roll(FRAGMENTS.len())]).collect();
        survives(&soup);
    }
}

/// Constructs that nest: what opens, what stands innermost, what closes.
const NESTS: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("[", "", ""),
    ("(", "", ""),
    ("{", "", ""),
    ("{ a = ", "1", " }"),
    ("{ \"a\" = ", "1", " }"),
    ("c { a = ", "1", " }"),
    ("f(", "1", ")"),
    ("f(a: ", "1", ")"),
    ("a[", "1", "]"),
    ("[x for x in ", "y", "]"),
    ("{k: v for k, v in ", "y", "}"),
    ("{\"${k}\": ", "v", " for k in x}"),
    ("\"${", "1", "}\""),
    ("\"${f(", "1", ")}\""),
    ("{ \"${", "1", "}\" = 1 }"),
    ("if a then ", "1", " else 2"),
    ("if a then 1 else ", "2", ""),
    ("if ", "a", " then 1 else 2"),
    ("match x { a => ", "1", " }"),
    ("match ", "x", " { a => 1 }"),
    ("match x { \"a\" | b => ", "1", " }"),
    ("not ", "a", ""),
    ("- ", "a", ""),
    ("(a + ", "1", ")"),
    ("[...", "a", "]"),
    ("[1 ", "2", ""),
    ("{ a: ", "1", " }"),
    ("a ?? (", "b", ")"),
    ("a.b(", "c", ").d"),
    ("|x| ", "x", ""),
];

const TYPE_NESTS: &[(&str, &str, &str)] = &[
    ("[", "Int", "]"),
    ("{String: ", "Int", "}"),
    ("{ a: ", "Int", " }"),
    ("{ a: ", "Int", ", b: Int }"),
    ("(", "Int", ")?"),
    ("Grant<", "a", ">"),
    ("deferred ", "Int", ""),
    ("{ a: ", "", ""),
    ("[", "", ""),
];

const STATEMENT_NESTS: &[(&str, &str, &str)] = &[
    ("a: B { ", "x = 1", " }"),
    ("a: B {\n", "x = 1", "\n}"),
    ("for x in y { ", "assert z", " }"),
    ("grant g(a: Int) { ", "x", " }"),
    ("resource r: A.B.C if x { ", "y = 1", " }"),
    ("default X { ", "y = 1", " }"),
    ("principal p for q { ", "y = 1", " }"),
    ("a: B { ", "", ""),
    ("x = { y { ", "", ""),
];

fn nested((open, inner, close): (&str, &str, &str), count: usize) -> String {
    format!("{}{inner}{}", open.repeat(count), close.repeat(count))
}

fn nestings(count: usize) -> impl Iterator<Item = String> {
    let exprs = NESTS.iter().map(move |nest| format!("let x = {}\n", nested(*nest, count)));
    let types = TYPE_NESTS.iter().map(move |nest| format!("type X = {}\n", nested(*nest, count)));
    let cases = [("c { a: ", "Int", " }")].map(|nest| format!("type X = {}\n", nested(nest, count)));
    let statements = STATEMENT_NESTS.iter().map(move |nest| format!("solution s {{\n{}\n}}\n", nested(*nest, count)));
    exprs.chain(types).chain(cases).chain(statements)
}

#[test]
fn a_hundred_thousand_levels_are_an_error_and_no_overflow() {
    for count in [120, 130, 300, 5_000, 100_000] {
        for text in nestings(count) {
            let _ = parse(&text);
        }
    }
    for text in [nested(("(", "1", ")"), 200), nested(("{ a = ", "1", " }"), 300), nested(("if a then ", "1", " else 2"), 500)] {
        let (_, diagnostics) = parse(&format!("let fine = 1\nlet x = {text}\n"));
        assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [codes::NESTING_TOO_DEEP]);
    }
}

#[test]
fn declarations_before_what_is_too_deep_are_kept() {
    let text = format!("let a = 1\n\nlet b = {}\n", nested(("(", "1", ")"), 200));
    assert_eq!(parse(&text).0.items.len(), 1);
}

#[test]
fn long_rows_of_operators_are_an_error_and_no_overflow() {
    for link in [" + 1", " ?? a", ".a", "[0]", "()", " and b", " .. 1", " < 2"] {
        let (_, diagnostics) = parse(&format!("let x = a{}\n", link.repeat(60_000)));
        assert!(diagnostics.iter().any(|d| d.code == codes::NESTING_TOO_DEEP), "{link}");
        let (_, diagnostics) = parse(&format!("let x = a{}\n", link.repeat(100)));
        assert!(diagnostics.iter().all(|d| d.code == codes::CHAINED_COMPARISON), "{link}: {diagnostics:?}");
    }
    for text in [format!("type X = A{}\n", "?".repeat(50_000)), format!("type X = A{}\n", " | B".repeat(50_000))] {
        let _ = parse(&text);
    }
}

#[test]
fn a_file_beyond_the_cap_is_not_read() {
    let text = " ".repeat(crate::SIZE_CAP + 1);
    let (file, diagnostics) = parse(&text);
    assert!(file.items.is_empty());
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [codes::FILE_TOO_LARGE]);
}
