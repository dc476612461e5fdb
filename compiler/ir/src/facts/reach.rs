//! Whether a connection of one thing arrives at another: by the flows that security groups let through, and the routes
//! between their subnets.
//!
//! ```sol
//! assert not reachable(internet, shop.db)
//! ```
//!
//! A load balancer hands on what arrives at it, and nothing else does: what a service asks of its database is a
//! connection of the service. Invariant: a path that is given is one that the flows and routes allow, hop by hop.

use super::{Index, Step, Subject, is_text, is_true, references};
use crate::evaluate::cidr;
use crate::model::{Flow, Peer, Reason, ResourceId, Value};
use solc_source::Span;
use std::collections::VecDeque;

/// What is found of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Hop by hop.
    Open(Vec<Step>),
    /// There is none.
    Closed,
    /// This one is on no network, so that connections decide nothing.
    NoNetwork(Subject),
}

/// The shortest way from one to the other.
#[must_use]
pub fn way(index: &Index<'_>, from: Subject, to: Subject) -> Way {
    let starts = groups(index, from);
    let goals = groups(index, to);
    let outside = from == Subject::Internet || (starts.is_empty() && runs_outside(index, from));
    if starts.is_empty() && !outside {
        return Way::NoNetwork(from);
    }
    if to == Subject::Internet {
        return if outside { Way::Open(Vec::new()) } else { out(index, &starts) };
    }
    if let Some(step) = open_service(index, to)
        && outside
    {
        return Way::Open(vec![step]);
    }
    if goals.is_empty() {
        return Way::NoNetwork(to);
    }
    let mut queue: VecDeque<(Option<ResourceId>, Vec<Step>)> = VecDeque::new();
    if outside {
        queue.push_back((None, Vec::new()));
    }
    queue.extend(starts.iter().map(|s| (Some(*s), Vec::new())));
    let mut seen: Vec<Option<ResourceId>> = queue.iter().map(|(at, _)| *at).collect();
    while let Some((at, path)) = queue.pop_front() {
        for (group, step) in hops(index, at) {
            if seen.contains(&Some(group)) && !goals.contains(&group) {
                continue;
            }
            let mut longer = path.clone();
            longer.push(step);
            if goals.contains(&group) {
                return Way::Open(longer);
            }
            seen.push(Some(group));
            if hands_on(index, group) {
                queue.push_back((Some(group), longer));
            }
        }
    }
    Way::Closed
}

/// The security groups that a subject has: those that its resources name, and those among them.
fn groups(index: &Index<'_>, subject: Subject) -> Vec<ResourceId> {
    let mut found = Vec::new();
    for id in index.resources_of(subject) {
        let Some(resource) = index.resource(id) else { continue };
        if resource.ty.name == "AWS::EC2::SecurityGroup" {
            found.push(id);
        } else if !is_rule(&resource.ty.name) {
            found.extend(references(resource).into_iter().filter(|r| is_group(index, *r)));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn is_group(index: &Index<'_>, id: ResourceId) -> bool {
    index.resource(id).is_some_and(|r| r.ty.name == "AWS::EC2::SecurityGroup")
}

fn is_rule(ty: &str) -> bool {
    matches!(ty, "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress")
}

/// The resources that carry a group.
fn carriers<'i>(index: &'i Index<'_>, group: ResourceId) -> impl Iterator<Item = ResourceId> + 'i {
    index.users(group).iter().copied().filter(|u| {
        index.resource(*u).is_some_and(|r| !is_rule(&r.ty.name) && r.ty.name != "AWS::EC2::SecurityGroup")
    })
}

/// A function that is on no network connects from outside.
fn runs_outside(index: &Index<'_>, subject: Subject) -> bool {
    index.resources_of(subject).into_iter().any(|id| {
        index
            .resource(id)
            .is_some_and(|r| r.ty.name == "AWS::Lambda::Function" && r.property("VpcConfig").is_none())
    })
}

/// What answers to everyone without being on a network.
fn open_service(index: &Index<'_>, subject: Subject) -> Option<Step> {
    index.resources_of(subject).into_iter().find_map(|id| {
        let resource = index.resource(id)?;
        let open = match resource.ty.name.as_str() {
            "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" | "AWS::CloudFront::Distribution" => true,
            "AWS::Lambda::Url" => is_text(resource.property("AuthType"), "NONE"),
            _ => false,
        };
        open.then(|| Step { text: format!("`{}` answers everyone", index.shown(id)), span: resource.span })
    })
}

fn hands_on(index: &Index<'_>, group: ResourceId) -> bool {
    carriers(index, group).any(|c| {
        index.resource(c).is_some_and(|r| {
            matches!(
                r.ty.name.as_str(),
                "AWS::ElasticLoadBalancingV2::LoadBalancer" | "AWS::ElasticLoadBalancing::LoadBalancer"
            )
        })
    })
}

/// The groups that one hop leads to; from outside where there is no group.
fn hops(index: &Index<'_>, at: Option<ResourceId>) -> Vec<(ResourceId, Step)> {
    let mut found = Vec::new();
    for flow in &index.deployment.flows {
        let Peer::Group(to) = flow.to else { continue };
        let arrives = match (&flow.from, at) {
            (Peer::Group(from), Some(at)) => *from == at && same_network(index, at, to),
            (Peer::Group(_) | Peer::PrefixList(_), None) => false,
            (Peer::Addresses(range), None) => !is_inside(range) && has_public_address(index, to),
            (Peer::Addresses(range), Some(at)) => admits(index, range, at) && sends(index, at, to, flow),
            (Peer::PrefixList(_), Some(_)) => false,
        };
        if arrives {
            found.push((to, hop(index, at, to, flow)));
        }
    }
    found
}

/// From the groups to the internet: an allowed flow, and a route that leaves the network.
fn out(index: &Index<'_>, starts: &[ResourceId]) -> Way {
    for flow in &index.deployment.flows {
        let (Peer::Group(from), Peer::Addresses(range)) = (&flow.from, &flow.to) else { continue };
        if !starts.contains(from) || is_inside(range) {
            continue;
        }
        let subnets: Vec<ResourceId> = carriers(index, *from).flat_map(|c| index.subnets(c)).collect();
        let gateway = subnets.iter().find_map(|s| index.default_routes(*s).first().copied());
        match gateway {
            Some(gateway) => {
                let route = Step {
                    text: format!("the route goes through `{}`", index.shown(gateway)),
                    span: index.resource(gateway).map_or(Span::NOWHERE, |r| r.span),
                };
                return Way::Open(vec![hop_out(index, *from, range, flow), route]);
            }
            // Subnets that the deployment does not hold may lead anywhere.
            None if subnets.is_empty() => return Way::Open(vec![hop_out(index, *from, range, flow)]),
            None => {}
        }
    }
    Way::Closed
}

fn hop_out(index: &Index<'_>, from: ResourceId, range: &str, flow: &Flow) -> Step {
    let path = index.resource(from).map_or("", |r| index.path(r.instance));
    let text = format!("`{path}` connects to {range} on {}{}", ports(flow), because(index, flow));
    Step { text, span: flow.span }
}

fn hop(index: &Index<'_>, at: Option<ResourceId>, to: ResourceId, flow: &Flow) -> Step {
    let path = |id: ResourceId| index.resource(id).map_or("", |r| index.path(r.instance));
    let from = at.map_or("internet", path);
    let text = format!("`{from}` connects to `{}` on {}{}", path(to), ports(flow), because(index, flow));
    Step { text, span: flow.span }
}

fn ports(flow: &Flow) -> String {
    match flow.ports {
        (first, last) if first == last => format!("{} {first}", flow.protocol),
        (first, last) => format!("{} {first}-{last}", flow.protocol),
    }
}

fn because(index: &Index<'_>, flow: &Flow) -> String {
    match &flow.reason {
        Reason::Platform(why) => format!(": {why}"),
        Reason::Link(id) => index.deployment.links.get(id.0 as usize).map_or_else(String::new, |link| {
            format!(": `{}` links `{}.{}`", index.path(link.consumer), index.path(link.target), link.verb)
        }),
    }
}

/// The network of a group.
fn network<'d>(index: &Index<'d>, group: ResourceId) -> Option<&'d Value> {
    index.resource(group)?.property("VpcId")
}

fn same_network(index: &Index<'_>, a: ResourceId, b: ResourceId) -> bool {
    network(index, a) == network(index, b)
}

/// The addresses of a group's network, where the deployment makes it.
fn addresses(index: &Index<'_>, group: ResourceId) -> Option<(u32, u8)> {
    let mut vpc = None;
    network(index, group)?.references(&mut |id, _| vpc = Some(id));
    match index.resource(vpc?)?.property("CidrBlock")? {
        Value::String(range) => cidr::parse(range),
        _ => None,
    }
}

/// Whether a range holds addresses of a group's network; one that is not known may lie anywhere.
fn admits(index: &Index<'_>, range: &str, group: ResourceId) -> bool {
    match (cidr::parse(range), addresses(index, group)) {
        (Some(range), Some(own)) => cidr::overlap(range, own),
        (None, _) | (_, None) => true,
    }
}

/// Whether a group lets out, to the addresses of another, what a flow lets in there.
fn sends(index: &Index<'_>, at: ResourceId, to: ResourceId, way_in: &Flow) -> bool {
    index.deployment.flows.iter().any(|flow| {
        flow.from == Peer::Group(at)
            && matches!(&flow.to, Peer::Addresses(range) if admits(index, range, to))
            && flow.protocol == way_in.protocol
            && flow.ports.0 <= way_in.ports.1
            && way_in.ports.0 <= flow.ports.1
    }) && (same_network(index, at, to) || has_public_address(index, to))
}

/// Whether all of a range is private (RFC 1918).
fn is_inside(range: &str) -> bool {
    cidr::parse(range).is_some_and(crate::flows::is_private)
}

/// Whether something that carries the group has an address on the internet: a public face, and a subnet whose default
/// route is an internet gateway.
fn has_public_address(index: &Index<'_>, group: ResourceId) -> bool {
    carriers(index, group).any(|carrier| {
        let Some(resource) = index.resource(carrier) else { return false };
        let faces = match resource.ty.name.as_str() {
            "AWS::ElasticLoadBalancingV2::LoadBalancer" => !is_text(resource.property("Scheme"), "internal"),
            "AWS::RDS::DBInstance" => is_true(resource.property("PubliclyAccessible")),
            "AWS::ECS::Service" => is_text(
                resource
                    .property("NetworkConfiguration")
                    .and_then(|n| n.get("AwsvpcConfiguration"))
                    .and_then(|n| n.get("AssignPublicIp")),
                "ENABLED",
            ),
            // A function's interfaces have private addresses only, an endpoint's likewise.
            "AWS::Lambda::Function" | "AWS::EC2::VPCEndpoint" => false,
            _ => true,
        };
        let subnets = index.subnets(carrier);
        let routed = subnets.iter().any(|s| {
            let routes = index.default_routes(*s);
            routes
                .iter()
                .any(|g| index.resource(*g).is_some_and(|r| r.ty.name == "AWS::EC2::InternetGateway"))
        });
        faces && (routed || subnets.is_empty())
    })
}
