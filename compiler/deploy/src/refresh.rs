//! The state files again, from what the service says.
//!
//! Invariant: what only a release knows (who takes values of whom) is taken from it or from the state that is there;
//! all else is the service's.

use crate::backend::{Backend, Failure, ResourceStatus, StackStatus};
use crate::release::Release;
use solc_cmdb::{ReadError, StackState, States, WriteError, sha256};
use std::collections::BTreeMap;
use std::fmt;

/// Why the states were not written.
#[derive(Debug)]
pub enum NotRefreshed {
    /// The service refuses.
    Service(Failure),
    /// A file cannot be read.
    Read(ReadError),
    /// A file cannot be written.
    Write(WriteError),
}

impl fmt::Display for NotRefreshed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(failure) => failure.fmt(formatter),
            Self::Read(error) => error.fmt(formatter),
            Self::Write(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for NotRefreshed {}

/// Writes the state of every stack whose name begins so, and forgets those that are gone. Returns the stacks whose
/// state was written, and those that were forgotten.
///
/// # Errors
/// Where the service refuses, or a file cannot be read or written.
pub fn refresh(
    backend: &dyn Backend,
    states: &States,
    prefix: &str,
    release: Option<&Release>,
) -> Result<(Vec<String>, Vec<String>), NotRefreshed> {
    let mut known: BTreeMap<String, StackState> = BTreeMap::new();
    // A state that is broken is what this is for.
    for name in states.names().map_err(NotRefreshed::Read)? {
        if let Ok(Some((state, _))) = states.get(&name) {
            known.insert(name, state);
        }
    }
    let stacks = backend.list_stacks(prefix).map_err(NotRefreshed::Service)?;
    let mut written = Vec::new();
    for stack in stacks {
        if matches!(stack.status, StackStatus::ReviewInProgress | StackStatus::DeleteComplete) {
            continue;
        }
        let template = backend.get_template(&stack.id).map_err(NotRefreshed::Service)?;
        let resources = backend.describe_stack_resources(&stack.id).map_err(NotRefreshed::Service)?;
        let before = known.get(&stack.name);
        let released = release.and_then(|release| release.stack(&stack.name));
        let bindings = released.map(|stack| {
            let all = stack.parameters.iter();
            all.map(|(name, binding)| (name.clone(), format!("{}.{}", binding.stack, binding.output)))
                .collect()
        });
        let depends_on = released.map(|stack| stack.depends_on.clone());
        let state = StackState {
            schema_version: States::schema_version(),
            stack: stack.name.clone(),
            id: stack.id,
            status: stack.status.as_str().to_owned(),
            depends_on: depends_on.or_else(|| before.map(|b| b.depends_on.clone())).unwrap_or_default(),
            parameters: stack.parameters,
            bindings: bindings.or_else(|| before.map(|b| b.bindings.clone())).unwrap_or_default(),
            outputs: stack.outputs,
            tags: stack.tags,
            termination_protection: stack.termination_protection,
            template_sha256: sha256(template.as_bytes()),
            operation: before.map(|b| b.operation.clone()).unwrap_or_default(),
            manifest_sha256: before.map(|b| b.manifest_sha256.clone()).unwrap_or_default(),
            resources: resources
                .into_iter()
                .filter(|resource| resource.status != ResourceStatus::DeleteComplete)
                .filter_map(|resource| Some((resource.logical_id, resource.physical_id?)))
                .collect(),
            retained: before.map(|b| b.retained.clone()).unwrap_or_default(),
        };
        states.put(&state, &template).map_err(NotRefreshed::Write)?;
        written.push(stack.name);
    }
    let mut forgotten = states.names().map_err(NotRefreshed::Read)?;
    forgotten.retain(|name| !written.contains(name));
    for name in &forgotten {
        states.remove(name).map_err(NotRefreshed::Write)?;
    }
    Ok((written, forgotten))
}
