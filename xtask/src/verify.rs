//! `cargo verify`: everything that must hold before a change lands, in one list of steps, with totals.
//!
//! Invariant: a step that fails does not keep the others from running, and makes the whole run fail.

mod python;
mod steps;

use crate::workspace::Workspace;
use std::time::{Duration, Instant};

/// How many claims a step checked.
#[derive(Clone, Copy, Default)]
pub(crate) struct Outcome {
    /// Claims that hold.
    pub(crate) passed: u32,
    /// Claims that do not.
    pub(crate) failed: u32,
}

impl Outcome {
    /// A step that is one claim.
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// Runs all steps, or those that `--only` names.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let mut only: Vec<&str> = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--list" => {
                for step in steps::ALL {
                    println!("{:14} {}", step.name, step.about);
                }
                return Ok(true);
            }
            "--only" => {
                let name = rest.next().ok_or("`--only` wants the name of a step")?;
                if !steps::ALL.iter().any(|step| step.name == name) {
                    return Err(format!("there is no step `{name}`; `--list` shows them"));
                }
                only.push(name);
            }
            other => return Err(format!("`verify` does not know `{other}`")),
        }
    }

    let workspace = Workspace::find()?;
    let mut rows: Vec<(&str, Duration, Outcome)> = Vec::new();
    for step in steps::ALL.iter().filter(|step| only.is_empty() || only.contains(&step.name)) {
        println!("── {}: {}", step.name, step.about);
        let started = Instant::now();
        let outcome = (step.run)(&workspace);
        rows.push((step.name, started.elapsed(), outcome));
    }

    println!();
    println!("{:14} {:>8} {:>8} {:>10}", "step", "passed", "failed", "time");
    let mut total = Outcome::default();
    for (name, time, outcome) in &rows {
        println!("{name:14} {:>8} {:>8} {:>8.1} s", outcome.passed, outcome.failed, time.as_secs_f64());
        total = total.and(*outcome);
    }
    let time: Duration = rows.iter().map(|(_, time, _)| *time).sum();
    println!("{:14} {:>8} {:>8} {:>8.1} s", "all", total.passed, total.failed, time.as_secs_f64());
    println!();
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(total.failed == 0)
}
