//! Every example in prose compiles, or fails as its page says; codes and pages are one set.
//!
//! The convention stands in the book: *Contributing, Testing*.

mod example;
mod library;
mod message;

use example::{Example, examples};
use solc_driver::{Memory, Request, compile};
use solc_source::Severity;
use solc_tests::workspace::{files, files_with, text};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const BASE: &str = "tests/book/base";
const PAGES: &str = "book/src/diagnostics";
const NO_EXAMPLE: &str = "<!-- no example:";

/// The workspace that every example is laid over.
fn base() -> Memory {
    let mut memory = Memory::new();
    for path in files(BASE) {
        if let Ok(below) = path.strip_prefix(BASE) {
            memory.insert(below, text(&path));
        }
    }
    memory
}

/// What an example is for: nothing wrong, or this code.
fn mistake_of(page: &Path, example: &Example) -> Result<(), String> {
    let mut memory = base();
    for (path, text) in &example.files {
        memory.insert(path, text.as_str());
    }
    let compilation = compile(&memory, Path::new(""), &Request::test(&[], ""));
    let found: Vec<String> = compilation
        .diagnostics
        .iter()
        .map(|d| {
            format!(
                "{} {}[{}]: {}",
                compilation.sources.place(d.span()),
                d.severity.word(),
                d.code,
                d.message
            )
        })
        .collect();
    let code = page.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let errors = || compilation.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let holds = if example.shows_the_finding {
        compilation.diagnostics.iter().any(|d| d.code.0 == code) && errors().all(|d| d.code.0 == code)
    } else {
        errors().next().is_none() && compilation.diagnostics.iter().all(|d| d.code.0 != code)
    };
    if holds {
        return Ok(());
    }
    let wanted =
        if example.shows_the_finding { format!("only `{code}`") } else { "nothing wrong".to_owned() };
    Err(format!("{}:{}: wanted {wanted}, found\n  {}", page.display(), example.line, found.join("\n  ")))
}

fn prose() -> Vec<PathBuf> {
    let mut pages = files_with("book/src", "md");
    pages.push(PathBuf::from("README.md"));
    pages
}

#[test]
fn every_example_compiles_or_fails_as_its_page_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in prose() {
        for example in examples(&text(&page)) {
            count += 1;
            wrong.extend(mistake_of(&page, &example).err());
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200, "only {count} examples were found");
}

#[test]
fn every_page_shows_its_finding_and_the_way_out() {
    let mut wrong = Vec::new();
    for page in files_with(PAGES, "md").into_iter().filter(|page| !page.ends_with("index.md")) {
        let code = page.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let content = text(&page);
        if !content.starts_with(&format!("# {code}\n\n")) {
            wrong.push(format!("{}: the title is not `{code}`", page.display()));
        }
        let all = examples(&content);
        let shows = all.iter().any(|example| example.shows_the_finding);
        let mends = all.iter().any(|example| !example.shows_the_finding);
        if !(shows && mends || content.contains(NO_EXAMPLE)) {
            wrong
                .push(format!("{}: needs an example marked `error`, and one that is mended", page.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The codes that a crate's `codes.rs` declares.
fn declared() -> BTreeSet<String> {
    let sources = files_with("compiler", "rs").into_iter().filter(|path| path.ends_with("src/codes.rs"));
    sources.flat_map(|path| codes(&text(&path))).collect()
}

fn codes(source: &str) -> Vec<String> {
    let lines = source.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let literals = lines.filter_map(|line| line.split('"').nth(1));
    let is_code =
        |text: &&str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    literals.filter(is_code).map(str::to_owned).collect()
}

#[test]
fn codes_and_pages_are_one_set() {
    let pages: BTreeSet<String> = files_with(PAGES, "md")
        .iter()
        .filter_map(|path| path.file_stem())
        .map(|stem| stem.to_string_lossy().into_owned())
        .filter(|name| name != "index")
        .collect();
    let declared = declared();
    let missing: Vec<_> = declared.difference(&pages).collect();
    let stale: Vec<_> = pages.difference(&declared).collect();
    assert!(missing.is_empty() && stale.is_empty(), "without a page: {missing:?}\nwithout a code: {stale:?}");
}

#[test]
fn the_table_of_contents_names_every_page() {
    let contents = text(Path::new("book/src/SUMMARY.md"));
    let missing: Vec<String> = files_with("book/src", "md")
        .iter()
        .filter_map(|path| path.strip_prefix("book/src").ok())
        .map(|path| path.display().to_string())
        .filter(|path| path != "SUMMARY.md" && !contents.contains(&format!("({path})")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn codes_are_read_from_both_ways_of_declaring_them() {
    let source =
        "/// A \"doc\".\npub const A: Code = Code(\"first-code\");\ncodes! {\n    B = \"second-code\";\n}\n";
    assert_eq!(codes(source), ["first-code", "second-code"]);
}
