//! Who may do more than before.
//!
//! Invariant: what is allowed is looked at by subject (a role, or what a policy protects), and not by the resource that
//! says it: a policy that has another name, or was cut in two, widens nothing.

use super::policy::{Atom, Statement, statements, symbol};
use super::{Gate, GateKind, View};
use crate::plan::changes::{resources, type_of};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Which policies of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// What it may do.
    Identity,
    /// Who may become it.
    Trust,
    /// Who may do what to it.
    Resource,
}

/// What policies are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    of: Of,
    /// Its symbol, as in `${ShopApiRole}`.
    target: String,
}

/// What is said of a subject.
#[derive(Default)]
struct Rights {
    statements: Vec<(String, Statement)>,
    /// Policies that are kept elsewhere, by ARN.
    managed: BTreeMap<String, String>,
    /// The most that it may do, whatever its policies say.
    boundary: Option<String>,
}

/// How many things are listed before the rest is counted.
const LISTED: usize = 6;

pub(super) fn gates(view: &View<'_>) -> Vec<Gate> {
    // Where there was nothing, nothing gets wider; and what goes gives nobody more.
    let (Some(_), Some(_)) = (view.old, view.new) else { return Vec::new() };
    let before = rights(view.old, &view.old_bindings);
    let after = rights(view.new, &view.new_bindings);
    let nobody = Rights::default();
    let mut gates = Vec::new();
    for (subject, now) in &after {
        if subject.of != Of::Identity && is_new(view, &subject.target) {
            continue;
        }
        gates.extend(widened(view, subject, before.get(subject).unwrap_or(&nobody), now));
    }
    for (subject, was) in before.iter().filter(|(subject, _)| !after.contains_key(*subject)) {
        // A denial or a boundary that is gone with what it is about is no loss.
        if subject.of != Of::Trust && !is_gone(view, &subject.target) {
            gates.extend(widened(view, subject, was, &nobody));
        }
    }
    gates
}

fn widened(view: &View<'_>, subject: &Subject, was: &Rights, now: &Rights) -> Option<Gate> {
    let (old_allows, new_denials) = (sided(was, true), sided(now, false));
    let mut first: Option<&str> = None;
    let mut why = Vec::new();
    for (id, statement) in now.statements.iter().filter(|(_, statement)| statement.allow) {
        let beyond = statement.beyond(&old_allows);
        if !beyond.is_empty() {
            first = first.or(Some(id));
            why.extend(sentences(subject, &beyond, !statement.conditions.is_empty()));
        }
    }
    for (id, statement) in was.statements.iter().filter(|(_, statement)| !statement.allow) {
        let lost = statement.beyond(&new_denials);
        if !lost.is_empty() {
            first = first.or(Some(id));
            let actions: BTreeSet<&str> = lost.iter().map(|atom| atom.action.as_str()).collect();
            let actions = actions.into_iter().map(|a| format!("`{a}`")).collect::<Vec<_>>().join(", ");
            why.push(format!("{actions} on `{}` is denied no longer where it was", plain(&subject.target)));
        }
    }
    for (arn, id) in now.managed.iter().filter(|(arn, _)| !was.managed.contains_key(*arn)) {
        first = first.or(Some(id));
        why.push(format!("`{}` takes the managed policy `{arn}`", plain(&subject.target)));
    }
    if was.boundary.is_some() && was.boundary != now.boundary {
        why.push(format!("`{}` has another permissions boundary, or none", plain(&subject.target)));
    }
    if why.is_empty() {
        return None;
    }
    let left = why.len().saturating_sub(LISTED);
    if left > 0 {
        why.truncate(LISTED);
        why.push(format!("and {left} more"));
    }
    let id = first.map_or_else(|| plain(&subject.target).to_owned(), str::to_owned);
    Some(view.gate(GateKind::AccessWidening, &id, why))
}

/// The statements that allow, or those that deny.
fn sided(rights: &Rights, allow: bool) -> Vec<&Statement> {
    rights.statements.iter().map(|(_, statement)| statement).filter(|s| s.allow == allow).collect()
}

/// What is allowed now and was not, one sentence for each resource.
fn sentences(subject: &Subject, beyond: &[Atom], conditional: bool) -> Vec<String> {
    let mut by: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for atom in beyond {
        by.entry((&atom.principal, &atom.resource)).or_default().insert(&atom.action);
    }
    let under = if conditional { ", under conditions" } else { "" };
    let target = plain(&subject.target);
    by.into_iter()
        .map(|((principal, resource), actions)| {
            let actions = actions.into_iter().map(|a| format!("`{a}`")).collect::<Vec<_>>().join(", ");
            let who = principal
                .split_once(':')
                .filter(|(kind, _)| !kind.is_empty())
                .map_or(principal, |(_, who)| who);
            match subject.of {
                Of::Identity => format!("`{target}` may {actions} on `{}`{under}", plain(resource)),
                Of::Trust => format!("`{who}` may become `{target}`{under}"),
                Of::Resource => format!("`{who}` may {actions} on `{target}`{under}"),
            }
        })
        .collect()
}

/// `${ShopApiRole}` as people say it.
fn plain(symbol: &str) -> &str {
    symbol
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .filter(|name| !name.contains('$'))
        .unwrap_or(symbol)
}

/// The resource that a symbol names.
fn logical_id(symbol: &str) -> &str {
    let name = symbol.strip_prefix("${").map_or(symbol, |rest| rest.split('}').next().unwrap_or(rest));
    name.split('.').next().unwrap_or(name)
}

fn is_new(view: &View<'_>, symbol: &str) -> bool {
    let id = logical_id(symbol);
    view.new_resource(id).is_some() && view.old_resource(id).is_none()
}

fn is_gone(view: &View<'_>, symbol: &str) -> bool {
    let id = logical_id(symbol);
    view.old_resource(id).is_some() && view.new_resource(id).is_none()
}

fn rights(template: Option<&Value>, bindings: &BTreeMap<String, String>) -> BTreeMap<Subject, Rights> {
    let mut found: BTreeMap<Subject, Rights> = BTreeMap::new();
    for (id, resource) in resources(template).into_iter().flatten() {
        let Some(properties) = resource.get("Properties").and_then(Value::as_object) else { continue };
        let resource_type = type_of(resource);
        if resource_type == "AWS::Lambda::Permission" {
            let target =
                properties.get("FunctionName").map_or_else(String::new, |name| symbol(name, bindings));
            let subject = Subject { of: Of::Resource, target };
            let all = statements(&permission(properties), bindings);
            found.entry(subject).or_default().statements.extend(all.into_iter().map(|s| (id.clone(), s)));
            continue;
        }
        for (of, document) in documents(resource_type, properties) {
            for target in targets(resource_type, of, id, properties, bindings) {
                let rights = found.entry(Subject { of, target }).or_default();
                let all = statements(document, bindings);
                rights.statements.extend(all.into_iter().map(|statement| (id.clone(), statement)));
            }
        }
        if resource_type.starts_with("AWS::IAM::") {
            let own = Subject { of: Of::Identity, target: format!("${{{id}}}") };
            let managed = properties.get("ManagedPolicyArns").and_then(Value::as_array);
            let boundary = properties.get("PermissionsBoundary").map(|arn| symbol(arn, bindings));
            if managed.is_some() || boundary.is_some() {
                let rights = found.entry(own).or_default();
                rights.boundary = boundary;
                let arns = managed.into_iter().flatten().map(|arn| (symbol(arn, bindings), id.clone()));
                rights.managed.extend(arns);
            }
        }
    }
    found
}

/// The policy documents in a resource's properties, and which they are.
fn documents<'a>(resource_type: &str, properties: &'a Map<String, Value>) -> Vec<(Of, &'a Value)> {
    let mut found = Vec::new();
    for (name, value) in properties {
        let of = match (name.as_str(), resource_type.starts_with("AWS::IAM::")) {
            ("AssumeRolePolicyDocument", true) => Of::Trust,
            (_, true) => Of::Identity,
            (_, false) => Of::Resource,
        };
        gather(value, of, &mut found);
    }
    found
}

fn gather<'a>(value: &'a Value, of: Of, found: &mut Vec<(Of, &'a Value)>) {
    match value {
        Value::Object(map) if map.contains_key("Statement") => found.push((of, value)),
        Value::Object(map) => map.values().for_each(|value| gather(value, of, found)),
        Value::Array(items) => items.iter().for_each(|item| gather(item, of, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whom a policy is about.
fn targets(
    resource_type: &str,
    of: Of,
    id: &str,
    properties: &Map<String, Value>,
    bindings: &BTreeMap<String, String>,
) -> Vec<String> {
    let names: &[&str] = match of {
        Of::Trust => &[],
        Of::Identity => &["RoleName", "UserName", "GroupName", "Roles", "Users", "Groups"],
        Of::Resource => &[
            "Bucket",
            "Queues",
            "Topics",
            "SecretId",
            "FileSystemId",
            "RestApiId",
            "ResourceArn",
            "EventBusName",
        ],
    };
    let mut found = Vec::new();
    // A role's own policies are the role's, whatever it is called.
    let own = matches!(resource_type, "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group");
    for value in names.iter().filter(|_| !own).filter_map(|name| properties.get(*name)) {
        match value {
            Value::Array(items) => found.extend(items.iter().map(|item| symbol(item, bindings))),
            value => found.push(symbol(value, bindings)),
        }
    }
    if found.is_empty() {
        found.push(format!("${{{id}}}"));
    }
    found
}

/// `AWS::Lambda::Permission` as the policy that the service makes of it.
fn permission(properties: &Map<String, Value>) -> Value {
    let mut conditions = Map::new();
    let keys = [
        ("SourceArn", "ArnLike", "aws:SourceArn"),
        ("SourceAccount", "StringEquals", "aws:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ];
    for (property, operator, key) in keys {
        if let Some(value) = properties.get(property) {
            let of_operator = conditions.entry(operator).or_insert_with(|| json!({}));
            if let Value::Object(of_operator) = of_operator {
                of_operator.insert(key.to_owned(), value.clone());
            }
        }
    }
    json!({ "Statement": [{
        "Effect": "Allow",
        "Principal": properties.get("Principal"),
        "Action": properties.get("Action"),
        "Resource": "*",
        "Condition": conditions,
    }] })
}
