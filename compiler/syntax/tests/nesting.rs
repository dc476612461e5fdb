//! What nests: an error beyond the cap, never an overflow, and a cost in proportion to the text before it.
//!
//! pest counts rule calls towards a limit that is global to the process, so that these tests have a process of their
//! own and take turns.

use solc_source::{Diagnostic, FileId};
use solc_syntax::{ast, codes};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parse(text: &str) -> (ast::File, Vec<Diagnostic>) {
    solc_syntax::parse(FileId(0), text)
}

fn too_deep(text: &str) -> bool {
    parse(text).1.iter().any(|d| d.code == codes::NESTING_TOO_DEEP)
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
    let statements =
        STATEMENT_NESTS.iter().map(move |nest| format!("solution s {{\n{}\n}}\n", nested(*nest, count)));
    exprs.chain(types).chain(cases).chain(statements)
}

/// How many rule calls reading `text` takes: the least limit that it is read within.
fn calls(text: &str) -> usize {
    let within = |limit: usize| {
        pest::set_call_limit(NonZeroUsize::new(limit));
        let read = !too_deep(text);
        pest::set_call_limit(None);
        read
    };
    let mut high = 1_000;
    while !within(high) {
        high *= 2;
        assert!(high < 100_000_000, "{text}");
    }
    let mut low = high / 2;
    while high - low > high / 50 + 1 {
        let middle = usize::midpoint(low, high);
        if within(middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn twice_the_nesting_costs_twice() {
    let _turn = turn();
    for (small, large) in nestings(20).zip(nestings(40)) {
        assert!(!too_deep(&small), "{small}");
        let (few, many) = (calls(&small), calls(&large));
        assert!(many * 10 <= few * 27 + 20_000, "{few} calls became {many}: {large}");
    }
}

#[test]
fn a_byte_costs_a_bounded_number_of_calls() {
    let _turn = turn();
    for text in nestings(100).filter(|text| !too_deep(text)) {
        let calls = calls(&text);
        assert!(calls <= text.len() * 250 + 20_000, "{calls} calls for {} bytes: {text}", text.len());
    }
}

#[test]
fn a_hundred_thousand_levels_are_an_error_and_no_overflow() {
    let _turn = turn();
    for count in [120, 130, 300, 5_000, 100_000] {
        for text in nestings(count) {
            let _ = parse(&text);
        }
    }
    for text in [
        nested(("(", "1", ")"), 200),
        nested(("{ a = ", "1", " }"), 300),
        nested(("if a then ", "1", " else 2"), 500),
    ] {
        let (_, diagnostics) = parse(&format!("let fine = 1\nlet x = {text}\n"));
        assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [codes::NESTING_TOO_DEEP]);
    }
}

#[test]
fn declarations_before_what_is_too_deep_are_kept() {
    let _turn = turn();
    let text = format!("let a = 1\n\nlet b = {}\n", nested(("(", "1", ")"), 200));
    assert_eq!(parse(&text).0.items.len(), 1);
}

#[test]
fn long_rows_of_operators_are_an_error_and_no_overflow() {
    let _turn = turn();
    for link in [" + 1", " ?? a", ".a", "[0]", "()", " and b", " .. 1", " < 2"] {
        let (_, diagnostics) = parse(&format!("let x = a{}\n", link.repeat(60_000)));
        assert!(diagnostics.iter().any(|d| d.code == codes::NESTING_TOO_DEEP), "{link}");
        let (_, diagnostics) = parse(&format!("let x = a{}\n", link.repeat(100)));
        assert!(diagnostics.iter().all(|d| d.code == codes::CHAINED_COMPARISON), "{link}: {diagnostics:?}");
    }
    for text in
        [format!("type X = A{}\n", "?".repeat(50_000)), format!("type X = A{}\n", " | B".repeat(50_000))]
    {
        let _ = parse(&text);
    }
}
