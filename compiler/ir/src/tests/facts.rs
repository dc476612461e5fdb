//! What a deployment states, asked directly, over components that show all that the answer rests on.

use super::lowered;
use crate::facts::reach::{Way, way};
use crate::facts::survival::Losses;
use crate::facts::{Index, Subject, access};
use crate::model::{Deployment, InstanceId};

const NET: &str = r#"
component Net {
  resource vpc: AWS.EC2.VPC { CidrBlock = "${env.network}" }
  resource gateway: AWS.EC2.InternetGateway {}
  resource open per zone: AWS.EC2.Subnet {
    VpcId = vpc.ref
    CidrBlock = "${env.network.subnet(8, zone.index)}"
    AvailabilityZone = zone.name
  }
  resource inner per zone: AWS.EC2.Subnet {
    VpcId = vpc.ref
    CidrBlock = "${env.network.subnet(8, 8 + zone.index)}"
    AvailabilityZone = zone.name
  }
  resource routes: AWS.EC2.RouteTable { VpcId = vpc.ref }
  resource route: AWS.EC2.Route {
    RouteTableId = routes.ref
    DestinationCidrBlock = "0.0.0.0/0"
    GatewayId = gateway.ref
  }
  resource association per zone: AWS.EC2.SubnetRouteTableAssociation {
    SubnetId = open[zone].ref
    RouteTableId = routes.ref
  }
  attribute vpc_id: deferred String = vpc.ref
  attribute open_subnets: [deferred String] = [s.ref for s in open.values]
  attribute inner_subnets: [deferred String] = [s.ref for s in inner.values]
}
component Balancer {
  param net: Net
  param scheme: "internet-facing" | "internal" = "internet-facing"
  resource group: AWS.EC2.SecurityGroup { VpcId = net.vpc_id, GroupDescription = "in" }
  on network group
  connect tcp 443 from 0.0.0.0/0 because "visitors"
  resource balancer: AWS.ElasticLoadBalancingV2.LoadBalancer {
    Scheme = scheme
    Subnets = net.open_subnets
    SecurityGroups = [group.GroupId]
  }
  grant path {
    connect tcp 8080 from group
  }
}
component Box {
  accepts link
  param net: Net
  param count: Int = 2
  principal role for "ecs-tasks.amazonaws.com" {}
  resource group: AWS.EC2.SecurityGroup { VpcId = net.vpc_id, GroupDescription = "box" }
  on network group
  resource service: AWS.ECS.Service {
    DesiredCount = count
    NetworkConfiguration = { AwsvpcConfiguration = { Subnets = net.inner_subnets, SecurityGroups = [group.GroupId] } }
  }
  grant call {
    connect tcp 9000 to group
  }
}
"#;

const SHOP: &str = "solution shop {
  net: Net {}
  entry: Balancer { net }
  web: Box {
    net
    link entry.path
    link api.call
  }
  api: Box {
    net
    link db.call
  }
  db: Box { net, count = 1 }
  job: Function { link hook.invoke }
  hook: Function {}
}";

fn subject(deployment: &Deployment, path: &str) -> Subject {
    let found = deployment.instances.iter().position(|i| i.path == path);
    Subject::Instance(InstanceId(u32::try_from(found.unwrap_or_else(|| panic!("no {path}"))).unwrap()))
}

fn shop(change: (&str, &str)) -> Deployment {
    assert!(SHOP.contains(change.0), "{}", change.0);
    lowered(&format!("{NET}{}", SHOP.replacen(change.0, change.1, 1)), "all")
}

/// `closed`, or the hops of the way.
fn hops(deployment: &Deployment, from: &str, to: &str) -> Vec<String> {
    let of = |name: &str| if name == "internet" { Subject::Internet } else { subject(deployment, name) };
    match way(&Index::new(deployment), of(from), of(to)) {
        Way::Open(steps) => steps.into_iter().map(|s| s.text).collect(),
        Way::Closed => vec!["closed".to_owned()],
        Way::NoNetwork(_) => vec!["no network".to_owned()],
    }
}

#[test]
fn a_balancer_hands_on_and_a_service_does_not() {
    let deployment = shop(("net: Net {}", "net: Net {}"));
    assert_eq!(
        hops(&deployment, "internet", "shop.web"),
        [
            "`internet` connects to `shop.entry` on tcp 443: visitors",
            "`shop.entry` connects to `shop.web` on tcp 8080: `shop.web` links `shop.entry.path`",
        ]
    );
    assert_eq!(hops(&deployment, "internet", "shop.api"), ["closed"]);
    assert_eq!(
        hops(&deployment, "shop.web", "shop.api"),
        ["`shop.web` connects to `shop.api` on tcp 9000: `shop.web` links `shop.api.call`"]
    );
    assert_eq!(hops(&deployment, "shop.web", "shop.db"), ["closed"]);
    assert_eq!(hops(&deployment, "shop.api", "shop.web"), ["closed"]);
}

#[test]
fn an_internal_balancer_and_a_subnet_without_a_route_have_no_public_face() {
    let internal = shop(("entry: Balancer { net }", "entry: Balancer { net, scheme = \"internal\" }"));
    assert_eq!(hops(&internal, "internet", "shop.entry"), ["closed"]);
    let closed = lowered(
        &format!("{}{SHOP}", NET.replacen("Subnets = net.open_subnets", "Subnets = net.inner_subnets", 1)),
        "all",
    );
    assert_eq!(hops(&closed, "internet", "shop.entry"), ["closed"]);
}

#[test]
fn nothing_leaves_a_network_that_lets_nothing_out() {
    let deployment = shop(("net: Net {}", "net: Net {}"));
    assert_eq!(hops(&deployment, "shop.web", "internet"), ["closed"]);
    // On no network it is outside already.
    assert_eq!(hops(&deployment, "shop.job", "internet"), Vec::<String>::new());
    assert_eq!(hops(&deployment, "shop.web", "shop.hook"), ["no network"]);
}

#[test]
fn permissions_are_the_verbs_of_links_and_say_which() {
    let deployment = shop(("net: Net {}", "net: Net {}"));
    let index = Index::new(&deployment);
    let verbs = |from: &str, to: &str| -> Vec<(String, String)> {
        access::permissions(&index, subject(&deployment, from), subject(&deployment, to))
            .into_iter()
            .map(|p| (p.verb.to_string(), p.reason.text))
            .collect()
    };
    let one = |verb: &str, text: &str| vec![(verb.to_owned(), text.to_owned())];
    assert_eq!(verbs("shop.job", "shop.hook"), one("invoke", "`shop.job` links `shop.hook.invoke`"));
    assert_eq!(verbs("shop.web", "shop.api"), one("call", "`shop.web` links `shop.api.call`"));
    assert_eq!(verbs("shop.hook", "shop.job"), []);
    assert_eq!(verbs("shop.web", "shop.db"), []);
    assert_eq!(verbs("shop", "shop.db"), one("call", "`shop.api` links `shop.db.call`"));
}

#[test]
fn a_loss_is_followed_along_links_to_the_resource() {
    let deployment = shop(("net: Net {}", "net: Net {}"));
    let index = Index::new(&deployment);
    let losses = Losses::new(&index);
    let chain = |path: &str| -> Vec<String> {
        let loss = losses.of(&index, subject(&deployment, path));
        loss.map_or_else(Vec::new, |l| l.chain.into_iter().map(|s| s.text).collect())
    };
    assert_eq!(
        chain("shop.web"),
        [
            "`shop.web` links `shop.api.call`",
            "`shop.api` links `shop.db.call`",
            "`shop.db.service` keeps one replica",
        ]
    );
    assert_eq!(chain("shop.entry"), Vec::<String>::new());
    assert_eq!(chain("shop.net"), Vec::<String>::new());
    let loss = losses.of(&index, subject(&deployment, "shop"));
    assert_eq!(loss.map(|l| l.zone.to_string()).as_deref(), Some("ap-southeast-2a"));
    let enough = shop(("count = 1", "count = 2"));
    let index = Index::new(&enough);
    assert_eq!(Losses::new(&index).of(&index, subject(&enough, "shop")), None);
}

#[test]
fn two_replicas_in_one_zone_are_lost_together() {
    let deployment = lowered(
        &format!(
            "{}{}",
            NET.replacen("[s.ref for s in inner.values]", "[inner.first.ref]", 1),
            SHOP.replacen("count = 1", "count = 2", 1)
        ),
        "all",
    );
    let index = Index::new(&deployment);
    let losses = Losses::new(&index);
    let loss = losses.of(&index, subject(&deployment, "shop.db")).unwrap();
    assert_eq!(loss.chain[0].text, "`shop.db.service` has no subnet in another zone");
}
