//! A service of a few hundred lines: stacks whose operations take five seconds, and whatever faults a test scripts.
//!
//! Invariant: it counts. Every call that changed something stands in `log`, with its token; what happened twice is
//! seen there. Templates say what happens to them: a resource with the property `Fail` fails, one whose `Name` changes
//! is replaced, and an output is a text or a `Ref` to a parameter.

mod refactor;
mod service;

use crate::witness::Witness;
use serde_json::Value;
use solc_deploy::backend::{
    Action, ChangeSet, ChangeSetStatus, ChangeSetType, CreateChangeSet, ExecutionStatus, Failure,
    Replacement, ResourceChange, StackEvent, StackStatus, TemplateSource, ValidationEvent, Values,
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
    /// The stack is not found, though it is there.
    Blank,
    /// Nothing goes wrong.
    None,
}

#[derive(Clone)]
enum Work {
    /// A change set is executed.
    Execution(String),
    Deletion,
    /// A rollback is gone on with, or what failed without one is rolled back.
    Rollback,
}

#[derive(Clone)]
struct Running {
    ends: u64,
    token: String,
    work: Work,
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
    /// The physical ids of what has another logical id than it was made with.
    pub(crate) renamed: BTreeMap<String, String>,
    running: Option<Running>,
}

#[derive(Clone)]
pub(crate) struct FakeSet {
    pub(crate) set: ChangeSet,
    pub(crate) request: CreateChangeSet,
    template: String,
    /// When it is made.
    ready: u64,
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
    /// First creations whose rollback fails.
    pub(crate) stuck_creations: u32,
    /// Deletions that fail.
    pub(crate) stuck_deletions: u32,
    /// How old a described stack may be, in milliseconds.
    pub(crate) lag: u64,
    /// How long after it an event is seen.
    pub(crate) event_lag: u64,
    /// How much later than the others the failure of a resource is seen.
    pub(crate) late_causes: u64,
    /// How long a change set is made.
    pub(crate) planning: u64,
    /// How long an operation takes.
    pub(crate) takes: u64,
    /// Whether a nested stack of the same operation ends at once.
    pub(crate) nested: bool,
    /// The alarm that rolls an update back.
    pub(crate) alarm: Option<String>,
    /// What validation finds before a change set is made.
    pub(crate) invalid: Vec<ValidationEvent>,
    /// The only stack of which it finds something; each, where none is named.
    pub(crate) invalid_stack: Option<String>,
    /// Whether a description with property values leaves replacements out.
    pub(crate) lossy: bool,
    /// Requests that came again under the same name and were not the same.
    pub(crate) mismatches: usize,
    /// How many events were read.
    pub(crate) events_read: usize,
    /// Whether an execution would have left behind what it created.
    pub(crate) leaves_orphans: bool,
    /// Whether events carry tokens.
    pub(crate) tokens: bool,
    pub(crate) alarms: Values,
    /// Whether the same token again is an error.
    pub(crate) strict_tokens: bool,
    /// Templates by their addresses.
    objects: BTreeMap<String, String>,
    /// Refactorings, and the status and reason that the next ones end with, where they do not succeed.
    pub(crate) refactors: Vec<refactor::FakeRefactor>,
    pub(crate) refactors_end: Option<(&'static str, &'static str)>,
    snapshots: Vec<(u64, Vec<FakeStack>)>,
    next: u64,
}

pub(crate) struct Fake {
    clock: Arc<VirtualClock>,
    state: Mutex<State>,
    pub(crate) witness: Arc<Witness>,
}

impl Fake {
    pub(crate) fn new(clock: Arc<VirtualClock>) -> Self {
        let state = State {
            stacks: Vec::new(),
            log: Vec::new(),
            calls: 0,
            faults: BTreeMap::new(),
            stuck_rollbacks: 0,
            stuck_creations: 0,
            stuck_deletions: 0,
            lag: 0,
            event_lag: 0,
            late_causes: 0,
            planning: 0,
            takes: TAKES,
            nested: false,
            alarm: None,
            invalid: Vec::new(),
            invalid_stack: None,
            lossy: true,
            mismatches: 0,
            events_read: 0,
            leaves_orphans: false,
            tokens: true,
            alarms: Values::new(),
            strict_tokens: false,
            objects: BTreeMap::new(),
            refactors: Vec::new(),
            refactors_end: None,
            snapshots: Vec::new(),
            next: 0,
        };
        Self { clock, state: Mutex::new(state), witness: Arc::default() }
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
        let later = self.clock.now().0 + 20 * self.state().takes;
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

    /// Somebody else left the stack like this, which is made where there is none.
    pub(crate) fn force(&self, name: &str, status: StackStatus) {
        let now = self.clock.now().0;
        let mut state = self.state();
        if find(&state.stacks, name).is_none() {
            state.shell(name);
        }
        if let Some(stack) = state.stacks.iter_mut().find(|stack| stack.name == name) {
            State::turn(stack, now, Some("console"), status, None);
        }
        state.snapshot(now);
    }

    /// How often `operation` was accepted.
    pub(crate) fn accepted(&self, operation: &str) -> usize {
        self.state().log.iter().filter(|(name, _)| name == operation).count()
    }

    fn call<T>(
        &self,
        operation: &str,
        token: Option<&str>,
        work: impl FnOnce(&mut State, u64) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let now = self.clock.now().0;
        if let Some(token) = token {
            self.witness.of_call(operation, token);
        }
        let mut state = self.state();
        state.calls += 1;
        assert!(state.calls < MOST_CALLS, "it never ends: {operation} again");
        state.advance(now);
        let fault = state.faults.get_mut(operation).and_then(VecDeque::pop_front);
        match fault {
            Some(Fault::Refuse(status, code, message)) => {
                return Err(Failure::answered(operation, status, code, message));
            }
            Some(Fault::Blank) => {
                return Err(refused(operation, "Stack with this id does not exist"));
            }
            Some(Fault::Foreign) => state.foreign(now),
            Some(Fault::LoseAnswer | Fault::None) | None => {}
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

    /// A stack of which there is nothing but the name.
    fn shell(&mut self, name: &str) -> String {
        let id = self.id(&format!("stack/{name}"));
        self.stacks.push(FakeStack::shell(id.clone(), name.to_owned()));
        id
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
        let tokens = self.tokens;
        let mut ended = Vec::new();
        for stack in &mut self.stacks {
            if let Some(running) = stack.running.take_if(|running| running.ends <= now) {
                ended.push((stack.id.clone(), running));
            }
        }
        for (id, running) in &ended {
            let token = tokens.then_some(running.token.as_str());
            match &running.work {
                Work::Deletion => {
                    let status = if spend(&mut self.stuck_deletions) {
                        StackStatus::DeleteFailed
                    } else {
                        StackStatus::DeleteComplete
                    };
                    self.end(id, running.ends, token, status);
                }
                Work::Rollback => {
                    let first = self.status(id) == Some(StackStatus::RollbackInProgress);
                    let status = self.end_of_rollback(first);
                    self.end(id, running.ends, token, status);
                }
                Work::Execution(set) => self.end_execution(id, running.ends, token, set),
            }
        }
        if self.advance_refactors(now) || !ended.is_empty() {
            self.snapshot(now);
        }
    }

    fn status(&self, id: &str) -> Option<StackStatus> {
        find(&self.stacks, id).map(|stack| stack.status)
    }

    /// How a rollback ends: of a first creation, or of an update.
    fn end_of_rollback(&mut self, first: bool) -> StackStatus {
        match (first, first && spend(&mut self.stuck_creations), !first && spend(&mut self.stuck_rollbacks)) {
            (true, true, _) => StackStatus::RollbackFailed,
            (true, false, _) => StackStatus::RollbackComplete,
            (false, _, true) => StackStatus::UpdateRollbackFailed,
            (false, _, false) => StackStatus::UpdateRollbackComplete,
        }
    }

    fn end(&mut self, id: &str, at: u64, token: Option<&str>, status: StackStatus) {
        if let Some(stack) = self.stacks.iter_mut().find(|stack| stack.id == id) {
            Self::turn(stack, at, token, status, None);
        }
    }

    fn end_execution(&mut self, id: &str, at: u64, token: Option<&str>, key: &str) {
        let creates = self.status(id) == Some(StackStatus::CreateInProgress);
        let alarm = self.alarm.take().filter(|_| !creates);
        let Some(stack) = self.stacks.iter_mut().find(|stack| stack.id == id) else { return };
        let Some(set) = stack.sets.iter_mut().find(|set| set.set.id == key) else { return };
        let request = set.request.clone();
        let template = set.template.clone();
        let all = resources(&template);
        let broken: Vec<(&String, &Value)> =
            all.iter().filter(|(_, r)| r["Properties"]["Fail"].is_string()).collect();
        let fails = !broken.is_empty() || alarm.is_some();
        set.set.execution_status =
            if fails { ExecutionStatus::ExecuteFailed } else { ExecutionStatus::ExecuteComplete };
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
        if fails {
            let (begins, why) = match (creates, alarm) {
                (true, _) => (StackStatus::RollbackInProgress, "failed to create".to_owned()),
                (false, None) => (StackStatus::UpdateRollbackInProgress, "failed to update".to_owned()),
                (false, Some(alarm)) => {
                    (StackStatus::UpdateRollbackInProgress, format!("{alarm} went to ALARM"))
                }
            };
            Self::turn(stack, at, token, begins, Some(&why));
            let status = self.end_of_rollback(creates);
            self.end(id, at, token, status);
            return;
        }
        stack.outputs = outputs(&template, &request.parameters);
        stack.template = template;
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
        let (strict, tokens, takes, nested) = (self.strict_tokens, self.tokens, self.takes, self.nested);
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
        assert!(stack.running.is_none(), "I1: `{}` is changed already", stack.name);
        let status = if stack.status == StackStatus::ReviewInProgress {
            StackStatus::CreateInProgress
        } else {
            StackStatus::UpdateInProgress
        };
        for (other, set) in stack.sets.iter_mut().enumerate() {
            if other == index {
                set.set.execution_status = ExecutionStatus::ExecuteInProgress;
            } else if set.set.execution_status == ExecutionStatus::Available {
                set.set.execution_status = ExecutionStatus::Obsolete;
            }
        }
        stack.change_set = Some(id.clone());
        stack.running =
            Some(Running { ends: now + takes, token: token.to_owned(), work: Work::Execution(id) });
        let token = tokens.then_some(token);
        Self::turn(stack, now, token, status, None);
        if nested {
            let of = Some(("Nested", "AWS::CloudFormation::Stack"));
            Self::event(stack, now, token, of, "UPDATE_COMPLETE", None);
        }
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
            let template = stack.template.clone();
            let set = FakeSet { set: empty_set(&id, "console", &stack.id), request, template, ready: now };
            stack.sets.push(set);
            let (key, token) = (stack.id.clone(), format!("foreign-{id}").replace(['/', ':'], "-"));
            let _ = self.execute(now, &key, &id, &token);
        }
    }
}

/// Takes one, where there is one.
fn spend(left: &mut u32) -> bool {
    let there = *left > 0;
    *left = left.saturating_sub(1);
    there
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
