//! [`Backend`]'s operations, each by one of the service's.

use super::Aws;
use super::answers::{self, text};
use crate::backend::{
    Backend, ChangeSet, ChangeSetIds, CreateChangeSet, CreateStackRefactor, DeleteStack, DriftDetection,
    ExecuteChangeSet, Failure, FailureClass, Identity, LeaseRequest, ResourceDrift, Stack, StackEvent,
    StackRefactor, StackResource, ValidationEvent, Values,
};
use crate::lease::{Lease, NoLease};
use aws_sdk_cloudformation::types;
use std::collections::BTreeMap;

const DESCRIBE: &str = "DescribeStacks";
const RESOURCES: &str = "ListStackResources";
const CHANGE_SETS: &str = "ListChangeSets";

impl Backend for Aws {
    fn identity(&self) -> Result<Identity, Failure> {
        self.ask_identity()
    }

    fn lease<'a>(&'a self, request: &LeaseRequest<'_>) -> Option<Result<Box<dyn Lease + 'a>, NoLease>> {
        self.take_lease(request).map(|taken| taken.map(|lease| Box::new(lease) as Box<dyn Lease + 'a>))
    }

    fn describe_stack(&self, stack: &str) -> Result<Option<Stack>, Failure> {
        match self.ask(DESCRIBE, self.cloudformation().describe_stacks().stack_name(stack).send()) {
            Ok(answer) => answer.stacks().first().map(|stack| answers::stack(DESCRIBE, stack)).transpose(),
            Err(failure) if failure.class == FailureClass::Gone => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn list_stacks(&self, prefix: &str) -> Result<Vec<Stack>, Failure> {
        let all = self.cloudformation().describe_stacks().into_paginator().items().send().try_collect();
        let all = self.ask(DESCRIBE, all)?;
        let ours = all.iter().filter(|stack| stack.stack_name().unwrap_or_default().starts_with(prefix));
        let mut stacks = ours.map(|stack| answers::stack(DESCRIBE, stack)).collect::<Result<Vec<_>, _>>()?;
        stacks.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(stacks)
    }

    fn describe_stack_resources(&self, stack: &str) -> Result<Vec<StackResource>, Failure> {
        let request = self.cloudformation().list_stack_resources().stack_name(stack);
        let all = self.ask(RESOURCES, request.into_paginator().items().send().try_collect())?;
        let mut resources = all
            .iter()
            .map(|resource| answers::resource(RESOURCES, resource))
            .collect::<Result<Vec<_>, _>>()?;
        resources.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
        Ok(resources)
    }

    fn get_template(&self, stack: &str) -> Result<String, Failure> {
        let request = self
            .cloudformation()
            .get_template()
            .stack_name(stack)
            .template_stage(types::TemplateStage::Original);
        Ok(text(self.ask("GetTemplate", request.send())?.template_body()))
    }

    fn put_template(&self, content: &str) -> Result<String, Failure> {
        self.put(content)
    }

    fn create_change_set(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure> {
        self.create(request)
    }

    fn describe_change_set(
        &self,
        stack: &str,
        change_set: &str,
        property_values: bool,
    ) -> Result<ChangeSet, Failure> {
        self.described(stack, change_set, property_values)
    }

    fn list_change_sets(&self, stack: &str) -> Result<Vec<ChangeSet>, Failure> {
        let request = self.cloudformation().list_change_sets().stack_name(stack);
        let all = self.ask(CHANGE_SETS, request.into_paginator().items().send().try_collect())?;
        all.iter().map(|summary| answers::change_set_summary(CHANGE_SETS, summary)).collect()
    }

    fn delete_change_set(&self, stack: &str, change_set: &str) -> Result<(), Failure> {
        let request = self.cloudformation().delete_change_set().stack_name(stack).change_set_name(change_set);
        self.ask("DeleteChangeSet", request.send()).map(drop)
    }

    fn execute_change_set(&self, request: &ExecuteChangeSet) -> Result<(), Failure> {
        let sending = self
            .cloudformation()
            .execute_change_set()
            .stack_name(&request.stack)
            .change_set_name(&request.change_set)
            .client_request_token(&request.token)
            .disable_rollback(request.disable_rollback)
            .retain_except_on_create(request.retain_except_on_create);
        self.ask("ExecuteChangeSet", sending.send()).map(drop)
    }

    fn stack_events(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        self.events_since(stack, since)
    }

    fn validation_events(&self, stack: &str, change_set: &str) -> Result<Vec<ValidationEvent>, Failure> {
        self.found_by_validation(stack, change_set)
    }

    fn continue_update_rollback(
        &self,
        stack: &str,
        token: &str,
        role: Option<&str>,
        skip: &[String],
        force: bool,
    ) -> Result<(), Failure> {
        let request = self
            .cloudformation()
            .continue_update_rollback()
            .stack_name(stack)
            .client_request_token(token)
            .set_role_arn(role.map(str::to_owned))
            .set_resources_to_skip((!skip.is_empty()).then(|| skip.to_vec()))
            .set_force_rollback(force.then_some(true));
        self.ask("ContinueUpdateRollback", request.send()).map(drop)
    }

    fn rollback_stack(&self, stack: &str, token: &str, role: Option<&str>) -> Result<(), Failure> {
        let request = self
            .cloudformation()
            .rollback_stack()
            .stack_name(stack)
            .client_request_token(token)
            .set_role_arn(role.map(str::to_owned))
            // Else what the failed creation has left behind would stand in the next one's way.
            .retain_except_on_create(true);
        self.ask("RollbackStack", request.send()).map(drop)
    }

    fn cancel_update_stack(&self, stack: &str, token: &str) -> Result<(), Failure> {
        let request =
            self.cloudformation().cancel_update_stack().stack_name(stack).client_request_token(token);
        self.ask("CancelUpdateStack", request.send()).map(drop)
    }

    fn delete_stack(&self, request: &DeleteStack) -> Result<(), Failure> {
        let sending = self
            .cloudformation()
            .delete_stack()
            .stack_name(&request.stack)
            .client_request_token(&request.token)
            .set_role_arn(request.role.clone())
            .set_retain_resources((!request.retain.is_empty()).then(|| request.retain.clone()))
            .set_deletion_mode(request.force.then_some(types::DeletionMode::ForceDeleteStack));
        self.ask("DeleteStack", sending.send()).map(drop)
    }

    fn get_stack_policy(&self, stack: &str) -> Result<Option<String>, Failure> {
        let request = self.cloudformation().get_stack_policy().stack_name(stack);
        let answer = self.ask("GetStackPolicy", request.send())?;
        Ok(answer.stack_policy_body().filter(|policy| !policy.is_empty()).map(str::to_owned))
    }

    fn set_stack_policy(&self, stack: &str, policy: &str) -> Result<(), Failure> {
        let request = self.cloudformation().set_stack_policy().stack_name(stack).stack_policy_body(policy);
        self.ask("SetStackPolicy", request.send()).map(drop)
    }

    fn update_termination_protection(&self, stack: &str, enabled: bool) -> Result<(), Failure> {
        let request = self
            .cloudformation()
            .update_termination_protection()
            .stack_name(stack)
            .enable_termination_protection(enabled);
        self.ask("UpdateTerminationProtection", request.send()).map(drop)
    }

    fn detect_stack_drift(&self, stack: &str) -> Result<String, Failure> {
        let request = self.cloudformation().detect_stack_drift().stack_name(stack);
        let answer = self.ask("DetectStackDrift", request.send())?;
        Ok(text(answer.stack_drift_detection_id()))
    }

    fn describe_drift_detection(&self, detection: &str) -> Result<DriftDetection, Failure> {
        let request =
            self.cloudformation().describe_stack_drift_detection_status().stack_drift_detection_id(detection);
        let answer = self.ask("DescribeStackDriftDetectionStatus", request.send())?;
        Ok(answers::drift_detection(&answer))
    }

    fn describe_stack_resource_drifts(&self, stack: &str) -> Result<Vec<ResourceDrift>, Failure> {
        let request = self.cloudformation().describe_stack_resource_drifts().stack_name(stack);
        let pages: Vec<_> =
            self.ask("DescribeStackResourceDrifts", request.into_paginator().send().try_collect())?;
        Ok(pages.iter().flat_map(|page| page.stack_resource_drifts()).map(answers::resource_drift).collect())
    }

    fn create_stack_refactor(&self, request: &CreateStackRefactor) -> Result<String, Failure> {
        self.create_refactor(request)
    }

    fn describe_stack_refactor(&self, refactor: &str) -> Result<StackRefactor, Failure> {
        let request = self.cloudformation().describe_stack_refactor().stack_refactor_id(refactor);
        let answer = self.ask("DescribeStackRefactor", request.send())?;
        Ok(StackRefactor {
            id: text(answer.stack_refactor_id()),
            status: text(answer.status().map(types::StackRefactorStatus::as_str)),
            status_reason: answers::owned(answer.status_reason()),
            execution_status: text(
                answer.execution_status().map(types::StackRefactorExecutionStatus::as_str),
            ),
            execution_status_reason: answers::owned(answer.execution_status_reason()),
        })
    }

    fn execute_stack_refactor(&self, refactor: &str) -> Result<(), Failure> {
        let request = self.cloudformation().execute_stack_refactor().stack_refactor_id(refactor);
        self.ask("ExecuteStackRefactor", request.send()).map(drop)
    }

    fn alarm_states(&self, alarms: &[String]) -> Result<Values, Failure> {
        self.states_of_alarms(alarms)
    }

    fn describe_account_limits(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let request = self.cloudformation().describe_account_limits();
        let limits =
            self.ask("DescribeAccountLimits", request.into_paginator().items().send().try_collect())?;
        let limit = |limit: &types::AccountLimit| {
            Some((limit.name()?.to_owned(), u64::try_from(limit.value()?).ok()?))
        };
        Ok(limits.iter().filter_map(limit).collect())
    }
}
