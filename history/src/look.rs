//! What a run looked at, and so what its silence means.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use palisade_checks::renamed::{Renamed, current};
use palisade_model::{Arn, Depth};
use palisade_policy::matches;
use palisade_report::document::{Document, Notice, NoticeKind, Scope};
use serde::{Deserialize, Serialize};

/// Why a run does not tell how something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// It could not be checked.
    Unknown {
        /// The call that gave no answer, and why.
        gap: String,
    },
    /// A list that it would stand in was not read whole.
    ListShort {
        /// What stands for the rest of the list: a pattern that ends in `*`.
        list: String,
    },
    /// The check was switched off, not selected, or does not exist in that version.
    CheckNotJudged {
        /// The check's id.
        check: String,
    },
    /// The Region was not read.
    RegionNotRead {
        /// Its code.
        region: String,
    },
    /// The run was limited to other resources.
    NotSelected,
    /// The run read less deeply.
    LessDeep,
    /// The run chose not to read what the check takes of some resources, and does not say of which.
    LeftOut {
        /// The check's id.
        check: String,
    },
    /// The run was stopped before it was through.
    Interrupted,
    /// The report is older than its own account of what it judged.
    NotTold,
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { gap } => write!(formatter, "could not be checked: {gap}"),
            Self::ListShort { list } => write!(formatter, "{list} was not listed whole"),
            Self::CheckNotJudged { check } => write!(formatter, "{check} did not judge"),
            Self::RegionNotRead { region } => write!(formatter, "the Region {region} was not read"),
            Self::NotSelected => formatter.write_str("the run was limited to other resources"),
            Self::LessDeep => formatter.write_str("the run read less deeply"),
            Self::LeftOut { check } => write!(formatter, "{check} left resources out by choice"),
            Self::Interrupted => formatter.write_str("the run was stopped before it was through"),
            Self::NotTold => formatter.write_str("the report is too old to say what it judged"),
        }
    }
}

/// What it means that a run says nothing of a check and a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The resource was judged and does not fail, or the question does not arise.
    Passes,
    /// There is no such resource.
    NoSuch,
    /// One of these two; which, is not kept.
    NotFailing,
    /// Nothing.
    Says(Cause),
}

/// What a run looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Look {
    regions: BTreeSet<String>,
    pub(crate) depth: Depth,
    interrupted: bool,
    /// None when the report is too old to say.
    scope: Option<Scope>,
    /// The checks that left out resources by choice.
    left_out: BTreeSet<String>,
    /// What stands for the rest of lists that were cut short, by check.
    pub(crate) short: BTreeMap<String, Vec<String>>,
    /// All that was judged; not kept by a history.
    #[serde(skip)]
    resources: Option<HashSet<String>>,
}

impl Look {
    /// That of a report, whose lists that were cut short are still to be added.
    pub(crate) fn of<F>(report: &Document<F>, renamed: &[Renamed]) -> Self {
        let left_out = report.notices.iter().filter(|notice| notice.kind == NoticeKind::LeftOut);
        let look = Self {
            regions: report.regions.iter().cloned().collect(),
            depth: report.depth,
            interrupted: report.interrupted,
            scope: report.scope.clone(),
            left_out: left_out.filter_map(left_out_by).collect(),
            short: BTreeMap::new(),
            resources: report.resources.as_ref().map(|all| all.iter().cloned().collect()),
        };
        look.with_names_of_today(renamed)
    }

    /// The same where checks have the ids that they have today.
    pub(crate) fn with_names_of_today(mut self, renamed: &[Renamed]) -> Self {
        let today = |id: &str| current(id, renamed).to_owned();
        if let Some(scope) = &mut self.scope {
            scope.checks = scope.checks.iter().map(|id| today(id).into()).collect();
            scope.checks.sort();
        }
        self.left_out = self.left_out.iter().map(|id| today(id)).collect();
        let mut short: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, lists) in self.short {
            short.entry(today(&id)).or_default().extend(lists);
        }
        self.short = short;
        self
    }

    /// What it means that the run has no finding of this check and resource, where another, that read so deep, has.
    pub(crate) fn silence(&self, check: &str, resource: &str, depth: Depth) -> Silence {
        let Some(scope) = &self.scope else { return Silence::Says(Cause::NotTold) };
        let arn = Arn::from(resource);
        let region = arn.region();
        let cause = if !self.is_as_deep_as(depth) {
            Cause::LessDeep
        } else if scope.checks.binary_search_by(|id| id.as_ref().cmp(check)).is_err() {
            Cause::CheckNotJudged { check: check.to_owned() }
        } else if !region.is_empty() && !self.regions.contains(region) {
            Cause::RegionNotRead { region: region.to_owned() }
        } else if !scope.resources.is_empty() && !scope.resources.iter().any(|pattern| matches(pattern, resource)) {
            Cause::NotSelected
        } else if self.left_out.contains(check) {
            Cause::LeftOut { check: check.to_owned() }
        } else if self.resources.as_ref().is_some_and(|all| all.contains(resource)) {
            return Silence::Passes;
        } else if let Some(list) = self.short.get(check).and_then(|all| all.iter().find(|list| may_hold(list, &arn))) {
            Cause::ListShort { list: list.clone() }
        } else if self.interrupted {
            Cause::Interrupted
        } else if self.resources.is_some() {
            return Silence::NoSuch;
        } else {
            return Silence::NotFailing;
        };
        Silence::Says(cause)
    }

    /// Whether as much was read as by a run that read so deep.
    pub(crate) fn is_as_deep_as(&self, depth: Depth) -> bool {
        is_as_deep_as(self.depth, depth)
    }
}

/// The check that left resources out. Notices before 1.4.0 begin with its id and have it nowhere else.
fn left_out_by(notice: &Notice) -> Option<String> {
    let check = notice.check.as_deref().or_else(|| notice.message.split(' ').next());
    check.map(str::to_owned)
}

/// Whether a run of the one depth read as much as one of the other.
pub(crate) fn is_as_deep_as(one: Depth, other: Depth) -> bool {
    match (one, other) {
        (Depth::Deep, _) | (Depth::Standard, Depth::Standard) => true,
        (Depth::Standard, Depth::Deep) => false,
    }
}

/// Whether a resource may stand in the part of a list that was not read, for which a pattern stands.
///
/// Some patterns stand for resources that they do not match, such as `task/*` for the rules that start tasks. So only one
/// that surely speaks of another branch of the same kind of names is none for the resource.
fn may_hold(list: &str, resource: &Arn) -> bool {
    if matches(list, resource.as_str()) {
        return true;
    }
    let list = Arn::from(list);
    if list.region() != resource.region() {
        return false;
    }
    let kind = |arn: &Arn| arn.resource().split([':', '/']).next().unwrap_or_default().to_owned();
    let depth = |arn: &Arn| arn.resource().split('/').count();
    list.service() != resource.service() || kind(&list) != kind(resource) || depth(resource) < depth(&list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_more_than_it_matches() {
        let holds = |list: &str, resource: &str| {
            let arn = |(service, rest): (&str, &str)| format!("arn:aws:{service}:eu-west-1:111122223333:{rest}");
            let split = |text: &str| arn(text.split_once(' ').unwrap());
            may_hold(&split(list), &Arn::from(split(resource)))
        };
        assert!(holds("lambda function:*", "lambda function:orders"));
        // Rules and schedules that start tasks.
        assert!(holds("ecs task/*", "events rule/nightly"));
        // A machine whose name has the old form, without its cluster.
        assert!(holds("ecs container-instance/shop/*", "ecs container-instance/0a1b"));
        assert!(!holds("ecs container-instance/shop/*", "ecs container-instance/other/0a1b"));
        assert!(holds("eks cluster/*/namespaces/*", "eks cluster/shop/namespaces/web"));
        assert!(!holds("eks cluster/shop/namespaces/*", "eks cluster/other/namespaces/web"));
        assert!(!holds("ecr repository/a/*", "ecr repository/b/sha256:0a"));
    }

    #[test]
    fn a_list_of_another_region_holds_nothing_of_this_one() {
        let orders = Arn::from("arn:aws:lambda:eu-west-1:111122223333:function:orders");
        assert!(!may_hold("arn:aws:lambda:us-east-1:111122223333:function:*", &orders));
    }
}
