//! Task definitions.

use palisade_model::Arn;
use palisade_model::ecs::TaskDefinition;
use serde::Deserialize;

use super::container::ContainerDefinition;
use super::tags::{Tag, tags};
use super::volume::VolumeItem;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskDefinitionItem {
    task_definition_arn: Arn,
    family: String,
    status: String,
    network_mode: Option<String>,
    pid_mode: Option<String>,
    ipc_mode: Option<String>,
    task_role_arn: Option<Arn>,
    execution_role_arn: Option<Arn>,
    #[serde(default)]
    requires_compatibilities: Vec<String>,
    #[serde(default)]
    compatibilities: Vec<String>,
    #[serde(default)]
    runtime_platform: RuntimePlatform,
    memory: Option<String>,
    container_definitions: Vec<ContainerDefinition>,
    #[serde(default)]
    volumes: Vec<VolumeItem>,
    #[serde(default)]
    enable_fault_injection: bool,
    trusted_execution_configuration: Option<TrustedExecution>,
    proxy_configuration: Option<ProxyConfiguration>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RuntimePlatform {
    operating_system_family: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrustedExecution {
    isolation_mode: Option<String>,
}

#[derive(Deserialize)]
struct ProxyConfiguration {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl TaskDefinitionItem {
    /// The definition with its tags, which stand beside it.
    pub(crate) fn with_tags(self, of_definition: Vec<Tag>) -> (Arn, TaskDefinition) {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let role = |arn: Option<Arn>| arn.filter(|arn| !arn.as_str().is_empty());
        // App Mesh is the only kind of proxy that there is, and the default.
        let is_mesh = |proxy: ProxyConfiguration| proxy.kind.is_none_or(|kind| kind == "APPMESH");
        let definition = TaskDefinition {
            family: self.family,
            status: self.status,
            network_mode: said(self.network_mode),
            pid_mode: said(self.pid_mode),
            ipc_mode: said(self.ipc_mode),
            task_role: role(self.task_role_arn),
            execution_role: role(self.execution_role_arn),
            requires: self.requires_compatibilities,
            compatibilities: self.compatibilities,
            operating_system: said(self.runtime_platform.operating_system_family),
            has_memory: said(self.memory).is_some(),
            containers: self.container_definitions.into_iter().map(ContainerDefinition::container).collect(),
            volumes: self.volumes.into_iter().map(VolumeItem::volume).collect(),
            fault_injection: self.enable_fault_injection,
            isolation: self.trusted_execution_configuration.and_then(|trusted| trusted.isolation_mode),
            uses_app_mesh: self.proxy_configuration.is_some_and(is_mesh),
            tags: tags(of_definition),
        };
        (self.task_definition_arn, definition)
    }
}
