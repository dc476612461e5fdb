//! What is kept of a deployment: its records, and the state of each stack as the service says.
//!
//! Invariant: the intent is recorded before anything is changed, and the result when all is over, each once. State is
//! written from what the service says, after the stack is proved to be as it is to be.

use super::outcome::{Exit, Halt, Report, StepReport};
use super::step::{Step, Target};
use super::task::{State, Task, Trouble};
use super::{Engine, Notice};
use crate::clock::Timestamp;
use crate::id::DeployId;
use crate::journal::{Begin, Entry, StepOutcome};
use crate::probe::Point;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use solc_cmdb::{Intent, Outcome, Records, StackIntent, StackResult, StackState, States, sha256};
use std::collections::BTreeMap;

/// What a deployment is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its id.
    pub deploy: DeployId,
    /// `deploy` or `destroy`.
    pub operation: String,
    /// The product.
    pub product: String,
    /// The environment.
    pub environment: String,
    /// Its stage.
    pub stage: String,
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    /// `aws` or `local`.
    pub backend: String,
    /// Who asks the service.
    pub caller: String,
    /// The manifest: SHA-256 in hexadecimal.
    pub release: String,
    /// The images, as the manifest states them.
    pub images: Vec<Value>,
    /// What was acknowledged.
    pub acknowledgements: Vec<String>,
    /// The unfinished deployment that this one takes the place of.
    pub supersedes: Option<DeployId>,
    /// The program's arguments that do the same again, such as `deploy shop --env integration --backend local`.
    pub arguments: String,
    /// Those that say how it stands.
    pub status_arguments: String,
}

impl About {
    /// What does the same again.
    #[must_use]
    pub fn command(&self) -> String {
        format!("solc {}", self.arguments)
    }

    /// What says how it stands.
    #[must_use]
    pub fn status_command(&self) -> String {
        format!("solc {}", self.status_arguments)
    }

    /// What goes on with it.
    #[must_use]
    pub fn resume_command(&self) -> String {
        format!("solc {} --resume {}", self.arguments, self.deploy)
    }

    /// The journal's first record.
    #[must_use]
    pub fn begin(&self, steps: &[Step]) -> Begin {
        Begin {
            deploy: self.deploy.clone(),
            operation: self.operation.clone(),
            product: self.product.clone(),
            environment: self.environment.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
            release: self.release.clone(),
            steps: steps
                .iter()
                .map(|step| (step.name.clone(), step.sha256().unwrap_or_default().to_owned()))
                .collect(),
            acknowledgements: self.acknowledgements.clone(),
            supersedes: self.supersedes.clone(),
        }
    }

    /// What is recorded before anything is changed.
    #[must_use]
    pub fn intent(&self, steps: &[Step]) -> Intent {
        Intent {
            schema_version: Records::schema_version(),
            deploy: self.deploy.to_string(),
            operation: self.operation.clone(),
            product: self.product.clone(),
            environment: self.environment.clone(),
            stage: self.stage.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
            backend: self.backend.clone(),
            caller: self.caller.clone(),
            started: self.deploy.minted().rfc3339(),
            manifest_sha256: self.release.clone(),
            images: self.images.clone(),
            stacks: steps
                .iter()
                .map(|step| StackIntent {
                    stack: step.stack.clone(),
                    action: action(&step.name, &step.stack, step.verb()),
                    template_sha256: step.sha256().map(str::to_owned),
                })
                .collect(),
            acknowledgements: self.acknowledgements.clone(),
            supersedes: self.supersedes.as_ref().map(DeployId::to_string),
        }
    }
}

/// Where it is kept.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The records.
    pub records: Records,
    /// The state of the stacks.
    pub states: States,
    /// What is recorded before anything is changed.
    pub intent: Intent,
}

impl Engine<'_, '_> {
    /// Writes down what is about to be done, unless it was.
    pub(super) fn open(&mut self, history: &[Entry]) -> Result<(), Halt> {
        let no_evidence = |error: String| Halt::NoEvidence(error);
        if !history.contains(&Entry::IntentRecorded) {
            self.on.probe.reach(Point::BeforeFile)?;
            let written = self.on.evidence.records.put_intent(&self.on.evidence.intent);
            written.map_err(|error| no_evidence(error.to_string()))?;
            self.on.probe.reach(Point::AfterFile)?;
            self.write_down(&Entry::IntentRecorded)?;
            self.make_durable()?;
        }
        match &self.sealed {
            Some(why) => Err(no_evidence(why.clone())),
            None => Ok(()),
        }
    }

    /// A step is over.
    pub(super) fn finish(&mut self, task: &mut Task<'_>, outcome: StepOutcome) -> Result<(), Halt> {
        if outcome == StepOutcome::Deleted
            || (outcome == StepOutcome::Unchanged && task.report.verb == "delete")
        {
            self.on.probe.reach(Point::BeforeFile)?;
            if let Err(error) = self.on.evidence.states.remove(&task.step.stack) {
                // It is gone, and nothing says so: a resumed run does.
                self.seal_without_state(&error.to_string());
                task.report.outcome = Some(outcome);
                task.state = State::Over;
                return Ok(());
            }
            self.on.probe.reach(Point::AfterFile)?;
        }
        task.report.outcome = Some(outcome);
        task.state = State::Over;
        let terminal = Entry::Terminal {
            step: task.step.name.clone(),
            outcome,
            stack: task.stack.as_ref().map(|stack| stack.id.clone()),
            status: task.report.status.clone(),
            outputs: digest(&task.report),
            reasons: task.report.failure.as_ref().map(super::StepFailure::reasons).unwrap_or_default(),
        };
        self.write_down(&terminal)?;
        self.make_durable()?;
        let notice = Notice::Over { report: &task.report };
        self.observer.notice(self.on.clock.now(), &notice);
        Ok(())
    }

    /// Keeps the state of a stack that is as it is to be. What was kept and says the same stays, to the byte.
    pub(super) fn keep_state(
        &mut self,
        task: &mut Task<'_>,
        target: &Target,
        outcome: StepOutcome,
    ) -> Result<(), Trouble> {
        let Some(stack) = task.stack.clone() else { return Ok(()) };
        let id = stack.id.clone();
        let resources =
            self.read("DescribeStackResources", |backend| backend.describe_stack_resources(&id))?;
        let kept = self.on.evidence.states.get(&task.step.stack).ok().flatten();
        let mut retained = kept.as_ref().map(|(state, _)| state.retained.clone()).unwrap_or_default();
        retained.extend(task.report.retained.clone());
        let bindings = target.parameters.iter();
        let state = StackState {
            schema_version: States::schema_version(),
            stack: task.step.stack.clone(),
            id,
            status: stack.status.as_str().to_owned(),
            depends_on: target.depends_on.clone(),
            parameters: stack.parameters,
            bindings: bindings.map(|(name, b)| (name.clone(), format!("{}.{}", b.stack, b.output))).collect(),
            outputs: stack.outputs,
            tags: stack.tags,
            termination_protection: stack.termination_protection,
            template_sha256: target.sha256.clone(),
            operation: self.about.deploy.to_string(),
            manifest_sha256: self.about.release.clone(),
            resources: resources
                .into_iter()
                .filter(|resource| resource.status != crate::backend::ResourceStatus::DeleteComplete)
                .filter_map(|resource| Some((resource.logical_id, resource.physical_id?)))
                .collect(),
            retained,
        };
        if outcome == StepOutcome::Unchanged
            && let Some((kept, template)) = kept
            && template == target.template
        {
            let same = StackState {
                operation: kept.operation.clone(),
                manifest_sha256: kept.manifest_sha256.clone(),
                ..state.clone()
            };
            if same == kept {
                return Ok(());
            }
        }
        self.on.probe.reach(Point::BeforeFile)?;
        if let Err(error) = self.on.evidence.states.put(&state, &target.template) {
            // The stack is what it is; its state is copied again by a resumed run.
            self.seal_without_state(&error.to_string());
            return Err(Trouble::Sealed);
        }
        self.on.probe.reach(Point::AfterFile)?;
        Ok(())
    }

    /// Nothing more is changed: what cannot be recorded would be planned wrongly the next time.
    fn seal_without_state(&mut self, error: &str) {
        self.warnings
            .push(format!("{error}; write the state again: solc refresh --env {}", self.about.environment));
        self.sealed.get_or_insert_with(|| error.to_owned());
    }

    /// Records what came of it, and says in the journal that nothing is left to be done; or why something is.
    pub(super) fn close(&mut self, report: &mut Report) {
        let done = match &report.halt {
            Some(Halt::Died) => return,
            Some(halt) => {
                let reason = match halt {
                    Halt::Died | Halt::Detached => "detached".to_owned(),
                    Halt::Suspended(failure) => failure.to_string(),
                    Halt::LeaseLost(why) | Halt::NoEvidence(why) => why.clone(),
                };
                let detached = Entry::Detached { time: self.now(), reason };
                self.write_down(&detached).and_then(|()| self.make_durable())
            }
            None => self.record(report),
        };
        if let Err(halt) = done {
            report.halt = Some(halt);
        }
    }

    fn record(&mut self, report: &Report) -> Result<(), Halt> {
        let exit = report.exit();
        let result = solc_cmdb::Result {
            schema_version: Records::schema_version(),
            deploy: report.deploy.to_string(),
            environment: self.about.environment.clone(),
            started: report.started.rfc3339(),
            finished: report.finished.rfc3339(),
            outcome: outcome(exit),
            exit_code: exit.code(),
            stacks: report.steps.iter().map(stack_result).collect(),
            superseded_by: None,
        };
        self.on.probe.reach(Point::BeforeFile)?;
        let written = self.on.evidence.records.put_result(&result);
        written.map_err(|error| Halt::NoEvidence(error.to_string()))?;
        self.on.probe.reach(Point::AfterFile)?;
        self.write_down(&Entry::End { exit: exit.code(), time: self.now() })?;
        self.make_durable()
    }
}

/// The record of a deployment whose place another took.
#[must_use]
pub fn superseded(begin: &Begin, by: &DeployId, now: Timestamp) -> solc_cmdb::Result {
    solc_cmdb::Result {
        schema_version: Records::schema_version(),
        deploy: begin.deploy.to_string(),
        environment: begin.environment.clone(),
        started: begin.deploy.minted().rfc3339(),
        finished: now.rfc3339(),
        outcome: Outcome::Superseded,
        exit_code: Exit::Detached.code(),
        stacks: Vec::new(),
        superseded_by: Some(by.to_string()),
    }
}

fn outcome(exit: Exit) -> Outcome {
    match exit {
        Exit::Done => Outcome::Succeeded,
        Exit::Failed | Exit::Detached => Outcome::Failed,
        Exit::Refused => Outcome::Refused,
        Exit::NeedsRecovery => Outcome::NeedsRecovery,
        Exit::Busy => Outcome::Busy,
        Exit::PartlyApplied => Outcome::PartlyApplied,
        Exit::Cancelled => Outcome::Cancelled,
    }
}

fn stack_result(step: &StepReport) -> StackResult {
    StackResult {
        stack: step.stack.clone(),
        action: action(&step.step, &step.stack, step.verb),
        outcome: words(step.outcome).to_owned(),
        status: step.status.clone(),
        change_set: step.change_set.clone(),
        changes: step.changes.clone(),
        outputs_sha256: digest(step),
        reasons: step.failure.as_ref().map(super::StepFailure::reasons).unwrap_or_default(),
    }
}

/// `deploy`, or `deploy (expand)`.
fn action(step: &str, stack: &str, verb: &str) -> String {
    format!("{verb}{}", step.strip_prefix(stack).unwrap_or_default())
}

/// How a step ended, as the records and JSON say it.
#[must_use]
pub fn words(outcome: Option<StepOutcome>) -> &'static str {
    match outcome {
        Some(StepOutcome::Changed) => "changed",
        Some(StepOutcome::Unchanged) => "unchanged",
        Some(StepOutcome::Deleted) => "deleted",
        Some(StepOutcome::Failed) => "failed",
        Some(StepOutcome::Refused) => "refused",
        Some(StepOutcome::Busy) => "busy",
        Some(StepOutcome::Stuck) => "stuck",
        Some(StepOutcome::NotStarted) => "not-started",
        None => "unknown",
    }
}

/// A hash in place of the outputs, which may be secrets.
fn digest(step: &StepReport) -> Option<String> {
    let outputs: &BTreeMap<String, String> = &step.outputs;
    (!outputs.is_empty()).then(|| sha256(serde_json::to_string(outputs).unwrap_or_default().as_bytes()))
}
