//! What a deployment runs on: CloudFormation's operations, as one trait, in the service's own words.
//!
//! Invariant: a backend says what the service said. It decides nothing, retries nothing and remembers nothing; what
//! to make of an answer is the engine's. Every mutating operation takes the token that was written down before it.
//!
//! Source of the names and of what each may answer: the service's API model, version 2010-05-15.

mod failure;
mod status;

pub use failure::{Failure, FailureClass};
pub use status::{ChangeSetStatus, ExecutionStatus, ResourceStatus, StackStatus};

use crate::clock::Timestamp;
use crate::lease::{Lease, NoLease};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names and their values: parameters, tags, outputs.
pub type Values = BTreeMap<String, String>;

/// Who wants the right to change an environment.
#[derive(Clone, Copy, Debug)]
pub struct LeaseRequest<'a> {
    /// The product.
    pub product: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// The deployment.
    pub deploy: &'a str,
    /// Who, for people.
    pub owner: &'a str,
    /// Deployments whose place this one takes.
    pub over: &'a [&'a str],
    /// Whether it is taken from anybody: a person said that its owner is gone.
    pub force: bool,
}

/// CloudFormation of one account in one region.
///
/// A stack is named by its name until its id is known, and by its id afterwards: a name may be given to another stack.
/// Likewise a change set.
pub trait Backend: Send + Sync {
    /// Who is asking, and where.
    ///
    /// # Errors
    /// Where the service cannot be reached, or the credentials do not hold. So for every operation.
    fn identity(&self) -> Result<Identity, Failure>;

    /// The right to change an environment, where the account keeps one that other machines see.
    fn lease<'a>(&'a self, _: &LeaseRequest<'_>) -> Option<Result<Box<dyn Lease + 'a>, NoLease>> {
        None
    }

    /// A stack, or nothing where the service knows of none. One that is deleted is found by its id only.
    fn describe_stack(&self, stack: &str) -> Result<Option<Stack>, Failure>;

    /// Every stack that is not deleted, whose name starts so; all pages.
    fn list_stacks(&self, prefix: &str) -> Result<Vec<Stack>, Failure>;

    /// The resources of a stack, in the order of their logical ids.
    fn describe_stack_resources(&self, stack: &str) -> Result<Vec<StackResource>, Failure>;

    /// The template as it was sent.
    fn get_template(&self, stack: &str) -> Result<String, Failure>;

    /// Puts a template where the service can read it, under the hash of its content, unless it is there.
    ///
    /// Returns its address.
    fn put_template(&self, content: &str) -> Result<String, Failure>;

    /// Asks for a change set; it is made in its own time.
    fn create_change_set(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure>;

    /// A change set with all its changes. With `property_values` the service says what each property was and becomes,
    /// and may leave out changes without saying so except in the status reason.
    fn describe_change_set(
        &self,
        stack: &str,
        change_set: &str,
        property_values: bool,
    ) -> Result<ChangeSet, Failure>;

    /// The change sets of a stack, without their changes.
    fn list_change_sets(&self, stack: &str) -> Result<Vec<ChangeSet>, Failure>;

    /// Deletes a change set that is not being executed.
    fn delete_change_set(&self, stack: &str, change_set: &str) -> Result<(), Failure>;

    /// Starts what a change set says.
    fn execute_change_set(&self, request: &ExecuteChangeSet) -> Result<(), Failure>;

    /// What happened to a stack, oldest first: everything after the event `since`, or everything.
    ///
    /// Reads pages until it meets `since`, and no further.
    fn stack_events(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure>;

    /// Why the validation of a change set failed, before anything was changed.
    fn validation_events(&self, stack: &str, change_set: &str) -> Result<Vec<ValidationEvent>, Failure>;

    /// Goes on with a rollback that failed. `skip` and `force` exclude each other.
    fn continue_update_rollback(
        &self,
        stack: &str,
        token: &str,
        role: Option<&str>,
        skip: &[String],
        force: bool,
    ) -> Result<(), Failure>;

    /// Rolls a stack in `CREATE_FAILED` or `UPDATE_FAILED` back to its last stable state.
    fn rollback_stack(&self, stack: &str, token: &str, role: Option<&str>) -> Result<(), Failure>;

    /// Stops an update that runs, and rolls it back.
    fn cancel_update_stack(&self, stack: &str, token: &str) -> Result<(), Failure>;

    /// Deletes a stack.
    fn delete_stack(&self, request: &DeleteStack) -> Result<(), Failure>;

    /// The stack policy, where one is set.
    fn get_stack_policy(&self, stack: &str) -> Result<Option<String>, Failure>;

    /// Sets the stack policy. It cannot be removed again.
    fn set_stack_policy(&self, stack: &str, policy: &str) -> Result<(), Failure>;

    /// Turns the protection of a stack against deletion on or off.
    fn update_termination_protection(&self, stack: &str, enabled: bool) -> Result<(), Failure>;

    /// Starts to look for drift; returns the id of the detection.
    fn detect_stack_drift(&self, stack: &str) -> Result<String, Failure>;

    /// How a drift detection stands.
    fn describe_drift_detection(&self, detection: &str) -> Result<DriftDetection, Failure>;

    /// What drifted in each resource, as of the last detection.
    fn describe_stack_resource_drifts(&self, stack: &str) -> Result<Vec<ResourceDrift>, Failure>;

    /// Asks for a refactor: resources keep their physical ids and move to another logical id or stack.
    fn create_stack_refactor(&self, request: &CreateStackRefactor) -> Result<String, Failure>;

    /// How a refactor stands.
    fn describe_stack_refactor(&self, refactor: &str) -> Result<StackRefactor, Failure>;

    /// Starts a refactor.
    fn execute_stack_refactor(&self, refactor: &str) -> Result<(), Failure>;

    /// The state of alarms by name or ARN, as `OK`, `ALARM` or `INSUFFICIENT_DATA`; those that do not exist are left
    /// out.
    fn alarm_states(&self, alarms: &[String]) -> Result<Values, Failure>;

    /// Account limits of CloudFormation by name, such as `StackLimit` and `ConcurrentResourcesLimit`.
    fn describe_account_limits(&self) -> Result<BTreeMap<String, u64>, Failure>;
}

/// Who a backend acts as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The caller.
    pub arn: String,
    /// The region.
    pub region: String,
}

/// A stack, as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: StackStatus,
    /// Why, where the service says so.
    pub status_reason: Option<String>,
    /// The parameters as they were given last; those marked `NoEcho` read `****`.
    pub parameters: Values,
    /// Its outputs.
    pub outputs: Values,
    /// Its tags.
    pub tags: Values,
    /// The role that the service assumes for it.
    pub role: Option<String>,
    /// The change set that was executed last.
    pub change_set: Option<String>,
    /// Whether it may not be deleted.
    pub termination_protection: bool,
    /// The last operations, newest first.
    pub last_operations: Vec<StackOperation>,
    /// When it was made, be it as the shell of a change set.
    pub created: Option<Timestamp>,
    /// When it was updated last.
    pub updated: Option<Timestamp>,
    /// `DRIFTED`, `IN_SYNC`, `NOT_CHECKED`, `UNKNOWN`, as of the last detection.
    pub drift: Option<String>,
}

/// An operation on a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackOperation {
    /// `CREATE_STACK`, `UPDATE_STACK`, `DELETE_STACK`, `ROLLBACK`, `CONTINUE_ROLLBACK`, …
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in the account; nothing until there is one.
    pub physical_id: Option<String>,
    /// Its type.
    pub resource_type: String,
    /// How it stands.
    pub status: ResourceStatus,
    /// Why.
    pub status_reason: Option<String>,
}

/// Which kind of change set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeSetType {
    /// For a stack that is not there, or in `REVIEW_IN_PROGRESS`.
    Create,
    /// For one that is.
    Update,
    /// To take resources in.
    Import,
}

/// What a template in a request may have, in bytes; one that is larger is read from a bucket (CloudFormation's quota).
pub const LARGEST_IN_REQUEST: usize = 51_200;

/// Where a template is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSource {
    /// In the request; at most [`LARGEST_IN_REQUEST`].
    Body(String),
    /// At an address that `put_template` returned.
    Url(String),
}

/// What `CreateChangeSet` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateChangeSet {
    /// The stack.
    pub stack: String,
    /// The name of the change set.
    pub name: String,
    /// Its kind.
    pub kind: ChangeSetType,
    /// `ClientToken`.
    pub token: String,
    /// The template.
    pub template: TemplateSource,
    /// Every parameter.
    pub parameters: Values,
    /// Every tag.
    pub tags: Values,
    /// `CAPABILITY_IAM` and the like.
    pub capabilities: Vec<String>,
    /// The role that the service assumes.
    pub role: Option<String>,
    /// Topics that hear of every event.
    pub notification_arns: Vec<String>,
    /// Alarms that roll the operation back.
    pub rollback: RollbackConfiguration,
    /// A text for people.
    pub description: String,
    /// Whether resources with custom names are taken in where they exist.
    pub import_existing: bool,
    /// Whether what drifted goes back to what the template says.
    pub revert_drift: bool,
}

/// Alarms that roll an operation back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackConfiguration {
    /// ARNs of alarms; at most five.
    pub alarms: Vec<String>,
    /// How long the alarms are watched after the last resource: 0 to 180 minutes.
    pub monitoring_minutes: u8,
}

/// What `CreateChangeSet` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetIds {
    /// The stack's ARN.
    pub stack: String,
    /// The change set's ARN.
    pub change_set: String,
}

/// What `ExecuteChangeSet` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecuteChangeSet {
    /// The stack's ARN.
    pub stack: String,
    /// The change set's ARN.
    pub change_set: String,
    /// `ClientRequestToken`.
    pub token: String,
    /// Whether what failed stays as it is.
    pub disable_rollback: bool,
    /// Whether resources that the operation created are deleted on rollback, whatever their deletion policy says.
    pub retain_except_on_create: bool,
}

/// A change set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The stack's ARN.
    pub stack: String,
    /// How its making stands.
    pub status: ChangeSetStatus,
    /// Why.
    pub status_reason: Option<String>,
    /// Whether it may be executed.
    pub execution_status: ExecutionStatus,
    /// What it changes.
    pub changes: Vec<ResourceChange>,
    /// The parameters it was made with.
    pub parameters: Values,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// It is created.
    Add,
    /// It is changed, or replaced.
    Modify,
    /// It is deleted, or left behind.
    Remove,
    /// It is taken in.
    Import,
    /// Only executing tells.
    Dynamic,
    /// The template already says what is.
    SyncWithActual,
}

/// Whether a change replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replacement {
    /// It does.
    True,
    /// It does not.
    False,
    /// It depends on a value that is not known yet.
    Conditional,
}

/// One change of a change set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// What happens.
    pub action: Action,
    /// The resource's name in the template.
    pub logical_id: String,
    /// Its name in the account.
    pub physical_id: Option<String>,
    /// Its type.
    pub resource_type: String,
    /// Whether it is replaced; said of `Modify` only.
    pub replacement: Option<Replacement>,
    /// `Delete`, `Retain`, `Snapshot`, `ReplaceAndDelete`, `ReplaceAndRetain`, `ReplaceAndSnapshot`.
    pub policy_action: Option<String>,
    /// `Properties`, `Tags`, `Metadata`, `CreationPolicy`, `UpdatePolicy`, `DeletionPolicy`, `UpdateReplacePolicy`.
    pub scope: Vec<String>,
    /// What changes in it.
    pub details: Vec<ChangeDetail>,
}

/// What changes in a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDetail {
    /// The property's name at the top level, or the attribute's.
    pub name: String,
    /// The path into the property, where the service says so.
    pub path: Option<String>,
    /// `Never`, `Conditionally`, `Always`.
    pub requires_recreation: String,
    /// `Static` or `Dynamic`.
    pub evaluation: String,
    /// `DirectModification`, `ResourceReference`, `ResourceAttribute`, `ParameterReference`, `Automatic`.
    pub change_source: String,
    /// What caused it: a parameter or `Resource.Attribute`.
    pub causing_entity: Option<String>,
    /// What it was.
    pub before: Option<String>,
    /// What it becomes.
    pub after: Option<String>,
}

/// Something that happened to a stack or one of its resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackEvent {
    /// Its id.
    pub id: String,
    /// The stack's ARN.
    pub stack: String,
    /// The operation that it belongs to, where the service says so.
    pub operation: Option<String>,
    /// When.
    pub time: Timestamp,
    /// The resource's name in the template; the stack's name for the stack itself.
    pub logical_id: String,
    /// Its name in the account; the stack's ARN for the stack itself.
    pub physical_id: Option<String>,
    /// Its type.
    pub resource_type: String,
    /// How it stands since. For the stack itself a stack status.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// The token of the operation.
    pub token: Option<String>,
}

impl StackEvent {
    /// Whether this is about the stack itself.
    #[must_use]
    pub fn is_of_stack(&self) -> bool {
        self.physical_id.as_deref() == Some(self.stack.as_str())
    }
}

/// What validation found before anything was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationEvent {
    /// Such as `NAME_CONFLICT_VALIDATION`.
    pub name: String,
    /// The resource's name in the template.
    pub logical_id: String,
    /// A path into the template.
    pub path: Option<String>,
    /// `FAIL` or `WARN`.
    pub failure_mode: String,
    /// What is wrong.
    pub reason: String,
}

/// What `DeleteStack` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteStack {
    /// The stack's ARN.
    pub stack: String,
    /// `ClientRequestToken`.
    pub token: String,
    /// The role that the service assumes.
    pub role: Option<String>,
    /// Resources that stay; only for a stack in `DELETE_FAILED`.
    pub retain: Vec<String>,
    /// Whether what cannot be deleted is left behind.
    pub force: bool,
}

/// How a drift detection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftDetection {
    /// `DETECTION_IN_PROGRESS`, `DETECTION_COMPLETE`, `DETECTION_FAILED`.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// `DRIFTED`, `IN_SYNC`, `NOT_CHECKED`, `UNKNOWN`.
    pub drift: Option<String>,
}

/// What drifted in a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceDrift {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name in the account.
    pub physical_id: Option<String>,
    /// Its type.
    pub resource_type: String,
    /// `IN_SYNC`, `MODIFIED`, `DELETED`, `NOT_CHECKED`, `UNKNOWN`, `UNSUPPORTED`.
    pub status: String,
    /// Which properties differ.
    pub differences: Vec<PropertyDifference>,
}

/// A property that is not as the template says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyDifference {
    /// A JSON pointer into the properties.
    pub path: String,
    /// What the template says.
    pub expected: Option<String>,
    /// What is.
    pub actual: Option<String>,
    /// `ADD`, `REMOVE`, `NOT_EQUAL`.
    pub kind: String,
}

/// What `CreateStackRefactor` asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateStackRefactor {
    /// A text for people.
    pub description: String,
    /// The stacks and their new templates, two to five; or one for a rename within a stack.
    pub stacks: Vec<(String, TemplateSource)>,
    /// From `(stack, logical id)` to `(stack, logical id)`.
    pub mappings: Vec<(ResourceLocation, ResourceLocation)>,
}

/// A resource of a stack, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceLocation {
    /// The stack's name.
    pub stack: String,
    /// The resource's name in the template.
    pub logical_id: String,
}

/// How a refactor stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackRefactor {
    /// Its id.
    pub id: String,
    /// `CREATE_IN_PROGRESS`, `CREATE_COMPLETE`, `CREATE_FAILED`, `DELETE_…`.
    pub status: String,
    /// Why.
    pub status_reason: Option<String>,
    /// `UNAVAILABLE`, `AVAILABLE`, `OBSOLETE`, `EXECUTE_IN_PROGRESS`, `EXECUTE_COMPLETE`, `EXECUTE_FAILED`,
    /// `ROLLBACK_IN_PROGRESS`, `ROLLBACK_COMPLETE`, `ROLLBACK_FAILED`.
    pub execution_status: String,
    /// Why.
    pub execution_status_reason: Option<String>,
}
