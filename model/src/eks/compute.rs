//! What a cluster's pods run on, and what EKS runs in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Arn, Fact, Switch};

/// A managed group of nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeGroup {
    /// Its name.
    pub name: String,
    /// What takes a call for each group.
    pub details: Fact<NodeGroupDetails>,
}

/// How a group of nodes is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeGroupDetails {
    /// Its ARN.
    pub arn: Arn,
    /// The role of the nodes.
    pub role: Option<Arn>,
    /// The version of Kubernetes of the nodes, such as `1.32`; none for an image of one's own.
    pub version: Option<String>,
    /// The release of the machine image, such as `1.32.3-20250519`.
    pub release: Option<String>,
    /// The kind of machine image, such as `AL2023_x86_64_STANDARD`, or `CUSTOM`.
    pub ami_type: Option<String>,
    /// Ids of the subnets.
    pub subnets: Vec<String>,
    /// The key pair that opens SSH; none when SSH is closed.
    pub ssh_key: Option<String>,
    /// Security groups from which SSH is open; none means from everywhere.
    pub ssh_sources: Vec<String>,
    /// The launch template, if one was given.
    pub launch_template: Option<LaunchTemplate>,
    /// When it was last changed.
    pub modified_at: Option<Timestamp>,
    /// Problems that EKS sees, each its code and message.
    pub issues: Vec<String>,
}

/// A version of a launch template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: String,
    /// The version.
    pub version: String,
    /// What it says of the metadata service; `None` when it says nothing, so that defaults hold.
    pub metadata: Fact<Option<MetadataOptions>>,
}

/// How an instance's metadata service, which gives out the role's credentials, can be reached.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    /// Whether it is switched on; none when not said.
    pub enabled: Option<Switch>,
    /// Whether a token is asked for (IMDSv2); none when not said.
    pub tokens: Option<Tokens>,
    /// How many network hops an answer with a token may take (1 to 64); none when not said.
    pub hop_limit: Option<u32>,
}

/// Whether the metadata service asks for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokens {
    /// It answers requests without one too (IMDSv1).
    Optional,
    /// It answers only with one.
    Required,
    /// A setting that is not known here.
    Other(String),
}

/// An EC2 instance that is a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// How its metadata service can be reached.
    pub metadata: MetadataOptions,
    /// Whether it has an address on the internet.
    pub has_public_address: bool,
    /// The subnet.
    pub subnet: Option<String>,
    /// The instance profile.
    pub profile: Option<Arn>,
    /// The managed node group that it belongs to, by its tag `eks:nodegroup-name`; none for nodes of one's own and of
    /// Auto Mode.
    pub node_group: Option<String>,
}

/// Which pods run on Fargate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FargateProfile {
    /// Its name.
    pub name: String,
    /// What takes a call for each profile.
    pub details: Fact<FargateDetails>,
}

/// How a Fargate profile is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FargateDetails {
    /// Its ARN.
    pub arn: Arn,
    /// The role with which Fargate pulls images and writes logs.
    pub role: Option<Arn>,
    /// Ids of the subnets.
    pub subnets: Vec<String>,
    /// Which pods it takes.
    pub selectors: Vec<FargateSelector>,
}

/// Which pods a Fargate profile takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FargateSelector {
    /// The namespace; `*` and `?` stand for any text and character.
    pub namespace: String,
    /// Labels that the pods must have.
    pub labels: BTreeMap<String, String>,
}

/// An add-on that EKS manages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addon {
    /// Its name, such as `vpc-cni`.
    pub name: String,
    /// What takes a call for each add-on.
    pub details: Fact<AddonDetails>,
}

/// How an add-on is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddonDetails {
    /// Its ARN.
    pub arn: Arn,
    /// Its version.
    pub version: Option<String>,
    /// `ACTIVE`, `DEGRADED` …
    pub status: String,
    /// The role that its service account is given by IRSA.
    pub role: Option<Arn>,
    /// Pod Identity associations that it owns.
    pub pod_identities: Vec<Arn>,
    /// Whether it is told to enforce network policies; none when its configuration does not say.
    pub network_policy: Option<bool>,
    /// Problems that EKS sees, each its code and message.
    pub issues: Vec<String>,
}

/// A managed capability, such as Argo CD, that runs for a cluster outside of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Its name.
    pub name: String,
    /// Its kind: `ARGOCD`, `ACK`, `KRO`.
    pub kind: String,
    /// The role that it runs as.
    pub role: Fact<Option<Arn>>,
}
