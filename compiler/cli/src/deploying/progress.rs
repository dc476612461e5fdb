//! How a deployment goes on, while it does: a tree in place on a terminal, lines elsewhere, JSON lines for programs.
//!
//! Invariant: a reader that goes away changes nothing: what cannot be written is not written. A JSON line has the
//! fields that the book names; within a schema version they are only added.

use crate::args::Format;
use crate::output::Output;
use serde_json::{Value, json};
use solc_deploy::clock::Timestamp;
use solc_deploy::engine::{Notice, Observer, Step, StepReport, words};
use solc_deploy::id::DeployId;
use solc_deploy::journal::StepOutcome;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

/// The version of the lines.
const SCHEMA_VERSION: &str = "1.0";
/// What a line of the tree may take, so that none wraps: the cursor counts lines.
const WIDTH: usize = 79;
/// Retries are told of when they go on for longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A step as it is shown.
#[derive(Clone, Debug)]
struct Row {
    step: String,
    state: String,
    done: usize,
    of: usize,
    now: String,
    over: Option<StepOutcome>,
}

enum Mode {
    /// Nothing is said before the end.
    Quiet,
    /// One object a line, on standard output.
    Json,
    /// One line for each thing that people want to know.
    Lines,
    /// In place.
    Tree {
        /// How many lines stand there.
        drawn: usize,
    },
}

/// Shows how it goes.
pub(crate) struct Progress {
    mode: Mode,
    deploy: DeployId,
    rows: Vec<Row>,
    sequence: u64,
    told: Option<Timestamp>,
}

impl Progress {
    pub(crate) fn new(deploy: &DeployId, steps: &[Step], output: &Output) -> Self {
        let mode = match output.format {
            Format::Json => Mode::Json,
            _ if output.quiet => Mode::Quiet,
            Format::Human if io::stderr().is_terminal() => Mode::Tree { drawn: 0 },
            Format::Human
            | Format::Concise
            | Format::Sarif
            | Format::Github
            | Format::Narrated
            | Format::Junit
            | Format::Markdown
            | Format::Html => Mode::Lines,
        };
        let rows = steps.iter().map(|step| Row {
            step: step.name.clone(),
            state: "waiting".to_owned(),
            done: 0,
            of: 0,
            now: String::new(),
            over: None,
        });
        Self { mode, deploy: deploy.clone(), rows: rows.collect(), sequence: 0, told: None }
    }

    /// An object on a line of its own, with what every line has.
    pub(crate) fn line(&mut self, kind: &str, now: Timestamp, mut rest: Value) {
        if !matches!(self.mode, Mode::Json) {
            return;
        }
        self.sequence += 1;
        if let Some(fields) = rest.as_object_mut() {
            fields.insert("schema_version".into(), SCHEMA_VERSION.into());
            fields.insert("kind".into(), kind.into());
            fields.insert("deploy".into(), self.deploy.as_str().into());
            fields.insert("seq".into(), self.sequence.into());
            fields.entry("ts").or_insert_with(|| now.rfc3339().into());
        }
        let mut out = io::stdout().lock();
        // The deployment goes on, whoever reads.
        let _ = writeln!(out, "{rest}").and_then(|()| out.flush());
    }

    fn row(&mut self, step: &str) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.step == step)
    }

    fn say(&mut self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    fn draw(&mut self) {
        let Mode::Tree { drawn } = &mut self.mode else { return };
        let mut text = String::new();
        if *drawn > 0 {
            text.push_str(&format!("\u{1b}[{drawn}A"));
        }
        for row in &self.rows {
            text.push_str("\u{1b}[2K");
            text.push_str(&shown(row));
            text.push('\n');
        }
        *drawn = self.rows.len();
        let mut out = io::stderr().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Observer for Progress {
    fn notice(&mut self, now: Timestamp, notice: &Notice<'_>) {
        match notice {
            Notice::State { step, state } => {
                if let Some(row) = self.row(step) {
                    (*state).clone_into(&mut row.state);
                }
                self.line("state", now, json!({"stack": step, "state": state}));
            }
            Notice::Changes { step, resources } => {
                if let Some(row) = self.row(step) {
                    row.of = *resources;
                }
                if matches!(self.mode, Mode::Lines) {
                    self.say(&format!("{step}: {} to change", super::plural(*resources, "resource")));
                }
                self.line("changes", now, json!({"stack": step, "resources": resources}));
            }
            Notice::Event { step, event, place } => {
                let bad = event.status.ends_with("_FAILED");
                if let Some(row) = self.row(step)
                    && !event.is_of_stack()
                {
                    row.done += usize::from(event.status.ends_with("_COMPLETE"));
                    row.now.clone_from(&event.logical_id);
                }
                if bad && matches!(self.mode, Mode::Lines) {
                    let reason = event.reason.as_deref().unwrap_or("no reason is given");
                    self.say(&format!("{step}: {} {}: {reason}", event.logical_id, event.status));
                }
                let source = place
                    .map(|place| if place.instance.is_empty() { &place.resource } else { &place.instance });
                let source = source.and_then(|place| {
                    let (rest, _) = place.rsplit_once(':')?;
                    let (file, line) = rest.rsplit_once(':')?;
                    Some(json!({"file": file, "line": line.parse::<u64>().ok()?}))
                });
                self.line(
                    "event",
                    now,
                    json!({
                        "stack": step, "op": event.operation, "eventId": event.id, "ts": event.time.rfc3339(),
                        "logicalId": event.logical_id, "type": event.resource_type, "status": event.status,
                        "reason": event.reason, "src": source,
                    }),
                );
            }
            Notice::Retrying { step, failure, since } => {
                let told = self.told.is_some_and(|told| now.since(told) < PATIENCE);
                if now.since(*since) >= PATIENCE && !told {
                    self.told = Some(now);
                    let text = format!(
                        "{step}: the service has not answered for {} s, and is asked again: {failure}",
                        now.since(*since).as_secs()
                    );
                    match &mut self.mode {
                        Mode::Lines => self.say(&text),
                        Mode::Tree { drawn } => {
                            *drawn = 0;
                            self.say(&text);
                        }
                        Mode::Quiet | Mode::Json => {}
                    }
                }
                self.line("retry", now, json!({"stack": step, "reason": failure.to_string()}));
            }
            Notice::Waiting { step, status, operation } => {
                if let Some(row) = self.row(step) {
                    row.state = format!("waiting for {operation}");
                }
                if matches!(self.mode, Mode::Lines) {
                    self.say(&format!("{step}: is in {status}; waiting for {operation}"));
                }
                self.line("waiting", now, json!({"stack": step, "status": status, "reason": operation}));
            }
            Notice::Over { report } => self.over(now, report),
        }
        self.draw();
    }
}

impl Progress {
    fn over(&mut self, now: Timestamp, report: &StepReport) {
        let outcome = words(report.outcome);
        if let Some(row) = self.row(&report.step) {
            outcome.clone_into(&mut row.state);
            row.over = report.outcome;
            row.now.clear();
        }
        if matches!(self.mode, Mode::Lines) {
            self.say(&format!("{}: {outcome}", report.step));
        }
        let reason = report.failure.as_ref().map(|failure| failure.message.as_str());
        self.line(
            "over",
            now,
            json!({
                "stack": report.step, "outcome": outcome, "status": report.status, "changes": report.changes,
                "reason": reason,
            }),
        );
    }
}

/// A row, cut so that it does not wrap.
fn shown(row: &Row) -> String {
    let mark = match row.over {
        Some(StepOutcome::Changed | StepOutcome::Unchanged | StepOutcome::Deleted) => '✓',
        Some(StepOutcome::NotStarted) => '·',
        Some(StepOutcome::Failed | StepOutcome::Refused | StepOutcome::Busy | StepOutcome::Stuck) => '✗',
        None => '…',
    };
    let count = if row.of > 0 { format!("  {}/{}", row.done.min(row.of), row.of) } else { String::new() };
    let now = if row.now.is_empty() { String::new() } else { format!("  {}", row.now) };
    format!("{mark} {}  {}{count}{now}", row.step, row.state).chars().take(WIDTH).collect()
}

#[cfg(test)]
mod tests;
