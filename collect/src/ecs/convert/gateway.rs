//! Gateways.

use palisade_model::Arn;
use palisade_model::ecs::GatewayDetails;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Gateway.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GatewayItem {
    access_type: String,
    infrastructure_role_arn: Option<Arn>,
    #[serde(default)]
    configuration: Configuration,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Configuration {
    host_shared_alb: HostSharedAlb,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HostSharedAlb {
    network_configuration: NetworkConfiguration,
    access_logs: AccessLogs,
    #[serde(rename = "webACLArn")]
    web_acl_arn: Option<Arn>,
    http_desync: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NetworkConfiguration {
    inbound_security_group: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AccessLogs {
    destination: Destination,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Destination {
    s3: Option<IgnoredAny>,
}

impl From<GatewayItem> for GatewayDetails {
    fn from(item: GatewayItem) -> Self {
        let balancer = item.configuration.host_shared_alb;
        Self {
            access: item.access_type,
            web_acl: balancer.web_acl_arn.filter(|arn| !arn.as_str().is_empty()),
            security_group: balancer.network_configuration.inbound_security_group.filter(|group| !group.is_empty()),
            desync_mode: balancer.http_desync.filter(|mode| !mode.is_empty()),
            has_access_logs: balancer.access_logs.destination.s3.is_some(),
            role: item.infrastructure_role_arn,
        }
    }
}
