//! What was done, by whom, and what came of it: `audit/<environment>/<yyyy>/<mm>/<deploy-id>/{1-intent,2-result}.json`.
//!
//! Invariant: a record is a new file and is never changed: an intent before anything is, a result when all is over.
//! Their names are unlike those of every other operation, so that commits made at once touch different paths.

use crate::canonical;
use crate::files::{self, WriteError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The version of the forms.
const SCHEMA_VERSION: u32 = 1;

/// What is about to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The version of the form.
    pub schema_version: u32,
    /// The operation's id, a ULID.
    pub deploy: String,
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
    /// `aws` or `local`: what it runs on. Only `aws` is evidence.
    pub backend: String,
    /// Who asked the service: an ARN.
    pub caller: String,
    /// When, in RFC 3339 and UTC.
    pub started: String,
    /// The manifest: SHA-256 in hexadecimal.
    pub manifest_sha256: String,
    /// The images, as the manifest states them.
    pub images: Vec<Value>,
    /// The steps, in the order of the plan.
    pub stacks: Vec<StackIntent>,
    /// What a person acknowledged by name.
    pub acknowledgements: Vec<String>,
    /// The unfinished operation that this one takes the place of.
    pub supersedes: Option<String>,
}

/// What is to become of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackIntent {
    /// Its name.
    pub stack: String,
    /// `deploy` or `delete`, and which part of an update that is made in two.
    pub action: String,
    /// SHA-256 of the template, in hexadecimal; nothing for a deletion.
    pub template_sha256: Option<String>,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything is as the release says.
    Succeeded,
    /// What failed was rolled back.
    Failed,
    /// Some stacks were changed, and others failed.
    PartlyApplied,
    /// A gate refused it.
    Refused,
    /// A stack is in a state that nothing but a recovery ends.
    NeedsRecovery,
    /// Somebody else was at work.
    Busy,
    /// A person cancelled it.
    Cancelled,
    /// A later operation took its place.
    Superseded,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Result {
    /// The version of the form.
    pub schema_version: u32,
    /// The operation's id.
    pub deploy: String,
    /// The environment.
    pub environment: String,
    /// When it started, as the intent says.
    pub started: String,
    /// When it ended, in RFC 3339 and UTC.
    pub finished: String,
    /// How.
    pub outcome: Outcome,
    /// The program's exit code.
    pub exit_code: u8,
    /// Each step.
    pub stacks: Vec<StackResult>,
    /// The operation that took its place, where one did.
    pub superseded_by: Option<String>,
}

/// What came of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackResult {
    /// Its name.
    pub stack: String,
    /// As in the intent.
    pub action: String,
    /// `changed`, `unchanged`, `deleted`, `failed`, `refused`, `not-started`, …
    pub outcome: String,
    /// The service's status of the stack at the end.
    pub status: Option<String>,
    /// The change set that was executed.
    pub change_set: Option<String>,
    /// How many resources: `add`, `modify`, `replace`, `remove`.
    pub changes: BTreeMap<String, u32>,
    /// SHA-256 over the outputs, in hexadecimal.
    pub outputs_sha256: Option<String>,
    /// Why it failed, root cause first.
    pub reasons: Vec<String>,
}

/// The records of one infrastructure repository.
#[derive(Clone, Debug)]
pub struct Records {
    folder: PathBuf,
}

impl Records {
    /// Those in an infrastructure repository.
    #[must_use]
    pub fn of(infrastructure: &Path) -> Self {
        Self { folder: infrastructure.join("audit") }
    }

    /// The version that a new record has.
    #[must_use]
    pub fn schema_version() -> u32 {
        SCHEMA_VERSION
    }

    /// Records what is about to be done. Recording the same twice is no error.
    ///
    /// # Errors
    /// Where the file cannot be written, or another intent has the id.
    pub fn put_intent(&self, intent: &Intent) -> std::result::Result<PathBuf, WriteError> {
        self.put(&intent.environment, &intent.started, &intent.deploy, "1-intent", intent)
    }

    /// Records what came of it. Where a result is there already it stands: who died between recording and saying so
    /// would otherwise find its own, with another time.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn put_result(&self, result: &Result) -> std::result::Result<PathBuf, WriteError> {
        let there = self.folder(&result.environment, &result.started, &result.deploy).join("2-result.json");
        if there.exists() {
            return Ok(there);
        }
        self.put(&result.environment, &result.started, &result.deploy, "2-result", result)
    }

    /// Where an operation's records are.
    #[must_use]
    pub fn folder(&self, environment: &str, started: &str, deploy: &str) -> PathBuf {
        let mut parts = started.split('-');
        let year = parts.next().unwrap_or_default();
        let month = parts.next().unwrap_or_default();
        self.folder.join(environment).join(year).join(month).join(deploy)
    }

    fn put(
        &self,
        environment: &str,
        started: &str,
        deploy: &str,
        name: &str,
        record: &impl Serialize,
    ) -> std::result::Result<PathBuf, WriteError> {
        let path = self.folder(environment, started, deploy).join(format!("{name}.json"));
        let text = canonical::to_string(record)
            .map_err(|error| WriteError { path: path.clone(), error: io::Error::other(error) })?;
        files::put_new(&path, &text)?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests;
