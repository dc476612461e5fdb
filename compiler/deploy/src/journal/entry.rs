//! The records of a journal.
//!
//! Invariant: no value of a parameter, an output or a template stands in a record, only hashes of them: a value may
//! be a secret. Fields and entries are only added within a version.

use crate::backend::Failure;
use crate::clock::Timestamp;
use crate::id::DeployId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An operation that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// `CreateChangeSet`
    CreateChangeSet,
    /// `ExecuteChangeSet`
    ExecuteChangeSet,
    /// `DeleteChangeSet`
    DeleteChangeSet,
    /// `ContinueUpdateRollback`
    ContinueUpdateRollback,
    /// `RollbackStack`
    RollbackStack,
    /// `CancelUpdateStack`
    CancelUpdateStack,
    /// `DeleteStack`
    DeleteStack,
    /// `SetStackPolicy`
    SetStackPolicy,
    /// `UpdateTerminationProtection`
    UpdateTerminationProtection,
    /// A template put where the service can read it.
    PutTemplate,
    /// `CreateStackRefactor`
    CreateStackRefactor,
    /// `ExecuteStackRefactor`
    ExecuteStackRefactor,
}

impl Operation {
    /// As the service calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateChangeSet => "CreateChangeSet",
            Self::ExecuteChangeSet => "ExecuteChangeSet",
            Self::DeleteChangeSet => "DeleteChangeSet",
            Self::ContinueUpdateRollback => "ContinueUpdateRollback",
            Self::RollbackStack => "RollbackStack",
            Self::CancelUpdateStack => "CancelUpdateStack",
            Self::DeleteStack => "DeleteStack",
            Self::SetStackPolicy => "SetStackPolicy",
            Self::UpdateTerminationProtection => "UpdateTerminationProtection",
            Self::PutTemplate => "PutTemplate",
            Self::CreateStackRefactor => "CreateStackRefactor",
            Self::ExecuteStackRefactor => "ExecuteStackRefactor",
        }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// The stack is as the release says, and was not before.
    Changed,
    /// It was already.
    Unchanged,
    /// It is gone.
    Deleted,
    /// It is as it was before, or was never made.
    Failed,
    /// A gate refused it.
    Refused,
    /// Somebody else is at work on it.
    Busy,
    /// Only a recovery helps.
    Stuck,
    /// Something before it did not succeed.
    NotStarted,
}

/// What a deployment set out to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// Its id.
    pub deploy: DeployId,
    /// `deploy` or `destroy`.
    pub operation: String,
    /// The product.
    pub product: String,
    /// The environment.
    pub environment: String,
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    /// The manifest: SHA-256 in hexadecimal.
    pub release: String,
    /// The steps, in order: their names, and the SHA-256 of each template.
    pub steps: Vec<(String, String)>,
    /// What a person acknowledged by name.
    pub acknowledgements: Vec<String>,
    /// The unfinished deployment that this one takes the place of.
    pub supersedes: Option<DeployId>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// The first.
    Begin(Begin),
    /// The records of the CMDB say what is about to be done.
    IntentRecorded,
    /// A call is about to be made.
    Intent {
        /// The step.
        step: String,
        /// The call.
        operation: Operation,
        /// Its token; for what has none, a name of the call.
        token: String,
        /// Which attempt at the step.
        attempt: u32,
        /// SHA-256 of the request, in hexadecimal.
        request: String,
        /// When.
        time: Timestamp,
    },
    /// The service accepted it.
    Accepted {
        /// The step.
        step: String,
        /// The call.
        operation: Operation,
        /// Its token.
        token: String,
        /// The stack's ARN.
        stack: Option<String>,
        /// The change set's ARN, or the id of a refactoring.
        change_set: Option<String>,
    },
    /// It did not, or no answer came.
    NotAccepted {
        /// The step.
        step: String,
        /// The call.
        operation: Operation,
        /// Its token.
        token: String,
        /// Why.
        failure: Failure,
    },
    /// A change set can be executed, and passed the gates.
    ChangeSetReady {
        /// The step.
        step: String,
        /// The change set's ARN.
        change_set: String,
        /// How many resources it adds, modifies, replaces, removes.
        changes: BTreeMap<String, u32>,
        /// The acknowledgements that it needed.
        acknowledged: Vec<String>,
    },
    /// Events were seen.
    Seen {
        /// The step.
        step: String,
        /// The last one's id.
        event: String,
        /// How many.
        count: u64,
    },
    /// A step is over.
    Terminal {
        /// The step.
        step: String,
        /// How.
        outcome: StepOutcome,
        /// The stack's ARN.
        stack: Option<String>,
        /// The service's status.
        status: Option<String>,
        /// SHA-256 over the outputs, in hexadecimal.
        outputs: Option<String>,
        /// Why it failed, root cause first.
        reasons: Vec<String>,
    },
    /// Somebody goes on with it.
    Resumed {
        /// When.
        time: Timestamp,
    },
    /// It was left running.
    Detached {
        /// When.
        time: Timestamp,
        /// Why.
        reason: String,
    },
    /// A later deployment takes its place.
    Superseded {
        /// Which.
        by: DeployId,
    },
    /// It is over, and recorded.
    End {
        /// The program's exit code.
        exit: u8,
        /// When.
        time: Timestamp,
    },
}

impl Entry {
    /// What the deployment set out to do, where this says so.
    #[must_use]
    pub fn as_begin(&self) -> Option<&Begin> {
        if let Self::Begin(begin) = self { Some(begin) } else { None }
    }

    /// Whether nothing is left to be done after this.
    #[must_use]
    pub fn is_end(&self) -> bool {
        match self {
            Self::End { .. } | Self::Superseded { .. } => true,
            Self::Begin(_)
            | Self::IntentRecorded
            | Self::Intent { .. }
            | Self::Accepted { .. }
            | Self::NotAccepted { .. }
            | Self::ChangeSetReady { .. }
            | Self::Seen { .. }
            | Self::Terminal { .. }
            | Self::Resumed { .. }
            | Self::Detached { .. } => false,
        }
    }
}
