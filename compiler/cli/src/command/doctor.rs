//! `solc doctor`: what the program stands on, each thing with what to do where it is not well.
//!
//! Invariant: it changes nothing, here or in an account. What cannot be found out is said, and is no error of its own.

#[cfg(feature = "aws")]
pub(super) mod aws;
mod git;
mod program;

use super::absolute;
use crate::args::{Doctor, Format, RemoteBackend};
use crate::output::{Exit, Output};
use serde_json::json;
use solc_driver::{Disk, Neighbours, Workspace, discover};
use std::path::Path;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ok,
    Warning,
    Error,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    /// What: one word, for programs.
    check: &'static str,
    state: State,
    message: String,
    /// What to do; empty where it is well.
    help: String,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, state: State::Ok, message: message.into(), help: String::new() }
    }

    fn warning(check: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { check, state: State::Warning, message: message.into(), help: help.into() }
    }

    fn error(check: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { check, state: State::Error, message: message.into(), help: help.into() }
    }
}

pub(crate) fn run(doctor: &Doctor, output: &Output) -> Exit {
    if !matches!(output.format, Format::Human | Format::Json) {
        output.say("error: `solc doctor` speaks `--format human` or `--format json`");
        return Exit::Usage;
    }
    let path = absolute(&doctor.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", doctor.path.display()));
        return Exit::Usage;
    }
    let mut findings = program::look();
    let workspace = discover(&Disk, &path, Neighbours::Seen);
    findings.extend(look_at_workspace(&workspace));
    findings.extend(git::look(&workspace));
    if let (Some(environment), Some(backend)) = (&doctor.environment, doctor.backend) {
        match backend {
            RemoteBackend::Aws => findings.extend(look_at_aws(&path, environment, doctor)),
        }
    }
    show(&findings, output)
}

#[cfg(feature = "aws")]
fn look_at_aws(path: &Path, environment: &str, doctor: &Doctor) -> Vec<Finding> {
    aws::look(path, environment, &doctor.aws)
}

#[cfg(not(feature = "aws"))]
fn look_at_aws(_: &Path, environment: &str, _: &Doctor) -> Vec<Finding> {
    let message =
        format!("this solc was built without AWS, and cannot look at what `{environment}` is deployed to");
    vec![Finding::error("credentials", message, "use one that was built with its default features")]
}

fn look_at_workspace(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    let found = !workspace.repositories.is_empty();
    if found {
        findings.push(Finding::ok("workspace", format!("the workspace is `{}`", workspace.root.display())));
    }
    for diagnostic in workspace.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
        let help = if found {
            "run `solc check`, which shows the place"
        } else {
            "run `solc init DIR` to lay out a product, or name a folder that has one"
        };
        findings.push(Finding::error("workspace", diagnostic.message.clone(), help));
    }
    for repository in &workspace.repositories {
        let infrastructure = repository.infrastructure.as_ref().map(|folder| folder.name.as_str());
        let message = match infrastructure {
            Some(name) => format!("`{}`, with its infrastructure in `{name}`", repository.name),
            None => format!("`{}`", repository.name),
        };
        findings.push(Finding::ok("repository", message));
    }
    findings
}

fn show(findings: &[Finding], output: &Output) -> Exit {
    let mut text = String::new();
    for finding in findings {
        let Finding { check, state, message, help } = finding;
        match output.format {
            Format::Json => {
                let line = json!({ "check": check, "state": state.word(), "message": message, "help": help });
                text.push_str(&format!("{line}\n"));
            }
            _ if output.quiet && *state == State::Ok => {}
            _ => {
                text.push_str(&format!("{:<8} {check}: {message}\n", state.word()));
                if !help.is_empty() {
                    text.push_str(&format!("         help: {help}\n"));
                }
            }
        }
    }
    match output.print(&text) {
        Exit::Clean if findings.iter().any(|finding| finding.state == State::Error) => Exit::Findings,
        exit => exit,
    }
}
