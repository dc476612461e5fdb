//! Projects to take apart: the examples, and every spec case in its frame.
//!
//! Invariant: sorted, so that a seed means the same on every machine.

use crate::frame::{self, Files};
use crate::{expectation, markdown, workspace};

/// A folder of `examples`, as files by path.
#[must_use]
pub fn example(name: &str) -> Files {
    let folder = format!("examples/{name}");
    let paths = workspace::files(&folder).into_iter().filter(|path| {
        path.extension().is_some_and(|e| e == "sol" || e == "toml" || e == "json" || e == "lock")
    });
    paths
        .filter_map(|path| {
            let inside = path.strip_prefix(&folder).ok()?.to_string_lossy().replace('\\', "/");
            Some((inside, workspace::text(&path)))
        })
        .collect()
}

/// The example, and every spec case.
#[must_use]
pub fn projects() -> Vec<Files> {
    let mut projects = vec![example("shop")];
    for path in workspace::files_with("tests/spec", "md") {
        for block in markdown::blocks(&workspace::text(&path)).iter().filter(|block| block.is("sol")) {
            let files = frame::split(&block.text).into_iter().map(|(path, _, text)| {
                let seen = expectation::read(&path, &text).map(|(_, seen)| seen).unwrap_or(text);
                (path, seen)
            });
            projects.push(frame::around(files));
        }
    }
    projects
}
