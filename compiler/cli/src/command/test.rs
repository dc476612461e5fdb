//! `solc test`: what the tests of a product say, in each environment that they are about.
//!
//! Invariant: every format tells the same results; a test passes only where all of it was asked and held.

use super::{absolute, unknown};
use crate::args::{Format, Test};
use crate::output::{Exit, Output};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;
use solc_driver::{Compilation, Disk, Request, TestResult, compile};
use solc_source::render::SCHEMA_VERSION;
use solc_source::{Diagnostic, Name};
use std::fmt::Write as _;

pub(crate) fn run(test: &Test, output: &Output) -> Exit {
    let path = absolute(&test.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", test.path.display()));
        return Exit::Usage;
    }
    let compilation = compile(&Disk, &path, &Request::test(&test.environments, &test.filter));
    if let Some(exit) = unknown(&test.environments, &compilation, output) {
        return exit;
    }
    let results = &compilation.tests;
    let broken = compilation.diagnostics.iter().any(Diagnostic::is_error);
    if results.is_empty() && !test.filter.is_empty() && !broken {
        output.say(&format!("error: no test's name holds `{}`", test.filter));
        return Exit::Usage;
    }
    let printed = match output.format {
        Format::Human | Format::Narrated => output.print(&lines(results)),
        Format::Concise => output.print(&places(&compilation, output)),
        Format::Json => output.print(&objects(&compilation, output)),
        Format::Junit => match report(&compilation, output) {
            Ok(text) => output.print(&text),
            Err(error) => {
                output.say(&format!("error: cannot write the report: {error}"));
                Exit::Usage
            }
        },
        // Findings and nothing else: what fails is among them.
        Format::Sarif | Format::Github | Format::Markdown | Format::Html => Exit::Clean,
    };
    let exit = output.diagnostics(&compilation.sources, &compilation.root, &compilation.diagnostics);
    if output.talks() {
        output.tell(&summary(&compilation));
    }
    if printed == Exit::Clean { exit } else { printed }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// One line for each test in each environment.
fn lines(results: &[TestResult]) -> String {
    let width = results.iter().map(|r| r.environment.chars().count()).max().unwrap_or_default();
    results.iter().fold(String::new(), |mut text, result| {
        let word = if result.passed() { "ok    " } else { "failed" };
        let assertions = plural(result.assertions, "assertion");
        let _ = writeln!(text, "{word} {:width$}  {} ({assertions})", result.environment, result.name);
        text
    })
}

fn places(compilation: &Compilation, output: &Output) -> String {
    compilation.tests.iter().fold(String::new(), |mut text, result| {
        let (file, line) = output.place(&compilation.sources, &compilation.root, result.span);
        let word = if result.passed() { "ok" } else { "failed" };
        let _ = writeln!(text, "{file}:{line}: {word}[{}]: {}", result.environment, result.name);
        text
    })
}

/// One object a line; those of findings follow, and have a `code` instead of a `test`.
fn objects(compilation: &Compilation, output: &Output) -> String {
    compilation.tests.iter().fold(String::new(), |mut text, result| {
        let (file, line) = output.place(&compilation.sources, &compilation.root, result.span);
        let object = json!({
            "schema_version": SCHEMA_VERSION,
            "test": result.name.as_str(),
            "environment": result.environment.as_str(),
            "passed": result.passed(),
            "assertions": result.assertions,
            "file": file,
            "line": line,
        });
        let _ = writeln!(text, "{object}");
        text
    })
}

/// JUnit's XML: a suite for each environment. What hinders an environment's tests is an error of the suite `check`.
fn report(compilation: &Compilation, output: &Output) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("solc test");
    let mut environments: Vec<&Name> = Vec::new();
    for result in &compilation.tests {
        if !environments.contains(&&result.environment) {
            environments.push(&result.environment);
        }
    }
    let text = |d: &Diagnostic| output.plain(&compilation.sources, &compilation.root, d);
    for environment in environments {
        let mut suite = TestSuite::new(environment.as_str());
        for result in compilation.tests.iter().filter(|r| r.environment == *environment) {
            let errors: Vec<&Diagnostic> = result.diagnostics.iter().filter(|d| d.is_error()).collect();
            let status = match errors.first() {
                None => TestCaseStatus::success(),
                Some(first) => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(first.message.clone());
                    status.set_type(first.code.0);
                    let all: Vec<String> = errors.iter().map(|d| text(d)).collect();
                    status.set_description(all.join("\n\n"));
                    status
                }
            };
            let mut case = TestCase::new(result.name.as_str(), status);
            let (file, _) = output.place(&compilation.sources, &compilation.root, result.span);
            case.set_classname(file);
            case.set_assertions(result.assertions);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    let of_tests: Vec<&Diagnostic> = compilation.tests.iter().flat_map(|t| &t.diagnostics).collect();
    let mut check = TestSuite::new("check");
    for diagnostic in compilation.diagnostics.iter().filter(|d| d.is_error()) {
        let same = |t: &&Diagnostic| t.code == diagnostic.code && t.span() == diagnostic.span();
        if of_tests.iter().any(same) {
            continue;
        }
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(diagnostic.message.clone());
        status.set_type(diagnostic.code.0);
        status.set_description(text(diagnostic));
        let mut case = TestCase::new(diagnostic.code.0, status);
        case.set_classname(output.place(&compilation.sources, &compilation.root, diagnostic.span()).0);
        check.add_test_case(case);
    }
    if check.tests > 0 {
        report.add_test_suite(check);
    }
    report.to_string().map(|text| text + "\n")
}

fn summary(compilation: &Compilation) -> String {
    let results = &compilation.tests;
    let failed = results.iter().filter(|r| !r.passed()).count();
    if results.is_empty() {
        return "no test ran".to_owned();
    }
    let mut names: Vec<(&Name, solc_source::Span)> = results.iter().map(|r| (&r.name, r.span)).collect();
    names.sort_by_key(|(_, span)| *span);
    names.dedup();
    let ran = plural(names.len(), "test");
    let runs = plural(results.len(), "run");
    if failed == 0 {
        format!("{ran} in {runs}: all hold")
    } else {
        format!("{ran} in {runs}: {failed} failed")
    }
}
