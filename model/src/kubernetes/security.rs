//! Security contexts: what a pod and its containers ask of the kernel.
//!
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context>

use serde::{Deserialize, Serialize};

/// `spec.securityContext`: what holds for all containers of a pod, unless one says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PodSecurity {
    /// Whether the kubelet refuses to start a container as user 0; `None` when it is not said.
    pub run_as_non_root: Option<bool>,
    /// The user id of processes; `None` leaves it to the image.
    pub run_as_user: Option<i64>,
    /// The primary group id of processes.
    pub run_as_group: Option<i64>,
    /// The group that owns volumes.
    pub fs_group: Option<i64>,
    /// Further groups of processes.
    pub supplemental_groups: Vec<i64>,
    /// The seccomp profile.
    pub seccomp: Option<Profile>,
    /// The AppArmor profile, as the field says it; annotations stand in [`super::PodSpec::annotations`].
    pub app_armor: Option<Profile>,
    /// The SELinux label.
    pub selinux: Option<SeLinux>,
    /// The names of kernel parameters that the pod sets.
    pub sysctls: Vec<String>,
    /// `windowsOptions.hostProcess`: whether containers run as processes of a Windows node.
    pub host_process: Option<bool>,
}

/// `securityContext` of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContainerSecurity {
    /// Whether it has all rights on its node.
    pub privileged: Option<bool>,
    /// Whether a process may gain more rights than its parent; `None` means that it may.
    pub allow_privilege_escalation: Option<bool>,
    /// Whether the root file system is mounted read-only.
    pub read_only_root_filesystem: Option<bool>,
    /// Whether the kubelet refuses to start it as user 0; `None` leaves it to the pod.
    pub run_as_non_root: Option<bool>,
    /// The user id of its processes; `None` leaves it to the pod.
    pub run_as_user: Option<i64>,
    /// The primary group id of its processes; `None` leaves it to the pod.
    pub run_as_group: Option<i64>,
    /// Capabilities added to and taken from the runtime's default set.
    pub capabilities: Capabilities,
    /// How much of `/proc` it sees.
    pub proc_mount: Option<ProcMount>,
    /// The seccomp profile; `None` leaves it to the pod.
    pub seccomp: Option<Profile>,
    /// The AppArmor profile, as the field says it; `None` leaves it to the pod.
    pub app_armor: Option<Profile>,
    /// The SELinux label; `None` leaves it to the pod.
    pub selinux: Option<SeLinux>,
    /// `windowsOptions.hostProcess`; `None` leaves it to the pod.
    pub host_process: Option<bool>,
}

/// Linux capabilities, in the account's spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Capabilities {
    /// Added to the default set.
    pub add: Vec<String>,
    /// Taken from it; `ALL` takes all.
    pub drop: Vec<String>,
}

/// A seccomp or AppArmor profile, by its `type`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The profile of the container runtime.
    RuntimeDefault,
    /// A profile on the node, by its name or path.
    Localhost(Option<String>),
    /// None: nothing is confined.
    Unconfined,
    /// A type that is not known here.
    Other(String),
}

impl Profile {
    /// The `type` as Kubernetes writes it.
    pub fn kind(&self) -> &str {
        match self {
            Self::RuntimeDefault => "RuntimeDefault",
            Self::Localhost(_) => "Localhost",
            Self::Unconfined => "Unconfined",
            Self::Other(kind) => kind,
        }
    }
}

/// What a container sees of `/proc`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcMount {
    /// With the runtime's masks.
    Default,
    /// All of it.
    Unmasked,
    /// A setting that is not known here.
    Other(String),
}

impl ProcMount {
    /// The setting as Kubernetes writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Default => "Default",
            Self::Unmasked => "Unmasked",
            Self::Other(name) => name,
        }
    }
}

/// An SELinux label; a part that is not set is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeLinux {
    /// The user.
    pub user: String,
    /// The role.
    pub role: String,
    /// The type, such as `container_t`.
    pub kind: String,
    /// The level, which is free.
    pub level: String,
}
