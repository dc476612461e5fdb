//! Facts of the parser.
#![expect(clippy::string_slice, reason = "tests cut their own texts")]

mod declarations;
mod expressions;
mod recovery;
mod robustness;
mod shape;

use crate::ast;
use solc_source::{Diagnostic, FileId};

/// The samples: every construct of the language, in files that are read without a complaint.
pub(crate) const SAMPLES: &[(&str, &str)] = &[
    ("cmdb", include_str!("../../fixtures/cmdb.sol")),
    ("solution", include_str!("../../fixtures/solution.sol")),
    ("component", include_str!("../../fixtures/component.sol")),
];

fn parse(text: &str) -> (ast::File, Vec<Diagnostic>) {
    crate::parse(FileId(0), text)
}

/// Diagnostics as `line:column [code] message`.
fn told(text: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let file = solc_source::SourceFile::new("test.sol", text);
    let line = |d: &Diagnostic| {
        let at = file.position(d.span().lo as usize);
        format!("{}:{} [{}] {}", at.line, at.column, d.code, d.message)
    };
    diagnostics.iter().map(line).collect()
}

#[test]
fn samples_are_read_without_a_complaint() {
    for (name, text) in SAMPLES {
        let (_, diagnostics) = parse(text);
        assert_eq!(told(text, &diagnostics), Vec::<String>::new(), "{name}");
    }
}

/// The tree as text, without spans.
pub(crate) fn bare(text: &str) -> String {
    let debug = format!("{:?}", parse(text).0);
    let mut out = String::new();
    let mut rest = debug.as_str();
    while let Some((before, after)) = rest.split_once("0:") {
        out.push_str(before);
        let length = after.bytes().position(|b| !b.is_ascii_digit() && b != b'.').unwrap_or(after.len());
        if after[..length].contains("..") {
            out.push('_');
            rest = &after[length..];
        } else {
            out.push_str("0:");
            rest = after;
        }
    }
    out + rest
}
