//! What can be lowered in `[diagnostics]` is what the samples show as a warning; a repository alone has no errors either.

use solc_driver::workspace::WARNINGS;
use solc_driver::{Request, compile};
use solc_tests::project::{ROOT, memory};
use solc_tests::{case, corpus, markdown, workspace};
use std::collections::BTreeSet;
use std::path::Path;

/// Found only where repositories are missing or left out on demand, which no sample in the frame does; and the warning
/// about the table itself, which is not for lowering.
const ELSEWHERE: [&str; 3] = ["infrastructure-missing", "not-checked-here", "unpinned"];
const OF_THE_TABLE: &str = "silences-nothing";

#[test]
fn every_warning_of_the_spec_cases_can_be_lowered_and_nothing_else() {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for path in workspace::files_with("tests/spec", "md") {
        for block in markdown::blocks(&workspace::text(&path)).into_iter().filter(|block| block.is("sol")) {
            let warnings = case::codes(&block.text).into_iter().filter(|said| said.severity == "warning");
            shown.extend(warnings.map(|said| said.code));
        }
    }
    shown.extend(ELSEWHERE.map(str::to_owned));
    assert!(shown.remove(OF_THE_TABLE));
    let lowerable: BTreeSet<String> = WARNINGS.iter().map(|code| code.0.to_owned()).collect();
    assert_eq!(shown, lowerable);
}

#[test]
fn each_repository_of_the_example_is_sound_alone() {
    let files = memory(&corpus::example("shop"));
    for repository in ["accounts-config", "shop-config", "shop-production-config"] {
        let path = Path::new(ROOT).join(repository);
        let found = compile(&files, &path, &Request::isolated());
        let errors: Vec<_> = found.diagnostics.iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty(), "{repository}: {errors:?}");
    }
}
