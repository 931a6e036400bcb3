//! IAM: users, groups, roles and policies, as `GetAccountAuthorizationDetails` gives them.

use jiff::Timestamp;
use palisade_policy::{Document, Statement};
use serde::{Deserialize, Serialize};

use super::{Action, Arn, Fact, Gap, Listing, RegionName};

/// The account's identities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Iam {
    /// Roles.
    pub roles: Listing<Role>,
    /// Users.
    pub users: Listing<User>,
    /// Groups.
    pub groups: Listing<Group>,
    /// Managed policies: the account's own, and AWS's as far as they are attached.
    pub policies: Listing<ManagedPolicy>,
    /// OpenID Connect identity providers.
    pub oidc_providers: Listing<OidcProvider>,
}

/// An OpenID Connect identity provider, such as GitHub's or an EKS cluster's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OidcProvider {
    /// Its ARN.
    pub arn: Arn,
    /// The issuer's address without `https://`, and its audiences.
    pub details: Fact<OidcDetails>,
}

/// What an OpenID Connect provider is trusted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcDetails {
    /// The issuer, without `https://`.
    pub issuer: String,
    /// The audiences that it accepts.
    pub audiences: Vec<String>,
}

/// What a role has used of what it is allowed, as the access advisor tells.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceUse {
    /// The service's prefix, such as `s3`.
    pub service: String,
    /// When the role last called it, denied calls included; none when not within the tracking period.
    pub last_used: Option<Timestamp>,
    /// The actions that AWS tracks for the role. Data actions, and `iam:PassRole`, are never among them.
    pub actions: Vec<ActionUse>,
}

/// When a role last used an action that AWS tracks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionUse {
    /// The action without its service, such as `CreateFunction`.
    pub action: String,
    /// When; none when not within the tracking period.
    pub last_used: Option<Timestamp>,
}

/// A policy document as it was read.
///
/// A document that AWS accepted and we cannot parse is kept as the reason, never taken for an empty one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyText {
    /// The parsed document.
    Parsed(Document),
    /// Why it could not be parsed, naming the place in the document.
    Malformed(String),
}

impl PolicyText {
    /// Parses a document's JSON text.
    pub fn parse(text: &str) -> Self {
        match Document::parse(text) {
            Ok(document) => Self::Parsed(document),
            Err(error) => Self::Malformed(error.to_string()),
        }
    }

    /// The document, read with `?`: one that could not be parsed is a gap of the call that gave it.
    pub fn document(&self, action: Action, resource: &Arn) -> Result<&Document, Gap> {
        match self {
            Self::Parsed(document) => Ok(document),
            Self::Malformed(problem) => {
                Err(Gap::undecided(action, resource, format!("the policy could not be parsed: {problem}")))
            }
        }
    }
}

/// How evidence names a statement: its place in the document, from 0, and its Sid if it has one.
pub fn statement_name(index: usize, statement: &Statement) -> String {
    match &statement.sid {
        Some(sid) => format!("Statement[{index}] ({sid})"),
        None => format!("Statement[{index}]"),
    }
}

/// A policy that is part of its identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InlinePolicy {
    /// Its name, unique within the identity.
    pub name: String,
    /// What it says.
    pub document: PolicyText,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Its ARN.
    pub arn: Arn,
    /// Its name, unique within the account.
    pub name: String,
    /// Its unique id (`AROA…`), which a policy shows in place of the ARN once the role is deleted.
    pub id: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Who may assume it.
    pub trust: PolicyText,
    /// Policies that are part of the role.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies attached to it.
    pub attached: Vec<Arn>,
    /// The managed policy that bounds what the role can be allowed.
    pub boundary: Option<Arn>,
    /// When it was last used; none when not within the tracking period (400 days).
    pub last_used: Option<LastUsed>,
    /// The instance profiles by which EC2 instances have it.
    pub instance_profiles: Vec<Arn>,
    /// What it used of what it is allowed. Read when deep, for roles of workloads.
    pub services: Fact<Vec<ServiceUse>>,
}

/// When and where a role was last used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUsed {
    /// When.
    pub at: Timestamp,
    /// In which Region.
    pub region: Option<RegionName>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Its unique id (`AIDA…`).
    pub id: String,
    /// Names of the groups it belongs to.
    pub groups: Vec<String>,
    /// Policies that are part of the user.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies attached to it.
    pub attached: Vec<Arn>,
    /// The managed policy that bounds what the user can be allowed.
    pub boundary: Option<Arn>,
    /// Hashes of the ids of the user's access keys. Read when a function's environment holds such an id.
    pub access_keys: Fact<Vec<String>>,
}

/// A group of users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Policies that are part of the group.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies attached to it.
    pub attached: Vec<Arn>,
}

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Its ARN; AWS's own have `aws` in place of the account.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// The version in force.
    pub document: PolicyText,
    /// How many identities it is attached to.
    pub attachments: u32,
}
