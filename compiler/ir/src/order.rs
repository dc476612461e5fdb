//! `DependsOn`: what a resource waits for although no value says so.
//!
//! What uses a role waits for the role's policies, what uses a security group for the group's rules, and what uses
//! a bucket or queue that permits a service for the policy that does; except along a cycle, where two functions
//! call each other.
//!
//! Invariant: after this pass the graph of resources has no cycle, or `resource-cycle` was reported.

use crate::codes;
use crate::evaluate::Evaluation;
use crate::graph::Graph;
use crate::model::{ResourceId, Value};
use solc_source::{Diagnostic, Name};

/// What a property refers to: the resource, and its attribute unless it is `Ref`.
pub(crate) struct Reference {
    /// Which of the resource's properties.
    pub(crate) property: usize,
    pub(crate) target: ResourceId,
    pub(crate) attribute: Option<Name>,
}

/// What the properties of every resource at hand refer to: properties are large, and three passes ask.
#[derive(Default)]
pub(crate) struct References {
    all: Vec<Reference>,
    /// Where those of each resource end.
    ends: Vec<usize>,
}

impl References {
    /// Notes those of the resource at the next place, whose properties are final.
    fn push(&mut self, properties: &[(Name, Value)]) {
        for (property, (_, value)) in properties.iter().enumerate() {
            value.references(&mut |target, attribute| {
                self.all.push(Reference { property, target, attribute: attribute.cloned() });
            });
        }
        self.ends.push(self.all.len());
    }

    /// Forgets all, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.ends.clear();
    }

    /// Those of the resource at a place.
    pub(crate) fn at(&self, place: usize) -> &[Reference] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(place).and_then(|end| self.all.get(start..*end)).unwrap_or_default()
    }
}

/// Adds the implicit order.
pub(crate) fn order(evaluation: &mut Evaluation<'_>) {
    evaluation.references.clear();
    for resource in evaluation.resources.iter() {
        evaluation.references.push(&resource.properties);
    }
    let all = &evaluation.resources;
    let count = all.len();
    let mut graph = Graph::new(count);
    let mut users: Vec<Vec<ResourceId>> = vec![Vec::new(); count];
    let mut targets: Vec<ResourceId> = Vec::new();
    for (place, (id, resource)) in all.entries().enumerate() {
        targets.clone_from(&resource.depends_on);
        targets.extend(evaluation.references.at(place).iter().map(|reference| reference.target));
        targets.sort_unstable();
        targets.dedup();
        for target in &targets {
            let Some(target) = all.place(*target) else { continue };
            graph.add(place, target);
            if let Some(users) = users.get_mut(target) {
                users.push(id);
            }
        }
    }
    report_cycles(evaluation, &graph);

    let mut wanted: Vec<(ResourceId, ResourceId)> = Vec::new();
    for (opened, policy) in &evaluation.opening {
        let home = evaluation.resource(*opened).map(|r| (r.instance, r.ty.name == "AWS::IAM::Role"));
        let opened_place = evaluation.resources.place(*opened);
        for user in opened_place.and_then(|at| users.get(at)).into_iter().flatten() {
            // Policies of the same thing, and rules, wait for nothing.
            let Some(resource) = evaluation.resource(*user) else { continue };
            let derived = matches!(resource.source, crate::evaluate::Source::Derived);
            let foreign = home.is_some_and(|(instance, role)| role && resource.instance != instance);
            let later = crate::stacks::layer(evaluation, *policy) > crate::stacks::layer(evaluation, *user);
            if !derived && !foreign && !later {
                wanted.push((*user, *policy));
            }
        }
    }
    let place = |evaluation: &Evaluation<'_>, id: ResourceId| evaluation.resources.place(id).unwrap_or(count);
    for (user, policy) in &wanted {
        graph.add(place(evaluation, *user), place(evaluation, *policy));
    }
    let (_, component) = graph.components();
    for (user, policy) in wanted {
        if component.get(place(evaluation, user)) == component.get(place(evaluation, policy)) {
            continue;
        }
        if let Some(resource) = evaluation.resources.get_mut(user) {
            resource.depends_on.push(policy);
        }
    }
    for resource in evaluation.resources.iter_mut() {
        resource.depends_on.sort_unstable();
        resource.depends_on.dedup();
    }
}

fn report_cycles(evaluation: &mut Evaluation<'_>, graph: &Graph) {
    let (components, _) = graph.components();
    for members in components {
        let Some(start) = members.first().copied() else { continue };
        if members.len() == 1 && !graph.edges(start).any(|e| e == start) {
            continue;
        }
        let chain: Vec<_> = graph
            .cycle_through(start)
            .into_iter()
            .filter_map(|at| evaluation.resource(evaluation.resources.id(at)))
            .map(|r| (format!("{}.{}", evaluation.path(r.instance), r.name), r.span))
            .collect();
        let Some(((first, span), rest)) = chain.split_first() else { continue };
        let next = |i: usize| chain.get(i).map_or(first.as_str(), |(name, _)| name.as_str());
        let mut diagnostic = Diagnostic::error(
            codes::RESOURCE_CYCLE,
            *span,
            format!("`{first}` cannot be created before itself"),
        )
        .label(format!("waits for `{}`", next(1)));
        for (index, (_, place)) in rest.iter().enumerate() {
            diagnostic = diagnostic.because(*place, format!("waits for `{}`", next(index + 2)));
        }
        evaluation.report(
            diagnostic.help("break the circle: let one of them refer to a name that is known before"),
        );
    }
}
