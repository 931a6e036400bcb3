//! A smaller policy for a role: what it is allowed, without what it has not used.
//!
//! The access advisor tells when a role last called a service, and for some services which of their control actions.
//! Data actions and `iam:PassRole` it never tells, so these are kept as granted. A suggestion is given only once it is
//! proven to allow nothing that the role's policies do not allow.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>

mod demand;
mod draft;
mod error;
mod fate;
mod scope;
mod split;
mod statements;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use palisade_policy::{Attached, Catalogue, Document, covers};
use serde::Serialize;

pub use error::SuggestError;

use super::error::AskError;
use super::name;
use crate::access::Actor;
use crate::account::Account;
use demand::Demands;
use draft::Draft;
use fate::Usage;
use palisade_model::iam::{Role, ServiceUse};
use palisade_model::settings::Settings;
use palisade_model::{Arn, Depth, Fact, Gap, Inventory, Reason};
use split::{size, split};
use statements::Length;

/// The most that a managed policy may have, white space aside.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LARGEST_POLICY: usize = 6144;

/// The managed policies that a role takes before its quota is raised.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_POLICIES: usize = 10;

/// A smaller policy, and what became of each action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The role.
    pub role: Arn,
    /// How many days without use make an action unneeded.
    pub days: u32,
    /// The policy that can take the place of all the role's policies, inline and attached.
    pub policy: Document,
    /// The same in as many managed policies as it takes: one, unless that would be too large.
    pub policies: Vec<Document>,
    /// What it leaves out.
    pub removed: Vec<Removed>,
    /// What it keeps because the role used it.
    pub used: Vec<Used>,
    /// What it keeps because nobody can tell whether the role uses it, or because its workload's settings ask for it.
    pub unmeasured: Vec<Unmeasured>,
    /// What the reader should know.
    pub remarks: Vec<String>,
}

/// Actions of a service that are left out, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// The service's prefix.
    pub service: String,
    /// The actions, in full.
    pub actions: Vec<String>,
    /// Why.
    pub because: Removal,
    /// When the role last used them, in so far as AWS tells.
    pub last_used: Option<Timestamp>,
}

/// Why an action is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// The role did not call the service.
    ServiceUnused,
    /// AWS tracks the action, and the role did not call it.
    ActionUnused,
    /// The action supports no resource but `*`, and was granted on others: it never was allowed.
    GrantedInVain,
    /// The pattern covers no action that the catalogue has.
    NothingCovered,
    /// The conditions of its statement never hold, as when a date has passed.
    NeverApplies,
}

/// An action that the role used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Used {
    /// The action, in full.
    pub action: String,
    /// When last.
    pub last_used: Timestamp,
}

/// Actions of a service that are kept without a sign of use, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmeasured {
    /// The service's prefix.
    pub service: String,
    /// The actions, in full.
    pub actions: Vec<String>,
    /// Why, in a sentence.
    pub because: String,
}

/// Makes a smaller policy for a role, given by its ARN, its name, or the workload whose role it is; what the role did not use for `days` is left out.
pub fn suggest(inventory: &Inventory, role: &str, days: u32, now: Timestamp) -> Result<Suggestion, SuggestError> {
    let settings = Settings::new(now);
    let account = Account::new(inventory, &settings);
    let role = find(inventory, role)?;
    let since = now - SignedDuration::from_hours(24 * i64::from(days));
    old_enough(role, since, days)?;
    let services = services(inventory, role)?;
    let principal = account.access.role(role).map_err(SuggestError::Unread)?;
    let demands = Demands::of(role, &account);
    let usage = Usage::new(services, since, &demands);
    let mut draft = Draft::of(&principal, &usage, &demands);
    let most = principal.identity.iter().map(|policy| size(policy.document)).sum::<usize>().max(LARGEST_POLICY);
    let plain = draft.document(Length::Plain);
    let policy = if size(&plain) > most { draft.document_within(most) } else { plain };
    let policies = split(&policy, LARGEST_POLICY);
    prove(&principal, &policies)?;
    let mut suggestion = draft.suggestion(role, days, policy, policies);
    suggestion.remarks.extend(demands.remarks);
    remark(&mut suggestion, role, since);
    Ok(suggestion)
}

fn find<'a>(inventory: &'a Inventory, text: &str) -> Result<&'a Role, SuggestError> {
    let roles = &inventory.iam.roles;
    let text = &*name::principal(inventory, text).map_err(SuggestError::Role)?;
    let found = roles.find(|role| role.arn.as_str() == text || role.name == text);
    let unread = |gap| SuggestError::Role(AskError::Unread { name: text.to_owned(), gap });
    found.map_err(unread)?.ok_or_else(|| {
        let named = |role: &Role| if text.starts_with("arn:") { role.arn.to_string() } else { role.name.clone() };
        let known = roles.seen().iter().map(named).collect();
        SuggestError::Role(AskError::UnknownPrincipal { name: text.to_owned(), known })
    })
}

fn old_enough(role: &Role, since: Timestamp, days: u32) -> Result<(), SuggestError> {
    match role.created_at {
        Some(created_at) if created_at <= since => Ok(()),
        created_at => Err(SuggestError::TooYoung { role: role.arn.clone(), created_at, days }),
    }
}

fn services<'a>(inventory: &Inventory, role: &'a Role) -> Result<&'a [ServiceUse], SuggestError> {
    match &role.services {
        Fact::Known(services) => Ok(services),
        Fact::Unknown(Gap { reason: Reason::NotAsked, .. }) if inventory.depth == Depth::Standard => {
            Err(SuggestError::NotDeep(role.arn.clone()))
        }
        Fact::Unknown(Gap { reason: Reason::NotAsked, .. }) => Err(SuggestError::NoWorkload(role.arn.clone())),
        Fact::Unknown(gap) => Err(SuggestError::Unread(gap.clone())),
    }
}

/// Shows that the policies allow nothing that the role's do not.
fn prove(principal: &Actor<'_>, policies: &[Document]) -> Result<(), SuggestError> {
    let narrower: Vec<_> = policies.iter().map(|document| Attached { name: "the suggestion", document }).collect();
    covers(&principal.identity, &narrower).map_err(|uncovered| {
        let numbers: BTreeSet<usize> = uncovered.iter().map(|uncovered| uncovered.index).collect();
        SuggestError::Unproven(numbers.into_iter().collect())
    })
}

fn remark(suggestion: &mut Suggestion, role: &Role, since: Timestamp) {
    let days = suggestion.days;
    let remarks = &mut suggestion.remarks;
    if role.last_used.as_ref().is_none_or(|used| used.at < since) {
        remarks.push(format!("the role itself was not used in {days} days: think of deleting it"));
    }
    if suggestion.policy.statements.is_empty() {
        remarks.push("IAM takes no policy without statements: take the policies off the role instead".to_owned());
    }
    if suggestion.removed.is_empty() {
        remarks.push("nothing is left out: the role used, or may use, all that it is allowed".to_owned());
    }
    let parts = suggestion.policies.len();
    if parts > 1 {
        let size = size(&suggestion.policy);
        remarks.push(format!(
            "it has {size} characters, and a managed policy takes {LARGEST_POLICY}: it is split into {parts} policies"
        ));
    }
    if parts > MOST_POLICIES {
        remarks.push(format!("a role takes {MOST_POLICIES} managed policies unless the quota is raised"));
    }
    if suggestion.policies.iter().any(|policy| size(policy) > LARGEST_POLICY) {
        remarks.push(format!("a statement alone has more than the {LARGEST_POLICY} characters of a managed policy"));
    }
    remarks.push(format!(
        "what was granted in the last {days} days and not used yet is left out too: AWS does not tell when it was granted"
    ));
    let date = Catalogue::get().date();
    remarks.push(format!("wildcards were expanded by the catalogue of {date}: what AWS added since is not in it"));
}
