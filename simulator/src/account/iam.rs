//! IAM in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Document, Moment};

/// Everything of IAM.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Iam {
    pub(crate) roles: Vec<Role>,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) policies: Vec<Policy>,
    /// AWS-managed policies the simulator does not know, or knows otherwise.
    pub(crate) aws_policies: Vec<Policy>,
    pub(crate) oidc_providers: Vec<OidcProvider>,
    /// Entries of `GetAccountSummary` to add or to set otherwise.
    pub(crate) summary: BTreeMap<String, u64>,
}

/// A role. Only its name is needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) trust: Trust,
    /// Managed policies by name or ARN.
    #[serde(default)]
    pub(crate) policies: Vec<String>,
    #[serde(default)]
    pub(crate) inline: BTreeMap<String, Document>,
    #[serde(default)]
    pub(crate) boundary: Option<String>,
    #[serde(default)]
    pub(crate) created: Moment,
    #[serde(default)]
    pub(crate) last_used: Option<LastUsed>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) instance_profiles: Vec<InstanceProfile>,
    #[serde(default = "an_hour")]
    pub(crate) max_session: u32,
    /// `AssumeRole` is refused without this external id.
    #[serde(default)]
    pub(crate) external_id: Option<String>,
    /// What `GetServiceLastAccessedDetails` says.
    #[serde(default)]
    pub(crate) accessed: Vec<Accessed>,
}

impl Role {
    pub(crate) fn named(name: &str) -> Role {
        Role {
            name: name.to_owned(),
            path: root_path(),
            description: None,
            trust: Trust::default(),
            policies: Vec::new(),
            inline: BTreeMap::new(),
            boundary: None,
            created: Moment::default(),
            last_used: None,
            tags: BTreeMap::new(),
            instance_profiles: Vec::new(),
            max_session: an_hour(),
            external_id: None,
            accessed: Vec::new(),
        }
    }
}

/// Who may assume a role: a service (`lambda`, `ec2.amazonaws.com`) or a trust policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Trust {
    Service(String),
    Document(Document),
}

impl Default for Trust {
    fn default() -> Self {
        Trust::Service("lambda".to_owned())
    }
}

/// When a role was last used: a time, or a time and a Region.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum LastUsed {
    Date(Moment),
    Place { date: Moment, region: String },
}

/// An instance profile that holds a role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceProfile {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
}

/// One service or action a role may use, and when it last did.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accessed {
    /// A service (`s3`) or an action (`s3:PutObject`).
    pub(crate) action: String,
    /// Left out: allowed, never used.
    #[serde(default)]
    pub(crate) last: Option<Moment>,
    #[serde(default)]
    pub(crate) region: Option<String>,
}

/// A user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) policies: Vec<String>,
    #[serde(default)]
    pub(crate) inline: BTreeMap<String, Document>,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    #[serde(default)]
    pub(crate) boundary: Option<String>,
    #[serde(default)]
    pub(crate) created: Moment,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) access_keys: Vec<AccessKey>,
}

/// An access key of a user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    #[serde(default = "active")]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) created: Moment,
    #[serde(default)]
    pub(crate) last_used: Option<Moment>,
}

/// A group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) policies: Vec<String>,
    #[serde(default)]
    pub(crate) inline: BTreeMap<String, Document>,
    #[serde(default)]
    pub(crate) created: Moment,
}

/// A managed policy. `document` is the default version; `versions` are the others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    pub(crate) name: String,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    pub(crate) document: Document,
    #[serde(default = "first_version")]
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) versions: Vec<PolicyVersion>,
    #[serde(default)]
    pub(crate) created: Moment,
}

/// A version of a managed policy that is not the default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyVersion {
    pub(crate) id: String,
    pub(crate) document: Document,
}

/// An OpenID Connect provider, known by its URL without `https://`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcProvider {
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) client_ids: Vec<String>,
    #[serde(default)]
    pub(crate) thumbprints: Vec<String>,
    #[serde(default)]
    pub(crate) created: Moment,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

fn root_path() -> String {
    "/".to_owned()
}

fn first_version() -> String {
    "v1".to_owned()
}

fn active() -> String {
    "Active".to_owned()
}

fn an_hour() -> u32 {
    3600
}
