//! What can be lowered in `[diagnostics]` is what the samples show as a warning.

use solc_driver::workspace::WARNINGS;
use solc_tests::{case, markdown, workspace};
use std::collections::BTreeSet;

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
