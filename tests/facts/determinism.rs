//! The same input gives the same bytes, whatever the machine does with files and threads.
//!
//! Invariant: what is compared is everything that a build writes, and everything that it says.

use rayon::ThreadPoolBuilder;
use solc_driver::{Compilation, Memory, Request, compile};
use solc_tests::frame::Files;
use solc_tests::{corpus, product, project, synthetic};
use std::path::Path;

fn build(files: &Files, root: &str, arrange: impl Fn(Memory) -> Memory) -> (Files, Vec<String>) {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(Path::new(root).join(path), text.as_str());
    }
    shown(&compile(&arrange(memory), Path::new(root), &Request::build(&[])))
}

fn shown(compilation: &Compilation) -> (Files, Vec<String>) {
    let said = project::said(compilation).iter().map(ToString::to_string).collect();
    (project::output(compilation), said)
}

/// Checks that all ways of building a project agree; returns how many files it writes.
fn agree(files: &Files) -> usize {
    let first = build(files, "/workspace", |memory| memory);
    assert_eq!(build(files, "/workspace", |memory| memory), first, "a second time");
    assert_eq!(build(files, "/elsewhere/deeper", |memory| memory), first, "in another directory");
    assert_eq!(build(files, "/workspace", Memory::reversed), first, "with files in reverse order");
    for threads in [1, 8] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
        let other = pool.install(|| build(files, "/workspace", |memory| memory));
        assert_eq!(other, first, "with {threads} threads");
    }
    first.0.len()
}

#[test]
fn the_example_builds_to_the_same_bytes_in_every_way() {
    assert!(agree(&corpus::example("shop")) >= 12, "three environments, with templates and a manifest each");
}

#[test]
fn a_product_of_several_solutions_builds_to_the_same_bytes_in_every_way() {
    assert!(agree(&synthetic::product(60)) > 0);
}

#[test]
fn random_products_build_to_the_same_bytes_in_every_way() {
    for files in product::drawn(3, 8) {
        assert!(agree(&files) > 0);
    }
}

#[test]
fn mistakes_are_said_in_the_same_words_in_every_way() {
    for files in corpus::projects().iter().skip(1).step_by(7) {
        agree(files);
    }
}
