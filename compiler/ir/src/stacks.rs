//! Layers to stacks, and values that cross between them.
//!
//! A stack is one layer of one solution. Where a layer needs several, components are filed in the order in
//! which their values flow, each into the first stack with room, and `stacks.lock` records where, so that nothing
//! ever moves. What refers to each other stays together.
//!
//! Invariant: values flow to the same or a later layer, and to the same or a later stack of it; so the stacks
//! have an order in which they can be created.

mod cross;
mod fill;

use crate::codes;
use crate::evaluate::Evaluation;
use crate::model::{Assignment, Binding, InstanceId, ResourceId, Stack, StackId, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use solc_check::hir::Layer;
use solc_source::{Diagnostic, Name, Span};

/// A stack closes at this many resources; CloudFormation takes 500.
pub(crate) const MAX_RESOURCES: usize = 450;
/// … this many values from other stacks; CloudFormation takes 200 parameters.
pub(crate) const MAX_PARAMETERS: usize = 180;
/// … and this many bytes, estimated; CloudFormation takes 1,000,000.
pub(crate) const MAX_BYTES: usize = 900_000;

/// The stacks of what is at hand, and where each of its resources is; their ids begin with 0.
pub(crate) struct Stacks {
    pub(crate) stacks: Vec<Stack>,
    pub(crate) of: Vec<Option<StackId>>,
    pub(crate) assignment: Assignment,
}

impl Stacks {
    /// No stack, for as many resources.
    pub(crate) fn none(resources: usize) -> Self {
        Self { stacks: Vec::new(), of: vec![None; resources], assignment: Assignment::new() }
    }
}

/// The layer of a resource.
pub(crate) fn layer(evaluation: &Evaluation<'_>, id: ResourceId) -> Option<Layer> {
    let resource = evaluation.resource(id)?;
    resource.layer.or_else(|| evaluation.instance(resource.instance).map(|i| i.component.layer))
}

/// Files every resource into a stack.
pub(crate) fn assign(evaluation: &mut Evaluation<'_>) -> Stacks {
    check_layers(evaluation);
    let mut groups: Vec<((InstanceId, Layer), Vec<ResourceId>)> = Vec::new();
    let mut places: FxHashMap<(InstanceId, Layer), usize> = FxHashMap::default();
    for id in evaluation.resources.ids() {
        let root = evaluation.resource(id).and_then(|r| evaluation.instance(r.instance)).map(|i| i.root);
        let (Some(root), Some(layer)) = (root, layer(evaluation, id)) else { continue };
        let at = *places.entry((root, layer)).or_insert_with(|| {
            groups.push(((root, layer), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, resources)) = groups.get_mut(at) {
            resources.push(id);
        }
    }
    // Layers first, so that the stacks stand in an order in which they can be created.
    groups.sort_by_key(|((root, layer), _)| (*layer, *root));
    let mut all = Stacks {
        stacks: Vec::new(),
        of: vec![None; evaluation.resources.len()],
        assignment: Assignment::new(),
    };
    for ((root, layer), resources) in groups {
        let root_instance = evaluation.instance(root);
        let solution = root_instance.map(|i| i.path.clone()).unwrap_or_default();
        let span = root_instance.map(|i| i.span).unwrap_or_default();
        let filled = fill::fill(evaluation, &solution, layer, &resources, span);
        if let Some(recorded) = filled.recorded {
            all.assignment.insert(Name::from(format!("{solution}/{}", layer.word())), recorded);
        }
        for (number, resources) in filled.stacks {
            let id = StackId(u32::try_from(all.stacks.len()).unwrap_or(u32::MAX));
            for resource in &resources {
                let place = evaluation.resources.place(*resource);
                if let Some(slot) = place.and_then(|at| all.of.get_mut(at)) {
                    *slot = Some(id);
                }
            }
            let environment = &evaluation.environment;
            let mut name =
                format!("{}-{}-{solution}-{}", environment.product, environment.name, layer.word());
            if number > 1 {
                name.push_str(&format!("-{number}"));
            }
            all.stacks.push(Stack {
                name: Name::from(name.replace('_', "-")),
                solution: solution.clone(),
                layer,
                resources,
                parameters: Vec::new(),
                outputs: Vec::new(),
                depends_on: Vec::new(),
                termination_protection: environment.multi_az,
            });
        }
    }
    cross::bind(evaluation, &mut all);
    all
}

/// Values flow to the same or a later layer only.
fn check_layers(evaluation: &mut Evaluation<'_>) {
    let mut reported: FxHashSet<(Span, Span)> = FxHashSet::default();
    let mut found = Vec::new();
    for (place, (id, resource)) in evaluation.resources.entries().enumerate() {
        let Some(here) = layer(evaluation, id) else { continue };
        let mut check = |target: ResourceId, property: Option<&Name>| {
            let (Some(there), Some(to)) = (layer(evaluation, target), evaluation.resource(target)) else {
                return;
            };
            if there <= here || !reported.insert((resource.span, to.span)) {
                return;
            }
            let at = property
                .and_then(|p| resource.property_spans.iter().find(|(n, _)| n == p))
                .map_or(resource.span, |(_, s)| *s);
            let name =
                |r: &crate::evaluate::Resource<'_>| format!("{}.{}", evaluation.path(r.instance), r.name);
            let (user, used) = (name(resource), name(to));
            found.push(
                Diagnostic::error(
                    codes::LAYER_ORDER,
                    at,
                    format!(
                        "`{user}` of layer {} needs `{used}` of layer {}, which is created later",
                        here.word(),
                        there.word()
                    ),
                )
                .label(format!("in layer {}", here.word()))
                .because(to.span, format!("in layer {}", there.word()))
                .help(format!(
                    "put the component of `{used}` into layer {}, or that of `{user}` into a later one",
                    here.word()
                )),
            );
        };
        for reference in evaluation.references.at(place) {
            check(reference.target, resource.properties.get(reference.property).map(|(name, _)| name));
        }
        for target in &resource.depends_on {
            check(*target, None);
        }
    }
    found.into_iter().for_each(|d| evaluation.report(d));
}

/// What a value of a template takes up, roughly.
pub(crate) fn weight(value: &Value) -> usize {
    match value {
        Value::Bool(_) | Value::Int(_) => 12,
        Value::Number(_) => 20,
        Value::String(text) => text.len() + 8,
        Value::List(items) | Value::Join(items) => 24 + items.iter().map(|v| weight(v) + 10).sum::<usize>(),
        Value::Object(entries) => 16 + entries.iter().map(|(k, v)| k.len() + 16 + weight(v)).sum::<usize>(),
        Value::Ref(_) => 60,
        Value::Attribute(_, name) => 90 + name.len(),
    }
}

/// The name of a value that crosses stacks: the producing resource and its attribute.
pub(crate) fn crossing_name(logical_id: &str, attribute: Option<&Name>) -> Name {
    let mut name = logical_id.to_owned();
    match attribute {
        None => name.push_str("Ref"),
        Some(attribute) => name.extend(attribute.chars().filter(char::is_ascii_alphanumeric)),
    }
    name.into()
}

/// A reference as a binding.
pub(crate) fn binding(stack: StackId, output: Name, target: ResourceId, attribute: Option<&Name>) -> Binding {
    let value = match attribute {
        None => Value::Ref(target),
        Some(name) => Value::Attribute(target, name.clone()),
    };
    Binding { stack, output, value }
}
