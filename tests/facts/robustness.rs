//! No text makes a stage panic or run away.
//!
//! Invariant: the number of runs is fixed, never the time; what is random comes from a fixed seed.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use solc_source::FileId;
use solc_tests::frame::{self, Files};
use solc_tests::mutate::{cuts, mutate};
use solc_tests::random::Random;
use solc_tests::workspace::{files_with, text};
use solc_tests::{corpus, project};
use std::panic::catch_unwind;
use std::path::PathBuf;

/// Mutations of the parser's corpus.
const MUTATIONS: usize = 3_000;

/// Mutations of whole projects.
const PROJECT_MUTATIONS: usize = 400;

/// One cut of the library in this many: a cut file costs the check of a project.
const LIBRARY_STEP: usize = 60;

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

/// Checks and, where nothing is wrong, builds; what is said is rendered as far as its places.
fn survives(files: &Files) -> bool {
    catch_unwind(|| project::said(&project::build(files)).len()).is_ok()
}

/// The project with `path` cut at each of `at`; says which cuts do not survive.
fn cut_everywhere(project: &Files, path: &str, at: &[usize]) -> Vec<String> {
    let text = project.get(path).map_or("", String::as_str);
    at.par_iter()
        .filter(|cut| {
            let mut cut_short = project.clone();
            cut_short.insert(path.to_owned(), text[..**cut].to_owned());
            !survives(&cut_short)
        })
        .map(|cut| format!("{path} cut at byte {cut}"))
        .collect()
}

#[test]
fn the_example_is_checked_with_any_file_cut_at_any_token() {
    let shop = corpus::example("shop");
    let mut broken = Vec::new();
    for (path, text) in &shop {
        broken.extend(cut_everywhere(&shop, path, &cuts(text)));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_library_file_in_a_users_hands_is_checked_cut_anywhere() {
    let mut broken = Vec::new();
    for path in files_with("stdlib", "sol") {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let inside = format!("shop-config/components/{name}");
        let project = frame::around([(inside.clone(), text(&path))]);
        let at: Vec<usize> = cuts(&text(&path)).into_iter().step_by(LIBRARY_STEP).collect();
        broken.extend(cut_everywhere(&project, &inside, &at));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_mutation_of_a_project_is_checked() {
    let projects = corpus::projects();
    let texts: Vec<&String> = projects.iter().flat_map(Files::values).collect();
    let mut random = Random::new(2);
    let mut mutants = Vec::new();
    for _ in 0..PROJECT_MUTATIONS {
        let Some(project) = random.choose(&projects) else { return };
        let paths: Vec<&String> = project.keys().collect();
        let (Some(path), Some(other)) = (random.choose(&paths), random.choose(&texts)) else { return };
        let mut mutant = project.clone();
        mutant.insert(
            (*path).clone(),
            mutate(&mut random, project.get(*path).map_or("", String::as_str), other),
        );
        mutants.push(((*path).clone(), mutant));
    }
    let broken: Vec<String> = mutants
        .par_iter()
        .filter(|(_, files)| !survives(files))
        .map(|(path, files)| format!("{path}:\n{}", files.get(path).map_or("", String::as_str)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
