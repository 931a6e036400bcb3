//! Containers of definitions: those of task definitions, of daemons, and of jobs that Batch runs on ECS.

use std::collections::BTreeMap;

use palisade_model::ecs::{Container, FirelensRouter, Log, Mount, PortMapping, SecretReference, Text};
use palisade_model::environment::Variable;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::texts;

/// The containers of a definition. A member of a container that has another form than AWS documents counts as left out.
pub(crate) fn containers(value: &Value) -> Vec<Container> {
    let items = value.as_array().into_iter().flatten();
    items.map(|item| ContainerDefinition::deserialize(item).unwrap_or_else(|_| fitting(item)).container()).collect()
}

/// A container without the members that have another form.
fn fitting(item: &Value) -> ContainerDefinition {
    let members = item.as_object().into_iter().flatten();
    let fits = |name: &String, value: &Value| {
        let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        ContainerDefinition::deserialize(alone).is_ok()
    };
    let fitting = members.filter(|(name, value)| fits(name, value));
    let fitting = fitting.map(|(name, value)| (name.clone(), value.clone())).collect();
    ContainerDefinition::deserialize(Value::Object(fitting)).unwrap_or_default()
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the API")]
pub(crate) struct ContainerDefinition {
    name: String,
    image: String,
    /// A container of which nothing is said is essential.
    essential: Option<bool>,
    user: Option<String>,
    privileged: bool,
    readonly_root_filesystem: bool,
    linux_parameters: LinuxParameters,
    interactive: bool,
    pseudo_terminal: bool,
    docker_security_options: Vec<String>,
    ulimits: Vec<Ulimit>,
    system_controls: Vec<SystemControl>,
    environment: Vec<Pair>,
    environment_files: Vec<EnvironmentFile>,
    entry_point: Vec<String>,
    command: Vec<String>,
    health_check: HealthCheck,
    docker_labels: BTreeMap<String, String>,
    secrets: Vec<Secret>,
    log_configuration: Option<LogConfiguration>,
    firelens_configuration: Option<FirelensConfiguration>,
    mount_points: Vec<MountPoint>,
    volumes_from: Vec<VolumeFrom>,
    port_mappings: Vec<PortItem>,
    repository_credentials: RepositoryCredentials,
    version_consistency: Option<String>,
    memory: Option<u64>,
    /// How jobs of Batch name their limits.
    resource_requirements: Vec<ResourceRequirement>,
}

impl ContainerDefinition {
    pub(crate) fn container(self) -> Container {
        let texts = self.texts();
        let log = self.log_configuration.map(LogConfiguration::log);
        let router = self.firelens_configuration.map(FirelensConfiguration::router);
        let linux = self.linux_parameters;
        let has_requirement = self.resource_requirements.iter().any(|one| one.kind == "MEMORY");
        Container {
            name: self.name,
            image: self.image,
            essential: self.essential.unwrap_or(true),
            user: self.user.filter(|user| !user.is_empty()),
            privileged: self.privileged,
            read_only_root: self.readonly_root_filesystem,
            added_capabilities: linux.capabilities.add.iter().map(|name| capability(name)).collect(),
            dropped_capabilities: linux.capabilities.drop.iter().map(|name| capability(name)).collect(),
            devices: linux.devices.into_iter().map(|device| device.host_path).collect(),
            shared_memory: linux.shared_memory_size,
            has_init: linux.init_process_enabled,
            is_interactive: self.interactive || self.pseudo_terminal,
            security_options: self.docker_security_options,
            limits: self.ulimits.into_iter().map(|limit| limit.name).collect(),
            system_controls: self.system_controls.into_iter().map(|one| (one.namespace, one.value)).collect(),
            environment: self.environment.iter().map(|pair| Variable::classify(&pair.name, &pair.value)).collect(),
            environment_files: self.environment_files.into_iter().map(|file| file.value).collect(),
            texts,
            secrets: self.secrets.into_iter().map(Secret::reference).collect(),
            log,
            router,
            mounts: self.mount_points.into_iter().map(MountPoint::mount).collect(),
            volumes_from: self.volumes_from.into_iter().map(|one| (one.source_container, one.read_only)).collect(),
            ports: self.port_mappings.iter().filter_map(PortItem::mapping).collect(),
            registry_credentials: self.repository_credentials.credentials_parameter,
            resolves_once: self.version_consistency.is_none_or(|word| word == "enabled"),
            has_health_check: self.health_check.command.first().is_some_and(|first| first != "NONE"),
            has_memory: self.memory.is_some() || has_requirement,
        }
    }

    fn texts(&self) -> Vec<Text> {
        let mut found = texts::in_entry_point_and_command(&self.entry_point, &self.command);
        found.extend(texts::in_health_check(&self.health_check.command));
        found.extend(texts::in_settings("label", &self.docker_labels));
        let log = self.log_configuration.iter();
        found.extend(log.flat_map(|log| texts::in_settings("log option", &log.options)));
        let router = self.firelens_configuration.iter();
        found.extend(router.flat_map(|router| texts::in_settings("FireLens option", &router.options)));
        found
    }
}

/// A capability as the kernel's documentation has it, without `CAP_`.
fn capability(name: &str) -> String {
    name.strip_prefix("CAP_").unwrap_or(name).to_owned()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LinuxParameters {
    capabilities: Capabilities,
    devices: Vec<Device>,
    shared_memory_size: Option<u64>,
    init_process_enabled: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Capabilities {
    add: Vec<String>,
    drop: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Device {
    host_path: String,
}

#[derive(Deserialize)]
struct Ulimit {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SystemControl {
    namespace: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct EnvironmentFile {
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HealthCheck {
    command: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    name: String,
    value_from: String,
}

impl Secret {
    fn reference(self) -> SecretReference {
        SecretReference { name: self.name, from: self.value_from }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogConfiguration {
    log_driver: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
    #[serde(default)]
    secret_options: Vec<Secret>,
}

impl LogConfiguration {
    fn log(self) -> Log {
        let mut options = self.options;
        options.retain(|name, _| Log::KEPT_OPTIONS.contains(&name.as_str()));
        let secrets = self.secret_options.into_iter().map(Secret::reference).collect();
        Log { driver: self.log_driver, options, secrets }
    }
}

#[derive(Deserialize)]
struct FirelensConfiguration {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

impl FirelensConfiguration {
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html>
    fn router(self) -> FirelensRouter {
        let Self { kind, mut options } = self;
        let is_object = options.get("config-file-type").is_some_and(|kind| kind == "s3");
        let file = options.remove("config-file-value");
        FirelensRouter { kind, configured_by: file.filter(|_| is_object) }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MountPoint {
    source_volume: String,
    container_path: String,
    read_only: bool,
}

impl MountPoint {
    fn mount(self) -> Mount {
        Mount { volume: self.source_volume, path: self.container_path, read_only: self.read_only }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VolumeFrom {
    source_container: String,
    read_only: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PortItem {
    container_port: Option<u16>,
    container_port_range: Option<String>,
    host_port: Option<u16>,
    protocol: Option<String>,
}

impl PortItem {
    /// The port or the range; none when it names neither.
    fn mapping(&self) -> Option<PortMapping> {
        let (first, last) = match &self.container_port_range {
            Some(range) => {
                let (first, last) = range.split_once('-')?;
                (first.trim().parse().ok()?, last.trim().parse().ok()?)
            }
            None => (self.container_port?, self.container_port?),
        };
        Some(PortMapping { first, last, host: self.host_port, is_udp: self.protocol.as_deref() == Some("udp") })
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RepositoryCredentials {
    credentials_parameter: Option<String>,
}

#[derive(Deserialize)]
struct ResourceRequirement {
    #[serde(rename = "type")]
    kind: String,
}
