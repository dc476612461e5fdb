//! More than a day of watching fifty stacks takes no more memory at its end than at its beginning.
//!
//! `service.rs` is a service that keeps nothing: what it answers follows from the time. The clock is turned by hand, and
//! what is allocated is counted, not timed.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the whole crate is tests; clippy knows only functions marked so"
)]

mod service;

use peak_alloc::PeakAlloc;
use serde_json::json;
use service::{SPAN, Slow};
use solc_cmdb::{Records, States, sha256};
use solc_deploy::clock::{Clock as _, Timestamp, VirtualClock};
use solc_deploy::engine::{
    self, About, Control, Evidence, Exit, Options, Setting, Silent, Timing, Wish, step,
};
use solc_deploy::id::DeployId;
use solc_deploy::journal::{Deploys, Entry};
use solc_deploy::lease::FileLease;
use solc_deploy::probe::NoProbe;
use solc_deploy::release::Release;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const START: u64 = 1_790_000_000_000;
const STACKS: usize = 50;
const QUARTER: u64 = 900_000;
/// So often do all that run come to their end, where eight run at once.
const ROUNDS: usize = 7;
/// Quarters of an hour in a round, and in all of it.
const QUARTERS: usize = 16;
const ALL: usize = ROUNDS * QUARTERS + 2;
/// The most that may be added from the second quarter of a round to its last but one: less than a byte for each event.
const GROWTH: usize = 1_024;
/// The most that a stack leaves behind when it is over, in its report.
const LEFT: usize = 4_096;

/// Looks at the memory four times an hour.
struct Gauge {
    clock: Arc<VirtualClock>,
    quarters: [AtomicUsize; ALL],
}

impl Control for Gauge {
    fn wish(&self) -> Wish {
        let quarter = usize::try_from((self.clock.now().0 - START) / QUARTER).expect("few");
        if let Some(seen) = self.quarters.get(quarter) {
            let _ = seen.compare_exchange(0, MEMORY.current_usage(), Ordering::Relaxed, Ordering::Relaxed);
        }
        Wish::GoOn
    }
}

fn files() -> BTreeMap<String, String> {
    let template = json!({
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"Out": {"Value": "out"}},
    })
    .to_string();
    let mut files = BTreeMap::new();
    let mut stacks = Vec::new();
    for number in 0..STACKS {
        let name = format!("s{number}");
        stacks.push(json!({
            "name": name, "solution": "shop", "layer": "data", "depends_on": [], "parameters": {},
            "outputs": ["Out"], "capabilities": [], "tags": {}, "termination_protection": false,
            "template": format!("{name}.template.json"), "sha256": sha256(template.as_bytes()),
        }));
        files.insert(format!("{name}.template.json"), template.clone());
    }
    let manifest = json!({
        "schema_version": 1, "product": "shop", "environment": "integration", "stage": "integration",
        "region": "slow-1", "account": {"id": "111122223333", "name": "dev"}, "images": [], "outputs": [],
        "stacks": stacks,
    });
    files.insert("manifest.json".into(), manifest.to_string());
    files.insert("source-map.json".into(), "{}".into());
    files
}

#[test]
fn watching_fifty_stacks_for_a_day_takes_no_more_memory() {
    let clock = Arc::new(VirtualClock::at(Timestamp(START)));
    let gauge = Gauge { clock: clock.clone(), quarters: std::array::from_fn(|_| AtomicUsize::new(0)) };
    let service = Slow::new(clock.clone(), STACKS);
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(&folder.path().join("deploys"));
    let id = DeployId::of(clock.now(), 1);
    let release = Release::read(&files()).expect("whole");
    drop(deploys.create(&id, &files(), &NoProbe).expect("a journal"));
    let about = About {
        deploy: id.clone(),
        operation: "deploy".into(),
        product: release.product.clone(),
        environment: release.environment.clone(),
        stage: release.stage.clone(),
        account: release.account.clone(),
        region: release.region.clone(),
        backend: "slow".into(),
        caller: "test".into(),
        release: release.sha256.clone(),
        images: Vec::new(),
        acknowledgements: Vec::new(),
        supersedes: None,
        arguments: "deploy shop --env integration".into(),
        status_arguments: "status shop --env integration".into(),
    };
    let steps = step::of_release(&release, &[]);
    let (mut journal, _) = deploys.open(&id, &NoProbe).expect("readable");
    journal.append(&Entry::Begin(about.begin(&steps))).expect("written");
    let lease =
        FileLease::take(&folder.path().join("leases"), "integration", id.as_str(), "test").expect("free");
    let evidence = Evidence {
        records: Records::of(folder.path()),
        states: States::of(folder.path(), "integration"),
        intent: about.intent(&steps),
    };
    let options = Options::new(Timing::service());
    let setting = Setting {
        backend: &service,
        clock: clock.as_ref(),
        lease: &lease,
        probe: &NoProbe,
        control: &gauge,
        evidence: &evidence,
        options: &options,
    };
    let report = engine::run(setting, &about, &steps, &mut journal, &[], &mut Silent);
    assert_eq!(report.exit(), Exit::Done);
    assert!(clock.now().0 >= START + u64::try_from(ROUNDS).expect("few") * SPAN, "it took a day");
    assert!(service.read() > STACKS * 200, "{} events were read", service.read());

    let at = |round: usize, quarter: usize| {
        let seen = gauge.quarters.get(round * QUARTERS + quarter).expect("within").load(Ordering::Relaxed);
        assert!(seen > 0, "round {round}, quarter {quarter} was looked at");
        seen
    };
    for round in 0..ROUNDS {
        let (early, late) = (at(round, 2), at(round, QUARTERS - 2));
        assert!(late <= early + GROWTH, "round {round}: {early} bytes became {late}");
    }
    let (first, last) = (at(0, 2), at(ROUNDS - 1, QUARTERS - 2));
    assert!(last <= first + STACKS * LEFT, "{first} bytes became {last}");
}
