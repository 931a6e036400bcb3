//! Tasks.

use palisade_model::Arn;
use palisade_model::ecs::{LaunchType, PortBinding, RunningContainer, TaskDetails};
use serde::Deserialize;
use serde_json::Value;

use super::overrides;
use crate::aws::signed::moment;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskItem {
    task_arn: Arn,
    task_definition_arn: Arn,
    group: Option<String>,
    started_by: Option<String>,
    last_status: String,
    desired_status: String,
    launch_type: Option<String>,
    capacity_provider_name: Option<String>,
    platform_version: Option<String>,
    platform_family: Option<String>,
    container_instance_arn: Option<Arn>,
    #[serde(default)]
    enable_execute_command: bool,
    #[serde(default)]
    overrides: Value,
    #[serde(default)]
    containers: Vec<ContainerItem>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    fargate_ephemeral_storage: EphemeralStorage,
    trusted_execution_summary: Option<TrustedExecution>,
    started_at: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerItem {
    name: String,
    image: Option<String>,
    image_digest: Option<String>,
    #[serde(default)]
    network_bindings: Vec<NetworkBinding>,
    #[serde(default)]
    network_interfaces: Vec<NetworkInterface>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkInterface.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NetworkInterface {
    ipv6_address: Option<String>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkBinding.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NetworkBinding {
    #[serde(rename = "bindIP")]
    bind_ip: Option<String>,
    host_port: Option<u16>,
    host_port_range: Option<String>,
    protocol: Option<String>,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EphemeralStorage {
    kms_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrustedExecution {
    isolation_mode: String,
}

impl From<TaskItem> for (Arn, TaskDetails) {
    fn from(item: TaskItem) -> Self {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let details = TaskDetails {
            definition: item.task_definition_arn,
            group: said(item.group),
            started_by: said(item.started_by),
            is_stopped: item.last_status == "STOPPED" || item.desired_status == "STOPPED",
            status: item.last_status,
            launch_type: said(item.launch_type).as_deref().map(LaunchType::read),
            capacity_provider: said(item.capacity_provider_name),
            platform_version: said(item.platform_version),
            platform_family: said(item.platform_family),
            instance: item.container_instance_arn,
            exec: item.enable_execute_command,
            overrides: overrides::of_task(&item.overrides),
            has_ipv6_address: item.containers.iter().any(ContainerItem::has_ipv6_address),
            containers: item.containers.into_iter().map(ContainerItem::container).collect(),
            interfaces: interfaces(item.attachments),
            storage_key: said(item.fargate_ephemeral_storage.kms_key_id),
            isolation: item.trusted_execution_summary.map(|summary| summary.isolation_mode),
            started_at: moment(item.started_at),
        };
        (item.task_arn, details)
    }
}

impl ContainerItem {
    fn has_ipv6_address(&self) -> bool {
        let mut addresses = self.network_interfaces.iter().filter_map(|one| one.ipv6_address.as_deref());
        addresses.any(|address| !address.is_empty())
    }

    fn container(self) -> RunningContainer {
        RunningContainer {
            name: self.name,
            image: self.image,
            digest: self.image_digest.filter(|digest| !digest.is_empty()),
            bindings: self.network_bindings.iter().flat_map(NetworkBinding::ports).collect(),
        }
    }
}

impl NetworkBinding {
    /// The port, or each of the range. Where no address is named, all of the machine's lead to the container.
    fn ports(&self) -> Vec<PortBinding> {
        let range = self.host_port_range.as_deref().and_then(|range| {
            let (first, last) = range.split_once('-')?;
            Some(first.trim().parse::<u16>().ok()?..=last.trim().parse::<u16>().ok()?)
        });
        let address = self.bind_ip.as_deref().filter(|address| !address.is_empty()).unwrap_or("0.0.0.0");
        let is_udp = self.protocol.as_deref() == Some("udp");
        let ports = self.host_port.into_iter().chain(range.into_iter().flatten());
        ports.map(|host| PortBinding { address: address.to_owned(), host, is_udp }).collect()
    }
}

/// The network interfaces among what is attached to a task.
fn interfaces(attachments: Vec<Attachment>) -> Vec<String> {
    let own = attachments.into_iter().filter(|attachment| attachment.kind == "ElasticNetworkInterface");
    let details = own.flat_map(|attachment| attachment.details);
    details.filter(|detail| detail.name == "networkInterfaceId").map(|detail| detail.value).collect()
}
