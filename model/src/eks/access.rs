//! Who may enter a cluster, and which roles its pods are given.

use palisade_policy::Document;
use serde::{Deserialize, Serialize};

use crate::iam::PolicyText;
use crate::{Arn, Fact};

/// How IAM principals are let into a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthenticationMode {
    /// By access entries.
    Api,
    /// By access entries and the `aws-auth` ConfigMap.
    ApiAndConfigMap,
    /// By the `aws-auth` ConfigMap alone.
    ConfigMap,
    /// A mode that is not known here.
    Other(String),
}

/// An IAM principal that may enter the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// The principal.
    pub principal: Arn,
    /// What kind of principal, which groups and as whom.
    pub details: Fact<EntryDetails>,
    /// The access policies that it holds; empty when it holds none.
    pub policies: Fact<Vec<AccessPolicy>>,
}

/// What an access entry says of its principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDetails {
    /// The entry's ARN.
    pub arn: Option<Arn>,
    /// `STANDARD`, or the kind of node: `EC2_LINUX`, `FARGATE_LINUX` …
    pub kind: String,
    /// Groups of Kubernetes that it belongs to.
    pub groups: Vec<String>,
    /// Its user name in the cluster.
    pub username: Option<String>,
}

/// An access policy of EKS that an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPolicy {
    /// Its ARN, such as `arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`.
    pub arn: Arn,
    /// Where it holds.
    pub scope: AccessScope,
}

/// Where an access policy holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessScope {
    /// In the whole cluster.
    Cluster,
    /// In the namespaces that match one of these patterns (`*` for any text).
    Namespaces(Vec<String>),
    /// A scope that is not known here.
    Other(String),
}

/// A role that EKS gives to the pods of a service account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PodIdentity {
    /// The association's ARN.
    pub arn: Arn,
    /// The namespace of the service account.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
    /// The add-on that owns the association.
    pub owner: Option<Arn>,
    /// What takes a call for each association.
    pub details: Fact<PodIdentityDetails>,
}

/// What a Pod Identity association gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PodIdentityDetails {
    /// The role.
    pub role: Arn,
    /// A second role, which the first assumes for the pod.
    pub target_role: Option<Arn>,
    /// Whether sessions carry the tags of cluster, namespace and service account.
    pub session_tags: SessionTags,
    /// A policy that narrows the session.
    pub policy: Option<PolicyText>,
}

/// Whether sessions of Pod Identity carry tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionTags {
    /// They do.
    Set,
    /// They do not.
    Disabled,
}

/// An OpenID Connect provider whose users may enter a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// Its name within the cluster.
    pub name: String,
    /// What takes a call for each provider.
    pub details: Fact<ProviderDetails>,
}

/// What an identity provider of a cluster says of its users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderDetails {
    /// The issuer, `https://…`.
    pub issuer: String,
    /// The audience.
    pub client_id: String,
    /// The claim that names the user; none means `sub`.
    pub username_claim: Option<String>,
    /// What is put before the names of its users, `-` for nothing; none means the issuer, or nothing when the claim is
    /// `email`.
    pub username_prefix: Option<String>,
    /// The claim that names the user's groups; none means that its users have no groups.
    pub groups_claim: Option<String>,
    /// What is put before the names of its groups; none means nothing.
    pub groups_prefix: Option<String>,
}

impl PodIdentityDetails {
    /// The session policy, parsed.
    pub fn session_policy(&self) -> Option<&Document> {
        match &self.policy {
            Some(PolicyText::Parsed(document)) => Some(document),
            Some(PolicyText::Malformed(_)) | None => None,
        }
    }
}
