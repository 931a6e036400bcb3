//! Machines, and who provides them.

use palisade_model::Arn;
use palisade_model::ecs::{CapacityProvider, InstanceDetails, ProviderKind};
use serde::Deserialize;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerInstanceItem {
    container_instance_arn: Arn,
    ec2_instance_id: Option<String>,
    status: String,
    #[serde(default)]
    version_info: VersionInfo,
    agent_connected: bool,
    #[serde(default)]
    attributes: Vec<Attribute>,
    capacity_provider_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VersionInfo {
    agent_version: Option<String>,
}

#[derive(Deserialize)]
struct Attribute {
    name: String,
}

impl From<ContainerInstanceItem> for (Arn, InstanceDetails) {
    fn from(item: ContainerInstanceItem) -> Self {
        // A machine outside of EC2 has an id of Systems Manager in this place.
        let instance = item.ec2_instance_id.filter(|id| id.starts_with("i-"));
        let details = InstanceDetails {
            instance,
            status: item.status,
            agent_version: item.version_info.agent_version.filter(|version| !version.is_empty()),
            agent_connected: item.agent_connected,
            attributes: item.attributes.into_iter().map(|attribute| attribute.name).collect(),
            capacity_provider: item.capacity_provider_name.filter(|name| !name.is_empty()),
        };
        (item.container_instance_arn, details)
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CapacityProviderItem {
    capacity_provider_arn: Arn,
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    auto_scaling_group_provider: Option<AutoScalingGroupProvider>,
    managed_instances_provider: Option<ManagedInstancesProvider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AutoScalingGroupProvider {
    auto_scaling_group_arn: Option<String>,
    managed_termination_protection: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagedInstancesProvider {
    infrastructure_role_arn: Option<Arn>,
    #[serde(default)]
    instance_launch_template: InstanceLaunchTemplate,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InstanceLaunchTemplate {
    ec2_instance_profile_arn: Option<String>,
}

impl From<CapacityProviderItem> for CapacityProvider {
    fn from(item: CapacityProviderItem) -> Self {
        let CapacityProviderItem { capacity_provider_arn: arn, name, kind, .. } = item;
        let kind = match (item.auto_scaling_group_provider, item.managed_instances_provider) {
            (Some(group), _) => group.kind(),
            (None, Some(provider)) => provider.kind(),
            (None, None) if ["FARGATE", "FARGATE_SPOT"].contains(&kind.as_deref().unwrap_or(&name)) => {
                ProviderKind::Fargate
            }
            (None, None) => ProviderKind::Other(kind.unwrap_or_default()),
        };
        Self { name, arn, kind }
    }
}

impl AutoScalingGroupProvider {
    fn kind(self) -> ProviderKind {
        ProviderKind::AutoScaling {
            group: self.auto_scaling_group_arn,
            termination_protection: self.managed_termination_protection.as_deref() == Some("ENABLED"),
        }
    }
}

impl ManagedInstancesProvider {
    fn kind(self) -> ProviderKind {
        ProviderKind::ManagedInstances {
            infrastructure_role: self.infrastructure_role_arn,
            instance_profile: self.instance_launch_template.ec2_instance_profile_arn,
        }
    }
}
