//! EKS in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Document, Kubernetes, Moment};

/// Everything of EKS in a Region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Eks {
    pub(crate) clusters: Vec<Cluster>,
    /// The versions of Kubernetes; some that are usual when left out.
    pub(crate) versions: Option<Vec<ClusterVersion>>,
}

/// A cluster. Only its name is needed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cluster {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) platform_version: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) created: Moment,
    pub(crate) role: Option<String>,
    pub(crate) endpoint: Endpoint,
    /// The name in the address of its API, which leads to 127.0.0.1 by a proxy only; 127.0.0.1 itself when left out.
    pub(crate) host: Option<String>,
    pub(crate) vpc: Option<String>,
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Vec<String>,
    /// The security group that EKS made for the cluster.
    #[serde(rename = "cluster_security_group")]
    pub(crate) own_security_group: Option<String>,
    /// The types of logs that are on.
    pub(crate) logs: Vec<String>,
    /// The key of KMS that encrypts Secrets.
    pub(crate) secrets_key: Option<String>,
    /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`.
    pub(crate) authentication: Option<String>,
    pub(crate) creator_is_admin: Option<bool>,
    /// The issuer of its tokens without `https://`.
    pub(crate) issuer: Option<String>,
    pub(crate) upgrade_support: Option<String>,
    /// The role of the nodes that Auto Mode runs; it is off without.
    pub(crate) auto_mode_role: Option<String>,
    pub(crate) deletion_protection: Option<bool>,
    /// The provider of a connected cluster, which EKS only shows.
    pub(crate) connected: Option<String>,
    /// The ARN of the Outpost it stands on.
    pub(crate) outpost: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) node_groups: Vec<NodeGroup>,
    pub(crate) fargate_profiles: Vec<FargateProfile>,
    pub(crate) addons: Vec<Addon>,
    pub(crate) access_entries: Vec<AccessEntry>,
    pub(crate) pod_identities: Vec<PodIdentity>,
    pub(crate) identity_providers: Vec<IdentityProvider>,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) insights: Vec<Insight>,
    /// What its own API answers; without it nobody answers at its address.
    pub(crate) kubernetes: Option<Kubernetes>,
}

impl Cluster {
    pub(crate) fn version(&self) -> &str {
        self.version.as_deref().unwrap_or("1.35")
    }

    pub(crate) fn authentication(&self) -> &str {
        self.authentication.as_deref().unwrap_or("API")
    }
}

/// Who can reach a cluster's API.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Endpoint {
    pub(crate) public: bool,
    pub(crate) private: bool,
    pub(crate) cidrs: Vec<String>,
}

impl Default for Endpoint {
    fn default() -> Self {
        Endpoint { public: true, private: false, cidrs: vec!["0.0.0.0/0".to_owned()] }
    }
}

/// A managed group of nodes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NodeGroup {
    pub(crate) name: String,
    /// The cluster's when left out.
    pub(crate) version: Option<String>,
    /// The release of the machine image.
    pub(crate) release: Option<String>,
    pub(crate) ami_type: Option<String>,
    pub(crate) role: Option<String>,
    /// The cluster's when left out.
    pub(crate) subnets: Vec<String>,
    pub(crate) ssh_key: Option<String>,
    pub(crate) ssh_sources: Vec<String>,
    pub(crate) launch_template: Option<TemplateUse>,
    pub(crate) status: Option<String>,
    pub(crate) created: Moment,
    pub(crate) modified: Option<Moment>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) size: Option<u32>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A version of a launch template.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateUse {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) version: Option<String>,
}

/// What EKS finds wrong with a node group or add-on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issue {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// Which pods run on Fargate.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FargateProfile {
    pub(crate) name: String,
    pub(crate) role: Option<String>,
    pub(crate) subnets: Vec<String>,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) created: Moment,
}

/// A namespace, and labels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selector {
    pub(crate) namespace: String,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
}

/// An add-on that EKS manages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Addon {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) role: Option<String>,
    /// A map, or text that is served as it stands.
    pub(crate) configuration: Option<serde_json::Value>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) created: Moment,
}

/// Who may enter the cluster.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccessEntry {
    /// A role by name, or an ARN.
    pub(crate) principal: String,
    /// `STANDARD` when left out.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) username: Option<String>,
    pub(crate) policies: Vec<AccessPolicy>,
    pub(crate) created: Moment,
    pub(crate) tags: BTreeMap<String, String>,
}

/// An access policy of EKS: its name, or its name and namespaces.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum AccessPolicy {
    Cluster(String),
    Namespaces { policy: String, namespaces: Vec<String> },
}

impl AccessPolicy {
    pub(crate) fn name(&self) -> &str {
        match self {
            AccessPolicy::Cluster(name) | AccessPolicy::Namespaces { policy: name, .. } => name,
        }
    }
}

/// A role for the pods of a service account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PodIdentity {
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) role: String,
    pub(crate) target_role: Option<String>,
    pub(crate) disable_session_tags: bool,
    pub(crate) policy: Option<Document>,
    /// The add-on that owns it.
    pub(crate) addon: Option<String>,
    pub(crate) created: Moment,
}

/// An OpenID Connect provider whose users may enter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct IdentityProvider {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) username_claim: Option<String>,
    pub(crate) username_prefix: Option<String>,
    pub(crate) groups_claim: Option<String>,
    pub(crate) groups_prefix: Option<String>,
}

/// A managed capability.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capability {
    pub(crate) name: String,
    /// `ARGOCD`, `ACK` or `KRO`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) role: String,
}

/// What EKS finds out about a cluster.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Insight {
    pub(crate) name: String,
    #[serde(default = "upgrade")]
    pub(crate) category: String,
    #[serde(default = "passing")]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// A version of Kubernetes, and how long EKS supports it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClusterVersion {
    pub(crate) version: String,
    pub(crate) released: Moment,
    pub(crate) standard_until: Moment,
    pub(crate) extended_until: Moment,
}

fn upgrade() -> String {
    "UPGRADE_READINESS".to_owned()
}

fn passing() -> String {
    "PASSING".to_owned()
}
