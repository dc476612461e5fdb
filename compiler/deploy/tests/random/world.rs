//! A product's account on the embedded CloudFormation, a virtual clock, and a folder for journals, records and state.
//!
//! Invariant: a deployment that dies is resumed by another engine, with nothing but the folder.

use super::model::{Kind, Mishap, Model, logical_id, stack_name};
use serde_json::Value;
use solc_cmdb::{Records, StackState, States};
use solc_deploy::backend::{Backend as _, StackStatus};
use solc_deploy::clock::{Clock as _, Timestamp, VirtualClock};
use solc_deploy::engine::{
    self, About, Evidence, Halt, Options, Report, Setting, Silent, Step, Timing, Unattended, step,
};
use solc_deploy::id::DeployId;
use solc_deploy::journal::{Deploys, Entry};
use solc_deploy::lease::FileLease;
use solc_deploy::local::{self, Fault, Injected, Local};
use solc_deploy::plan::Plan;
use solc_deploy::probe::{Died, NoProbe, Point, Probe};
use solc_deploy::release::Release;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ENVIRONMENT: &str = "integration";

pub(crate) struct World {
    folder: tempfile::TempDir,
    clock: Arc<VirtualClock>,
    cloud: Local,
    deploys: u128,
    /// Whatever may be asked for, of every model so far.
    acknowledged: BTreeSet<String>,
    /// What a report said that it could not delete after an update that succeeded: the service lets it go.
    leaked: BTreeSet<(String, String)>,
}

/// Dies at one point, and is dead afterwards.
struct DieAt {
    left: AtomicUsize,
}

impl Probe for DieAt {
    fn reach(&self, _: Point<'_>) -> Result<(), Died> {
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => Ok(()),
            Err(_) => Err(Died),
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(VirtualClock::at(Timestamp(1_767_225_600_000)));
        let cloud =
            Local::in_memory(Arc::clone(&clock) as Arc<_>, local::Options::default()).expect("a cloud");
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, clock, cloud, deploys: 0, acknowledged: BTreeSet::new(), leaked: BTreeSet::new() }
    }

    /// Deploys a model, dying at a point where one is given, and resuming until it no longer dies.
    pub(crate) fn deploy(&mut self, model: &Model, dies_at: Option<usize>) -> Report {
        self.acknowledged.extend(Model::acknowledgements(&[model]));
        self.deploys += 1;
        let id = DeployId::of(self.clock.now(), self.deploys);
        let deploys = Deploys::of(&self.folder.path().join("deploys"));
        drop(deploys.create(&id, &model.files(), &NoProbe).expect("a journal"));
        let died = dies_at.map(|point| self.run(&deploys, &id, &DieAt { left: AtomicUsize::new(point) }));
        let report = match died {
            Some(report) if report.halt != Some(Halt::Died) => report,
            Some(_) | None => self.run(&deploys, &id, &NoProbe),
        };
        for step in &report.steps {
            let leaked = step.leaked.iter();
            self.leaked.extend(
                leaked.map(|r| (format!("{}/{}", step.stack, r.logical_id), r.resource_type.clone())),
            );
        }
        report
    }

    fn run(&self, deploys: &Deploys, id: &DeployId, probe: &dyn Probe) -> Report {
        let files = deploys.release(id).expect("kept");
        let release = Release::read(&files).expect("whole");
        let states = States::of(self.folder.path(), ENVIRONMENT);
        let recorded = states.all().expect("states");
        let about = self.about(&release, id);
        let plan = Plan::new(&release, &recorded).expect("a plan");
        let known: Vec<StackState> = recorded.into_iter().map(|(state, _)| state).collect();
        let steps: Vec<Step> = step::of_plan(&plan, &release, &known);
        let (mut journal, history) = deploys.open(id, &NoProbe).expect("readable");
        if history.is_empty() {
            journal.append(&Entry::Begin(about.begin(&steps))).expect("written");
            journal.sync().expect("durable");
        }
        drop(journal);
        let (mut journal, history) = deploys.open(id, probe).expect("readable");
        let lease = FileLease::take(&self.folder.path().join("leases"), ENVIRONMENT, id.as_str(), "test")
            .expect("free");
        let evidence =
            Evidence { records: Records::of(self.folder.path()), states, intent: about.intent(&steps) };
        let mut options = Options::new(Timing::local());
        options.acknowledgements.clone_from(&self.acknowledged);
        let setting = Setting {
            backend: &self.cloud,
            clock: self.clock.as_ref(),
            lease: &lease,
            probe,
            control: &Unattended,
            evidence: &evidence,
            options: &options,
        };
        engine::run(setting, &about, &steps, &mut journal, &history, &mut Silent)
    }

    fn about(&self, release: &Release, id: &DeployId) -> About {
        About {
            deploy: id.clone(),
            operation: "deploy".into(),
            product: release.product.clone(),
            environment: release.environment.clone(),
            stage: release.stage.clone(),
            account: release.account.clone(),
            region: release.region.clone(),
            backend: "local".into(),
            caller: "test".into(),
            release: release.sha256.clone(),
            images: Vec::new(),
            acknowledgements: self.acknowledged.iter().cloned().collect(),
            supersedes: None,
            arguments: "deploy shop --env integration".into(),
            status_arguments: "status shop --env integration".into(),
        }
    }

    pub(crate) fn let_happen(&self, mishaps: &[Mishap], model: &Model) {
        for mishap in mishaps {
            match mishap {
                // One that names nothing of the model may still name what goes.
                Mishap::Resource { stack, resource, at } => self
                    .cloud
                    .add_fault(&Fault {
                        stack: stack_name(*stack),
                        logical_id: logical_id(*resource),
                        at: *at,
                        times: 1,
                        reason: format!("made to fail, of {} stacks", model.0.len()),
                    })
                    .expect("a fault"),
                Mishap::Request { operation, skip, times, what } => self
                    .cloud
                    .inject(&Injected {
                        operation: (*operation).to_owned(),
                        skip: *skip,
                        times: *times,
                        what: *what,
                    })
                    .expect("a fault"),
            }
        }
    }

    /// The account has what the model says, and nothing else but what holds data.
    #[track_caller]
    pub(crate) fn is_as(&self, model: &Model) {
        let files = model.files();
        let release = Release::read(&files).expect("whole");
        let mut stacks = self.cloud.list_stacks("").expect("listed");
        stacks.sort_by(|a, b| a.name.cmp(&b.name));
        let there: Vec<&str> = stacks.iter().map(|stack| stack.name.as_str()).collect();
        let wanted: Vec<String> = model.0.iter().map(|stack| stack_name(stack.name)).collect();
        assert_eq!(there, wanted, "stacks");
        for stack in &stacks {
            assert!(stack.status.is_success(), "{} is in {}", stack.name, stack.status);
            let wanted = release.stack(&stack.name).expect("there");
            let template = self.cloud.get_template(&stack.id).expect("there");
            let template: Value = serde_json::from_str(&template).expect("JSON");
            // A parameter that nothing reads is no change for the service: it keeps the template that it has.
            for section in ["Resources", "Outputs"] {
                assert_eq!(
                    template.get(section),
                    wanted.content.get(section),
                    "{} of {}",
                    section,
                    stack.name
                );
            }
            for (name, binding) in &wanted.parameters {
                let producer = stacks.iter().find(|s| s.name == binding.stack).expect("there");
                assert_eq!(
                    stack.parameters.get(name),
                    producer.outputs.get(&binding.output),
                    "`{name}` of {} is what {} gives",
                    stack.name,
                    binding.stack
                );
            }
            assert!(
                self.cloud
                    .list_change_sets(&stack.id)
                    .expect("listed")
                    .iter()
                    .all(|set| set.execution_status.to_string().starts_with("EXECUTE")),
                "{} has a change set that nobody will execute",
                stack.name
            );
        }
        let mut live: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, _) in self.cloud.live_resources().expect("listed") {
            *live.entry(kind).or_default() += 1;
        }
        for kind in [Kind::Queue, Kind::Topic, Kind::Parameter] {
            let resources = model.0.iter().flat_map(|stack| &stack.resources);
            let wanted = resources.filter(|resource| resource.kind == kind).count();
            let kind = kind.resource_type();
            let leaked = self.leaked.iter().filter(|(_, leaked)| leaked == kind).count();
            assert_eq!(
                live.get(kind).copied().unwrap_or_default(),
                wanted + leaked,
                "live resources of {kind}"
            );
        }
    }

    /// What holds data.
    pub(crate) fn data(&self) -> BTreeSet<String> {
        let live = self.cloud.live_resources().expect("listed").into_iter();
        live.filter(|(kind, _)| kind == Kind::Table.resource_type()).map(|(_, id)| id).collect()
    }

    /// No data is gone.
    #[track_caller]
    pub(crate) fn keeps(&self, data: &BTreeSet<String>) {
        let now = self.data();
        let gone: Vec<&String> = data.difference(&now).collect();
        assert!(gone.is_empty(), "{gone:?} held data");
    }

    /// State and records say what is: one intent and one result for each deployment.
    #[track_caller]
    pub(crate) fn is_recorded(&self) {
        let mut recorded: Vec<String> = States::of(self.folder.path(), ENVIRONMENT)
            .all()
            .expect("states")
            .into_iter()
            .inspect(|(state, _)| assert!(StackStatus::parse(&state.status).expect("known").is_success()))
            .map(|(state, _)| state.stack)
            .collect();
        let mut there: Vec<String> =
            self.cloud.list_stacks("").expect("listed").into_iter().map(|stack| stack.name).collect();
        recorded.sort();
        there.sort();
        assert_eq!(recorded, there, "what is recorded is what is there");
        let files = below(self.folder.path().join("audit"));
        let count =
            |ending: &str| files.iter().filter(|path| path.to_string_lossy().ends_with(ending)).count();
        let deploys = usize::try_from(self.deploys).expect("small");
        assert_eq!((count("intent.json"), count("result.json")), (deploys, deploys), "{files:?}");
    }
}

fn below(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found
}
