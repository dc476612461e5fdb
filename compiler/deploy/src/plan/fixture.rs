//! Releases and records for tests: small, and with invented values.
//!
//! Invariant: what [`recorded`] writes of a release is what deploying it would leave behind, so that planning the same
//! release against it changes nothing.

#![expect(clippy::needless_pass_by_value, reason = "`json!` reads best where it is handed over")]

use super::{Plan, Recorded};
use crate::release::{Binding, Place, Release, ReleaseStack};
use serde_json::{Value, json};
use solc_cmdb::{StackState, States, canonical, sha256};
use std::collections::BTreeMap;

/// A stack: its name, its resources and outputs, and what its parameters are bound to.
pub(super) fn stack(name: &str, resources: Value, outputs: Value, bound: &[(&str, &str)]) -> ReleaseStack {
    let parameters: BTreeMap<String, Binding> = bound
        .iter()
        .map(|(parameter, from)| {
            let (stack, output) = from.split_once('.').expect("`stack.output`");
            ((*parameter).to_owned(), Binding { stack: stack.to_owned(), output: output.to_owned() })
        })
        .collect();
    let declared: Value = parameters.keys().map(|p| (p.clone(), json!({ "Type": "String" }))).collect();
    let outputs: Value = outputs
        .as_object()
        .expect("outputs")
        .iter()
        .map(|(name, value)| (name.clone(), json!({ "Value": value })))
        .collect();
    let content = json!({ "Outputs": outputs, "Parameters": declared, "Resources": resources });
    let template = canonical::to_string(&content).expect("JSON");
    let mut depends_on: Vec<String> = parameters.values().map(|b| b.stack.clone()).collect();
    depends_on.sort();
    depends_on.dedup();
    let places = content["Resources"].as_object().expect("resources").keys().map(|id| {
        let instance = "shop-config/solutions/shop.sol:17:3".to_owned();
        (
            id.clone(),
            Place { component: format!("shop.{}", id.to_lowercase()), instance, resource: String::new() },
        )
    });
    ReleaseStack {
        name: name.to_owned(),
        solution: "shop".to_owned(),
        layer: "data".to_owned(),
        depends_on,
        parameters,
        outputs: outputs.as_object().expect("outputs").keys().cloned().collect(),
        capabilities: Vec::new(),
        tags: [
            ("product".to_owned(), "shop".to_owned()),
            ("environment".to_owned(), "preproduction".to_owned()),
        ]
        .into(),
        termination_protection: false,
        sha256: sha256(template.as_bytes()),
        places: places.collect(),
        template,
        content,
    }
}

/// A release of these stacks.
pub(super) fn release(stacks: Vec<ReleaseStack>) -> Release {
    Release {
        product: "shop".to_owned(),
        environment: "preproduction".to_owned(),
        stage: "preproduction".to_owned(),
        account: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        images: Vec::new(),
        outputs: Vec::new(),
        stacks,
        moved: Vec::new(),
        sha256: "00".to_owned(),
    }
}

/// What deploying the release would leave behind.
pub(super) fn recorded(release: &Release) -> Vec<Recorded> {
    let mut outputs: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::new();
    for stack in &release.stacks {
        let parameters: BTreeMap<String, String> = stack
            .parameters
            .iter()
            .map(|(name, from)| (name.clone(), outputs[&format!("{}.{}", from.stack, from.output)].clone()))
            .collect();
        let own: BTreeMap<String, String> = stack.content["Outputs"]
            .as_object()
            .expect("outputs")
            .iter()
            .map(|(name, output)| {
                let known = output["Value"].as_str().map(str::to_owned);
                (name.clone(), known.unwrap_or_else(|| format!("value of {}.{name}", stack.name)))
            })
            .collect();
        outputs.extend(own.iter().map(|(name, value)| (format!("{}.{name}", stack.name), value.clone())));
        let resources = stack.content["Resources"].as_object().expect("resources");
        let bindings = stack.parameters.iter().map(|(p, b)| (p.clone(), format!("{}.{}", b.stack, b.output)));
        let state = StackState {
            schema_version: States::schema_version(),
            stack: stack.name.clone(),
            id: format!("arn:aws:cloudformation:::stack/{}", stack.name),
            status: "CREATE_COMPLETE".to_owned(),
            depends_on: stack.depends_on.clone(),
            parameters,
            bindings: bindings.collect(),
            outputs: own,
            tags: stack.tags.clone(),
            termination_protection: stack.termination_protection,
            template_sha256: stack.sha256.clone(),
            operation: "01".to_owned(),
            manifest_sha256: release.sha256.clone(),
            resources: resources.keys().map(|id| (id.clone(), format!("physical-{id}"))).collect(),
            retained: BTreeMap::new(),
        };
        all.push((state, stack.template.clone()));
    }
    all
}

/// The plan from one release to another.
pub(super) fn plan(old: &Release, new: &Release) -> Plan {
    Plan::new(new, &recorded(old)).expect("the records are sound")
}

/// The plan from one stack to another by the same name.
pub(super) fn one(old: Value, new: Value) -> Plan {
    let of = |resources| release(vec![stack("a", resources, json!({}), &[])]);
    plan(&of(old), &of(new))
}
