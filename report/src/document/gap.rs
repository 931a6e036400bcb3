//! Gaps in JSON.

use std::borrow::Cow;
use std::fmt;

use palisade_checks::audit::Report;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grants;
use crate::grants::Grant;

/// A call that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The IAM action of the call, such as `lambda:GetPolicy`.
    pub action: Cow<'static, str>,
    /// Where it was asked; null for a global service.
    pub region: Option<String>,
    /// The ARN that it was asked about; null when it is about the whole Region or account.
    pub resource: Option<String>,
    /// Why there is no answer.
    pub reason: Reason,
    /// What would close the gap.
    pub grant: Grant,
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.action, self.reason.message)
    }
}

impl Gap {
    pub(crate) fn of(gap: &palisade_model::Gap, report: &Report) -> Self {
        let region = gap.place.region.as_ref().map(ToString::to_string);
        let resource = gap.place.resource.as_ref().map(ToString::to_string);
        Self {
            action: gap.action.name().into(),
            region: region.filter(|name| !name.is_empty()),
            resource: resource.filter(|arn| !arn.is_empty()),
            reason: Reason::of(&gap.reason),
            grant: grants::grant(gap, &report.partition, &report.account),
        }
    }
}

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// What kind of reason.
    pub kind: Kind,
    /// What refused the call; null unless it was denied.
    pub by: Option<By>,
    /// Whether earlier pages of the same list were read.
    pub partial: bool,
    /// The reason in words.
    pub message: String,
}

/// Kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// AWS refused; a permission or a guard rail is in the way.
    Denied,
    /// AWS still throttled the call when the run's deadline came.
    Throttled,
    /// The credentials were no longer valid.
    Expired,
    /// The Region is not enabled for the account.
    RegionOff,
    /// No connection, or no answer in time.
    Unreachable,
    /// The run left the read out by choice.
    NotAsked,
    /// It belongs to another account, which the run does not audit.
    Elsewhere,
    /// The run was stopped before the call was made.
    Interrupted,
    /// The time that the run was given was up before the call could be made.
    OutOfTime,
    /// The resource was deleted after it was listed.
    Gone,
    /// The inventory was saved by an older version, which did not collect it.
    NotCollected,
    /// An answer came, and does not tell what had to be known.
    Undecided,
    /// Anything else; the message has the service's own words.
    Failed,
}

impl Kind {
    /// Whether the run chose not to ask, which leaves the audit as complete as its settings allow.
    pub fn is_choice(self) -> bool {
        matches!(self, Self::NotAsked | Self::Elsewhere)
    }
}

/// What refused a call, as far as AWS's message tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// No identity-based policy allows the action, or one denies it.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy of the organisation.
    ServiceControlPolicy,
    /// A resource control policy of the organisation.
    ResourceControlPolicy,
    /// A resource-based policy.
    Resource,
    /// A VPC endpoint policy.
    VpcEndpoint,
    /// The roles of a Kubernetes cluster.
    Rbac,
    /// The message does not say.
    Unsaid,
}

impl Reason {
    fn of(reason: &palisade_model::Reason) -> Self {
        let (kind, by) = match grants::root(reason) {
            palisade_model::Reason::Denied(by) => (Kind::Denied, Some(By::of(*by))),
            palisade_model::Reason::Throttled => (Kind::Throttled, None),
            palisade_model::Reason::Expired => (Kind::Expired, None),
            palisade_model::Reason::RegionOff => (Kind::RegionOff, None),
            palisade_model::Reason::Unreachable => (Kind::Unreachable, None),
            palisade_model::Reason::NotAsked => (Kind::NotAsked, None),
            palisade_model::Reason::Elsewhere(_) => (Kind::Elsewhere, None),
            palisade_model::Reason::Interrupted => (Kind::Interrupted, None),
            palisade_model::Reason::OutOfTime => (Kind::OutOfTime, None),
            palisade_model::Reason::Gone => (Kind::Gone, None),
            palisade_model::Reason::NotCollected { .. } => (Kind::NotCollected, None),
            palisade_model::Reason::Undecided(_) => (Kind::Undecided, None),
            // A root is never partial.
            palisade_model::Reason::Erred(_)
            | palisade_model::Reason::Failed(_)
            | palisade_model::Reason::Partial(_) => (Kind::Failed, None),
        };
        Self { kind, by, partial: matches!(reason, palisade_model::Reason::Partial(_)), message: reason.to_string() }
    }
}

impl By {
    fn of(by: palisade_model::By) -> Self {
        match by {
            palisade_model::By::Identity => Self::Identity,
            palisade_model::By::Boundary => Self::Boundary,
            palisade_model::By::Session => Self::Session,
            palisade_model::By::ServiceControlPolicy => Self::ServiceControlPolicy,
            palisade_model::By::ResourceControlPolicy => Self::ResourceControlPolicy,
            palisade_model::By::Resource => Self::Resource,
            palisade_model::By::VpcEndpoint => Self::VpcEndpoint,
            palisade_model::By::Rbac => Self::Rbac,
            palisade_model::By::Unsaid => Self::Unsaid,
        }
    }
}
