//! A service of a few hundred lines: stacks whose operations take five seconds, and whatever faults a test scripts.
//!
//! Invariant: it counts. Every call that changed something stands in `log`, with its token; what happened twice is
//! seen there. Templates say what happens to them: a resource with the property `Fail` fails, one whose `Name` changes
//! is replaced, and an output is a text or a `Ref` to a parameter.

use serde_json::Value;
use solc_deploy::backend::{
    Action, Backend, ChangeSet, ChangeSetIds, ChangeSetStatus, ChangeSetType, CreateChangeSet,
    CreateStackRefactor, DeleteStack, DriftDetection, ExecuteChangeSet, ExecutionStatus, Failure, Identity,
    Replacement, ResourceChange, ResourceDrift, ResourceStatus, Stack, StackEvent, StackOperation,
    StackRefactor, StackResource, StackStatus, TemplateSource, ValidationEvent, Values,
};
use solc_deploy::clock::{Clock, Timestamp, VirtualClock};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

/// How long an operation takes.
const TAKES: u64 = 5_000;

/// More calls than any test needs.
const MOST_CALLS: usize = 40_000;

/// What goes wrong with a call.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is refused, and nothing is done.
    Refuse(u16, &'static str, &'static str),
    /// It is done, and the answer is lost.
    LoseAnswer,
    /// Somebody else executes a change set of their own first.
    Foreign,
}

#[derive(Clone)]
struct Running {
    ends: u64,
    token: String,
    change_set: Option<String>,
    deletes: bool,
    /// A rollback that was gone on with.
    continues: bool,
}

#[derive(Clone)]
pub(crate) struct FakeStack {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: StackStatus,
    pub(crate) template: String,
    pub(crate) parameters: Values,
    pub(crate) tags: Values,
    pub(crate) policy: Option<String>,
    pub(crate) protected: bool,
    pub(crate) change_set: Option<String>,
    pub(crate) sets: Vec<FakeSet>,
    pub(crate) events: Vec<StackEvent>,
    pub(crate) outputs: Values,
    running: Option<Running>,
}

#[derive(Clone)]
pub(crate) struct FakeSet {
    pub(crate) set: ChangeSet,
    token: String,
    request: CreateChangeSet,
}

pub(crate) struct State {
    pub(crate) stacks: Vec<FakeStack>,
    /// Every call that changed something: operation, token.
    pub(crate) log: Vec<(String, String)>,
    /// Every call.
    pub(crate) calls: usize,
    pub(crate) faults: BTreeMap<String, VecDeque<Fault>>,
    /// Resources that fail once when they are rolled back.
    pub(crate) stuck_rollbacks: u32,
    /// How old a described stack may be, in milliseconds.
    pub(crate) lag: u64,
    /// Whether events carry tokens.
    pub(crate) tokens: bool,
    pub(crate) alarms: Values,
    /// Whether the same token again is an error.
    pub(crate) strict_tokens: bool,
    snapshots: Vec<(u64, Vec<FakeStack>)>,
    next: u64,
}

pub(crate) struct Fake {
    clock: Arc<VirtualClock>,
    state: Mutex<State>,
}

impl Fake {
    pub(crate) fn new(clock: Arc<VirtualClock>) -> Self {
        let state = State {
            stacks: Vec::new(),
            log: Vec::new(),
            calls: 0,
            faults: BTreeMap::new(),
            stuck_rollbacks: 0,
            lag: 0,
            tokens: true,
            alarms: Values::new(),
            strict_tokens: false,
            snapshots: Vec::new(),
            next: 0,
        };
        Self { clock, state: Mutex::new(state) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics within a call")
    }

    /// The next calls of `operation` go wrong so.
    pub(crate) fn fault(&self, operation: &str, faults: &[Fault]) {
        self.state().faults.entry(operation.to_owned()).or_default().extend(faults.iter().cloned());
    }

    /// Lets all that runs come to its end.
    pub(crate) fn settle(&self) {
        let later = self.clock.now().0 + 20 * TAKES;
        self.clock.set(Timestamp(later));
        for _ in 0..4 {
            self.state().advance(later);
        }
    }

    /// The live stack of this name.
    pub(crate) fn stack(&self, name: &str) -> Option<FakeStack> {
        let state = self.state();
        state.stacks.iter().find(|s| s.name == name && s.status != StackStatus::DeleteComplete).cloned()
    }

    fn call<T>(
        &self,
        operation: &str,
        token: Option<&str>,
        work: impl FnOnce(&mut State, u64) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let now = self.clock.now().0;
        let mut state = self.state();
        state.calls += 1;
        assert!(state.calls < MOST_CALLS, "it never ends: {operation} again");
        state.advance(now);
        let fault = state.faults.get_mut(operation).and_then(VecDeque::pop_front);
        match fault {
            Some(Fault::Refuse(status, code, message)) => {
                return Err(Failure::answered(operation, status, code, message));
            }
            Some(Fault::Foreign) => state.foreign(now),
            Some(Fault::LoseAnswer) | None => {}
        }
        let answer = work(&mut state, now);
        if let (Some(token), true) = (token, answer.is_ok()) {
            state.log.push((operation.to_owned(), token.to_owned()));
        }
        state.snapshot(now);
        if matches!(fault, Some(Fault::LoseAnswer)) {
            return Err(Failure::unanswered(operation, "ResponseError", "connection reset"));
        }
        answer
    }
}

fn refused(operation: &str, message: impl AsRef<str>) -> Failure {
    Failure::answered(operation, 400, "ValidationError", message.as_ref())
}

fn resources(template: &str) -> BTreeMap<String, Value> {
    let content: Value = serde_json::from_str(template).unwrap_or_default();
    let resources = content.get("Resources").and_then(Value::as_object).cloned().unwrap_or_default();
    resources.into_iter().collect()
}

fn kind(resource: &Value) -> String {
    resource["Type"].as_str().unwrap_or_default().to_owned()
}

fn outputs(template: &str, parameters: &Values) -> Values {
    let content: Value = serde_json::from_str(template).unwrap_or_default();
    let all = content.get("Outputs").and_then(Value::as_object).cloned().unwrap_or_default();
    all.into_iter()
        .map(|(name, output)| {
            let value = &output["Value"];
            let referred = value["Ref"].as_str().and_then(|name| parameters.get(name)).cloned();
            let text = referred.or_else(|| value.as_str().map(str::to_owned)).unwrap_or_default();
            (name, text)
        })
        .collect()
}

impl State {
    fn id(&mut self, what: &str) -> String {
        self.next += 1;
        format!("arn:fake:{what}/{}", self.next)
    }

    fn snapshot(&mut self, now: u64) {
        if self.lag > 0 {
            self.snapshots.push((now, self.stacks.clone()));
        }
    }

    /// The stack as a reader sees it, who may be late.
    fn seen(&self, now: u64, key: &str) -> Option<FakeStack> {
        let old = now.saturating_sub(self.lag);
        let late = self.snapshots.iter().rev().find(|(at, _)| *at <= old).map(|(_, stacks)| stacks);
        let stacks = if self.lag > 0 { late.unwrap_or(&self.stacks) } else { &self.stacks };
        find(stacks, key).cloned()
    }

    fn live(&mut self, operation: &str, key: &str) -> Result<&mut FakeStack, Failure> {
        let found = self
            .stacks
            .iter_mut()
            .find(|s| s.id == key || (s.name == key && s.status != StackStatus::DeleteComplete));
        found
            .filter(|stack| stack.status != StackStatus::DeleteComplete)
            .ok_or_else(|| refused(operation, format!("Stack [{key}] does not exist")))
    }

    fn event(
        stack: &mut FakeStack,
        now: u64,
        token: Option<&str>,
        of: Option<(&str, &str)>,
        status: &str,
        why: Option<&str>,
    ) {
        let number = stack.events.len();
        stack.events.push(StackEvent {
            id: format!("{}-event-{number}", stack.id),
            stack: stack.id.clone(),
            operation: None,
            time: Timestamp(now),
            logical_id: of.map_or(stack.name.clone(), |(name, _)| name.to_owned()),
            physical_id: Some(of.map_or(stack.id.clone(), |(name, _)| format!("physical-{name}"))),
            resource_type: of.map_or("AWS::CloudFormation::Stack".to_owned(), |(_, kind)| kind.to_owned()),
            status: status.to_owned(),
            reason: why.map(str::to_owned),
            token: token.map(str::to_owned),
        });
    }

    fn turn(stack: &mut FakeStack, now: u64, token: Option<&str>, status: StackStatus, why: Option<&str>) {
        stack.status = status;
        Self::event(stack, now, token, None, status.as_str(), why);
    }

    /// What runs comes to its end when its time has come.
    fn advance(&mut self, now: u64) {
        let (tokens, mut stuck) = (self.tokens, self.stuck_rollbacks);
        let mut moved = false;
        for stack in &mut self.stacks {
            let Some(running) = stack.running.clone().filter(|running| running.ends <= now) else { continue };
            moved = true;
            stack.running = None;
            let at = running.ends;
            let token = tokens.then_some(running.token.as_str());
            if running.deletes {
                Self::turn(stack, at, token, StackStatus::DeleteComplete, None);
                continue;
            }
            if running.continues {
                let status = if stuck > 0 {
                    stuck -= 1;
                    StackStatus::UpdateRollbackFailed
                } else {
                    StackStatus::UpdateRollbackComplete
                };
                Self::turn(stack, at, token, status, None);
                continue;
            }
            Self::end_execution(stack, at, token, &running, &mut stuck);
        }
        self.stuck_rollbacks = stuck;
        if moved {
            self.snapshot(now);
        }
    }

    fn end_execution(
        stack: &mut FakeStack,
        at: u64,
        token: Option<&str>,
        running: &Running,
        stuck: &mut u32,
    ) {
        let creates = stack.status == StackStatus::CreateInProgress;
        let key = running.change_set.clone().unwrap_or_default();
        let Some(set) = stack.sets.iter_mut().find(|set| set.set.id == key) else { return };
        let request = set.request.clone();
        let TemplateSource::Body(template) = &request.template else { panic!("templates are sent") };
        let all = resources(template);
        let broken: Vec<(&String, &Value)> =
            all.iter().filter(|(_, r)| r["Properties"]["Fail"].is_string()).collect();
        set.set.execution_status =
            if broken.is_empty() { ExecutionStatus::ExecuteComplete } else { ExecutionStatus::ExecuteFailed };
        let (done, not) =
            if creates { ("CREATE_COMPLETE", "CREATE_FAILED") } else { ("UPDATE_COMPLETE", "UPDATE_FAILED") };
        for (name, resource) in &broken {
            let why = resource["Properties"]["Fail"].as_str();
            Self::event(stack, at, token, Some((name.as_str(), &kind(resource))), not, why);
        }
        for (name, resource) in all.iter().filter(|(_, r)| !r["Properties"]["Fail"].is_string()) {
            let (status, why) = if broken.is_empty() {
                (done, None)
            } else {
                (not, Some(if creates { "Resource creation cancelled" } else { "Resource update cancelled" }))
            };
            Self::event(stack, at, token, Some((name.as_str(), &kind(resource))), status, why);
        }
        if !broken.is_empty() {
            if creates {
                Self::turn(stack, at, token, StackStatus::RollbackInProgress, Some("failed to create"));
                Self::turn(stack, at, token, StackStatus::RollbackComplete, None);
            } else {
                Self::turn(stack, at, token, StackStatus::UpdateRollbackInProgress, Some("failed to update"));
                let status = if *stuck > 0 {
                    *stuck -= 1;
                    StackStatus::UpdateRollbackFailed
                } else {
                    StackStatus::UpdateRollbackComplete
                };
                Self::turn(stack, at, token, status, None);
            }
            return;
        }
        stack.outputs = outputs(template, &request.parameters);
        stack.template.clone_from(template);
        stack.parameters = request.parameters;
        stack.tags = request.tags;
        if creates {
            Self::turn(stack, at, token, StackStatus::CreateComplete, None);
        } else {
            Self::turn(stack, at, token, StackStatus::UpdateCompleteCleanupInProgress, None);
            Self::turn(stack, at, token, StackStatus::UpdateComplete, None);
        }
    }

    fn execute(&mut self, now: u64, key: &str, set: &str, token: &str) -> Result<(), Failure> {
        let strict = self.strict_tokens;
        let tokens = self.tokens;
        let stack = self.live("ExecuteChangeSet", key)?;
        let index = stack.sets.iter().position(|s| s.set.id == set || s.set.name == set);
        let Some(index) = index else {
            return Err(Failure::answered(
                "ExecuteChangeSet",
                404,
                "ChangeSetNotFound",
                "ChangeSet does not exist",
            ));
        };
        let id = stack.sets[index].set.id.clone();
        match stack.sets[index].set.execution_status {
            ExecutionStatus::Available => {}
            ExecutionStatus::Obsolete | ExecutionStatus::Unavailable => {
                let message = "ChangeSet cannot be executed in its current status";
                return Err(Failure::answered("ExecuteChangeSet", 400, "InvalidChangeSetStatus", message));
            }
            ExecutionStatus::ExecuteInProgress
            | ExecutionStatus::ExecuteComplete
            | ExecutionStatus::ExecuteFailed => {
                if stack.events.iter().any(|event| event.token.as_deref() == Some(token)) && !strict {
                    return Ok(());
                }
                let message = "ChangeSet was executed with this token";
                return Err(Failure::answered(
                    "ExecuteChangeSet",
                    400,
                    "TokenAlreadyExistsException",
                    message,
                ));
            }
        }
        let status = if stack.status == StackStatus::ReviewInProgress {
            StackStatus::CreateInProgress
        } else {
            StackStatus::UpdateInProgress
        };
        for (other, set) in stack.sets.iter_mut().enumerate() {
            set.set.execution_status =
                if other == index { ExecutionStatus::ExecuteInProgress } else { ExecutionStatus::Obsolete };
        }
        stack.change_set = Some(id.clone());
        stack.running = Some(Running {
            ends: now + TAKES,
            token: token.to_owned(),
            change_set: Some(id),
            deletes: false,
            continues: false,
        });
        Self::turn(stack, now, tokens.then_some(token), status, None);
        Ok(())
    }

    /// Somebody else updates every stack that stands.
    fn foreign(&mut self, now: u64) {
        let names: Vec<String> =
            self.stacks.iter().filter(|s| s.status.is_success()).map(|s| s.id.clone()).collect();
        for name in names {
            let id = self.id("changeSet/foreign");
            let Ok(stack) = self.live("Foreign", &name) else { continue };
            let mut parameters = stack.parameters.clone();
            parameters.remove("nothing");
            let request = CreateChangeSet {
                stack: stack.id.clone(),
                name: "console".into(),
                kind: ChangeSetType::Update,
                token: "foreign".into(),
                template: TemplateSource::Body(stack.template.clone()),
                parameters,
                tags: stack.tags.clone(),
                capabilities: Vec::new(),
                role: None,
                notification_arns: Vec::new(),
                rollback: Default::default(),
                description: String::new(),
                import_existing: false,
                revert_drift: false,
            };
            let set = FakeSet { set: empty_set(&id, "console", &stack.id), token: "foreign".into(), request };
            stack.sets.push(set);
            let (key, token) = (stack.id.clone(), format!("foreign-{id}").replace(['/', ':'], "-"));
            let _ = self.execute(now, &key, &id, &token);
        }
    }
}

fn empty_set(id: &str, name: &str, stack: &str) -> ChangeSet {
    ChangeSet {
        id: id.to_owned(),
        name: name.to_owned(),
        stack: stack.to_owned(),
        status: ChangeSetStatus::CreateComplete,
        status_reason: None,
        execution_status: ExecutionStatus::Available,
        changes: Vec::new(),
        parameters: Values::new(),
    }
}

fn find<'a>(stacks: &'a [FakeStack], key: &str) -> Option<&'a FakeStack> {
    stacks
        .iter()
        .find(|s| s.id == key)
        .or_else(|| stacks.iter().find(|s| s.name == key && s.status != StackStatus::DeleteComplete))
}

fn changes(before: &FakeStack, request: &CreateChangeSet, template: &str) -> Vec<ResourceChange> {
    let (old, new) = (resources(&before.template), resources(template));
    let change = |name: &String, resource: &Value, action, replacement| ResourceChange {
        action,
        logical_id: name.clone(),
        physical_id: None,
        resource_type: kind(resource),
        replacement,
        policy_action: None,
        scope: Vec::new(),
        details: Vec::new(),
    };
    let mut all = Vec::new();
    for (name, resource) in &new {
        match old.get(name) {
            None => all.push(change(name, resource, Action::Add, None)),
            Some(was) if was != resource || before.parameters != request.parameters => {
                let replaced = was["Properties"]["Name"] != resource["Properties"]["Name"];
                let replacement = if replaced { Replacement::True } else { Replacement::False };
                all.push(change(name, resource, Action::Modify, Some(replacement)));
            }
            Some(_) => {}
        }
    }
    all.extend(
        old.iter()
            .filter(|(name, _)| !new.contains_key(*name))
            .map(|(name, r)| change(name, r, Action::Remove, None)),
    );
    all
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
        self.call("DescribeStacks", None, |state, now| {
            Ok(state.seen(now, stack).map(|stack| Stack {
                id: stack.id,
                name: stack.name,
                status: stack.status,
                status_reason: None,
                parameters: stack.parameters,
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
        })
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
                    physical_id: Some(format!("physical-{name}")),
                    resource_type: kind(&resource),
                    status: if stack.status == StackStatus::UpdateRollbackFailed {
                        ResourceStatus::UpdateFailed
                    } else {
                        ResourceStatus::CreateComplete
                    },
                    status_reason: Some("as scripted".into()),
                    logical_id: name,
                })
                .collect())
        })
    }

    fn get_template(&self, stack: &str) -> Result<String, Failure> {
        self.call("GetTemplate", None, |state, _| Ok(state.live("GetTemplate", stack)?.template.clone()))
    }

    fn put_template(&self, content: &str) -> Result<String, Failure> {
        self.call("PutTemplate", Some("put"), |_, _| Ok(format!("https://fake/{}", content.len())))
    }

    fn create_change_set(&self, request: &CreateChangeSet) -> Result<ChangeSetIds, Failure> {
        self.call("CreateChangeSet", Some(&request.token), |state, now| {
            let TemplateSource::Body(template) = &request.template else { panic!("templates are sent") };
            let there = find(&state.stacks, &request.stack).map(|stack| (stack.id.clone(), stack.status));
            if let Some((id, _)) = &there {
                let stack = state.live("CreateChangeSet", id)?;
                if let Some(same) = stack.sets.iter().find(|set| set.set.name == request.name) {
                    if same.request == *request && same.token == request.token {
                        return Ok(ChangeSetIds { stack: id.clone(), change_set: same.set.id.clone() });
                    }
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
                    let id = state.id(&format!("stack/{}", request.stack));
                    state.stacks.push(FakeStack {
                        id: id.clone(),
                        name: request.stack.clone(),
                        status: StackStatus::ReviewInProgress,
                        template: "{}".into(),
                        parameters: Values::new(),
                        tags: Values::new(),
                        policy: None,
                        protected: false,
                        change_set: None,
                        sets: Vec::new(),
                        events: Vec::new(),
                        outputs: Values::new(),
                        running: None,
                    });
                    let stack = state.live("CreateChangeSet", &id)?;
                    State::turn(stack, now, None, StackStatus::ReviewInProgress, None);
                    id
                }
            };
            let set = state.id(&format!("changeSet/{}", request.name));
            let stack = state.live("CreateChangeSet", &id)?;
            let mut made = empty_set(&set, &request.name, &id);
            made.parameters.clone_from(&request.parameters);
            made.changes = changes(stack, request, template);
            if made.changes.is_empty() && stack.tags == request.tags {
                made.status = ChangeSetStatus::Failed;
                made.execution_status = ExecutionStatus::Unavailable;
                made.status_reason = Some(
                    "The submitted information didn't contain changes. Submit different information to create a change set."
                        .into(),
                );
            }
            stack.sets.push(FakeSet { set: made, token: request.token.clone(), request: request.clone() });
            Ok(ChangeSetIds { stack: id, change_set: set })
        })
    }

    fn describe_change_set(&self, stack: &str, change_set: &str, _: bool) -> Result<ChangeSet, Failure> {
        self.call("DescribeChangeSet", None, |state, _| {
            let stack = state.live("DescribeChangeSet", stack)?;
            let found = stack.sets.iter().find(|set| set.set.id == change_set || set.set.name == change_set);
            found.map(|set| set.set.clone()).ok_or_else(|| {
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
        self.call("DeleteChangeSet", Some(change_set), |state, _| {
            let stack = state.live("DeleteChangeSet", stack)?;
            stack.sets.retain(|set| set.set.id != change_set && set.set.name != change_set);
            Ok(())
        })
    }

    fn execute_change_set(&self, request: &ExecuteChangeSet) -> Result<(), Failure> {
        self.call("ExecuteChangeSet", Some(&request.token), |state, now| {
            state.execute(now, &request.stack, &request.change_set, &request.token)
        })
    }

    fn stack_events(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        self.call("DescribeStackEvents", None, |state, _| {
            let Some(stack) = find(&state.stacks, stack) else {
                return Err(refused("DescribeStackEvents", "Stack does not exist"));
            };
            let start = since.and_then(|since| stack.events.iter().position(|event| event.id == since));
            Ok(stack.events.iter().skip(start.map_or(0, |at| at + 1)).cloned().collect())
        })
    }

    fn validation_events(&self, _: &str, _: &str) -> Result<Vec<ValidationEvent>, Failure> {
        Ok(Vec::new())
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
            stack.running = Some(Running {
                ends: now + TAKES,
                token: token.to_owned(),
                change_set: None,
                deletes: false,
                continues: true,
            });
            State::turn(stack, now, Some(token), StackStatus::UpdateRollbackInProgress, None);
            Ok(())
        })
    }

    fn rollback_stack(&self, _: &str, _: &str, _: Option<&str>) -> Result<(), Failure> {
        Err(refused("RollbackStack", "nothing here is without rollback"))
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
            stack.running = Some(Running {
                ends: now + TAKES,
                token: request.token.clone(),
                change_set: None,
                deletes: true,
                continues: false,
            });
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

    fn create_stack_refactor(&self, _: &CreateStackRefactor) -> Result<String, Failure> {
        Err(refused("CreateStackRefactor", "nothing moves here"))
    }

    fn describe_stack_refactor(&self, _: &str) -> Result<StackRefactor, Failure> {
        Err(refused("DescribeStackRefactor", "nothing moves here"))
    }

    fn execute_stack_refactor(&self, _: &str) -> Result<(), Failure> {
        Err(refused("ExecuteStackRefactor", "nothing moves here"))
    }

    fn alarm_states(&self, alarms: &[String]) -> Result<Values, Failure> {
        let known = self.state().alarms.clone();
        Ok(known.into_iter().filter(|(name, _)| alarms.contains(name)).collect())
    }

    fn describe_account_limits(&self) -> Result<BTreeMap<String, u64>, Failure> {
        Ok(BTreeMap::new())
    }
}
