//! One environment, pass by pass. Each pass is a file; this is their order.
//!
//! | pass | holds afterwards |
//! |---|---|
//! | `evaluate` | every instance, resource, role exists; parameters conform |
//! | `links` | every link is statements, flows and settings |
//! | `evaluate` (properties) | every property has its value, and keeps the rules of its type |
//! | `policies`, `roles` | one policy for each link, each role's needs, each target |
//! | `sweep` | of platforms only what is used is there |
//! | `tags`, `order` | tagged; `DependsOn` where no value says it |
//! | `stacks` | each resource has its stack; values across stacks have parameters |
//! | `limits`, `verify` | nothing is larger than AWS accepts; ids and references hold |

use crate::codes;
use crate::evaluate::grants::Permit;
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluation, Source};
use crate::inputs::Inputs;
use crate::model::{self, Deployment, InstanceId, ResourceId};
use crate::rules::Rules;
use crate::{closed, limits, links, order, policies, stacks, sweep, tags};
use rustc_hash::FxHashMap;
use solc_check::hir::{self, BlockId, MemberKind, Project};
use solc_source::{Diagnostic, Name};

/// All passes over one environment.
pub(crate) fn lower(
    project: &Project,
    environment: BlockId,
    inputs: &Inputs,
) -> (Deployment, Vec<Diagnostic>) {
    let mut evaluation = Evaluation::new(project, inputs, Some(environment));
    if evaluation.prepare(environment) {
        evaluation.collect_documents();
        run(&mut evaluation);
    }
    // An environment as it would be is compared property by property; where it would stand does not matter.
    let stacks = if inputs.assume_multi_az.is_some() {
        stacks::Stacks::none(evaluation.resources.len())
    } else {
        let stacks = stacks::assign(&mut evaluation);
        limits::check(&mut evaluation, &stacks);
        stacks
    };
    let name = evaluation.environment.name.clone();
    let diagnostics: Vec<Diagnostic> = std::mem::take(&mut evaluation.diagnostics)
        .into_iter()
        .map(|d| d.environment(name.as_str()))
        .chain(std::mem::take(&mut evaluation.general))
        .collect();
    let deployment = build(evaluation, stacks);
    // What is wrong may break any promise; what is right must keep all.
    debug_assert!(
        inputs.assume_multi_az.is_some()
            || diagnostics.iter().any(Diagnostic::is_error)
            || crate::verify::check(&deployment).is_empty(),
        "{:?}",
        crate::verify::check(&deployment)
    );
    (deployment, diagnostics)
}

fn run(evaluation: &mut Evaluation<'_>) {
    let project = evaluation.project;
    let roots: Vec<InstanceId> =
        project.solutions.iter().filter_map(|(name, id)| evaluation.solution(name, *id)).collect();
    let permits = everything(evaluation);
    outputs(evaluation, &roots);
    policies::attach(evaluation, permits);
    closed::close(evaluation);
    sweep::sweep(evaluation);
    tags::tag(evaluation);
    if evaluation.inputs.assume_multi_az.is_none() {
        evaluation.check_files();
        collisions(evaluation);
        order::order(evaluation);
    }
}

/// Members, links, properties and roles of everything. Each may be the first to ask for something (a property for the
/// platform's log bucket), so they take turns until nothing new has come.
fn everything(evaluation: &mut Evaluation<'_>) -> Vec<(Permit, model::Reason)> {
    let mut rules = Rules::default();
    let mut permits = Vec::new();
    let (mut visited, mut linked, mut finished) = (0, 0, 0);
    loop {
        if visited < evaluation.instances.len() {
            evaluation.visit(InstanceId(u32::try_from(visited).unwrap_or(u32::MAX)));
            visited += 1;
        } else if linked < evaluation.instances.len() {
            links::lower(evaluation, InstanceId(u32::try_from(linked).unwrap_or(u32::MAX)), &mut permits);
            linked += 1;
        } else if finished < evaluation.resources.len() {
            evaluation.finish_resource(ResourceId(u32::try_from(finished).unwrap_or(u32::MAX)), &mut rules);
            finished += 1;
        } else if evaluation.roles.is_empty() {
            return permits;
        } else {
            evaluation.platform_policies();
        }
    }
}

fn outputs(evaluation: &mut Evaluation<'_>, roots: &[InstanceId]) {
    for root in roots {
        let Some((component, solution)) = evaluation.instance(*root).map(|i| (i.component, i.path.clone()))
        else {
            continue;
        };
        for (index, member) in component.members.iter().enumerate() {
            if !matches!(member.kind, MemberKind::Output { .. }) {
                continue;
            }
            let value = evaluation.member(*root, hir::MemberId(u32::try_from(index).unwrap_or(u32::MAX)));
            let value = match &value {
                Value::List(_) | Value::Map(_) => evaluation.json(&value),
                _ => value,
            };
            if let Some(value) = evaluation.text_of(&value) {
                evaluation.outputs.push(model::Output {
                    solution: solution.clone(),
                    name: member.name.clone(),
                    value,
                    span: member.span,
                });
            }
        }
    }
}

/// No two resources of a stack may have one id; ids are unique in the whole environment.
fn collisions(evaluation: &mut Evaluation<'_>) {
    let mut known: FxHashMap<Name, ResourceId> = FxHashMap::default();
    let mut found = Vec::new();
    for (index, resource) in evaluation.resources.iter().enumerate() {
        let id = ResourceId(u32::try_from(index).unwrap_or(u32::MAX));
        let folded = Name::from(resource.logical_id.as_str());
        let Some(first) = known.insert(folded, id).and_then(|f| evaluation.resource(f)) else { continue };
        let name = |r: &crate::evaluate::Resource<'_>| format!("{}.{}", evaluation.path(r.instance), r.name);
        // Two declarations of one name: reported as such.
        if name(first) == name(resource) {
            continue;
        }
        found.push(
            Diagnostic::error(
                codes::LOGICAL_ID_COLLISION,
                resource.span,
                format!("`{}` and `{}` have the same logical id", name(first), name(resource)),
            )
            .label(format!("this is `{}` too", resource.logical_id))
            .because(first.span, format!("`{}`", first.logical_id))
            .help("rename one of them"),
        );
    }
    found.into_iter().for_each(|d| evaluation.report(d));
}

/// The deployment that the passes made.
fn build(evaluation: Evaluation<'_>, stacks: stacks::Stacks) -> Deployment {
    let snapshot = [
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    ];
    let solutions: Vec<Name> = evaluation
        .instances
        .iter()
        .map(|i| evaluation.instance(i.root).map(|r| r.path.clone()).unwrap_or_default())
        .collect();
    let stateful: Vec<bool> = evaluation.instances.iter().map(|i| i.component.stateful).collect();
    let mut all_stacks = stacks.stacks;
    let resources: Vec<model::Resource> = evaluation
        .resources
        .into_iter()
        .enumerate()
        .map(|(index, r)| {
            let stack = stacks.of.get(index).copied().flatten();
            let declared = matches!(r.source, Source::Declared(..));
            let keeps =
                declared && r.ty.stateful && stateful.get(r.instance.index()).copied().unwrap_or(false);
            let retention = keeps.then(|| {
                if snapshot.contains(&r.ty.name.as_str()) {
                    model::Retention::Snapshot
                } else {
                    model::Retention::Retain
                }
            });
            if let (true, Some(stack)) = (keeps, stack.and_then(|s| all_stacks.get_mut(s.index()))) {
                stack.termination_protection = true;
            }
            model::Resource {
                logical_id: r.logical_id,
                ty: r.ty,
                instance: r.instance,
                name: r.name,
                zone: r.zone,
                properties: r.properties,
                depends_on: r
                    .depends_on
                    .into_iter()
                    .filter(|d| stack.is_some() && stacks.of.get(d.index()).copied().flatten() == stack)
                    .collect(),
                retention,
                stack,
                span: r.span,
                property_spans: r.property_spans,
            }
        })
        .collect();
    let instances = evaluation
        .instances
        .into_iter()
        .zip(solutions)
        .map(|(i, solution)| model::Instance {
            path: i.path,
            solution,
            component: Name::from(format!(
                "{}{}{}",
                i.component.module,
                if i.component.module.is_empty() { "" } else { "." },
                i.component.name
            )),
            parent: i.parent,
            layer: i.component.layer,
            stateful: i.component.stateful,
            parameters: i.parameters,
            span: i.span,
        })
        .collect();
    Deployment {
        environment: evaluation.environment,
        instances,
        resources,
        links: evaluation.links,
        statements: evaluation.statements,
        flows: evaluation.flows,
        stacks: all_stacks,
        outputs: evaluation.outputs,
        images: evaluation.images.into_values().collect(),
        assignment: stacks.assignment,
        waivers: evaluation.waivers,
    }
}

#[cfg(test)]
mod tests {
    use crate::evaluate::resources::derived_type;

    #[test]
    fn the_schema_has_every_type_that_the_compiler_writes() {
        for name in [
            "AWS::EC2::SecurityGroupEgress",
            "AWS::EC2::SecurityGroupIngress",
            "AWS::IAM::Role",
            "AWS::IAM::RolePolicy",
            "AWS::Lambda::Permission",
            "AWS::S3::BucketPolicy",
            "AWS::SNS::TopicPolicy",
            "AWS::SQS::QueuePolicy",
            "AWS::SecretsManager::ResourcePolicy",
        ] {
            assert!(derived_type(name).is_some(), "{name}");
        }
    }
}
