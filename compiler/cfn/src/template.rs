//! One stack as a template: parameters, resources, outputs, and nothing else.
//!
//! No conditions, mappings or exports: what is conditional was decided, and what crosses stacks is a parameter.

use crate::json::Writer;
use rustc_hash::FxHashMap;
use solc_ir::model::{Deployment, Resource, ResourceId, Retention, Stack, StackId, Value};
use solc_schema::Node;
use solc_source::Name;

/// What writing one stack needs to know.
struct Context<'d> {
    deployment: &'d Deployment,
    stack: StackId,
    /// Parameters by what they stand for.
    parameters: FxHashMap<(ResourceId, Option<&'d str>), &'d Name>,
}

pub(crate) fn write(deployment: &Deployment, id: StackId, stack: &Stack) -> String {
    let parameters = stack
        .parameters
        .iter()
        .filter_map(|(name, binding)| match &binding.value {
            Value::Ref(id) => Some(((*id, None), name)),
            Value::Attribute(id, attribute) => Some(((*id, Some(attribute.as_str())), name)),
            _ => None,
        })
        .collect();
    let context = Context { deployment, stack: id, parameters };
    let mut resources: Vec<&Resource> =
        stack.resources.iter().filter_map(|r| deployment.resources.get(r.index())).collect();
    resources.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    let environment = &deployment.environment;
    let mut writer = Writer::new(resources.len() * 900 + 1024);
    writer.object(|w| {
        w.entry("AWSTemplateFormatVersion", "2010-09-09");
        w.entry(
            "Description",
            &format!(
                "{} {} {} {}",
                environment.product,
                environment.name,
                stack.solution,
                stack.layer.word()
            ),
        );
        if !stack.outputs.is_empty() {
            w.key("Outputs");
            w.object(|w| {
                for (name, value) in &stack.outputs {
                    w.key(name);
                    w.object(|w| {
                        w.key("Value");
                        context.output(w, value);
                    });
                }
            });
        }
        if !stack.parameters.is_empty() {
            w.key("Parameters");
            w.object(|w| {
                for (name, _) in &stack.parameters {
                    w.key(name);
                    w.object(|w| w.entry("Type", "String"));
                }
            });
        }
        w.key("Resources");
        w.object(|w| {
            for resource in resources {
                w.key(&resource.logical_id);
                w.object(|w| context.resource(w, resource));
            }
        });
    });
    writer.finish()
}

impl Context<'_> {
    fn resource(&self, w: &mut Writer, resource: &Resource) {
        if let Some(retention) = resource.retention {
            w.entry(
                "DeletionPolicy",
                match retention {
                    Retention::Retain => "RetainExceptOnCreate",
                    Retention::Snapshot => "Snapshot",
                },
            );
        }
        let mut after: Vec<&str> = resource
            .depends_on
            .iter()
            .filter_map(|id| self.deployment.resources.get(id.index()))
            .map(|r| r.logical_id.as_str())
            .collect();
        if !after.is_empty() {
            after.sort_unstable();
            w.key("DependsOn");
            w.list(|w| {
                for name in after {
                    w.item();
                    w.string(name);
                }
            });
        }
        if !resource.properties.is_empty() {
            w.key("Properties");
            w.object(|w| {
                for (name, value) in &resource.properties {
                    w.key(name);
                    self.value(w, value);
                }
            });
        }
        w.entry("Type", &resource.ty.name);
        if let Some(retention) = resource.retention {
            w.entry(
                "UpdateReplacePolicy",
                match retention {
                    Retention::Retain => "Retain",
                    Retention::Snapshot => "Snapshot",
                },
            );
        }
    }

    fn value(&self, w: &mut Writer, value: &Value) {
        match value {
            Value::Bool(b) => w.bool(*b),
            Value::Int(n) => w.int(*n),
            Value::Number(n) => w.number(*n),
            Value::String(text) => w.string(text),
            Value::List(items) => w.list(|w| {
                for item in items.iter() {
                    w.item();
                    self.value(w, item);
                }
            }),
            Value::Object(entries) => w.object(|w| {
                for (key, value) in entries.iter() {
                    w.key(key);
                    self.value(w, value);
                }
            }),
            Value::Ref(id) => self.reference(w, *id, None),
            Value::Attribute(id, name) => self.reference(w, *id, Some(name)),
            Value::Join(parts) => w.object(|w| {
                w.key("Fn::Join");
                w.list(|w| {
                    w.item();
                    w.string("");
                    w.item();
                    w.list(|w| {
                        for part in parts.iter() {
                            w.item();
                            self.value(w, part);
                        }
                    });
                });
            }),
        }
    }

    fn reference(&self, w: &mut Writer, id: ResourceId, attribute: Option<&Name>) {
        let Some(resource) = self.deployment.resources.get(id.index()) else {
            w.string("");
            return;
        };
        if resource.stack == Some(self.stack) {
            w.object(|w| match attribute {
                None => w.entry("Ref", &resource.logical_id),
                Some(name) => {
                    w.key("Fn::GetAtt");
                    w.list(|w| {
                        w.item();
                        w.string(&resource.logical_id);
                        w.item();
                        w.string(name);
                    });
                }
            });
            return;
        }
        let parameter = self.parameters.get(&(id, attribute.map(Name::as_str))).map_or("", |n| n.as_str());
        if is_list(resource, attribute) {
            // A list crosses as text, its elements joined with commas.
            w.object(|w| {
                w.key("Fn::Split");
                w.list(|w| {
                    w.item();
                    w.string(",");
                    w.item();
                    w.object(|w| w.entry("Ref", parameter));
                });
            });
        } else {
            w.object(|w| w.entry("Ref", parameter));
        }
    }

    fn output(&self, w: &mut Writer, value: &Value) {
        let list = match value {
            Value::Attribute(id, name) => {
                self.deployment.resources.get(id.index()).is_some_and(|r| is_list(r, Some(name)))
            }
            _ => false,
        };
        if !list {
            self.value(w, value);
            return;
        }
        w.object(|w| {
            w.key("Fn::Join");
            w.list(|w| {
                w.item();
                w.string(",");
                w.item();
                self.value(w, value);
            });
        });
    }
}

fn is_list(resource: &Resource, attribute: Option<&Name>) -> bool {
    let node = attribute.and_then(|name| resource.ty.attribute(name)).map(|id| resource.ty.node(id));
    matches!(node, Some(Node::Array { .. }))
}
