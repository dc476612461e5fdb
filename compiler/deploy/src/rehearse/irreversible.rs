//! Changes that the service makes and cannot take back, so that a rollback of them fails.
//!
//! Source: the services' documentation of what may be modified. RDS: allocated storage never shrinks, an engine is
//! never downgraded; OpenSearch, ElastiCache and MSK: likewise for their versions; EC2: a volume never shrinks.

use super::Subject;
use crate::engine::step::{Action, Step};
use serde_json::Value;

/// Type, property, and why.
const TABLE: &[(&str, &str, &str)] = &[
    ("AWS::RDS::DBInstance", "AllocatedStorage", "RDS does not shrink storage"),
    ("AWS::RDS::DBInstance", "EngineVersion", "RDS does not downgrade an engine"),
    ("AWS::RDS::DBCluster", "EngineVersion", "RDS does not downgrade an engine"),
    ("AWS::ElastiCache::ReplicationGroup", "EngineVersion", "ElastiCache does not downgrade an engine"),
    ("AWS::OpenSearchService::Domain", "EngineVersion", "OpenSearch does not downgrade an engine"),
    ("AWS::MSK::Cluster", "KafkaVersion", "MSK does not downgrade Kafka"),
    ("AWS::EC2::Volume", "Size", "EBS does not shrink a volume"),
    ("AWS::Cognito::UserPool", "Schema", "Cognito does not take attributes out of a pool"),
];

/// The resources of a stack that are changed so, and why there is no way back.
pub(super) fn changes(subject: &Subject<'_>, steps: &[Step], stack: &str) -> Vec<(String, &'static str)> {
    let Some((_, old)) = subject.recorded.iter().find(|(state, _)| state.stack == stack) else {
        return Vec::new();
    };
    let Ok(old) = serde_json::from_str::<Value>(old) else { return Vec::new() };
    let mut found = Vec::new();
    for step in steps.iter().filter(|step| step.stack == stack) {
        let Action::Deploy(target) = &step.action else { continue };
        let Some(resources) = target.content.get("Resources").and_then(Value::as_object) else { continue };
        for (id, new) in resources {
            let kind = new.get("Type").and_then(Value::as_str).unwrap_or_default();
            let before = old.get("Resources").and_then(|all| all.get(id));
            let Some(before) = before.filter(|before| before.get("Type") == new.get("Type")) else {
                continue;
            };
            let property =
                |of: &Value, name: &str| of.get("Properties").and_then(|all| all.get(name)).cloned();
            let row = TABLE
                .iter()
                .find(|(of, name, _)| *of == kind && property(before, name) != property(new, name));
            if let Some((_, _, why)) = row
                && !found.iter().any(|(known, _)| known == id)
            {
                found.push((id.clone(), *why));
            }
        }
    }
    found
}

/// Why there is no way back for a resource.
pub(super) fn why(
    subject: &Subject<'_>,
    steps: &[Step],
    stack: &str,
    logical_id: &str,
) -> Option<&'static str> {
    changes(subject, steps, stack).into_iter().find(|(id, _)| id == logical_id).map(|(_, why)| why)
}
