//! What must hold after every scenario, whatever went wrong in it: I1 to I12 of the design, by one checker.
//!
//! `of_report` asks each report at once, `World::holds` asks all that is left behind at the end; what must hold at the
//! moment of a call (I1, I3, I6, I10) is seen by `witness.rs`, through which every call goes.

use crate::fake::{Fake, FakeStack, State};
use crate::harness::{CANARY, World, files_below};
use crate::witness::Bytes;
use solc_deploy::backend::{ExecutionStatus, StackStatus};
use solc_deploy::clock::Clock as _;
use solc_deploy::engine::{Exit, Report};
use solc_deploy::id::is_change_set_of;
use solc_deploy::journal::{Entry, Journal, StepOutcome};
use solc_deploy::probe::NoProbe;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The most calls in a second that the service is asked, and how many more each run may begin with.
const FASTEST: u64 = 5;
const AT_FIRST: u64 = 20;

/// I2 and I8: what is said to have succeeded did, by an operation of this deployment.
pub(crate) fn of_report(fake: &Fake, report: &Report) {
    let state = fake.state();
    let live =
        |name: &str| state.stacks.iter().find(|s| s.name == name && s.status != StackStatus::DeleteComplete);
    for step in &report.steps {
        match step.outcome {
            Some(StepOutcome::Changed) => {
                let stack = live(&step.stack).unwrap_or_else(|| panic!("I2: `{}` is not there", step.stack));
                if let (Some(id), "move") = (&step.change_set, step.verb) {
                    let refactor = state.refactors.iter().find(|refactor| refactor.id == *id);
                    assert!(refactor.is_some_and(|refactor| refactor.executed.is_some()), "I2: {step:#?}");
                } else if let Some(id) = &step.change_set {
                    let set = stack.sets.iter().find(|set| set.set.id == *id).expect("I2: it was executed");
                    assert_eq!(set.set.execution_status, ExecutionStatus::ExecuteComplete, "I2: {step:#?}");
                    assert!(is_change_set_of(&report.deploy, &set.set.name), "I2: not ours: {step:#?}");
                }
            }
            Some(StepOutcome::Unchanged) if step.verb == "deploy" => {
                let stack = live(&step.stack).unwrap_or_else(|| panic!("I2: `{}` is not there", step.stack));
                assert!(
                    stack.status.is_success()
                        || stack.status == StackStatus::UpdateRollbackComplete
                        || is_foreign(stack),
                    "I2: unchanged, in {}",
                    stack.status
                );
            }
            Some(StepOutcome::Deleted | StepOutcome::Unchanged) => {
                assert!(live(&step.stack).is_none(), "I2: `{}` is there", step.stack);
            }
            Some(
                StepOutcome::Failed
                | StepOutcome::Refused
                | StepOutcome::Busy
                | StepOutcome::Stuck
                | StepOutcome::NotStarted,
            ) => {
                assert_ne!(report.exit(), Exit::Done, "I8: {step:#?}");
                // An empty shell that goes is nobody's to wait for.
                let changes =
                    |status: StackStatus| status.is_in_progress() && status != StackStatus::DeleteInProgress;
                let runs = live(&step.stack).filter(|s| changes(s.status) && !is_foreign(s));
                assert!(runs.is_none(), "I8: it is said to be over, and runs: {step:#?}");
                assert!(
                    step.failure.is_some() || report.cancelled,
                    "I8: nothing says why `{}` did not succeed",
                    step.step
                );
            }
            None => assert_ne!(report.exit(), Exit::Done, "I8: {step:#?}"),
        }
    }
    if report.exit() == Exit::Failed {
        assert!(!report.changed(), "I8: something was changed");
    }
}

fn is_foreign(stack: &FakeStack) -> bool {
    stack.events.last().and_then(|event| event.token.as_deref()).is_some_and(|t| !t.starts_with("solc-"))
}

/// I7: no secret.
pub(crate) fn says_no_secret(what: &str, text: &str) {
    assert!(!text.contains(CANARY), "I7: a value stands in {what}: {text}");
}

/// I1: what one token began, it began once. I11: nothing is left that nobody will use.
fn nothing_twice_and_nothing_left(what: &str, state: &State) {
    let mut begun: BTreeMap<&str, usize> = BTreeMap::new();
    for stack in &state.stacks {
        for event in stack.events.iter().filter(|event| event.is_of_stack()) {
            let begins = matches!(event.status.as_str(), "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS");
            if let (true, Some(token)) = (begins, event.token.as_deref()) {
                *begun.entry(token).or_default() += 1;
            }
        }
        if stack.status == StackStatus::DeleteComplete {
            continue;
        }
        assert_ne!(
            stack.status,
            StackStatus::ReviewInProgress,
            "I11: {what}: the shell of `{}` was left",
            stack.name
        );
        let unused = |status| matches!(status, ExecutionStatus::Available | ExecutionStatus::Unavailable);
        let ours = stack.sets.iter().filter(|set| set.set.name.starts_with("solc-"));
        let stray: Vec<_> = ours.filter(|set| unused(set.set.execution_status)).collect();
        assert!(stray.is_empty(), "I11: {what}: a change set of `{}` was left", stack.name);
    }
    for (token, times) in begun {
        assert_eq!(times, 1, "I1: {what}: {token} was executed more than once");
    }
    // The retried request is the same to the byte.
    assert_eq!(state.mismatches, 0, "I4: {what}: a request came again as another");
}

/// I9: whatever becomes of the bytes, a journal says what was written, or less of it at the end, or nothing.
fn damage_is_seen(what: &str, path: &Path) {
    let bytes = fs::read(path).expect("readable");
    let read = |bytes: Vec<u8>| {
        let journal = Journal::on(Box::new(Bytes(bytes)), path.to_path_buf(), &NoProbe);
        journal.map(|(_, entries)| entries)
    };
    let whole: Vec<Entry> = read(bytes.clone()).expect("whole");
    for part in [3, 7] {
        let at = bytes.len() * part / 8;
        let cut = read(bytes.get(..at).unwrap_or_default().to_vec()).expect("a torn end is cut");
        assert!(whole.starts_with(&cut), "I9: {what}: cut at {at}");
        let mut changed = bytes.clone();
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 0x20;
        }
        if let Ok(left) = read(changed) {
            assert!(whole.starts_with(&left) && left.len() + 1 == whole.len(), "I9: {what}: byte {at}");
        }
    }
}

impl World {
    /// Asks everything, where nothing is to be left to be resumed.
    pub(crate) fn holds(&self, what: &str) {
        assert_eq!(self.unfinished(), None, "I5: {what}: something is left to be resumed");
        let state = self.fake.state();
        nothing_twice_and_nothing_left(what, &state);
        let seconds = self.clock.now().since(self.began).as_secs() + 1;
        let budget = seconds * FASTEST + u64::from(self.runs) * AT_FIRST;
        assert!(state.calls as u64 <= budget, "I12: {what}: {} calls in {seconds} s", state.calls);
        drop(state);
        let mut intents = 0;
        let mut results = 0;
        for path in files_below(self.folder.path().to_path_buf()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Templates and states hold outputs by design; a journal, a record and a lease must not.
            let in_states = path.components().any(|part| part.as_os_str() == "state");
            if in_states || name.ends_with(".template.json") {
                continue;
            }
            let bytes = fs::read(&path).expect("readable");
            says_no_secret(&format!("{what}: {}", path.display()), &String::from_utf8_lossy(&bytes));
            match name.as_str() {
                "1-intent.json" => intents += 1,
                "2-result.json" => results += 1,
                "journal" => damage_is_seen(what, &path),
                _ => {}
            }
            if name == "2-result.json" {
                let result: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                let said = self.exits.iter().find(|(id, _)| result["deploy"] == id.as_str());
                // Who died after the record was written said nothing.
                if let Some((_, exit)) = said {
                    assert_eq!(result["exit_code"], exit.code(), "I8: {what}: {result}");
                }
            }
        }
        let deploys = usize::try_from(self.deploys).expect("few");
        assert_eq!((intents, results), (deploys, deploys), "I5: {what}: records");
    }
}
