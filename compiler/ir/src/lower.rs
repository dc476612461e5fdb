//! One environment, solution by solution, pass by pass. Each pass is a file; this is their order.
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
use crate::model::{self, Deployment, InstanceId, ResourceId, StackId};
use crate::rules::Rules;
use crate::{availability, closed, limits, links, moves, order, policies, stacks, sweep, tags};
use rustc_hash::FxHashMap;
use solc_check::hir::{self, BlockId, ComponentId, MemberKind, Project};
use solc_source::{Diagnostic, Name};
use std::collections::hash_map::Entry;

/// What of an environment is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of it.
    Everything,
    /// What is wrong with it: a solution is dropped before the next is lowered.
    Findings,
}

/// All passes over one environment, solution by solution, each with the proof that availability replaces nothing.
pub(crate) fn lower(
    project: &Project,
    environment: BlockId,
    inputs: &Inputs,
    keep: Keep,
) -> (Deployment, Vec<Diagnostic>) {
    let mut evaluation = Evaluation::new(project, inputs, Some(environment));
    let stands = evaluation.prepare(environment);
    let mut deployment = Deployment { environment: evaluation.environment.clone(), ..Deployment::default() };
    let assumes = inputs.assume_multi_az.is_some();
    let turned = Inputs { assume_multi_az: Some(!deployment.environment.multi_az), ..inputs.clone() };
    let mut replaced = Vec::new();
    if stands {
        evaluation.collect_documents();
        let mut proof = None;
        for (name, id) in &project.solutions {
            let before = evaluation.errors();
            let part = solution(&mut evaluation, name, *id, keep);
            if !assumes && (part.may_replace || cfg!(debug_assertions)) && evaluation.errors() == before {
                let proof = proof.get_or_insert_with(|| turned_over(project, &turned, environment));
                let other = solution(proof, name, *id, Keep::Everything);
                let found = availability::replaces(&part, &other);
                debug_assert!(part.may_replace || found.is_empty(), "{found:?}");
                replaced.extend(found);
            }
            // Promises of the passes can be checked only of the whole.
            if keep == Keep::Everything || cfg!(debug_assertions) {
                deployment.append(part.deployment);
            }
        }
        if !assumes {
            moves::check(&mut evaluation);
            evaluation.check_files();
        }
    }
    deployment.images = std::mem::take(&mut evaluation.images).into_values().collect();
    deployment.waivers = std::mem::take(&mut evaluation.waivers);
    let facts = std::mem::take(&mut evaluation.read_facts).into_iter();
    deployment.facts = facts.map(|((fact, key), needed)| model::ReadFact { fact, key, needed }).collect();
    let name = evaluation.environment.name.clone();
    let mut diagnostics: Vec<Diagnostic> = std::mem::take(&mut evaluation.diagnostics)
        .into_iter()
        .map(|d| d.environment(name.as_str()))
        .chain(std::mem::take(&mut evaluation.general))
        .collect();
    diagnostics.extend(replaced);
    // What is wrong may break any promise; what is right must keep all.
    debug_assert!(
        assumes
            || diagnostics.iter().any(Diagnostic::is_error)
            || crate::verify::check(&deployment).is_empty(),
        "{:?}",
        crate::verify::check(&deployment)
    );
    (deployment, diagnostics)
}

/// The environment at the other level of availability.
fn turned_over<'a>(project: &'a Project, inputs: &'a Inputs, environment: BlockId) -> Evaluation<'a> {
    let mut evaluation = Evaluation::new(project, inputs, Some(environment));
    evaluation.prepare(environment);
    evaluation.collect_documents();
    evaluation
}

/// A solution of an environment; its resources are numbered from `base`, its stacks from 0.
pub(crate) struct Part {
    pub(crate) base: usize,
    /// Empty where neither the environment nor a proof is made of it.
    pub(crate) deployment: Deployment,
    /// Whether raising availability may replace something; only the other level tells whether it does.
    pub(crate) may_replace: bool,
}

fn solution(evaluation: &mut Evaluation<'_>, name: &Name, id: ComponentId, keep: Keep) -> Part {
    let base = evaluation.resources.next().index();
    if let Some(root) = evaluation.solution(name, id) {
        evaluation.check_solution_profiles(root);
        run(evaluation, root);
    }
    // An environment as it would be is compared property by property; where it would stand does not matter.
    let stacks = if evaluation.inputs.assume_multi_az.is_some() {
        stacks::Stacks::none(evaluation.resources.len())
    } else {
        let stacks = stacks::assign(evaluation);
        limits::check(evaluation, &stacks);
        stacks
    };
    let may_replace = evaluation.may_replace;
    let wanted = keep == Keep::Everything || may_replace || cfg!(debug_assertions);
    let deployment = if wanted { build(evaluation, stacks) } else { Deployment::default() };
    evaluation.forget();
    Part { base, deployment, may_replace }
}

fn run(evaluation: &mut Evaluation<'_>, root: InstanceId) {
    let permits = everything(evaluation);
    outputs(evaluation, root);
    policies::attach(evaluation, permits);
    closed::close(evaluation);
    sweep::sweep(evaluation);
    tags::tag(evaluation);
    if evaluation.inputs.assume_multi_az.is_none() {
        evaluation.note_paths();
        collisions(evaluation);
        moves::note(evaluation);
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
            evaluation.visit(evaluation.instances.id(visited));
            visited += 1;
        } else if linked < evaluation.instances.len() {
            links::lower(evaluation, evaluation.instances.id(linked), &mut permits);
            linked += 1;
        } else if finished < evaluation.resources.len() {
            evaluation.finish_resource(evaluation.resources.id(finished), &mut rules);
            finished += 1;
        } else if evaluation.roles.is_empty() {
            return permits;
        } else {
            evaluation.platform_policies();
        }
    }
}

fn outputs(evaluation: &mut Evaluation<'_>, root: InstanceId) {
    let Some((component, solution)) = evaluation.instance(root).map(|i| (i.component, i.path.clone())) else {
        return;
    };
    for (index, member) in component.members.iter().enumerate() {
        if !matches!(member.kind, MemberKind::Output { .. }) {
            continue;
        }
        let value = evaluation.member(root, hir::MemberId(u32::try_from(index).unwrap_or(u32::MAX)));
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

/// No two resources of a stack may have one id; ids are unique in the whole environment.
fn collisions(evaluation: &mut Evaluation<'_>) {
    let mut known = std::mem::take(&mut evaluation.known_ids);
    let mut found = Vec::new();
    for resource in evaluation.resources.iter() {
        let here = Named {
            instance: evaluation.path(resource.instance),
            name: resource.name.clone(),
            span: resource.span,
        };
        let there = match known.entry(resource.logical_id.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(here);
                continue;
            }
            Entry::Occupied(entry) => entry.into_mut(),
        };
        // Two declarations of one name: reported as such.
        if (&there.instance, &there.name) == (&here.instance, &here.name) {
            continue;
        }
        let id = &resource.logical_id;
        found.push(
            Diagnostic::error(
                codes::LOGICAL_ID_COLLISION,
                here.span,
                format!("`{}` and `{}` have the same logical id", there.words(), here.words()),
            )
            .label(format!("this is `{id}` too"))
            .because(there.span, format!("`{id}`"))
            .help("rename one of them"),
        );
    }
    evaluation.known_ids = known;
    found.into_iter().for_each(|d| evaluation.report(d));
}

/// What a logical id stands for.
pub(crate) struct Named {
    instance: Name,
    name: Name,
    pub(crate) span: solc_source::Span,
}

impl Named {
    /// As people say it.
    pub(crate) fn words(&self) -> String {
        format!("{}.{}", self.instance, self.name)
    }
}

/// What the passes made of the solution at hand.
fn build(evaluation: &mut Evaluation<'_>, stacks: stacks::Stacks) -> Deployment {
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
    let mut all_stacks = stacks.stacks;
    let ids = evaluation.resources.ids();
    let home: FxHashMap<ResourceId, StackId> =
        ids.zip(&stacks.of).filter_map(|(id, stack)| Some((id, (*stack)?))).collect();
    let resources: Vec<model::Resource> = evaluation
        .resources
        .take()
        .into_iter()
        .enumerate()
        .map(|(index, r)| {
            let stack = stacks.of.get(index).copied().flatten();
            let declared = matches!(r.source, Source::Declared(..));
            let keeps = declared
                && r.ty.stateful
                && evaluation.instance(r.instance).is_some_and(|i| i.component.stateful);
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
                moved_from: moves::of(evaluation, &r),
                logical_id: r.logical_id,
                ty: r.ty,
                instance: r.instance,
                name: r.name,
                zone: r.zone,
                properties: r.properties,
                depends_on: r
                    .depends_on
                    .into_iter()
                    .filter(|d| stack.is_some() && home.get(d).copied() == stack)
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
        .take()
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
        environment: evaluation.environment.clone(),
        instances,
        resources,
        links: evaluation.links.take(),
        statements: std::mem::take(&mut evaluation.statements),
        flows: std::mem::take(&mut evaluation.flows),
        stacks: all_stacks,
        outputs: std::mem::take(&mut evaluation.outputs),
        images: Vec::new(),
        assignment: stacks.assignment,
        waivers: Vec::new(),
        facts: Vec::new(),
    }
}

impl Deployment {
    /// Adds a further solution of the environment.
    fn append(&mut self, part: Self) {
        let base = u32::try_from(self.stacks.len()).unwrap_or(u32::MAX);
        let moved = |id: StackId| StackId(id.0.saturating_add(base));
        self.stacks.extend(part.stacks.into_iter().map(|mut stack| {
            stack.depends_on.iter_mut().for_each(|id| *id = moved(*id));
            stack.parameters.iter_mut().for_each(|(_, binding)| binding.stack = moved(binding.stack));
            stack
        }));
        self.resources.extend(part.resources.into_iter().map(|mut resource| {
            resource.stack = resource.stack.map(moved);
            resource
        }));
        self.instances.extend(part.instances);
        self.links.extend(part.links);
        self.statements.extend(part.statements);
        self.flows.extend(part.flows);
        self.outputs.extend(part.outputs);
        self.assignment.extend(part.assignment);
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
