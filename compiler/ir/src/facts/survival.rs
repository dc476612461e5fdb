//! What the loss of a zone takes along: what is pinned to the zone, what ran there alone, and whoever needs either.
//!
//! ```sol
//! assert survives_zone_loss(shop.api)
//! ```
//!
//! A chain is as available as its weakest link: a component stops with what it links to, with what it is made of, and
//! where no replica that is left has a way out that it uses. Invariant: each component that is said to stop has a chain
//! that ends at a resource; a replica that may stand in any zone stands in the one that is lost.

use super::{Index, Step, Subject, count, is_text, is_true, references};
use crate::model::{InstanceId, Peer, Resource, ResourceId, Value};
use rustc_hash::FxHashMap;
use solc_source::{Name, Span};

/// A loss that something does not survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The zone.
    pub zone: Name,
    /// From the component to the resource that goes with the zone.
    pub chain: Vec<Step>,
}

/// Why an instance stops when a zone is lost.
#[derive(Clone, Debug)]
struct Cause {
    step: Step,
    /// What it follows from; none at the end of a chain.
    through: Option<InstanceId>,
}

/// Which instances stop with each zone.
#[derive(Debug)]
pub struct Losses {
    zones: Vec<(Name, FxHashMap<InstanceId, Cause>)>,
}

impl Losses {
    /// Follows each loss to its end.
    #[must_use]
    pub fn new(index: &Index<'_>) -> Self {
        let zones = &index.deployment.environment.zones;
        Self { zones: zones.iter().map(|zone| (zone.clone(), stopped(index, zone))).collect() }
    }

    /// The first loss that a subject does not survive.
    #[must_use]
    pub fn of(&self, index: &Index<'_>, subject: Subject) -> Option<Loss> {
        match subject {
            Subject::Internet => None,
            Subject::Resource(id) => {
                let environment = &index.deployment.environment;
                environment.zones.iter().find_map(|zone| {
                    let resource = index.resource(id)?;
                    let text = goes(index, id, resource, zone)?;
                    Some(Loss { zone: zone.clone(), chain: vec![Step { text, span: resource.span }] })
                })
            }
            Subject::Instance(id) => self.zones.iter().find_map(|(zone, causes)| {
                let mut chain = Vec::new();
                let mut at = Some(id);
                while let Some(cause) = at.and_then(|i| causes.get(&i)) {
                    chain.push(cause.step.clone());
                    at = cause.through;
                }
                (!chain.is_empty()).then(|| Loss { zone: zone.clone(), chain })
            }),
        }
    }
}

/// The instances that stop, each for the first reason that is found.
fn stopped(index: &Index<'_>, zone: &Name) -> FxHashMap<InstanceId, Cause> {
    let mut causes: FxHashMap<InstanceId, Cause> = FxHashMap::default();
    let deployment = index.deployment;
    let lost_gateways: Vec<ResourceId> = (0..deployment.resources.len())
        .map(|i| ResourceId(super::number(i)))
        .filter(|id| {
            index.resource(*id).is_some_and(|r| r.ty.name == "AWS::EC2::NatGateway")
                && placed_only_in(index, *id, zone)
        })
        .collect();
    for number in 0..deployment.instances.len() {
        let id = InstanceId(super::number(number));
        let own = index.own_resources(id).iter().find_map(|r| {
            let resource = index.resource(*r)?;
            let text = goes(index, *r, resource, zone)?;
            Some(Step { text, span: resource.span })
        });
        if let Some(step) = own.or_else(|| cut_off(index, id, zone, &lost_gateways)) {
            causes.insert(id, Cause { step, through: None });
        }
    }
    // Whoever needs what stopped stops too, until nothing new does.
    loop {
        let mut found: Vec<(InstanceId, Cause)> = Vec::new();
        for link in &deployment.links {
            if causes.contains_key(&link.target) && !causes.contains_key(&link.consumer) {
                let (consumer, target) = (index.path(link.consumer), index.path(link.target));
                let text = format!("`{consumer}` links `{target}.{}`", link.verb);
                let step = Step { text, span: link.span };
                found.push((link.consumer, Cause { step, through: Some(link.target) }));
            }
        }
        for (number, instance) in deployment.instances.iter().enumerate() {
            let id = InstanceId(super::number(number));
            if let Some(parent) = instance.parent
                && causes.contains_key(&id)
                && !causes.contains_key(&parent)
            {
                let text = format!("`{}` is made of `{}`", index.path(parent), instance.path);
                found.push((parent, Cause { step: Step { text, span: instance.span }, through: Some(id) }));
            }
        }
        if found.is_empty() {
            return causes;
        }
        for (id, cause) in found {
            causes.entry(id).or_insert(cause);
        }
    }
}

/// Why a resource no longer serves once the zone is lost; `None` where it does.
fn goes(index: &Index<'_>, id: ResourceId, resource: &Resource, zone: &Name) -> Option<String> {
    let shown = index.shown(id);
    let property = |name: &str| resource.property(name);
    let alone = |why: &str| Some(format!("`{shown}` {why}"));
    match resource.ty.name.as_str() {
        "AWS::ECS::Service" => replicas(index, id, resource, property("DesiredCount"), zone),
        "AWS::AutoScaling::AutoScalingGroup" => replicas(index, id, resource, property("MinSize"), zone),
        "AWS::RDS::DBInstance" => {
            if property("DBClusterIdentifier").is_some() || is_true(property("MultiAZ")) {
                return None;
            }
            alone("has one machine: `MultiAZ` is not set")
        }
        "AWS::RDS::DBCluster" | "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster" => {
            // A Multi-AZ cluster brings its own standbys.
            if property("DBClusterInstanceClass").is_some() {
                return None;
            }
            match members(index, id) {
                0 | 1 => alone("has fewer than two instances"),
                _ => None,
            }
        }
        "AWS::ElastiCache::ReplicationGroup" => {
            if is_true(property("AutomaticFailoverEnabled")) && is_true(property("MultiAZEnabled")) {
                return None;
            }
            alone("does not fail over: `MultiAZEnabled` and `AutomaticFailoverEnabled` are not both set")
        }
        "AWS::ElastiCache::CacheCluster" => alone("has its nodes without a replica"),
        "AWS::Redshift::Cluster" if !is_true(property("MultiAZ")) => alone("stands in one zone"),
        "AWS::OpenSearchService::Domain" | "AWS::Elasticsearch::Domain" => {
            let config = property("ClusterConfig").or(property("ElasticsearchClusterConfig"));
            if is_true(config.and_then(|c| c.get("ZoneAwarenessEnabled"))) {
                return None;
            }
            alone("stands in one zone: `ZoneAwarenessEnabled` is not set")
        }
        "AWS::AmazonMQ::Broker" if is_text(property("DeploymentMode"), "SINGLE_INSTANCE") => {
            alone("has a single instance")
        }
        "AWS::EFS::FileSystem" => match property("AvailabilityZoneName") {
            Some(Value::String(of)) if of == zone => alone("keeps its data in this zone alone"),
            Some(_) | None => None,
        },
        "AWS::EC2::Instance" | "AWS::EC2::Volume" => {
            let elsewhere = index.zone(id).is_some_and(|z| z != *zone)
                || index.subnets(id).iter().any(|s| index.zone(*s).is_some_and(|z| z != *zone));
            if elsewhere || has_twin(index, id, resource, zone) { None } else { alone("stands in one zone") }
        }
        "AWS::Lambda::Function"
        | "AWS::ElasticLoadBalancingV2::LoadBalancer"
        | "AWS::ElasticLoadBalancing::LoadBalancer"
        | "AWS::EC2::VPCEndpoint" => {
            let gone = placed_only_in(index, id, zone) && !index.subnets(id).is_empty();
            if gone { alone("has no subnet in another zone") } else { None }
        }
        // What is made for each zone is lost with its zone; the others stand for it.
        _ => match &resource.zone {
            Some(of) if of == zone && serves(&resource.ty.name) && !has_twin(index, id, resource, zone) => {
                alone("stands in this zone alone")
            }
            Some(_) | None => None,
        },
    }
}

/// Whether a zone's piece of this type does work itself; what only describes a zone is no loss.
fn serves(ty: &str) -> bool {
    !matches!(
        ty,
        "AWS::EC2::Subnet"
            | "AWS::EC2::RouteTable"
            | "AWS::EC2::Route"
            | "AWS::EC2::SubnetRouteTableAssociation"
            | "AWS::EC2::SubnetNetworkAclAssociation"
            | "AWS::EC2::EIP"
            // Who goes out through it is asked one by one.
            | "AWS::EC2::NatGateway"
    )
}

/// Whether the same declaration made one in another zone.
fn has_twin(index: &Index<'_>, id: ResourceId, resource: &Resource, zone: &Name) -> bool {
    resource.zone.is_some()
        && index.own_resources(resource.instance).iter().any(|other| {
            *other != id
                && index
                    .resource(*other)
                    .is_some_and(|r| r.name == resource.name && r.zone.as_ref().is_some_and(|z| z != zone))
        })
}

/// Why fewer than two replicas, or one zone, are not enough.
fn replicas(
    index: &Index<'_>,
    id: ResourceId,
    resource: &Resource,
    stated: Option<&Value>,
    zone: &Name,
) -> Option<String> {
    let shown = index.shown(id);
    let scaled = index.users(id).iter().find_map(|u| {
        let user = index.resource(*u)?;
        (user.ty.name == "AWS::ApplicationAutoScaling::ScalableTarget")
            .then(|| count(user.property("MinCapacity")))
            .flatten()
    });
    // ECS runs one task where nothing says how many.
    let least = scaled.or_else(|| count(stated)).unwrap_or(1);
    if least < 2 {
        let replicas = if least == 1 { "one replica".to_owned() } else { format!("{least} replicas") };
        return Some(format!("`{shown}` keeps {replicas}"));
    }
    let subnets = index.subnets(id);
    let named = match resource.property("AvailabilityZones") {
        Some(Value::List(zones)) => zones.iter().any(|z| !is_text(Some(z), zone)),
        Some(_) | None => false,
    };
    let gone = !subnets.is_empty() && placed_only_in(index, id, zone) && !named;
    gone.then(|| format!("`{shown}` has no subnet in another zone"))
}

/// How many instances a cluster has.
fn members(index: &Index<'_>, cluster: ResourceId) -> usize {
    let is_member = |u: &&ResourceId| {
        index.resource(**u).is_some_and(|r| {
            r.ty.name.ends_with("::DBInstance")
                && r.property("DBClusterIdentifier").is_some_and(|v| {
                    let mut names = false;
                    v.references(&mut |id, _| names |= id == cluster);
                    names
                })
        })
    };
    index.users(cluster).iter().filter(is_member).count()
}

/// Whether everything that says where a resource stands says this zone.
fn placed_only_in(index: &Index<'_>, id: ResourceId, zone: &Name) -> bool {
    let subnets = index.subnets(id);
    if subnets.is_empty() {
        return index.zone(id).is_some_and(|z| z == *zone);
    }
    subnets.iter().all(|s| index.zone(*s).is_none_or(|z| z == *zone))
}

/// Why an instance that connects outwards no longer can: every subnet that is left goes through a lost gateway.
fn cut_off(index: &Index<'_>, id: InstanceId, zone: &Name, lost: &[ResourceId]) -> Option<Step> {
    if lost.is_empty() {
        return None;
    }
    let flow = index.deployment.flows.iter().find(|f| match (&f.from, &f.to) {
        (Peer::Group(group), Peer::Addresses(_)) => index.resource(*group).is_some_and(|r| r.instance == id),
        (Peer::Group(_) | Peer::Addresses(_) | Peer::PrefixList(_), _) => false,
    })?;
    let mut left: Vec<ResourceId> = index.own_resources(id).iter().flat_map(|r| index.subnets(*r)).collect();
    left.retain(|s| index.zone(*s).is_none_or(|z| z != *zone));
    let mut through = None;
    for subnet in &left {
        let routes = index.default_routes(*subnet);
        match routes.iter().find(|r| lost.contains(r)) {
            Some(gateway) => through = Some(*gateway),
            // A way out that stays, or one that was never there and cannot be lost.
            None => return None,
        }
    }
    let gateway = through?;
    let span = index.resource(gateway).map_or(Span::NOWHERE, |r| r.span);
    let pinned = index.resource(gateway).map(references).unwrap_or_default();
    let subnet = pinned.into_iter().find(|p| index.zone(*p).is_some());
    let place = subnet.map_or_else(String::new, |s| format!(" in `{}`", index.shown(s)));
    let reason = match &flow.reason {
        crate::model::Reason::Platform(why) => why.to_string(),
        crate::model::Reason::Link(_) => "a link goes out".to_owned(),
    };
    Some(Step {
        text: format!(
            "`{}` goes out through `{}`{place} from every zone ({reason})",
            index.path(id),
            index.shown(gateway)
        ),
        span,
    })
}
