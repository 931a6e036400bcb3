//! Where tasks are to run, and where in the network.

use palisade_model::Arn;
use palisade_model::ecs::{LaunchChoice, LaunchType, Placement, ServiceTarget};
use serde::Deserialize;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkConfiguration.html>
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct NetworkConfiguration {
    awsvpc_configuration: Option<AwsVpcConfiguration>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AwsVpcConfiguration {
    subnets: Vec<String>,
    security_groups: Vec<String>,
    assign_public_ip: Option<String>,
}

impl NetworkConfiguration {
    /// None outside of `awsvpc` mode.
    pub(super) fn placement(self) -> Option<Placement> {
        let AwsVpcConfiguration { subnets, security_groups, assign_public_ip } = self.awsvpc_configuration?;
        // A word that is not known here may mean one.
        let assigns_public_address = assign_public_ip.is_some_and(|word| word != "DISABLED");
        Some(Placement { subnets, security_groups, assigns_public_address })
    }
}

/// What services, their deployments and their task sets say alike of where tasks are to run.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the API's own")]
pub(super) struct Launch {
    launch_type: Option<String>,
    capacity_provider_strategy: Vec<ProviderShare>,
    platform_version: Option<String>,
    platform_family: Option<String>,
}

impl Launch {
    pub(super) fn choice(self) -> LaunchChoice {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        LaunchChoice {
            launch_type: said(self.launch_type).as_deref().map(LaunchType::read),
            providers: names(self.capacity_provider_strategy),
            platform_version: said(self.platform_version),
            platform_family: said(self.platform_family),
        }
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProviderShare {
    capacity_provider: String,
}

/// The providers of a strategy, by name.
pub(super) fn names(strategy: Vec<ProviderShare>) -> Vec<String> {
    strategy.into_iter().map(|share| share.capacity_provider).collect()
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html>
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct LoadBalancerItem {
    target_group_arn: Option<Arn>,
    load_balancer_name: Option<String>,
    container_name: Option<String>,
    container_port: Option<u16>,
    advanced_configuration: AdvancedConfiguration,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AdvancedConfiguration {
    /// The target group of the other colour, to which a deployment moves the traffic.
    alternate_target_group_arn: Option<Arn>,
}

/// The load balancers before tasks; where deployments change colours, both target groups.
pub(super) fn targets(items: Vec<LoadBalancerItem>) -> Vec<ServiceTarget> {
    let both = |item: LoadBalancerItem| {
        let target = ServiceTarget {
            group: item.target_group_arn,
            classic: item.load_balancer_name.filter(|name| !name.is_empty()),
            container: item.container_name,
            port: item.container_port,
        };
        let other = item.advanced_configuration.alternate_target_group_arn;
        let other = other.map(|group| ServiceTarget { group: Some(group), ..target.clone() });
        [Some(target), other].into_iter().flatten()
    };
    items.into_iter().flat_map(both).collect()
}
