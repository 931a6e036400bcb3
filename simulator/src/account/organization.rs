//! The organisation an account belongs to.

use serde::Deserialize;

use super::Document;

/// An organisation, as far as an auditor of one of its accounts asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) management_account: String,
    #[serde(default = "email")]
    pub(crate) management_email: String,
    #[serde(default = "root")]
    pub(crate) root: String,
    /// The parent of this account: the root or a unit.
    #[serde(default)]
    pub(crate) parent: Option<String>,
    #[serde(default)]
    pub(crate) units: Vec<Unit>,
    #[serde(default)]
    pub(crate) policies: Vec<OrganizationPolicy>,
    /// Whether this account may read the organisation; a member that is no delegated administrator may not.
    #[serde(default = "yes")]
    pub(crate) readable: bool,
}

impl Organization {
    pub(crate) fn account_parent(&self) -> &str {
        self.parent.as_deref().unwrap_or(&self.root)
    }
}

/// An organisational unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The root when left out.
    #[serde(default)]
    pub(crate) parent: Option<String>,
}

/// A policy of the organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationPolicy {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default = "service_control_policy", rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) aws_managed: bool,
    pub(crate) document: Document,
    /// Ids of the root, units and accounts it is attached to.
    #[serde(default)]
    pub(crate) targets: Vec<String>,
}

fn email() -> String {
    "aws-root@example.com".to_owned()
}

fn root() -> String {
    "r-root".to_owned()
}

fn service_control_policy() -> String {
    "SERVICE_CONTROL_POLICY".to_owned()
}

fn yes() -> bool {
    true
}
