//! What the service says, without the values that are not to be echoed.
//!
//! Invariant: the value of a parameter marked `NoEcho` is in no text that the engine passes on, whoever put it there:
//! handlers of resources repeat what they were given in their errors.

use super::Engine;
use super::step::{Action, Target};
use super::task::{Task, Trouble};
use crate::backend::{ChangeSet, Stack, StackEvent, StackRefactor, StackResource, ValidationEvent, Values};
use serde_json::Value;

/// The shortest value that is taken out: a shorter one is no secret, and stands in many words.
const SHORTEST: usize = 4;
/// What stands in its place, as with the service.
const MASK: &str = "****";

/// An answer with words of the service in it.
pub(super) trait Spoken {
    /// Every text that may say anything.
    fn texts(&mut self, each: &mut dyn FnMut(&mut String));
}

impl<T: Spoken> Spoken for Option<T> {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.iter_mut().for_each(|inner| inner.texts(each));
    }
}

impl<T: Spoken> Spoken for Vec<T> {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.iter_mut().for_each(|inner| inner.texts(each));
    }
}

impl Spoken for Stack {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.status_reason.iter_mut().for_each(each);
    }
}

impl Spoken for StackResource {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.status_reason.iter_mut().for_each(each);
    }
}

impl Spoken for StackEvent {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.reason.iter_mut().for_each(each);
    }
}

impl Spoken for ChangeSet {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.status_reason.iter_mut().for_each(each);
    }
}

impl Spoken for StackRefactor {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        self.status_reason.iter_mut().chain(&mut self.execution_status_reason).for_each(each);
    }
}

impl Spoken for ValidationEvent {
    fn texts(&mut self, each: &mut dyn FnMut(&mut String)) {
        each(&mut self.reason);
    }
}

/// A template or a policy is compared, and not told.
impl Spoken for String {
    fn texts(&mut self, _: &mut dyn FnMut(&mut String)) {}
}

impl Spoken for Values {
    fn texts(&mut self, _: &mut dyn FnMut(&mut String)) {}
}

impl Engine<'_, '_> {
    /// Finds out what is not to be echoed for a step, before anything is heard of its stack.
    pub(super) fn learn_secrets(&mut self, task: &Task<'_>) -> Result<(), Trouble> {
        let Action::Deploy(target) = &task.step.action else { return Ok(()) };
        for (_, binding) in target.parameters.iter().filter(|(name, _)| is_hidden(target, name)) {
            if !self.outputs.contains_key(&binding.stack) {
                let producer = binding.stack.clone();
                let found = self.read("DescribeStacks", |backend| backend.describe_stack(&producer))?;
                // What is not there yet is asked for again where its value is needed.
                let Some(stack) = found else { continue };
                self.outputs.insert(producer, stack.outputs);
            }
            let value = self.outputs.get(&binding.stack).and_then(|outputs| outputs.get(&binding.output));
            if let Some(value) = value.filter(|value| value.len() >= SHORTEST) {
                self.secrets.insert(value.clone());
            }
        }
        Ok(())
    }

    /// Takes every secret out of a text.
    pub(super) fn hush(&self, text: &mut String) {
        for secret in self.secrets.iter().filter(|secret| text.contains(secret.as_str())).collect::<Vec<_>>()
        {
            *text = text.replace(secret, MASK);
        }
    }
}

fn is_hidden(target: &Target, parameter: &str) -> bool {
    let declared = target.content.get("Parameters").and_then(|parameters| parameters.get(parameter));
    let flag = declared.and_then(|declared| declared.get("NoEcho"));
    flag.is_some_and(|flag| *flag == Value::Bool(true) || flag.as_str() == Some("true"))
}
