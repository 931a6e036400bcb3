//! Network interfaces: those of the file, of machines and of tasks.

use std::collections::BTreeMap;

use super::{PAGE, filters, passes, tag_values, tags};
use crate::account::{Instance, NetworkInterface, Region};
use crate::calls::Outcome;
use crate::ids;
use crate::services::Ask;
use crate::services::ecs::interfaces::{self as tasks, TaskInterface};
use crate::wire::xml::Xml;
use crate::wire::{Answer, ServiceError};

/// An interface as EC2 knows it, whatever it belongs to.
pub(super) struct Interface {
    id: String,
    subnet: Option<String>,
    vpc: Option<String>,
    groups: Vec<String>,
    public_ip: Option<String>,
    private_ip: String,
    mac: String,
    description: String,
    status: String,
    kind: String,
    instance: Option<String>,
    /// Whether a service of AWS made it.
    is_managed: bool,
    tags: BTreeMap<String, String>,
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let all = everything(ask);
    let ids = ask.request.list("NetworkInterfaceId");
    if let Some(missing) = ids.iter().find(|&id| !all.iter().any(|interface| interface.id == *id)) {
        let message = format!("The networkInterface ID '{missing}' does not exist");
        return Err(ServiceError::new(400, "InvalidNetworkInterfaceID.NotFound", message).outcome(Outcome::NotFound));
    }
    let filters = filters(ask.request);
    let wanted: Vec<&Interface> = all
        .iter()
        .filter(|interface| ids.is_empty() || ids.contains(&interface.id))
        .filter(|interface| passes(&filters, |name| values(interface, name)))
        .collect();
    let page = ask.page(&wanted, &PAGE)?;
    let mut xml = Xml::default();
    xml.items("networkInterfaceSet", page.items, |xml, interface| {
        write(xml, ask, interface);
        let subnets = &ask.world.region(ask.region).subnets;
        let subnet = subnets.iter().find(|subnet| Some(&subnet.id) == interface.subnet.as_ref());
        xml.text_if("availabilityZone", subnet.map(|subnet| subnet.zone.as_str()));
        xml.value("requesterManaged", interface.is_managed);
        tags(xml, &interface.tags);
    });
    xml.text_if("nextToken", page.next.as_deref());
    Ok(Answer::Xml(xml))
}

/// The ids a call names, as they are or in its filter.
pub(super) fn asked(ask: &Ask<'_>) -> Option<String> {
    super::asked_ids(ask, "NetworkInterfaceId", "network-interface-id")
}

fn values<'a>(interface: &'a Interface, filter: &str) -> Vec<&'a str> {
    let optional = |value: &'a Option<String>| value.as_deref().into_iter().collect();
    match filter {
        "network-interface-id" => vec![&interface.id],
        "group-id" => interface.groups.iter().map(String::as_str).collect(),
        "subnet-id" => optional(&interface.subnet),
        "vpc-id" => optional(&interface.vpc),
        "status" => vec![&interface.status],
        "description" => vec![&interface.description],
        "interface-type" => vec![&interface.kind],
        "association.public-ip" => optional(&interface.public_ip),
        "attachment.instance-id" => optional(&interface.instance),
        tag => tag_values(&interface.tags, tag),
    }
}

fn everything(ask: &Ask<'_>) -> Vec<Interface> {
    let region = ask.world.region(ask.region);
    let of_file = region.network_interfaces.iter().map(|interface| of_file(region, interface));
    let of_machines = region.instances.iter().filter_map(|instance| made_up(region, instance));
    let of_tasks = tasks::interfaces(ask.world, ask.region).into_iter().map(|interface| of_task(region, interface));
    of_file.chain(of_machines).chain(of_tasks).collect()
}

/// The interfaces of a machine.
pub(super) fn of_instance(region: &Region, instance: &Instance) -> Vec<Interface> {
    let own = region.network_interfaces.iter().filter(|one| one.instance.as_ref() == Some(&instance.id));
    own.map(|interface| of_file(region, interface)).chain(made_up(region, instance)).collect()
}

fn of_file(region: &Region, interface: &NetworkInterface) -> Interface {
    let usual_status = if interface.instance.is_some() { "in-use" } else { "available" };
    Interface {
        id: interface.id.clone(),
        vpc: interface.vpc.clone().or_else(|| vpc_of(region, interface.subnet.as_deref())),
        subnet: interface.subnet.clone(),
        groups: interface.groups.clone(),
        public_ip: interface.public_ip.clone(),
        private_ip: interface
            .private_ip
            .clone()
            .unwrap_or_else(|| address(region, interface.subnet.as_deref(), &interface.id)),
        mac: mac(&interface.id),
        description: interface.description.clone().unwrap_or_default(),
        status: interface.status.clone().unwrap_or_else(|| usual_status.to_owned()),
        kind: interface.kind.clone().unwrap_or_else(|| "interface".to_owned()),
        instance: interface.instance.clone(),
        is_managed: false,
        tags: interface.tags.clone(),
    }
}

/// The first interface of a machine for which the file has none.
fn made_up(region: &Region, instance: &Instance) -> Option<Interface> {
    let is_gone = instance.state.as_deref() == Some("terminated");
    let is_there = region.network_interfaces.iter().any(|one| one.instance.as_ref() == Some(&instance.id));
    if is_gone || is_there {
        return None;
    }
    Some(Interface {
        id: format!("eni-{}", ids::hexadecimal(&format!("interface {}", instance.id), 17)),
        vpc: instance.vpc.clone().or_else(|| vpc_of(region, instance.subnet.as_deref())),
        subnet: instance.subnet.clone(),
        groups: instance.security_groups.clone(),
        public_ip: instance.public_ip.clone(),
        private_ip: address(region, instance.subnet.as_deref(), &instance.id),
        mac: mac(&instance.id),
        description: String::new(),
        status: "in-use".to_owned(),
        kind: "interface".to_owned(),
        instance: Some(instance.id.clone()),
        is_managed: false,
        tags: BTreeMap::new(),
    })
}

/// An interface that ECS made for a task.
fn of_task(region: &Region, interface: TaskInterface) -> Interface {
    Interface {
        vpc: vpc_of(region, Some(&interface.subnet)),
        id: interface.id,
        subnet: Some(interface.subnet),
        groups: interface.security_groups,
        public_ip: interface.public_address,
        private_ip: interface.private_address,
        mac: interface.mac_address,
        description: interface.description,
        status: "in-use".to_owned(),
        kind: "interface".to_owned(),
        instance: None,
        is_managed: true,
        tags: BTreeMap::new(),
    }
}

/// The VPC of a subnet.
pub(super) fn vpc_of(region: &Region, subnet: Option<&str>) -> Option<String> {
    region.subnets.iter().find(|one| Some(one.id.as_str()) == subnet).map(|subnet| subnet.vpc.clone())
}

/// An address of the subnet, always the same for the same thing.
pub(super) fn address(region: &Region, subnet: Option<&str>, seed: &str) -> String {
    let subnet = region.subnets.iter().find(|one| Some(one.id.as_str()) == subnet);
    let network = subnet.and_then(|subnet| subnet.cidr.rsplit_once('.')).map_or("10.0.0", |(network, _)| network);
    format!("{network}.{}", ids::hash(seed) % 240 + 10)
}

fn mac(seed: &str) -> String {
    let digits = ids::hexadecimal(&format!("mac {seed}"), 10);
    let pairs: Vec<&str> = (0..5).filter_map(|pair| digits.get(2 * pair..2 * pair + 2)).collect();
    format!("0e:{}", pairs.join(":"))
}

/// What machines and the list of interfaces tell alike.
pub(super) fn write(xml: &mut Xml, ask: &Ask<'_>, interface: &Interface) {
    let owner = &ask.world.account.id;
    let association = |xml: &mut Xml| {
        if let Some(address) = &interface.public_ip {
            xml.within("association", |xml| {
                xml.text("publicIp", address);
                xml.text("ipOwnerId", "amazon");
            });
        }
    };
    xml.text("networkInterfaceId", &interface.id);
    xml.text_if("subnetId", interface.subnet.as_deref());
    xml.text_if("vpcId", interface.vpc.as_deref());
    xml.text("ownerId", owner);
    xml.text("description", &interface.description);
    xml.text("status", &interface.status);
    xml.text("interfaceType", &interface.kind);
    xml.text("macAddress", &interface.mac);
    xml.text("privateIpAddress", &interface.private_ip);
    xml.value("sourceDestCheck", true);
    xml.items("groupSet", &interface.groups, |xml, group| super::group(xml, ask, group));
    association(xml);
    xml.items("privateIpAddressesSet", [()], |xml, ()| {
        xml.text("privateIpAddress", &interface.private_ip);
        xml.value("primary", true);
        association(xml);
    });
    if interface.status == "in-use" {
        let seed = format!("attachment {}", interface.id);
        xml.within("attachment", |xml| {
            xml.text("attachmentId", &format!("eni-attach-{}", ids::hexadecimal(&seed, 17)));
            xml.value("deviceIndex", u8::from(interface.instance.is_none()));
            xml.text("status", "attached");
            xml.value("deleteOnTermination", interface.instance.is_some());
        });
    }
}
