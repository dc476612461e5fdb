//! Connections as rules of security groups, both sides.
//!
//! Groups are closed in both directions, and a rule is a resource of its own, in the stack of the later end; so
//! groups may know each other without a cycle. `aws("sqs")` is the endpoint's group, the gateway endpoint's
//! prefix list, or the way through NAT, in this order.
//!
//! Invariant: a flow is emitted once, however many links ask for it.

use crate::codes;
use crate::evaluate::Evaluation;
use crate::evaluate::cidr;
use crate::evaluate::grants::{Connection, EvaluatedLink};
use crate::evaluate::value::Value;
use crate::ids;
use crate::model::{self, Flow, InstanceId, Peer, Reason, ResourceId};
use solc_check::hir::Direction;
use solc_source::{Diagnostic, Name, Span};

/// Where an instance's traffic comes from.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) group: Option<ResourceId>,
    pub(crate) network: Option<InstanceId>,
}

const ANYWHERE: (u32, u8) = (0, 0);

impl Evaluation<'_> {
    /// The group and network of an instance.
    pub(crate) fn place(&mut self, id: InstanceId) -> Place {
        if let Some((place, turns)) = self.places.get(&id).copied() {
            self.read(turns);
            return place;
        }
        let (place, turns) = self.tracked(|this| this.work_out_place(id));
        self.places.insert(id, (place, turns));
        place
    }

    fn work_out_place(&mut self, id: InstanceId) -> Place {
        let Some(on) = self.instance(id).and_then(|i| i.component.network.as_ref()) else {
            return Place::default();
        };
        let mut frame = self.frame(id);
        let group = match self.eval(&mut frame, on.group) {
            Value::Resource(group) => Some(group),
            _ => None,
        };
        let network = on.network.and_then(|network| match self.eval(&mut frame, network) {
            Value::Instance(network) => Some(network),
            _ => None,
        });
        Place { group, network }
    }

    /// Allows a connection of an instance; nothing where it is on no network.
    pub(crate) fn connect(
        &mut self,
        consumer: InstanceId,
        connection: &Connection,
        link: Option<&EvaluatedLink>,
        reason: &Reason,
    ) {
        let place = self.place(consumer);
        let Some(own) = place.group else { return };
        let span = link.map_or(connection.span, |l| l.span);
        let Some(peer) = self.peer(consumer, place, connection, span) else { return };
        let own = Peer::Group(own);
        let (from, to) = match connection.direction {
            Direction::To => (own, peer),
            Direction::From => (peer, own),
        };
        let flow = Flow {
            from,
            to,
            protocol: connection.protocol.clone(),
            ports: connection.ports,
            reason: reason.clone(),
            span,
        };
        let rule = (flow.from.clone(), flow.to.clone(), flow.protocol.clone(), flow.ports);
        if self.known_rules.insert(rule) {
            self.rules_of(consumer, &flow);
        }
        self.flows.push(flow);
    }

    fn peer(
        &mut self,
        consumer: InstanceId,
        place: Place,
        connection: &Connection,
        span: Span,
    ) -> Option<Peer> {
        match &connection.peer {
            // A resource of another type: the checker's to report.
            Value::Resource(id) if !self.is_group(*id) => None,
            Value::Resource(id) => Some(Peer::Group(*id)),
            Value::Deferred(model::Value::Ref(id)) => self.group_peer(*id, connection.span),
            Value::Deferred(model::Value::Attribute(id, name)) if name == "GroupId" => {
                self.group_peer(*id, connection.span)
            }
            Value::Cidr(address, prefix) => {
                let range = (*address, *prefix);
                if connection.direction == Direction::To && !is_private(range) && !self.has_nat(place.network)
                {
                    let path = self.path(consumer);
                    self.report(
                        Diagnostic::error(
                            codes::NO_ROUTE,
                            span,
                            format!("`{path}` has no way out to the internet"),
                        )
                        .label(format!("this goes to `{}`", cidr::show(range)))
                        .help("put it on a network that has NAT"),
                    );
                    return None;
                }
                Some(Peer::Addresses(cidr::show(range).into()))
            }
            Value::Service(service) => self.service_peer(consumer, place, service, span),
            _ => {
                self.invalid_peer(connection.span);
                None
            }
        }
    }

    fn is_group(&self, id: ResourceId) -> bool {
        self.resource(id).is_some_and(|r| r.ty.name == "AWS::EC2::SecurityGroup")
    }

    fn group_peer(&mut self, id: ResourceId, span: Span) -> Option<Peer> {
        if self.is_group(id) {
            return Some(Peer::Group(id));
        }
        self.invalid_peer(span);
        None
    }

    fn invalid_peer(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::INVALID_PEER, span, "this connects to something that is no peer")
                .label("a peer is a security group, a network range, or `aws(\"service\")`")
                .help("name the security group of what answers"),
        );
    }

    fn network_field(&mut self, network: Option<InstanceId>, name: &'static str) -> Value {
        network.map_or(Value::None, |n| self.instance_field(n, &Name::new_static(name)))
    }

    fn has_nat(&mut self, network: Option<InstanceId>) -> bool {
        // A component that names no network says nothing about its routes.
        network.is_none() || self.network_field(network, "has_nat") != Value::Bool(false)
    }

    fn service_peer(
        &mut self,
        consumer: InstanceId,
        place: Place,
        service: &Name,
        span: Span,
    ) -> Option<Peer> {
        let groups = self.network_field(place.network, "service_groups");
        if let Value::Map(groups) = &groups
            && let Some(group) = groups.get(service)
        {
            let id = match group {
                Value::Resource(id)
                | Value::Deferred(model::Value::Attribute(id, _) | model::Value::Ref(id)) => *id,
                _ => return None,
            };
            return self.group_peer(id, span);
        }
        let gateways = self.network_field(place.network, "gateway_services");
        let is_gateway = matches!(&gateways, Value::List(all) if all.contains(&Value::Text(service.clone())));
        if is_gateway && let Some(list) = self.prefix_list(service) {
            return Some(Peer::PrefixList(list));
        }
        // Through a gateway endpoint too, the service answers under its public addresses.
        if is_gateway || self.has_nat(place.network) {
            return Some(Peer::Addresses(cidr::show(ANYWHERE).into()));
        }
        let path = self.path(consumer);
        let network = place.network.map(|n| self.path(n)).unwrap_or_default();
        let at = place.network.and_then(|n| self.instance(n)).map(|n| n.span);
        let mut diagnostic = Diagnostic::error(
            codes::NO_ROUTE,
            span,
            format!("`{path}` cannot reach the service `{service}`"),
        )
        .label(format!("this needs `{service}`"))
        .help(format!("add `{service}` to the endpoints of `{network}`, or give it NAT"));
        if let Some(at) = at {
            diagnostic =
                diagnostic.because(at, format!("`{network}` has neither an endpoint for it nor NAT"));
        }
        self.report(diagnostic);
        None
    }

    fn prefix_list(&mut self, service: &Name) -> Option<Name> {
        self.read_facts.entry((Name::new_static("prefix_lists"), service.clone())).or_default();
        let Value::Map(facts) = self.block_field(self.block?, "facts") else { return None };
        match facts.get("prefix_lists")? {
            Value::Map(lists) => match lists.get(service.as_str())? {
                Value::Text(id) => Some(id.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Emits the rules of a flow: one at each end that is a group.
    fn rules_of(&mut self, consumer: InstanceId, flow: &Flow) {
        let name = |this: &Self, peer: &Peer| match peer {
            Peer::Group(id) => this.logical_id(*id).to_string(),
            Peer::Addresses(range) if range == "0.0.0.0/0" => "Anywhere".to_owned(),
            Peer::Addresses(range) => ids::segment(range),
            // `pl-` and hexadecimal digits: nothing to tell apart by a hash, but `facts.json` may say anything.
            Peer::PrefixList(list) => match list.strip_prefix("pl-") {
                Some(digits) if digits.chars().all(|c| c.is_ascii_alphanumeric()) => format!("Pl{digits}"),
                Some(_) | None => ids::segment(list),
            },
        };
        let (from, to) = (name(self, &flow.from), name(self, &flow.to));
        let ports = if flow.ports.0 == flow.ports.1 {
            flow.ports.0.to_string()
        } else {
            format!("{}To{}", flow.ports.0, flow.ports.1)
        };
        let protocol = if flow.protocol == "tcp" { String::new() } else { ids::segment(&flow.protocol) };
        let base = format!("{from}To{to}{protocol}{ports}");
        let owner = self.later(consumer, flow);
        let description = self.describe_flow(flow);
        for (end, peer, ty, suffix) in [
            (&flow.from, &flow.to, "AWS::EC2::SecurityGroupEgress", "Egress"),
            (&flow.to, &flow.from, "AWS::EC2::SecurityGroupIngress", "Ingress"),
        ] {
            let Peer::Group(group) = end else { continue };
            let egress = suffix == "Egress";
            let (property, value) = match peer {
                Peer::Group(id) => (
                    if egress { "DestinationSecurityGroupId" } else { "SourceSecurityGroupId" },
                    group_id(*id),
                ),
                Peer::Addresses(range) => ("CidrIp", model::Value::String(range.clone())),
                Peer::PrefixList(list) => (
                    if egress { "DestinationPrefixListId" } else { "SourcePrefixListId" },
                    model::Value::String(list.clone()),
                ),
            };
            let mut properties = vec![
                (Name::new_static("Description"), model::Value::String(description.clone())),
                (Name::new_static("FromPort"), model::Value::Int(i64::from(flow.ports.0))),
                (Name::new_static("GroupId"), group_id(*group)),
                (Name::new_static("IpProtocol"), model::Value::String(flow.protocol.clone())),
                (Name::new_static("ToPort"), model::Value::Int(i64::from(flow.ports.1))),
                (Name::new_static(property), value),
            ];
            properties.sort_by(|a, b| a.0.cmp(&b.0));
            let id = ids::shorten(format!("{base}{suffix}"));
            if let Some(rule) = self.derive(ty, owner, id, properties, flow.span) {
                for end in [&flow.from, &flow.to] {
                    if let Peer::Group(group) = end {
                        self.attach_to(rule, *group);
                    }
                }
                // Who connects waits for both rules, who answers for the way in.
                if let Peer::Group(group) = flow.from {
                    self.opening.push((group, rule));
                }
                if let (Peer::Group(group), false) = (&flow.to, egress) {
                    self.opening.push((*group, rule));
                }
            }
        }
    }

    /// The instance at the end that is in the later layer; the consumer where both are in one.
    fn later(&self, consumer: InstanceId, flow: &Flow) -> InstanceId {
        let layer = |id: InstanceId| self.instance(id).map(|i| i.component.layer);
        [&flow.from, &flow.to]
            .into_iter()
            .filter_map(|peer| match peer {
                Peer::Group(id) => self.resource(*id).map(|r| r.instance),
                Peer::Addresses(_) | Peer::PrefixList(_) => None,
            })
            .fold(consumer, |best, id| if layer(id) > layer(best) { id } else { best })
    }

    /// What a rule is for, in characters that EC2 accepts.
    fn describe_flow(&self, flow: &Flow) -> Name {
        let name = |peer: &Peer| match peer {
            Peer::Group(id) => {
                self.resource(*id).map(|r| self.path(r.instance).to_string()).unwrap_or_default()
            }
            Peer::Addresses(range) => range.to_string(),
            Peer::PrefixList(list) => list.to_string(),
        };
        let mut text = format!("{} to {}", name(&flow.from), name(&flow.to));
        text.retain(|c| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c));
        text.truncate(255);
        text.into()
    }
}

fn group_id(id: ResourceId) -> model::Value {
    model::Value::Attribute(id, Name::new_static("GroupId"))
}

/// Whether all of a range is private (RFC 1918).
pub(crate) fn is_private(range: (u32, u8)) -> bool {
    [(0x0a00_0000, 8), (0xac10_0000, 12), (0xc0a8_0000, 16)]
        .into_iter()
        .any(|private: (u32, u8)| range.1 >= private.1 && cidr::overlap(private, range))
}

#[cfg(test)]
mod tests {
    use super::is_private;
    use crate::evaluate::cidr::parse;

    #[test]
    fn private_ranges_need_no_way_out() {
        for (range, private) in [
            ("10.1.0.0/16", true),
            ("192.168.1.0/24", true),
            ("0.0.0.0/0", false),
            ("8.0.0.0/6", false),
            ("1.1.1.1/32", false),
        ] {
            assert_eq!(is_private(parse(range).unwrap()), private, "{range}");
        }
    }
}
