//! Scenarios on the embedded CloudFormation, with a clock that is turned by hand.

mod change_sets;
mod drifts;
mod failures;
mod lives;
mod moves;
mod requests;

use super::{Fault, FaultPoint, Local, Options};
use crate::backend::{
    Backend as _, ChangeSet, ChangeSetType, CreateChangeSet, DeleteStack, ExecuteChangeSet, Failure,
    RollbackConfiguration, Stack, StackStatus, TemplateSource, Values,
};
use crate::clock::{Clock as _, Timestamp, VirtualClock};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// An embedded cloud, and what the tests ask of it.
struct Cloud {
    local: Local,
    clock: Arc<VirtualClock>,
}

/// How a change set is executed.
#[derive(Clone, Default)]
struct How {
    stays: bool,
    keeps: bool,
    revert: bool,
    adopt: bool,
    alarms: Vec<String>,
    parameters: Values,
}

fn cloud() -> Cloud {
    with(Options::default())
}

fn with(options: Options) -> Cloud {
    let clock = Arc::new(VirtualClock::at(Timestamp(1_000_000)));
    let local = Local::in_memory(clock.clone(), options).expect("memory");
    Cloud { local, clock }
}

fn template(resources: Value) -> String {
    Value::Object([("Resources".to_owned(), resources)].into_iter().collect()).to_string()
}

fn queue(properties: Value) -> Value {
    let members = [("Type".to_owned(), json!("AWS::SQS::Queue")), ("Properties".to_owned(), properties)];
    Value::Object(members.into_iter().collect())
}

/// A queue `A`, and a queue `B` whose name is made of `A`'s.
fn pair(delay: u32) -> Value {
    json!({
        "A": queue(json!({"DelaySeconds": delay})),
        "B": queue(json!({"Tags": [{"Key": "of", "Value": {"Fn::GetAtt": ["A", "Arn"]}}], "DelaySeconds": delay})),
    })
}

fn request(stack: &str, name: &str, kind: ChangeSetType, template: &str) -> CreateChangeSet {
    CreateChangeSet {
        stack: stack.to_owned(),
        name: name.to_owned(),
        kind,
        token: String::new(),
        template: TemplateSource::Body(template.to_owned()),
        parameters: Values::new(),
        tags: Values::new(),
        capabilities: vec!["CAPABILITY_NAMED_IAM".to_owned()],
        role: None,
        notification_arns: Vec::new(),
        rollback: RollbackConfiguration::default(),
        description: String::new(),
        import_existing: false,
        revert_drift: false,
    }
}

impl Cloud {
    fn wait(&self, millis: u64) {
        self.clock.sleep(Duration::from_millis(millis));
    }

    fn kind(&self, stack: &str) -> ChangeSetType {
        match self.local.describe_stack(stack).expect("read") {
            Some(stack) if stack.status != StackStatus::ReviewInProgress => ChangeSetType::Update,
            _ => ChangeSetType::Create,
        }
    }

    /// A change set that is made.
    fn plan(&self, stack: &str, template: &str, how: &How) -> Result<ChangeSet, Failure> {
        let name = format!("set-{}", self.clock.now().0);
        let mut request = request(stack, &name, self.kind(stack), template);
        request.revert_drift = how.revert;
        request.import_existing = how.adopt;
        request.parameters = how.parameters.clone();
        request.rollback = RollbackConfiguration { alarms: how.alarms.clone(), monitoring_minutes: 0 };
        let ids = self.local.create_change_set(&request)?;
        self.wait(20);
        self.local.describe_change_set(&ids.stack, &ids.change_set, true)
    }

    fn execute(&self, set: &ChangeSet, how: &How) -> Result<(), Failure> {
        self.local.execute_change_set(&ExecuteChangeSet {
            stack: set.stack.clone(),
            change_set: set.id.clone(),
            token: format!("x-{}-{}", set.name, self.clock.now().0),
            disable_rollback: how.stays,
            retain_except_on_create: how.keeps,
        })
    }

    /// Deploys, and waits until nothing runs.
    fn deploy_how(&self, stack: &str, resources: Value, how: &How) -> Stack {
        let set = self.plan(stack, &template(resources), how).expect("a change set");
        self.execute(&set, how).expect("executed");
        self.settle(stack)
    }

    fn deploy(&self, stack: &str, resources: Value) -> Stack {
        self.deploy_how(stack, resources, &How::default())
    }

    /// Waits until nothing runs; long enough for everything here.
    fn settle(&self, stack: &str) -> Stack {
        let id = self.stack(stack).id;
        self.wait(2_000);
        self.stack(&id)
    }

    fn stack(&self, stack: &str) -> Stack {
        self.local.describe_stack(stack).expect("read").expect("a stack")
    }

    fn delete(&self, stack: &str, retain: &[&str], force: bool) -> Result<(), Failure> {
        self.local.delete_stack(&DeleteStack {
            stack: self.stack(stack).id,
            token: String::new(),
            role: None,
            retain: retain.iter().map(|name| (*name).to_owned()).collect(),
            force,
        })
    }

    fn fault(&self, stack: &str, logical_id: &str, at: FaultPoint, times: u32) {
        let fault = Fault {
            stack: stack.to_owned(),
            logical_id: logical_id.to_owned(),
            at,
            times,
            reason: format!("{logical_id} does not work"),
        };
        self.local.add_fault(&fault).expect("kept");
    }

    /// What happened, as `LogicalId STATUS`; without the starts of resources.
    fn story(&self, stack: &str) -> Vec<String> {
        let events = self.local.stack_events(stack, None).expect("read");
        events
            .iter()
            .filter(|event| event.is_of_stack() || !event.status.ends_with("IN_PROGRESS"))
            .map(|event| format!("{} {}", event.logical_id, event.status))
            .collect()
    }

    fn physical(&self, stack: &str, logical_id: &str) -> String {
        let resources = self.local.describe_stack_resources(stack).expect("read");
        resources
            .into_iter()
            .find(|resource| resource.logical_id == logical_id)
            .and_then(|resource| resource.physical_id)
            .expect("a physical id")
    }
}

fn says<T: std::fmt::Debug>(result: Result<T, Failure>, code: &str, text: &str) {
    let failure = result.expect_err("a refusal");
    assert_eq!(failure.code, code, "{failure}");
    assert!(failure.message.contains(text), "{failure}");
}
