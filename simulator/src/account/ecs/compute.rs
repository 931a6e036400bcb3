//! What tasks of ECS run on, daemons and gateways in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Members, Network};
use crate::account::Moment;

/// A container instance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Instance {
    /// The end of its ARN; made up when left out.
    pub(crate) id: Option<String>,
    /// The machine of EC2; left out, it stands elsewhere.
    pub(crate) machine: Option<String>,
    pub(crate) provider: Option<String>,
    /// `ACTIVE` when left out.
    pub(crate) status: Option<String>,
    /// The version of the agent.
    pub(crate) agent: Option<String>,
    pub(crate) disconnected: bool,
    /// Whether tasks with an interface of their own are kept from the metadata service.
    pub(crate) block_metadata: bool,
    /// Attributes besides the usual ones: an empty one has no value, and `null` takes a usual one away.
    pub(crate) attributes: BTreeMap<String, Option<String>>,
    /// `OK` when left out.
    pub(crate) health: Option<String>,
    pub(crate) registered: Moment,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) api: Members,
}

/// A capacity provider, of an Auto Scaling group or of managed instances.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Provider {
    pub(crate) name: String,
    /// The cluster that it belongs to, which managed instances have.
    pub(crate) cluster: Option<String>,
    /// An Auto Scaling group, by name or ARN; of the provider's name when left out.
    pub(crate) auto_scaling_group: Option<String>,
    pub(crate) termination_protection: bool,
    pub(crate) managed_instances: Option<ManagedInstances>,
    pub(crate) status: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) api: Members,
}

/// Instances that ECS manages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ManagedInstances {
    /// The infrastructure role, `ecsInfrastructureRole` when left out.
    pub(crate) role: Option<String>,
    /// The instance profile, `ecsInstanceRole` when left out.
    pub(crate) profile: Option<String>,
    pub(crate) network: Network,
    pub(crate) nitro_enclaves: bool,
    /// Further members of `instanceLaunchTemplate`, as in the API.
    pub(crate) template: Members,
}

/// A managed daemon: one task on each instance of its providers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Daemon {
    pub(crate) name: String,
    /// `family`, `family:revision` or an ARN.
    pub(crate) task_definition: String,
    /// The cluster's own providers when left out.
    pub(crate) providers: Vec<String>,
    pub(crate) exec: bool,
    pub(crate) critical: Option<bool>,
    pub(crate) status: Option<String>,
    pub(crate) created: Moment,
    pub(crate) digests: BTreeMap<String, String>,
    /// Further members of its revision, as in the API.
    pub(crate) revision_api: Members,
}

/// Who reaches a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Access {
    #[default]
    Public,
    Private,
}

/// A gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Gateway {
    pub(crate) name: String,
    pub(crate) access: Access,
    pub(crate) status: Option<String>,
    /// The infrastructure role, `ecsInfrastructureRole` when left out.
    pub(crate) role: Option<String>,
    /// The clusters it is associated with.
    pub(crate) clusters: Vec<String>,
    pub(crate) web_acl: Option<String>,
    /// The group for what comes in, if the account gave it one.
    pub(crate) security_group: Option<String>,
    pub(crate) subnets: Vec<String>,
    /// The bucket of its access logs.
    pub(crate) access_logs: Option<String>,
    /// `monitor`, `defensive` or `strictest`.
    pub(crate) desync: Option<String>,
    pub(crate) deletion_protection: bool,
    pub(crate) created: Moment,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) api: Members,
}
