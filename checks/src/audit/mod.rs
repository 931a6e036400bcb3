//! The engine: an inventory and settings in, a report out. It owns every loop over resources.

mod engine;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::engine::Judged;
use crate::check::{Check, Outcome, Severity, Verdict};
use crate::renamed;
use crate::score::{self, Coverage, Score, Tally};
use palisade_model::dated::Dated;
use palisade_model::iam::Iam;
use palisade_model::kubernetes::Objects;
use palisade_model::settings::{Selection, Settings};
use palisade_model::suppression::{Accepted, Suppression};
use palisade_model::{
    AccountId, Arn, Calls, Depth, Fact, Gap, Identity, Inventory, Partition, RegionName, fingerprint,
};
pub use palisade_reason::access::escalation::ChokePoint;
use palisade_reason::in_cluster::unread::unread;
use palisade_reason::tables;

/// What one check concludes of one resource.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// The resource.
    pub resource: Arn,
    /// The severity in force.
    pub severity: Severity,
    /// The conclusion, or the gap that stands in its way.
    pub outcome: Outcome,
    /// Set when a failure is accepted: which of the settings' suppressions accepts it.
    pub suppressed: Option<Arc<Suppression>>,
}

/// How a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not as it should be.
    Fail,
    /// Could not be checked.
    Unknown,
    /// Not as it should be, and accepted.
    Suppressed,
    /// As it should be.
    Pass,
    /// The question does not arise.
    NotApplicable,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Fail, Self::Unknown, Self::Suppressed, Self::Pass, Self::NotApplicable];
}

impl Finding {
    /// How it counts.
    pub fn status(&self) -> Status {
        match (&self.outcome, &self.suppressed) {
            (Ok(Verdict::Fail(_)), Some(_)) => Status::Suppressed,
            (Ok(Verdict::Fail(_)), None) => Status::Fail,
            (Ok(Verdict::Pass), _) => Status::Pass,
            (Ok(Verdict::NotApplicable), _) => Status::NotApplicable,
            (Err(_), _) => Status::Unknown,
        }
    }

    /// A name that stays the same from run to run: 32 hexadecimal digits made of the check and the resource.
    pub fn uid(&self) -> String {
        fingerprint::finding(self.check.id, self.resource.as_str())
    }

    /// The Region, or none for a global resource.
    pub fn region(&self) -> Option<&str> {
        Some(self.resource.region()).filter(|region| !region.is_empty())
    }
}

/// The result of an audit.
#[derive(Clone, Debug)]
pub struct Report {
    /// The account.
    pub account: AccountId,
    /// Its partition.
    pub partition: Partition,
    /// The audited Regions.
    pub regions: Vec<RegionName>,
    /// Who collected the facts; older inventories do not say.
    pub identity: Option<Identity>,
    /// When the facts were collected.
    pub collected_at: Timestamp,
    /// How deep.
    pub depth: Depth,
    /// What was judged, and under which settings.
    pub scope: Scope,
    /// Whether collection was stopped before it was through.
    pub interrupted: bool,
    /// All findings: the worst first, then by check and resource.
    pub findings: Vec<Finding>,
    /// The workloads with open failures that the internet was seen to reach, and the roles that they run as.
    pub exposed: BTreeSet<Arn>,
    /// What could not be read, without repeats.
    pub gaps: Vec<Gap>,
    /// The scores.
    pub scores: Scores,
    /// How much was decided.
    pub coverage: Coverage,
    /// The statements whose removal ends most of the escalation paths that findings tell; the most first.
    pub choke_points: Vec<ChokePoint>,
    /// What the reader should know besides.
    pub notices: Vec<Notice>,
    /// What the collection cost the account.
    pub calls: Calls,
}

impl Report {
    /// Whether something due could not be checked, other than by choice.
    pub fn is_incomplete(&self) -> bool {
        self.interrupted || self.gaps.iter().any(|gap| !gap.reason.is_choice())
    }

    /// Whether something was not judged because the run chose not to read what it takes.
    pub fn left_out(&self) -> bool {
        self.notices.iter().any(|notice| matches!(notice, Notice::LeftOut { .. }))
    }

    /// The findings with this status.
    pub fn with_status(&self, status: Status) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.status() == status)
    }
}

/// What an audit judged, and under which settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The ids of the checks that judged.
    pub checks: BTreeSet<&'static str>,
    /// Patterns of the resources that were judged; empty for all.
    pub resources: Vec<String>,
    /// Whether less was judged than the configuration alone would have let.
    pub selected: bool,
    /// A fingerprint of the settings that verdicts depend on: 32 hexadecimal digits.
    pub settings: String,
}

impl Scope {
    fn of(settings: &Settings) -> Self {
        let Selection { checks, services, least_severity, resources } = &settings.selection;
        Self {
            checks: crate::all().filter(|check| check.is_selected(settings)).map(|check| check.id).collect(),
            resources: resources.clone(),
            selected: !checks.is_empty() || !services.is_empty() || least_severity.is_some() || !resources.is_empty(),
            settings: same_verdicts(settings),
        }
    }
}

/// Alike for settings under which the same facts get the same verdicts and severities.
fn same_verdicts(settings: &Settings) -> String {
    let Settings {
        now: _,
        thresholds,
        trusted_accounts,
        organization,
        required_tags,
        required_boundary,
        public_repositories,
        trusted_registries,
        vulnerabilities,
        severities,
        disabled: _,
        suppressions: _,
        selection: _,
    } = settings;
    let all = format!(
        "{thresholds:?}{trusted_accounts:?}{organization:?}{required_tags:?}{required_boundary:?}{public_repositories:?}\
         {trusted_registries:?}{vulnerabilities:?}{severities:?}"
    );
    fingerprint::text(&all)
}

/// The scores of an account; none where nothing was due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// The account's.
    pub account: Option<Score>,
    /// The account's if no finding were suppressed.
    pub unsuppressed: Option<Score>,
    /// By service.
    pub services: BTreeMap<&'static str, Score>,
    /// By Region; global resources are under `global`.
    pub regions: BTreeMap<String, Score>,
}

/// Something the reader should know that is no finding about a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A suppression that matched no failure.
    SuppressionUnused(Suppression),
    /// A suppression whose end has passed, and which no longer holds.
    SuppressionExpired(Suppression),
    /// A table that has grown old.
    DataStale(Dated),
    /// Guard rails of the organisation that could not be read, so that nothing was taken to be forbidden by them.
    GuardsNotEvaluated(Gap),
    /// What this depth leaves out everywhere, or is not read of a cluster, so that nobody takes its silence for a pass.
    NotLookedAt(Cow<'static, str>),
    /// Resources that were deleted while the account was read, and are judged by nothing.
    Gone(Vec<Arn>),
    /// Resources that a check did not judge because the run chose not to read what it takes.
    LeftOut {
        /// The check's id.
        check: &'static str,
        /// One of the reads that were left out.
        gap: Gap,
        /// How many resources.
        resources: usize,
    },
}

/// Judges an inventory.
pub fn audit(inventory: &Inventory, settings: &Settings) -> Report {
    let Judged { mut findings, left_out, choke_points, exposed } = engine::judge(inventory, settings);
    // No two findings have check and resource in common: the order is whole without the memory that a stable sort takes.
    findings.sort_unstable_by(|left, right| {
        (right.severity, left.check.id, &left.resource).cmp(&(left.severity, right.check.id, &right.resource))
    });
    let mut notices = notices(inventory, settings, &mut findings);
    notices.extend(left_out.into_iter().map(|(check, (gap, resources))| Notice::LeftOut { check, gap, resources }));
    let (scores, coverage) = scores(&findings);
    Report {
        account: inventory.account.clone(),
        partition: inventory.partition.clone(),
        regions: inventory.regions.keys().cloned().collect(),
        identity: inventory.identity.clone(),
        collected_at: inventory.collected_at,
        depth: inventory.depth,
        scope: Scope::of(settings),
        interrupted: inventory.interrupted,
        gaps: gaps(inventory, &findings),
        findings,
        exposed,
        scores,
        coverage,
        choke_points,
        notices,
        calls: inventory.calls.clone(),
    }
}

/// Applies suppressions to the findings, and says which of them were of no use.
fn notices(inventory: &Inventory, settings: &Settings, findings: &mut [Finding]) -> Vec<Notice> {
    let mut notices = Vec::new();
    for suppression in &settings.suppressions {
        if suppression.is_expired(settings.now) {
            notices.push(Notice::SuppressionExpired(suppression.clone()));
            continue;
        }
        let mut used = false;
        let shared = Arc::new(suppression.clone());
        for finding in findings.iter_mut().filter(|finding| matches!(finding.outcome, Ok(Verdict::Fail(_)))) {
            // Whoever accepted it may have known the check by another name.
            let mut names = renamed::names(finding.check.id, renamed::ALL);
            if names.any(|name| suppression.covers(name, &finding.resource, &inventory.account)) {
                used = true;
                finding.suppressed.get_or_insert_with(|| Arc::clone(&shared));
            }
        }
        let judged = match &suppression.what {
            Accepted::Matching { check: id, .. } => {
                crate::all().any(|check| check.id == *id && check.is_selected(settings))
            }
            // It does not say of which check it is: all must have judged.
            Accepted::Finding(_) => !Scope::of(settings).selected,
        };
        let meant = suppression.account.as_ref().is_none_or(|account| *account == inventory.account);
        if !used && judged && meant && settings.selection.resources.is_empty() {
            notices.push(Notice::SuppressionUnused(suppression.clone()));
        }
    }
    notices.extend(tables::old(settings.now).map(Notice::DataStale));
    notices.extend(unread_guards(inventory).map(Notice::GuardsNotEvaluated));
    if !inventory.gone.is_empty() {
        notices.push(Notice::Gone(inventory.gone.clone()));
    }
    if inventory.depth == Depth::Standard {
        let versions = "policies and URLs of function versions and aliases (--depth deep)";
        notices.push(Notice::NotLookedAt(versions.into()));
    }
    if inventory.looked_into().next().is_some() {
        notices.push(Notice::NotLookedAt(
            "files and settings of the kubelets (CIS EKS 3.1 and 3.2): only their nodes tell".into(),
        ));
    }
    notices.extend(unread(inventory).into_iter().map(|what| Notice::NotLookedAt(what.into())));
    notices
}

/// Why classes of ingresses may be missing: an ingress that names none is served by the one that is the default.
fn classes_unread(objects: &Objects) -> Option<&Gap> {
    objects.network.ways_in.ingress_classes.gap().filter(|gap| !gap.reason.is_choice())
}

/// Control policies that could not be read. Only the management account and delegated administrators can: for others
/// that is no fault of the set-up, and the verdicts are on the strict side without them.
fn unread_guards(inventory: &Inventory) -> Option<Gap> {
    match &inventory.organization {
        Fact::Unknown(gap) => Some(gap.clone()),
        Fact::Known(None) => None,
        Fact::Known(Some(organization)) => {
            organization.service_control.known().err().or_else(|| organization.resource_control.known().err())
        }
    }
}

/// All gaps that stand in a finding's way, and those of the lists that many findings lean on.
fn gaps(inventory: &Inventory, findings: &[Finding]) -> Vec<Gap> {
    let of_findings = findings.iter().filter_map(|finding| finding.outcome.as_ref().err());
    let Iam { roles, users, groups, policies, oidc_providers } = &inventory.iam;
    let unread = [roles.gap(), users.gap(), groups.gap(), policies.gap(), oidc_providers.gap()];
    let details = oidc_providers.seen().iter().filter_map(|provider| provider.details.known().err());
    let unread = unread.into_iter().flatten().filter(|gap| !gap.reason.is_choice());
    let lists = unread
        .chain(&inventory.regions_gap)
        .chain(inventory.looked_into().filter_map(|(_, objects)| classes_unread(objects)));
    let all: BTreeSet<_> = of_findings.chain(lists).cloned().chain(details).collect();
    all.into_iter().collect()
}

fn scores(findings: &[Finding]) -> (Scores, Coverage) {
    let (mut account, mut unsuppressed) = (Tally::default(), Tally::default());
    let mut services: BTreeMap<_, Tally> = BTreeMap::new();
    let mut regions: BTreeMap<_, Tally> = BTreeMap::new();
    for finding in findings {
        let result = match finding.status() {
            Status::Fail => score::Decided::Fail,
            Status::Pass => score::Decided::Pass,
            Status::Unknown => score::Decided::Unknown,
            Status::Suppressed => {
                unsuppressed.add(finding.severity, score::Decided::Fail);
                continue;
            }
            Status::NotApplicable => continue,
        };
        let region = finding.region().unwrap_or("global").to_owned();
        let [service, region] =
            [services.entry(finding.check.service()).or_default(), regions.entry(region).or_default()];
        for tally in [&mut account, &mut unsuppressed, service, region] {
            tally.add(finding.severity, result);
        }
    }
    let scores = Scores {
        account: account.score(),
        unsuppressed: unsuppressed.score(),
        services: services.into_iter().filter_map(|(name, tally)| Some((name, tally.score()?))).collect(),
        regions: regions.into_iter().filter_map(|(name, tally)| Some((name, tally.score()?))).collect(),
    };
    (scores, account.coverage())
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_scenes::kubernetes::inside;
    use palisade_scenes::{Scene, cluster};

    #[test]
    fn every_table_that_has_grown_old_is_told() {
        let told = |now: &str| {
            let scene = cluster(|_| {}).settings(|settings| settings.now = now.parse().unwrap());
            let report = audit(&scene.inventory, &scene.settings);
            let is_it = |notice: &Notice| matches!(notice, Notice::DataStale(_));
            report.notices.into_iter().filter(is_it).collect::<Vec<_>>()
        };
        assert_eq!(told("2026-08-02T00:00:00Z"), []);
        let all = tables::all().into_iter().map(Notice::DataStale);
        assert_eq!(told("2036-08-02T00:00:00Z"), all.collect::<Vec<_>>());
    }

    #[test]
    fn what_only_nodes_tell_is_said_once_where_a_cluster_was_looked_into() {
        let told = |scene: &Scene| {
            let report = audit(&scene.inventory, &scene.settings);
            let is_it = |notice: &&Notice| matches!(notice, Notice::NotLookedAt(what) if what.contains("kubelets"));
            report.notices.iter().filter(is_it).count()
        };
        assert_eq!((told(&inside(|_| {})), told(&cluster(|_| {}))), (1, 0));
    }
}
