//! Of a platform only what is used exists.
//!
//! Invariant: what no resource outside the platform leads to is gone, with its policies and rules; everything
//! else keeps its order.

use crate::evaluate::Evaluation;
use crate::model::{Holder, Peer, ResourceId, Value};

/// Removes what nobody uses, and renumbers the rest.
pub(crate) fn sweep(evaluation: &mut Evaluation<'_>) {
    let count = evaluation.resources.len();
    let in_platform = |e: &Evaluation<'_>, id: usize| {
        e.resources.get(id).and_then(|r| e.instance(r.instance)).is_some_and(|i| i.platform)
    };
    // Only a platform's resources can be unused.
    if !(0..count).any(|i| in_platform(evaluation, i)) {
        return;
    }
    let mut live = vec![false; count];
    let mut work: Vec<usize> =
        (0..count).filter(|i| !in_platform(evaluation, *i) && !follows_platform(evaluation, *i)).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, resource) in evaluation.resources.iter().enumerate() {
        for with in &resource.attached {
            if let Some(list) = followers.get_mut(with.index()) {
                list.push(index);
            }
        }
    }
    while let Some(index) = work.pop() {
        match live.get_mut(index) {
            Some(flag) if !*flag => *flag = true,
            Some(_) | None => continue,
        }
        let Some(resource) = evaluation.resources.get(index) else { continue };
        work.extend(resource.depends_on.iter().map(|d| d.index()));
        for (_, value) in &resource.properties {
            value.references(&mut |id, _| work.push(id.index()));
        }
        // A nested component of the platform is there as a whole, or not at all.
        if in_platform(evaluation, index) && !evaluation.is_platform_root(resource.instance) {
            let own = evaluation.instance(resource.instance).map(|i| i.resources.clone()).unwrap_or_default();
            work.extend(
                own.into_iter().map(ResourceId::index).filter(|i| attached_live(evaluation, *i, &live)),
            );
        }
        for follower in followers.get(index).into_iter().flatten() {
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
fn attached_live(evaluation: &Evaluation<'_>, index: usize, live: &[bool]) -> bool {
    evaluation
        .resources
        .get(index)
        .is_some_and(|r| r.attached.iter().all(|a| live.get(a.index()).copied().unwrap_or(false)))
}

/// A rule of a group of the platform, owned by somebody else, is no reason for the group to exist.
fn follows_platform(evaluation: &Evaluation<'_>, index: usize) -> bool {
    evaluation.resources.get(index).is_some_and(|r| {
        r.attached.iter().any(|a| {
            evaluation.resource(*a).and_then(|t| evaluation.instance(t.instance)).is_some_and(|i| i.platform)
        })
    })
}

fn renumber(evaluation: &mut Evaluation<'_>, live: &[bool]) {
    let mut next = 0;
    let map: Vec<Option<ResourceId>> = live
        .iter()
        .map(|l| {
            l.then(|| {
                let id = ResourceId(next);
                next += 1;
                id
            })
        })
        .collect();
    let to = |id: ResourceId| map.get(id.index()).copied().flatten();
    let mut flags = live.iter();
    evaluation.resources.retain(|_| flags.next().copied().unwrap_or(false));
    for resource in &mut evaluation.resources {
        for (_, value) in &mut resource.properties {
            remap(value, &to);
        }
        resource.depends_on = resource.depends_on.iter().filter_map(|d| to(*d)).collect();
        resource.attached = resource.attached.iter().filter_map(|d| to(*d)).collect();
    }
    for instance in &mut evaluation.instances {
        instance.resources = instance.resources.iter().filter_map(|r| to(*r)).collect();
    }
    for output in &mut evaluation.outputs {
        remap(&mut output.value, &to);
    }
    evaluation.opening = evaluation.opening.iter().filter_map(|(a, b)| Some((to(*a)?, to(*b)?))).collect();
    for link in &mut evaluation.links {
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
