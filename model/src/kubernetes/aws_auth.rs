//! The ConfigMap `kube-system/aws-auth`, which maps AWS's identities to users and groups.

use serde::{Deserialize, Serialize};

use crate::{AccountId, Arn};

/// What `aws-auth` says.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsAuth {
    /// `mapRoles`.
    pub roles: MappingText<Mapping>,
    /// `mapUsers`.
    pub users: MappingText<Mapping>,
    /// `mapAccounts`: accounts all of whose users and roles authenticate.
    pub accounts: MappingText<AccountId>,
}

/// A part of `aws-auth`, which is text of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingText<T> {
    /// Its entries; none when the part is missing or empty.
    Parsed(Vec<T>),
    /// It could not be parsed, and why.
    Malformed(String),
}

/// An entry for a role or a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The role's or user's ARN.
    pub arn: Arn,
    /// The user name, which may hold templates such as `{{SessionName}}`; `None` means the ARN.
    pub username: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
}
