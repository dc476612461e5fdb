//! Change sets: what is asked for, and every page of what they change.
//!
//! Invariant: the same request is sent with the same bytes, whenever it is sent again with its token; and what a stack
//! has beside its template (tags, topics, alarms) is always sent whole, since the service keeps what is left out.

use super::Aws;
use super::answers::{self, text};
use super::templates::invalid;
use crate::backend::{
    ChangeSet, ChangeSetIds, ChangeSetType, CreateChangeSet, CreateStackRefactor, Failure,
    LARGEST_IN_REQUEST, ResourceLocation, RollbackConfiguration, TemplateSource,
};
use aws_sdk_cloudformation::types;

const CREATE: &str = "CreateChangeSet";
const DESCRIBE: &str = "DescribeChangeSet";
const REFACTOR: &str = "CreateStackRefactor";

/// What kind of alarm a trigger is; composite ones are watched under the same name.
const ALARM: &str = "AWS::CloudWatch::Alarm";

impl Aws {
    pub(super) fn create(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure> {
        let mut sending = self
            .cloudformation()
            .create_change_set()
            .stack_name(&request.stack)
            .change_set_name(&request.name)
            .change_set_type(match request.kind {
                ChangeSetType::Create => types::ChangeSetType::Create,
                ChangeSetType::Update => types::ChangeSetType::Update,
                ChangeSetType::Import => types::ChangeSetType::Import,
            })
            .client_token(&request.token)
            .set_parameters(Some(
                request
                    .parameters
                    .iter()
                    .map(|(name, value)| {
                        types::Parameter::builder().parameter_key(name).parameter_value(value).build()
                    })
                    .collect(),
            ))
            .set_tags(Some(
                request
                    .tags
                    .iter()
                    .map(|(name, value)| types::Tag::builder().key(name).value(value).build())
                    .collect(),
            ))
            .set_capabilities(Some(
                request.capabilities.iter().map(|name| types::Capability::from(name.as_str())).collect(),
            ))
            .set_notification_arns(Some(request.notification_arns.clone()))
            .rollback_configuration(triggers(&request.rollback))
            .set_role_arn(request.role.clone())
            .set_description(Some(request.description.clone()).filter(|text| !text.is_empty()))
            .set_import_existing_resources(request.import_existing.then_some(true))
            .set_deployment_mode(request.revert_drift.then_some(types::DeploymentMode::RevertDrift));
        sending = match &request.template {
            TemplateSource::Body(body) => sending.template_body(fits(CREATE, body)?),
            TemplateSource::Url(url) => sending.template_url(url),
        };
        let answer = self.ask(CREATE, sending.send())?;
        Ok(ChangeSetIds { stack: text(answer.stack_id()), change_set: text(answer.id()) })
    }

    pub(super) fn described(
        &self,
        stack: &str,
        change_set: &str,
        property_values: bool,
    ) -> Result<ChangeSet, Failure> {
        let mut next = None;
        let mut described: Option<ChangeSet> = None;
        loop {
            let request = self
                .cloudformation()
                .describe_change_set()
                .stack_name(stack)
                .change_set_name(change_set)
                .set_include_property_values(property_values.then_some(true))
                .set_next_token(next.clone());
            let page = self.ask(DESCRIBE, request.send())?;
            let mut whole = match described {
                Some(whole) => whole,
                None => answers::change_set(DESCRIBE, &page)?,
            };
            for change in page.changes().iter().filter_map(types::Change::resource_change) {
                whole.changes.push(answers::resource_change(DESCRIBE, change)?);
            }
            let following = page.next_token().map(str::to_owned);
            // A page that leads to itself would be read for ever.
            if following.is_none() || following == next {
                return Ok(whole);
            }
            (described, next) = (Some(whole), following);
        }
    }

    pub(super) fn create_refactor(&self, request: &CreateStackRefactor) -> Result<String, Failure> {
        let mut sending = self
            .cloudformation()
            .create_stack_refactor()
            .description(&request.description)
            .enable_stack_creation(true);
        for (stack, template) in &request.stacks {
            let definition = types::StackDefinition::builder().stack_name(stack);
            let definition = match template {
                TemplateSource::Body(body) => definition.template_body(fits(REFACTOR, body)?),
                TemplateSource::Url(url) => definition.template_url(url),
            };
            sending = sending.stack_definitions(definition.build());
        }
        for (from, to) in &request.mappings {
            let mapping =
                types::ResourceMapping::builder().source(location(from)).destination(location(to)).build();
            sending = sending.resource_mappings(mapping);
        }
        let answer = self.ask(REFACTOR, sending.send())?;
        Ok(text(answer.stack_refactor_id()))
    }
}

/// A template that may be sent in a request.
fn fits<'a>(operation: &str, body: &'a str) -> Result<&'a str, Failure> {
    if body.len() <= LARGEST_IN_REQUEST {
        return Ok(body);
    }
    let message = format!(
        "the template has {} bytes, and a request may carry {LARGEST_IN_REQUEST}: it goes through a bucket, which \
         `--template-bucket` names",
        body.len()
    );
    Err(invalid(operation, "TemplateTooLarge", message))
}

fn triggers(rollback: &RollbackConfiguration) -> types::RollbackConfiguration {
    let triggers = rollback
        .alarms
        .iter()
        .map(|alarm| types::RollbackTrigger::builder().arn(alarm).r#type(ALARM).build())
        .collect();
    types::RollbackConfiguration::builder()
        .set_rollback_triggers(Some(triggers))
        .monitoring_time_in_minutes(i32::from(rollback.monitoring_minutes))
        .build()
}

fn location(of: &ResourceLocation) -> types::ResourceLocation {
    types::ResourceLocation::builder().stack_name(&of.stack).logical_resource_id(&of.logical_id).build()
}
