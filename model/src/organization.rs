//! The organisation that the account belongs to, and the policies with which it fences its accounts.

use serde::{Deserialize, Serialize};

use super::iam::PolicyText;
use super::{AccountId, Fact};

/// An organisation, as one of its accounts sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id, `o-…`.
    pub id: String,
    /// The account that manages it, to which its policies do not apply.
    pub management_account: AccountId,
    /// Service control policies by level, from the root to the account. Each level must allow. Readable from the
    /// management account and delegated administrators only.
    pub service_control: Fact<Vec<Vec<ControlPolicy>>>,
    /// Resource control policies of all levels.
    pub resource_control: Fact<Vec<ControlPolicy>>,
}

/// A service or resource control policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ControlPolicy {
    /// Its id, `p-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub document: PolicyText,
}
