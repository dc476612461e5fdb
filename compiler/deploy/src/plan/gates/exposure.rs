//! What can be reached from everywhere, and could not.
//!
//! Invariant: what was open before is not told again; what is opened on the first deployment is.

use super::data::{is_true, number};
use super::policy::statements;
use super::{Gate, GateKind, View};
use crate::plan::changes::{resources, type_of};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Conditions that leave only callers who are known.
const BOUNDS: &[&str] = &[
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "kms:calleraccount",
    "lambda:eventsourcetoken",
];

pub(super) fn gates(view: &View<'_>) -> Vec<Gate> {
    let before = facts(view.old, &view.old_bindings);
    let after = facts(view.new, &view.new_bindings);
    let mut gates = Vec::new();
    for (id, open) in after {
        let was = before.get(&id);
        let new: Vec<String> =
            open.into_iter().filter(|fact| !was.is_some_and(|was| was.contains(fact))).collect();
        if !new.is_empty() {
            gates.push(view.gate(GateKind::PublicExposure, &id, new));
        }
    }
    gates
}

/// What is open to everybody, by logical id.
fn facts(
    template: Option<&Value>,
    bindings: &BTreeMap<String, String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, resource) in resources(template).into_iter().flatten() {
        let mut open = BTreeSet::new();
        of_resource(type_of(resource), resource, bindings, &mut open);
        if !open.is_empty() {
            found.insert(id.clone(), open);
        }
    }
    found
}

fn of_resource(
    resource_type: &str,
    resource: &Value,
    bindings: &BTreeMap<String, String>,
    open: &mut BTreeSet<String>,
) {
    let text = |path: &str| resource.pointer(path).and_then(Value::as_str);
    let on = |path: &str| resource.pointer(path).is_some_and(is_true);
    let mut says = |fact: &str| {
        open.insert(fact.to_owned());
    };
    if on("/Properties/PubliclyAccessible") {
        says("it has a public address (`PubliclyAccessible`)");
    }
    match resource_type {
        "AWS::EC2::SecurityGroup" => {
            let rules = resource.pointer("/Properties/SecurityGroupIngress").and_then(Value::as_array);
            rules.into_iter().flatten().filter_map(ingress).for_each(|fact| says(&fact));
        }
        "AWS::EC2::SecurityGroupIngress" => {
            resource.get("Properties").and_then(ingress).into_iter().for_each(|fact| says(&fact));
        }
        // Without a scheme it faces the internet.
        "AWS::ElasticLoadBalancingV2::LoadBalancer" | "AWS::ElasticLoadBalancing::LoadBalancer"
            if text("/Properties/Scheme") != Some("internal") =>
        {
            says("the load balancer faces the internet");
        }
        "AWS::Lambda::Url" if text("/Properties/AuthType") == Some("NONE") => {
            says("the function has a public address that asks for no credentials");
        }
        "AWS::Lambda::Permission" if text("/Properties/Principal") == Some("*") => {
            let bound = ["SourceArn", "SourceAccount", "PrincipalOrgID"];
            if !bound.iter().any(|key| resource.pointer(&format!("/Properties/{key}")).is_some()) {
                says("everybody may call the function");
            }
        }
        "AWS::S3::Bucket" => {
            if text("/Properties/AccessControl").is_some_and(|acl| acl.starts_with("PublicRead")) {
                says("everybody may read the bucket (`AccessControl`)");
            }
            let blocks =
                ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
            let configured = resource.pointer("/Properties/PublicAccessBlockConfiguration");
            // Without a configuration the service blocks everything.
            for block in blocks.iter().filter(|block| {
                configured.is_some_and(|all| all.get(**block).is_none_or(|value| !is_true(value)))
            }) {
                says(&format!("public access to the bucket is not blocked (`{block}`)"));
            }
        }
        "AWS::ECS::Service" => {
            let path = "/Properties/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp";
            if text(path) == Some("ENABLED") {
                says("its tasks have public addresses");
            }
        }
        "AWS::EKS::Cluster" if on("/Properties/ResourcesVpcConfig/EndpointPublicAccess") => {
            says("the cluster's endpoint is public");
        }
        "AWS::OpenSearchService::Domain" | "AWS::Elasticsearch::Domain"
            if resource.pointer("/Properties/VPCOptions").is_none() =>
        {
            says("the domain's endpoint is public");
        }
        "AWS::EC2::Subnet" if on("/Properties/MapPublicIpOnLaunch") => {
            says("what starts in the subnet gets a public address");
        }
        _ => {}
    }
    // A role's policies name no principals, and who may become it is access.
    if !resource_type.starts_with("AWS::IAM::")
        && let Some(properties) = resource.get("Properties")
    {
        documents(properties, bindings, open);
    }
}

/// An ingress rule that lets everybody in.
fn ingress(rule: &Value) -> Option<String> {
    let from = ["CidrIp", "CidrIpv6"]
        .iter()
        .find_map(|key| rule.get(*key)?.as_str().filter(|cidr| everybody(cidr)))?;
    let port = |key: &str| number(rule, &format!("/{key}"));
    let ports = match (rule.get("IpProtocol").and_then(Value::as_str), port("FromPort"), port("ToPort")) {
        (Some("-1"), _, _) | (_, None, _) => "every port".to_owned(),
        (_, Some(from), Some(to)) if from != to => format!("ports {from} to {to}"),
        (_, Some(from), _) => format!("port {from}"),
    };
    Some(format!("{ports} is open to `{from}`"))
}

/// Whether a range is the whole internet, or a large part of it: two halves are as good as one whole.
fn everybody(cidr: &str) -> bool {
    cidr.rsplit_once('/').and_then(|(_, bits)| bits.parse::<u8>().ok()).is_some_and(|bits| bits <= 4)
}

/// Policies that name everybody.
fn documents(value: &Value, bindings: &BTreeMap<String, String>, open: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) if map.contains_key("Statement") => {
            for statement in statements(value, bindings).iter().filter(|s| s.allow) {
                let bound = statement.conditions.keys().any(|key| BOUNDS.iter().any(|b| key.ends_with(b)));
                let everybody = statement.principals.members.contains("*") || statement.principals.except;
                if everybody && !bound {
                    let actions: Vec<String> =
                        statement.actions.members.iter().map(|action| format!("`{action}`")).collect();
                    open.insert(format!("everybody may {}", actions.join(", ")));
                }
            }
        }
        Value::Object(map) => map.values().for_each(|value| documents(value, bindings, open)),
        Value::Array(items) => items.iter().for_each(|item| documents(item, bindings, open)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
