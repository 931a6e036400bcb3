//! The forms of EC2's XML, and how they are read.

use palisade_model::Switch;
use palisade_model::eks::{Instance, MetadataOptions, Tokens};
use palisade_model::network::{Ingress, IpVersion, RouteTable, SecurityGroup, Subnet};
use serde::Deserialize;

use super::tasks::GroupId;

/// The tag that every node of a cluster bears begins so; the cluster's name follows.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/worker.html>
pub(super) const CLUSTER_TAG: &str = "kubernetes.io/cluster/";

/// The tag with the name of the managed node group.
const NODE_GROUP_TAG: &str = "eks:nodegroup-name";

/// A list of EC2's XML.
#[derive(Deserialize)]
pub(super) struct Items<T> {
    #[serde(default = "Vec::new", rename = "item")]
    pub(super) items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeSubnets {
    pub(super) subnet_set: Items<SubnetItem>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SubnetItem {
    pub(super) subnet_id: String,
    availability_zone: Option<String>,
    /// Not every server that speaks EC2 sends it; within one account, the name tells zones apart as well.
    availability_zone_id: Option<String>,
    pub(super) vpc_id: Option<String>,
    pub(super) map_public_ip_on_launch: Option<bool>,
}

impl SubnetItem {
    pub(super) fn subnet(self) -> (String, Subnet) {
        let subnet = Subnet {
            zone: self.availability_zone_id.or(self.availability_zone).unwrap_or_default(),
            vpc: self.vpc_id,
            gives_public_addresses: self.map_public_ip_on_launch,
        };
        (self.subnet_id, subnet)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeInstances {
    pub(super) reservation_set: Items<Reservation>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reservation {
    pub(super) instances_set: Items<InstanceItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceItem {
    pub(super) instance_id: String,
    pub(super) metadata_options: Option<Metadata>,
    pub(super) ip_address: Option<String>,
    pub(super) subnet_id: Option<String>,
    pub(super) iam_instance_profile: Option<Profile>,
    #[serde(default)]
    pub(super) group_set: Items<GroupId>,
    #[serde(default)]
    pub(super) tag_set: Items<Tag>,
}

impl InstanceItem {
    pub(super) fn clusters(&self) -> Vec<String> {
        let names = self.tag_set.items.iter().filter_map(|tag| tag.key.strip_prefix(CLUSTER_TAG));
        names.map(str::to_owned).collect()
    }

    pub(super) fn node(self) -> Instance {
        let unsaid = MetadataOptions { enabled: None, tokens: None, hop_limit: None };
        Instance {
            node_group: self.tag_set.items.into_iter().find(|tag| tag.key == NODE_GROUP_TAG).map(|tag| tag.value),
            id: self.instance_id,
            metadata: self.metadata_options.map_or(unsaid, Metadata::options),
            has_public_address: self.ip_address.is_some_and(|address| !address.is_empty()),
            subnet: self.subnet_id,
            profile: self.iam_instance_profile.map(|profile| profile.arn.into()),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Profile {
    pub(super) arn: String,
}

#[derive(Deserialize)]
pub(super) struct Tag {
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    #[serde(rename = "httpEndpoint")]
    pub(super) endpoint: Option<String>,
    #[serde(rename = "httpTokens")]
    pub(super) tokens: Option<String>,
    #[serde(rename = "httpPutResponseHopLimit")]
    pub(super) hop_limit: Option<u32>,
}

impl Metadata {
    pub(super) fn options(self) -> MetadataOptions {
        let tokens = |text: String| match text.as_str() {
            "optional" => Tokens::Optional,
            "required" => Tokens::Required,
            _ => Tokens::Other(text),
        };
        MetadataOptions {
            enabled: self.endpoint.map(|state| Switch::read(&state, &["enabled"], &["disabled"])),
            tokens: self.tokens.map(tokens),
            hop_limit: self.hop_limit,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeLaunchTemplateVersions {
    pub(super) launch_template_version_set: Items<TemplateItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TemplateItem {
    pub(super) launch_template_data: TemplateData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TemplateData {
    pub(super) metadata_options: Option<Metadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeRouteTables {
    pub(super) route_table_set: Items<RouteTableItem>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RouteTableItem {
    pub(super) vpc_id: String,
    #[serde(default)]
    pub(super) association_set: Items<Association>,
    #[serde(default)]
    pub(super) route_set: Items<Route>,
}

impl RouteTableItem {
    pub(super) fn table(self) -> RouteTable {
        let routes = &self.route_set.items;
        let leads_out = |version| routes.iter().any(|route| route.leads_out(version));
        RouteTable {
            vpc: self.vpc_id,
            is_main: self.association_set.items.iter().any(|association| association.main == Some(true)),
            leads_to_internet: leads_out(IpVersion::V4),
            leads_to_internet_by_ipv6: leads_out(IpVersion::V6),
            subnets: self.association_set.items.into_iter().filter_map(|association| association.subnet_id).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Association {
    pub(super) main: Option<bool>,
    pub(super) subnet_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Route {
    pub(super) gateway_id: Option<String>,
    pub(super) destination_cidr_block: Option<String>,
    pub(super) destination_ipv6_cidr_block: Option<String>,
}

impl Route {
    /// Whether it leads to an internet gateway. A route to a prefix list does for both versions, for what the list holds is
    /// not read.
    fn leads_out(&self, version: IpVersion) -> bool {
        let is_of_other = match version {
            IpVersion::V4 => self.destination_ipv6_cidr_block.is_some(),
            IpVersion::V6 => self.destination_cidr_block.is_some(),
        };
        !is_of_other && self.gateway_id.as_deref().is_some_and(|gateway| gateway.starts_with("igw-"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeSecurityGroups {
    pub(super) security_group_info: Items<GroupItem>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupItem {
    pub(super) group_id: String,
    pub(super) group_name: String,
    pub(super) vpc_id: Option<String>,
    #[serde(default)]
    pub(super) ip_permissions: Items<Permission>,
}

impl GroupItem {
    pub(super) fn group(self) -> (String, SecurityGroup) {
        let ingress = self.ip_permissions.items.into_iter().map(|permission| Ingress {
            protocol: permission.ip_protocol,
            from_port: permission.from_port,
            to_port: permission.to_port,
            cidrs: {
                let fourth = permission.ip_ranges.items.into_iter().map(|range| range.cidr_ip);
                fourth.chain(permission.ipv6_ranges.items.into_iter().map(|range| range.cidr_ipv6)).collect()
            },
            prefix_lists: permission.prefix_list_ids.items.into_iter().map(|list| list.prefix_list_id).collect(),
        });
        (self.group_id, SecurityGroup { name: self.group_name, vpc: self.vpc_id, ingress: ingress.collect() })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permission {
    pub(super) ip_protocol: String,
    pub(super) from_port: Option<i32>,
    pub(super) to_port: Option<i32>,
    #[serde(default)]
    pub(super) ip_ranges: Items<Range>,
    #[serde(default)]
    pub(super) ipv6_ranges: Items<Range6>,
    #[serde(default)]
    pub(super) prefix_list_ids: Items<PrefixList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrefixList {
    pub(super) prefix_list_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Range {
    pub(super) cidr_ip: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Range6 {
    pub(super) cidr_ipv6: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeFlowLogs {
    pub(super) flow_log_set: Items<FlowLog>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FlowLog {
    pub(super) resource_id: String,
    pub(super) flow_log_status: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_are_read_from_xml() {
        let text = "<DescribeSubnetsResponse><requestId>1</requestId><subnetSet><item><subnetId>subnet-1</subnetId>\
            <availabilityZone>eu-west-1a</availabilityZone><availabilityZoneId>euw1-az1</availabilityZoneId></item>\
            </subnetSet><nextToken>more</nextToken></DescribeSubnetsResponse>";
        let zone = |text: &str| {
            let mut answer: DescribeSubnets = quick_xml::de::from_str(text).unwrap();
            assert_eq!(answer.next_token.as_deref(), Some("more"));
            answer.subnet_set.items.remove(0).subnet().1.zone
        };
        assert_eq!(zone(text), "euw1-az1");
        assert_eq!(zone(&text.replace("<availabilityZoneId>euw1-az1</availabilityZoneId>", "")), "eu-west-1a");
    }

    #[test]
    fn nodes_are_read_from_xml() {
        let text = "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
            <metadataOptions><state>applied</state><httpTokens>required</httpTokens>\
            <httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint></metadataOptions>\
            <ipAddress>203.0.113.7</ipAddress><subnetId>subnet-1</subnetId><iamInstanceProfile>\
            <arn>arn:aws:iam::111122223333:instance-profile/node</arn><id>AIPA1</id></iamInstanceProfile><tagSet>\
            <item><key>kubernetes.io/cluster/shop</key><value>owned</value></item></tagSet></item></instancesSet></item>\
            </reservationSet></DescribeInstancesResponse>";
        let mut answer: DescribeInstances = quick_xml::de::from_str(text).unwrap();
        let item = answer.reservation_set.items.remove(0).instances_set.items.remove(0);
        assert_eq!(item.clusters(), ["shop"]);
        let node = item.node();
        assert_eq!((node.metadata.tokens, node.metadata.hop_limit), (Some(Tokens::Required), Some(2)));
        assert!(node.has_public_address && node.metadata.enabled == Some(Switch::On));
        let empty = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";
        assert!(quick_xml::de::from_str::<DescribeInstances>(empty).unwrap().reservation_set.items.is_empty());
    }

    #[test]
    fn a_route_table_leads_out_by_an_internet_gateway_only() {
        let text = |gateway: &str| {
            format!(
                "<DescribeRouteTablesResponse><routeTableSet><item><vpcId>vpc-1</vpcId><associationSet><item>\
                 <main>true</main></item></associationSet><routeSet><item><gatewayId>local</gatewayId></item><item>\
                 {gateway}</item></routeSet></item></routeTableSet></DescribeRouteTablesResponse>"
            )
        };
        for (gateway, expected) in
            [("<gatewayId>igw-1</gatewayId>", true), ("<natGatewayId>nat-1</natGatewayId>", false)]
        {
            let mut answer: DescribeRouteTables = quick_xml::de::from_str(&text(gateway)).unwrap();
            let table = answer.route_table_set.items.remove(0).table();
            assert_eq!((table.leads_to_internet, table.leads_to_internet_by_ipv6), (expected, expected));
            assert!(table.is_main);
        }
    }

    #[test]
    fn a_route_leads_out_by_the_version_of_its_destination() {
        for (destination, expected) in [
            ("<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>", (true, false)),
            ("<destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock>", (false, true)),
            ("<destinationPrefixListId>pl-1</destinationPrefixListId>", (true, true)),
        ] {
            let text = format!(
                "<DescribeRouteTablesResponse><routeTableSet><item><vpcId>vpc-1</vpcId><routeSet><item>{destination}\
                 <gatewayId>igw-1</gatewayId></item></routeSet></item></routeTableSet></DescribeRouteTablesResponse>"
            );
            let mut answer: DescribeRouteTables = quick_xml::de::from_str(&text).unwrap();
            let table = answer.route_table_set.items.remove(0).table();
            assert_eq!((table.leads_to_internet, table.leads_to_internet_by_ipv6), expected, "{destination}");
        }
    }
}
