//! Parameters and outputs: what one stack reads of another.
//!
//! Invariant: every reference to a resource of another stack has a parameter, bound to an output of that stack.

use super::{Stacks, binding, crossing_name};
use crate::evaluate::Evaluation;
use crate::ids;
use crate::model::{Binding, ResourceId, StackId, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use solc_source::Name;
use std::collections::{BTreeMap, BTreeSet};

/// Binds all stacks to each other, and gives each the outputs of its solution.
pub(super) fn bind(evaluation: &Evaluation<'_>, all: &mut Stacks) {
    let mut parameters: Vec<BTreeMap<Name, Binding>> = vec![BTreeMap::new(); all.stacks.len()];
    let mut outputs: Vec<BTreeMap<Name, Value>> = vec![BTreeMap::new(); all.stacks.len()];
    let mut needs: Vec<BTreeSet<StackId>> = vec![BTreeSet::new(); all.stacks.len()];
    let of = |id: ResourceId| evaluation.resources.place(id).and_then(|at| all.of.get(at)).copied().flatten();
    let mut known: FxHashSet<(StackId, ResourceId, Option<Name>)> = FxHashSet::default();
    let mut bind = |here: StackId, target: ResourceId, attribute: Option<&Name>| {
        let Some(there) = of(target).filter(|t| *t != here) else { return };
        if !known.insert((here, target, attribute.cloned())) {
            return;
        }
        let Some(resource) = evaluation.resource(target) else { return };
        let name = crossing_name(&resource.logical_id, attribute);
        let bound = binding(there, name.clone(), target, attribute);
        if let Some(outputs) = outputs.get_mut(there.index()) {
            outputs.insert(name.clone(), bound.value.clone());
        }
        if let Some(parameters) = parameters.get_mut(here.index()) {
            parameters.insert(name, bound);
        }
        if let Some(needs) = needs.get_mut(here.index()) {
            needs.insert(there);
        }
    };
    for (index, here) in all.of.iter().enumerate() {
        let Some(here) = here else { continue };
        for reference in evaluation.references.at(index) {
            bind(*here, reference.target, reference.attribute.as_ref());
        }
    }
    let last_of: FxHashMap<Name, StackId> =
        (0_u32..).map(StackId).zip(&all.stacks).map(|(id, stack)| (stack.solution.clone(), id)).collect();
    let mut published: Vec<(StackId, Name, Value)> = Vec::new();
    for output in &evaluation.outputs {
        // Beside the last of what it is made of; a plain text in the solution's last stack.
        let mut home: Option<StackId> = None;
        output.value.references(&mut |id, _| home = home.max(of(id)));
        let last = || last_of.get(&output.solution).copied();
        let Some(home) = home.or_else(last) else { continue };
        output.value.references(&mut |target, attribute| bind(home, target, attribute));
        published.push((home, ids::segment(&output.name).into(), output.value.clone()));
    }
    for (home, name, value) in published {
        if let Some(outputs) = outputs.get_mut(home.index()) {
            outputs.insert(name, value);
        }
    }
    // An order beyond values: what a resource waits for may be in an earlier stack.
    for (index, resource) in evaluation.resources.iter().enumerate() {
        let Some(here) = all.of.get(index).copied().flatten() else { continue };
        for target in &resource.depends_on {
            if let (Some(there), Some(needs)) =
                (of(*target).filter(|t| *t != here), needs.get_mut(here.index()))
            {
                needs.insert(there);
            }
        }
    }
    for (stack, ((parameters, outputs), needs)) in
        all.stacks.iter_mut().zip(parameters.into_iter().zip(outputs).zip(needs))
    {
        stack.parameters = parameters.into_iter().collect();
        stack.outputs = outputs.into_iter().collect();
        stack.depends_on = needs.into_iter().collect();
    }
}
