//! The world of a rehearsal: what is recorded, set up once on the embedded CloudFormation, and copied for each run.
//!
//! Invariant: every world is the same when it begins, to the byte and to the millisecond.

use super::{Subject, Try};
use crate::backend::{Backend as _, Failure, ResourceStatus, StackStatus, TemplateSource, Values};
use crate::clock::{Clock, Timestamp, VirtualClock};
use crate::engine::step::holds_data;
use crate::engine::{self, About, Evidence, Options, Report, Setting, Silent, Step, Timing, Unattended};
use crate::id::DeployId;
use crate::journal::{Entry, Journal, Medium};
use crate::lease::{Lease, NoLease};
use crate::local::{self, DirectRequest, Fault, Local};
use crate::plan::{GateKind, Recorded};
use crate::probe::NoProbe;
use crate::refresh;
use solc_cmdb::{Records, StackState, States};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, fs, io};

/// When every rehearsal begins: a moment like any other, the same for each.
const BEGIN: Timestamp = Timestamp(1_767_225_600_000);
/// How often a stack that is set up is looked at.
const LOOKS: u32 = 100_000;

/// Why there was no rehearsal.
#[derive(Debug)]
pub enum RehearsalError {
    /// The embedded service refuses something that is no part of the deployment.
    Service(Failure),
    /// What is recorded of a stack cannot be set up.
    Recorded(String, String),
    /// The disk says no.
    Disk(PathBuf, io::Error),
    /// The embedded service's database says no.
    Database(String),
    /// The world's records cannot be kept.
    Records(String),
    /// There is no plan.
    Plan(String),
}

impl fmt::Display for RehearsalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(failure) => write!(formatter, "the embedded CloudFormation: {failure}"),
            Self::Recorded(stack, why) => write!(
                formatter,
                "the recorded state of `{stack}` cannot be set up for a rehearsal: {why}; `solc refresh` writes it again"
            ),
            Self::Disk(path, error) => write!(formatter, "`{}`: {error}", path.display()),
            Self::Records(why) => write!(formatter, "the rehearsal's records: {why}"),
            Self::Plan(why) => formatter.write_str(why),
            Self::Database(why) => write!(formatter, "the embedded CloudFormation's database: {why}"),
        }
    }
}

impl std::error::Error for RehearsalError {}

impl From<Failure> for RehearsalError {
    fn from(failure: Failure) -> Self {
        Self::Service(failure)
    }
}

/// The world that every run starts from.
pub(super) struct Stage<'a> {
    subject: Subject<'a>,
    /// What is done in each world.
    pub(super) steps: Vec<Step>,
    folder: tempfile::TempDir,
    begin: Timestamp,
    acknowledgements: BTreeSet<String>,
}

impl<'a> Stage<'a> {
    /// Sets up what is recorded.
    pub(super) fn set(subject: &Subject<'a>) -> Result<Self, RehearsalError> {
        let folder =
            tempfile::tempdir().map_err(|error| RehearsalError::Disk(std::env::temp_dir(), error))?;
        let mut stage = Self {
            subject: *subject,
            steps: Vec::new(),
            folder,
            begin: BEGIN,
            acknowledgements: BTreeSet::new(),
        };
        let clock = Arc::new(VirtualClock::at(BEGIN));
        let local = stage.open(&stage.seed(), Arc::clone(&clock))?;
        let mut left: Vec<&(StackState, String)> = subject.recorded.iter().collect();
        while !left.is_empty() {
            let waits =
                |state: &StackState| left.iter().any(|(other, _)| state.depends_on.contains(&other.stack));
            let Some(next) = left.iter().position(|(state, _)| !waits(state)) else {
                let ring = left.first().map(|(state, _)| state.stack.clone()).unwrap_or_default();
                return Err(RehearsalError::Recorded(ring, "it depends on itself".to_owned()));
            };
            let (state, template) = left.remove(next);
            set_up(&local, clock.as_ref(), state, template)?;
        }
        stage.begin = clock.now();
        stage.steps = (subject.planner)(&stage.recorded(&local)?).map_err(RehearsalError::Plan)?;
        stage.acknowledgements = everything(subject, &stage.steps);
        Ok(stage)
    }

    /// What is recorded, with the physical ids and the outputs that it has here.
    fn recorded(&self, local: &Local) -> Result<Vec<Recorded>, RehearsalError> {
        let states = States::of(self.folder.path(), self.subject.environment);
        for (state, template) in self.subject.recorded {
            states.put(state, template).map_err(|error| RehearsalError::Records(error.to_string()))?;
        }
        refresh::refresh(local, &states, "", None)
            .map_err(|error| RehearsalError::Records(error.to_string()))?;
        states.all().map_err(|error| RehearsalError::Records(error.to_string()))
    }

    fn seed(&self) -> PathBuf {
        self.folder.path().join("recorded.db")
    }

    fn open(&self, path: &Path, clock: Arc<VirtualClock>) -> Result<Local, RehearsalError> {
        let options = local::Options {
            account: self.subject.account.to_owned(),
            region: self.subject.region.to_owned(),
            // What may replace is taken to replace: a rehearsal looks for the worst.
            conditional_replaces: true,
            ..local::Options::default()
        };
        Local::open(path, clock, options).map_err(|error| RehearsalError::Database(error.to_string()))
    }

    /// A copy.
    pub(super) fn world(&self) -> Result<World<'_>, RehearsalError> {
        let folder = tempfile::tempdir_in(self.folder.path())
            .map_err(|error| RehearsalError::Disk(self.folder.path().to_path_buf(), error))?;
        let path = folder.path().join("world.db");
        fs::copy(self.seed(), &path).map_err(|error| RehearsalError::Disk(path.clone(), error))?;
        let clock = Arc::new(VirtualClock::at(self.begin));
        let local = self.open(&path, Arc::clone(&clock))?;
        Ok(World { stage: self, folder, clock, local, deploys: 0 })
    }
}

/// Whatever a gate may ask for: a rehearsal shows what happens then.
fn everything(subject: &Subject<'_>, steps: &[Step]) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = subject.acknowledgements.iter().map(ToString::to_string).collect();
    for step in steps {
        let named = step.places.iter().map(|(id, place)| (id.as_str(), place.component.as_str()));
        let recorded = subject.recorded.iter().filter(|(state, _)| state.stack == step.stack);
        let known = recorded.flat_map(|(state, _)| state.resources.keys()).map(|id| (id.as_str(), ""));
        for (id, component) in named.chain(known) {
            for kind in GateKind::ALL {
                all.insert(format!("{} {}/{id}", kind.verb(), step.stack));
                all.insert(format!("{} {component}", kind.verb()));
            }
        }
        all.insert(format!("delete {}", step.stack));
    }
    all
}

/// Makes a stack as it is recorded.
fn set_up(
    local: &Local,
    clock: &dyn Clock,
    state: &StackState,
    template: &str,
) -> Result<(), RehearsalError> {
    let mut parameters: Values = state.parameters.clone();
    for (name, binding) in &state.bindings {
        let Some((producer, output)) = binding.split_once('.') else { continue };
        let live = local.describe_stack(producer)?.and_then(|stack| stack.outputs.get(output).cloned());
        if let Some(value) = live {
            parameters.insert(name.clone(), value);
        }
    }
    local
        .create_stack(&DirectRequest {
            stack: state.stack.clone(),
            template: Some(TemplateSource::Url(local.put_template(template)?)),
            parameters,
            tags: state.tags.clone(),
            capabilities: vec!["CAPABILITY_NAMED_IAM".to_owned()],
            role: None,
            token: format!("recorded-{}", state.stack),
            disable_rollback: false,
            termination_protection: state.termination_protection,
        })
        .map_err(|failure| RehearsalError::Recorded(state.stack.clone(), failure.message))?;
    for _ in 0..LOOKS {
        let stack = local.describe_stack(&state.stack)?;
        let Some(stack) = stack else { break };
        if stack.status.is_success() {
            return Ok(());
        }
        if !stack.status.is_in_progress() {
            let why = stack.status_reason.unwrap_or_else(|| stack.status.to_string());
            return Err(RehearsalError::Recorded(state.stack.clone(), why));
        }
        clock.sleep(Duration::from_secs(1));
    }
    Err(RehearsalError::Recorded(state.stack.clone(), "it does not come to an end".to_owned()))
}

/// One run's world.
pub(super) struct World<'a> {
    stage: &'a Stage<'a>,
    folder: tempfile::TempDir,
    clock: Arc<VirtualClock>,
    local: Local,
    deploys: u128,
}

impl<'a> World<'a> {
    pub(super) fn subject(&self) -> &Subject<'a> {
        &self.stage.subject
    }

    /// What is done in it.
    pub(super) fn steps(&self) -> &'a [Step] {
        &self.stage.steps
    }

    /// Lets a resource fail.
    pub(super) fn fail(&self, fault: &Fault) -> Result<(), RehearsalError> {
        Ok(self.local.add_fault(fault)?)
    }

    /// A deployment, to its end.
    pub(super) fn deploy(&mut self) -> Result<Report, RehearsalError> {
        self.deploys += 1;
        let subject = &self.stage.subject;
        let about = About {
            deploy: DeployId::of(self.clock.now(), self.deploys),
            operation: "rehearse".to_owned(),
            product: subject.product.to_owned(),
            environment: subject.environment.to_owned(),
            stage: subject.stage.to_owned(),
            account: subject.account.to_owned(),
            region: subject.region.to_owned(),
            backend: "local".to_owned(),
            caller: self.local.identity()?.arn,
            release: subject.manifest_sha256.to_owned(),
            images: Vec::new(),
            acknowledgements: Vec::new(),
            supersedes: None,
            arguments: format!("rehearse --env {}", subject.environment),
            status_arguments: format!("status --env {}", subject.environment),
        };
        let path = self.folder.path().to_path_buf();
        let (mut journal, _) = Journal::on(Box::new(Memory::default()), path.join("journal"), &NoProbe)
            .map_err(|error| RehearsalError::Database(error.to_string()))?;
        journal
            .append(&Entry::Begin(about.begin(self.steps())))
            .map_err(|error| RehearsalError::Database(error.to_string()))?;
        let evidence = Evidence {
            records: Records::of(&path),
            states: States::of(&path, subject.environment),
            intent: about.intent(self.steps()),
        };
        let mut options = Options::new(Timing::local());
        options.acknowledgements.clone_from(&self.stage.acknowledgements);
        let setting = Setting {
            backend: &self.local,
            clock: self.clock.as_ref(),
            lease: &Alone,
            probe: &NoProbe,
            control: &Unattended,
            evidence: &evidence,
            options: &options,
        };
        Ok(engine::run(setting, &about, self.steps(), &mut journal, &[], &mut Silent))
    }

    /// How a stack stands; nothing where there is none.
    pub(super) fn status(&self, stack: &str) -> Result<Option<StackStatus>, RehearsalError> {
        Ok(self.local.describe_stack(stack)?.map(|stack| stack.status))
    }

    /// What was done to each resource of a stack since the world began, in the order in which it began.
    pub(super) fn touched(&self, stack: &str) -> Result<Vec<(String, Try)>, RehearsalError> {
        if self.local.describe_stack(stack)?.is_none() {
            // It was deleted as a whole: its resources are those that were recorded.
            let recorded = self.subject().recorded.iter().find(|(state, _)| state.stack == stack);
            let all = recorded.into_iter().flat_map(|(state, _)| state.resources.keys());
            return Ok(all.map(|id| (id.clone(), Try::Delete)).collect());
        }
        let mut found: Vec<(String, Try)> = Vec::new();
        for event in self.local.stack_events(stack, None)? {
            if event.time < self.stage.begin || event.is_of_stack() {
                continue;
            }
            let point = match ResourceStatus::parse(&event.status) {
                Some(ResourceStatus::CreateInProgress) => Try::Create,
                Some(ResourceStatus::UpdateInProgress) => Try::Update,
                Some(ResourceStatus::DeleteInProgress) => Try::Delete,
                Some(_) | None => continue,
            };
            let known = found.iter().any(|known| *known == (event.logical_id.clone(), point));
            if !known {
                found.push((event.logical_id, point));
            }
        }
        Ok(found)
    }

    /// What holds data: stack, logical id and type, by physical id.
    pub(super) fn data(&self) -> Result<BTreeMap<String, (String, String, String)>, RehearsalError> {
        let mut found = BTreeMap::new();
        for stack in self.local.list_stacks("")? {
            for resource in self.local.describe_stack_resources(&stack.id)? {
                if let Some(id) = resource.physical_id.filter(|_| holds_data(&resource.resource_type)) {
                    found.insert(id, (stack.name.clone(), resource.logical_id, resource.resource_type));
                }
            }
        }
        Ok(found)
    }

    /// Physical ids of what is there, or was when a snapshot was taken of it.
    pub(super) fn kept(&self) -> Result<BTreeSet<String>, RehearsalError> {
        let live = self.local.live_resources()?.into_iter().map(|(_, id)| id);
        Ok(live.chain(self.local.snapshots()?).collect())
    }

    /// How many live resources of each type.
    pub(super) fn live(&self) -> Result<BTreeMap<String, usize>, RehearsalError> {
        let mut count = BTreeMap::new();
        for (kind, _) in self.local.live_resources()? {
            *count.entry(kind).or_default() += 1;
        }
        Ok(count)
    }
}

/// The only one who deploys here.
struct Alone;

impl Lease for Alone {
    fn check(&self) -> Result<(), NoLease> {
        Ok(())
    }
}

/// A journal that nobody will read.
#[derive(Default)]
struct Memory(Vec<u8>);

impl Medium for Memory {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.0.clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, length: usize) -> io::Result<()> {
        self.0.truncate(length);
        Ok(())
    }
}
