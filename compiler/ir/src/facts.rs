//! What a deployment states, asked from outside: who may do what, who reaches whom, what a lost zone takes along.
//!
//! Invariant: only what the IR states counts — statements, flows, routes, subnets, counts. What it leaves open counts
//! against the product: as reachable, as lost.

pub mod access;
pub mod reach;
pub mod survival;

use crate::model::{Deployment, InstanceId, Resource, ResourceId, Value};
use solc_source::{Name, Span};

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A component instance with everything that it is made of.
    Instance(InstanceId),
    /// One resource.
    Resource(ResourceId),
    /// Everything outside.
    Internet,
}

/// A step of a witness: what it is in words, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A sentence without its full stop.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

/// A deployment with what belongs to what.
#[derive(Debug)]
pub struct Index<'d> {
    /// The deployment.
    pub deployment: &'d Deployment,
    children: Vec<Vec<InstanceId>>,
    resources: Vec<Vec<ResourceId>>,
    /// The resources whose properties name a resource.
    users: Vec<Vec<ResourceId>>,
}

impl<'d> Index<'d> {
    /// Reads the deployment once.
    #[must_use]
    pub fn new(deployment: &'d Deployment) -> Self {
        let mut children = vec![Vec::new(); deployment.instances.len()];
        for (index, instance) in deployment.instances.iter().enumerate() {
            if let Some(of) = instance.parent.and_then(|p| children.get_mut(p.index())) {
                of.push(InstanceId(number(index)));
            }
        }
        let mut resources = vec![Vec::new(); deployment.instances.len()];
        let mut users: Vec<Vec<ResourceId>> = vec![Vec::new(); deployment.resources.len()];
        for (index, resource) in deployment.resources.iter().enumerate() {
            let id = ResourceId(number(index));
            if let Some(of) = resources.get_mut(resource.instance.index()) {
                of.push(id);
            }
            for (_, value) in &resource.properties {
                value.references(&mut |target, _| {
                    if let Some(of) = users.get_mut(target.index())
                        && of.last() != Some(&id)
                    {
                        of.push(id);
                    }
                });
            }
        }
        Self { deployment, children, resources, users }
    }

    /// A resource.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<&'d Resource> {
        self.deployment.resources.get(id.index())
    }

    /// The path of an instance.
    #[must_use]
    pub fn path(&self, id: InstanceId) -> &'d str {
        self.deployment.instances.get(id.index()).map_or("", |i| i.path.as_str())
    }

    /// `shop.db.database`, `shop.network.nat (ap-southeast-2a)`
    #[must_use]
    pub fn shown(&self, id: ResourceId) -> String {
        let Some(resource) = self.resource(id) else { return String::new() };
        let path = self.path(resource.instance);
        match &resource.zone {
            Some(zone) => format!("{path}.{} ({zone})", resource.name),
            None => format!("{path}.{}", resource.name),
        }
    }

    /// What is asked about, in a message.
    #[must_use]
    pub fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Instance(id) => self.path(id).to_owned(),
            Subject::Resource(id) => self.shown(id),
            Subject::Internet => "internet".to_owned(),
        }
    }

    /// The instances that stand in an instance, at any depth, in the order of the deployment; not itself.
    #[must_use]
    pub fn inside(&self, id: InstanceId) -> Vec<InstanceId> {
        let mut found = Vec::new();
        let mut rest = vec![id];
        while let Some(next) = rest.pop() {
            if let Some(children) = self.children.get(next.index()) {
                found.extend(children);
                rest.extend(children);
            }
        }
        found.sort();
        found
    }

    /// The instances that stand directly in an instance.
    #[must_use]
    pub fn children(&self, id: InstanceId) -> &[InstanceId] {
        self.children.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// The resources that an instance declares itself.
    #[must_use]
    pub fn own_resources(&self, id: InstanceId) -> &[ResourceId] {
        self.resources.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// The resources of an instance and of everything in it, in the order of the deployment.
    #[must_use]
    pub fn resources(&self, id: InstanceId) -> Vec<ResourceId> {
        let mut found = self.own_resources(id).to_vec();
        for inner in self.inside(id) {
            found.extend(self.own_resources(inner));
        }
        found.sort();
        found
    }

    /// The resources that a subject is; none for the internet.
    #[must_use]
    pub fn resources_of(&self, subject: Subject) -> Vec<ResourceId> {
        match subject {
            Subject::Instance(id) => self.resources(id),
            Subject::Resource(id) => vec![id],
            Subject::Internet => Vec::new(),
        }
    }

    /// The resources whose properties name this one.
    #[must_use]
    pub fn users(&self, id: ResourceId) -> &[ResourceId] {
        self.users.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// Whether an instance is another, or stands in it.
    #[must_use]
    pub fn is_within(&self, inner: InstanceId, outer: InstanceId) -> bool {
        let mut at = Some(inner);
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self.deployment.instances.get(id.index()).and_then(|i| i.parent);
        }
        false
    }

    /// The subnets that a resource stands in: those its properties name, themselves or through a subnet group.
    #[must_use]
    pub fn subnets(&self, id: ResourceId) -> Vec<ResourceId> {
        let mut found = Vec::new();
        let Some(resource) = self.resource(id) else { return found };
        for target in references(resource) {
            let Some(named) = self.resource(target) else { continue };
            if named.ty.name == "AWS::EC2::Subnet" {
                found.push(target);
            } else if named.ty.name.ends_with("SubnetGroup") {
                let inner = references(named).into_iter();
                found.extend(
                    inner.filter(|i| self.resource(*i).is_some_and(|r| r.ty.name == "AWS::EC2::Subnet")),
                );
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The zone of a subnet, or of what is pinned to one.
    #[must_use]
    pub fn zone(&self, id: ResourceId) -> Option<Name> {
        let resource = self.resource(id)?;
        resource.zone.clone().or_else(|| match resource.property("AvailabilityZone") {
            Some(Value::String(zone)) => Some(zone.clone()),
            Some(_) | None => None,
        })
    }

    /// Where a subnet sends what is not for its own network: the gateways that its default routes name.
    #[must_use]
    pub fn default_routes(&self, subnet: ResourceId) -> Vec<ResourceId> {
        let mut gateways = Vec::new();
        let associations = self.users(subnet).iter().filter(|u| {
            self.resource(**u).is_some_and(|r| r.ty.name == "AWS::EC2::SubnetRouteTableAssociation")
        });
        for association in associations {
            let tables = self.resource(*association).map(references).unwrap_or_default();
            for table in tables {
                for user in self.users(table) {
                    let Some(route) = self.resource(*user).filter(|r| r.ty.name == "AWS::EC2::Route") else {
                        continue;
                    };
                    let everywhere = matches!(
                        route.property("DestinationCidrBlock"), Some(Value::String(to)) if to == "0.0.0.0/0"
                    ) || matches!(
                        route.property("DestinationIpv6CidrBlock"), Some(Value::String(to)) if to == "::/0"
                    );
                    if everywhere {
                        let named = references(route).into_iter().filter(|r| *r != table);
                        gateways.extend(named.filter(|g| {
                            self.resource(*g).is_some_and(|r| r.ty.name != "AWS::EC2::RouteTable")
                        }));
                    }
                }
            }
        }
        gateways.sort();
        gateways.dedup();
        gateways
    }
}

/// The resources that a resource's properties name, in order.
fn references(resource: &Resource) -> Vec<ResourceId> {
    let mut found = Vec::new();
    for (_, value) in &resource.properties {
        value.references(&mut |id, _| {
            if !found.contains(&id) {
                found.push(id);
            }
        });
    }
    found
}

/// A count that a property states, as a number or as text.
fn count(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Int(n) => Some(*n),
        Value::String(text) => text.parse().ok(),
        Value::Bool(_)
        | Value::Number(_)
        | Value::List(_)
        | Value::Object(_)
        | Value::Ref(_)
        | Value::Attribute(..)
        | Value::Join(_) => None,
    }
}

/// Whether a property says yes, as a boolean or as text.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text == "true",
        Some(
            Value::Int(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Object(_)
            | Value::Ref(_)
            | Value::Attribute(..)
            | Value::Join(_),
        )
        | None => false,
    }
}

fn is_text(value: Option<&Value>, text: &str) -> bool {
    matches!(value, Some(Value::String(s)) if s == text)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
