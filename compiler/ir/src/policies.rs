//! Policy documents, and which resources carry one.
//!
//! Invariant: one resource policy for each target, merged from every `permit` and `deny`; a document names
//! actions in order and holds no statement twice.

mod resource;

pub(crate) use resource::attach;

use crate::model::{Effect, Value};
use solc_source::Name;

/// How a type of resource carries its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// By a resource of its own: its type, the property that names the subject, whether as a list, and the
    /// property with the document.
    Policy {
        /// `AWS::S3::BucketPolicy`
        ty: &'static str,
        /// `Bucket`
        subject: &'static str,
        /// Whether the subject stands in a list.
        list: bool,
        /// `PolicyDocument`
        document: &'static str,
    },
    /// By a property of the resource itself.
    Inline(&'static str),
    /// By one `AWS::Lambda::Permission` for each statement.
    Permission,
}

/// How the type carries a policy; `None` where it carries none.
///
/// Source: the CloudFormation resource reference of each service, section "resource policy".
pub(crate) fn carrier(ty: &str) -> Option<Carrier> {
    Some(match ty {
        "AWS::S3::Bucket" => Carrier::Policy {
            ty: "AWS::S3::BucketPolicy",
            subject: "Bucket",
            list: false,
            document: "PolicyDocument",
        },
        "AWS::SQS::Queue" => Carrier::Policy {
            ty: "AWS::SQS::QueuePolicy",
            subject: "Queues",
            list: true,
            document: "PolicyDocument",
        },
        "AWS::SNS::Topic" => Carrier::Policy {
            ty: "AWS::SNS::TopicPolicy",
            subject: "Topics",
            list: true,
            document: "PolicyDocument",
        },
        "AWS::SecretsManager::Secret" => Carrier::Policy {
            ty: "AWS::SecretsManager::ResourcePolicy",
            subject: "SecretId",
            list: false,
            document: "ResourcePolicy",
        },
        "AWS::KMS::Key" => Carrier::Inline("KeyPolicy"),
        "AWS::ECR::Repository" => Carrier::Inline("RepositoryPolicyText"),
        "AWS::Lambda::Function" => Carrier::Permission,
        _ => return None,
    })
}

/// Whether resources of the type carry a policy.
pub(crate) fn carries_policy(ty: &str) -> bool {
    carrier(ty).is_some()
}

/// A statement of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    pub(crate) effect: Effect,
    /// `{"Service": …}`, `*`; none in identity policies.
    pub(crate) principal: Option<Value>,
    pub(crate) actions: Vec<Name>,
    /// Empty: the element is left out.
    pub(crate) resources: Vec<Value>,
    pub(crate) conditions: Vec<(Name, Name, Value)>,
}

/// Joins statements that differ in their actions only.
pub(crate) fn merge(clauses: Vec<Clause>) -> Vec<Clause> {
    let mut merged: Vec<Clause> = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let alike = merged.iter_mut().find(|m| {
            m.effect == clause.effect
                && m.principal == clause.principal
                && m.resources == clause.resources
                && m.conditions == clause.conditions
        });
        match alike {
            Some(known) => {
                known.actions.extend(clause.actions);
                known.actions.sort();
                known.actions.dedup();
            }
            None => merged.push(clause),
        }
    }
    merged
}

/// The document of these statements.
pub(crate) fn document(clauses: Vec<Clause>) -> Value {
    let statements = merge(clauses).into_iter().map(statement);
    Value::object([
        (Name::new_static("Version"), Value::String(Name::new_static("2012-10-17"))),
        (Name::new_static("Statement"), Value::list(statements)),
    ])
}

fn statement(clause: Clause) -> Value {
    let effect = match clause.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    let mut entries = vec![
        (Name::new_static("Effect"), Value::String(Name::new_static(effect))),
        (Name::new_static("Action"), one_or_list(clause.actions.into_iter().map(Value::String).collect())),
    ];
    if let Some(principal) = clause.principal {
        entries.push((Name::new_static("Principal"), principal));
    }
    if !clause.resources.is_empty() {
        entries.push((Name::new_static("Resource"), one_or_list(clause.resources)));
    }
    if !clause.conditions.is_empty() {
        entries.push((Name::new_static("Condition"), conditions(clause.conditions)));
    }
    Value::object(entries)
}

fn conditions(all: Vec<(Name, Name, Value)>) -> Value {
    let mut operators: Vec<(Name, Vec<(Name, Value)>)> = Vec::new();
    for (operator, key, value) in all {
        match operators.iter_mut().find(|(o, _)| *o == operator) {
            Some((_, keys)) => keys.push((key, value)),
            None => operators.push((operator, vec![(key, value)])),
        }
    }
    Value::object(operators.into_iter().map(|(operator, keys)| (operator, Value::object(keys))))
}

fn one_or_list(mut values: Vec<Value>) -> Value {
    match (values.pop(), values.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            values.push(last);
            Value::list(values)
        }
        (None, _) => Value::list([]),
    }
}

/// `{"Service": "…"}`
pub(crate) fn service_principal(service: &Name) -> Value {
    Value::object([(Name::new_static("Service"), Value::String(service.clone()))])
}

/// Adds `aws:SourceAccount`, unless the statement says something of it itself, or limits a key's use to
/// resources of the account by their encryption context (CloudWatch Logs sends nothing else).
pub(crate) fn with_source_account(conditions: &mut Vec<(Name, Name, Value)>, account: &Name) {
    let limits = |key: &str, value: &Value| {
        key.eq_ignore_ascii_case("aws:SourceAccount")
            || (key.starts_with("kms:EncryptionContext:")
                && matches!(value, Value::String(text) if text.contains(account.as_str())))
    };
    if !conditions.iter().any(|(_, key, value)| limits(key, value)) {
        conditions.push((
            Name::new_static("StringEquals"),
            Name::new_static("aws:SourceAccount"),
            Value::String(account.clone()),
        ));
        conditions.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    }
}

#[cfg(test)]
mod tests {
    use super::{Clause, document, merge};
    use crate::model::{Effect, Value};
    use solc_source::Name;

    fn clause(actions: &[&str], resource: &str) -> Clause {
        Clause {
            effect: Effect::Allow,
            principal: None,
            actions: actions.iter().map(|a| Name::from(*a)).collect(),
            resources: vec![Value::string(resource)],
            conditions: Vec::new(),
        }
    }

    #[test]
    fn statements_that_differ_in_actions_only_are_one() {
        let merged = merge(vec![
            clause(&["s3:PutObject"], "a"),
            clause(&["s3:GetObject", "s3:PutObject"], "a"),
            clause(&["s3:GetObject"], "b"),
        ]);
        assert_eq!(merged.len(), 2);
        assert_eq!(merged[0].actions, ["s3:GetObject", "s3:PutObject"]);
    }

    #[test]
    fn a_document_has_its_version_and_single_values_stand_alone() {
        let document = document(vec![clause(&["s3:GetObject"], "a")]);
        assert_eq!(document.get("Version"), Some(&Value::string("2012-10-17")));
        let Some(Value::List(statements)) = document.get("Statement") else { panic!("no statements") };
        assert_eq!(statements[0].get("Action"), Some(&Value::string("s3:GetObject")));
        assert_eq!(statements[0].get("Condition"), None);
    }
}
