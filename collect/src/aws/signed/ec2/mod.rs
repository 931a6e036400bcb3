//! EC2: what the nodes and networks of clusters and tasks are like.

mod shapes;
mod tasks;

use palisade_model::Switch;
use palisade_model::eks::{Instance, MetadataOptions};
use palisade_model::network::{Instance as Machine, Interface, RouteTable, SecurityGroup, Subnet};
use percent_encoding::utf8_percent_encode;
use serde::de::DeserializeOwned;

use super::client::{Answer, EC2, Paged, RESERVED, Signed, read};
use shapes::{
    CLUSTER_TAG, DescribeFlowLogs, DescribeInstances, DescribeLaunchTemplateVersions, DescribeRouteTables,
    DescribeSecurityGroups, DescribeSubnets, GroupItem, InstanceItem, Metadata, RouteTableItem, SubnetItem,
};
use tasks::{DescribeNetworkInterfaces, GetEbsEncryptionByDefault, InterfaceItem};

/// That those are wanted too that AWS manages, such as ECS its instances: an account may have them hidden.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>
const ALL_OF_THEM: &str = "&MaxResults=1000&IncludeManagedResources=true";

impl Signed {
    /// Subnets by id, each with it. Ids that no longer exist are left out of the answer.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html>
    pub(crate) async fn describe_subnets(
        &self,
        ids: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, Subnet)>> {
        let answer: DescribeSubnets = self.ec2("DescribeSubnets", &[("subnet-id", ids.to_vec())], token, "").await?;
        let subnets = answer.subnet_set.items.into_iter().map(SubnetItem::subnet);
        Ok((subnets.collect(), more(answer.next_token)))
    }

    /// The instances that are nodes of these clusters and are running or about to, each with its cluster's name.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>
    pub(crate) async fn describe_nodes(
        &self,
        clusters: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, Instance)>> {
        let tags = clusters.iter().map(|name| format!("{CLUSTER_TAG}{name}")).collect();
        let states = vec!["pending".to_owned(), "running".to_owned()];
        let filters = [("tag-key", tags), ("instance-state-name", states)];
        let answer: DescribeInstances = self.ec2("DescribeInstances", &filters, token, "&MaxResults=1000").await?;
        let instances = answer.reservation_set.items.into_iter().flat_map(|it| it.instances_set.items);
        let mut nodes = Vec::new();
        for instance in instances {
            let mut names = instance.clusters();
            names.retain(|name| clusters.contains(name));
            // Only instances with such a tag were asked for: one without belongs to some cluster, and nobody knows to which.
            read("", |_| (!names.is_empty()).then_some(()))?;
            let node = instance.node();
            nodes.extend(names.into_iter().map(|name| (name, node.clone())));
        }
        Ok((nodes, more(answer.next_token)))
    }

    /// What a version of a launch template says of the metadata service; `None` when it says nothing.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html>
    pub(crate) async fn describe_launch_template_version(
        &self,
        id: &str,
        version: &str,
    ) -> Answer<Option<MetadataOptions>> {
        let what = format!("&LaunchTemplateId={}&LaunchTemplateVersion.1={}", encoded(id), encoded(version));
        let answer: DescribeLaunchTemplateVersions =
            self.ec2("DescribeLaunchTemplateVersions", &[], None, &what).await?;
        let data = answer.launch_template_version_set.items.into_iter().next().map(|item| item.launch_template_data);
        read("", |_| data.map(|data| data.metadata_options.map(Metadata::options)))
    }

    /// The route tables of VPCs.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html>
    pub(crate) async fn describe_route_tables(
        &self,
        vpcs: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<RouteTable>> {
        let filters = [("vpc-id", vpcs.to_vec())];
        let answer: DescribeRouteTables = self.ec2("DescribeRouteTables", &filters, token, "&MaxResults=100").await?;
        let tables = answer.route_table_set.items.into_iter().map(RouteTableItem::table);
        Ok((tables.collect(), more(answer.next_token)))
    }

    /// Security groups by id, each with it. Ids that no longer exist are left out of the answer.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html>
    pub(crate) async fn describe_security_groups(
        &self,
        ids: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, SecurityGroup)>> {
        self.groups(&[("group-id", ids.to_vec())], token).await
    }

    /// The default security groups of VPCs, each with its id.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>
    pub(crate) async fn describe_default_security_groups(
        &self,
        vpcs: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, SecurityGroup)>> {
        self.groups(&[("vpc-id", vpcs.to_vec()), ("group-name", vec!["default".to_owned()])], token).await
    }

    async fn groups(
        &self,
        filters: &[(&str, Vec<String>)],
        token: Option<&str>,
    ) -> Answer<Paged<(String, SecurityGroup)>> {
        let answer: DescribeSecurityGroups =
            self.ec2("DescribeSecurityGroups", filters, token, "&MaxResults=1000").await?;
        let groups = answer.security_group_info.items.into_iter().map(GroupItem::group);
        Ok((groups.collect(), more(answer.next_token)))
    }

    /// Network interfaces by id, each with it. Ids that no longer exist are left out of the answer.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html>
    pub(crate) async fn describe_network_interfaces(
        &self,
        ids: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, Interface)>> {
        let filters = [("network-interface-id", ids.to_vec())];
        let answer: DescribeNetworkInterfaces =
            self.ec2("DescribeNetworkInterfaces", &filters, token, ALL_OF_THEM).await?;
        let interfaces = answer.network_interface_set.items.into_iter().map(InterfaceItem::interface);
        Ok((interfaces.collect(), more(answer.next_token)))
    }

    /// Instances by id, each with it. Ids that no longer exist are left out of the answer.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>
    pub(crate) async fn describe_machines(
        &self,
        ids: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, Machine)>> {
        let filters = [("instance-id", ids.to_vec())];
        let answer: DescribeInstances = self.ec2("DescribeInstances", &filters, token, ALL_OF_THEM).await?;
        let instances = answer.reservation_set.items.into_iter().flat_map(|it| it.instances_set.items);
        Ok((instances.map(InstanceItem::machine).collect(), more(answer.next_token)))
    }

    /// Whether new volumes are encrypted whatever is asked for.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html>
    pub(crate) async fn get_ebs_encryption_by_default(&self) -> Answer<bool> {
        let answer: GetEbsEncryptionByDefault = self.ec2("GetEbsEncryptionByDefault", &[], None, "").await?;
        Ok(answer.ebs_encryption_by_default)
    }

    /// Which of these VPCs and subnets have flow logs, and whether each of these is active.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html>
    pub(crate) async fn describe_flow_logs(
        &self,
        resources: &[String],
        token: Option<&str>,
    ) -> Answer<Paged<(String, Switch)>> {
        let filters = [("resource-id", resources.to_vec())];
        let answer: DescribeFlowLogs = self.ec2("DescribeFlowLogs", &filters, token, "&MaxResults=1000").await?;
        let logs = answer.flow_log_set.items.into_iter().map(|log| {
            let state = log.flow_log_status.as_deref().unwrap_or("not said");
            (log.resource_id, Switch::read(state, &["ACTIVE"], &["INACTIVE"]))
        });
        Ok((logs.collect(), more(answer.next_token)))
    }

    async fn ec2<T: DeserializeOwned>(
        &self,
        operation: &str,
        filters: &[(&str, Vec<String>)],
        token: Option<&str>,
        more: &str,
    ) -> Answer<T> {
        let mut form = format!("Action={operation}&Version=2016-11-15");
        for (number, (name, values)) in filters.iter().enumerate() {
            form = format!("{form}&Filter.{}.Name={}", number + 1, encoded(name));
            for (index, value) in values.iter().enumerate() {
                form = format!("{form}&Filter.{}.Value.{}={}", number + 1, index + 1, encoded(value));
            }
        }
        let token = token.map(|token| format!("&NextToken={}", encoded(token))).unwrap_or_default();
        let body = self.post(&EC2, &[], format!("{form}{more}{token}")).await?;
        read(&body, |text| quick_xml::de::from_str(text).ok())
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn more(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}
