//! A service whose operations take four hours, with an event each minute, and that keeps nothing but when each began.

use solc_deploy::backend::{
    Action, Backend, ChangeSet, ChangeSetIds, ChangeSetStatus, CreateChangeSet, CreateStackRefactor,
    DeleteStack, DriftDetection, ExecuteChangeSet, ExecutionStatus, Failure, Identity, ResourceChange,
    ResourceDrift, Stack, StackEvent, StackRefactor, StackResource, StackStatus, TemplateSource,
    ValidationEvent, Values,
};
use solc_deploy::clock::{Clock as _, Timestamp, VirtualClock};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// How long an operation takes.
pub(crate) const SPAN: u64 = 14_400_000;
/// The time between two events.
const MINUTE: u64 = 60_000;

/// What is known of a stack.
#[derive(Clone, Default)]
struct Known {
    set: String,
    token: String,
    template: String,
    began: Option<u64>,
}

pub(crate) struct Slow {
    clock: Arc<VirtualClock>,
    stacks: Mutex<BTreeMap<String, Known>>,
    read: AtomicUsize,
}

fn unused<T>(operation: &str) -> Result<T, Failure> {
    Err(Failure::answered(operation, 501, "NotImplemented", "nothing here needs it"))
}

impl Slow {
    pub(crate) fn new(clock: Arc<VirtualClock>, stacks: usize) -> Self {
        let stacks = (0..stacks).map(|number| (format!("s{number}"), Known::default())).collect();
        Self { clock, stacks: Mutex::new(stacks), read: AtomicUsize::new(0) }
    }

    /// How many events were read.
    pub(crate) fn read(&self) -> usize {
        self.read.load(Ordering::Relaxed)
    }

    fn known<T>(&self, stack: &str, look: impl FnOnce(&mut Known) -> T) -> T {
        let name = stack.strip_prefix("arn:").unwrap_or(stack);
        look(self.stacks.lock().expect("one thread").get_mut(name).expect("known"))
    }

    /// How much of its operation has passed; nothing where it has not begun.
    fn passed(&self, stack: &str) -> Option<u64> {
        let now = self.clock.now().0;
        self.known(stack, |known| known.began).map(|began| (now - began).min(SPAN))
    }
}

impl Backend for Slow {
    fn identity(&self) -> Result<Identity, Failure> {
        unused("GetCallerIdentity")
    }

    fn describe_stack(&self, stack: &str) -> Result<Option<Stack>, Failure> {
        let name = stack.strip_prefix("arn:").unwrap_or(stack).to_owned();
        let set = self.known(stack, |known| known.set.clone());
        if set.is_empty() {
            return Ok(None);
        }
        let status = match self.passed(stack) {
            None => StackStatus::ReviewInProgress,
            Some(SPAN) => StackStatus::CreateComplete,
            Some(_) => StackStatus::CreateInProgress,
        };
        Ok(Some(Stack {
            id: format!("arn:{name}"),
            name,
            status,
            status_reason: None,
            parameters: Values::new(),
            outputs: [("Out".to_owned(), "out".to_owned())].into(),
            tags: Values::new(),
            role: None,
            change_set: Some(set),
            termination_protection: false,
            last_operations: Vec::new(),
            created: None,
            updated: None,
            drift: None,
        }))
    }

    fn list_stacks(&self, _: &str) -> Result<Vec<Stack>, Failure> {
        unused("ListStacks")
    }

    fn describe_stack_resources(&self, _: &str) -> Result<Vec<StackResource>, Failure> {
        Ok(Vec::new())
    }

    fn get_template(&self, stack: &str) -> Result<String, Failure> {
        Ok(self.known(stack, |known| known.template.clone()))
    }

    fn put_template(&self, _: &str) -> Result<String, Failure> {
        unused("PutTemplate")
    }

    fn create_change_set(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure> {
        let TemplateSource::Body(template) = &request.template else { panic!("templates are sent") };
        self.known(&request.stack, |known| {
            known.set.clone_from(&request.name);
            known.template.clone_from(template);
        });
        Ok(ChangeSetIds { stack: format!("arn:{}", request.stack), change_set: request.name.clone() })
    }

    fn describe_change_set(&self, stack: &str, change_set: &str, _: bool) -> Result<ChangeSet, Failure> {
        Ok(ChangeSet {
            id: change_set.to_owned(),
            name: change_set.to_owned(),
            stack: stack.to_owned(),
            status: ChangeSetStatus::CreateComplete,
            status_reason: None,
            execution_status: ExecutionStatus::Available,
            changes: vec![ResourceChange {
                action: Action::Add,
                logical_id: "Topic".to_owned(),
                physical_id: None,
                resource_type: "AWS::SNS::Topic".to_owned(),
                replacement: None,
                policy_action: None,
                scope: Vec::new(),
                details: Vec::new(),
            }],
            parameters: Values::new(),
        })
    }

    fn list_change_sets(&self, _: &str) -> Result<Vec<ChangeSet>, Failure> {
        unused("ListChangeSets")
    }

    fn delete_change_set(&self, _: &str, _: &str) -> Result<(), Failure> {
        unused("DeleteChangeSet")
    }

    fn execute_change_set(&self, request: &ExecuteChangeSet) -> Result<(), Failure> {
        let now = self.clock.now().0;
        self.known(&request.stack, |known| {
            known.began = Some(now);
            known.token.clone_from(&request.token);
        });
        Ok(())
    }

    /// The first and the last are of the stack itself, and all others of its resource.
    fn stack_events(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        let Some(passed) = self.passed(stack) else { return Ok(Vec::new()) };
        let token = self.known(stack, |known| known.token.clone());
        let first = since.and_then(|since| since.parse::<u64>().ok()).map_or(0, |seen| seen + 1);
        let events: Vec<StackEvent> = (first..=passed / MINUTE)
            .map(|number| {
                let of_stack = number == 0 || number == SPAN / MINUTE;
                let name = stack.strip_prefix("arn:").unwrap_or(stack);
                StackEvent {
                    id: number.to_string(),
                    stack: stack.to_owned(),
                    operation: None,
                    time: Timestamp(number * MINUTE),
                    logical_id: if of_stack { name.to_owned() } else { "Topic".to_owned() },
                    physical_id: Some(if of_stack { stack.to_owned() } else { "topic".to_owned() }),
                    resource_type: "AWS::SNS::Topic".to_owned(),
                    status: if number == SPAN / MINUTE { "CREATE_COMPLETE" } else { "CREATE_IN_PROGRESS" }
                        .to_owned(),
                    reason: Some("it goes on".to_owned()),
                    token: Some(token.clone()),
                }
            })
            .collect();
        self.read.fetch_add(events.len(), Ordering::Relaxed);
        Ok(events)
    }

    fn validation_events(&self, _: &str, _: &str) -> Result<Vec<ValidationEvent>, Failure> {
        unused("DescribeEvents")
    }

    fn continue_update_rollback(
        &self,
        _: &str,
        _: &str,
        _: Option<&str>,
        _: &[String],
        _: bool,
    ) -> Result<(), Failure> {
        unused("ContinueUpdateRollback")
    }

    fn rollback_stack(&self, _: &str, _: &str, _: Option<&str>) -> Result<(), Failure> {
        unused("RollbackStack")
    }

    fn cancel_update_stack(&self, _: &str, _: &str) -> Result<(), Failure> {
        unused("CancelUpdateStack")
    }

    fn delete_stack(&self, _: &DeleteStack) -> Result<(), Failure> {
        unused("DeleteStack")
    }

    fn get_stack_policy(&self, _: &str) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    fn set_stack_policy(&self, _: &str, _: &str) -> Result<(), Failure> {
        unused("SetStackPolicy")
    }

    fn update_termination_protection(&self, _: &str, _: bool) -> Result<(), Failure> {
        unused("UpdateTerminationProtection")
    }

    fn detect_stack_drift(&self, _: &str) -> Result<String, Failure> {
        unused("DetectStackDrift")
    }

    fn describe_drift_detection(&self, _: &str) -> Result<DriftDetection, Failure> {
        unused("DescribeStackDriftDetectionStatus")
    }

    fn describe_stack_resource_drifts(&self, _: &str) -> Result<Vec<ResourceDrift>, Failure> {
        unused("DescribeStackResourceDrifts")
    }

    fn create_stack_refactor(&self, _: &CreateStackRefactor) -> Result<String, Failure> {
        unused("CreateStackRefactor")
    }

    fn describe_stack_refactor(&self, _: &str) -> Result<StackRefactor, Failure> {
        unused("DescribeStackRefactor")
    }

    fn execute_stack_refactor(&self, _: &str) -> Result<(), Failure> {
        unused("ExecuteStackRefactor")
    }

    fn alarm_states(&self, _: &[String]) -> Result<Values, Failure> {
        Ok(Values::new())
    }

    fn describe_account_limits(&self) -> Result<BTreeMap<String, u64>, Failure> {
        Ok(BTreeMap::new())
    }
}
