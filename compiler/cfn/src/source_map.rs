//! `source-map.json`: stack, logical id, and the place in source that it comes from.
//!
//! Invariant: every resource of every stack is there; the templates themselves say nothing of source.

use crate::json::Writer;
use solc_ir::model::{Deployment, Resource};
use solc_source::Sources;

pub(crate) fn write(deployment: &Deployment, sources: &Sources) -> String {
    let mut stacks: Vec<_> = deployment.stacks.iter().collect();
    stacks.sort_by(|a, b| a.name.cmp(&b.name));
    let mut writer = Writer::new(deployment.resources.len() * 160 + 64);
    writer.object(|w| {
        for stack in stacks {
            let mut resources: Vec<&Resource> =
                stack.resources.iter().filter_map(|r| deployment.resources.get(r.index())).collect();
            resources.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
            w.key(&stack.name);
            w.object(|w| {
                for resource in resources {
                    let instance = deployment.instances.get(resource.instance.index());
                    w.key(&resource.logical_id);
                    w.object(|w| {
                        if let Some(instance) = instance {
                            w.entry("component", &instance.path);
                            w.entry("instance", &sources.place(instance.span));
                        }
                        w.entry("resource", &sources.place(resource.span));
                    });
                }
            });
        }
    });
    writer.finish()
}
