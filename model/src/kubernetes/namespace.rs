//! Namespaces, and what is counted by namespace.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::container::Amounts;
use crate::{Arn, Fact};

/// A namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// All its labels: those of Pod Security, and those by which policies and webhooks select it.
    pub labels: BTreeMap<String, String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Whether it is being deleted.
    pub terminating: bool,
}

impl Namespace {
    /// The label that Kubernetes gives to every namespace, whose value is its name.
    ///
    /// Source: <https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name>
    pub const NAME: &str = "kubernetes.io/metadata.name";
}

/// An object of which only the name matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectName {
    /// Its namespace; `None` for an object of the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

/// Default amounts and bounds of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRange {
    /// Its namespace; `None` when it does not say.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What containers get that say nothing; nothing where it is only about pods or claims.
    pub defaults: Fact<LimitDefaults>,
}

/// What containers get that say nothing.
///
/// Source: <https://kubernetes.io/docs/concepts/policy/limit-range/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitDefaults {
    /// What they request.
    pub requests: Amounts,
    /// What they are limited to.
    pub limits: Amounts,
}

/// A service account: who a pod is, to the cluster and to AWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The annotation `eks.amazonaws.com/role-arn`.
    ///
    /// Source: <https://github.com/aws/amazon-eks-pod-identity-webhook>
    pub role: Option<Arn>,
    /// The annotation `eks.amazonaws.com/audience`; `None` means `sts.amazonaws.com`.
    pub audience: Option<String>,
    /// The annotation `eks.amazonaws.com/token-expiration`, in seconds; `None` means 86,400.
    pub token_expiration_seconds: Option<u32>,
    /// Whether its token is mounted into pods that do not say; `None` means that it is.
    pub automount_token: Option<bool>,
}
