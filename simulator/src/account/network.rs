//! What surrounds clusters in an account file: machines, routes, doors and logs.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A route table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteTable {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// Whether it is the VPC's main one.
    #[serde(default)]
    pub(crate) main: bool,
    #[serde(default)]
    pub(crate) subnets: Vec<String>,
    /// Where the default route leads, such as `igw-…` or `nat-…`; without it there is none.
    #[serde(default)]
    pub(crate) default_route: Option<String>,
}

/// A security group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecurityGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) vpc: String,
    #[serde(default)]
    pub(crate) ingress: Vec<Ingress>,
}

/// A rule that lets somebody in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ingress {
    /// `tcp`, `udp`, or `-1` for everything.
    #[serde(default = "tcp")]
    pub(crate) protocol: String,
    /// First and last port; none means all.
    #[serde(default)]
    pub(crate) ports: Option<(i32, i32)>,
    /// Addresses of IPv4 and IPv6.
    #[serde(default)]
    pub(crate) cidrs: Vec<String>,
    /// Ids of security groups.
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// Ids of prefix lists.
    #[serde(default)]
    pub(crate) prefix_lists: Vec<String>,
}

/// A flow log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowLog {
    /// The VPC, subnet or interface it watches.
    pub(crate) resource: String,
    #[serde(default = "active")]
    pub(crate) status: String,
}

/// A machine.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Instance {
    pub(crate) id: String,
    /// `running` when left out.
    pub(crate) state: Option<String>,
    /// The cluster whose node it is.
    pub(crate) cluster: Option<String>,
    /// The cluster's node group.
    pub(crate) node_group: Option<String>,
    pub(crate) subnet: Option<String>,
    /// The subnet's when left out.
    pub(crate) vpc: Option<String>,
    /// Ids of security groups.
    pub(crate) security_groups: Vec<String>,
    pub(crate) public_ip: Option<String>,
    /// The instance profile, by name.
    pub(crate) profile: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A network interface, besides those of machines and tasks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NetworkInterface {
    pub(crate) id: String,
    pub(crate) subnet: Option<String>,
    /// The subnet's when left out.
    pub(crate) vpc: Option<String>,
    /// Ids of security groups.
    pub(crate) groups: Vec<String>,
    pub(crate) public_ip: Option<String>,
    pub(crate) private_ip: Option<String>,
    pub(crate) description: Option<String>,
    /// `in-use` when left out.
    pub(crate) status: Option<String>,
    /// `interface` when left out.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// The machine whose first interface it is.
    pub(crate) instance: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Who may ask the metadata service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Metadata {
    /// `enabled` or `disabled`.
    pub(crate) endpoint: Option<String>,
    /// `required` or `optional`.
    pub(crate) tokens: Option<String>,
    pub(crate) hop_limit: Option<u32>,
}

/// A launch template.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaunchTemplate {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The first is version 1; the last is the default.
    pub(crate) versions: Vec<TemplateVersion>,
}

/// A version of a launch template.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TemplateVersion {
    /// What it says of the metadata service, if anything.
    pub(crate) metadata: Option<Metadata>,
}

/// A log group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogGroup {
    pub(crate) name: String,
    /// For ever when left out.
    #[serde(default)]
    pub(crate) retention_days: Option<u32>,
    #[serde(default)]
    pub(crate) key: Option<String>,
}

/// GuardDuty in a Region. Without an id it is off.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GuardDuty {
    pub(crate) detector: Option<String>,
    /// `ENABLED` when left out.
    pub(crate) status: Option<String>,
    pub(crate) features: BTreeMap<String, Feature>,
    pub(crate) coverage: Vec<Coverage>,
}

/// A feature of GuardDuty: its status, or its status and that of its parts.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Feature {
    Status(String),
    Parts { status: String, parts: BTreeMap<String, String> },
}

/// How runtime monitoring covers a cluster.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Coverage {
    pub(crate) cluster: String,
    #[serde(default = "healthy")]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) covered: u32,
    #[serde(default)]
    pub(crate) compatible: u32,
    #[serde(default)]
    pub(crate) issue: Option<String>,
}

fn tcp() -> String {
    "tcp".to_owned()
}

fn active() -> String {
    "ACTIVE".to_owned()
}

fn healthy() -> String {
    "HEALTHY".to_owned()
}
