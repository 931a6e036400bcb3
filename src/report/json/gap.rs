//! Gaps in JSON.

use palisade_checks::audit::Report;
use palisade_checks::facts;
use schemars::JsonSchema;
use serde::Serialize;

use crate::report::grants::{self, Grant};

/// A call that gave no answer.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct Gap<'a> {
    /// The IAM action of the call, such as `lambda:GetPolicy`.
    action: &'static str,
    /// Where it was asked; null for a global service.
    region: Option<&'a str>,
    /// The ARN that it was asked about; null when it is about the whole Region or account.
    resource: Option<&'a str>,
    /// Why there is no answer.
    reason: Reason,
    /// What would close the gap.
    pub(in crate::report) grant: Grant,
}

impl<'a> Gap<'a> {
    pub(in crate::report) fn of(gap: &'a facts::Gap, report: &Report) -> Self {
        Self {
            action: gap.action.name(),
            region: gap.place.region.as_ref().map(facts::RegionName::as_str).filter(|name| !name.is_empty()),
            resource: gap.place.resource.as_ref().map(facts::Arn::as_str).filter(|arn| !arn.is_empty()),
            reason: Reason::of(&gap.reason),
            grant: grants::grant(gap, &report.partition, &report.account),
        }
    }
}

/// Why a call gave no answer.
#[derive(Serialize, JsonSchema)]
struct Reason {
    /// What kind of reason.
    kind: Kind,
    /// What refused the call; null unless it was denied.
    by: Option<By>,
    /// Whether earlier pages of the same list were read.
    partial: bool,
    /// The reason in words.
    message: String,
}

/// Kinds of reasons.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
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
    /// Anything else; the message has the service's own words.
    Failed,
}

/// What refused a call, as far as AWS's message tells.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum By {
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
    fn of(reason: &facts::Reason) -> Self {
        let (kind, by) = match grants::root(reason) {
            facts::Reason::Denied(by) => (Kind::Denied, Some(By::of(*by))),
            facts::Reason::Throttled => (Kind::Throttled, None),
            facts::Reason::Expired => (Kind::Expired, None),
            facts::Reason::RegionOff => (Kind::RegionOff, None),
            facts::Reason::Unreachable => (Kind::Unreachable, None),
            facts::Reason::NotAsked => (Kind::NotAsked, None),
            facts::Reason::Elsewhere(_) => (Kind::Elsewhere, None),
            facts::Reason::Interrupted => (Kind::Interrupted, None),
            facts::Reason::OutOfTime => (Kind::OutOfTime, None),
            facts::Reason::Gone => (Kind::Gone, None),
            // A root is never partial.
            facts::Reason::Erred(_) | facts::Reason::Failed(_) | facts::Reason::Partial(_) => (Kind::Failed, None),
        };
        Self { kind, by, partial: matches!(reason, facts::Reason::Partial(_)), message: reason.to_string() }
    }
}

impl By {
    fn of(by: facts::By) -> Self {
        match by {
            facts::By::Identity => Self::Identity,
            facts::By::Boundary => Self::Boundary,
            facts::By::Session => Self::Session,
            facts::By::ServiceControlPolicy => Self::ServiceControlPolicy,
            facts::By::ResourceControlPolicy => Self::ResourceControlPolicy,
            facts::By::Resource => Self::Resource,
            facts::By::VpcEndpoint => Self::VpcEndpoint,
            facts::By::Rbac => Self::Rbac,
            facts::By::Unsaid => Self::Unsaid,
        }
    }
}
