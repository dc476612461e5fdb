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
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\"\"\"",
    "${",
    "'",
    "\n",
    ",",
    ";",
    ":",
    "=",
    "==",
    "=>",
    "->",
    "..",
    "...",
    ".",
    "?.",
    "??",
    "?",
    "|",
    "||",
    "&&",
    "!",
    "%",
    "#",
    "//",
    "///",
    "/*",
    "*/",
    "<",
    ">",
    "\\",
    "\u{e9}",
    "\u{1F600}",
    "\r\n",
    "\t",
    "@",
    "if ",
    "then ",
    "else ",
    "elif ",
    "match ",
    "for ",
    "in ",
    "and ",
    "or ",
    "not ",
    "where /",
    "deferred ",
    "secret ",
    "component X {",
    "let ",
    "fn f(",
    "type T = ",
    "enum E {",
    "use a.{",
    "resource r: A.B.C ",
    "allow s3.Get on ",
    "grant g(",
    "1",
    "30s",
    "0.25 vcpu",
    "10.0.0.0/16",
    "99999999999999999999",
    "x",
    "Foo",
    "x = ",
    "x: Foo ",
    "r\"",
    "\u{FEFF}",
    "\0",
    "- ",
    "private ",
    "test \"",
    "principal p for ",
    "connect tcp ",
    "because ",
    "on network ",
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

#[test]
fn a_file_beyond_the_cap_is_not_read() {
    let text = " ".repeat(crate::SIZE_CAP + 1);
    let (file, diagnostics) = parse(&text);
    assert!(file.items.is_empty());
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [codes::FILE_TOO_LARGE]);
}
