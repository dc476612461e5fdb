//! What every fault is let loose on: one stack that is made, one that is changed, one whose change fails, and six that
//! take values of each other.

use crate::fake::Fault;
use crate::harness::{Sample, World, one, release};
use serde_json::{Value, json};
use solc_cmdb::sha256;
use solc_deploy::engine::{Exit, Report};
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub(crate) type Files = BTreeMap<String, String>;

pub(crate) const TOPIC: &str = "AWS::SNS::Topic";
pub(crate) const TABLE: &str = "AWS::DynamoDB::Table";

/// Something to be deployed.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// What stands before.
    pub(crate) earlier: Vec<Files>,
    pub(crate) files: Files,
    /// How it ends where nothing goes wrong, or where what does is outlived.
    pub(crate) exit: Exit,
}

impl Scene {
    /// A world in which all that comes before is there.
    pub(crate) fn set(&self) -> World {
        let mut world = World::new();
        self.set_in(&mut world);
        world
    }

    pub(crate) fn set_in(&self, world: &mut World) {
        for earlier in &self.earlier {
            assert_eq!(world.deploy(earlier).exit(), Exit::Done, "{}", self.name);
        }
    }

    /// What becomes of it undisturbed.
    pub(crate) fn undisturbed(&self) -> World {
        let mut world = self.set();
        assert_eq!(world.deploy(&self.files).exit(), self.exit, "{}", self.name);
        world.holds(self.name);
        world
    }
}

/// Six stacks: two tiers that fan out and come together, the tables in the middle.
pub(crate) fn six(version: &str) -> Files {
    let topic = || json!({ "Version": version });
    let table = |name: &str| json!({ "Name": name, "Version": version });
    release(&[
        Sample { name: "net", after: &[], resources: &[("Topic", TOPIC, topic())] },
        Sample { name: "orders", after: &["net"], resources: &[("Orders", TABLE, table("orders"))] },
        Sample { name: "stock", after: &["net"], resources: &[("Stock", TABLE, table("stock"))] },
        Sample { name: "api", after: &["orders", "stock"], resources: &[("Queue", TOPIC, topic())] },
        Sample { name: "jobs", after: &["orders"], resources: &[("Jobs", TOPIC, topic())] },
        Sample { name: "edge", after: &["api", "jobs"], resources: &[("Edge", TOPIC, topic())] },
    ])
}

fn thing(properties: Value) -> Files {
    one(TOPIC, properties)
}

/// A release in which the template of one stack is another.
pub(crate) fn with_template(mut files: Files, stack: &str, change: impl Fn(&mut Value)) -> Files {
    let file = format!("{stack}.template.json");
    let mut template: Value = serde_json::from_str(&files[&file]).expect("JSON");
    change(&mut template);
    let text = template.to_string();
    let mut manifest: Value = serde_json::from_str(&files["manifest.json"]).expect("JSON");
    let stacks = manifest["stacks"].as_array_mut().expect("stacks");
    let of_it = stacks.iter_mut().find(|described| described["name"] == stack).expect("there");
    of_it["sha256"] = sha256(text.as_bytes()).into();
    files.insert(file, text);
    files.insert("manifest.json".into(), manifest.to_string());
    files
}

/// The four.
pub(crate) fn all() -> Vec<Scene> {
    vec![
        Scene {
            name: "one stack created",
            earlier: Vec::new(),
            files: one(TABLE, json!({"Name": "one", "Version": "1"})),
            exit: Exit::Done,
        },
        Scene {
            name: "one stack updated",
            earlier: vec![thing(json!({"Version": "1"}))],
            files: thing(json!({"Version": "2"})),
            exit: Exit::Done,
        },
        Scene {
            name: "a failing update",
            earlier: vec![thing(json!({"Version": "1"}))],
            files: thing(json!({"Fail": "no"})),
            exit: Exit::Failed,
        },
        Scene { name: "six stacks updated", earlier: vec![six("1")], files: six("2"), exit: Exit::Done },
    ]
}

/// What each scene comes to where nothing goes wrong.
fn undisturbed() -> &'static [Vec<(String, String, String)>] {
    static TRUTHS: OnceLock<Vec<Vec<(String, String, String)>>> = OnceLock::new();
    TRUTHS.get_or_init(|| all().iter().map(|scene| scene.undisturbed().truth()).collect())
}

/// What a scene comes to while `disturb` goes wrong, which must be what it comes to without.
pub(crate) fn outlived(what: &str, disturb: impl Fn(&mut World)) -> usize {
    let mut scenarios = 0;
    for (scene, undisturbed) in all().iter().zip(undisturbed()) {
        let mut world = scene.set();
        disturb(&mut world);
        let report = finished(&mut world, &scene.files);
        let name = format!("{what}: {}", scene.name);
        assert_eq!(report.exit(), scene.exit, "{name}: {report:#?}");
        assert_eq!(world.truth(), *undisturbed, "{name}");
        world.holds(&name);
        scenarios += 1;
    }
    scenarios
}

/// Deploys, and goes on for as long as something is left to be gone on with.
pub(crate) fn finished(world: &mut World, files: &Files) -> Report {
    let mut report = world.deploy(files);
    for _ in 0..20 {
        let Some(id) = world.unfinished() else { break };
        world.fake.state().faults.clear();
        report = world.run(&id);
    }
    report
}

/// So many times the same.
pub(crate) fn times(fault: &Fault, many: usize) -> Vec<Fault> {
    vec![fault.clone(); many]
}
