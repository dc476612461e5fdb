//! What a deployment came to, for people and as the last JSON line.
//!
//! Invariant: it says what the exit code says, and what to do next where that is not zero.

use super::progress::Progress;
use super::{plural, show};
use crate::output::{Exit, Output};
use serde_json::json;
use solc_deploy::engine::{About, Exit as End, Halt, Report, words};
use solc_deploy::journal::StepOutcome;
use solc_deploy::release::SolutionOutput;
use solc_source::Sources;
use std::collections::BTreeMap;
use std::path::Path;

/// What is shown of it, beside the report.
pub(crate) struct Shown<'a> {
    pub(crate) about: &'a About,
    pub(crate) outputs: &'a [SolutionOutput],
    pub(crate) sources: &'a Sources,
    pub(crate) root: &'a Path,
}

/// Says what came of it.
pub(crate) fn tell(report: &Report, shown: &Shown<'_>, progress: &mut Progress, output: &Output) -> Exit {
    let about = shown.about;
    let end = report.exit();
    let failures =
        report.steps.iter().filter_map(|step| step.failure.as_ref().map(|failure| (step, failure)));
    let told = failures.filter(|(step, _)| step.outcome != Some(StepOutcome::NotStarted)).map(|(_, f)| f);
    show(told, &about.environment, shown.sources, shown.root, output);
    for warning in &report.warnings {
        output.say(&format!("warning: {warning}"));
    }
    for step in &report.steps {
        for leaked in &step.leaked {
            output.say(&format!(
                "warning: `{}` ({}) of `{}` should have gone and is still there: {}",
                leaked.logical_id, leaked.resource_type, step.stack, leaked.reason
            ));
        }
        for (name, physical) in &step.retained {
            output.tell(&format!("`{name}` of `{}` was left in the account as `{physical}`", step.stack));
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in of_stacks(report).into_values() {
        *counts.entry(words(outcome)).or_default() += 1;
    }
    let outputs: BTreeMap<String, &str> = shown
        .outputs
        .iter()
        .filter_map(|wanted| {
            // A stack that is moved first, or updated twice, has them from its last step.
            let step = report.steps.iter().rev().find(|step| step.stack == wanted.stack)?;
            Some((format!("{}.{}", wanted.solution, wanted.name), step.outputs.get(&wanted.output)?.as_str()))
        })
        .collect();
    progress.line(
        "end",
        report.finished,
        json!({"exit": end.code(), "outputs": outputs, "counts": counts, "resume": resume(report, about)}),
    );
    if output.talks() {
        let seconds = report.finished.since(report.started).as_secs_f64();
        output.tell(&sentence(report, about, &counts, seconds));
        if !outputs.is_empty() {
            let width = outputs.keys().map(|name| name.chars().count()).max().unwrap_or_default();
            for (name, value) in &outputs {
                output.tell(&format!("  {name:width$}  {value}"));
            }
        }
        match &report.halt {
            Some(Halt::LeaseLost(why)) => {
                output.say(&format!("error: the environment is no longer ours: {why}"));
            }
            Some(Halt::NoEvidence(why)) => output.say(&format!("error: it cannot be written down: {why}")),
            Some(Halt::Suspended(failure)) => {
                output.say(&format!("error: the service does not answer: {failure}"));
            }
            Some(Halt::Detached | Halt::Died) | None => {}
        }
        if let Some(command) = resume(report, about) {
            output.say(&format!("help: go on with it: {command}"));
        }
    }
    match end {
        End::Done => Exit::Clean,
        End::Failed
        | End::Refused
        | End::NeedsRecovery
        | End::Busy
        | End::PartlyApplied
        | End::Detached
        | End::Cancelled => Exit::Deploy(end.code()),
    }
}

fn resume(report: &Report, about: &About) -> Option<String> {
    report.halt.is_some().then(|| about.resume_command())
}

fn sentence(report: &Report, about: &About, counts: &BTreeMap<&str, usize>, seconds: f64) -> String {
    let environment = &about.environment;
    match report.exit() {
        End::Done if !report.changed() => {
            let stacks = plural(counts.values().sum(), "stack");
            format!("{environment}: nothing to change, {stacks} as they should be ({seconds:.1} s)")
        }
        End::Done => format!("{environment}: {} ({seconds:.1} s)", counted(counts)),
        End::Failed => {
            format!("{environment}: failed, and rolled back: {} ({seconds:.1} s)", counted(counts))
        }
        End::Refused => format!("{environment}: refused: {}", counted(counts)),
        End::NeedsRecovery => format!("{environment}: a stack needs a recovery: {}", counted(counts)),
        End::Busy => format!("{environment}: somebody else is at work: {}", counted(counts)),
        End::PartlyApplied => format!("{environment}: only partly deployed: {}", counted(counts)),
        End::Detached => format!("{environment}: what runs goes on without us: {}", counted(counts)),
        End::Cancelled => format!("{environment}: cancelled: {}", counted(counts)),
    }
}

/// What became of each stack, whatever number of steps it took: the first that was no success, or else a change.
fn of_stacks(report: &Report) -> BTreeMap<&str, Option<StepOutcome>> {
    let succeeded = |outcome: Option<StepOutcome>| {
        matches!(outcome, Some(StepOutcome::Changed | StepOutcome::Unchanged | StepOutcome::Deleted))
    };
    let mut all: BTreeMap<&str, Option<StepOutcome>> = BTreeMap::new();
    for step in &report.steps {
        let known = all.entry(&step.stack).or_insert(step.outcome);
        let is_news = !succeeded(step.outcome) || *known == Some(StepOutcome::Unchanged);
        if succeeded(*known) && is_news {
            *known = step.outcome;
        }
    }
    all
}

fn counted(counts: &BTreeMap<&str, usize>) -> String {
    counts
        .iter()
        .map(|(what, count)| format!("{} {what}", plural(*count, "stack")))
        .collect::<Vec<_>>()
        .join(", ")
}
