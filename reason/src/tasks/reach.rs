//! How the internet reaches tasks: by load balancers before their service, or at addresses of their own.

use palisade_model::ecs::{InCluster, Placement, Service, Task, TaskDefinition, TaskDetails};
use palisade_model::network::IpVersion;
use palisade_model::workload::{Keeper, Tasks};
use palisade_model::{Action, Arn, Gap, Region};

use super::load_balancers::{internet_facing, is_open};
use super::network::{ANY_VERSION, Ports, ports, public_subnets, reached};
use crate::account::Account;
use crate::exposure::Exposure;

/// The ways in from the internet, and the gap when there may be more.
pub fn of_tasks<'a>(tasks: &Tasks<'_>, arn: &Arn, account: &Account<'_>) -> (Vec<Exposure<'a>>, Option<Gap>) {
    let Some(region) = account.region(arn) else { return (Vec::new(), None) };
    match tasks.keeper {
        Keeper::Service(service) => {
            let inside = InCluster { object: service, cluster: tasks.cluster, ecs: tasks.ecs };
            of_service(&inside, region, account)
        }
        Keeper::Task(task) => {
            let inside = InCluster { object: task, cluster: tasks.cluster, ecs: tasks.ecs };
            match task_reached(&inside, region, account) {
                Ok(found) => (addresses(found), None),
                Err(gap) => (Vec::new(), Some(gap)),
            }
        }
    }
}

fn of_service<'a>(
    inside: &InCluster<'_, Service>,
    region: &Region,
    account: &Account<'_>,
) -> (Vec<Exposure<'a>>, Option<Gap>) {
    let details = match inside.object.details.known() {
        Ok(details) => details,
        Err(gap) => return (Vec::new(), Some(gap)),
    };
    if details.running_deployments().next().is_none() {
        return (Vec::new(), None);
    }
    let (mut found, mut gap) = (Vec::new(), None);
    match service_reached(inside, region, account) {
        Ok(reached) => found.extend(addresses(reached)),
        Err(unread) => gap = Some(unread),
    }
    let (ways, unread) = internet_facing(inside.object, details, region);
    gap = gap.or(unread);
    for way in ways {
        match is_open(&way, account.settings.thresholds.public_endpoint_addresses, region) {
            Ok(true) => found.push(Exposure::Tasks(
                format!("{} faces the internet and leads to it", way.told()),
                "ecs-service-internet-facing",
            )),
            Ok(false) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    (found, gap)
}

fn addresses<'a>(reached: Vec<String>) -> Vec<Exposure<'a>> {
    reached.into_iter().map(|told| Exposure::Tasks(told, "ecs-service-public-task")).collect()
}

/// Why the internet reaches the tasks of a service at addresses of their own, stage by stage of its rollout; empty when it
/// does not.
pub fn service_reached(
    inside: &InCluster<'_, Service>,
    region: &Region,
    account: &Account<'_>,
) -> Result<Vec<String>, Gap> {
    let service = inside.object;
    let details = service.details.known()?;
    let most = account.settings.thresholds.public_endpoint_addresses;
    let (mut found, mut gap) = (Vec::new(), None);
    for stage in details.running_deployments() {
        let Some(place) = stage.network.as_ref().or(details.network.as_ref()) else { continue };
        for version in ANY_VERSION {
            let judged = has_addresses(inside, place, *version, region).and_then(|has_addresses| {
                if !has_addresses {
                    return Ok(Vec::new());
                }
                reached(place, *version, &ports_of(inside, &stage.definition)?, most, region, &service.arn)
            });
            match judged {
                Ok(more) => found.extend(more),
                Err(unread) => gap = Some(unread),
            }
        }
    }
    found.sort();
    found.dedup();
    match gap {
        Some(gap) if found.is_empty() => Err(gap),
        Some(_) | None => Ok(found),
    }
}

/// Whether a service's tasks have addresses on the internet at a place. Those of IPv6 come with the subnet, so that only tasks
/// that run tell; where those were not read, a subnet without a route decides.
fn has_addresses(
    inside: &InCluster<'_, Service>,
    place: &Placement,
    version: IpVersion,
    region: &Region,
) -> Result<bool, Gap> {
    if version == IpVersion::V4 {
        return Ok(place.assigns_public_address);
    }
    let tasks = &inside.cluster.tasks;
    let mut gap = tasks.gap();
    for task in tasks.seen() {
        match task.details.known() {
            Ok(details) if details.service() == Some(&inside.object.name) && details.has_ipv6_address => {
                return Ok(true);
            }
            Ok(_) => {}
            Err(_) => gap = task.details.gap(),
        }
    }
    let Some(gap) = gap else { return Ok(false) };
    let routes = public_subnets(&place.subnets, version, region, &inside.object.arn);
    if routes.is_ok_and(|routes| routes.is_empty()) { Ok(false) } else { Err(gap.clone()) }
}

/// Why the internet reaches a task on its own at its address; empty when it does not.
pub fn task_reached(inside: &InCluster<'_, Task>, region: &Region, account: &Account<'_>) -> Result<Vec<String>, Gap> {
    let task = inside.object;
    let details = task.details.known()?;
    if details.is_stopped {
        return Ok(Vec::new());
    }
    let most = account.settings.thresholds.public_endpoint_addresses;
    let (mut found, mut ports) = (Vec::new(), None);
    for (place, version) in places(task, details, region)? {
        if ports.is_none() {
            ports = Some(ports_of(inside, &details.definition)?);
        }
        found.extend(reached(&place, version, ports.as_ref().unwrap_or(&Vec::new()), most, region, &task.arn)?);
    }
    Ok(found)
}

/// Where a task is in the network, by its interfaces that have an address on the internet, and of which version. An interface
/// that is not described is a gap: the task runs, and has it.
fn places(task: &Task, details: &TaskDetails, region: &Region) -> Result<Vec<(Placement, IpVersion)>, Gap> {
    if details.interfaces.is_empty() {
        return Ok(Vec::new());
    }
    let known = region.network.interfaces.known()?;
    let missing = |id| {
        Gap::undecided(Action::Ec2DescribeNetworkInterfaces, &task.arn, format!("the interface {id} is not described"))
    };
    let own = details.interfaces.iter().map(|id| known.get(id).ok_or_else(|| missing(id)));
    let mut places = Vec::new();
    for interface in own.collect::<Result<Vec<_>, _>>()? {
        let place = Placement {
            subnets: interface.subnet.iter().cloned().collect(),
            security_groups: interface.security_groups.clone(),
            assigns_public_address: interface.public_address.is_some(),
        };
        if place.assigns_public_address {
            places.push((place.clone(), IpVersion::V4));
        }
        if details.has_ipv6_address {
            places.push((place, IpVersion::V6));
        }
    }
    Ok(places)
}

fn ports_of<T>(inside: &InCluster<'_, T>, definition: &Arn) -> Result<Ports, Gap> {
    Ok(described(inside, definition)?.map(ports).unwrap_or_default())
}

/// What a definition says that is in use; `None` when AWS does not describe it.
fn described<'a, T>(inside: &InCluster<'a, T>, definition: &Arn) -> Result<Option<&'a TaskDefinition>, Gap> {
    match inside.ecs.definition(definition) {
        Some(found) => Ok(found.details.known()?.as_ref()),
        None => inside.ecs.definitions.complete().map(|_| None),
    }
}
