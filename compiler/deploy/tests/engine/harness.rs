//! One deployment after another on the fake, with folders for its journal and records.
//!
//! `World::deploy` runs one to its end; `World::deploy_dying` lets it die at a point and leaves what was durable;
//! `World::resume` goes on with a new engine. `World::holds` checks what must hold after all of it.

use crate::fake::Fake;
use crate::invariants;
use crate::witness::Disk;
use serde_json::{Value, json};
use solc_cmdb::{Records, StackState, States, sha256};
use solc_deploy::backend::Backend as _;
use solc_deploy::clock::{Clock as _, Timestamp, VirtualClock};
use solc_deploy::engine::step::{self, Step};
use solc_deploy::engine::{
    self, About, Control, Evidence, Exit, Halt, Notice, Observer, Options, Report, Setting, StepReport,
    Timing, Wish,
};
use solc_deploy::id::DeployId;
use solc_deploy::journal::{Deploys, Entry, Journal};
use solc_deploy::lease::{FileLease, Lease};
use solc_deploy::plan::Plan;
use solc_deploy::probe::{Died, NoProbe, Point, Probe};
use solc_deploy::release::Release;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Something that must never be seen in a journal, a record or a notice. Every output is made of it.
pub(crate) const CANARY: &str = "canary-7f3a9";

/// When every world begins.
const START: u64 = 1_790_000_000_000;

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) fake: Fake,
    pub(crate) options: Options,
    pub(crate) probe: Box<dyn Probe>,
    pub(crate) control: Box<dyn Control>,
    /// What stands in place of the file that says who holds the environment.
    pub(crate) lease: Option<Box<dyn Lease>>,
    /// What was told so far.
    pub(crate) heard: Vec<String>,
    /// How the last run of each deployment ended.
    pub(crate) exits: BTreeMap<DeployId, Exit>,
    /// How many runs there were, and when the first began.
    pub(crate) runs: u32,
    pub(crate) began: Timestamp,
    pub(crate) deploys: u128,
    /// Those that take everything down.
    destroys: BTreeSet<DeployId>,
}

/// Dies at the `n`th point.
pub(crate) struct DieAt(pub(crate) usize, AtomicUsize);

impl DieAt {
    pub(crate) fn new(point: usize) -> Self {
        Self(point, AtomicUsize::new(0))
    }
}

impl Probe for DieAt {
    fn reach(&self, _: Point<'_>) -> Result<(), Died> {
        // Who died reaches no further point.
        if self.1.fetch_add(1, Ordering::SeqCst) + 1 >= self.0 { Err(Died) } else { Ok(()) }
    }
}

/// Dies at a point, and knows how long the latest journal was when it was synced last.
pub(crate) struct PowerLoss {
    die: DieAt,
    deploys: Deploys,
    pub(crate) synced: Arc<AtomicUsize>,
}

impl PowerLoss {
    pub(crate) fn at(point: usize, world: &World) -> Self {
        Self { die: DieAt::new(point), deploys: world.deploys(), synced: Arc::default() }
    }
}

impl Probe for PowerLoss {
    fn reach(&self, point: Point<'_>) -> Result<(), Died> {
        if point == Point::AfterSync {
            let latest = self.deploys.all().expect("readable").remove(0).id;
            let journal = self.deploys.folder(&latest).join("journal");
            let length = fs::metadata(journal).expect("there").len();
            self.synced.store(usize::try_from(length).expect("small"), Ordering::SeqCst);
        }
        self.die.reach(point)
    }
}

/// Counts points.
#[derive(Clone, Default)]
pub(crate) struct Count(pub(crate) Arc<AtomicUsize>);

impl Probe for Count {
    fn reach(&self, _: Point<'_>) -> Result<(), Died> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Wants something from the `n`th look on.
pub(crate) struct WishAt(pub(crate) usize, pub(crate) Wish, pub(crate) AtomicUsize);

impl Control for WishAt {
    fn wish(&self) -> Wish {
        if self.2.fetch_add(1, Ordering::SeqCst) >= self.0 { self.1 } else { Wish::GoOn }
    }
}

struct Ear<'a>(&'a mut Vec<String>);

impl Observer for Ear<'_> {
    fn notice(&mut self, _: Timestamp, notice: &Notice<'_>) {
        // The outputs are shown at the end, to who deploys; nowhere else may a value appear.
        let heard = match notice {
            Notice::Over { report } => {
                let report = StepReport { outputs: BTreeMap::new(), ..(*report).clone() };
                format!("{report:?}")
            }
            notice => format!("{notice:?}"),
        };
        self.0.push(heard);
    }
}

/// A stack: its name, what it depends on, and its resources with a property each.
pub(crate) struct Sample<'a> {
    pub(crate) name: &'a str,
    pub(crate) after: &'a [&'a str],
    pub(crate) resources: &'a [(&'a str, &'a str, Value)],
}

/// A release of such stacks. Each gives out `Out`, and takes that of those before it.
pub(crate) fn release(samples: &[Sample<'_>]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut stacks = Vec::new();
    let mut map = BTreeMap::new();
    for sample in samples {
        let resources: BTreeMap<&str, Value> = sample
            .resources
            .iter()
            .map(|(name, kind, properties)| {
                let kept = if kind.contains("Table") { "RetainExceptOnCreate" } else { "Delete" };
                (*name, json!({"Type": kind, "DeletionPolicy": kept, "Properties": properties}))
            })
            .collect();
        let parameters: BTreeMap<String, Value> = sample
            .after
            .iter()
            .map(|name| (format!("{name}Out"), json!({"stack": name, "output": "Out"})))
            .collect();
        let declared: BTreeMap<&String, Value> =
            parameters.keys().map(|name| (name, json!({"Type": "String"}))).collect();
        let template = json!({
            "Resources": resources,
            "Parameters": declared,
            "Outputs": {"Out": {"Value": format!("{CANARY} of {}", sample.name)}},
        })
        .to_string();
        let places: BTreeMap<&str, Value> = sample
            .resources
            .iter()
            .map(|(name, ..)| {
                let component = format!("shop.{}", name.to_lowercase());
                (
                    *name,
                    json!({"component": component, "instance": "shop.sol:3:5", "resource": "std:x.sol:1:1"}),
                )
            })
            .collect();
        map.insert(sample.name, places);
        stacks.push(json!({
            "name": sample.name, "solution": "shop", "layer": "data", "depends_on": sample.after,
            "parameters": parameters, "outputs": ["Out"], "capabilities": [], "tags": {"product": "shop"},
            "termination_protection": true, "template": format!("{}.template.json", sample.name),
            "sha256": sha256(template.as_bytes()),
        }));
        files.insert(format!("{}.template.json", sample.name), template);
    }
    let manifest = json!({
        "schema_version": 1, "product": "shop", "environment": "integration", "stage": "integration",
        "region": "fake-1", "account": {"id": "111122223333", "name": "dev"}, "images": [], "outputs": [],
        "stacks": stacks,
    });
    files.insert("manifest.json".into(), manifest.to_string());
    files.insert("source-map.json".into(), serde_json::to_string(&map).expect("JSON"));
    files
}

/// Three stacks: `a`, `b` on it with a table, `c` on both.
pub(crate) fn three(version: &str) -> BTreeMap<String, String> {
    let topic = || json!({ "Version": version });
    release(&[
        Sample { name: "a", after: &[], resources: &[("Topic", "AWS::SNS::Topic", topic())] },
        Sample {
            name: "b",
            after: &["a"],
            resources: &[("Table", "AWS::DynamoDB::Table", json!({"Name": "one", "Version": version}))],
        },
        Sample { name: "c", after: &["a", "b"], resources: &[("Queue", "AWS::SNS::Topic", topic())] },
    ])
}

/// One stack with one resource of these properties.
pub(crate) fn one(kind: &str, properties: Value) -> BTreeMap<String, String> {
    release(&[Sample { name: "a", after: &[], resources: &[("Thing", kind, properties)] }])
}

/// A folder in memory, where the system has such: thousands of syncs need no disk.
fn folder() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(VirtualClock::at(Timestamp(START)));
        Self {
            folder: folder().expect("a folder"),
            fake: Fake::new(clock.clone()),
            clock,
            options: Options::new(Timing::service()),
            probe: Box::new(NoProbe),
            control: Box::new(engine::Unattended),
            lease: None,
            heard: Vec::new(),
            exits: BTreeMap::new(),
            runs: 0,
            began: Timestamp(START),
            deploys: 0,
            destroys: BTreeSet::new(),
        }
    }

    pub(crate) fn deploys(&self) -> Deploys {
        Deploys::of(&self.folder.path().join("deploys"))
    }

    pub(crate) fn states(&self) -> Vec<StackState> {
        let states = States::of(self.folder.path(), "integration").all().expect("states");
        states.into_iter().map(|(state, _)| state).collect()
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
            backend: "fake".into(),
            caller: self.fake.identity().expect("known").arn,
            release: release.sha256.clone(),
            images: Vec::new(),
            acknowledgements: self.options.acknowledgements.iter().cloned().collect(),
            supersedes: None,
            arguments: "deploy shop --env integration".into(),
            status_arguments: "status shop --env integration".into(),
        }
    }

    /// A new deployment.
    pub(crate) fn deploy(&mut self, files: &BTreeMap<String, String>) -> Report {
        self.deploys += 1;
        let id = DeployId::of(self.clock.now(), self.deploys);
        // What runs is durable before the first point is counted.
        let journal = self.deploys().create(&id, files, &NoProbe).expect("a journal");
        drop(journal);
        self.run(&id)
    }

    fn steps(&self, release: &Release) -> Vec<Step> {
        let recorded = States::of(self.folder.path(), "integration").all().expect("states");
        let plan = Plan::new(release, &recorded).expect("a plan");
        step::of_plan(&plan, release, &self.states())
    }

    /// Whether one is left to be resumed.
    pub(crate) fn unfinished(&self) -> Option<DeployId> {
        self.deploys().latest_unfinished("integration").expect("readable")
    }

    /// Goes on with one, in another process.
    pub(crate) fn run(&mut self, id: &DeployId) -> Report {
        let deploys = self.deploys();
        let files = deploys.release(id).expect("kept");
        let release = Release::read(&files).expect("whole");
        let steps: Vec<Step> = if self.destroys.contains(id) {
            step::of_destruction(&self.states())
        } else {
            self.steps(&release)
        };
        self.run_steps(id, &release, &steps)
    }

    /// Takes everything down that is recorded.
    pub(crate) fn destroy(&mut self, files: &BTreeMap<String, String>) -> Report {
        self.deploys += 1;
        let id = DeployId::of(self.clock.now(), self.deploys);
        drop(self.deploys().create(&id, files, &NoProbe).expect("a journal"));
        self.destroys.insert(id.clone());
        self.run(&id)
    }

    fn run_steps(&mut self, id: &DeployId, release: &Release, steps: &[Step]) -> Report {
        let deploys = self.deploys();
        let about = self.about(release, id);
        let (mut journal, history) = deploys.open(id, &NoProbe).expect("readable");
        if history.is_empty() {
            journal.append(&Entry::Begin(about.begin(steps))).expect("written");
            journal.sync().expect("durable");
        }
        drop(journal);
        let path = deploys.folder(id).join("journal");
        let disk = Disk::open(&path, self.fake.witness.clone()).expect("free");
        let (mut journal, history) =
            Journal::on(Box::new(disk), path, self.probe.as_ref()).expect("readable");
        let begun = history.iter().find_map(Entry::as_begin).expect("begun").acknowledgements.clone();
        let leases = self.folder.path().join("leases");
        let own = FileLease::take(&leases, "integration", id.as_str(), "test").expect("free");
        let held = (leases.join("integration.json"), id.to_string());
        self.fake.witness.another(self.lease.is_none().then_some(held));
        assert!(
            FileLease::take(&leases, "integration", "another", "test").is_err(),
            "I10: nobody else may have it meanwhile"
        );
        let evidence = Evidence {
            records: Records::of(self.folder.path()),
            states: States::of(self.folder.path(), "integration"),
            // What was acknowledged when it was begun stays recorded, whatever is when it is resumed.
            intent: About { acknowledgements: begun, ..about.clone() }.intent(steps),
        };
        let setting = Setting {
            backend: &self.fake,
            clock: self.clock.as_ref(),
            lease: self.lease.as_deref().unwrap_or(&own),
            probe: self.probe.as_ref(),
            control: self.control.as_ref(),
            evidence: &evidence,
            options: &self.options,
        };
        let mut heard = Vec::new();
        let report = engine::run(setting, &about, steps, &mut journal, &history, &mut Ear(&mut heard));
        heard.push(format!("{:?} {:?}", report.warnings, report.halt));
        drop(journal);
        self.runs += 1;
        if report.halt != Some(Halt::Died) {
            self.exits.insert(id.clone(), report.exit());
        }
        invariants::of_report(&self.fake, &report);
        invariants::says_no_secret("what is told", &heard.join("\n"));
        self.heard.extend(heard);
        report
    }

    /// What the stacks are now: names, statuses, templates and outputs.
    pub(crate) fn truth(&self) -> Vec<(String, String, String)> {
        let state = self.fake.state();
        let mut all: Vec<_> = state
            .stacks
            .iter()
            .filter(|stack| stack.status != solc_deploy::backend::StackStatus::DeleteComplete)
            .map(|stack| {
                (
                    stack.name.clone(),
                    stack.status.to_string(),
                    format!("{} {:?}", stack.template, stack.outputs),
                )
            })
            .collect();
        all.sort();
        all
    }
}

pub(crate) fn files_below(folder: PathBuf) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
