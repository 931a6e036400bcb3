//! Managed daemons and their definitions.

use palisade_model::Arn;
use palisade_model::ecs::{DaemonDetails, DaemonRevision, TaskDefinition};
use serde::Deserialize;

use super::container::ContainerDefinition;
use super::volume::VolumeItem;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DaemonDetail.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DaemonItem {
    status: String,
    #[serde(default)]
    current_revisions: Vec<CurrentRevision>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CurrentRevision {
    arn: Arn,
    #[serde(default)]
    capacity_providers: Vec<Provider>,
}

#[derive(Deserialize)]
struct Provider {
    arn: String,
}

impl From<DaemonItem> for DaemonDetails {
    fn from(item: DaemonItem) -> Self {
        let revisions = item.current_revisions.iter().map(|revision| revision.arn.clone()).collect();
        let providers = item.current_revisions.into_iter().flat_map(|revision| revision.capacity_providers);
        let mut capacity_providers: Vec<_> = providers.map(|provider| provider.arn).collect();
        capacity_providers.sort();
        capacity_providers.dedup();
        Self { status: item.status, revisions, capacity_providers }
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DaemonRevision.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DaemonRevisionItem {
    daemon_revision_arn: Arn,
    daemon_task_definition_arn: Arn,
    #[serde(default)]
    enable_execute_command: bool,
}

impl From<DaemonRevisionItem> for (Arn, DaemonRevision) {
    fn from(item: DaemonRevisionItem) -> Self {
        let arn = item.daemon_revision_arn;
        let revision = DaemonRevision {
            arn: arn.clone(),
            definition: item.daemon_task_definition_arn,
            exec: item.enable_execute_command,
        };
        (arn, revision)
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DaemonTaskDefinition.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the API's own")]
pub(crate) struct DaemonTaskDefinition {
    daemon_task_definition_arn: Arn,
    family: String,
    status: String,
    pid_mode: Option<String>,
    ipc_mode: Option<String>,
    task_role_arn: Option<Arn>,
    execution_role_arn: Option<Arn>,
    memory: Option<String>,
    container_definitions: Vec<ContainerDefinition>,
    #[serde(default)]
    volumes: Vec<VolumeItem>,
}

impl From<DaemonTaskDefinition> for (Arn, TaskDefinition) {
    fn from(item: DaemonTaskDefinition) -> Self {
        let definition = TaskDefinition {
            family: item.family,
            status: item.status,
            pid_mode: item.pid_mode,
            ipc_mode: item.ipc_mode,
            task_role: item.task_role_arn,
            execution_role: item.execution_role_arn,
            has_memory: item.memory.is_some(),
            containers: item.container_definitions.into_iter().map(ContainerDefinition::container).collect(),
            volumes: item.volumes.into_iter().map(VolumeItem::volume).collect(),
            ..TaskDefinition::default()
        };
        (item.daemon_task_definition_arn, definition)
    }
}
