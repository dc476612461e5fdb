//! `tests/spec/*.md`: mistakes, each with the code, the place and the environments. A case is a test of its own, named
//! after its page and heading; `README.md` beside this file says how one is written.
//!
//! Invariant: a page that cannot be read is a failing test, not a missing one.

use libtest_mimic::{Arguments, Trial};
use solc_tests::{case, markdown, workspace};

fn main() {
    let mut trials = Vec::new();
    for path in workspace::files_with("tests/spec", "md") {
        let page = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        for block in markdown::blocks(&workspace::text(&path)).into_iter().filter(|block| block.is("sol")) {
            let name = format!("{page}::{}", block.heading);
            let place = format!("{}:{}", path.display(), block.line);
            trials.push(Trial::test(name, move || {
                case::holds(&block.text).map_err(|report| format!("{place}\n{report}").into())
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
