//! What was read, and what could not be: the types that keep "denied" from looking like "none".

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::name::{AccountId, Arn, RegionName};

/// What AWS answered to one call, or why there is no answer.
///
/// The only way in is [`Fact::known`] with `?`, so that a check cannot forget the second case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// The answer.
    Known(T),
    /// No answer, and why.
    Unknown(Gap),
}

impl<T> Fact<T> {
    /// The answer, or the gap that stands in its place: read it with `?`.
    pub fn known(&self) -> Result<&T, Gap> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Unknown(gap) => Err(gap.clone()),
        }
    }

    /// The gap, where there is one: for those who walk all gaps.
    pub fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(gap) => Some(gap),
        }
    }

    /// As [`Fact::known`], for what the settings of the judgement ask for: that the collection left it out is then no
    /// choice but a gap, with this reason.
    pub fn required(&self, why: &str) -> Result<&T, Gap> {
        self.known().map_err(|gap| {
            let reason = if gap.reason.is_choice() { Reason::Undecided(why.to_owned()) } else { gap.reason };
            Gap { reason, ..gap }
        })
    }

    /// A fact that this run leaves out by choice.
    pub fn not_asked(action: Action, place: &Arc<Place>) -> Self {
        Self::Unknown(Gap { action, place: Arc::clone(place), reason: Reason::NotAsked })
    }
}

/// The resources that a paginated call returned; the gap says why the list stops short.
///
/// The fields are private: only the engine may walk a list that is not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing<T> {
    items: Vec<T>,
    // A list that was saved without saying whether it is whole is not taken for a whole one.
    #[serde(deserialize_with = "Option::deserialize")]
    gap: Option<Gap>,
}

impl<T> Listing<T> {
    /// A list, whole when there is no gap.
    pub fn new(items: Vec<T>, gap: Option<Gap>) -> Self {
        Self { items, gap }
    }

    /// A whole list.
    pub fn whole(items: Vec<T>) -> Self {
        Self::new(items, None)
    }

    /// A list of which nothing was read.
    pub fn unread(gap: Gap) -> Self {
        Self::new(Vec::new(), Some(gap))
    }

    /// All items, or the gap when some are missing: what a check or a look-up may read.
    pub fn complete(&self) -> Result<&[T], Gap> {
        match &self.gap {
            None => Ok(&self.items),
            Some(gap) => Err(gap.clone()),
        }
    }

    /// The item that satisfies `wanted`. *Not found in an incomplete list* is a gap, not `None`.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Result<Option<&T>, Gap> {
        match (self.items.iter().find(|item| wanted(item)), &self.gap) {
            (Some(item), _) => Ok(Some(item)),
            (None, None) => Ok(None),
            (None, Some(gap)) => Err(gap.clone()),
        }
    }

    /// What was seen, whole or not: for the engine, which reports the rest as unknown, and for counts of what was read.
    pub fn seen(&self) -> &[T] {
        &self.items
    }

    /// As [`Listing::seen`], to change: for a collector that adds to what was listed. None can be added or left out.
    pub fn seen_mut(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// Takes out what leaves the list: for resources that turn out to be deleted.
    pub(super) fn take_out(&mut self, leaves: impl FnMut(&mut T) -> bool) -> Vec<T> {
        self.items.extract_if(.., leaves).collect()
    }

    /// What was seen, and why the list stops short: for a collector that adds to the items.
    pub fn into_parts(self) -> (Vec<T>, Option<Gap>) {
        (self.items, self.gap)
    }

    /// As [`Listing::seen`], taken out of the list: for what makes a list of another.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Why the list stops short.
    pub fn gap(&self) -> Option<&Gap> {
        self.gap.as_ref()
    }
}

/// A hole in what we know: which call, where, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// The call that gave no answer.
    pub action: Action,
    /// Where it was asked.
    pub place: Arc<Place>,
    /// Why there is no answer.
    pub reason: Reason,
}

impl Gap {
    /// An answer about a resource that does not tell what had to be known, and why.
    pub fn undecided(action: Action, resource: &Arn, why: impl Into<String>) -> Self {
        Self { action, place: Place::resource(resource), reason: Reason::Undecided(why.into()) }
    }

    /// An answer about a resource in which something has a value that is not known here, so that nobody can tell what it
    /// means.
    pub fn not_known(action: Action, resource: &Arn, what: impl fmt::Display, value: impl fmt::Display) -> Self {
        Self { action, place: Place::resource(resource), reason: Reason::not_known(what, value) }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.action.name(), self.reason)
    }
}

/// Where a call was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The Region, or none for a global service.
    pub region: Option<RegionName>,
    /// The resource that was asked about, or none when the call is about the whole Region or account.
    pub resource: Option<Arn>,
}

impl Place {
    /// A whole Region.
    pub fn region(region: &RegionName) -> Arc<Self> {
        Arc::new(Self { region: Some(region.clone()), resource: None })
    }

    /// The whole account: global services.
    pub fn account() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// One resource; its Region is the ARN's.
    pub fn resource(arn: &Arn) -> Arc<Self> {
        let region = Some(arn.region()).filter(|region| !region.is_empty()).map(RegionName::from);
        Arc::new(Self { region, resource: Some(arn.clone()) })
    }
}

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// AWS refused; a permission or a guard rail is in the way.
    Denied(By),
    /// AWS still throttled the call when the run's deadline came.
    Throttled,
    /// The credentials were no longer valid.
    Expired,
    /// The Region is not enabled for the account.
    RegionOff,
    /// No connection, or no answer in time.
    Unreachable,
    /// This run leaves the read out by choice (depth, settings).
    NotAsked,
    /// It belongs to another account, which this run does not audit.
    Elsewhere(AccountId),
    /// The run was interrupted before the call was made.
    Interrupted,
    /// The time that the run was given was up before the call could be made.
    OutOfTime,
    /// The resource was deleted after it was listed. Such resources leave the inventory when it is whole.
    Gone,
    /// The inventory was saved by an older version, which did not collect it.
    NotCollected {
        /// The version of the inventory's form.
        inventory_version: u32,
        /// The version of palisade that saved it; the first ones do not say.
        palisade: Option<String>,
    },
    /// An earlier page of the same list was read, a later one was not.
    Partial(Box<Reason>),
    /// The service erred, or its answers arrived broken, each time that it was asked; with the last of its words.
    Erred(String),
    /// An answer came and does not tell what had to be known; why.
    Undecided(String),
    /// Anything else, with the service's own words.
    Failed(String),
}

impl Reason {
    /// Whether the run chose not to ask, which leaves the audit as complete as its settings allow.
    pub fn is_choice(&self) -> bool {
        matches!(self, Self::NotAsked | Self::Elsewhere(_))
    }

    /// That something has a value that is not known here.
    pub fn not_known(what: impl fmt::Display, value: impl fmt::Display) -> Self {
        Self::Undecided(format!("{what} is a value that is not known: {value}"))
    }

    /// Whether the same call may be answered when it is made again, without anybody changing a permission.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Throttled
            | Self::Expired
            | Self::Unreachable
            | Self::Interrupted
            | Self::OutOfTime
            | Self::Erred(_) => true,
            Self::Partial(reason) => reason.may_pass(),
            Self::Denied(_)
            | Self::RegionOff
            | Self::NotAsked
            | Self::Elsewhere(_)
            | Self::Gone
            | Self::NotCollected { .. }
            | Self::Undecided(_)
            | Self::Failed(_) => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(by) => write!(formatter, "denied{by}"),
            Self::Throttled => formatter.write_str("throttled until the deadline"),
            Self::Expired => formatter.write_str("refused: the credentials expired"),
            Self::RegionOff => formatter.write_str("refused: the Region is not enabled"),
            Self::Unreachable => formatter.write_str("unreachable: no answer in time"),
            Self::NotAsked => formatter.write_str("not asked by this run"),
            Self::Elsewhere(account) => write!(formatter, "not asked: it belongs to account {account}"),
            Self::Interrupted => formatter.write_str("not asked: the run was interrupted"),
            Self::OutOfTime => formatter.write_str("not asked: the time for the run was up"),
            Self::Gone => formatter.write_str("not read: it was deleted meanwhile"),
            Self::NotCollected { palisade: Some(version), .. } => {
                write!(formatter, "not collected by palisade {version}")
            }
            Self::NotCollected { inventory_version, palisade: None } => {
                write!(formatter, "not collected by the palisade of inventory version {inventory_version}")
            }
            Self::Partial(reason) => write!(formatter, "read in part, then {reason}"),
            Self::Undecided(why) => write!(formatter, "does not decide it: {why}"),
            Self::Erred(message) | Self::Failed(message) => write!(formatter, "failed: {message}"),
        }
    }
}

/// What refused a call, as far as AWS's message tells.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// The roles of a Kubernetes cluster, none of which allows it.
    Rbac,
    /// The message does not say.
    Unsaid,
}

impl fmt::Display for By {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Identity => " by the identity policy",
            Self::Boundary => " by the permissions boundary",
            Self::Session => " by the session policy",
            Self::ServiceControlPolicy => " by a service control policy",
            Self::ResourceControlPolicy => " by a resource control policy",
            Self::Resource => " by the resource policy",
            Self::VpcEndpoint => " by the VPC endpoint policy",
            Self::Rbac => " by the cluster's roles",
            Self::Unsaid => "",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap() -> Gap {
        Gap {
            action: Action::LambdaListFunctions,
            place: Place::account(),
            reason: Reason::Denied(By::ServiceControlPolicy),
        }
    }

    #[test]
    fn an_item_missing_from_a_short_list_is_a_gap() {
        let list = Listing::new(vec![1, 2], Some(gap()));
        assert_eq!(list.find(|item| *item == 2), Ok(Some(&2)));
        assert_eq!(list.find(|item| *item == 3), Err(gap()));
        assert_eq!(Listing::whole(vec![1]).find(|item| *item == 3), Ok(None));
    }

    #[test]
    fn items_can_be_changed_and_the_list_stays_as_short_as_it_was() {
        let mut list = Listing::new(vec![1, 2], Some(gap()));
        for item in list.seen_mut() {
            *item += 1;
        }
        assert_eq!(list, Listing::new(vec![2, 3], Some(gap())));
    }

    #[test]
    fn a_gap_says_what_refused() {
        assert_eq!(gap().to_string(), "lambda:ListFunctions denied by a service control policy");
    }
}
