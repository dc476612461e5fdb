//! Of a platform only what is used exists.
//!
//! Invariant: what no resource outside the platform leads to is gone, with its policies and rules; everything
//! else keeps its order.

use crate::evaluate::Evaluation;
use crate::model::{Holder, Peer, ResourceId, Value};
use rustc_hash::FxHashMap;

/// Removes what nobody uses, and renumbers the rest.
pub(crate) fn sweep(evaluation: &mut Evaluation<'_>) {
    let count = evaluation.resources.len();
    let all = &evaluation.resources;
    let in_platform = |id: ResourceId| {
        all.get(id).and_then(|r| evaluation.instance(r.instance)).is_some_and(|i| i.platform)
    };
    // Only a platform's resources can be unused.
    if !all.ids().any(in_platform) {
        return;
    }
    let mut live = vec![false; count];
    let mut work: Vec<ResourceId> =
        all.ids().filter(|id| !in_platform(*id) && !follows_platform(evaluation, *id)).collect();
    let mut followers: Vec<Vec<ResourceId>> = vec![Vec::new(); count];
    for (id, resource) in all.entries() {
        for with in &resource.attached {
            if let Some(list) = all.place(*with).and_then(|at| followers.get_mut(at)) {
                list.push(id);
            }
        }
    }
    while let Some(id) = work.pop() {
        let Some(place) = all.place(id) else { continue };
        match live.get_mut(place) {
            Some(flag) if !*flag => *flag = true,
            Some(_) | None => continue,
        }
        let Some(resource) = all.get(id) else { continue };
        work.extend(&resource.depends_on);
        for (_, value) in &resource.properties {
            value.references(&mut |id, _| work.push(id));
        }
        // A nested component of the platform is there as a whole, or not at all.
        if in_platform(id) && !evaluation.is_platform_root(resource.instance) {
            let own = evaluation.instance(resource.instance).map(|i| i.resources.clone()).unwrap_or_default();
            work.extend(own.into_iter().filter(|id| attached_live(evaluation, *id, &live)));
        }
        for follower in followers.get(place).into_iter().flatten() {
            if attached_live(evaluation, *follower, &live) {
                work.push(*follower);
            }
        }
    }
    if live.iter().all(|l| *l) {
        return;
    }
    renumber(evaluation, &live);
}

/// Whether everything that a derived resource is attached to is there.
fn attached_live(evaluation: &Evaluation<'_>, id: ResourceId, live: &[bool]) -> bool {
    let lives = |id: ResourceId| {
        evaluation.resources.place(id).and_then(|place| live.get(place)).copied().unwrap_or(false)
    };
    evaluation.resource(id).is_some_and(|r| r.attached.iter().all(|a| lives(*a)))
}

/// A rule of a group of the platform, owned by somebody else, is no reason for the group to exist.
fn follows_platform(evaluation: &Evaluation<'_>, id: ResourceId) -> bool {
    evaluation.resource(id).is_some_and(|r| {
        r.attached.iter().any(|a| {
            evaluation.resource(*a).and_then(|t| evaluation.instance(t.instance)).is_some_and(|i| i.platform)
        })
    })
}

fn renumber(evaluation: &mut Evaluation<'_>, live: &[bool]) {
    let mut kept = 0;
    let map: FxHashMap<ResourceId, ResourceId> = evaluation
        .resources
        .ids()
        .zip(live)
        .filter(|(_, live)| **live)
        .map(|(id, _)| {
            let new = evaluation.resources.id(kept);
            kept += 1;
            (id, new)
        })
        .collect();
    let to = |id: ResourceId| map.get(&id).copied();
    let mut flags = live.iter();
    evaluation.resources.retain(|_| flags.next().copied().unwrap_or(false));
    for resource in evaluation.resources.iter_mut() {
        for (_, value) in &mut resource.properties {
            remap(value, &to);
        }
        resource.depends_on = resource.depends_on.iter().filter_map(|d| to(*d)).collect();
        resource.attached = resource.attached.iter().filter_map(|d| to(*d)).collect();
    }
    for instance in evaluation.instances.iter_mut() {
        instance.resources = instance.resources.iter().filter_map(|r| to(*r)).collect();
    }
    for output in &mut evaluation.outputs {
        remap(&mut output.value, &to);
    }
    evaluation.opening = evaluation.opening.iter().filter_map(|(a, b)| Some((to(*a)?, to(*b)?))).collect();
    for link in evaluation.links.iter_mut() {
        link.policy = link.policy.and_then(to);
    }
    evaluation.statements.retain_mut(|statement| {
        statement.resources.iter_mut().for_each(|v| remap(v, &to));
        statement.conditions.iter_mut().for_each(|(_, _, v)| remap(v, &to));
        match &mut statement.holder {
            Holder::Identity(id) | Holder::Resource(id, _) | Holder::Trust(id, _) => match to(*id) {
                Some(new) => {
                    *id = new;
                    true
                }
                None => false,
            },
        }
    });
    evaluation.flows.retain_mut(|flow| {
        [&mut flow.from, &mut flow.to].into_iter().all(|peer| match peer {
            Peer::Group(id) => match to(*id) {
                Some(new) => {
                    *id = new;
                    true
                }
                None => false,
            },
            Peer::Addresses(_) | Peer::PrefixList(_) => true,
        })
    });
}

/// Rewrites the ids of a value. What is dead is referred to by the dead only.
fn remap(value: &mut Value, to: &impl Fn(ResourceId) -> Option<ResourceId>) {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::String(_) => {}
        Value::Ref(id) | Value::Attribute(id, _) => {
            if let Some(new) = to(*id) {
                *id = new;
            }
        }
        Value::List(items) | Value::Join(items) => {
            if items.iter().any(Value::is_deferred) {
                let mut own: Vec<Value> = items.to_vec();
                own.iter_mut().for_each(|v| remap(v, to));
                *items = own.into();
            }
        }
        Value::Object(entries) => {
            if entries.iter().any(|(_, v)| v.is_deferred()) {
                let mut own: Vec<_> = entries.to_vec();
                own.iter_mut().for_each(|(_, v)| remap(v, to));
                *entries = own.into();
            }
        }
    }
}
