//! CloudFormation's actions: each request as an operation of a handle, and what that answered.
//!
//! Invariant: an action that is served knows every parameter that it takes, and refuses the others.

use super::answers::{self, maybe, some};
use super::query::Query;
use super::xml::Node;
use crate::backend::{
    Backend as _, ChangeSetType, CreateChangeSet, CreateStackRefactor, DeleteStack, ExecuteChangeSet,
    Failure, ResourceLocation, RollbackConfiguration, Stack, TemplateSource, Values,
};
use crate::local::time::iso;
use crate::local::{DirectRequest, Local};

/// How many events a page has.
const PAGE: usize = 100;

/// The actions that are served, and the parameters that each takes.
const ACTIONS: &[(&str, &[&str])] = &[
    ("CancelUpdateStack", &["StackName", "ClientRequestToken"]),
    (
        "ContinueUpdateRollback",
        &["StackName", "RoleARN", "ResourcesToSkip", "ForceRollback", "ClientRequestToken"],
    ),
    (
        "CreateChangeSet",
        &[
            "StackName",
            "ChangeSetName",
            "ChangeSetType",
            "TemplateBody",
            "TemplateURL",
            "UsePreviousTemplate",
            "Parameters",
            "Tags",
            "Capabilities",
            "RoleARN",
            "NotificationARNs",
            "RollbackConfiguration",
            "Description",
            "ClientToken",
            "ImportExistingResources",
            "DeploymentMode",
            // Flat stacks have none.
            "IncludeNestedStacks",
        ],
    ),
    (
        "CreateStack",
        &[
            "StackName",
            "TemplateBody",
            "TemplateURL",
            "Parameters",
            "Tags",
            "Capabilities",
            "RoleARN",
            "ClientRequestToken",
            "DisableRollback",
            "EnableTerminationProtection",
        ],
    ),
    ("CreateStackRefactor", &["Description", "StackDefinitions", "ResourceMappings", "EnableStackCreation"]),
    ("DeleteChangeSet", &["StackName", "ChangeSetName"]),
    ("DeleteStack", &["StackName", "RetainResources", "RoleARN", "ClientRequestToken", "DeletionMode"]),
    ("DescribeAccountLimits", &["NextToken"]),
    ("DescribeAlarms", &["AlarmNames", "AlarmTypes"]),
    ("DescribeChangeSet", &["StackName", "ChangeSetName", "IncludePropertyValues", "NextToken"]),
    ("DescribeEvents", &["StackName", "ChangeSetName", "OperationId", "Filters", "NextToken"]),
    ("DescribeStackDriftDetectionStatus", &["StackDriftDetectionId"]),
    ("DescribeStackEvents", &["StackName", "NextToken"]),
    ("DescribeStackRefactor", &["StackRefactorId"]),
    (
        "DescribeStackResourceDrifts",
        &["StackName", "StackResourceDriftStatusFilters", "NextToken", "MaxResults"],
    ),
    ("DescribeStackResources", &["StackName", "LogicalResourceId"]),
    ("DescribeStacks", &["StackName", "NextToken"]),
    ("DetectStackDrift", &["StackName"]),
    (
        "ExecuteChangeSet",
        &["StackName", "ChangeSetName", "ClientRequestToken", "DisableRollback", "RetainExceptOnCreate"],
    ),
    ("ExecuteStackRefactor", &["StackRefactorId"]),
    ("GetStackPolicy", &["StackName"]),
    ("GetTemplate", &["StackName", "TemplateStage"]),
    ("GetTemplateSummary", &["StackName", "TemplateBody", "TemplateURL"]),
    ("ListChangeSets", &["StackName", "NextToken"]),
    ("ListStackResources", &["StackName", "NextToken"]),
    ("ListStacks", &["StackStatusFilter", "NextToken"]),
    ("RollbackStack", &["StackName", "RoleARN", "ClientRequestToken"]),
    ("SetStackPolicy", &["StackName", "StackPolicyBody"]),
    (
        "UpdateStack",
        &[
            "StackName",
            "TemplateBody",
            "TemplateURL",
            "UsePreviousTemplate",
            "Parameters",
            "Tags",
            "Capabilities",
            "RoleARN",
            "ClientRequestToken",
            "DisableRollback",
        ],
    ),
    ("UpdateTerminationProtection", &["StackName", "EnableTerminationProtection"]),
    ("ValidateTemplate", &["TemplateBody", "TemplateURL"]),
];

fn refused(action: &str, code: &str, message: &str) -> Failure {
    Failure::answered(action, 400, code, message)
}

/// What an action answers: the element `…Result`.
pub(super) fn answer(local: &Local, action: &str, query: &Query) -> Result<Node, Failure> {
    let Some((_, known)) = ACTIONS.iter().find(|(name, _)| *name == action) else {
        let message = format!("The action {action} is not served by the embedded CloudFormation");
        return Err(refused(action, "InvalidAction", &message));
    };
    if let Some(unknown) = query.unknown(known) {
        let message = format!("{action} does not take {unknown} in the embedded CloudFormation");
        return Err(refused(action, "ValidationError", &message));
    }
    let nodes = act(local, action, query)?;
    Ok(Node::list(&format!("{action}Result"), nodes))
}

fn act(local: &Local, action: &str, query: &Query) -> Result<Vec<Node>, Failure> {
    let name = query.or_empty("StackName");
    let token = query.or_empty("ClientRequestToken");
    let role = query.text("RoleARN");
    match action {
        "DescribeStacks" => describe_stacks(local, query),
        "ListStacks" => {
            let wanted = query.texts("StackStatusFilter");
            let stacks = local.all_stacks()?;
            let kept =
                stacks.iter().filter(|s| wanted.is_empty() || wanted.iter().any(|w| w == s.status.as_str()));
            Ok(vec![Node::members("StackSummaries", kept.map(answers::summary))])
        }
        "DescribeStackResources" => {
            let stack = existing(local, action, &name)?;
            let wanted = query.text("LogicalResourceId");
            let resources = local.describe_stack_resources(&stack.id)?;
            let kept =
                resources.iter().filter(|r| wanted.as_ref().is_none_or(|wanted| r.logical_id == *wanted));
            Ok(vec![Node::members("StackResources", kept.map(|r| answers::resource(r, &stack, true)))])
        }
        "ListStackResources" => {
            let stack = existing(local, action, &name)?;
            let resources = local.describe_stack_resources(&stack.id)?;
            let nodes = resources.iter().map(|resource| answers::resource(resource, &stack, false));
            Ok(vec![Node::members("StackResourceSummaries", nodes)])
        }
        "GetTemplate" => Ok(vec![Node::text("TemplateBody", &local.get_template(&name)?)]),
        "GetTemplateSummary" | "ValidateTemplate" => {
            let text = match source(query) {
                Some(source) => local.template_of(&source)?,
                None => local.get_template(&name)?,
            };
            summarize(action, &text)
        }
        "CreateChangeSet" => {
            let ids = local.create_change_set(&create_change_set(local, query)?)?;
            Ok(vec![Node::text("Id", &ids.change_set), Node::text("StackId", &ids.stack)])
        }
        "DescribeChangeSet" => {
            let (stack, set) = change_set(local, query)?;
            let found = local.describe_change_set(&stack, &set, query.truth("IncludePropertyValues"))?;
            let name = local.describe_stack(&found.stack)?.map(|stack| stack.name).unwrap_or_default();
            Ok(answers::change_set(&found, &name, true))
        }
        "ListChangeSets" => {
            let sets = local.list_change_sets(&name)?;
            Ok(vec![Node::members(
                "Summaries",
                sets.iter().map(|set| answers::change_set(set, &name, false)),
            )])
        }
        "DeleteChangeSet" => {
            // One that is gone with its stack is deleted, as one that is gone alone.
            match change_set(local, query) {
                Ok((stack, set)) => local.delete_change_set(&stack, &set)?,
                Err(failure) if failure.code == "ChangeSetNotFound" => {}
                Err(failure) => return Err(failure),
            }
            Ok(Vec::new())
        }
        "ExecuteChangeSet" => {
            let (stack, change_set) = change_set(local, query)?;
            local.execute_change_set(&ExecuteChangeSet {
                stack,
                change_set,
                token,
                disable_rollback: query.truth("DisableRollback"),
                retain_except_on_create: query.truth("RetainExceptOnCreate"),
            })?;
            Ok(Vec::new())
        }
        "CreateStack" | "UpdateStack" => {
            let update = action == "UpdateStack";
            let request = DirectRequest {
                template: source(query),
                parameters: parameters(local, query, &name)?,
                tags: tags(query),
                capabilities: query.texts("Capabilities"),
                role,
                token,
                disable_rollback: query.truth("DisableRollback"),
                termination_protection: query.truth("EnableTerminationProtection"),
                stack: name,
            };
            let id = if update { local.update_stack(&request)? } else { local.create_stack(&request)? };
            Ok(vec![Node::text("StackId", &id)])
        }
        "DescribeStackEvents" => {
            let stack = existing(local, action, &name)?;
            let mut events = local.stack_events(&stack.id, None)?;
            events.reverse();
            let start: usize = query.text("NextToken").and_then(|token| token.parse().ok()).unwrap_or(0);
            let page = events.iter().skip(start).take(PAGE).map(|event| answers::event(event, &stack.name));
            let next =
                (events.len() > start + PAGE).then(|| Node::text("NextToken", &(start + PAGE).to_string()));
            Ok(some([Some(Node::members("StackEvents", page)), next]))
        }
        "DescribeEvents" => describe_events(local, query),
        "ContinueUpdateRollback" => {
            let skip = query.texts("ResourcesToSkip");
            let force = query.truth("ForceRollback");
            local.continue_update_rollback(&name, &token, role.as_deref(), &skip, force)?;
            Ok(Vec::new())
        }
        "RollbackStack" => {
            local.rollback_stack(&name, &token, role.as_deref())?;
            Ok(vec![Node::text("StackId", &existing(local, action, &name)?.id)])
        }
        "CancelUpdateStack" => local.cancel_update_stack(&name, &token).map(|()| Vec::new()),
        "DeleteStack" => {
            let request = DeleteStack {
                stack: name,
                token,
                role,
                retain: query.texts("RetainResources"),
                force: query.text("DeletionMode").as_deref() == Some("FORCE_DELETE_STACK"),
            };
            local.delete_stack(&request).map(|()| Vec::new())
        }
        "GetStackPolicy" => Ok(some([maybe("StackPolicyBody", local.get_stack_policy(&name)?.as_ref())])),
        "SetStackPolicy" => {
            local.set_stack_policy(&name, &query.or_empty("StackPolicyBody")).map(|()| Vec::new())
        }
        "UpdateTerminationProtection" => {
            local.update_termination_protection(&name, query.truth("EnableTerminationProtection"))?;
            Ok(vec![Node::text("StackId", &existing(local, action, &name)?.id)])
        }
        "DetectStackDrift" => {
            Ok(vec![Node::text("StackDriftDetectionId", &local.detect_stack_drift(&name)?)])
        }
        "DescribeStackDriftDetectionStatus" => {
            let id = query.or_empty("StackDriftDetectionId");
            let (stack, found) = local.detection_of(&id)?;
            Ok(some([
                Some(Node::text("StackId", &stack)),
                Some(Node::text("StackDriftDetectionId", &id)),
                Some(Node::text("DetectionStatus", &found.status)),
                maybe("DetectionStatusReason", found.reason.as_ref()),
                maybe("StackDriftStatus", found.drift.as_ref()),
                Some(Node::text("Timestamp", &iso(local.clock.now()))),
            ]))
        }
        "DescribeStackResourceDrifts" => {
            let stack = existing(local, action, &name)?;
            let wanted = query.texts("StackResourceDriftStatusFilters");
            let drifts = local.describe_stack_resource_drifts(&stack.id)?;
            let kept = drifts.iter().filter(|drift| wanted.is_empty() || wanted.contains(&drift.status));
            let now = local.clock.now();
            Ok(vec![Node::members(
                "StackResourceDrifts",
                kept.map(|drift| answers::drift(drift, &stack.id, now)),
            )])
        }
        "CreateStackRefactor" => {
            let id = local.create_stack_refactor(&create_refactor(query))?;
            Ok(vec![Node::text("StackRefactorId", &id)])
        }
        "DescribeStackRefactor" => {
            let found = local.describe_stack_refactor(&query.or_empty("StackRefactorId"))?;
            Ok(some([
                Some(Node::text("StackRefactorId", &found.id)),
                Some(Node::text("Status", &found.status)),
                maybe("StatusReason", found.status_reason.as_ref()),
                Some(Node::text("ExecutionStatus", &found.execution_status)),
                maybe("ExecutionStatusReason", found.execution_status_reason.as_ref()),
            ]))
        }
        "ExecuteStackRefactor" => {
            local.execute_stack_refactor(&query.or_empty("StackRefactorId")).map(|()| Vec::new())
        }
        "DescribeAccountLimits" => {
            let limits = local.describe_account_limits()?;
            let nodes = limits
                .iter()
                .map(|(name, value)| vec![Node::text("Name", name), Node::text("Value", &value.to_string())]);
            Ok(vec![Node::members("AccountLimits", nodes)])
        }
        "DescribeAlarms" => {
            let states = local.alarm_states(&query.texts("AlarmNames"))?;
            let nodes = states
                .iter()
                .map(|(name, state)| vec![Node::text("AlarmName", name), Node::text("StateValue", state)]);
            Ok(vec![Node::members("MetricAlarms", nodes), Node::list("CompositeAlarms", Vec::new())])
        }
        _ => Err(refused(action, "InvalidAction", &format!("The action {action} is not served"))),
    }
}

fn existing(local: &Local, action: &str, name: &str) -> Result<Stack, Failure> {
    local
        .describe_stack(name)?
        .ok_or_else(|| refused(action, "ValidationError", &format!("Stack [{name}] does not exist")))
}

fn describe_stacks(local: &Local, query: &Query) -> Result<Vec<Node>, Failure> {
    let stacks = match query.text("StackName") {
        Some(name) => {
            let found = local.describe_stack(&name)?;
            let message = format!("Stack with id {name} does not exist");
            vec![found.ok_or_else(|| refused("DescribeStacks", "ValidationError", &message))?]
        }
        None => local.list_stacks("")?,
    };
    let mut nodes = Vec::new();
    for stack in &stacks {
        nodes.push(answers::stack(stack, local.made(&stack.id)?));
    }
    Ok(vec![Node::members("Stacks", nodes)])
}

fn describe_events(local: &Local, query: &Query) -> Result<Vec<Node>, Failure> {
    if query.text("ChangeSetName").is_some() {
        let (stack, set) = change_set(local, query)?;
        let events = local.validation_events(&stack, &set)?;
        let nodes = events.iter().map(|event| {
            some([
                Some(Node::text("EventId", &event.logical_id)),
                Some(Node::text("EventType", "VALIDATION_ERROR")),
                Some(Node::text("LogicalResourceId", &event.logical_id)),
                Some(Node::text("ValidationName", &event.name)),
                Some(Node::text("ValidationStatus", "FAILED")),
                Some(Node::text("ValidationStatusReason", &event.reason)),
                Some(Node::text("ValidationFailureMode", &event.failure_mode)),
                maybe("ValidationPath", event.path.as_ref()),
            ])
        });
        return Ok(vec![Node::members("OperationEvents", nodes)]);
    }
    let stack = existing(local, "DescribeEvents", &query.or_empty("StackName"))?;
    let wanted = query.text("OperationId");
    let failed_only = query.truth("Filters.FailedEvents");
    let mut events = local.stack_events(&stack.id, None)?;
    events.reverse();
    let kept = events.iter().filter(|event| {
        (wanted.is_none() || event.operation == wanted) && (!failed_only || event.status.ends_with("_FAILED"))
    });
    let nodes = kept.map(|event| {
        let mut nodes = answers::event(event, &stack.name);
        nodes.push(Node::text("EventType", "STACK_EVENT"));
        nodes
    });
    Ok(vec![Node::members("OperationEvents", nodes)])
}

/// The stack and the change set that a request names; an ARN needs no stack.
fn change_set(local: &Local, query: &Query) -> Result<(String, String), Failure> {
    let set = query.or_empty("ChangeSetName");
    match query.text("StackName") {
        Some(stack) => Ok((stack, set)),
        None => Ok((local.stack_of_change_set(&set)?, set)),
    }
}

fn source(query: &Query) -> Option<TemplateSource> {
    query
        .text("TemplateBody")
        .map(TemplateSource::Body)
        .or_else(|| query.text("TemplateURL").map(TemplateSource::Url))
}

fn tags(query: &Query) -> Values {
    let tags = query.structures("Tags", "Key");
    tags.iter().map(|tag| (tag.or_empty("Key"), tag.or_empty("Value"))).collect()
}

/// Parameters, of which some may be as they were.
fn parameters(local: &Local, query: &Query, stack: &str) -> Result<Values, Failure> {
    let given = query.structures("Parameters", "ParameterKey");
    let before = if given.iter().any(|parameter| parameter.truth("UsePreviousValue")) {
        local.parameters_of(stack)?
    } else {
        Values::new()
    };
    Ok(given
        .iter()
        .filter_map(|parameter| {
            let name = parameter.or_empty("ParameterKey");
            let value = if parameter.truth("UsePreviousValue") {
                before.get(&name).cloned()
            } else {
                parameter.text("ParameterValue")
            };
            Some((name, value?))
        })
        .collect())
}

fn create_change_set(local: &Local, query: &Query) -> Result<CreateChangeSet, Failure> {
    let stack = query.or_empty("StackName");
    let action = "CreateChangeSet";
    let kind = match query.text("ChangeSetType").as_deref() {
        None | Some("UPDATE") => ChangeSetType::Update,
        Some("CREATE") => ChangeSetType::Create,
        Some("IMPORT") => ChangeSetType::Import,
        Some(other) => {
            return Err(refused(action, "ValidationError", &format!("{other} is no type of change set")));
        }
    };
    let template = match source(query) {
        Some(source) => source,
        None if query.truth("UsePreviousTemplate") => {
            TemplateSource::Url(local.put_template(&local.get_template(&stack)?)?)
        }
        None => {
            let message = "Either Template URL or Template Body must be specified.";
            return Err(refused(action, "ValidationError", message));
        }
    };
    let alarms = query.structures("RollbackConfiguration.RollbackTriggers", "Arn");
    let minutes = query.text("RollbackConfiguration.MonitoringTimeInMinutes");
    Ok(CreateChangeSet {
        name: query.or_empty("ChangeSetName"),
        kind,
        token: query.or_empty("ClientToken"),
        template,
        parameters: parameters(local, query, &stack)?,
        tags: tags(query),
        capabilities: query.texts("Capabilities"),
        role: query.text("RoleARN"),
        notification_arns: query.texts("NotificationARNs"),
        rollback: RollbackConfiguration {
            alarms: alarms.iter().map(|alarm| alarm.or_empty("Arn")).collect(),
            monitoring_minutes: minutes.and_then(|minutes| minutes.parse().ok()).unwrap_or(0),
        },
        description: query.or_empty("Description"),
        import_existing: query.truth("ImportExistingResources"),
        revert_drift: query.text("DeploymentMode").as_deref() == Some("REVERT_DRIFT"),
        stack,
    })
}

fn create_refactor(query: &Query) -> CreateStackRefactor {
    let place = |mapping: &Query, end: &str| ResourceLocation {
        stack: mapping.or_empty(&format!("{end}.StackName")),
        logical_id: mapping.or_empty(&format!("{end}.LogicalResourceId")),
    };
    CreateStackRefactor {
        description: query.or_empty("Description"),
        stacks: query
            .structures("StackDefinitions", "StackName")
            .iter()
            .filter_map(|stack| Some((stack.or_empty("StackName"), source(stack)?)))
            .collect(),
        mappings: query
            .structures("ResourceMappings", "Source")
            .iter()
            .map(|mapping| (place(mapping, "Source"), place(mapping, "Destination")))
            .collect(),
    }
}

/// What a template declares.
fn summarize(action: &str, text: &str) -> Result<Vec<Node>, Failure> {
    let template =
        crate::local::template::read(text).map_err(|message| refused(action, "ValidationError", &message))?;
    let parameters = template.parameters.iter().map(|(name, parameter)| {
        some([
            Some(Node::text("ParameterKey", name)),
            maybe("DefaultValue", parameter.default.as_ref()),
            Some(Node::text("ParameterType", &parameter.kind)),
            Some(Node::text("NoEcho", &parameter.no_echo.to_string())),
        ])
    });
    let capability = crate::local::template::capability(&template).map(str::to_owned);
    let types: std::collections::BTreeSet<String> =
        template.resources.values().map(|resource| resource.resource_type.clone()).collect();
    Ok(some([
        Some(Node::members("Parameters", parameters)),
        Some(Node::texts("Capabilities", capability)),
        (action == "GetTemplateSummary").then(|| Node::texts("ResourceTypes", types)),
    ]))
}
