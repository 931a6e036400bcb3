//! One container of a pod, reduced to what is judged. Values of its environment are not kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::security::ContainerSecurity;
use crate::environment::Variable;
use crate::secret::Class;

/// A container, of whichever kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Container {
    /// Its name, unique within the pod.
    pub name: String,
    /// Which list of the pod it stands in.
    pub kind: ContainerKind,
    /// The image, as the pod names it.
    pub image: String,
    /// When the image is pulled: `Always`, `IfNotPresent`, `Never`; `None` when it is not said.
    pub image_pull_policy: Option<String>,
    /// The ports it declares.
    pub ports: Vec<Port>,
    /// Its security context.
    pub security: ContainerSecurity,
    /// Its environment, variable by variable.
    pub environment: Vec<EnvironmentVariable>,
    /// Objects whose keys all become variables.
    pub environment_from: Vec<EnvironmentSource>,
    /// The kinds of secrets that stand in its command and arguments, and in its probes and hooks.
    pub secrets_in_arguments: Vec<Class>,
    /// Arguments `--name=value` of the names in [`Container::KEPT_FLAGS`], without the dashes.
    pub flags: BTreeMap<String, String>,
    /// Values of the variables in [`Container::KEPT_VARIABLES`].
    pub settings: BTreeMap<String, String>,
    /// Where volumes are mounted.
    pub mounts: Vec<Mount>,
    /// Which resources it requests.
    pub requests: Amounts,
    /// Which resources it is limited to.
    pub limits: Amounts,
    /// Hosts that probes and lifecycle handlers name, where they name one.
    pub handler_hosts: Vec<HandlerHost>,
}

impl Container {
    /// The arguments whose values are kept, because they turn a control on or off.
    pub const KEPT_FLAGS: &[&str] = &["enable-network-policy"];

    /// The variables whose values are kept: none can hold a secret.
    pub const KEPT_VARIABLES: &[&str] = &[
        "AWS_EC2_METADATA_DISABLED",
        "AWS_ROLE_ARN",
        "DD_RUNTIME_SECURITY_CONFIG_ENABLED",
        "NETWORK_POLICY_ENFORCING_MODE",
    ];
}

/// Which list of a pod a container stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContainerKind {
    /// `initContainers`, sidecars included.
    Init,
    /// `containers`.
    Regular,
    /// `ephemeralContainers`: somebody attached it to a running pod.
    Ephemeral,
}

/// A port that a container declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Port {
    /// The port of the container (1 to 65,535).
    pub container_port: u16,
    /// The port of the node that leads to it; 0 for none.
    pub host_port: u16,
}

/// A variable of a container's environment, and where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentVariable {
    /// The value stands in the pod; classified and forgotten.
    Literal(Variable),
    /// The value stands elsewhere.
    Reference {
        /// The variable's name.
        name: String,
        /// Where the value stands.
        from: Reference,
    },
}

impl EnvironmentVariable {
    /// The variable's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Literal(variable) => &variable.name,
            Self::Reference { name, .. } => name,
        }
    }
}

/// Where a variable's value stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Under a key of a Secret.
    Secret {
        /// The Secret's name.
        name: String,
        /// The key.
        key: String,
    },
    /// Under a key of a ConfigMap.
    ConfigMap {
        /// The ConfigMap's name.
        name: String,
        /// The key.
        key: String,
    },
    /// Under a key of a file in a volume that is empty when the pod starts.
    ///
    /// Source: <https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-via-file/>
    File {
        /// The volume's name, by [`super::volume_name`].
        volume: String,
        /// The path in it.
        path: String,
        /// The key.
        key: String,
    },
    /// In a field of the pod or a resource of the container.
    Pod,
    /// Elsewhere, in a way that is not known here.
    Other(String),
}

/// An object whose keys all become variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentSource {
    /// A Secret, by its name.
    Secret(String),
    /// A ConfigMap, by its name.
    ConfigMap(String),
    /// A kind that is not known here.
    Other(String),
}

/// Where a volume is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mount {
    /// The volume's name, by [`super::volume_name`].
    pub volume: String,
    /// The path in the container.
    pub path: String,
    /// Whether the container may not write to it.
    pub read_only: bool,
}

/// Which resources are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Amounts {
    /// Processor time.
    pub cpu: bool,
    /// Memory.
    pub memory: bool,
}

impl Amounts {
    /// What either names.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { cpu: self.cpu || other.cpu, memory: self.memory || other.memory }
    }
}

/// A host that a probe or lifecycle handler names instead of the pod's own address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HandlerHost {
    /// The field, such as `livenessProbe.httpGet` or `lifecycle.preStop.tcpSocket`.
    pub handler: String,
    /// The host; an empty one means the pod itself.
    pub host: String,
}
