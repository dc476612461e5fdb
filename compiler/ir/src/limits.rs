//! Limits of AWS on what is emitted, reported at the declaration that made it too large.
//!
//! Source: service quotas and API references, as `reference/deploy-and-security.md` sections 2.1 and 2.2 list them.

use crate::codes;
use crate::evaluate::Evaluation;
use crate::model::{ResourceId, Value};
use crate::stacks::Stacks;
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span};

/// Characters of all policies of a role, white space apart.
const ROLE_POLICIES: usize = 10_240;
/// Characters of a trust policy.
const TRUST_POLICY: usize = 2_048;
/// Rules of a security group, in each direction.
const GROUP_RULES: usize = 60;
/// Parameters and outputs of a template.
const CROSSING: usize = 200;
/// Characters of a stack's name.
const STACK_NAME: usize = 128;

/// Bytes of a resource's policy, by the type that carries it.
fn document_limit(ty: &str) -> Option<(&'static str, usize)> {
    Some(match ty {
        "AWS::S3::BucketPolicy" => ("PolicyDocument", 20_480),
        "AWS::SQS::QueuePolicy" => ("PolicyDocument", 8_192),
        "AWS::SNS::TopicPolicy" => ("PolicyDocument", 30_720),
        "AWS::SecretsManager::ResourcePolicy" => ("ResourcePolicy", 20_480),
        "AWS::KMS::Key" => ("KeyPolicy", 32_768),
        "AWS::ECR::Repository" => ("RepositoryPolicyText", 10_240),
        "AWS::IAM::Role" => ("AssumeRolePolicyDocument", TRUST_POLICY),
        _ => return None,
    })
}

/// Checks everything that was made.
pub(crate) fn check(evaluation: &mut Evaluation<'_>, stacks: &Stacks) {
    let mut found = Vec::new();
    let mut role_sizes: FxHashMap<ResourceId, usize> = FxHashMap::default();
    let mut rules: FxHashMap<(ResourceId, bool), usize> = FxHashMap::default();
    for resource in evaluation.resources.iter() {
        let size = |property: &str| {
            resource.properties.iter().find(|(n, _)| n == property).map(|(_, v)| compact(v, evaluation))
        };
        let target = |property: &str| {
            resource.properties.iter().find(|(n, _)| n == property).and_then(|(_, v)| match v {
                Value::Ref(id) | Value::Attribute(id, _) => Some(*id),
                _ => None,
            })
        };
        if let Some((property, limit)) = document_limit(&resource.ty.name)
            && let Some(size) = size(property)
            && size > limit
        {
            found.push(exceeded(
                resource.span,
                &format!("the policy `{}`", resource.logical_id),
                size,
                limit,
                "characters",
            ));
        }
        if resource.ty.name == "AWS::IAM::RolePolicy"
            && let (Some(role), Some(size)) = (target("RoleName"), size("PolicyDocument"))
        {
            *role_sizes.entry(role).or_default() += size;
        }
        let direction = match resource.ty.name.as_str() {
            "AWS::EC2::SecurityGroupEgress" => Some(true),
            "AWS::EC2::SecurityGroupIngress" => Some(false),
            _ => None,
        };
        if let (Some(egress), Some(group)) = (direction, target("GroupId")) {
            *rules.entry((group, egress)).or_default() += 1;
        }
    }
    let mut sized: Vec<(ResourceId, usize)> =
        role_sizes.into_iter().filter(|(_, s)| *s > ROLE_POLICIES).collect();
    sized.sort_unstable();
    for (role, size) in sized {
        if let Some(resource) = evaluation.resource(role) {
            let path = evaluation.path(resource.instance);
            found.push(exceeded(
                resource.span,
                &format!("what `{path}` is allowed"),
                size,
                ROLE_POLICIES,
                "characters",
            ));
        }
    }
    let mut counted: Vec<((ResourceId, bool), usize)> =
        rules.into_iter().filter(|(_, n)| *n > GROUP_RULES).collect();
    counted.sort_unstable();
    for ((group, egress), count) in counted {
        if let Some(resource) = evaluation.resource(group) {
            let path = evaluation.path(resource.instance);
            let way = if egress { "outwards" } else { "inwards" };
            found.push(exceeded(
                resource.span,
                &format!("the security group of `{path}`"),
                count,
                GROUP_RULES,
                &format!("rules {way}"),
            ));
        }
    }
    priorities(evaluation, &mut found);
    let solutions: FxHashMap<Name, Span> = evaluation
        .instances
        .iter()
        .filter(|i| i.parent.is_none())
        .map(|i| (i.path.clone(), i.span))
        .collect();
    for stack in &stacks.stacks {
        let span = solutions.get(&stack.solution).copied().unwrap_or_default();
        for (what, n, limit) in
            [("parameters", stack.parameters.len(), CROSSING), ("outputs", stack.outputs.len(), CROSSING)]
        {
            if n > limit {
                found.push(exceeded(
                    span,
                    &format!("the {} stack of `{}`", stack.layer.word(), stack.solution),
                    n,
                    limit,
                    what,
                ));
            }
        }
        if stack.name.len() > STACK_NAME {
            found.push(exceeded(
                span,
                &format!("the name of the {} stack of `{}`", stack.layer.word(), stack.solution),
                stack.name.len(),
                STACK_NAME,
                "characters",
            ));
        }
    }
    found.into_iter().for_each(|d| evaluation.report(d));
}

/// A listener takes each priority once.
fn priorities(evaluation: &Evaluation<'_>, found: &mut Vec<Diagnostic>) {
    let mut taken: FxHashMap<(String, i64), &crate::evaluate::Resource<'_>> = FxHashMap::default();
    for rule in
        evaluation.resources.iter().filter(|r| r.ty.name == "AWS::ElasticLoadBalancingV2::ListenerRule")
    {
        let value = |name: &str| rule.properties.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        let (Some(listener), Some(Value::Int(priority))) = (value("ListenerArn"), value("Priority")) else {
            continue;
        };
        let mut key = String::new();
        evaluation.render(listener, &mut key);
        let Some(first) = taken.insert((key, *priority), rule) else { continue };
        let place = |r: &crate::evaluate::Resource<'_>| {
            evaluation.instance(r.instance).map_or((Name::default(), r.span), |i| (i.path.clone(), i.span))
        };
        let ((here, span), (there, other)) = (place(rule), place(first));
        found.push(
            Diagnostic::error(
                codes::DUPLICATE_PRIORITY,
                span,
                format!("the routes of `{there}` and `{here}` have the same priority"),
            )
            .label(format!("priority {priority}"))
            .because(other, format!("priority {priority} too"))
            .help("give one of the routes a priority of its own: `priority: 10`"),
        );
    }
}

fn exceeded(span: Span, what: &str, n: usize, limit: usize, unit: &str) -> Diagnostic {
    Diagnostic::error(codes::LIMIT_EXCEEDED, span, format!("{what} has more than AWS accepts"))
        .label(format!("{n} {unit}, and {limit} are the limit"))
        .help("divide it into several components")
}

/// How long a value is as compact JSON, references counted as what they become: an ARN of some eighty characters.
fn compact(value: &Value, evaluation: &Evaluation<'_>) -> usize {
    match value {
        Value::Bool(_) => 5,
        Value::Int(n) => n.to_string().len(),
        Value::Number(n) => n.to_string().len(),
        Value::String(text) => text.len() + 2,
        Value::List(items) => 2 + items.iter().map(|v| compact(v, evaluation) + 1).sum::<usize>(),
        Value::Object(entries) => {
            2 + entries.iter().map(|(k, v)| k.len() + 4 + compact(v, evaluation)).sum::<usize>()
        }
        Value::Join(parts) => {
            2 + parts.iter().map(|v| compact(v, evaluation).saturating_sub(2)).sum::<usize>()
        }
        Value::Ref(id) | Value::Attribute(id, _) => {
            82 + evaluation.resource(*id).map(|r| Name::len(&r.logical_id)).unwrap_or_default()
        }
    }
}
