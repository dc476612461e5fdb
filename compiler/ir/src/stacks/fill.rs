//! One layer into as many stacks as it needs.

use super::{MAX_BYTES, MAX_PARAMETERS, MAX_RESOURCES, weight};
use crate::codes;
use crate::evaluate::Evaluation;
use crate::graph::Graph;
use crate::model::{InstanceId, ResourceId};
use rustc_hash::{FxHashMap, FxHashSet};
use solc_check::hir::Layer;
use solc_source::data::{Node, Value as Data};
use solc_source::{Diagnostic, Name, Span};
use std::collections::BTreeMap;

/// The stacks of a layer, numbered from one.
pub(super) struct Filled {
    pub(super) stacks: Vec<(u32, Vec<ResourceId>)>,
    /// What `stacks.lock` is to say; nothing where one stack holds all and always has.
    pub(super) recorded: Option<BTreeMap<Name, u32>>,
}

/// A component with its resources of this layer.
struct Unit {
    instance: InstanceId,
    resources: Vec<ResourceId>,
    bytes: usize,
    foreign: Vec<(ResourceId, Option<Name>)>,
    needs: Vec<usize>,
}

#[derive(Default)]
struct Room {
    resources: usize,
    bytes: usize,
    foreign: FxHashSet<(ResourceId, Option<Name>)>,
}

impl Room {
    fn fits(&self, unit: &[&Unit]) -> bool {
        let resources: usize = unit.iter().map(|u| u.resources.len()).sum();
        let bytes: usize = unit.iter().map(|u| u.bytes).sum();
        let fresh = unit
            .iter()
            .flat_map(|u| &u.foreign)
            .filter(|f| !self.foreign.contains(*f))
            .collect::<FxHashSet<_>>()
            .len();
        self.resources + resources <= MAX_RESOURCES
            && self.bytes + bytes <= MAX_BYTES
            && self.foreign.len() + fresh <= MAX_PARAMETERS
    }

    fn add(&mut self, unit: &[&Unit]) {
        for unit in unit {
            self.resources += unit.resources.len();
            self.bytes += unit.bytes;
            self.foreign.extend(unit.foreign.iter().cloned());
        }
    }
}

pub(super) fn fill(
    evaluation: &mut Evaluation<'_>,
    solution: &Name,
    layer: Layer,
    resources: &[ResourceId],
    span: Span,
) -> Filled {
    let units = units(evaluation, resources, layer);
    let locked = locked(evaluation, solution, layer, &units);
    let whole: Vec<&Unit> = units.iter().collect();
    let one = Room::default().fits(&whole);
    if one && locked.is_empty() {
        return Filled { stacks: vec![(1, resources.to_vec())], recorded: None };
    }
    let mut graph = Graph::new(units.len());
    for (index, unit) in units.iter().enumerate() {
        unit.needs.iter().for_each(|n| graph.add(index, *n));
    }
    let (components, _) = graph.components();
    let mut rooms: Vec<Room> = Vec::new();
    let mut place: Vec<usize> = vec![0; units.len()];
    let mut findings = Vec::new();
    for members in components {
        let together: Vec<&Unit> = members.iter().filter_map(|m| units.get(*m)).collect();
        let least = together
            .iter()
            .flat_map(|u| &u.needs)
            .filter(|n| !members.contains(n))
            .filter_map(|n| place.get(*n))
            .max()
            .copied()
            .unwrap_or(0);
        let fixed = together.iter().find_map(|u| locked.get(&evaluation.path(u.instance)).map(|n| (u, *n)));
        let at = match fixed {
            Some((_, (number, _))) => {
                let index = (number as usize).saturating_sub(1);
                for unit in &together {
                    if let Some((other, at)) = locked.get(&evaluation.path(unit.instance))
                        && *other != number
                    {
                        findings.push(conflict(
                            *at,
                            &evaluation.path(unit.instance),
                            "it refers in a circle to a component of another stack",
                        ));
                    }
                }
                if index < least
                    && let Some((unit, (_, at))) = fixed
                {
                    findings.push(conflict(
                        at,
                        &evaluation.path(unit.instance),
                        "it needs a value from a later stack",
                    ));
                }
                index
            }
            None => (least..rooms.len())
                .find(|i| rooms.get(*i).is_some_and(|r| r.fits(&together)))
                .unwrap_or_else(
                    // A stack of its own, after all that it needs.
                    || rooms.len().max(least),
                ),
        };
        if rooms.len() <= at {
            rooms.resize_with(at + 1, Room::default);
        }
        if let Some(room) = rooms.get_mut(at) {
            room.add(&together);
            if room.resources > 500 || room.foreign.len() > 200 {
                let path = together.first().map(|u| evaluation.path(u.instance)).unwrap_or_default();
                findings.push(
                    Diagnostic::error(
                        codes::LIMIT_EXCEEDED,
                        together
                            .first()
                            .and_then(|u| evaluation.instance(u.instance))
                            .map_or(span, |i| i.span),
                        format!(
                            "`{path}`, with what refers to it in a circle, needs more than one stack holds"
                        ),
                    )
                    .label(format!(
                        "{} resources and {} values from other stacks; CloudFormation takes 500 and 200",
                        room.resources,
                        room.foreign.len()
                    ))
                    .help("divide it into components that do not refer to each other in a circle"),
                );
            }
        }
        for member in members {
            if let Some(slot) = place.get_mut(member) {
                *slot = at;
            }
        }
    }
    findings.into_iter().for_each(|d| evaluation.report(d));
    let mut stacks: Vec<(u32, Vec<ResourceId>)> =
        (0..rooms.len()).map(|i| (u32::try_from(i + 1).unwrap_or(u32::MAX), Vec::new())).collect();
    let mut recorded = BTreeMap::new();
    for (unit, at) in units.iter().zip(&place) {
        if let Some((number, resources)) = stacks.get_mut(*at) {
            resources.extend(&unit.resources);
            recorded.insert(evaluation.path(unit.instance), *number);
        }
    }
    stacks.retain(|(_, resources)| !resources.is_empty());
    stacks.iter_mut().for_each(|(_, resources)| resources.sort_unstable());
    Filled { stacks, recorded: Some(recorded) }
}

fn conflict(span: Span, path: &str, why: &str) -> Diagnostic {
    Diagnostic::error(codes::STACK_ASSIGNMENT, span, format!("`{path}` cannot stay in its stack"))
        .label(why.to_owned())
        .help(
            "remove the reference that leads to a later stack; a component never changes its stack by itself",
        )
}

/// Components by path, with the number that `stacks.lock` gives them and where it says so.
fn locked(
    evaluation: &mut Evaluation<'_>,
    solution: &str,
    layer: Layer,
    units: &[Unit],
) -> FxHashMap<Name, (u32, Span)> {
    let inputs = evaluation.inputs;
    let key = format!("{solution}/{}", layer.word());
    let node = inputs.documents.stacks.get(&evaluation.environment.name).and_then(|n| n.get(&key));
    let mut found = FxHashMap::default();
    for entry in node.map(Node::entries).unwrap_or_default() {
        match &entry.node.value {
            Data::Int(n) if (1..=1000).contains(n) => {
                found.insert(entry.key.clone(), (u32::try_from(*n).unwrap_or(1), entry.key_span));
            }
            _ => evaluation.report(
                Diagnostic::error(
                    codes::STACK_ASSIGNMENT,
                    entry.node.span,
                    format!("`{}` is not assigned to a stack", entry.key),
                )
                .label("must be the number of a stack, from 1")
                .help("restore the line as `solc build` wrote it"),
            ),
        }
    }
    if found.is_empty() {
        return found;
    }
    // What has another name now stays where it was: `stacks.lock` knows it by the old one until it is written anew.
    let moved: Vec<(Name, (u32, Span))> = units
        .iter()
        .filter_map(|unit| {
            let old = evaluation.moved_path(unit.instance)?;
            Some((evaluation.path(unit.instance), *found.get(&old)?))
        })
        .collect();
    found.extend(moved);
    found
}

fn units(evaluation: &Evaluation<'_>, resources: &[ResourceId], layer: Layer) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut of: FxHashMap<InstanceId, usize> = FxHashMap::default();
    for id in resources {
        let Some(resource) = evaluation.resource(*id) else { continue };
        let at = *of.entry(resource.instance).or_insert_with(|| {
            units.push(Unit {
                instance: resource.instance,
                resources: Vec::new(),
                bytes: 0,
                foreign: Vec::new(),
                needs: Vec::new(),
            });
            units.len() - 1
        });
        if let Some(unit) = units.get_mut(at) {
            unit.resources.push(*id);
            unit.bytes += 120
                + resource.logical_id.len()
                + resource.properties.iter().map(|(k, v)| k.len() + 12 + weight(v)).sum::<usize>();
        }
    }
    for index in 0..units.len() {
        let (mut needs, mut foreign) = (FxHashSet::default(), FxHashSet::default());
        let Some(unit) = units.get(index) else { continue };
        for id in &unit.resources {
            let (Some(resource), Some(place)) = (evaluation.resource(*id), evaluation.resources.place(*id))
            else {
                continue;
            };
            let mut visit = |target: ResourceId, attribute: Option<&Name>, value: bool| {
                let home = evaluation.resource(target).map(|r| r.instance);
                let inside = super::layer(evaluation, target) == Some(layer);
                match home.and_then(|h| of.get(&h)).filter(|_| inside) {
                    Some(other) if *other != index => {
                        needs.insert(*other);
                    }
                    Some(_) => {}
                    None if value => {
                        foreign.insert((target, attribute.cloned()));
                    }
                    None => {}
                }
            };
            for reference in evaluation.references.at(place) {
                visit(reference.target, reference.attribute.as_ref(), true);
            }
            resource.depends_on.iter().for_each(|t| visit(*t, None, false));
        }
        let mut needs: Vec<usize> = needs.into_iter().collect();
        needs.sort_unstable();
        let mut foreign: Vec<_> = foreign.into_iter().collect();
        foreign.sort();
        if let Some(unit) = units.get_mut(index) {
            unit.needs = needs;
            unit.foreign = foreign;
        }
    }
    units
}
