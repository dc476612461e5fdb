//! Resources that move to another logical id or stack, by a stack refactoring.
//!
//! Invariant: what moves is where it was, in stacks that are as they are recorded, or is already where it is to be;
//! otherwise nothing is done. A refactoring that was asked for and not executed is nothing: the service has no token
//! for it, so after a crash another one is asked for, and only one is ever executed.

use super::Engine;
use super::call::{Answer, PATIENCE, STALE};
use super::outcome::{ResourceFailure, StepFailure};
use super::step::Action;
use super::task::{Next, State, Task, Trouble, failed};
use crate::backend::{
    CreateStackRefactor, FailureClass, ResourceLocation, Stack, StackRefactor, StackStatus,
};
use crate::codes::{STACK_FAILED, STACK_STUCK};
use crate::journal::{Operation, StepOutcome};
use crate::plan::{Move, Refactor, RefactoredStack};
use crate::probe::Point;
use serde_json::Value;
use solc_cmdb::{StackState, States, sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The physical ids of stacks that are there, by stack and logical id.
type Found = BTreeMap<String, BTreeMap<String, String>>;

impl Engine<'_, '_> {
    /// Finds out where everything is, and asks for the refactoring.
    pub(super) fn find(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        if task.history.change_set.is_some() {
            return Ok(Next::Now(State::Move));
        }
        let refactor = refactor(task)?;
        let (stacks, found) = self.whereabouts(refactor)?;
        if moved(refactor, &found) {
            return Ok(Next::Now(State::Moved(StepOutcome::Unchanged)));
        }
        if let Some(busy) = stacks.values().find(|stack| stack.status.is_in_progress()) {
            return self.wait_for_others(task, busy);
        }
        if let Some(why) = self.differs(refactor, &stacks, &found)? {
            // A read may be older than what was written last.
            if task.stale < STALE {
                task.stale += 1;
                return Ok(Next::Later(self.on.options.timing.poll));
            }
            return Err(failed(self.not_as_recorded(task, &why), StepOutcome::Failed));
        }
        let mut sources = Vec::with_capacity(refactor.stacks.len());
        for stack in &refactor.stacks {
            let source = self.sent(task, &stack.template, &stack.template_sha256)?;
            sources.push((stack.name.clone(), source));
        }
        let request = CreateStackRefactor {
            description: format!("solc deployment {} of {}", task.deploy(), self.about.environment),
            stacks: sources,
            mappings: refactor.moves.iter().map(mapping).collect(),
        };
        let token = format!("solc-m-{}", task.fingerprint());
        let digest = sha256(format!("{:?}", request.mappings).as_bytes());
        self.mutate(task, Operation::CreateStackRefactor, &token, &digest, |backend| {
            let id = backend.create_stack_refactor(&request)?;
            Ok(Answer { stack: None, change_set: Some(id) })
        })?;
        Ok(Next::Now(State::Move))
    }

    /// Executes the refactoring once it is checked, and follows it to its end.
    pub(super) fn follow_move(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        let Some(id) = task.history.change_set.clone() else { return Ok(Next::Now(State::Find)) };
        let seen = self.read("DescribeStackRefactor", |backend| backend.describe_stack_refactor(&id))?;
        let age = self.now().since(task.since);
        let later = Next::Later(self.on.options.timing.poll_after(age, self.running));
        match (seen.status.as_str(), seen.execution_status.as_str()) {
            (_, "EXECUTE_COMPLETE") => Ok(Next::Now(State::Moved(StepOutcome::Changed))),
            (_, "EXECUTE_FAILED" | "ROLLBACK_COMPLETE") => {
                let failure = self.not_moved(task, &seen, "was begun, failed, and was taken back")?;
                Err(failed(failure, StepOutcome::Failed))
            }
            (_, "ROLLBACK_FAILED") => {
                let mut failure = self.not_moved(task, &seen, "failed, and could not be taken back")?;
                failure.code = STACK_STUCK;
                failure.help =
                    "look in the console at what stands where, mend it there, and write the state again: \
                                solc refresh"
                        .to_owned();
                Err(failed(failure, StepOutcome::Stuck))
            }
            (_, "EXECUTE_IN_PROGRESS" | "ROLLBACK_IN_PROGRESS") => Ok(later),
            ("CREATE_FAILED", _) => {
                let failure = self.not_moved(task, &seen, "was refused")?;
                Err(failed(failure, StepOutcome::Failed))
            }
            (status, "OBSOLETE") | (status @ ("DELETE_COMPLETE" | "DELETE_FAILED"), _) => {
                task.replans += 1;
                if task.replans > STALE {
                    let failure = self.not_moved(task, &seen, &format!("was overtaken ({status})"))?;
                    return Err(failed(failure, StepOutcome::Busy));
                }
                task.history.next_attempt();
                Ok(Next::Now(State::Find))
            }
            (_, "AVAILABLE") if task.history.executed && task.stale < PATIENCE => {
                // It was executed before a crash, or the answer was lost: a read may be late.
                task.stale += 1;
                Ok(later)
            }
            (_, "AVAILABLE") => self.execute_move(task, &id),
            _ => Ok(later),
        }
    }

    fn execute_move(&mut self, task: &mut Task<'_>, id: &str) -> Result<Next, Trouble> {
        let token = format!("solc-n-{}", task.fingerprint());
        let digest = sha256(id.as_bytes());
        let started = self.mutate(task, Operation::ExecuteStackRefactor, &token, &digest, |backend| {
            backend.execute_stack_refactor(id).map(|()| Answer::default())
        });
        task.stale = 0;
        match started {
            Ok(_) => Ok(Next::Later(self.on.options.timing.poll)),
            Err(Trouble::Service(failure)) => {
                // It may have been begun before: then the service refuses to begin it again, and says that it runs.
                let seen =
                    self.read("DescribeStackRefactor", |backend| backend.describe_stack_refactor(id))?;
                match failure.class {
                    FailureClass::Throttled
                    | FailureClass::Transient
                    | FailureClass::ExpiredCredentials
                    | FailureClass::Busy
                    | FailureClass::Gone => Err(Trouble::Service(failure)),
                    FailureClass::AlreadyDone
                    | FailureClass::MissingCapability
                    | FailureClass::Limit
                    | FailureClass::Denied
                    | FailureClass::RoleGone
                    | FailureClass::Unsupported
                    | FailureClass::Invalid => {
                        if seen.execution_status == "AVAILABLE" {
                            return Err(Trouble::Service(failure));
                        }
                        Ok(Next::Later(self.on.options.timing.poll))
                    }
                }
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Proves that everything is where it is to be, and keeps the state of each stack.
    pub(super) fn moved(&mut self, task: &mut Task<'_>, outcome: StepOutcome) -> Result<Next, Trouble> {
        let refactor = refactor(task)?;
        let (stacks, found) = self.whereabouts(refactor)?;
        let running = stacks.values().any(|stack| stack.status.is_in_progress());
        if running || !moved(refactor, &found) || stacks.len() != refactor.stacks.len() {
            task.stale += 1;
            if task.stale <= PATIENCE {
                return Ok(Next::Later(self.on.options.timing.poll));
            }
            let failure = self.not_as_recorded(task, "the service says that all has moved, and it has not");
            return Err(failed(failure, StepOutcome::Failed));
        }
        // What lost something is written first: should this die in between, nothing is recorded in two places.
        let lose: BTreeSet<&str> = refactor.moves.iter().map(|moved| moved.from_stack.as_str()).collect();
        let mut order: Vec<&RefactoredStack> = refactor.stacks.iter().collect();
        order.sort_by_key(|stack| !lose.contains(stack.name.as_str()));
        for of in order {
            let (Some(stack), Some(resources)) = (stacks.get(&of.name), found.get(&of.name)) else {
                continue;
            };
            self.outputs.insert(of.name.clone(), stack.outputs.clone());
            self.keep_moved(of, stack, resources)?;
        }
        task.stack = stacks.get(&task.step.stack).cloned();
        task.report.status = task.stack.as_ref().map(|stack| stack.status.as_str().to_owned());
        let count = u32::try_from(refactor.moves.len()).unwrap_or(u32::MAX);
        task.report.changes = BTreeMap::from([("move".to_owned(), count)]);
        Ok(Next::Over(outcome))
    }

    /// Keeps the state of a stack as a refactoring leaves it.
    fn keep_moved(
        &mut self,
        of: &RefactoredStack,
        stack: &Stack,
        resources: &BTreeMap<String, String>,
    ) -> Result<(), Trouble> {
        let kept = self.on.evidence.states.get(&of.name).ok().flatten().map(|(state, _)| state);
        let state = StackState {
            schema_version: States::schema_version(),
            stack: of.name.clone(),
            id: stack.id.clone(),
            status: stack.status.as_str().to_owned(),
            depends_on: kept.as_ref().map(|kept| kept.depends_on.clone()).unwrap_or_default(),
            parameters: stack.parameters.clone(),
            bindings: kept.as_ref().map(|kept| kept.bindings.clone()).unwrap_or_default(),
            outputs: stack.outputs.clone(),
            tags: stack.tags.clone(),
            termination_protection: stack.termination_protection,
            template_sha256: of.template_sha256.clone(),
            operation: self.about.deploy.to_string(),
            manifest_sha256: self.about.release.clone(),
            resources: resources.clone(),
            retained: kept.map(|kept| kept.retained).unwrap_or_default(),
        };
        self.on.probe.reach(Point::BeforeFile)?;
        if let Err(error) = self.on.evidence.states.put(&state, &of.template) {
            self.warnings.push(format!(
                "{error}; write the state again: solc refresh --env {}",
                self.about.environment
            ));
        }
        self.on.probe.reach(Point::AfterFile)?;
        Ok(())
    }

    /// The stacks that are there, and what is in each.
    fn whereabouts(&mut self, refactor: &Refactor) -> Result<(BTreeMap<String, Stack>, Found), Trouble> {
        let (mut stacks, mut found) = (BTreeMap::new(), Found::new());
        for of in &refactor.stacks {
            let stack = self.read("DescribeStacks", |backend| backend.describe_stack(&of.name))?;
            let Some(stack) = stack.filter(|stack| stack.status != StackStatus::DeleteComplete) else {
                continue;
            };
            let resources =
                self.read("DescribeStackResources", |backend| backend.describe_stack_resources(&stack.id))?;
            let live = resources
                .into_iter()
                .filter(|resource| resource.status != crate::backend::ResourceStatus::DeleteComplete)
                .filter_map(|resource| Some((resource.logical_id, resource.physical_id?)));
            found.insert(of.name.clone(), live.collect());
            stacks.insert(of.name.clone(), stack);
        }
        Ok((stacks, found))
    }

    /// What is not as the moves were planned for.
    fn differs(
        &mut self,
        refactor: &Refactor,
        stacks: &BTreeMap<String, Stack>,
        found: &Found,
    ) -> Result<Option<String>, Trouble> {
        for of in &refactor.stacks {
            let Some(stack) = stacks.get(&of.name) else {
                if of.created {
                    continue;
                }
                return Ok(Some(format!("there is no stack `{}`", of.name)));
            };
            if of.created {
                return Ok(Some(format!("the stack `{}` is there already, in {}", of.name, stack.status)));
            }
            let sent = self.read("GetTemplate", |backend| backend.get_template(&stack.id))?;
            let read = |text: &str| serde_json::from_str::<Value>(text).ok();
            if sent != of.before && read(&sent) != read(&of.before) {
                return Ok(Some(format!("the template of `{}` is another one", of.name)));
            }
        }
        Ok(refactor.moves.iter().find(|moved| !is_at(found, &moved.from_stack, &moved.from, moved)).map(
            |moved| format!("`{}` is not `{}` of `{}`", moved.physical_id, moved.from, moved.from_stack),
        ))
    }

    fn not_as_recorded(&self, task: &Task<'_>, why: &str) -> StepFailure {
        let environment = &self.about.environment;
        StepFailure::new(
            STACK_FAILED,
            format!("nothing of `{}` in `{environment}` is moved: {why}", task.step.stack),
            format!(
                "write down how the stacks are: solc refresh --env {environment}; and deploy again: {}",
                self.about.command()
            ),
        )
    }

    /// Why nothing has moved, at the place of what the service names.
    fn not_moved(
        &mut self,
        task: &Task<'_>,
        seen: &StackRefactor,
        what: &str,
    ) -> Result<StepFailure, Trouble> {
        let refactor = refactor(task)?;
        let reason = seen.execution_status_reason.as_ref().or(seen.status_reason.as_ref());
        let reason = reason.map_or("the service says no more", String::as_str);
        let began = !matches!(seen.execution_status.as_str(), "UNAVAILABLE" | "OBSOLETE");
        let status = if began { &seen.execution_status } else { &seen.status };
        let names = |moved: &&Move| {
            let says =
                |word: &str| reason.split(|c: char| !c.is_ascii_alphanumeric()).any(|said| said == word);
            says(&moved.from) || says(&moved.to) || reason.contains(&moved.resource_type)
        };
        let mut named: Vec<&Move> = refactor.moves.iter().filter(names).collect();
        if named.is_empty() {
            named.extend(refactor.moves.first());
        }
        let mut failure = StepFailure::new(
            STACK_FAILED,
            format!(
                "moving {} in `{}` {what}, and nothing was deleted",
                paths(refactor),
                self.about.environment
            ),
            format!(
                "leave it where it was, as `moved from` says; or mend what the service names, and deploy again: {}",
                self.about.command()
            ),
        );
        failure.resources = named
            .into_iter()
            .map(|moved| ResourceFailure {
                logical_id: moved.to.clone(),
                resource_type: moved.resource_type.clone(),
                status: status.clone(),
                reason: reason.to_owned(),
                place: task.step.places.get(&moved.to).cloned(),
            })
            .collect();
        for of in refactor.stacks.iter().filter(|of| !of.created) {
            let policy = self.read("GetStackPolicy", |backend| backend.get_stack_policy(&of.name));
            if matches!(policy, Ok(Some(_))) {
                failure = failure.note(format!(
                    "`{}` has a stack policy, because of the data in it: AWS refactors no stack that has one",
                    of.name
                ));
            }
        }
        Ok(failure)
    }
}

/// What the step moves.
fn refactor<'s>(task: &Task<'s>) -> Result<&'s Refactor, Trouble> {
    match &task.step.action {
        Action::Move(refactor) => Ok(refactor),
        Action::Deploy(_) | Action::Delete { .. } => Err(failed(
            StepFailure::new(
                STACK_FAILED,
                format!("`{}` was about to move what does not move", task.step.stack),
                "report this as a bug of `solc`",
            ),
            StepOutcome::Failed,
        )),
    }
}

/// Whether everything is where it is to be.
fn moved(refactor: &Refactor, found: &Found) -> bool {
    refactor.moves.iter().all(|moved| is_at(found, &moved.to_stack, &moved.to, moved))
}

fn is_at(found: &Found, stack: &str, logical_id: &str, moved: &Move) -> bool {
    found.get(stack).and_then(|ids| ids.get(logical_id)) == Some(&moved.physical_id)
}

fn mapping(moved: &Move) -> (ResourceLocation, ResourceLocation) {
    let at = |stack: &str, id: &str| ResourceLocation { stack: stack.to_owned(), logical_id: id.to_owned() };
    (at(&moved.from_stack, &moved.from), at(&moved.to_stack, &moved.to))
}

/// The components that move, as people say it.
fn paths(refactor: &Refactor) -> String {
    let all: BTreeSet<String> =
        refactor.moves.iter().map(|moved| format!("`{}` to `{}`", moved.was, moved.component)).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}
