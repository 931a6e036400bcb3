//! Definitions of tasks, those of daemons and the job definitions of Batch in the same form. Values of variables are not kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::environment::Variable;
use crate::secret::Class;
use crate::{Arn, Fact};

/// A definition by which something runs or will.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The ARN of the revision; of the family where a revision could not be found out.
    pub arn: Arn,
    /// Whose definition it is.
    pub origin: Origin,
    /// What it says; `None` when AWS has none of this name (any more).
    pub details: Fact<Option<TaskDefinition>>,
}

/// Whose definition it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A task definition of ECS.
    Task,
    /// A definition of a managed daemon.
    Daemon,
    /// A job definition of Batch.
    Job,
    /// A task definition of ECS that is not registered yet.
    Planned,
}

/// What a definition says.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// The family.
    pub family: String,
    /// `ACTIVE`, `INACTIVE`, `DELETE_IN_PROGRESS`.
    pub status: String,
    /// `awsvpc`, `bridge`, `host`, `none`; none when not said, which is `bridge` on Linux.
    pub network_mode: Option<String>,
    /// `host`, `task`, of a daemon `shared` or `none`; none when each container has its own.
    pub pid_mode: Option<String>,
    /// `host`, `task`, `none`, of a daemon `shared`; none when not said.
    pub ipc_mode: Option<String>,
    /// The role of the task.
    pub task_role: Option<Arn>,
    /// The role with which its image and secrets are fetched and its logs written.
    pub execution_role: Option<Arn>,
    /// What it asks to run on: `EC2`, `FARGATE`, `EXTERNAL`, `MANAGED_INSTANCES`.
    pub requires: Vec<String>,
    /// What it could run on.
    pub compatibilities: Vec<String>,
    /// The operating system: `LINUX`, `WINDOWS_SERVER_2022_CORE` …; none when not said.
    pub operating_system: Option<String>,
    /// Whether it has a limit of memory for all containers together.
    pub has_memory: bool,
    /// Its containers.
    pub containers: Vec<Container>,
    /// Its volumes.
    pub volumes: Vec<Volume>,
    /// Whether containers may ask the agent for faults.
    pub fault_injection: bool,
    /// How tasks are kept apart on a managed instance: `SHARED`, `ISOLATED_SANDBOX`, `CONFIDENTIAL_SANDBOX`; none when not
    /// said.
    pub isolation: Option<String>,
    /// Whether it names a proxy of App Mesh, whose support ended on 2026-09-30.
    pub uses_app_mesh: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A container of a definition.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the API")]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The image, as the definition names it.
    pub image: String,
    /// Whether the task ends with it.
    pub essential: bool,
    /// The user, as `user`, `user:group`, `uid`, `uid:gid` …; none when the image decides.
    pub user: Option<String>,
    /// Whether it has nearly all rights of its machine's root.
    pub privileged: bool,
    /// Whether its root file system is read-only.
    pub read_only_root: bool,
    /// Capabilities that it is given, without `CAP_`.
    pub added_capabilities: Vec<String>,
    /// Capabilities that are taken from it, without `CAP_`.
    pub dropped_capabilities: Vec<String>,
    /// Paths of the machine's devices that it is given.
    pub devices: Vec<String>,
    /// Its shared memory in MiB; none when not said.
    pub shared_memory: Option<u64>,
    /// Whether a process reaps what others leave.
    pub has_init: bool,
    /// Whether standard input or a terminal is held open.
    pub is_interactive: bool,
    /// Options of Docker about security: `no-new-privileges`, `apparmor:…`, `label:…`.
    pub security_options: Vec<String>,
    /// Names of the limits that are set: `nofile`, `core` …
    pub limits: Vec<String>,
    /// Kernel parameters that are set, with their values.
    pub system_controls: Vec<(String, String)>,
    /// Its variables.
    pub environment: Vec<Variable>,
    /// Objects of S3 with variables, by ARN.
    pub environment_files: Vec<String>,
    /// The secrets in its command, entry point, health check, labels and the options of its log and router.
    pub texts: Vec<Text>,
    /// Variables whose values are fetched when it starts.
    pub secrets: Vec<SecretReference>,
    /// Where its output goes; none when that is left to the machine.
    pub log: Option<Log>,
    /// What makes it a router of logs.
    pub router: Option<FirelensRouter>,
    /// Where volumes are mounted.
    pub mounts: Vec<Mount>,
    /// Containers whose mounts it has too, and whether it may not write to them.
    pub volumes_from: Vec<(String, bool)>,
    /// The ports that it opens.
    pub ports: Vec<PortMapping>,
    /// The secret with credentials for its registry.
    pub registry_credentials: Option<String>,
    /// Whether a deployment keeps to the digest that its tag stood for at first; by default it does.
    pub resolves_once: bool,
    /// Whether ECS asks it whether it is well.
    pub has_health_check: bool,
    /// Whether it has a limit of memory of its own.
    pub has_memory: bool,
}

/// A text that holds a secret; of those that hold none nothing is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Where it stands: `command`, `label com.datadoghq.ad.instances`, `log option splunk-token`.
    pub place: String,
    /// The kind of secret.
    pub secret: Class,
    /// By which sign it was told.
    pub why: String,
}

/// A variable whose value is fetched when the container starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretReference {
    /// The variable, or the option of the log.
    pub name: String,
    /// The ARN of a secret or parameter, or the name of a parameter of the Region.
    pub from: String,
}

/// Where the output of a container goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// The driver: `awslogs`, `awsfirelens`, `json-file` …
    pub driver: String,
    /// The options that are kept, by name: those in [`Log::KEPT_OPTIONS`].
    pub options: BTreeMap<String, String>,
    /// Options whose values are fetched.
    pub secrets: Vec<SecretReference>,
}

impl Log {
    /// The options whose values are kept: none can hold a secret.
    pub const KEPT_OPTIONS: &[&str] = &["awslogs-create-group", "awslogs-group", "awslogs-region", "mode"];
}

/// What makes a container a router of logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirelensRouter {
    /// `fluentbit` or `fluentd`.
    pub kind: String,
    /// The object of S3 that configures it, by ARN.
    pub configured_by: Option<String>,
}

/// Where a volume is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The volume's name.
    pub volume: String,
    /// The path in the container.
    pub path: String,
    /// Whether the container may not write to it.
    pub read_only: bool,
}

/// A port that a container opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortMapping {
    /// The first port of the container; the range goes up to `last`.
    pub first: u16,
    /// The last port of the container.
    pub last: u16,
    /// The port of the machine; 0 or none for one that is chosen at the start.
    pub host: Option<u16>,
    /// Whether it is of UDP.
    pub is_udp: bool,
}

/// A volume of a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: VolumeKind,
}

/// What a volume is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeKind {
    /// Empty when the task starts, and gone with it.
    Scratch,
    /// A path of the machine.
    Host(BindMount),
    /// A volume of Docker that is none of the machine's paths.
    Docker {
        /// Whether it outlives the task.
        is_shared: bool,
    },
    /// A file system of EFS.
    Efs(EfsVolume),
    /// A file system of FSx for Windows, with the secret or parameter of its credentials.
    Fsx {
        /// The secret or parameter.
        credentials: Option<String>,
    },
    /// A file system over S3.
    S3Files {
        /// The file system.
        file_system: String,
    },
    /// A volume that is told at the deployment: EBS.
    AtLaunch,
    /// A kind that is not known here.
    Other(String),
}

/// A path of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindMount {
    /// The path.
    pub path: String,
    /// Whether it is written as options of a volume driver.
    pub in_driver_options: bool,
}

/// A file system of EFS.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EfsVolume {
    /// Its id.
    pub file_system: String,
    /// The folder that is the root; none for the whole.
    pub root: Option<String>,
    /// Whether it is encrypted on its way. AWS's default is that it is not.
    pub encrypts_transit: bool,
    /// Whether the task role decides who may read and write. AWS's default is that it does not.
    pub uses_iam: bool,
    /// The access point.
    pub access_point: Option<String>,
}
