//! `manifest.json`: what is to be deployed, in which order, and what each parameter is bound to.
//!
//! Invariant: everything that deploying needs is here or in the templates; nothing is looked up in source.

use crate::Template;
use crate::json::Writer;
use solc_ir::model::{Deployment, Resource, Stack};
use std::collections::BTreeMap;

/// The version of the manifest's form.
const SCHEMA_VERSION: i64 = 1;

pub(crate) fn write(deployment: &Deployment, templates: &[Template]) -> String {
    let environment = &deployment.environment;
    let mut writer = Writer::new(templates.len() * 4096 + 1024);
    writer.object(|w| {
        w.key("account");
        w.object(|w| {
            w.entry("id", &environment.account_id);
            w.entry("name", &environment.account);
        });
        w.entry("environment", &environment.name);
        w.key("images");
        w.list(|w| {
            for image in &deployment.images {
                w.item();
                w.object(|w| {
                    w.entry("commit", &image.commit);
                    w.entry("digest", &image.digest);
                    w.entry("format", &image.format);
                    w.entry("unit", &image.unit);
                });
            }
        });
        moved(w, deployment);
        w.key("outputs");
        w.list(|w| outputs(w, deployment));
        w.entry("product", &environment.product);
        w.entry("region", &environment.region);
        w.key("schema_version");
        w.int(SCHEMA_VERSION);
        w.key("stacks");
        w.list(|w| {
            for (stack, template) in deployment.stacks.iter().zip(templates) {
                w.item();
                w.object(|w| stack_entry(w, deployment, stack, template));
            }
        });
        w.entry("stage", &environment.stage);
        w.key("waivers");
        w.list(|w| {
            for waiver in &deployment.waivers {
                w.item();
                w.object(|w| {
                    w.entry("because", &waiver.because);
                    w.entry("place", &waiver.place);
                    w.entry("what", &waiver.what);
                });
            }
        });
    });
    writer.finish()
}

fn stack_entry(w: &mut Writer, deployment: &Deployment, stack: &Stack, template: &Template) {
    let environment = &deployment.environment;
    w.key("capabilities");
    w.list(|w| {
        if let Some(capability) = capability(deployment, stack) {
            w.item();
            w.string(capability);
        }
    });
    w.key("depends_on");
    w.list(|w| {
        for other in stack.depends_on.iter().filter_map(|d| deployment.stacks.get(d.index())) {
            w.item();
            w.string(&other.name);
        }
    });
    w.entry("layer", stack.layer.word());
    w.entry("name", &stack.name);
    w.key("outputs");
    w.list(|w| {
        for (name, _) in &stack.outputs {
            w.item();
            w.string(name);
        }
    });
    w.key("parameters");
    w.object(|w| {
        for (name, binding) in &stack.parameters {
            let producer = deployment.stacks.get(binding.stack.index()).map_or("", |s| s.name.as_str());
            w.key(name);
            w.object(|w| {
                w.entry("output", &binding.output);
                w.entry("stack", producer);
            });
        }
    });
    w.entry("sha256", &template.sha256);
    w.entry("solution", &stack.solution);
    w.key("tags");
    w.object(|w| {
        w.entry("environment", &environment.name);
        w.entry("product", &environment.product);
        w.entry("solution", &stack.solution);
        w.entry("stage", &environment.stage);
    });
    w.entry("template", &template.file_name);
    w.key("termination_protection");
    w.bool(stack.termination_protection);
}

/// What CloudFormation wants to be told: that the stack makes roles, and whether it names them.
fn capability(deployment: &Deployment, stack: &Stack) -> Option<&'static str> {
    let mut found = None;
    for resource in stack.resources.iter().filter_map(|r| deployment.resources.get(r.index())) {
        let name = match resource.ty.name.as_str() {
            "AWS::IAM::Role" => "RoleName",
            "AWS::IAM::User" => "UserName",
            "AWS::IAM::Group" => "GroupName",
            "AWS::IAM::ManagedPolicy" => "ManagedPolicyName",
            "AWS::IAM::InstanceProfile" => "InstanceProfileName",
            ty if ty.starts_with("AWS::IAM::") => "",
            _ => continue,
        };
        if resource.property(name).is_some() {
            return Some("CAPABILITY_NAMED_IAM");
        }
        found = Some("CAPABILITY_IAM");
    }
    found
}

/// What has another logical id, or is in another stack, than where `moved from` says it was; nothing where all stays.
fn moved(w: &mut Writer, deployment: &Deployment) {
    let mut all: BTreeMap<(&str, &str), BTreeMap<&str, &Resource>> = BTreeMap::new();
    for resource in &deployment.resources {
        let Some(from) = resource.moved_from.as_ref().filter(|_| resource.stack.is_some()) else { continue };
        let to = deployment.instances.get(resource.instance.index()).map_or("", |i| i.path.as_str());
        all.entry((to, &from.path)).or_default().insert(&resource.logical_id, resource);
    }
    if all.is_empty() {
        return;
    }
    w.key("moved");
    w.list(|w| {
        for ((to, from), resources) in all {
            w.item();
            w.object(|w| {
                w.entry("from", from);
                w.key("resources");
                w.list(|w| {
                    for (logical_id, resource) in resources {
                        w.item();
                        w.object(|w| moved_resource(w, deployment, logical_id, resource));
                    }
                });
                w.entry("to", to);
            });
        }
    });
}

fn moved_resource(w: &mut Writer, deployment: &Deployment, logical_id: &str, resource: &Resource) {
    let stack = resource.stack.and_then(|stack| deployment.stacks.get(stack.index()));
    w.entry("from", resource.moved_from.as_ref().map_or("", |from| from.logical_id.as_str()));
    w.entry("stack", stack.map_or("", |stack| stack.name.as_str()));
    w.entry("to", logical_id);
    w.entry("type", &resource.ty.name);
}

fn outputs(w: &mut Writer, deployment: &Deployment) {
    for output in &deployment.outputs {
        let holds = |stack: &&Stack| {
            stack.solution == output.solution && stack.outputs.iter().any(|(_, v)| *v == output.value)
        };
        let Some(stack) = deployment.stacks.iter().rev().find(holds) else { continue };
        let Some((key, _)) = stack.outputs.iter().find(|(_, v)| *v == output.value) else { continue };
        w.item();
        w.object(|w| {
            w.entry("name", &output.name);
            w.entry("output", key);
            w.entry("solution", &output.solution);
            w.entry("stack", &stack.name);
        });
    }
}
