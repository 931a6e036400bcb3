//! The network interfaces of tasks, which EC2 lists too.

use super::Here;
use super::running::{self, Running};
use crate::ids;
use crate::world::World;

/// The network interface of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskInterface {
    /// Such as `eni-0123456789abcdef0`.
    pub(crate) id: String,
    pub(crate) subnet: String,
    /// Ids; where the file names none, the default group of the VPC.
    pub(crate) security_groups: Vec<String>,
    pub(crate) private_address: String,
    pub(crate) public_address: Option<String>,
    pub(crate) mac_address: String,
    /// The task's ARN.
    pub(crate) task: String,
    /// `arn:aws:ecs:…:attachment/…`, as ECS describes the interfaces that it makes.
    pub(crate) description: String,
}

/// The interfaces of all tasks of a Region that have not stopped.
pub(crate) fn interfaces(world: &World, region: &str) -> Vec<TaskInterface> {
    let here = Here { world, region };
    let tasks = here.ecs().clusters.iter().flat_map(|cluster| running::tasks(here, cluster));
    tasks.filter_map(|task| of(here, &task)).collect()
}

/// The interface of a task, if it has one of its own.
pub(super) fn of(here: Here<'_>, task: &Running<'_>) -> Option<TaskInterface> {
    if !task.has_interface() || task.status() == "STOPPED" {
        return None;
    }
    let seed = format!("interface {}", task.arn(here));
    let place = usize::try_from(ids::hash(&seed) % 1000).unwrap_or(0);
    let subnets = task.network.map_or(&[][..], |network| &network.subnets);
    let subnet = place.checked_rem(subnets.len()).map_or_else(|| usual_subnet(here), |place| subnets[place].clone());
    let groups = task.network.map(|network| network.security_groups.clone()).unwrap_or_default();
    let digits = ids::hexadecimal(&seed, 6);
    let is_public = task.network.is_some_and(|network| network.public);
    let given = task.given.and_then(|task| task.public_ip.clone());
    Some(TaskInterface {
        id: format!("eni-0{}", ids::hexadecimal(&seed, 16)),
        security_groups: if groups.is_empty() { vec![default_group(here, &subnet)] } else { groups },
        private_address: address(here, &subnet, &seed),
        public_address: given.or_else(|| is_public.then(|| format!("198.51.100.{}", 1 + ids::hash(&seed) % 250))),
        mac_address: format!("02:00:5e:{}:{}:{}", &digits[..2], &digits[2..4], &digits[4..]),
        task: task.arn(here),
        description: here.arn(&format!("attachment/{}", ids::uuid(&seed))),
        subnet,
    })
}

/// Where a task stands of which the file doesn't say it.
pub(super) fn usual_subnet(here: Here<'_>) -> String {
    let known = here.world.region(here.region).subnets.first().map(|subnet| subnet.id.clone());
    known.unwrap_or_else(|| format!("subnet-0{}", ids::hexadecimal(&format!("usual {}", here.region), 16)))
}

/// The default security group of a subnet's VPC.
fn default_group(here: Here<'_>, subnet: &str) -> String {
    let region = here.world.region(here.region);
    let vpc = region.subnets.iter().find(|one| one.id == subnet).map_or("", |one| one.vpc.as_str());
    let mut groups = region.security_groups.iter();
    let known = groups.find(|group| group.name == "default" && group.vpc == vpc).map(|group| group.id.clone());
    known.unwrap_or_else(|| format!("sg-0{}", ids::hexadecimal(&format!("default {} {vpc}", here.region), 16)))
}

/// An address of the subnet.
fn address(here: Here<'_>, subnet: &str, seed: &str) -> String {
    let subnets = &here.world.region(here.region).subnets;
    let range = subnets.iter().find(|one| one.id == subnet).map_or("10.0.0.0/24", |one| one.cidr.as_str());
    let network = range.split('/').next().and_then(|address| address.rsplit_once('.')).map_or("10.0.0", |(net, _)| net);
    format!("{network}.{}", 4 + ids::hash(seed) % 250)
}
