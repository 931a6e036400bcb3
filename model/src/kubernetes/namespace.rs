//! Namespaces, and what is counted by namespace.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Arn;

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

/// An object of which only the name matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectName {
    /// Its namespace; `None` for an object of the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
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
