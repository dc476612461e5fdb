//! Products as a test draws them: a few stacks that take values of those before them.
//!
//! Invariant: two models of the same names are of the same product, so that one is a change of the other.

use proptest::prelude::*;
use serde_json::{Value, json};
use solc_cmdb::sha256;
use solc_deploy::local::{FaultPoint, Injection};
use std::collections::BTreeMap;

/// A product's stacks, each after those that it takes values of.
#[derive(Clone, Debug)]
pub(crate) struct Model(pub(crate) Vec<Stack>);

#[derive(Clone, Debug)]
pub(crate) struct Stack {
    pub(crate) name: usize,
    /// The stacks, by name, whose values it takes.
    pub(crate) after: Vec<usize>,
    pub(crate) resources: Vec<Resource>,
}

#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) name: usize,
    pub(crate) kind: Kind,
    /// What changes in place.
    pub(crate) content: u8,
    /// What replaces it.
    pub(crate) identity: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Queue,
    Topic,
    Parameter,
    Table,
}

/// Something that goes wrong while the new model is deployed.
#[derive(Clone, Debug)]
pub(crate) enum Mishap {
    /// A resource of a stack fails once.
    Resource { stack: usize, resource: usize, at: FaultPoint },
    /// Requests go wrong.
    Request { operation: &'static str, skip: u32, times: u32, what: Injection },
}

pub(crate) fn stack_name(name: usize) -> String {
    format!("shop-integration-s{name}")
}

pub(crate) fn logical_id(name: usize) -> String {
    format!("R{name}")
}

impl Kind {
    pub(crate) fn resource_type(self) -> &'static str {
        match self {
            Self::Queue => "AWS::SQS::Queue",
            Self::Topic => "AWS::SNS::Topic",
            Self::Parameter => "AWS::SSM::Parameter",
            Self::Table => "AWS::DynamoDB::Table",
        }
    }
}

impl Resource {
    fn template(&self, given: &[String]) -> Value {
        let value = given.first().map_or_else(|| json!("nothing"), |name| json!({ "Ref": name }));
        let properties = match self.kind {
            // A name that says what is created only: the compiler writes names so.
            Kind::Queue => json!({
                "FifoQueue": self.identity % 2 == 1,
                "VisibilityTimeout": 30 + u32::from(self.content),
                "Tags": [{"Key": "of", "Value": value}],
            }),
            Kind::Topic => {
                json!({"FifoTopic": self.identity % 2 == 1, "DisplayName": format!("d{}", self.content)})
            }
            Kind::Parameter => {
                json!({"Type": "String", "Value": value, "Description": format!("d{}", self.content)})
            }
            Kind::Table => json!({
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "DeletionProtectionEnabled": self.content % 2 == 1,
            }),
        };
        let policy =
            if self.kind == Kind::Table { ("RetainExceptOnCreate", "Retain") } else { ("Delete", "Delete") };
        json!({
            "Type": self.kind.resource_type(), "Properties": properties,
            "DeletionPolicy": policy.0, "UpdateReplacePolicy": policy.1,
        })
    }
}

impl Model {
    /// The files of a build of it.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut stacks = Vec::new();
        let mut map = BTreeMap::new();
        for stack in &self.0 {
            let name = stack_name(stack.name);
            let parameters: BTreeMap<String, Value> = stack
                .after
                .iter()
                .map(|after| (format!("S{after}Out"), json!({"stack": stack_name(*after), "output": "Out"})))
                .collect();
            let given: Vec<String> = parameters.keys().cloned().collect();
            let resources: BTreeMap<String, Value> =
                stack.resources.iter().map(|r| (logical_id(r.name), r.template(&given))).collect();
            let declared: BTreeMap<&String, Value> =
                parameters.keys().map(|name| (name, json!({"Type": "String"}))).collect();
            let first = stack.resources.first().map(|r| logical_id(r.name)).unwrap_or_default();
            let template = json!({
                "Resources": resources, "Parameters": declared, "Outputs": {"Out": {"Value": {"Ref": first}}},
            })
            .to_string();
            let places: BTreeMap<String, Value> = stack
                .resources
                .iter()
                .map(|r| {
                    let place = json!({
                        "component": format!("shop.s{}r{}", stack.name, r.name),
                        "instance": "shop.sol:3:5", "resource": "std:x.sol:1:1",
                    });
                    (logical_id(r.name), place)
                })
                .collect();
            map.insert(name.clone(), places);
            let depends_on: Vec<String> = stack.after.iter().map(|after| stack_name(*after)).collect();
            stacks.push(json!({
                "name": name, "solution": "shop", "layer": "data", "depends_on": depends_on,
                "parameters": parameters, "outputs": ["Out"], "capabilities": [], "tags": {"product": "shop"},
                "termination_protection": false, "template": format!("{name}.template.json"),
                "sha256": sha256(template.as_bytes()),
            }));
            files.insert(format!("{name}.template.json"), template);
        }
        let manifest = json!({
            "schema_version": 1, "product": "shop", "environment": "integration", "stage": "integration",
            "region": "ap-southeast-2", "account": {"id": "111122223333", "name": "nonprod"}, "images": [],
            "outputs": [], "waivers": [], "stacks": stacks,
        });
        files.insert("manifest.json".into(), manifest.to_string());
        files.insert("source-map.json".into(), json!(map).to_string());
        files
    }

    /// Every acknowledgement that could be asked for.
    pub(crate) fn acknowledgements(models: &[&Self]) -> Vec<String> {
        let mut all = Vec::new();
        for stack in models.iter().flat_map(|model| &model.0) {
            all.push(format!("delete {}", stack_name(stack.name)));
            for resource in &stack.resources {
                for verb in ["replace", "delete", "unprotect", "widen", "expose", "lower"] {
                    all.push(format!("{verb} shop.s{}r{}", stack.name, resource.name));
                    let named = format!("{}/{}", stack_name(stack.name), logical_id(resource.name));
                    all.push(format!("{verb} {named}"));
                }
            }
        }
        all
    }
}

/// Models of up to six stacks of the same seven names.
pub(crate) fn models() -> impl Strategy<Value = Model> {
    let resource = (0_usize..8, 0..3_u8, 0..2_u8).prop_map(|(name, content, identity)| {
        // A resource keeps its type as long as it keeps its name.
        let kind = match name % 4 {
            0 => Kind::Queue,
            1 => Kind::Topic,
            2 => Kind::Parameter,
            _ => Kind::Table,
        };
        Resource { name, kind, content, identity }
    });
    let stack = (0_usize..7, prop::collection::vec(0_usize..7, 0..3), prop::collection::vec(resource, 1..4));
    prop::collection::vec(stack, 1..7).prop_map(|drawn| {
        let mut stacks: BTreeMap<usize, Stack> = BTreeMap::new();
        for (name, after, resources) in drawn {
            let resources: BTreeMap<usize, Resource> = resources.into_iter().map(|r| (r.name, r)).collect();
            stacks.insert(name, Stack { name, after, resources: resources.into_values().collect() });
        }
        let names: Vec<usize> = stacks.keys().copied().collect();
        for stack in stacks.values_mut() {
            // Values go from lower names to higher ones, and only from what is there.
            stack.after.retain(|after| *after < stack.name && names.contains(after));
            stack.after.sort_unstable();
            stack.after.dedup();
        }
        Model(stacks.into_values().collect())
    })
}

/// Something that goes wrong.
pub(crate) fn mishaps() -> impl Strategy<Value = Mishap> {
    let point = prop::sample::select(vec![
        FaultPoint::Create,
        FaultPoint::Update,
        FaultPoint::Rollback,
        FaultPoint::Delete,
    ]);
    let operation = prop::sample::select(vec![
        "CreateChangeSet",
        "ExecuteChangeSet",
        "DescribeChangeSet",
        "DescribeStacks",
        "DeleteStack",
        "DescribeStackEvents",
        "ContinueUpdateRollback",
        "DeleteChangeSet",
    ]);
    let what = prop::sample::select(vec![
        Injection::Throttle,
        Injection::ServerError,
        Injection::Unreachable,
        Injection::LostResponse,
    ]);
    prop_oneof![
        (0_usize..7, 0_usize..8, point).prop_map(|(stack, resource, at)| Mishap::Resource {
            stack,
            resource,
            at
        }),
        (operation, 0_u32..6, 1_u32..4, what).prop_map(|(operation, skip, times, what)| Mishap::Request {
            operation,
            skip,
            times,
            what
        }),
    ]
}
