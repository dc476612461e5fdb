//! Makes an arena small: looks through aliases, merges equal nodes, drops what nothing reaches, numbers from the root.
//!
//! Invariant: the type says the same before and after.

use std::collections::BTreeMap;

use solc_schema::{Node, NodeId, ResourceType};

/// Compacts the arena of a type.
pub(super) fn compact(resource: &mut ResourceType) {
    simplify(resource);
    while merge_equal(resource) {}
    renumber(resource);
}

/// Calls `f` on every identifier that a node holds.
pub(super) fn each_id(node: &mut Node, mut f: impl FnMut(&mut NodeId)) {
    match node {
        Node::Boolean | Node::Integer { .. } | Node::Number { .. } | Node::String(_) | Node::Json => {}
        Node::Array { items, .. } => f(items),
        Node::Map(values) => f(values),
        Node::Object(rules) => rules.properties.iter_mut().for_each(|(_, id)| f(id)),
        Node::AnyOf(ids) => ids.iter_mut().for_each(f),
    }
}

fn replace(resource: &mut ResourceType, target: impl Fn(NodeId) -> NodeId) {
    for node in &mut resource.nodes {
        each_id(node, |id| *id = target(*id));
    }
    resource.root = target(resource.root);
    for (_, id) in &mut resource.attributes {
        *id = target(*id);
    }
}

/// Flattens `AnyOf` in `AnyOf`, and makes one with a free-form member free-form.
fn simplify(resource: &mut ResourceType) {
    let nodes = resource.nodes.clone();
    let look = |id: NodeId| -> NodeId {
        let mut at = id;
        for _ in 0..16 {
            match nodes.get(at.0 as usize) {
                Some(Node::AnyOf(ids)) => match ids.as_slice() {
                    [one] => at = *one,
                    _ => break,
                },
                _ => break,
            }
        }
        at
    };
    replace(resource, look);
    let nodes = resource.nodes.clone();
    for node in &mut resource.nodes {
        let Node::AnyOf(ids) = node else { continue };
        let mut flat: Vec<NodeId> = Vec::new();
        for id in ids.iter() {
            match nodes.get(id.0 as usize) {
                Some(Node::AnyOf(inner)) => flat.extend(inner),
                _ => flat.push(*id),
            }
        }
        let free = flat.iter().any(|id| matches!(nodes.get(id.0 as usize), Some(Node::Json)));
        *node = if free { Node::Json } else { Node::AnyOf(flat) };
    }
}

fn merge_equal(resource: &mut ResourceType) -> bool {
    let mut first: BTreeMap<String, u32> = BTreeMap::new();
    let mut target: Vec<NodeId> = Vec::with_capacity(resource.nodes.len());
    let mut changed = false;
    for (index, node) in resource.nodes.iter_mut().enumerate() {
        if let Node::AnyOf(ids) = node {
            let before = ids.len();
            let mut seen = std::collections::BTreeSet::new();
            ids.retain(|id| seen.insert(*id));
            changed |= before != ids.len();
        }
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let same = match node {
            Node::AnyOf(ids) if ids.len() == 1 => ids.first().map_or(index, |id| id.0),
            _ => *first.entry(format!("{node:?}")).or_insert(index),
        };
        target.push(NodeId(same));
    }
    let before = resource.nodes.clone();
    replace(resource, |id| target.get(id.0 as usize).copied().unwrap_or(id));
    changed || before != resource.nodes
}

fn renumber(resource: &mut ResourceType) {
    let mut order: Vec<NodeId> = Vec::new();
    let mut place: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    let roots = std::iter::once(resource.root).chain(resource.attributes.iter().map(|(_, id)| *id));
    let mut open: std::collections::VecDeque<NodeId> = roots.collect();
    while let Some(id) = open.pop_front() {
        if place.contains_key(&id) {
            continue;
        }
        place.insert(id, NodeId(u32::try_from(order.len()).unwrap_or(u32::MAX)));
        order.push(id);
        if let Some(node) = resource.nodes.get_mut(id.0 as usize) {
            each_id(node, |child| open.push_back(*child));
        }
    }
    resource.nodes = order.iter().filter_map(|id| resource.nodes.get(id.0 as usize).cloned()).collect();
    replace(resource, |id| place.get(&id).copied().unwrap_or(id));
}
