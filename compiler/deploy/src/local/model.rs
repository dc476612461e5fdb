//! What the embedded CloudFormation keeps: stacks, change sets, live resources, and operations that run.
//!
//! Invariant: a record is all there is. Whoever reads it knows what happens next and when, without a process that
//! remembers anything.

use super::options::Latency;
use crate::backend::{
    ChangeSetStatus, ChangeSetType, ExecutionStatus, ResourceChange, ResourceDrift, ResourceStatus,
    RollbackConfiguration, StackOperation, StackStatus, ValidationEvent, Values,
};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a stack is made of: one of its states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The template to the byte; empty for a shell.
    pub(super) template: String,
    /// Every parameter, defaults included, as given.
    pub(super) parameters: Values,
    pub(super) tags: Values,
    pub(super) outputs: Values,
    pub(super) resources: BTreeMap<String, Resource>,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Resource {
    pub(super) resource_type: String,
    /// Nothing until there is one.
    pub(super) physical_id: Option<String>,
    /// What its ids and attributes are derived from.
    pub(super) seed: String,
    pub(super) status: ResourceStatus,
    pub(super) reason: Option<String>,
    /// As the template says, all values put in.
    pub(super) properties: Value,
    pub(super) deletion_policy: Policy,
    pub(super) replace_policy: Policy,
    /// The logical ids that it needs.
    pub(super) needs: BTreeSet<String>,
    /// Whether it was there before its stack took it in.
    pub(super) imported: bool,
}

/// What becomes of a resource that leaves its stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Policy {
    Delete,
    Retain,
    RetainExceptOnCreate,
    Snapshot,
}

impl Policy {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::RetainExceptOnCreate => "RetainExceptOnCreate",
            Self::Snapshot => "Snapshot",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Delete, Self::Retain, Self::RetainExceptOnCreate, Self::Snapshot]
            .into_iter()
            .find(|policy| policy.as_str() == text)
    }
}

/// A stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StackRecord {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: StackStatus,
    pub(super) reason: Option<String>,
    pub(super) made: Timestamp,
    pub(super) updated: Option<Timestamp>,
    pub(super) created: Option<Timestamp>,
    pub(super) deleted: Option<Timestamp>,
    /// As it is.
    pub(super) content: Content,
    /// As it was when it was stable last, while it is not.
    pub(super) stable: Option<Content>,
    /// What a finished or a rolled back update leaves to be deleted.
    pub(super) leftovers: Vec<Leftover>,
    pub(super) role: Option<String>,
    pub(super) notification_arns: Vec<String>,
    pub(super) rollback: RollbackConfiguration,
    pub(super) change_set: Option<String>,
    pub(super) termination_protection: bool,
    pub(super) policy: Option<String>,
    /// Newest first.
    pub(super) operations: Vec<StackOperation>,
    pub(super) running: Option<Operation>,
    pub(super) drift: Option<String>,
    pub(super) drifts: Vec<ResourceDrift>,
    /// How many resources it ever made; a part of their seeds.
    pub(super) generation: u64,
}

/// A live resource that its stack no longer wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Leftover {
    pub(super) logical_id: String,
    pub(super) resource: Resource,
    /// What becomes of it.
    pub(super) policy: Policy,
    /// Whether another resource stands in its place.
    pub(super) replaced: bool,
}

/// What runs on a stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) token: Option<String>,
    pub(super) phase: Phase,
    /// The content aimed at; what a rollback leaves.
    pub(super) goal: Content,
    pub(super) tasks: BTreeMap<String, Task>,
    pub(super) change_set: Option<String>,
    pub(super) disable_rollback: bool,
    pub(super) retain_except_on_create: bool,
    pub(super) revert_drift: bool,
    pub(super) import_existing: bool,
    /// Whether resources that cannot be deleted or restored are left as they are.
    pub(super) force: bool,
    /// Resources that are left behind, or not restored.
    pub(super) skip: BTreeSet<String>,
    /// The logical ids that failed, in the order in which they did.
    pub(super) failed: Vec<String>,
    /// Why the operation as a whole failed, where no resource did: an alarm, somebody who stopped it.
    pub(super) reason: Option<String>,
    pub(super) latency: Latency,
    /// When the monitoring of alarms ends, or a phase without tasks.
    pub(super) until: Option<Timestamp>,
}

/// Where an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    /// Towards the goal, of a new stack.
    Create,
    /// Towards the goal.
    Update,
    /// Watching alarms after the last resource; the stack is new or not.
    Monitor {
        /// Whether it is new.
        create: bool,
    },
    /// Deleting what an update left.
    Cleanup,
    /// Deleting all of a new stack.
    Rollback,
    /// Back to what was stable.
    UpdateRollback,
    /// Deleting what a failed update made.
    RollbackCleanup,
    /// Deleting all.
    Delete,
}

/// A resource within a phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) logical_id: String,
    pub(super) state: TaskState,
    /// Other tasks that come first.
    pub(super) after: BTreeSet<String>,
}

/// How a task stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum TaskState {
    Waiting,
    Running { until: Timestamp, work: Work },
    Done,
    Failed,
}

/// What is being done to a resource; decided when it starts, as its values are known only then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Work {
    Create {
        next: Box<Resource>,
    },
    Import {
        next: Box<Resource>,
    },
    Update {
        next: Box<Resource>,
    },
    Replace {
        next: Box<Resource>,
    },
    Delete {
        leftover: Box<Leftover>,
    },
    /// Nothing is left to do; it fails.
    Fail {
        reason: String,
    },
}

/// A resource of the account, whether or not a stack owns it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Live {
    pub(super) resource_type: String,
    pub(super) physical_id: String,
    pub(super) seed: String,
    /// As it is, whatever templates say.
    pub(super) properties: Value,
    /// What nobody else may be called.
    pub(super) name: Option<String>,
    /// The stack that it belongs to.
    pub(super) stack: Option<String>,
}

/// A change set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ChangeSetRecord {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) stack: String,
    pub(super) kind: ChangeSetType,
    pub(super) status: ChangeSetStatus,
    pub(super) reason: Option<String>,
    pub(super) execution: ExecutionStatus,
    pub(super) changes: Vec<ResourceChange>,
    pub(super) validations: Vec<ValidationEvent>,
    pub(super) template: String,
    pub(super) parameters: Values,
    pub(super) tags: Values,
    pub(super) role: Option<String>,
    pub(super) notification_arns: Vec<String>,
    pub(super) rollback: RollbackConfiguration,
    pub(super) description: String,
    pub(super) import_existing: bool,
    pub(super) revert_drift: bool,
    pub(super) made: Timestamp,
    /// When its making goes on.
    pub(super) due: Option<Timestamp>,
    pub(super) latency: u64,
}

/// A detection of drift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Detection {
    pub(super) stack: String,
    pub(super) due: Option<Timestamp>,
    pub(super) drift: Option<String>,
}

/// A refactor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RefactorRecord {
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) execution: String,
    pub(super) execution_reason: Option<String>,
    pub(super) stacks: Vec<(String, String)>,
    pub(super) mappings: Vec<((String, String), (String, String))>,
    pub(super) due: Option<Timestamp>,
    pub(super) latency: u64,
}

impl StackRecord {
    /// When something happens to it next, if nobody acts.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let running = self.running.as_ref()?;
        let tasks = running.tasks.values().filter_map(|task| match &task.state {
            TaskState::Running { until, work: _ } => Some(*until),
            TaskState::Waiting | TaskState::Done | TaskState::Failed => None,
        });
        tasks.chain(running.until).min()
    }
}
