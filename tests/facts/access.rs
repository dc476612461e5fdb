//! Who may do what, read from the templates: item by item what a reviewer of policies would ask.
//!
//! Invariant: the templates are taken as they are written; the IR is asked only for the reason of each statement.

use serde_json::Value;
use solc_driver::Compilation;
use solc_ir::model::{Effect, Holder, Reason};
use solc_tests::{corpus, product, project};
use std::collections::BTreeSet;

/// A statement of a policy in a template.
struct Found {
    place: String,
    resource_type: String,
    statement: Value,
}

/// Builds of the example and of some random products.
fn builds() -> Vec<Compilation> {
    let mut projects = vec![corpus::example("shop")];
    projects.extend(product::drawn(6, 10));
    projects.iter().map(project::build).collect()
}

/// Every object with an `Effect`, wherever it stands in a template.
fn statements(compilation: &Compilation) -> Vec<Found> {
    let mut found = Vec::new();
    for (path, text) in project::output(compilation) {
        if !path.ends_with(".template.json") {
            continue;
        }
        let template: Value = serde_json::from_str(&text).expect("a template is JSON");
        for (id, resource) in template["Resources"].as_object().expect("a template has resources") {
            let resource_type = resource["Type"].as_str().unwrap_or_default();
            let mut values = vec![&resource["Properties"]];
            while let Some(value) = values.pop() {
                match value {
                    Value::Object(object) if object.contains_key("Effect") => found.push(Found {
                        place: format!("{path}: {id}"),
                        resource_type: resource_type.to_owned(),
                        statement: value.clone(),
                    }),
                    Value::Object(object) => values.extend(object.values()),
                    Value::Array(items) => values.extend(items),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                }
            }
        }
    }
    found
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_action_exists_and_none_is_a_wildcard_unless_it_is_denied() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for compilation in builds() {
        for found in statements(&compilation) {
            let denies = found.statement["Effect"] == "Deny";
            let actions = texts(&found.statement["Action"]);
            assert!(!actions.is_empty(), "{}: no action", found.place);
            for action in actions {
                seen += 1;
                let (service, name) = action.split_once(':').unwrap_or((&action, ""));
                let wildcard = name.contains('*') || name.contains('?') || service.contains('*');
                let known = solc_schema::iam::action(service, name).is_some();
                if wildcard && !denies || !wildcard && !known {
                    wrong.push(format!("{}: {action}", found.place));
                }
            }
        }
    }
    none(&wrong);
    assert!(seen > 500, "only {seen} actions were seen");
}

#[test]
fn everything_is_allowed_only_where_an_action_knows_no_resources() {
    let mut wrong = Vec::new();
    for compilation in builds() {
        for found in statements(&compilation) {
            // In a key's own policy the resource is the key: the only thing that may be written there is `*`.
            let own_policy = found.resource_type == "AWS::KMS::Key";
            if own_policy || found.statement["Effect"] == "Deny" || found.statement.get("Resource").is_none()
            {
                continue;
            }
            if texts(&found.statement["Resource"]).iter().any(|resource| resource == "*") {
                for action in texts(&found.statement["Action"]) {
                    let (service, name) = action.split_once(':').unwrap_or((&action, ""));
                    let limited =
                        solc_schema::iam::action(service, name).is_none_or(|a| !a.resources.is_empty());
                    if limited {
                        wrong.push(format!("{}: {action} on everything", found.place));
                    }
                }
            }
        }
    }
    none(&wrong);
}

#[test]
fn a_role_is_assumed_by_one_service_for_its_own_account() {
    let mut wrong = Vec::new();
    for compilation in builds() {
        for found in statements(&compilation) {
            let assumes = texts(&found.statement["Action"]).iter().any(|action| action == "sts:AssumeRole");
            if found.resource_type != "AWS::IAM::Role" || !assumes {
                continue;
            }
            let one_service = found.statement["Principal"]["Service"].is_string();
            let condition = found.statement["Condition"].to_string();
            if !one_service || !condition.contains("aws:SourceAccount") {
                wrong.push(format!("{}: {}", found.place, found.statement));
            }
        }
    }
    none(&wrong);
}

#[test]
fn nobody_from_outside_is_allowed_anything() {
    let mut wrong = Vec::new();
    for compilation in builds() {
        for found in statements(&compilation) {
            let principal = &found.statement["Principal"];
            let everyone = principal == "*" || texts(&principal["AWS"]).iter().any(|text| text == "*");
            if everyone && found.statement["Effect"] != "Deny" {
                wrong.push(format!("{}: {}", found.place, found.statement));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_statement_names_a_link_or_a_need_as_its_reason() {
    for compilation in builds() {
        for deployment in &compilation.deployments {
            assert!(!deployment.statements.is_empty());
            for statement in &deployment.statements {
                let place = compilation.sources.place(statement.span);
                assert!(!place.is_empty(), "{statement:?} stands nowhere");
                match &statement.reason {
                    Reason::Link(id) => assert!(deployment.links.get(id.index()).is_some(), "{place}"),
                    Reason::Platform(words) => {
                        assert!(words.split_whitespace().count() >= 2, "{place}: {words:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_policy_of_a_role_allows_what_no_statement_gives_a_reason_for() {
    for compilation in builds() {
        for (deployment, built) in compilation.deployments.iter().zip(&compilation.built) {
            assert_eq!(deployment.environment.name, built.name);
            let explained: BTreeSet<String> = deployment
                .statements
                .iter()
                .filter(|statement| statement.effect == Effect::Allow)
                .filter(|statement| matches!(statement.holder, Holder::Identity(_)))
                .flat_map(|statement| statement.actions.iter().map(ToString::to_string))
                .collect();
            let unexplained: Vec<String> = statements(&compilation)
                .into_iter()
                .filter(|found| found.resource_type == "AWS::IAM::RolePolicy")
                .filter(|found| found.place.starts_with(&format!("{}/", built.folder)))
                .flat_map(|found| texts(&found.statement["Action"]))
                .filter(|action| !explained.contains(action))
                .collect();
            none(&unexplained);
        }
    }
}
