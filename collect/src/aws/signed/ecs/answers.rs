//! ECS's answers, as far as they are not things that are described.

use palisade_model::Arn;
use serde::Deserialize;

use super::super::client::Paged;
use super::batch::Missed;
use super::following;
use crate::ecs::convert::cluster::ClusterItem;
use crate::ecs::convert::daemon::{DaemonItem, DaemonRevisionItem, DaemonTaskDefinition};
use crate::ecs::convert::definition::TaskDefinitionItem;
use crate::ecs::convert::gateway::GatewayItem;
use crate::ecs::convert::instance::{CapacityProviderItem, ContainerInstanceItem};
use crate::ecs::convert::revision::{ExpressItem, ServiceRevisionItem};
use crate::ecs::convert::service::ServiceShape;
use crate::ecs::convert::tags::Tag;
use crate::ecs::convert::task::TaskItem;

/// A page of a list of ARNs, whatever its member is called.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListArns {
    #[serde(alias = "clusterArns", alias = "serviceArns", alias = "taskArns", alias = "containerInstanceArns")]
    arns: Vec<Arn>,
    next_token: Option<String>,
}

impl ListArns {
    pub(super) fn paged(self) -> Paged<Arn> {
        (self.arns, following(self.next_token))
    }
}

#[derive(Deserialize)]
pub(super) struct DescribeClusters {
    pub(super) clusters: Vec<ClusterItem>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
}

#[derive(Deserialize)]
pub(super) struct DescribeServices {
    pub(super) services: Vec<ServiceShape>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeServiceRevisions {
    pub(super) service_revisions: Vec<ServiceRevisionItem>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
}

#[derive(Deserialize)]
pub(super) struct DescribeExpressGatewayService {
    pub(super) service: ExpressItem,
}

#[derive(Deserialize)]
pub(super) struct DescribeTasks {
    pub(super) tasks: Vec<TaskItem>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeContainerInstances {
    pub(super) container_instances: Vec<ContainerInstanceItem>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeCapacityProviders {
    pub(super) capacity_providers: Vec<CapacityProviderItem>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListDaemons {
    #[serde(rename = "daemonSummariesList")]
    pub(super) daemons: Vec<DaemonSummary>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DaemonSummary {
    pub(super) daemon_arn: Arn,
}

#[derive(Deserialize)]
pub(super) struct DescribeDaemon {
    pub(super) daemon: DaemonItem,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeDaemonRevisions {
    pub(super) daemon_revisions: Vec<DaemonRevisionItem>,
    #[serde(default)]
    pub(super) failures: Vec<Missed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeDaemonTaskDefinition {
    pub(super) daemon_task_definition: DaemonTaskDefinition,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeTaskDefinition {
    pub(super) task_definition: TaskDefinitionItem,
    #[serde(default)]
    pub(super) tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListAccountSettings {
    pub(super) settings: Vec<Setting>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListGateways {
    pub(super) gateways: Vec<GatewaySummary>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GatewaySummary {
    pub(super) gateway_arn: Arn,
    pub(super) name: String,
    pub(super) status: String,
}

#[derive(Deserialize)]
pub(super) struct DescribeGateway {
    pub(super) gateway: GatewayItem,
}
