//! What stands on less than before: zones, replicas, instances.
//!
//! Invariant: only what is there before and after is compared; what is new or gone has its own gates.

use super::data::{is_true, number};
use super::{Gate, GateKind, View};
use crate::plan::changes::{resources, type_of};
use serde_json::Value;

/// Switches that keep a second one ready.
const SWITCHES: &[&str] = &[
    "/Properties/MultiAZ",
    "/Properties/MultiAZEnabled",
    "/Properties/AutomaticFailoverEnabled",
    "/Properties/ClusterConfig/ZoneAwarenessEnabled",
    "/Properties/ClusterConfig/MultiAZWithStandbyEnabled",
    "/Properties/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback",
];

/// Counts.
const COUNTS: &[&str] = &[
    "/Properties/DesiredCount",
    "/Properties/MinCapacity",
    "/Properties/MinSize",
    "/Properties/DesiredCapacity",
    "/Properties/NumCacheClusters",
    "/Properties/NumNodeGroups",
    "/Properties/ReplicasPerNodeGroup",
    "/Properties/NumberOfBrokerNodes",
    "/Properties/NumberOfNodes",
    "/Properties/ClusterConfig/InstanceCount",
    "/Properties/ClusterConfig/DedicatedMasterCount",
    "/Properties/DeploymentConfiguration/MinimumHealthyPercent",
    "/Properties/ReservedConcurrentExecutions",
];

/// Lists of places.
const PLACES: &[&str] = &[
    "/Properties/Subnets",
    "/Properties/SubnetIds",
    "/Properties/VPCZoneIdentifier",
    "/Properties/AvailabilityZones",
    "/Properties/SubnetMappings",
    "/Properties/VpcConfig/SubnetIds",
    "/Properties/VPCOptions/SubnetIds",
    "/Properties/NetworkConfiguration/AwsvpcConfiguration/Subnets",
];

/// Resources of which fewer means that zones share one.
const SHARED: &[(&str, &str)] = &[("AWS::EC2::NatGateway", "NAT gateways")];

pub(super) fn gates(view: &View<'_>) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (id, new) in resources(view.new).into_iter().flatten() {
        let Some(old) = view.old_resource(id) else { continue };
        let why = lowered(old, new);
        if !why.is_empty() {
            gates.push(view.gate(GateKind::AvailabilityLowered, id, why));
        }
    }
    for (resource_type, what) in SHARED {
        let of = |template: Option<&'_ Value>| -> Vec<String> {
            let all = resources(template).into_iter().flatten();
            all.filter(|(_, resource)| type_of(resource) == *resource_type)
                .map(|(id, _)| id.clone())
                .collect()
        };
        let (before, after) = (of(view.old), of(view.new));
        if view.new.is_some() && after.len() < before.len() {
            let gone = before.iter().find(|id| !after.contains(id)).cloned().unwrap_or_default();
            let why = format!("there are {} {what} instead of {}", after.len(), before.len());
            gates.push(view.gate(GateKind::AvailabilityLowered, &gone, vec![why]));
        }
    }
    gates
}

fn lowered(old: &Value, new: &Value) -> Vec<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut why = Vec::new();
    for path in SWITCHES {
        let on = |side: &Value| side.pointer(path).is_some_and(is_true);
        if on(old) && !on(new) {
            why.push(format!("`{}` is turned off", name(path)));
        }
    }
    if rebalanced(old) && !rebalanced(new) {
        why.push("`AvailabilityZoneRebalancing` is turned off".to_owned());
    }
    for path in COUNTS {
        if let (Some(before), Some(after)) = (number(old, path), number(new, path))
            && after < before
        {
            why.push(format!("`{}` goes from {before} to {after}", name(path)));
        }
    }
    for path in PLACES {
        let count = |side: &Value| side.pointer(path).and_then(Value::as_array).map(Vec::len);
        if let (Some(before), Some(after)) = (count(old), count(new))
            && after < before
        {
            why.push(format!("`{}` are {after} instead of {before}", name(path)));
        }
    }
    why
}

fn rebalanced(service: &Value) -> bool {
    service.pointer("/Properties/AvailabilityZoneRebalancing").and_then(Value::as_str) == Some("ENABLED")
}
