//! The book's pages of the standard library are what `solc doc` makes of it, and nothing in it is without words.

use solc_doc::{Markup, Scope, files, read, reference, undocumented};
use solc_driver::Memory;
use solc_tests::workspace::{files_with, text};
use std::path::{Path, PathBuf};

const PAGES: &str = "book/src/library";

fn library() -> solc_doc::Reading {
    read(&Memory::new(), Path::new(""), Scope::Library)
}

#[test]
fn the_pages_of_the_library_are_current() {
    let reading = library();
    let made = files(&reference(&reading.subjects[0]), Markup::Markdown);
    let mut wrong: Vec<String> = Vec::new();
    for file in &made {
        let path = Path::new(PAGES).join(&file.name);
        if !files_with(PAGES, "md").contains(&path) || text(&path) != file.content {
            wrong.push(path.display().to_string());
        }
    }
    let left = files_with(PAGES, "md")
        .into_iter()
        .filter(|path| made.iter().all(|file| Path::new(PAGES).join(&file.name) != *path));
    wrong.extend(left.map(|path: PathBuf| path.display().to_string()));
    assert!(wrong.is_empty(), "the book says how to write them anew (Contributing, Testing): {wrong:?}");
    assert!(made.len() > 7, "only {} pages", made.len());
}

#[test]
fn everything_public_in_the_library_has_words() {
    let reading = library();
    let silent: Vec<String> = undocumented(&reading.subjects[0])
        .iter()
        .map(|silent| format!("{} {}", reading.sources.place(silent.span), silent.path))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn samples_of_the_library_have_the_types_that_they_need() {
    let reading = library();
    let wrong: Vec<String> = solc_doc::samples(&reading.subjects[0])
        .iter()
        .map(|d| format!("{} {}: {}", reading.sources.place(d.span()), d.code, d.message))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_component_of_the_library_that_a_solution_would_declare_shows_how() {
    let reading = library();
    let shown =
        reference(&reading.subjects[0]).iter().map(|page| page.text.matches("```sol").count()).sum::<usize>();
    assert!(shown >= 12, "only {shown} samples");
}
