//! The operations of the fake, each over its stacks at the time of the call.

use super::{
    Fake, FakeSet, Running, State, TAKES, Work, changes, empty_set, find, kind, outputs, refused, resources,
};
use serde_json::Value;
use solc_deploy::backend::{
    Backend, ChangeSet, ChangeSetIds, ChangeSetStatus, ChangeSetType, CreateChangeSet, CreateStackRefactor,
    DeleteStack, DriftDetection, ExecuteChangeSet, ExecutionStatus, Failure, FailureClass, Identity,
    Replacement, ResourceDrift, ResourceStatus, Stack, StackEvent, StackOperation, StackRefactor,
    StackResource, StackStatus, TemplateSource, ValidationEvent, Values,
};
use std::collections::BTreeMap;

/// Parameters as they are shown: those that are not to be echoed are not.
fn hidden(template: &str, mut parameters: Values) -> Values {
    let content: Value = serde_json::from_str(template).unwrap_or_default();
    for (name, value) in &mut parameters {
        if content["Parameters"][name.as_str()]["NoEcho"] == true {
            "****".clone_into(value);
        }
    }
    parameters
}

impl Backend for Fake {
    fn identity(&self) -> Result<Identity, Failure> {
        Ok(Identity {
            account: "111122223333".into(),
            arn: "arn:fake:tester".into(),
            region: "fake-1".into(),
        })
    }

    fn describe_stack(&self, stack: &str) -> Result<Option<Stack>, Failure> {
        let answer = self.call("DescribeStacks", None, |state, now| {
            Ok(state.seen(now, stack).map(|stack| Stack {
                id: stack.id,
                name: stack.name,
                status: stack.status,
                status_reason: None,
                parameters: hidden(&stack.template, stack.parameters),
                outputs: stack.outputs,
                tags: stack.tags,
                role: None,
                change_set: stack.change_set,
                termination_protection: stack.protected,
                last_operations: vec![StackOperation {
                    kind: "UPDATE_STACK".into(),
                    id: "operation-1".into(),
                }],
                created: None,
                updated: None,
                drift: None,
            }))
        });
        match answer {
            Err(failure) if failure.class == FailureClass::Gone => Ok(None),
            answer => answer,
        }
    }

    fn list_stacks(&self, _: &str) -> Result<Vec<Stack>, Failure> {
        Ok(Vec::new())
    }

    fn describe_stack_resources(&self, stack: &str) -> Result<Vec<StackResource>, Failure> {
        self.call("DescribeStackResources", None, |state, now| {
            let Some(stack) = state.seen(now, stack) else {
                return Err(refused("DescribeStackResources", "Stack does not exist"));
            };
            let all = resources(&stack.template);
            Ok(all
                .into_iter()
                .map(|(name, resource)| StackResource {
                    physical_id: Some(stack.physical(&name)),
                    resource_type: kind(&resource),
                    status: match stack.status {
                        StackStatus::UpdateRollbackFailed => ResourceStatus::UpdateFailed,
                        StackStatus::DeleteFailed => ResourceStatus::DeleteFailed,
                        _ => ResourceStatus::CreateComplete,
                    },
                    status_reason: resource["Properties"]["Reason"].as_str().map(str::to_owned),
                    logical_id: name,
                })
                .collect())
        })
    }

    fn get_template(&self, stack: &str) -> Result<String, Failure> {
        self.call("GetTemplate", None, |state, _| Ok(state.live("GetTemplate", stack)?.template.clone()))
    }

    fn put_template(&self, content: &str) -> Result<String, Failure> {
        self.call("PutTemplate", Some("put"), |state, _| {
            let url = format!("https://fake/{}", solc_cmdb::sha256(content.as_bytes()));
            state.objects.insert(url.clone(), content.to_owned());
            Ok(url)
        })
    }

    fn create_change_set(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure> {
        self.call("CreateChangeSet", Some(&request.token), |state, now| {
            let template = match &request.template {
                TemplateSource::Body(template) => template.clone(),
                TemplateSource::Url(url) => state.objects[url].clone(),
            };
            let template = &template;
            let there = find(&state.stacks, &request.stack).map(|stack| (stack.id.clone(), stack.status));
            if let Some((id, _)) = &there {
                let stack = state.live("CreateChangeSet", id)?;
                if let Some(same) = stack.sets.iter().find(|set| set.set.name == request.name) {
                    if same.request == *request {
                        return Ok(ChangeSetIds { stack: id.clone(), change_set: same.set.id.clone() });
                    }
                    state.mismatches += 1;
                    let message = "ChangeSet already exists, with a mismatch";
                    return Err(Failure::answered("CreateChangeSet", 400, "AlreadyExistsException", message));
                }
            }
            let fits = match (&there, request.kind) {
                (None | Some((_, StackStatus::ReviewInProgress)), kind) => kind == ChangeSetType::Create,
                (Some((_, status)), kind) => kind == ChangeSetType::Update && !status.is_in_progress(),
            };
            if !fits {
                return Err(refused("CreateChangeSet", format!("Stack [{}] is in another state", request.stack)));
            }
            let id = match there {
                Some((id, _)) => id,
                None => {
                    let id = state.shell(&request.stack);
                    let stack = state.live("CreateChangeSet", &id)?;
                    State::turn(stack, now, None, StackStatus::ReviewInProgress, None);
                    id
                }
            };
            let set = state.id(&format!("changeSet/{}", request.name));
            let named = state.invalid_stack.as_ref().is_none_or(|stack| *stack == request.stack);
            let (ready, invalid) = (now + state.planning, !state.invalid.is_empty() && named);
            let stack = state.live("CreateChangeSet", &id)?;
            let mut made = empty_set(&set, &request.name, &id);
            made.parameters.clone_from(&request.parameters);
            made.changes = changes(stack, request, template);
            let given = |template: &str| outputs(template, &request.parameters);
            if made.changes.is_empty()
                && stack.tags == request.tags
                && given(&stack.template) == given(template)
            {
                made.status = ChangeSetStatus::Failed;
                made.execution_status = ExecutionStatus::Unavailable;
                made.status_reason = Some(
                    "The submitted information didn't contain changes. Submit different information to create a change set."
                        .into(),
                );
            }
            if invalid {
                made.status = ChangeSetStatus::Failed;
                made.execution_status = ExecutionStatus::Unavailable;
                made.status_reason = Some("The following hook(s)/validation failed: [AWS::EarlyValidation::X]".into());
            }
            stack.sets.push(FakeSet { set: made, request: request.clone(), template: template.clone(), ready });
            Ok(ChangeSetIds { stack: id, change_set: set })
        })
    }

    fn describe_change_set(
        &self,
        stack: &str,
        change_set: &str,
        property_values: bool,
    ) -> Result<ChangeSet, Failure> {
        self.call("DescribeChangeSet", None, |state, now| {
            let lossy = state.lossy && property_values;
            let stack = state.live("DescribeChangeSet", stack)?;
            let found = stack.sets.iter().find(|set| set.set.id == change_set || set.set.name == change_set);
            let described = found.map(|set| {
                let mut described = set.set.clone();
                described.parameters = hidden(&set.template, described.parameters);
                if set.ready > now {
                    described.status = ChangeSetStatus::CreateInProgress;
                    described.execution_status = ExecutionStatus::Unavailable;
                }
                described.changes.retain(|change| !lossy || change.replacement != Some(Replacement::True));
                described
            });
            described.ok_or_else(|| {
                Failure::answered("DescribeChangeSet", 404, "ChangeSetNotFound", "ChangeSet does not exist")
            })
        })
    }

    fn list_change_sets(&self, stack: &str) -> Result<Vec<ChangeSet>, Failure> {
        self.call("ListChangeSets", None, |state, _| {
            Ok(state.live("ListChangeSets", stack)?.sets.iter().map(|set| set.set.clone()).collect())
        })
    }

    fn delete_change_set(&self, stack: &str, change_set: &str) -> Result<(), Failure> {
        self.call("DeleteChangeSet", Some(change_set), |state, now| {
            let stack = state.live("DeleteChangeSet", stack)?;
            let named = |set: &&FakeSet| set.set.id == change_set || set.set.name == change_set;
            if stack.sets.iter().find(named).is_some_and(|set| set.ready > now) {
                let message = "ChangeSet is currently in the CREATE_IN_PROGRESS state and cannot be deleted";
                return Err(Failure::answered("DeleteChangeSet", 400, "InvalidChangeSetStatus", message));
            }
            stack.sets.retain(|set| set.set.id != change_set && set.set.name != change_set);
            Ok(())
        })
    }

    fn execute_change_set(&self, request: &ExecuteChangeSet) -> Result<(), Failure> {
        self.call("ExecuteChangeSet", Some(&request.token), |state, now| {
            state.leaves_orphans |= !request.retain_except_on_create;
            if let Some(set) = find(&state.stacks, &request.stack)
                .and_then(|stack| stack.sets.iter().find(|set| set.set.id == request.change_set))
            {
                self.witness.of_execution(&set.set);
            }
            state.execute(now, &request.stack, &request.change_set, &request.token)
        })
    }

    fn stack_events(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        self.call("DescribeStackEvents", None, |state, now| {
            let (lag, late) = (state.event_lag, state.late_causes);
            let Some(stack) = find(&state.stacks, stack) else {
                return Err(refused("DescribeStackEvents", "Stack does not exist"));
            };
            let seen = |event: &&StackEvent| {
                let cause = !event.is_of_stack() && event.status.ends_with("_FAILED");
                event.time.0 + if cause { lag + late } else { lag } <= now
            };
            let start = since.and_then(|since| stack.events.iter().position(|event| event.id == since));
            let rest = stack.events.iter().skip(start.map_or(0, |at| at + 1));
            let read: Vec<StackEvent> = rest.filter(seen).cloned().collect();
            state.events_read += read.len();
            Ok(read)
        })
    }

    fn validation_events(&self, _: &str, _: &str) -> Result<Vec<ValidationEvent>, Failure> {
        self.call("DescribeEvents", None, |state, _| Ok(state.invalid.clone()))
    }

    fn continue_update_rollback(
        &self,
        stack: &str,
        token: &str,
        _: Option<&str>,
        skip: &[String],
        force: bool,
    ) -> Result<(), Failure> {
        self.call("ContinueUpdateRollback", Some(token), |state, now| {
            if force || !skip.is_empty() {
                state.stuck_rollbacks = 0;
            }
            let stack = state.live("ContinueUpdateRollback", stack)?;
            if stack.status != StackStatus::UpdateRollbackFailed {
                return Err(refused("ContinueUpdateRollback", "it is in another state"));
            }
            stack.running =
                Some(Running { ends: now + TAKES, token: token.to_owned(), work: Work::Rollback });
            State::turn(stack, now, Some(token), StackStatus::UpdateRollbackInProgress, None);
            Ok(())
        })
    }

    fn rollback_stack(&self, stack: &str, token: &str, _: Option<&str>) -> Result<(), Failure> {
        self.call("RollbackStack", Some(token), |state, now| {
            let stack = state.live("RollbackStack", stack)?;
            let begins = match stack.status {
                StackStatus::CreateFailed => StackStatus::RollbackInProgress,
                StackStatus::UpdateFailed => StackStatus::UpdateRollbackInProgress,
                _ => return Err(refused("RollbackStack", "it is in another state")),
            };
            stack.running =
                Some(Running { ends: now + TAKES, token: token.to_owned(), work: Work::Rollback });
            State::turn(stack, now, Some(token), begins, None);
            Ok(())
        })
    }

    fn cancel_update_stack(&self, stack: &str, token: &str) -> Result<(), Failure> {
        self.call("CancelUpdateStack", Some(token), |state, now| {
            let stack = state.live("CancelUpdateStack", stack)?;
            if stack.status != StackStatus::UpdateInProgress {
                return Err(refused(
                    "CancelUpdateStack",
                    "CancelUpdateStack cannot be called from current stack status",
                ));
            }
            let ours = stack.running.as_ref().map(|running| running.token.clone()).unwrap_or_default();
            stack.running = None;
            State::turn(
                stack,
                now,
                Some(&ours),
                StackStatus::UpdateRollbackInProgress,
                Some("User Initiated"),
            );
            State::turn(stack, now, Some(&ours), StackStatus::UpdateRollbackComplete, None);
            Ok(())
        })
    }

    fn delete_stack(&self, request: &DeleteStack) -> Result<(), Failure> {
        self.call("DeleteStack", Some(&request.token), |state, now| {
            let Ok(stack) = state.live("DeleteStack", &request.stack) else { return Ok(()) };
            if stack.protected {
                return Err(refused(
                    "DeleteStack",
                    "Stack cannot be deleted while TerminationProtection is enabled",
                ));
            }
            stack.running =
                Some(Running { ends: now + TAKES, token: request.token.clone(), work: Work::Deletion });
            State::turn(stack, now, Some(&request.token), StackStatus::DeleteInProgress, None);
            Ok(())
        })
    }

    fn get_stack_policy(&self, stack: &str) -> Result<Option<String>, Failure> {
        self.call("GetStackPolicy", None, |state, _| Ok(state.live("GetStackPolicy", stack)?.policy.clone()))
    }

    fn set_stack_policy(&self, stack: &str, policy: &str) -> Result<(), Failure> {
        self.call("SetStackPolicy", Some(policy), |state, _| {
            state.live("SetStackPolicy", stack)?.policy = Some(policy.to_owned());
            Ok(())
        })
    }

    fn update_termination_protection(&self, stack: &str, enabled: bool) -> Result<(), Failure> {
        self.call("UpdateTerminationProtection", Some("protect"), |state, _| {
            state.live("UpdateTerminationProtection", stack)?.protected = enabled;
            Ok(())
        })
    }

    fn detect_stack_drift(&self, _: &str) -> Result<String, Failure> {
        Err(refused("DetectStackDrift", "nothing drifts here"))
    }

    fn describe_drift_detection(&self, _: &str) -> Result<DriftDetection, Failure> {
        Err(refused("DescribeStackDriftDetectionStatus", "nothing drifts here"))
    }

    fn describe_stack_resource_drifts(&self, _: &str) -> Result<Vec<ResourceDrift>, Failure> {
        Ok(Vec::new())
    }

    fn create_stack_refactor(&self, request: &CreateStackRefactor) -> Result<String, Failure> {
        self.call("CreateStackRefactor", Some("refactor"), |state, now| Ok(state.ask_refactor(now, request)))
    }

    fn describe_stack_refactor(&self, refactor: &str) -> Result<StackRefactor, Failure> {
        self.call("DescribeStackRefactor", None, |state, now| state.refactor(now, refactor))
    }

    fn execute_stack_refactor(&self, refactor: &str) -> Result<(), Failure> {
        self.call("ExecuteStackRefactor", Some(refactor), |state, now| state.execute_refactor(now, refactor))
    }

    fn alarm_states(&self, alarms: &[String]) -> Result<Values, Failure> {
        let known = self.state().alarms.clone();
        Ok(known.into_iter().filter(|(name, _)| alarms.contains(name)).collect())
    }

    fn describe_account_limits(&self) -> Result<BTreeMap<String, u64>, Failure> {
        Ok(BTreeMap::new())
    }
}
