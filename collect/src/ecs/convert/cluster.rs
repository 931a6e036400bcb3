//! Clusters.

use palisade_model::Arn;
use palisade_model::ecs::{ClusterDetails, ExecLogging, ExecSettings};
use serde::Deserialize;

use super::place::{ProviderShare, names};
use super::tags::{Tag, tags};

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterItem {
    cluster_arn: Arn,
    status: String,
    registered_container_instances_count: u32,
    #[serde(default)]
    configuration: Configuration,
    #[serde(default)]
    settings: Vec<Setting>,
    #[serde(default)]
    capacity_providers: Vec<String>,
    #[serde(default)]
    default_capacity_provider_strategy: Vec<ProviderShare>,
    #[serde(default)]
    service_connect_defaults: ConnectDefaults,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Configuration {
    execute_command_configuration: ExecuteCommandConfiguration,
    managed_storage_configuration: ManagedStorageConfiguration,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ExecuteCommandConfiguration {
    kms_key_id: Option<String>,
    logging: Option<String>,
    log_configuration: ExecuteCommandLogs,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ExecuteCommandLogs {
    cloud_watch_log_group_name: Option<String>,
    cloud_watch_encryption_enabled: bool,
    s3_bucket_name: Option<String>,
    s3_encryption_enabled: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ManagedStorageConfiguration {
    kms_key_id: Option<String>,
    fargate_ephemeral_storage_kms_key_id: Option<String>,
}

#[derive(Deserialize)]
struct Setting {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConnectDefaults {
    namespace: Option<String>,
}

impl From<ClusterItem> for (Arn, ClusterDetails) {
    fn from(item: ClusterItem) -> Self {
        let Configuration { execute_command_configuration: exec, managed_storage_configuration: storage } =
            item.configuration;
        let insights = item.settings.into_iter().find(|setting| setting.name == "containerInsights");
        let details = ClusterDetails {
            status: item.status,
            exec: exec.settings(),
            volume_key: said(storage.kms_key_id),
            fargate_storage_key: said(storage.fargate_ephemeral_storage_kms_key_id),
            container_insights: insights.map(|setting| setting.value),
            capacity_providers: item.capacity_providers,
            default_providers: names(item.default_capacity_provider_strategy),
            connect_namespace: said(item.service_connect_defaults.namespace),
            registered_instances: item.registered_container_instances_count,
            tags: tags(item.tags),
        };
        (item.cluster_arn, details)
    }
}

impl ExecuteCommandConfiguration {
    fn settings(self) -> ExecSettings {
        let logs = self.log_configuration;
        let logging = match self.logging.as_deref() {
            None | Some("DEFAULT") => ExecLogging::Default,
            Some("NONE") => ExecLogging::None,
            Some("OVERRIDE") => ExecLogging::Override {
                group: said(logs.cloud_watch_log_group_name).map(|name| (name, logs.cloud_watch_encryption_enabled)),
                bucket: said(logs.s3_bucket_name).map(|name| (name, logs.s3_encryption_enabled)),
            },
            Some(other) => ExecLogging::Other(other.to_owned()),
        };
        ExecSettings { key: said(self.kms_key_id), logging }
    }
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
