//! Between an environment in one zone and one in all of them, availability differs and security does not.
//!
//! Invariant: the list of what may differ is written by hand; everything that is not on it must be identical.

use serde_json::Value;
use solc_tests::frame::Files;
use solc_tests::{corpus, project};
use std::collections::BTreeMap;

/// What availability adds: resources for each active zone.
const ADDED: &[&str] = &["AWS::EC2::EIP", "AWS::EC2::NatGateway"];

/// What availability changes: counts and switches.
const CHANGED: &[(&str, &str)] = &[
    ("AWS::EC2::Route", "NatGatewayId"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "MaxCapacity"),
    ("AWS::RDS::DBInstance", "MultiAZ"),
];

/// What the example itself makes larger above integration, in words of its own (`if env.stage >= preproduction`).
const ASKED_FOR: &[(&str, &str)] = &[("AWS::RDS::DBInstance", "DBInstanceClass")];

/// Replaces only together with other properties, says RDS; alone it changes in place.
const CHANGES_IN_PLACE: &[(&str, &str)] = &[("AWS::RDS::DBInstance", "MultiAZ")];

/// Types that decide who may do what; nothing of them may differ.
const SECURITY: &[&str] = &[
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::KMS::Key",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::Lambda::Permission",
];

/// The example, with preproduction given integration's settings and images: what is left to differ is the language's.
fn example() -> Files {
    let mut files = corpus::example("shop");
    let paths: Vec<String> = files.keys().filter(|path| path.contains("/preproduction/")).cloned().collect();
    for path in paths.iter().filter(|path| !path.contains("/credentials/")) {
        files.remove(path);
    }
    let copies: Vec<(String, String)> = files
        .iter()
        .filter(|(path, _)| path.contains("/integration/") && !path.contains("/credentials/"))
        .map(|(path, text)| (path.replace("/integration/", "/preproduction/"), text.clone()))
        .collect();
    files.extend(copies);
    files
}

/// The resources of an environment, with what only names it taken out: its name and its network.
fn resources(output: &Files, environment: &str, network: &str) -> BTreeMap<String, Value> {
    let mut capital = environment.to_owned();
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut found = BTreeMap::new();
    for (_, text) in output
        .iter()
        .filter(|(path, _)| path.starts_with(&format!("{environment}/")) && path.ends_with(".template.json"))
    {
        let text = text
            .replace(environment, "ENVIRONMENT")
            .replace(&capital, "Environment")
            .replace(network, "10.N.");
        let template: Value = serde_json::from_str(&text).expect("a template is JSON");
        for (id, resource) in template["Resources"].as_object().expect("a template has resources") {
            found.insert(without_hash(id), resource.clone());
        }
    }
    assert!(found.len() > 100, "{environment} has only {} resources", found.len());
    found
}

/// A logical id without the hash that stands for the characters it could not keep.
fn without_hash(id: &str) -> String {
    let cut = id.len().saturating_sub(7);
    match (id.get(..cut), id.get(cut..)) {
        (Some(front), Some(hash))
            if hash.starts_with('X')
                && hash.chars().skip(1).all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) =>
        {
            front.to_owned()
        }
        _ => id.to_owned(),
    }
}

/// Dotted paths at which two values differ; `*` for elements.
fn differences(a: &Value, b: &Value, path: &str, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let names: std::collections::BTreeSet<&String> = x.keys().chain(y.keys()).collect();
            for name in names {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                differences(
                    x.get(name).unwrap_or(&Value::Null),
                    y.get(name).unwrap_or(&Value::Null),
                    &below,
                    found,
                );
            }
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            for (x, y) in x.iter().zip(y) {
                differences(x, y, &format!("{path}.*"), found);
            }
        }
        _ if a == b => {}
        _ => found.push(path.to_owned()),
    }
}

fn listed(list: &[(&str, &str)], resource_type: &str, path: &str) -> bool {
    list.iter().any(|(ty, property)| {
        *ty == resource_type && (path == *property || path.starts_with(&format!("{property}.")))
    })
}

fn touches(rule: &str, path: &str) -> bool {
    rule.split('.').zip(path.split('.')).all(|(r, p)| r == "*" || p == "*" || r == p)
}

/// `(type, logical id, path of what differs; empty for the whole resource)`.
fn between() -> Vec<(String, String, String)> {
    let output = project::output(&project::build(&example()));
    let integration = resources(&output, "integration", "10.10.");
    let preproduction = resources(&output, "preproduction", "10.20.");
    let mut all = Vec::new();
    let ids: std::collections::BTreeSet<&String> = integration.keys().chain(preproduction.keys()).collect();
    for id in ids {
        match (integration.get(id), preproduction.get(id)) {
            (Some(a), Some(b)) => {
                let ty = a["Type"].as_str().unwrap_or_default().to_owned();
                assert_eq!(a["Type"], b["Type"], "{id}");
                let mut paths = Vec::new();
                differences(&a["Properties"], &b["Properties"], "", &mut paths);
                for attribute in ["DeletionPolicy", "UpdateReplacePolicy", "DependsOn"] {
                    assert_eq!(a.get(attribute), b.get(attribute), "{id}: {attribute}");
                }
                all.extend(paths.into_iter().map(|path| (ty.clone(), id.clone(), path)));
            }
            (Some(one), None) | (None, Some(one)) => {
                all.push((one["Type"].as_str().unwrap_or_default().to_owned(), id.clone(), String::new()));
            }
            (None, None) => {}
        }
    }
    all
}

#[test]
fn nothing_differs_but_what_availability_needs() {
    let unexpected: Vec<String> = between()
        .iter()
        .filter(|(ty, _, path)| {
            let added = path.is_empty() && ADDED.contains(&ty.as_str());
            !(added || listed(CHANGED, ty, path) || listed(ASKED_FOR, ty, path))
        })
        .map(|(ty, id, path)| format!("{ty} {id}: {path}"))
        .collect();
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

#[test]
fn what_availability_changes_is_there_to_be_seen() {
    let all = between();
    for (ty, property) in CHANGED.iter().chain(ASKED_FOR) {
        assert!(
            all.iter().any(|(t, _, path)| t == ty && path.starts_with(property)),
            "{ty}.{property} never differs"
        );
    }
    for ty in ADDED {
        assert!(all.iter().any(|(t, _, path)| t == ty && path.is_empty()), "{ty} is never added");
    }
}

#[test]
fn nothing_that_differs_is_security() {
    for (ty, id, path) in between() {
        assert!(!SECURITY.contains(&ty.as_str()), "{ty} {id}: {path}");
    }
}

#[test]
fn nothing_that_differs_is_create_only() {
    let mut replaced = Vec::new();
    for (ty, id, path) in between().into_iter().filter(|(_, _, path)| !path.is_empty()) {
        let schema = solc_schema::resource(&ty).expect("a type that was emitted exists");
        let create_only = schema.create_only.iter().any(|rule| touches(rule, &path));
        let sometimes = schema.conditional_create_only.iter().any(|rule| touches(rule, &path));
        if create_only || sometimes && !listed(CHANGES_IN_PLACE, &ty, &path) {
            replaced.push(format!("{ty} {id}: {path}"));
        }
    }
    assert!(replaced.is_empty(), "{}", replaced.join("\n"));
}
