//! Load balancers.

use serde_json::{Value, json};

use super::{PAGE, invalid, listed, no_balancer};
use crate::account::LoadBalancer;
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// Load balancers that one call may name.
const MOST_NAMED: usize = 20;

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (arns, names) = (ask.request.list("LoadBalancerArns"), ask.request.list("Names"));
    if arns.len() > MOST_NAMED || names.len() > MOST_NAMED {
        return Err(invalid("Up to 20 load balancers can be described in a single call"));
    }
    let all = &ask.world.region(ask.region).load_balancers;
    let arn = |balancer: &LoadBalancer| ask.world.account.load_balancer_arn(ask.region, balancer);
    let is_there = |wanted: &String| all.iter().any(|one| arn(one) == *wanted || one.name == *wanted);
    if !arns.iter().chain(&names).all(is_there) {
        return Err(no_balancer());
    }
    let is_wanted = |balancer: &&LoadBalancer| {
        (arns.is_empty() || arns.contains(&arn(balancer))) && (names.is_empty() || names.contains(&balancer.name))
    };
    let wanted: Vec<Value> = all.iter().filter(is_wanted).map(|balancer| written(ask, balancer)).collect();
    Ok(listed("LoadBalancers", &ask.page(&wanted, &PAGE)?))
}

/// The load balancer of that ARN.
pub(super) fn find<'a>(ask: &Ask<'a>, arn: &str) -> Result<&'a LoadBalancer, ServiceError> {
    let all = &ask.world.region(ask.region).load_balancers;
    let found = all.iter().find(|balancer| ask.world.account.load_balancer_arn(ask.region, balancer) == arn);
    found.ok_or_else(no_balancer)
}

fn written(ask: &Ask<'_>, balancer: &LoadBalancer) -> Value {
    let account = &ask.world.account;
    let subnets = &ask.world.region(ask.region).subnets;
    let subnet = |id: &String| subnets.iter().find(|subnet| subnet.id == *id);
    let zones = balancer.subnets.iter().map(|id| {
        let zone = subnet(id).map_or_else(|| format!("{}a", ask.region), |subnet| subnet.zone.clone());
        json!({"SubnetId": id, "ZoneName": zone, "LoadBalancerAddresses": []})
    });
    let vpc = || balancer.subnets.first().and_then(subnet).map(|subnet| subnet.vpc.clone());
    let number = ids::hash(&balancer.name) % 1_000_000_000;
    let host = format!("{}-{number}.{}.elb.{}", balancer.name, ask.region, account.domain());
    // Only the other kinds may have no groups.
    let groups = (balancer.kind() == "application" || !balancer.security_groups.is_empty())
        .then(|| json!(balancer.security_groups));
    object([
        ("LoadBalancerArn", account.load_balancer_arn(ask.region, balancer).into()),
        ("DNSName", host.into()),
        ("CanonicalHostedZoneId", "Z35SXDOTRQ7X7K".into()),
        ("CreatedTime", ask.world.iso(balancer.created).into()),
        ("LoadBalancerName", balancer.name.as_str().into()),
        ("Scheme", balancer.scheme.as_deref().unwrap_or("internet-facing").into()),
        ("VpcId", balancer.vpc.clone().or_else(vpc).into()),
        ("State", json!({"Code": "active"})),
        ("Type", balancer.kind().into()),
        ("AvailabilityZones", zones.collect()),
        ("SecurityGroups", groups.into()),
        ("IpAddressType", "ipv4".into()),
    ])
}
