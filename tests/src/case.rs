//! A sample with what the compiler is to say about it, and whether it does.
//!
//! Invariant: every diagnostic is expected and every expectation met: code, severity, file, line, environments.

use crate::expectation::{self, Expectation};
use crate::frame;
use crate::project::{self, Said};
use std::fmt::Write as _;

/// The code of what nothing names.
const UNUSED: &str = "unused-declaration";

/// Checks a sample in its frame against the comments in it.
///
/// # Errors
/// Says what was said and not expected, and what was expected and not said.
pub fn holds(sample: &str) -> Result<(), String> {
    let mut expected: Vec<Expectation> = Vec::new();
    let mut files = Vec::new();
    for (path, _, text) in frame::split(sample) {
        let (expectations, seen) = expectation::read(&path, &text)?;
        expected.extend(expectations);
        files.push((path, seen));
    }
    let compilation = project::check(&frame::around(files));
    let mut unmet = expected;
    let mut unexpected = Vec::new();
    // A sample about something else need not use what it declares.
    let asks_for_uses = unmet.iter().any(|expectation| expectation.code == UNUSED);
    for said in project::said(&compilation) {
        if said.code == UNUSED && !asks_for_uses {
            continue;
        }
        match unmet.iter().position(|expectation| meets(&said, expectation)) {
            Some(index) => {
                unmet.remove(index);
            }
            None => unexpected.push(said),
        }
    }
    if unmet.is_empty() && unexpected.is_empty() {
        return Ok(());
    }
    let mut report = String::new();
    for said in unexpected {
        let _ = writeln!(report, "not expected: {said}");
    }
    for missing in unmet {
        let names: Vec<&str> = missing.environments.iter().map(String::as_str).collect();
        let _ = writeln!(
            report,
            "not said:     {}:{}: {}: [{}] {:?} in {}",
            missing.file,
            missing.line,
            missing.severity,
            missing.code,
            missing.text,
            if names.is_empty() { "no environment".to_owned() } else { names.join(", ") }
        );
    }
    Err(report)
}

fn meets(said: &Said, expected: &Expectation) -> bool {
    said.severity == expected.severity
        && said.code == expected.code
        && said.file == expected.file
        && said.line == expected.line
        && said.environments == expected.environments
        && said.text.contains(&expected.text)
}

/// The codes of the errors and warnings in a sample, in its frame.
#[must_use]
pub fn codes(sample: &str) -> Vec<Said> {
    let files = frame::split(sample).into_iter().map(|(path, _, text)| (path, text));
    project::said(&project::check(&frame::around(files)))
}
