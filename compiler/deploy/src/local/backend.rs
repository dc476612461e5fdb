//! The operations of [`Backend`], each over the world at the time of the call.

use super::change_set::masked;
use super::error::Answer;
use super::model::{ChangeSetRecord, Live, StackRecord};
use super::request::{fields, object_key, template_url};
use super::world::{World, internal, kind};
use super::{Local, template};
use crate::backend::{
    Backend, ChangeSet, ChangeSetIds, CreateChangeSet, CreateStackRefactor, DeleteStack, DriftDetection,
    ExecuteChangeSet, Failure, Identity, ResourceDrift, Stack, StackEvent, StackRefactor, StackResource,
    ValidationEvent, Values,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

impl World<'_> {
    /// Does what is asked, unless the token says that it was done: then the answer is what it was.
    pub(super) fn once<T: Serialize + DeserializeOwned>(
        &mut self,
        operation: &str,
        token: &str,
        request: &impl Serialize,
        act: impl FnOnce(&mut Self) -> Answer<T>,
    ) -> Answer<T> {
        let fields = fields(request)?;
        if let Some(answer) = self.token(operation, token, &fields)? {
            return serde_json::from_value(answer).map_err(|error| internal(&error.to_string()));
        }
        let answer = act(self)?;
        if !token.is_empty() {
            self.store.put("token", token, None, &(operation, fields, &answer))?;
        }
        Ok(answer)
    }

    /// A stack as reads see it, which may be behind.
    pub(super) fn seen(&mut self, stack: &str) -> Answer<Option<StackRecord>> {
        if self.options.read_lag.is_zero() {
            return match self.find(stack)? {
                Some(id) => Ok(Some(self.peek(&id)?.clone())),
                None => Ok(None),
            };
        }
        let past = self.past();
        let id = if stack.starts_with("arn:") {
            Some(stack.to_owned())
        } else {
            self.store.version(kind::NAME, stack, past)?
        };
        match id {
            Some(id) => Ok(self.store.version(kind::STACK, &id, past)?),
            None => Ok(None),
        }
    }

    /// As `seen`, where there must be one.
    pub(super) fn must_see(&mut self, stack: &str) -> Answer<StackRecord> {
        self.seen(stack)?
            .ok_or_else(|| super::error::invalid(format!("Stack with id {stack} does not exist")))
    }

    pub(super) fn describe(&mut self, stack: &StackRecord) -> Answer<Stack> {
        let hidden = self.hidden(&stack.content.template)?;
        Ok(Stack {
            id: stack.id.clone(),
            name: stack.name.clone(),
            status: stack.status,
            status_reason: stack.reason.clone(),
            parameters: masked(&stack.content.parameters, &hidden),
            outputs: stack.content.outputs.clone(),
            tags: stack.content.tags.clone(),
            role: stack.role.clone(),
            change_set: stack.change_set.clone(),
            termination_protection: stack.termination_protection,
            last_operations: stack.operations.clone(),
            created: stack.created,
            updated: stack.updated,
            drift: stack.drift.clone(),
        })
    }

    /// The parameters of a template that are not to be shown.
    fn hidden(&mut self, text: &str) -> Answer<Vec<String>> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let template = self.template(text)?;
        let hidden = template.parameters.iter().filter(|(_, parameter)| parameter.no_echo);
        Ok(hidden.map(|(name, _)| name.clone()).collect())
    }

    pub(super) fn describe_set(&mut self, set: &ChangeSetRecord, property_values: bool) -> Answer<ChangeSet> {
        let hidden = self.hidden(&set.template)?;
        Ok(set.describe(&hidden, property_values, self.options.lossy_property_values))
    }

    pub(super) fn alarm_state(&self, alarm: &str) -> Answer<Option<String>> {
        let name = alarm.rsplit_once(":alarm:").map_or(alarm, |(_, name)| name);
        let set: Option<String> = self.store.get(kind::ALARM, name)?;
        if set.is_some() {
            return Ok(set);
        }
        let live: Option<Live> = self.live("AWS::CloudWatch::Alarm", name)?;
        Ok(live.map(|_| "OK".to_owned()))
    }

    pub(super) fn put_object(&self, content: &str) -> Answer<String> {
        if content.len() > template::MAX_OBJECT {
            return Err(super::error::refused(
                "EntityTooLarge",
                format!("Your proposed upload exceeds the maximum allowed size of {}", template::MAX_OBJECT),
            ));
        }
        let url = template_url(self.options, &format!("{}.json", solc_cmdb::sha256(content.as_bytes())));
        self.store.put(kind::OBJECT, &object_key(&url), None, &content)?;
        Ok(url)
    }
}

impl Backend for Local {
    fn identity(&self) -> Result<Identity, Failure> {
        let account = &self.options.account;
        self.call("GetCallerIdentity", |_| {
            Ok(Identity {
                account: account.clone(),
                arn: format!("arn:aws:sts::{account}:assumed-role/local/solc"),
                region: self.options.region.clone(),
            })
        })
    }

    fn describe_stack(&self, stack: &str) -> Result<Option<Stack>, Failure> {
        self.call("DescribeStacks", |world| match world.seen(stack)? {
            Some(stack) => Ok(Some(world.describe(&stack)?)),
            None => Ok(None),
        })
    }

    fn list_stacks(&self, prefix: &str) -> Result<Vec<Stack>, Failure> {
        self.call("DescribeStacks", |world| {
            let mut stacks = Vec::new();
            for id in world.stack_ids()? {
                if let Some(stack) = world.seen(&id)?
                    && stack.name.starts_with(prefix)
                {
                    stacks.push(world.describe(&stack)?);
                }
            }
            Ok(stacks)
        })
    }

    fn describe_stack_resources(&self, stack: &str) -> Result<Vec<StackResource>, Failure> {
        self.call("ListStackResources", |world| {
            let stack = world.must_see(stack)?;
            let resources = stack.content.resources.iter().map(|(name, resource)| StackResource {
                logical_id: name.clone(),
                physical_id: resource.physical_id.clone(),
                resource_type: resource.resource_type.clone(),
                status: resource.status,
                status_reason: resource.reason.clone(),
            });
            Ok(resources.collect())
        })
    }

    fn get_template(&self, stack: &str) -> Result<String, Failure> {
        self.call("GetTemplate", |world| Ok(world.must_see(stack)?.content.template))
    }

    fn put_template(&self, content: &str) -> Result<String, Failure> {
        self.call("PutObject", |world| world.put_object(content))
    }

    fn create_change_set(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure> {
        self.call("CreateChangeSet", |world| {
            world.once("CreateChangeSet", &request.token, request, |world| world.create_change_set(request))
        })
    }

    fn describe_change_set(
        &self,
        stack: &str,
        change_set: &str,
        property_values: bool,
    ) -> Result<ChangeSet, Failure> {
        self.call("DescribeChangeSet", |world| {
            let id = world.must_see(stack)?.id;
            let set = world.past_change_set(&id, change_set)?;
            world.describe_set(&set, property_values)
        })
    }

    fn list_change_sets(&self, stack: &str) -> Result<Vec<ChangeSet>, Failure> {
        self.call("ListChangeSets", |world| {
            let id = world.must_see(stack)?.id;
            let mut found = Vec::new();
            for set in world.change_sets(&id)? {
                let described = world.describe_set(&set, false)?;
                found.push(ChangeSet { changes: Vec::new(), ..described });
            }
            Ok(found)
        })
    }

    fn delete_change_set(&self, stack: &str, change_set: &str) -> Result<(), Failure> {
        self.call("DeleteChangeSet", |world| world.delete_change_set(stack, change_set))
    }

    fn execute_change_set(&self, request: &ExecuteChangeSet) -> Result<(), Failure> {
        self.call("ExecuteChangeSet", |world| {
            world.once("ExecuteChangeSet", &request.token, request, |world| world.execute(request))
        })
    }

    fn stack_events(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        self.call("DescribeStackEvents", |world| {
            let id = world.must_see(stack)?.id;
            Ok(world.store.events(&id, since, world.past())?)
        })
    }

    fn validation_events(&self, stack: &str, change_set: &str) -> Result<Vec<ValidationEvent>, Failure> {
        self.call("DescribeEvents", |world| {
            let id = world.must_see(stack)?.id;
            Ok(world.change_set(&id, change_set)?.validations)
        })
    }

    fn continue_update_rollback(
        &self,
        stack: &str,
        token: &str,
        role: Option<&str>,
        skip: &[String],
        force: bool,
    ) -> Result<(), Failure> {
        self.call("ContinueUpdateRollback", |world| {
            let request = serde_json::json!({"stack": stack, "role": role, "skip": skip, "force": force});
            world.once("ContinueUpdateRollback", token, &request, |world| {
                world.assume(stack, role)?;
                world.continue_rollback(stack, token, skip, force)
            })
        })
    }

    fn rollback_stack(&self, stack: &str, token: &str, role: Option<&str>) -> Result<(), Failure> {
        self.call("RollbackStack", |world| {
            let request = serde_json::json!({"stack": stack, "role": role});
            world.once("RollbackStack", token, &request, |world| {
                world.assume(stack, role)?;
                world.rollback_stack(stack, token)
            })
        })
    }

    fn cancel_update_stack(&self, stack: &str, token: &str) -> Result<(), Failure> {
        self.call("CancelUpdateStack", |world| {
            let request = serde_json::json!({"stack": stack});
            world.once("CancelUpdateStack", token, &request, |world| world.cancel(stack, token))
        })
    }

    fn delete_stack(&self, request: &DeleteStack) -> Result<(), Failure> {
        self.call("DeleteStack", |world| {
            world.once("DeleteStack", &request.token, request, |world| world.delete(request))
        })
    }

    fn get_stack_policy(&self, stack: &str) -> Result<Option<String>, Failure> {
        self.call("GetStackPolicy", |world| Ok(world.must_see(stack)?.policy))
    }

    fn set_stack_policy(&self, stack: &str, policy: &str) -> Result<(), Failure> {
        self.call("SetStackPolicy", |world| world.set_policy(stack, policy))
    }

    fn update_termination_protection(&self, stack: &str, enabled: bool) -> Result<(), Failure> {
        self.call("UpdateTerminationProtection", |world| world.protect(stack, enabled))
    }

    fn detect_stack_drift(&self, stack: &str) -> Result<String, Failure> {
        self.call("DetectStackDrift", |world| world.detect_drift(stack))
    }

    fn describe_drift_detection(&self, detection: &str) -> Result<DriftDetection, Failure> {
        self.call("DescribeStackDriftDetectionStatus", |world| world.detection(detection))
    }

    fn describe_stack_resource_drifts(&self, stack: &str) -> Result<Vec<ResourceDrift>, Failure> {
        self.call("DescribeStackResourceDrifts", |world| Ok(world.must_see(stack)?.drifts))
    }

    fn create_stack_refactor(&self, request: &CreateStackRefactor) -> Result<String, Failure> {
        self.call("CreateStackRefactor", |world| world.create_refactor(request))
    }

    fn describe_stack_refactor(&self, refactor: &str) -> Result<StackRefactor, Failure> {
        self.call("DescribeStackRefactor", |world| world.refactor(refactor))
    }

    fn execute_stack_refactor(&self, refactor: &str) -> Result<(), Failure> {
        self.call("ExecuteStackRefactor", |world| world.execute_refactor(refactor))
    }

    fn alarm_states(&self, alarms: &[String]) -> Result<Values, Failure> {
        self.call("DescribeAlarms", |world| {
            let mut states = Values::new();
            for alarm in alarms {
                if let Some(state) = world.alarm_state(alarm)? {
                    states.insert(alarm.clone(), state);
                }
            }
            Ok(states)
        })
    }

    fn describe_account_limits(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let limits = [("ConcurrentResourcesLimit", 2_500), ("StackLimit", 2_000), ("StackOutputsLimit", 200)];
        self.call("DescribeAccountLimits", |_| {
            Ok(limits.into_iter().map(|(name, limit)| (name.to_owned(), limit)).collect())
        })
    }
}
