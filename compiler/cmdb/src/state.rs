//! What is deployed: `state/<environment>/<stack>.json`, and the template beside it as `<stack>.template.json`.
//!
//! Invariant: state is copied from what the service says, and can be copied again; it is never merged by hand. A state
//! whose template has another hash than it states is no state.

use crate::canonical;
use crate::files::{self, WriteError};
use crate::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// The version of the form.
const SCHEMA_VERSION: u32 = 1;

/// How a stack was when an operation on it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackState {
    /// The version of the form.
    pub schema_version: u32,
    /// The stack's name.
    pub stack: String,
    /// Its id: an ARN.
    pub id: String,
    /// The service's status, such as `UPDATE_COMPLETE`.
    pub status: String,
    /// The stacks that it takes values of.
    pub depends_on: Vec<String>,
    /// The parameters that it was given; those that the service hides read `****`.
    pub parameters: BTreeMap<String, String>,
    /// Where the value of each parameter came from, as `<stack>.<output>`.
    pub bindings: BTreeMap<String, String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected against deletion.
    pub termination_protection: bool,
    /// SHA-256 of the template, in hexadecimal.
    pub template_sha256: String,
    /// The operation that left it so.
    pub operation: String,
    /// The manifest that it is part of: SHA-256 in hexadecimal.
    pub manifest_sha256: String,
    /// The physical ids of its resources, by logical id.
    pub resources: BTreeMap<String, String>,
    /// What was left in the account when it went out of the template: physical ids by logical id.
    pub retained: BTreeMap<String, String>,
}

/// A state that cannot be read.
#[derive(Debug)]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot read `{}`: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ReadError {}

/// The states of one environment's stacks.
#[derive(Clone, Debug)]
pub struct States {
    folder: PathBuf,
}

impl States {
    /// Those in an infrastructure repository.
    #[must_use]
    pub fn of(infrastructure: &Path, environment: &str) -> Self {
        Self { folder: infrastructure.join("state").join(environment) }
    }

    /// The version that a new state has.
    #[must_use]
    pub fn schema_version() -> u32 {
        SCHEMA_VERSION
    }

    /// The names of the stacks that have a state, in their order, whether it can be read or not.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, ReadError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ReadError { path: self.folder.clone(), problem: error.to_string() }),
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.') && !name.ends_with(".template.json"))
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        Ok(names)
    }

    /// Every state with its template, in the order of the stacks' names.
    ///
    /// # Errors
    /// Where a file cannot be read, is no state, or its template is missing or has another hash.
    pub fn all(&self) -> Result<Vec<(StackState, String)>, ReadError> {
        let names = self.names()?;
        let mut states = Vec::with_capacity(names.len());
        for name in names {
            states.extend(self.get(&name)?);
        }
        Ok(states)
    }

    /// The state of a stack and its template, where there is one.
    ///
    /// # Errors
    /// As for [`Self::all`].
    pub fn get(&self, stack: &str) -> Result<Option<(StackState, String)>, ReadError> {
        let path = self.folder.join(format!("{stack}.json"));
        let Some(text) = read(&path)? else { return Ok(None) };
        let problem = |problem: String| ReadError { path: path.clone(), problem };
        let state: StackState = serde_json::from_str(&text).map_err(|error| problem(error.to_string()))?;
        if state.schema_version != SCHEMA_VERSION {
            return Err(problem(format!(
                "it has the form {}; this `solc` reads {SCHEMA_VERSION}",
                state.schema_version
            )));
        }
        if state.stack != stack {
            return Err(problem(format!("it is the state of `{}`", state.stack)));
        }
        let template = self.template(stack);
        let Some(content) = read(&template)? else {
            return Err(ReadError {
                path: template,
                problem: "it is missing; `solc refresh` writes it again".into(),
            });
        };
        if sha256(content.as_bytes()) != state.template_sha256 {
            let problem = "it is not the template that the state states; `solc refresh` writes both again";
            return Err(ReadError { path: template, problem: problem.into() });
        }
        Ok(Some((state, content)))
    }

    /// Writes the state of a stack and its template; the template first, so that a state is never without.
    ///
    /// # Errors
    /// Where a file cannot be written; what was there before stays.
    pub fn put(&self, state: &StackState, template: &str) -> Result<(), WriteError> {
        let path = self.folder.join(format!("{}.json", state.stack));
        let text = canonical::to_string(state)
            .map_err(|error| WriteError { path: path.clone(), error: io::Error::other(error) })?;
        files::put(&self.template(&state.stack), template)?;
        files::put(&path, &text)
    }

    /// Forgets a stack that is deleted.
    ///
    /// # Errors
    /// Where a file cannot be removed.
    pub fn remove(&self, stack: &str) -> Result<(), WriteError> {
        for path in [self.folder.join(format!("{stack}.json")), self.template(stack)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(WriteError { path, error });
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    fn template(&self, stack: &str) -> PathBuf {
        self.folder.join(format!("{stack}.template.json"))
    }
}

/// A file's text; nothing where there is no file.
fn read(path: &Path) -> Result<Option<String>, ReadError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ReadError { path: path.to_path_buf(), problem: error.to_string() }),
    }
}

#[cfg(test)]
mod tests;
