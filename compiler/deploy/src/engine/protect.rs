//! After an operation: the stack's protection, and the proof that it is as it is to be.
//!
//! Invariant: a stack with data has a policy that denies its loss, also after an operation that was let through it, and
//! also where that operation failed.

use super::Engine;
use super::call::{Answer, STALE};
use super::change::target;
use super::outcome::StepFailure;
use super::step::Target;
use super::task::{Next, State, Task, Trouble, failed};
use crate::backend::FailureClass;
use crate::codes::STACK_FAILED;
use crate::journal::{Operation, StepOutcome};
use serde_json::{Value, json};
use solc_cmdb::sha256;
use std::collections::BTreeSet;

/// Everything may be updated; what holds data may be neither replaced nor deleted.
pub(super) fn policy(stateful: &BTreeSet<String>) -> String {
    let mut statements =
        vec![json!({"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"})];
    if !stateful.is_empty() {
        let resources: Vec<String> =
            stateful.iter().map(|name| format!("LogicalResourceId/{name}")).collect();
        statements.push(json!({
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": resources,
        }));
    }
    json!({ "Statement": statements }).to_string()
}

impl Engine<'_, '_> {
    /// Sets the policy and the protection against deletion, where they are not as they are to be.
    pub(super) fn protect(&mut self, task: &mut Task<'_>, outcome: StepOutcome) -> Result<Next, Trouble> {
        let target = target(task)?;
        let succeeded = super::is_success(outcome);
        let Some(stack) = self.fresh(task)? else {
            if task.stale < STALE {
                task.stale += 1;
                return Ok(Next::Later(self.on.options.timing.poll));
            }
            return if succeeded {
                Ok(Next::Now(State::Verify(outcome)))
            } else {
                Ok(self.failed_after(task, outcome))
            };
        };
        // A first creation that failed leaves nothing to be protected.
        let created = !matches!(
            stack.status,
            crate::backend::StackStatus::RollbackComplete | crate::backend::StackStatus::RollbackFailed
        );
        let mut outcome = outcome;
        if created && (succeeded || task.history.policy) {
            let key = task.key();
            let mut stateful = target.stateful();
            if !succeeded {
                // What the release takes away is still there.
                let sent = self.read("GetTemplate", |backend| backend.get_template(&key))?;
                let content = serde_json::from_str(&sent).unwrap_or_default();
                stateful.extend(Target { content, ..target.clone() }.stateful());
            }
            let now = self.read("GetStackPolicy", |backend| backend.get_stack_policy(&key))?;
            let wanted = policy(&stateful);
            // Without data, and without a policy, there is nothing to be protected.
            let needed = now.is_some() || !stateful.is_empty();
            if needed && !now.as_deref().is_some_and(|now| alike(now, &wanted)) {
                self.set_policy(task, &wanted)?;
                if outcome == StepOutcome::Unchanged {
                    outcome = StepOutcome::Changed;
                }
            }
        }
        if succeeded && stack.termination_protection != target.termination_protection {
            match self.set_termination_protection(task, target.termination_protection) {
                Ok(()) if outcome == StepOutcome::Unchanged => outcome = StepOutcome::Changed,
                Ok(()) => {}
                Err(Trouble::Service(failure)) if failure.class == FailureClass::Unsupported => {
                    self.warnings.push(format!(
                        "`{}` is not protected against deletion: {}",
                        task.step.stack, failure.message
                    ));
                    task.unprotected = true;
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(if succeeded { Next::Now(State::Verify(outcome)) } else { self.failed_after(task, outcome) })
    }

    fn failed_after(&self, task: &mut Task<'_>, outcome: StepOutcome) -> Next {
        task.report.failure = task.failure.take();
        Next::Over(outcome)
    }

    pub(super) fn set_termination_protection(
        &mut self,
        task: &mut Task<'_>,
        enabled: bool,
    ) -> Result<(), Trouble> {
        let key = task.key();
        let number = task.history.number(Operation::UpdateTerminationProtection);
        let token = format!("solc-e-{}-{number}", task.fingerprint());
        let request = sha256(format!("{key}\n{enabled}").as_bytes());
        self.mutate(task, Operation::UpdateTerminationProtection, &token, &request, |backend| {
            backend.update_termination_protection(&key, enabled).map(|()| Answer::default())
        })?;
        Ok(())
    }

    /// Looks whether the stack is what success means.
    pub(super) fn verify(&mut self, task: &mut Task<'_>, outcome: StepOutcome) -> Result<Next, Trouble> {
        let target = target(task)?;
        let wrong = match self.fresh(task)? {
            None => Some("the service does not know it".to_owned()),
            Some(stack) => {
                // Where nothing was executed, the stack is how an earlier rollback left it.
                let rolled_back = stack.status == crate::backend::StackStatus::UpdateRollbackComplete
                    && !task.history.executed;
                let missing = target.outputs.iter().find(|name| !stack.outputs.contains_key(*name));
                if !stack.status.is_success() && !rolled_back {
                    Some(format!("it is in {}", stack.status))
                } else if let Some(name) = missing {
                    Some(format!("it has no output `{name}`"))
                } else if stack.termination_protection != target.termination_protection && !task.unprotected {
                    Some("its protection against deletion is not what was set".to_owned())
                } else {
                    task.report.outputs = stack.outputs;
                    None
                }
            }
        };
        let Some(wrong) = wrong else {
            let step = &task.step.stack;
            self.outputs.insert(step.clone(), task.report.outputs.clone());
            self.keep_state(task, target, outcome)?;
            return Ok(Next::Over(outcome));
        };
        task.stale += 1;
        if task.stale <= STALE * 3 {
            return Ok(Next::Later(self.on.options.timing.poll));
        }
        let failure = StepFailure::new(
            STACK_FAILED,
            format!(
                "`{}` in `{}` was changed, and is not as it should be: {wrong}",
                task.step.stack, self.about.environment
            ),
            format!("look at how it stands, and deploy again: {}", self.about.status_command()),
        );
        Err(failed(failure, StepOutcome::Failed))
    }

    /// Whether a failed read is one that says nothing is there.
    pub(super) fn is_gone(trouble: &Trouble) -> bool {
        matches!(trouble, Trouble::Service(failure) if failure.class == FailureClass::Gone)
    }
}

/// Whether two policies say the same.
fn alike(a: &str, b: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    a == b || read(a).is_some_and(|a| Some(a) == read(b))
}

#[cfg(test)]
mod tests;
