//! What tasks of ECS have of the network: subnets, security groups, interfaces, and the machines below them.

use std::collections::{BTreeMap, BTreeSet};

use palisade_model::Fact;
use palisade_model::ecs::{Cluster, Ecs, Placement, TaskDetails};
use palisade_model::load_balancing::LoadBalancing;
use palisade_model::network::{Instance, Interface, Subnet};

use super::read;

/// Tasks, and what is known around them.
pub(super) struct Tasks<'a> {
    pub(super) ecs: &'a Ecs,
    pub(super) load_balancing: &'a LoadBalancing,
    pub(super) interfaces: &'a Fact<BTreeMap<String, Interface>>,
    pub(super) instances: &'a Fact<BTreeMap<String, Instance>>,
}

impl<'a> Tasks<'a> {
    fn interfaces(&self) -> impl Iterator<Item = &'a Interface> {
        read(self.interfaces).into_iter().flat_map(BTreeMap::values)
    }

    fn instances(&self) -> impl Iterator<Item = &'a Instance> {
        read(self.instances).into_iter().flat_map(BTreeMap::values)
    }

    /// The subnets of tasks and machines, by id.
    pub(super) fn subnets(&self) -> impl Iterator<Item = &'a String> {
        let placed = placements(self.ecs).flat_map(|place| &place.subnets);
        let of_interfaces = self.interfaces().filter_map(|interface| interface.subnet.as_ref());
        let of_instances = self.instances().filter_map(|instance| instance.subnet.as_ref());
        placed.chain(of_interfaces).chain(of_instances).filter(|id| is_id(id))
    }

    /// The VPCs of these subnets.
    pub(super) fn vpcs<'s>(&self, subnets: &'s Fact<BTreeMap<String, Subnet>>) -> impl Iterator<Item = &'s String> {
        let known = read(subnets);
        let used: Vec<_> = self.subnets().collect();
        used.into_iter().filter_map(move |id| known?.get(id)?.vpc.as_ref())
    }

    /// The VPCs in which tasks name no security group, so that the default one holds.
    pub(super) fn vpcs_of_defaults<'s>(&self, subnets: &'s Fact<BTreeMap<String, Subnet>>) -> BTreeSet<&'s String> {
        let known = read(subnets);
        let without = placements(self.ecs).filter(|place| place.security_groups.is_empty());
        without.flat_map(|place| &place.subnets).filter_map(|id| known?.get(id)?.vpc.as_ref()).collect()
    }

    /// The security groups of tasks, of machines, and of what stands before tasks, by id.
    pub(super) fn security_groups(&self) -> impl Iterator<Item = &'a String> {
        let placed = placements(self.ecs).flat_map(|place| &place.security_groups);
        let of_interfaces = self.interfaces().flat_map(|interface| &interface.security_groups);
        let of_instances = self.instances().flat_map(|instance| &instance.security_groups);
        let balancers = read(&self.load_balancing.load_balancers).into_iter().flatten();
        let of_balancers = balancers.flat_map(|balancer| &balancer.security_groups);
        let gateways = self.ecs.gateways.seen().iter().filter_map(|gateway| read(&gateway.details));
        let of_gateways = gateways.filter_map(|details| details.security_group.as_ref());
        let all = placed.chain(of_interfaces).chain(of_instances).chain(of_balancers).chain(of_gateways);
        all.filter(|id| is_id(id))
    }
}

/// Whether a text is an id, and not the words for one that something that happens will name.
fn is_id(text: &str) -> bool {
    !text.contains(' ')
}

/// Where services, the stages of their rollouts and launchers place tasks.
fn placements(ecs: &Ecs) -> impl Iterator<Item = &Placement> {
    let services = ecs.services().filter_map(|(_, service)| read(&service.details));
    let of_services = services.flat_map(|details| {
        details.network.iter().chain(details.deployments.iter().filter_map(|stage| stage.network.as_ref()))
    });
    let launchers = ecs.launchers.seen().iter().filter_map(|launcher| read(&launcher.details));
    let of_launchers = launchers.flat_map(|details| &details.targets).filter_map(|target| target.network.as_ref());
    of_services.chain(of_launchers)
}

/// The interfaces of running tasks of which only the interface tells whether they have an address on the internet: those
/// that stand alone, and those whose placement gives them one.
pub(super) fn interfaces(ecs: &Ecs) -> BTreeSet<&String> {
    let running = ecs.tasks().filter_map(|(cluster, task)| Some((cluster, read(&task.details)?)));
    let running = running.filter(|(cluster, task)| !task.is_stopped && may_be_public(cluster, task));
    running.flat_map(|(_, task)| &task.interfaces).collect()
}

fn may_be_public(cluster: &Cluster, task: &TaskDetails) -> bool {
    let Some(service) = task.service() else { return task.stands_alone() };
    let Some(details) = cluster.service(service).and_then(|service| read(&service.details)) else { return true };
    let stages = details.deployments.iter().filter_map(|stage| stage.network.as_ref());
    details.network.iter().chain(stages).any(|place| place.assigns_public_address)
}

/// The EC2 instances that are registered in clusters.
pub(super) fn machines(ecs: &Ecs) -> BTreeSet<&String> {
    let all = ecs.clusters.seen().iter().flat_map(|cluster| cluster.instances.seen());
    let known = all.filter_map(|machine| read(&machine.details)).filter(|details| !details.is_external());
    known.filter_map(|details| details.instance.as_ref()).collect()
}
