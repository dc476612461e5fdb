//! What the service describes, as the elements of its answers.
//!
//! Invariant: the names are the API model's, version 2010-05-15.

use super::xml::Node;
use crate::backend::{ChangeSet, ResourceChange, ResourceDrift, Stack, StackEvent, StackResource, Values};
use crate::clock::Timestamp;
use crate::local::time::iso;

/// Elements of which some may be missing.
pub(super) fn some(nodes: impl IntoIterator<Item = Option<Node>>) -> Vec<Node> {
    nodes.into_iter().flatten().collect()
}

pub(super) fn maybe(name: &str, text: Option<&String>) -> Option<Node> {
    text.map(|text| Node::text(name, text))
}

fn pairs(name: &str, key: &str, value: &str, values: &Values) -> Node {
    Node::members(name, values.iter().map(|(k, v)| vec![Node::text(key, k), Node::text(value, v)]))
}

pub(super) fn stack(stack: &Stack, made: Timestamp) -> Vec<Node> {
    some([
        Some(Node::text("StackId", &stack.id)),
        Some(Node::text("StackName", &stack.name)),
        maybe("ChangeSetId", stack.change_set.as_ref()),
        Some(pairs("Parameters", "ParameterKey", "ParameterValue", &stack.parameters)),
        Some(Node::text("CreationTime", &iso(made))),
        stack.updated.map(|time| Node::text("LastUpdatedTime", &iso(time))),
        Some(Node::text("StackStatus", stack.status.as_str())),
        maybe("StackStatusReason", stack.status_reason.as_ref()),
        Some(Node::text("DisableRollback", "false")),
        maybe("RoleARN", stack.role.as_ref()),
        Some(pairs("Tags", "Key", "Value", &stack.tags)),
        Some(pairs("Outputs", "OutputKey", "OutputValue", &stack.outputs)),
        Some(Node::text("EnableTerminationProtection", &stack.termination_protection.to_string())),
        Some(Node::list(
            "DriftInformation",
            vec![Node::text("StackDriftStatus", stack.drift.as_deref().unwrap_or("NOT_CHECKED"))],
        )),
        Some(Node::members(
            "LastOperations",
            stack.last_operations.iter().map(|operation| {
                vec![Node::text("OperationType", &operation.kind), Node::text("OperationId", &operation.id)]
            }),
        )),
    ])
}

/// A stack of a list.
pub(super) fn summary(of: &Stack) -> Vec<Node> {
    some([
        Some(Node::text("StackId", &of.id)),
        Some(Node::text("StackName", &of.name)),
        Some(Node::text("CreationTime", &iso(of.created.or(of.updated).unwrap_or_default()))),
        Some(Node::text("StackStatus", of.status.as_str())),
        maybe("StackStatusReason", of.status_reason.as_ref()),
    ])
}

/// A resource, with the stack that it is of or within its list.
pub(super) fn resource(resource: &StackResource, stack: &Stack, of: bool) -> Vec<Node> {
    let time = iso(stack.updated.or(stack.created).unwrap_or_default());
    some([
        of.then(|| Node::text("StackId", &stack.id)),
        of.then(|| Node::text("StackName", &stack.name)),
        Some(Node::text("LogicalResourceId", &resource.logical_id)),
        maybe("PhysicalResourceId", resource.physical_id.as_ref()),
        Some(Node::text("ResourceType", &resource.resource_type)),
        Some(Node::text(if of { "Timestamp" } else { "LastUpdatedTimestamp" }, &time)),
        Some(Node::text("ResourceStatus", resource.status.as_str())),
        maybe("ResourceStatusReason", resource.status_reason.as_ref()),
    ])
}

pub(super) fn event(event: &StackEvent, name: &str) -> Vec<Node> {
    some([
        Some(Node::text("StackId", &event.stack)),
        Some(Node::text("EventId", &event.id)),
        Some(Node::text("StackName", name)),
        maybe("OperationId", event.operation.as_ref()),
        Some(Node::text("LogicalResourceId", &event.logical_id)),
        maybe("PhysicalResourceId", event.physical_id.as_ref()),
        Some(Node::text("ResourceType", &event.resource_type)),
        Some(Node::text("Timestamp", &iso(event.time))),
        Some(Node::text("ResourceStatus", &event.status)),
        maybe("ResourceStatusReason", event.reason.as_ref()),
        maybe("ClientRequestToken", event.token.as_ref()),
    ])
}

pub(super) fn change_set(set: &ChangeSet, stack_name: &str, changes: bool) -> Vec<Node> {
    let mut nodes = some([
        Some(Node::text("ChangeSetName", &set.name)),
        Some(Node::text("ChangeSetId", &set.id)),
        Some(Node::text("StackId", &set.stack)),
        Some(Node::text("StackName", stack_name)),
        Some(Node::text("ExecutionStatus", set.execution_status.as_str())),
        Some(Node::text("Status", set.status.as_str())),
        maybe("StatusReason", set.status_reason.as_ref()),
    ]);
    if changes {
        nodes.push(pairs("Parameters", "ParameterKey", "ParameterValue", &set.parameters));
        nodes.push(Node::members(
            "Changes",
            set.changes.iter().map(|change| {
                vec![Node::text("Type", "Resource"), Node::list("ResourceChange", resource_change(change))]
            }),
        ));
    }
    nodes
}

fn resource_change(change: &ResourceChange) -> Vec<Node> {
    let details = change.details.iter().map(|detail| {
        let is_property = !detail.name.ends_with("Policy") && detail.name != "Metadata";
        let target = some([
            Some(Node::text("Attribute", if is_property { "Properties" } else { &detail.name })),
            is_property.then(|| Node::text("Name", &detail.name)),
            Some(Node::text("RequiresRecreation", &detail.requires_recreation)),
            maybe("Path", detail.path.as_ref()),
            maybe("BeforeValue", detail.before.as_ref()),
            maybe("AfterValue", detail.after.as_ref()),
        ]);
        some([
            Some(Node::list("Target", target)),
            Some(Node::text("Evaluation", &detail.evaluation)),
            Some(Node::text("ChangeSource", &detail.change_source)),
            maybe("CausingEntity", detail.causing_entity.as_ref()),
        ])
    });
    let replacement =
        change.replacement.map(|replacement| Node::text("Replacement", &format!("{replacement:?}")));
    some([
        maybe("PolicyAction", change.policy_action.as_ref()),
        Some(Node::text("Action", &format!("{:?}", change.action))),
        Some(Node::text("LogicalResourceId", &change.logical_id)),
        maybe("PhysicalResourceId", change.physical_id.as_ref()),
        Some(Node::text("ResourceType", &change.resource_type)),
        replacement,
        Some(Node::texts("Scope", change.scope.iter().cloned())),
        Some(Node::members("Details", details)),
    ])
}

pub(super) fn drift(drift: &ResourceDrift, stack: &str, time: Timestamp) -> Vec<Node> {
    let differences = drift.differences.iter().map(|difference| {
        vec![
            Node::text("PropertyPath", &difference.path),
            Node::text("ExpectedValue", difference.expected.as_deref().unwrap_or_default()),
            Node::text("ActualValue", difference.actual.as_deref().unwrap_or_default()),
            Node::text("DifferenceType", &difference.kind),
        ]
    });
    some([
        Some(Node::text("StackId", stack)),
        Some(Node::text("LogicalResourceId", &drift.logical_id)),
        maybe("PhysicalResourceId", drift.physical_id.as_ref()),
        Some(Node::text("ResourceType", &drift.resource_type)),
        Some(Node::members("PropertyDifferences", differences)),
        Some(Node::text("StackResourceDriftStatus", &drift.status)),
        Some(Node::text("Timestamp", &iso(time))),
    ])
}
