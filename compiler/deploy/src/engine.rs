//! Runs the steps of a deployment: one state machine for each, on one thread, each looked at when it is due.
//!
//! Invariant: what is done next is a function of the steps, the journal, the service's answers and the clock. Nothing
//! is changed before its intent is durable; a stack's operation is a success only where the service says so of an
//! operation that is ours.

mod call;
mod change;
mod evidence;
mod execute;
mod gate;
mod history;
mod hush;
mod moves;
mod observe;
mod outcome;
mod pace;
mod protect;
mod remove;
mod settle;
pub mod step;
mod task;
mod watch;

pub(crate) use change::NO_CHANGES;
pub use evidence::{About, Evidence, superseded, words};
pub use gate::refusal;
pub use observe::{Control, Notice, Observer, Silent, Unattended, Wish};
pub use outcome::{Exit, Halt, Report, ResourceFailure, StepFailure, StepReport};
pub use pace::Timing;
pub use step::Step;

use crate::backend::{Backend, RollbackConfiguration, Values};
use crate::clock::{Clock, Timestamp};
use crate::journal::{Entry, Journal, StepOutcome};
use crate::lease::Lease;
use crate::probe::Probe;
use pace::Pace;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use task::{Next, State, Task, Trouble};

/// How many steps run at once in one account and region.
const AT_ONCE: usize = 8;
/// The longest nap between two looks at what the person wants.
const NAP: Duration = Duration::from_millis(200);

/// What to do about a rollback that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recover {
    /// Go on with it once.
    #[default]
    Retry,
    /// Go on without the resources that cannot be rolled back.
    Skip,
    /// Go on whatever fails.
    Force,
}

/// What a person decided.
#[derive(Clone, Debug)]
pub struct Options {
    /// What was acknowledged by name.
    pub acknowledgements: BTreeSet<String>,
    /// Whether one failure keeps all other steps from starting.
    pub fail_fast: bool,
    /// The role that the service assumes.
    pub role: Option<String>,
    /// Alarms that roll an update back.
    pub rollback: RollbackConfiguration,
    /// What to do about a rollback that failed.
    pub recover: Recover,
    /// Whether every template is put where the service reads it, whatever its size.
    pub always_upload: bool,
    /// How often, and how long.
    pub timing: Timing,
}

impl Options {
    /// Nothing acknowledged.
    #[must_use]
    pub fn new(timing: Timing) -> Self {
        Self {
            acknowledgements: BTreeSet::new(),
            fail_fast: false,
            role: None,
            rollback: RollbackConfiguration::default(),
            recover: Recover::default(),
            always_upload: false,
            timing,
        }
    }
}

/// What a deployment runs on.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The service.
    pub backend: &'a dyn Backend,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The right to change the environment.
    pub lease: &'a dyn Lease,
    /// Who hears of each point.
    pub probe: &'a dyn Probe,
    /// Who says how it is to go on.
    pub control: &'a dyn Control,
    /// Where it is recorded.
    pub evidence: &'a Evidence,
    /// What a person decided.
    pub options: &'a Options,
}

/// A deployment that runs.
pub(crate) struct Engine<'a, 'j> {
    on: Setting<'a>,
    about: &'a About,
    journal: &'a mut Journal<'j>,
    observer: &'a mut dyn Observer,
    pace: Pace,
    outputs: BTreeMap<String, Values>,
    /// Values that are not to be repeated.
    secrets: BTreeSet<String>,
    running: usize,
    /// Why nothing more may be changed; what runs is still followed.
    sealed: Option<String>,
    begun: bool,
    cancelled: bool,
    warnings: Vec<String>,
}

/// Runs `steps` to their ends, or as far as they go. `history` is what the journal said when it was opened: nothing,
/// for a deployment that begins.
pub fn run(
    on: Setting<'_>,
    about: &About,
    steps: &[Step],
    journal: &mut Journal<'_>,
    history: &[Entry],
    observer: &mut dyn Observer,
) -> Report {
    let now = on.clock.now();
    let mut engine = Engine {
        on,
        about,
        journal,
        observer,
        pace: Pace::new(on.options.timing.rate, now),
        outputs: BTreeMap::new(),
        secrets: BTreeSet::new(),
        running: 0,
        sealed: None,
        begun: history.iter().any(|entry| matches!(entry, Entry::Intent { .. })),
        cancelled: false,
        warnings: Vec::new(),
    };
    let mut tasks: Vec<Task<'_>> = steps.iter().map(|step| Task::new(step, about, history)).collect();
    let halt = engine.all(&mut tasks, history).err();
    let mut report = Report {
        deploy: about.deploy.clone(),
        steps: tasks.into_iter().map(|task| task.report).collect(),
        halt,
        begun: engine.begun,
        cancelled: engine.cancelled,
        started: about.deploy.minted(),
        finished: engine.on.clock.now(),
        warnings: std::mem::take(&mut engine.warnings),
    };
    engine.close(&mut report);
    report
}

impl Engine<'_, '_> {
    /// Everything from the record of the intent to the last step's end.
    fn all(&mut self, tasks: &mut [Task<'_>], history: &[Entry]) -> Result<(), Halt> {
        self.open(history)?;
        loop {
            self.admit(tasks)?;
            let due = tasks.iter().filter(|task| task.is_active()).map(|task| task.due).min();
            let Some(due) = due else { break };
            self.nap_until(due, tasks)?;
            self.running = tasks.iter().filter(|task| task.is_active()).count();
            let now = self.now();
            for task in tasks.iter_mut().filter(|task| task.is_active() && task.due <= now) {
                self.tick(task)?;
            }
        }
        // Steps that wait for each other: never from a plan, and never a success.
        for task in tasks.iter_mut().filter(|task| matches!(task.state, State::Waiting)) {
            self.give_up(task, Some(task.step.after.join("`, `")))?;
        }
        match self.sealed.take() {
            Some(why) => Err(Halt::NoEvidence(why)),
            None => Ok(()),
        }
    }

    /// Starts what can be started, and gives up what no longer can.
    fn admit(&mut self, tasks: &mut [Task<'_>]) -> Result<(), Halt> {
        loop {
            let outcomes: BTreeMap<&str, Option<StepOutcome>> =
                tasks.iter().map(|task| (task.step.name.as_str(), task.report.outcome)).collect();
            let failed = |name: &str| {
                outcomes.get(name).copied().flatten().is_some_and(|outcome| !is_success(outcome))
            };
            let any_failed = outcomes.keys().any(|name| failed(name));
            let stop = self.cancelled || self.sealed.is_some() || (self.on.options.fail_fast && any_failed);
            let mut lost = Vec::new();
            let mut ready = Vec::new();
            for (index, task) in tasks.iter().enumerate() {
                if !matches!(task.state, State::Waiting) {
                    continue;
                }
                let needs = || task.step.after.iter().map(String::as_str);
                if stop || needs().any(failed) {
                    lost.push((index, needs().find(|name| failed(name)).map(str::to_owned)));
                } else if needs()
                    .all(|name| outcomes.get(name).is_none_or(|outcome| outcome.is_some_and(is_success)))
                {
                    ready.push(index);
                }
            }
            let mut active = tasks.iter().filter(|task| task.is_active()).count();
            for index in ready {
                if active >= AT_ONCE {
                    break;
                }
                if let Some(task) = tasks.get_mut(index) {
                    task.start(self.now());
                    active += 1;
                }
            }
            let none_lost = lost.is_empty();
            for (index, because) in lost {
                if let Some(task) = tasks.get_mut(index) {
                    self.give_up(task, because)?;
                }
            }
            // What was given up may have been needed by others.
            if none_lost {
                return Ok(());
            }
        }
    }

    /// One look at one step.
    fn tick(&mut self, task: &mut Task<'_>) -> Result<(), Halt> {
        let before = task.state.words();
        match self.advance(task) {
            Ok(Next::Now(state)) => {
                task.calm();
                task.enter(state, self.now());
            }
            Ok(Next::Later(pause)) => {
                task.calm();
                task.due = self.now().plus(pause);
            }
            Ok(Next::Over(outcome)) => self.finish(task, outcome)?,
            Err(Trouble::Halt(halt)) => return Err(halt),
            Err(Trouble::Failed(failure)) => self.fail(task, *failure)?,
            Err(Trouble::Service(failure)) => self.trouble(task, failure)?,
            Err(Trouble::Sealed) => {
                task.due = self.now();
                self.give_up(task, None)?;
            }
        }
        let after = task.state.words();
        if before != after && task.is_active() {
            let notice = Notice::State { step: &task.step.name, state: after };
            self.observer.notice(self.on.clock.now(), &notice);
        }
        Ok(())
    }

    fn advance(&mut self, task: &mut Task<'_>) -> Result<Next, Trouble> {
        match task.state.clone() {
            State::Waiting => Ok(Next::Later(Duration::ZERO)),
            State::Settle => self.settle(task),
            State::Gone { recreate } => self.until_gone(task, recreate),
            State::Inputs => self.inputs(task),
            State::Compare => self.compare(task),
            State::Create => self.create(task),
            State::Created => self.created(task),
            State::Gate => self.gate(task),
            State::Discard(failure, outcome) => self.discard(task, *failure, outcome),
            State::Execute => self.execute(task),
            State::Attach(failure) => self.attach(task, failure.map(|failure| *failure)),
            State::Watch(watched) => self.watch(task, &watched),
            State::Recover { after_failure } => self.recover(task, after_failure),
            State::Cancel => self.cancel(task),
            State::Protect(outcome) => self.protect(task, outcome),
            State::Verify(outcome) => self.verify(task, outcome),
            State::Remove => self.remove(task),
            State::Delete => self.delete(task),
            State::Find => self.find(task),
            State::Move => self.follow_move(task),
            State::Moved(outcome) => self.moved(task, outcome),
            State::Over => Ok(Next::Later(Duration::ZERO)),
        }
    }

    /// The time.
    fn now(&self) -> Timestamp {
        self.on.clock.now()
    }

    /// Waits until `due`, and hears meanwhile what the person wants.
    fn nap_until(&mut self, due: Timestamp, tasks: &mut [Task<'_>]) -> Result<(), Halt> {
        loop {
            match self.on.control.wish() {
                Wish::GoOn => {}
                Wish::Detach => return Err(Halt::Detached),
                Wish::Cancel if self.cancelled => {}
                Wish::Cancel => {
                    self.cancelled = true;
                    for task in tasks.iter_mut() {
                        task.cancel(self.now());
                    }
                    return Ok(());
                }
            }
            let left = due.since(self.now());
            if left.is_zero() {
                return Ok(());
            }
            self.on.clock.sleep(left.min(NAP));
        }
    }
}

/// Whether what needs a step may start after it.
fn is_success(outcome: StepOutcome) -> bool {
    match outcome {
        StepOutcome::Changed | StepOutcome::Unchanged | StepOutcome::Deleted => true,
        StepOutcome::Failed
        | StepOutcome::Refused
        | StepOutcome::Busy
        | StepOutcome::Stuck
        | StepOutcome::NotStarted => false,
    }
}
