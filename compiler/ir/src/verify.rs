//! What the passes promise to each other, checked in debug builds after the last.
//!
//! Invariant: a broken promise is a mistake of the compiler, never of its user.

use crate::model::{Deployment, ResourceId, Value};

/// Every promise that is broken.
#[must_use]
pub fn check(deployment: &Deployment) -> Vec<String> {
    let mut broken = Vec::new();
    let exists = |id: ResourceId| id.index() < deployment.resources.len();
    for resource in &deployment.resources {
        let id = &resource.logical_id;
        if id.is_empty() || id.len() > 255 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            broken.push(format!("`{id}` is no logical id"));
        }
        if deployment.instances.get(resource.instance.index()).is_none() {
            broken.push(format!("`{id}` belongs to no instance"));
        }
        if !resource.properties.is_sorted_by(|a, b| a.0 < b.0) {
            broken.push(format!("the properties of `{id}` are not sorted"));
        }
        for (name, value) in &resource.properties {
            value.references(&mut |target, _| {
                if !exists(target) {
                    broken.push(format!("`{id}.{name}` refers to nothing"));
                }
            });
            objects_are_sorted(value, &mut || broken.push(format!("`{id}.{name}` is not sorted")));
        }
        for target in &resource.depends_on {
            if deployment.resources.get(target.index()).map(|t| t.stack) != Some(resource.stack) {
                broken.push(format!("`{id}` waits for something in another stack"));
            }
        }
    }
    for stack in &deployment.stacks {
        for id in &stack.resources {
            if !exists(*id) {
                broken.push(format!("`{}` holds nothing", stack.name));
            }
        }
        for (name, binding) in &stack.parameters {
            let output = deployment
                .stacks
                .get(binding.stack.index())
                .and_then(|s| s.outputs.iter().find(|(n, _)| *n == binding.output));
            if output.map(|(_, v)| v) != Some(&binding.value) {
                broken.push(format!("the parameter `{name}` of `{}` is bound to nothing", stack.name));
            }
        }
        if stack
            .depends_on
            .iter()
            .any(|d| deployment.stacks.get(d.index()).is_none_or(|s| s.layer > stack.layer))
        {
            broken.push(format!("`{}` waits for a later stack", stack.name));
        }
    }
    for link in &deployment.links {
        if link.policy.is_some_and(|p| !exists(p)) {
            broken.push("a link has a policy that is not there".to_owned());
        }
    }
    broken
}

fn objects_are_sorted(value: &Value, fail: &mut dyn FnMut()) {
    match value {
        Value::Object(entries) => {
            if !entries.is_sorted_by(|a, b| a.0 < b.0) {
                fail();
            }
            entries.iter().for_each(|(_, v)| objects_are_sorted(v, fail));
        }
        Value::List(items) | Value::Join(items) => items.iter().for_each(|v| objects_are_sorted(v, fail)),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Ref(_)
        | Value::Attribute(..) => {}
    }
}
