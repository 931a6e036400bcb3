//! IAM: users, groups, roles and policies, as `GetAccountAuthorizationDetails` gives them.

use jiff::Timestamp;
use palisade_policy::{Document, Statement};
use serde::{Deserialize, Serialize};

use super::{Action, Arn, Gap, Listing, RegionName};

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
                Err(Gap::failed(action, resource, format!("the policy could not be parsed: {problem}")))
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
