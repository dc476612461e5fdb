//! How the embedded CloudFormation behaves where the real one leaves it open, and how fast it is.
//!
//! Invariant: options belong to the handle; what an operation needs of them is written into it when it starts, so that
//! whoever looks next carries it on alike.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Who a handle acts as, and how its cloud behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    /// How long things take.
    pub latency: Latency,
    /// How far reads of stacks, change sets and events are behind.
    pub read_lag: Duration,
    /// Requests in a second before the service throttles; without a bound where there is none.
    pub rate: Option<u32>,
    /// What the same token with the same request is answered.
    pub repeated_token: RepeatedToken,
    /// Whether a change of a property that replaces only sometimes does replace.
    pub conditional_replaces: bool,
    /// Whether names that are taken fail the change set, rather than its execution.
    pub early_validation: bool,
    /// How many change sets a stack may have.
    pub change_set_limit: usize,
    /// Whether a description with property values leaves out changes that replace, as the service may do.
    pub lossy_property_values: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            account: "111122223333".to_owned(),
            region: "ap-southeast-2".to_owned(),
            latency: Latency::default(),
            read_lag: Duration::ZERO,
            rate: None,
            repeated_token: RepeatedToken::SameAnswer,
            conditional_replaces: false,
            early_validation: true,
            change_set_limit: 1_000,
            lossy_property_values: false,
        }
    }
}

/// What a request is answered whose token was used before for the same request. The service's documentation leaves
/// it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedToken {
    /// What it was answered the first time.
    SameAnswer,
    /// That it exists.
    AlreadyExists,
}

/// How long things take, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// A resource.
    pub resource: u64,
    /// Resources of these types.
    pub by_type: BTreeMap<String, u64>,
    /// Making a change set, looking for drift, checking a refactor.
    pub request: u64,
}

impl Default for Latency {
    fn default() -> Self {
        Self { resource: 15, by_type: BTreeMap::new(), request: 15 }
    }
}

impl Latency {
    pub(super) fn of(&self, resource_type: &str) -> u64 {
        self.by_type.get(resource_type).copied().unwrap_or(self.resource)
    }
}

/// A resource that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The stack's name.
    pub stack: String,
    /// The resource's name in the template.
    pub logical_id: String,
    /// When.
    pub at: FaultPoint,
    /// How often.
    pub times: u32,
    /// What the service says.
    pub reason: String,
}

/// What a resource fails at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultPoint {
    /// Being created.
    Create,
    /// Being updated or replaced.
    Update,
    /// Being brought back to what it was.
    Rollback,
    /// Being deleted.
    Delete,
}

/// What goes wrong with requests, rather than with resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Injected {
    /// The operation, such as `CreateChangeSet`; `*` for every one.
    pub operation: String,
    /// How many requests pass first.
    pub skip: u32,
    /// How many requests it then meets.
    pub times: u32,
    /// What goes wrong.
    pub what: Injection,
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Injection {
    /// The service throttles; nothing was done.
    Throttle,
    /// The service fails; nothing was done.
    ServerError,
    /// The request does not reach the service.
    Unreachable,
    /// The request is accepted and done; its answer is lost.
    LostResponse,
    /// The credentials do not hold any longer; nothing was done.
    ExpiredCredentials,
}
