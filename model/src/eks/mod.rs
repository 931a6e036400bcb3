//! EKS: the clusters of one Region, as AWS describes them.

mod access;
mod compute;
mod guard_duty;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kubernetes::{Objects, Owner};
use super::{Action, Arn, Fact, Gap, Listing};
pub use access::{
    AccessEntry, AccessPolicy, AccessScope, AuthenticationMode, EntryDetails, IdentityProvider, PodIdentity,
    PodIdentityDetails, ProviderDetails, SessionTags,
};
pub use compute::{
    Addon, AddonDetails, Capability, FargateDetails, FargateProfile, FargateSelector, Instance, LaunchTemplate,
    MetadataOptions, NodeGroup, NodeGroupDetails, Tokens,
};
pub use guard_duty::{ClusterCoverage, Detector, FeatureStatus};
pub use version::{Release, Version, VersionSupport};

/// What EKS holds in one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eks {
    /// The clusters.
    pub clusters: Listing<Cluster>,
    /// The versions of Kubernetes that EKS knows, and how long it supports them. Read where there are clusters.
    pub versions: Fact<Vec<Version>>,
    /// GuardDuty's detector; `None` when GuardDuty is off. Read where there are clusters.
    pub detector: Fact<Option<Detector>>,
    /// What GuardDuty covers, by name of cluster. Read where there is a detector.
    pub coverage: Fact<BTreeMap<String, ClusterCoverage>>,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Its configuration.
    pub configuration: Fact<Configuration>,
    /// Managed groups of nodes.
    pub node_groups: Listing<NodeGroup>,
    /// Which pods run on Fargate, and as which role.
    pub fargate_profiles: Listing<FargateProfile>,
    /// Add-ons that EKS manages.
    pub addons: Listing<Addon>,
    /// IAM principals that may enter the cluster. Empty where the cluster knows only the `aws-auth` ConfigMap.
    pub access_entries: Listing<AccessEntry>,
    /// Roles that EKS gives to pods by their service account.
    pub pod_identities: Listing<PodIdentity>,
    /// OpenID Connect providers whose users may enter the cluster.
    pub identity_providers: Listing<IdentityProvider>,
    /// Managed capabilities, such as Argo CD.
    pub capabilities: Listing<Capability>,
    /// What EKS itself finds wrong with the cluster: name and status of each insight that does not pass.
    pub insights: Listing<Insight>,
    /// The EC2 instances that are its nodes.
    pub instances: Listing<Instance>,
    /// The log group of its control plane; `None` when there is none.
    pub log_group: Fact<Option<LogGroup>>,
    /// What its own API tells; unknown where it could not be reached, or was not to be looked into.
    pub inside: Fact<Objects>,
}

impl Cluster {
    /// A name for a namespace in the form of an ARN; Kubernetes gives it none.
    pub fn namespace_arn(&self, namespace: &str) -> Arn {
        format!("{}/namespaces/{namespace}", self.arn).into()
    }

    /// A name for a workload in the form of an ARN: `…/namespaces/shop/deployments/web`.
    pub fn workload_arn(&self, namespace: &str, owner: &Owner) -> Arn {
        let kind = owner.kind.name().to_lowercase();
        format!("{}/namespaces/{namespace}/{kind}s/{}", self.arn, owner.name).into()
    }
}

impl Cluster {
    /// The configuration of a control plane that EKS runs; `None` for a connected cluster, which EKS only shows.
    pub fn control_plane(&self) -> Result<Option<&Configuration>, Gap> {
        let configuration = self.configuration.known()?;
        Ok(Some(configuration).filter(|configuration| configuration.elsewhere.as_deref() != Some("connected")))
    }

    /// The gap of an answer about this cluster that does not tell what had to be known, and why.
    pub fn unclear(&self, action: Action, why: impl Into<String>) -> Gap {
        Gap::undecided(action, &self.arn, why)
    }
}

/// How a cluster is configured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Whether it can be used.
    pub status: ClusterStatus,
    /// Its version of Kubernetes, such as `1.33`.
    pub version: String,
    /// The version of EKS's own parts, such as `eks.9`.
    pub platform_version: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// The role of the control plane.
    pub role: Option<Arn>,
    /// The address of its API, `https://…`.
    pub endpoint: Option<String>,
    /// The certificate of the authority that signed the API's certificate, as base64 of PEM.
    pub certificate_authority: Option<String>,
    /// Who can reach the API.
    pub reach: Reach,
    /// The VPC it lives in.
    pub network: ClusterNetwork,
    /// The types of control plane logs that are switched on, such as `audit`.
    pub logs: BTreeSet<String>,
    /// The key of KMS that encrypts Secrets; none when none is configured.
    pub secrets_key: Option<String>,
    /// How IAM principals are let in.
    pub authentication: AuthenticationMode,
    /// Whether the principal that created the cluster was made its administrator; none when AWS does not say.
    pub creator_is_admin: Option<bool>,
    /// The issuer of its service account tokens, without `https://`.
    pub issuer: Option<String>,
    /// Whether it goes into extended support at the end of standard support (`EXTENDED`) or is upgraded (`STANDARD`).
    pub upgrade_support: Option<String>,
    /// Whether EKS Auto Mode runs its nodes.
    pub auto_mode: bool,
    /// The role of the nodes that Auto Mode runs.
    pub auto_mode_role: Option<Arn>,
    /// Whether it is protected from deletion; none when AWS does not say.
    pub deletion_protection: Option<bool>,
    /// Where it runs, if not in the Region: `outpost` or `connected`.
    pub elsewhere: Option<String>,
    /// Its id; local clusters of Outposts have one.
    pub id: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Configuration {
    /// The types of logs that control planes have.
    ///
    /// Source: <https://docs.aws.amazon.com/eks/latest/APIReference/API_LogSetup.html>
    const LOG_TYPES: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

    /// Those of these types of logs that are not switched on. A gap when one is missing and a type is on that is not known
    /// here, which may stand for it.
    pub fn logs_missing<'w>(&self, wanted: &[&'w str], cluster: &Arn) -> Result<Vec<&'w str>, Gap> {
        let missing: Vec<_> = wanted.iter().copied().filter(|kind| !self.logs.contains(*kind)).collect();
        let mut strange = self.logs.iter().filter(|kind| !Self::LOG_TYPES.contains(&kind.as_str()));
        match strange.next() {
            Some(strange) if !missing.is_empty() => {
                Err(Gap::not_known(Action::EksDescribeCluster, cluster, "a type of clusterLogging", strange))
            }
            Some(_) | None => Ok(missing),
        }
    }
}

/// Whether a cluster can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterStatus {
    /// It can.
    Active,
    /// It cannot, or not fully, in EKS's own word.
    Other(String),
}

/// Who can reach a cluster's API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Whether it has an address on the internet.
    pub public: bool,
    /// Whether it has an address within the VPC.
    pub private: bool,
    /// The addresses that may use the public one.
    pub public_cidrs: Vec<String>,
}

/// The VPC of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterNetwork {
    /// The VPC's id.
    pub vpc: Option<String>,
    /// Ids of the subnets that hold the control plane's interfaces.
    pub subnets: Vec<String>,
    /// Ids of all its security groups, EKS's own first.
    pub security_groups: Vec<String>,
}

/// What EKS finds wrong with a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insight {
    /// The insight's name.
    pub name: String,
    /// `UPGRADE_READINESS` or `MISCONFIGURATION`.
    pub category: String,
    /// `PASSING`, `WARNING`, `ERROR` or `UNKNOWN`.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
}

/// A log group of CloudWatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Days for which events are kept; none for ever.
    pub retention_days: Option<u32>,
    /// The key of KMS that encrypts it; none when CloudWatch's own does.
    pub key: Option<String>,
}
