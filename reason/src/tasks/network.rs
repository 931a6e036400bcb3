//! Who reaches tasks over the network: addresses, subnets and security groups put together.

use std::collections::BTreeSet;

use palisade_model::ecs::{Placement, PortMapping, TaskDefinition};
use palisade_model::network::{Ingress, IpVersion, SecurityGroup};
use palisade_model::{Action, Arn, Gap, Region};

use crate::access::addresses::Addresses;

/// All versions of the internet protocol.
pub const ANY_VERSION: &[IpVersion] = &[IpVersion::V4, IpVersion::V6];

/// Ports of a task that somebody may reach: numbers, and whether of UDP.
pub type Ports = Vec<(u16, u16, bool)>;

/// The ports that containers open; in `awsvpc` mode and in that of the host these are the ports that one reaches.
pub fn ports(task: &TaskDefinition) -> Ports {
    let all = task.containers.iter().flat_map(|container| &container.ports);
    all.map(|PortMapping { first, last, is_udp, .. }| (*first, *last, *is_udp)).collect()
}

/// Which ports these security groups open to the internet by any of these versions, in words. More than `most` addresses of
/// IPv4 count as the internet. A group or list of addresses that is not known is a gap, unless another rule lets the internet in.
pub fn open_rules(
    groups: &[String],
    ports: &Ports,
    versions: &[IpVersion],
    most: u64,
    region: &Region,
    asked_for: &Arn,
) -> Result<Vec<String>, Gap> {
    let known = region.network.security_groups.known()?;
    let failed = |why: String| Gap::undecided(Action::Ec2DescribeSecurityGroups, asked_for, why);
    let missing = groups.iter().find(|id| !known.contains_key(*id));
    let mut gap = missing.map(|id| failed(format!("the security group {id} is not described")));
    let rules: Vec<_> = groups.iter().filter_map(|id| known.get(id)).flat_map(|group| &group.ingress).collect();
    let mut open = Vec::new();
    for (port, is_udp) in decisive(ports, &rules) {
        let covering: Vec<_> = rules.iter().filter(|rule| rule.covers(port, is_udp)).collect();
        let networks = covering.iter().flat_map(|rule| rule.cidrs.iter().map(String::as_str));
        let (addresses, malformed) = Addresses::of(networks.filter(|text| versions.contains(&IpVersion::of(text))));
        if let Some(span) = addresses.too_wide(most) {
            let kind = if is_udp { " of UDP" } else { "" };
            open.push(format!("{} let {span} in on port {port}{kind}", groups.join(", ")));
            continue;
        }
        let lists = covering.iter().find(|rule| !rule.prefix_lists.is_empty());
        let unread =
            lists.map(|rule| failed(format!("the addresses of {} are not read", rule.prefix_lists.join(", "))));
        let unclear = malformed.map(|text| failed(format!("{} is no network", text.0)));
        gap = gap.or(unread).or(unclear);
    }
    match gap {
        Some(gap) if open.is_empty() => Err(gap),
        Some(_) | None => Ok(open),
    }
}

/// The ports of these ranges at which what the rules say may change: their ends, and where rules begin within.
fn decisive(ports: &Ports, rules: &[&Ingress]) -> BTreeSet<(u16, bool)> {
    let mut decisive = BTreeSet::new();
    for (first, last, is_udp) in ports {
        decisive.extend([(*first, *is_udp), (*last, *is_udp)]);
        let begins = rules.iter().filter_map(|rule| rule.from_port.and_then(|port| u16::try_from(port).ok()));
        decisive.extend(begins.filter(|port| (first..=last).contains(&port)).map(|port| (port, *is_udp)));
    }
    decisive
}

/// The security groups in force for a placement: those that it names, or else the default one of the VPC of its subnets.
pub fn groups_in_force(placement: &Placement, region: &Region, asked_for: &Arn) -> Result<Vec<String>, Gap> {
    if !placement.security_groups.is_empty() {
        return Ok(placement.security_groups.clone());
    }
    let subnets = region.network.subnets.known()?;
    let vpc = placement.subnets.iter().find_map(|id| subnets.get(id)?.vpc.as_ref());
    let unknown = |what: &str| Gap::undecided(Action::Ec2DescribeSecurityGroups, asked_for, what);
    let vpc = vpc.ok_or_else(|| unknown("the VPC of its subnets is not known"))?;
    let is_default = |group: &SecurityGroup| group.name == "default" && group.vpc.as_ref() == Some(vpc);
    let groups = region.network.security_groups.known()?;
    let found = groups.iter().find(|(_, group)| is_default(group)).map(|(id, _)| id.clone());
    found.map(|id| vec![id]).ok_or_else(|| unknown("the default security group of its VPC is not described"))
}

/// The subnets of these that lead to the internet by a version; a gap where one is not described.
pub fn public_subnets(
    subnets: &[String],
    version: IpVersion,
    region: &Region,
    asked_for: &Arn,
) -> Result<Vec<String>, Gap> {
    let (mut public, mut gap) = (Vec::new(), None);
    for id in subnets {
        match region.network.leads_out(id, version) {
            Ok(Some(true)) => public.push(id.clone()),
            Ok(Some(false)) => {}
            Ok(None) => {
                let why = format!("the subnet {id} or its route table is not described");
                gap = Some(Gap::undecided(Action::Ec2DescribeSubnets, asked_for, why));
            }
            Err(unread) => gap = Some(unread),
        }
    }
    match gap {
        Some(gap) if public.is_empty() => Err(gap),
        Some(_) | None => Ok(public),
    }
}

/// Why the internet reaches tasks that have addresses of a version at this place on these ports; empty when it does not. Both
/// route and group must be open; what is known to be closed decides whatever else could not be read.
pub fn reached(
    placement: &Placement,
    version: IpVersion,
    ports: &Ports,
    most: u64,
    region: &Region,
    asked_for: &Arn,
) -> Result<Vec<String>, Gap> {
    if ports.is_empty() {
        return Ok(Vec::new());
    }
    let groups = groups_in_force(placement, region, asked_for);
    let rules = groups.and_then(|groups| open_rules(&groups, ports, &[version], most, region, asked_for));
    match (public_subnets(&placement.subnets, version, region, asked_for), rules) {
        (Ok(routes), _) if routes.is_empty() => Ok(Vec::new()),
        (_, Ok(rules)) if rules.is_empty() => Ok(Vec::new()),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
        (Ok(routes), Ok(rules)) => {
            let addresses = match version {
                IpVersion::V4 => "public addresses",
                IpVersion::V6 => "addresses of IPv6",
            };
            let place = format!("its tasks have {addresses} in {}", routes.join(", "));
            Ok(rules.into_iter().map(|rule| format!("{place}, and {rule}")).collect())
        }
    }
}
