//! Stages of a service's rollout: deployments and task sets.

use palisade_model::Arn;
use palisade_model::ecs::{Deployment, ManagedVolume, ServiceConnect, Stage};
use serde::Deserialize;

use super::place::{Launch, LoadBalancerItem, NetworkConfiguration, targets};

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeploymentItem {
    id: String,
    status: String,
    task_definition: Arn,
    desired_count: u32,
    running_count: u32,
    #[serde(flatten)]
    launch: Launch,
    #[serde(default)]
    network_configuration: NetworkConfiguration,
    #[serde(default)]
    volume_configurations: Vec<VolumeConfiguration>,
    service_connect_configuration: Option<ServiceConnectConfiguration>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskSetItem {
    task_set_arn: String,
    status: String,
    task_definition: Arn,
    computed_desired_count: u32,
    running_count: u32,
    #[serde(flatten)]
    launch: Launch,
    #[serde(default)]
    network_configuration: NetworkConfiguration,
    #[serde(default)]
    load_balancers: Vec<LoadBalancerItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VolumeConfiguration {
    name: String,
    #[serde(rename = "managedEBSVolume")]
    managed: Option<ManagedVolumeItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagedVolumeItem {
    encrypted: Option<bool>,
    kms_key_id: Option<String>,
    role_arn: Option<Arn>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceConnectConfiguration {
    enabled: bool,
    namespace: Option<String>,
    #[serde(default)]
    services: Vec<ConnectService>,
    #[serde(default)]
    access_log_configuration: AccessLog,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectService {
    port_name: String,
    tls: Option<ConnectTls>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectTls {
    role_arn: Option<Arn>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AccessLog {
    include_query_parameters: Option<String>,
}

impl From<DeploymentItem> for Deployment {
    fn from(item: DeploymentItem) -> Self {
        Self {
            id: item.id,
            stage: stage(&item.status),
            definition: item.task_definition,
            desired: item.desired_count,
            running: item.running_count,
            launch: item.launch.choice(),
            network: item.network_configuration.placement(),
            volumes: item.volume_configurations.into_iter().filter_map(VolumeConfiguration::volume).collect(),
            connect: item.service_connect_configuration.map(Into::into),
            targets: Vec::new(),
        }
    }
}

impl From<TaskSetItem> for Deployment {
    fn from(item: TaskSetItem) -> Self {
        Self {
            id: item.task_set_arn,
            stage: stage(&item.status),
            definition: item.task_definition,
            desired: item.computed_desired_count,
            running: item.running_count,
            launch: item.launch.choice(),
            network: item.network_configuration.placement(),
            volumes: Vec::new(),
            connect: None,
            targets: targets(item.load_balancers),
        }
    }
}

fn stage(status: &str) -> Stage {
    match status {
        "PRIMARY" => Stage::Primary,
        "ACTIVE" => Stage::Active,
        other => Stage::Other(other.to_owned()),
    }
}

impl VolumeConfiguration {
    fn volume(self) -> Option<ManagedVolume> {
        let ManagedVolumeItem { encrypted, kms_key_id, role_arn } = self.managed?;
        Some(ManagedVolume { name: self.name, encrypted, key: kms_key_id, role: role_arn })
    }
}

impl From<ServiceConnectConfiguration> for ServiceConnect {
    fn from(configuration: ServiceConnectConfiguration) -> Self {
        let services = &configuration.services;
        let mut roles: Vec<_> = services.iter().filter_map(|one| one.tls.as_ref()?.role_arn.clone()).collect();
        roles.sort();
        roles.dedup();
        let includes = configuration.access_log_configuration.include_query_parameters;
        Self {
            enabled: configuration.enabled,
            namespace: configuration.namespace,
            services: services.iter().map(|one| (one.port_name.clone(), one.tls.is_some())).collect(),
            roles,
            logs_queries: includes.is_some_and(|word| word != "DISABLED"),
        }
    }
}
