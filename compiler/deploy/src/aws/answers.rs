//! What the service answers about stacks and change sets, in our types.
//!
//! Invariant: a status that is new to us is a failure that names it, never taken for another one.

use super::templates::invalid;
use crate::backend::{
    Action, ChangeDetail, ChangeSet, ChangeSetStatus, DriftDetection, ExecutionStatus, Failure,
    PropertyDifference, Replacement, ResourceChange, ResourceDrift, ResourceStatus, Stack, StackEvent,
    StackOperation, StackResource, StackStatus, Values,
};
use crate::clock::Timestamp;
use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::operation::describe_stack_drift_detection_status::DescribeStackDriftDetectionStatusOutput;
use aws_sdk_cloudformation::primitives::DateTime;
use aws_sdk_cloudformation::types;

pub(super) fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

pub(super) fn owned(value: Option<&str>) -> Option<String> {
    value.map(str::to_owned)
}

fn time(value: Option<&DateTime>) -> Option<Timestamp> {
    value.and_then(|time| time.to_millis().ok()).and_then(|millis| u64::try_from(millis).ok()).map(Timestamp)
}

/// A value of ours for the service's word.
fn known<T>(
    operation: &str,
    what: &str,
    word: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Failure> {
    let word = word.unwrap_or_default();
    parse(word).ok_or_else(|| {
        let message =
            format!("the service names the {what} `{word}`, which this solc does not know: use a later one");
        invalid(operation, "UnknownAnswer", message)
    })
}

fn parameters(parameters: &[types::Parameter]) -> Values {
    parameters
        .iter()
        .map(|parameter| {
            // A parameter of the type `AWS::SSM::Parameter::Value` is given a name, and has a value.
            let value = parameter.resolved_value().or(parameter.parameter_value());
            (text(parameter.parameter_key()), text(value))
        })
        .collect()
}

pub(super) fn stack(operation: &str, from: &types::Stack) -> Result<Stack, Failure> {
    let status = from.stack_status().map(types::StackStatus::as_str);
    Ok(Stack {
        id: text(from.stack_id()),
        name: text(from.stack_name()),
        status: known(operation, "stack status", status, StackStatus::parse)?,
        status_reason: owned(from.stack_status_reason()),
        parameters: parameters(from.parameters()),
        outputs: from.outputs().iter().map(|o| (text(o.output_key()), text(o.output_value()))).collect(),
        tags: from.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect(),
        role: owned(from.role_arn()),
        change_set: owned(from.change_set_id()),
        termination_protection: from.enable_termination_protection().unwrap_or_default(),
        last_operations: from
            .last_operations()
            .iter()
            .map(|operation| StackOperation {
                kind: text(operation.operation_type().map(types::OperationType::as_str)),
                id: text(operation.operation_id()),
            })
            .collect(),
        created: time(from.creation_time()),
        updated: time(from.last_updated_time()),
        drift: from
            .drift_information()
            .and_then(types::StackDriftInformation::stack_drift_status)
            .map(|status| status.as_str().to_owned()),
    })
}

pub(super) fn resource(
    operation: &str,
    from: &types::StackResourceSummary,
) -> Result<StackResource, Failure> {
    let status = from.resource_status().map(types::ResourceStatus::as_str);
    Ok(StackResource {
        logical_id: text(from.logical_resource_id()),
        physical_id: owned(from.physical_resource_id()).filter(|id| !id.is_empty()),
        resource_type: text(from.resource_type()),
        status: known(operation, "resource status", status, ResourceStatus::parse)?,
        status_reason: owned(from.resource_status_reason()),
    })
}

/// A change set without its changes, which come in pages of their own.
pub(super) fn change_set(operation: &str, from: &DescribeChangeSetOutput) -> Result<ChangeSet, Failure> {
    let (status, execution) = statuses(operation, from.status(), from.execution_status())?;
    Ok(ChangeSet {
        id: text(from.change_set_id()),
        name: text(from.change_set_name()),
        stack: text(from.stack_id()),
        status,
        status_reason: owned(from.status_reason()),
        execution_status: execution,
        changes: Vec::new(),
        parameters: parameters(from.parameters()),
    })
}

pub(super) fn change_set_summary(
    operation: &str,
    from: &types::ChangeSetSummary,
) -> Result<ChangeSet, Failure> {
    let (status, execution) = statuses(operation, from.status(), from.execution_status())?;
    Ok(ChangeSet {
        id: text(from.change_set_id()),
        name: text(from.change_set_name()),
        stack: text(from.stack_id()),
        status,
        status_reason: owned(from.status_reason()),
        execution_status: execution,
        changes: Vec::new(),
        parameters: Values::new(),
    })
}

fn statuses(
    operation: &str,
    status: Option<&types::ChangeSetStatus>,
    execution: Option<&types::ExecutionStatus>,
) -> Result<(ChangeSetStatus, ExecutionStatus), Failure> {
    let status = known(
        operation,
        "change set status",
        status.map(types::ChangeSetStatus::as_str),
        ChangeSetStatus::parse,
    )?;
    // One that could not be made has no other status, and the service may leave it out.
    let word = execution.map_or(ExecutionStatus::Unavailable.as_str(), types::ExecutionStatus::as_str);
    Ok((status, known(operation, "execution status", Some(word), ExecutionStatus::parse)?))
}

pub(super) fn resource_change(
    operation: &str,
    from: &types::ResourceChange,
) -> Result<ResourceChange, Failure> {
    let replacement = from
        .replacement()
        .map(|word| known(operation, "replacement", Some(word.as_str()), replacement))
        .transpose()?;
    Ok(ResourceChange {
        action: known(operation, "action", from.action().map(types::ChangeAction::as_str), action)?,
        logical_id: text(from.logical_resource_id()),
        physical_id: owned(from.physical_resource_id()),
        resource_type: text(from.resource_type()),
        replacement,
        policy_action: from.policy_action().map(|action| action.as_str().to_owned()),
        scope: from.scope().iter().map(|attribute| attribute.as_str().to_owned()).collect(),
        details: from.details().iter().map(detail).collect(),
    })
}

fn action(word: &str) -> Option<Action> {
    Some(match word {
        "Add" => Action::Add,
        "Modify" => Action::Modify,
        "Remove" => Action::Remove,
        "Import" => Action::Import,
        "Dynamic" => Action::Dynamic,
        "SyncWithActual" => Action::SyncWithActual,
        _ => return None,
    })
}

fn replacement(word: &str) -> Option<Replacement> {
    Some(match word {
        "True" => Replacement::True,
        "False" => Replacement::False,
        "Conditional" => Replacement::Conditional,
        _ => return None,
    })
}

fn detail(from: &types::ResourceChangeDetail) -> ChangeDetail {
    let target = from.target();
    let attribute = target.and_then(types::ResourceTargetDefinition::attribute);
    ChangeDetail {
        name: target
            .and_then(types::ResourceTargetDefinition::name)
            .or(attribute.map(types::ResourceAttribute::as_str))
            .unwrap_or_default()
            .to_owned(),
        path: owned(target.and_then(types::ResourceTargetDefinition::path)),
        requires_recreation: text(
            target
                .and_then(types::ResourceTargetDefinition::requires_recreation)
                .map(types::RequiresRecreation::as_str),
        ),
        evaluation: text(from.evaluation().map(types::EvaluationType::as_str)),
        change_source: text(from.change_source().map(types::ChangeSource::as_str)),
        causing_entity: owned(from.causing_entity()),
        before: owned(target.and_then(types::ResourceTargetDefinition::before_value)),
        after: owned(target.and_then(types::ResourceTargetDefinition::after_value)),
    }
}

pub(super) fn event(from: &types::StackEvent) -> StackEvent {
    StackEvent {
        id: text(from.event_id()),
        stack: text(from.stack_id()),
        operation: owned(from.operation_id()),
        time: time(from.timestamp()).unwrap_or_default(),
        logical_id: text(from.logical_resource_id()),
        physical_id: owned(from.physical_resource_id()).filter(|id| !id.is_empty()),
        resource_type: text(from.resource_type()),
        status: text(from.resource_status().map(types::ResourceStatus::as_str)),
        reason: owned(from.resource_status_reason()),
        token: owned(from.client_request_token()),
    }
}

pub(super) fn drift_detection(from: &DescribeStackDriftDetectionStatusOutput) -> DriftDetection {
    DriftDetection {
        status: text(from.detection_status().map(types::StackDriftDetectionStatus::as_str)),
        reason: owned(from.detection_status_reason()),
        drift: from.stack_drift_status().map(|status| status.as_str().to_owned()),
    }
}

pub(super) fn resource_drift(from: &types::StackResourceDrift) -> ResourceDrift {
    ResourceDrift {
        logical_id: text(from.logical_resource_id()),
        physical_id: owned(from.physical_resource_id()),
        resource_type: text(from.resource_type()),
        status: text(from.stack_resource_drift_status().map(types::StackResourceDriftStatus::as_str)),
        differences: from
            .property_differences()
            .iter()
            .map(|difference| PropertyDifference {
                path: text(difference.property_path()),
                expected: owned(difference.expected_value()),
                actual: owned(difference.actual_value()),
                kind: text(difference.difference_type().map(types::DifferenceType::as_str)),
            })
            .collect(),
    }
}
