//! What tasks of ECS and the machines below them are like in EC2's XML.

use palisade_model::eks::MetadataOptions;
use palisade_model::network::{Instance, Interface};
use serde::Deserialize;

use super::shapes::{InstanceItem, Items, Metadata};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeNetworkInterfaces {
    pub(super) network_interface_set: Items<InterfaceItem>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InterfaceItem {
    network_interface_id: String,
    subnet_id: Option<String>,
    #[serde(default)]
    group_set: Items<GroupId>,
    association: Option<Association>,
    #[serde(default)]
    private_ip_addresses_set: Items<Address>,
}

impl InterfaceItem {
    pub(super) fn interface(self) -> (String, Interface) {
        let addresses = self.private_ip_addresses_set.items.into_iter().filter_map(|address| address.association);
        let public = self.association.into_iter().chain(addresses).find_map(|association| association.public_ip);
        let interface = Interface {
            public_address: public.filter(|address| !address.is_empty()),
            subnet: self.subnet_id,
            security_groups: self.group_set.items.into_iter().map(|group| group.group_id).collect(),
        };
        (self.network_interface_id, interface)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupId {
    group_id: String,
}

#[derive(Deserialize)]
struct Address {
    association: Option<Association>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Association {
    public_ip: Option<String>,
}

impl InstanceItem {
    /// The instance as the machine of a cluster of ECS, with its id. Its groups are those of its first interface: the
    /// others may be interfaces of tasks.
    pub(super) fn machine(self) -> (String, Instance) {
        let unsaid = MetadataOptions { enabled: None, tokens: None, hop_limit: None };
        let instance = Instance {
            metadata: self.metadata_options.map_or(unsaid, Metadata::options),
            has_public_address: self.ip_address.is_some_and(|address| !address.is_empty()),
            subnet: self.subnet_id,
            security_groups: self.group_set.items.into_iter().map(|group| group.group_id).collect(),
            profile: self.iam_instance_profile.map(|profile| profile.arn.into()),
        };
        (self.instance_id, instance)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetEbsEncryptionByDefault {
    pub(super) ebs_encryption_by_default: bool,
}

#[cfg(test)]
mod tests {
    use palisade_model::Switch;
    use palisade_model::eks::Tokens;

    use super::super::shapes::DescribeInstances;
    use super::*;

    #[test]
    fn interfaces_are_read_from_xml() {
        let text = "<DescribeNetworkInterfacesResponse><requestId>1</requestId><networkInterfaceSet><item>\
            <networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>\
            <groupSet><item><groupId>sg-1</groupId><groupName>web</groupName></item><item><groupId>sg-2</groupId>\
            </item></groupSet><association><publicIp>203.0.113.7</publicIp><ipOwnerId>amazon</ipOwnerId></association>\
            <privateIpAddressesSet><item><privateIpAddress>10.0.0.9</privateIpAddress></item></privateIpAddressesSet>\
            </item><item><networkInterfaceId>eni-2</networkInterfaceId><groupSet/></item></networkInterfaceSet>\
            </DescribeNetworkInterfacesResponse>";
        let answer: DescribeNetworkInterfaces = quick_xml::de::from_str(text).unwrap();
        let interfaces: Vec<_> = answer.network_interface_set.items.into_iter().map(InterfaceItem::interface).collect();
        let (id, first) = &interfaces[0];
        assert_eq!((id.as_str(), first.public_address.as_deref()), ("eni-1", Some("203.0.113.7")));
        assert_eq!((first.subnet.as_deref(), first.security_groups.len()), (Some("subnet-1"), 2));
        let (_, second) = &interfaces[1];
        assert_eq!((&second.public_address, second.security_groups.len()), (&None, 0));
    }

    #[test]
    fn an_address_beside_the_first_counts_too() {
        let text = "<R><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddressesSet>\
            <item><primary>true</primary></item><item><association><publicIp>203.0.113.8</publicIp></association></item>\
            </privateIpAddressesSet></item></networkInterfaceSet></R>";
        let mut answer: DescribeNetworkInterfaces = quick_xml::de::from_str(text).unwrap();
        let (_, interface) = answer.network_interface_set.items.remove(0).interface();
        assert_eq!(interface.public_address.as_deref(), Some("203.0.113.8"));
    }

    #[test]
    fn machines_are_read_from_xml() {
        let text = "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
            <metadataOptions><httpTokens>optional</httpTokens><httpPutResponseHopLimit>1</httpPutResponseHopLimit>\
            <httpEndpoint>enabled</httpEndpoint></metadataOptions><subnetId>subnet-1</subnetId><iamInstanceProfile>\
            <arn>arn:aws:iam::111122223333:instance-profile/ecs</arn></iamInstanceProfile><groupSet><item>\
            <groupId>sg-1</groupId></item></groupSet><networkInterfaceSet><item><groupSet><item><groupId>sg-task</groupId>\
            </item></groupSet></item></networkInterfaceSet></item></instancesSet></item></reservationSet>\
            </DescribeInstancesResponse>";
        let mut answer: DescribeInstances = quick_xml::de::from_str(text).unwrap();
        let (id, machine) = answer.reservation_set.items.remove(0).instances_set.items.remove(0).machine();
        assert_eq!((id.as_str(), machine.security_groups.as_slice()), ("i-1", ["sg-1".to_owned()].as_slice()));
        assert_eq!((machine.metadata.tokens, machine.metadata.hop_limit), (Some(Tokens::Optional), Some(1)));
        assert_eq!((machine.metadata.enabled, machine.has_public_address), (Some(Switch::On), false));
        assert_eq!(machine.profile.unwrap().resource(), "instance-profile/ecs");
    }

    #[test]
    fn the_default_of_volumes_is_read_from_xml() {
        let text = "<R><requestId>1</requestId><ebsEncryptionByDefault>true</ebsEncryptionByDefault></R>";
        let answer: GetEbsEncryptionByDefault = quick_xml::de::from_str(text).unwrap();
        assert!(answer.ebs_encryption_by_default);
    }
}
