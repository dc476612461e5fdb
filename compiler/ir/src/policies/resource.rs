//! Resource policies: every `permit` and `deny` on a target, in the one way its type takes them.
//!
//! A key's policy delegates to IAM inside the account (`kms:CallerAccount`, `kms:ViaService`), so that it names
//! no consumer and never makes stacks depend on each other.

use super::{Carrier, Clause, carrier, document, service_principal, with_source_account};
use crate::codes;
use crate::evaluate::Evaluation;
use crate::evaluate::grants::Permit;
use crate::ids;
use crate::model::{Effect, Holder, Reason, ResourceId, Statement, Value};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use solc_source::{Diagnostic, Name};
use std::collections::BTreeSet;

/// What may be done to a key by those who look after it. Enumerated, for a wildcard would also be use of the key.
const KEY_ADMINISTRATION: &[&str] = &[
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];

/// What identity policies may give on a key, through AWS services.
const KEY_USE: &[&str] = &[
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/// The services through which a key may be used; each reads or writes what components encrypt.
const KEY_SERVICES: &[&str] = &[
    "backup",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elasticfilesystem",
    "es",
    "events",
    "kinesis",
    "lambda",
    "logs",
    "rds",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
];

/// The actions that a topic's policy takes where all are meant (SNS refuses `sns:*` there).
const TOPIC_ACTIONS: &[&str] = &[
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
];

/// Makes the policies of all targets: those permitted or denied something, and every key.
pub(crate) fn attach(evaluation: &mut Evaluation<'_>, permits: Vec<(Permit, Reason)>) {
    let mut targets: IndexMap<ResourceId, Vec<(Permit, Reason)>, FxBuildHasher> = IndexMap::default();
    for (permit, reason) in permits {
        for target in &permit.targets {
            targets.entry(*target).or_default().push((permit.clone(), reason.clone()));
        }
    }
    for (id, _) in evaluation.resources.entries().filter(|(_, r)| r.ty.name == "AWS::KMS::Key") {
        targets.entry(id).or_default();
    }
    let direct = direct_use(evaluation);
    for (target, mut statements) in targets {
        // What is denied comes first, for readers.
        statements.sort_by_key(|(permit, _)| permit.effect == Effect::Allow);
        attach_to(evaluation, target, &statements, direct.get(&target));
    }
}

fn attach_to(
    evaluation: &mut Evaluation<'_>,
    target: ResourceId,
    statements: &[(Permit, Reason)],
    direct: Option<&BTreeSet<Name>>,
) {
    let Some(resource) = evaluation.resource(target) else { return };
    let (ty, instance, span) = (resource.ty, resource.instance, resource.span);
    let logical_id = resource.logical_id.clone();
    let Some(carrier) = carrier(&ty.name) else {
        for (permit, _) in statements {
            evaluation.report(
                Diagnostic::error(
                    codes::NO_RESOURCE_POLICY,
                    permit.span,
                    format!("a `{}` carries no policy", ty.name.replace("::", ".")),
                )
                .label("this statement belongs into a resource's policy")
                .because(span, "the resource that it names")
                .help("name a resource that carries a policy, or remove the statement"),
            );
        }
        return;
    };
    let account = evaluation.environment.account_id.clone();
    let mut clauses = Vec::new();
    if ty.name == "AWS::KMS::Key" {
        clauses.extend(key_clauses(evaluation));
        clauses.extend(direct.map(|actions| direct_clause(evaluation, actions)));
    }
    for (permit, reason) in statements {
        let mut conditions = permit.conditions.clone();
        let principal = if permit.principal == "*" {
            Value::String(Name::new_static("*"))
        } else {
            with_source_account(&mut conditions, &account);
            service_principal(&permit.principal)
        };
        let actions = actions_on(&ty.name, &permit.actions);
        let resources = resources_of(&ty.name, target, &actions);
        evaluation.statements.push(Statement {
            holder: Holder::Resource(target, permit.principal.clone()),
            effect: permit.effect,
            actions: actions.clone(),
            resources: resources.clone(),
            conditions: conditions.clone(),
            reason: reason.clone(),
            span: permit.span,
        });
        clauses.push(Clause {
            effect: permit.effect,
            principal: Some(principal),
            actions,
            resources,
            conditions,
        });
    }
    match carrier {
        Carrier::Policy { ty, subject, list, document: property } => {
            let name = Value::Ref(target);
            let properties = vec![
                (Name::new_static(property), document(clauses)),
                (Name::new_static(subject), if list { Value::list([name]) } else { name }),
            ];
            let id = ids::shorten(format!("{logical_id}Policy"));
            if let Some(policy) = evaluation.derive(ty, instance, id, properties, span) {
                evaluation.attach_to(policy, target);
                if statements.iter().any(|(p, _)| p.effect == Effect::Allow) {
                    evaluation.opening.push((target, policy));
                }
            }
        }
        Carrier::Inline(property) => {
            let value = document(clauses);
            if let Some(resource) = evaluation.resources.get_mut(target) {
                resource.properties.retain(|(n, _)| n != property);
                resource.properties.push((Name::new_static(property), value));
                resource.properties.sort_by(|a, b| a.0.cmp(&b.0));
            }
        }
        Carrier::Permission => {
            for clause in super::merge(clauses) {
                permission(evaluation, target, &logical_id, &clause);
            }
        }
    }
}

/// One `AWS::Lambda::Permission` for each action of a statement.
fn permission(evaluation: &mut Evaluation<'_>, target: ResourceId, logical_id: &str, clause: &Clause) {
    let Some(instance) = evaluation.resource(target).map(|r| (r.instance, r.span)) else { return };
    let Some(Value::String(service)) = clause.principal.as_ref().and_then(|p| p.get("Service")).cloned()
    else {
        return;
    };
    let source = |wanted: &str| {
        clause
            .conditions
            .iter()
            .find(|(_, key, _)| key.eq_ignore_ascii_case(wanted))
            .map(|(_, _, value)| value.clone())
    };
    for action in &clause.actions {
        let mut properties = vec![
            (Name::new_static("Action"), Value::String(action.clone())),
            (Name::new_static("FunctionName"), Value::Attribute(target, Name::new_static("Arn"))),
            (Name::new_static("Principal"), Value::String(service.clone())),
        ];
        if let Some(account) = source("aws:SourceAccount") {
            properties.push((Name::new_static("SourceAccount"), account));
        }
        let arn = source("aws:SourceArn");
        if let Some(arn) = arn.clone() {
            properties.push((Name::new_static("SourceArn"), arn));
        }
        let short = service.split('.').next().unwrap_or_default();
        let mut seed = format!("{action} {service} ");
        if let Some(arn) = &arn {
            evaluation.render(arn, &mut seed);
        }
        let id = ids::shorten(format!("{logical_id}Permit{}{}", ids::segment(short), ids::hash(&seed)));
        if let Some(permission) =
            evaluation.derive("AWS::Lambda::Permission", instance.0, id, properties, instance.1)
        {
            evaluation.attach_to(permission, target);
            evaluation.opening.push((target, permission));
        }
    }
}

fn actions_on(ty: &str, actions: &[Name]) -> Vec<Name> {
    if ty == "AWS::SNS::Topic" && actions.iter().any(|a| a == "sns:*") {
        return TOPIC_ACTIONS.iter().copied().map(Name::new_static).collect();
    }
    actions.to_vec()
}

/// What the statements of a target's policy speak of.
fn resources_of(ty: &str, target: ResourceId, actions: &[Name]) -> Vec<Value> {
    let arn = || Value::Attribute(target, Name::new_static("Arn"));
    match ty {
        "AWS::S3::Bucket" => {
            let on = |kind: &str| actions.iter().any(|a| is_on(a, kind));
            let objects = Value::Join([arn(), Value::String(Name::new_static("/*"))].into());
            match (on("bucket"), on("object")) {
                (true, false) => vec![arn()],
                (false, true) => vec![objects],
                (true, true) | (false, false) => vec![arn(), objects],
            }
        }
        "AWS::SQS::Queue" => vec![arn()],
        "AWS::SNS::Topic" => vec![Value::Ref(target)],
        // The policy is of one key or secret, which `*` stands for.
        "AWS::KMS::Key" | "AWS::SecretsManager::Secret" => vec![Value::String(Name::new_static("*"))],
        // A repository's policy has no such element, and a permission names its function.
        _ => Vec::new(),
    }
}

/// Whether an action concerns resources of a kind, by IAM's own tables.
fn is_on(action: &str, kind: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else { return false };
    name == "*"
        || solc_schema::iam::action(service, name).is_some_and(|a| a.resources.iter().any(|r| r == kind))
}

/// What every key's policy says: who looks after it, and that IAM decides on its use.
fn key_clauses(evaluation: &Evaluation<'_>) -> Vec<Clause> {
    let environment = &evaluation.environment;
    let root = Value::object([(
        Name::new_static("AWS"),
        Value::string(format!("arn:{}:iam::{}:root", environment.partition, environment.account_id)),
    )]);
    let names = |all: &[&'static str]| all.iter().copied().map(Name::new_static).collect::<Vec<_>>();
    let everything = || vec![Value::String(Name::new_static("*"))];
    let caller = || {
        (
            Name::new_static("StringEquals"),
            Name::new_static("kms:CallerAccount"),
            Value::String(environment.account_id.clone()),
        )
    };
    let services =
        KEY_SERVICES.iter().map(|s| Value::string(format!("{s}.{}.amazonaws.com", environment.region)));
    vec![
        Clause {
            effect: Effect::Allow,
            principal: Some(root.clone()),
            actions: names(KEY_ADMINISTRATION),
            resources: everything(),
            conditions: Vec::new(),
        },
        Clause {
            effect: Effect::Allow,
            principal: Some(root.clone()),
            actions: names(KEY_USE),
            resources: everything(),
            conditions: vec![
                caller(),
                (Name::new_static("StringEquals"), Name::new_static("kms:ViaService"), Value::list(services)),
            ],
        },
        // RDS, EBS and the like make grants for themselves when they are created.
        Clause {
            effect: Effect::Allow,
            principal: Some(root),
            actions: names(&["kms:CreateGrant"]),
            resources: everything(),
            conditions: vec![
                (
                    Name::new_static("Bool"),
                    Name::new_static("kms:GrantIsForAWSResource"),
                    Value::String(Name::new_static("true")),
                ),
                caller(),
            ],
        },
    ]
}

/// What identity policies allow on keys themselves, rather than through a service: `link vault.decrypt`.
fn direct_use(evaluation: &Evaluation<'_>) -> FxHashMap<ResourceId, BTreeSet<Name>> {
    let mut found: FxHashMap<ResourceId, BTreeSet<Name>> = FxHashMap::default();
    for statement in &evaluation.statements {
        let direct = matches!(statement.holder, Holder::Identity(_))
            && statement.actions.iter().any(|a| a.starts_with("kms:"))
            && !statement.conditions.iter().any(|(_, name, _)| name == "kms:ViaService");
        if !direct {
            continue;
        }
        for resource in &statement.resources {
            if let Value::Attribute(key, _) = resource {
                let actions = statement.actions.iter().filter(|a| a.starts_with("kms:")).cloned();
                found.entry(*key).or_default().extend(actions);
            }
        }
    }
    found
}

fn direct_clause(evaluation: &Evaluation<'_>, actions: &BTreeSet<Name>) -> Clause {
    let environment = &evaluation.environment;
    let root = format!("arn:{}:iam::{}:root", environment.partition, environment.account_id);
    Clause {
        effect: Effect::Allow,
        principal: Some(Value::object([(Name::new_static("AWS"), Value::string(root))])),
        actions: actions.iter().cloned().collect(),
        resources: vec![Value::String(Name::new_static("*"))],
        conditions: vec![(
            Name::new_static("StringEquals"),
            Name::new_static("kms:CallerAccount"),
            Value::String(environment.account_id.clone()),
        )],
    }
}
