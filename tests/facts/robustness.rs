//! No text makes a stage panic or run away.
//!
//! Invariant: the number of runs is fixed, never the time; what is random comes from a fixed seed.

use solc_source::FileId;
use solc_tests::mutate::{cuts, mutate};
use solc_tests::random::Random;
use solc_tests::workspace::{files_with, text};
use std::panic::catch_unwind;
use std::path::PathBuf;

/// Mutations of the parser's corpus.
const MUTATIONS: usize = 3_000;

fn corpus() -> Vec<(PathBuf, String)> {
    let folders = ["stdlib", "examples", "tests/golden"];
    let paths = folders.iter().flat_map(|folder| files_with(folder, "sol"));
    paths.map(|path| (path.clone(), text(&path))).collect()
}

fn parses(text: &str) -> bool {
    catch_unwind(|| solc_syntax::parse(FileId(0), text)).is_ok()
}

#[test]
fn every_file_parses_cut_at_every_token() {
    for (path, text) in corpus() {
        for cut in cuts(&text) {
            assert!(parses(&text[..cut]), "{} cut at byte {cut}", path.display());
        }
    }
}

#[test]
fn every_mutation_parses() {
    let corpus = corpus();
    let mut random = Random::new(1);
    for run in 0..MUTATIONS {
        let (Some((path, text)), Some((_, other))) = (random.choose(&corpus), random.choose(&corpus)) else {
            return;
        };
        let mutant = mutate(&mut random, text, other);
        assert!(parses(&mutant), "mutation {run} of {}:\n{mutant}", path.display());
    }
}
