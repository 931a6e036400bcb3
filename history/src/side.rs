//! One of two runs that are compared: a report, or what a history knows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use palisade_checks::renamed::{self, Renamed, current};
use palisade_model::verdict::Severity;
use palisade_model::{Depth, fingerprint};
use palisade_report::Include;
use palisade_report::document::{Document, Finding, Score, Status, Suppression};
use palisade_report::view::View;
use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceSet;
use crate::look::Look;

/// What is included when every finding counts.
pub(crate) const ALL: Include = Include { passes: true, not_applicable: true };

/// One of two runs that are compared.
#[derive(Clone, Debug)]
pub struct Side {
    pub(crate) account: String,
    pub(crate) partition: String,
    pub(crate) run: RunInfo,
    /// The fingerprint of the settings; none of reports that are too old.
    pub(crate) settings: Option<String>,
    /// What was looked at, the newest run first; of a report there is one.
    pub(crate) looks: Vec<Look>,
    /// By uid.
    pub(crate) findings: BTreeMap<String, Known>,
}

/// What a comparison tells of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// When collection began.
    pub collected_at: Timestamp,
    /// The version of palisade.
    pub version: String,
    /// The score; none where nothing was due.
    pub score: Option<Score>,
    /// Whether everything that was asked for was answered.
    pub complete: bool,
    /// Whether the run judged less than its configuration would have; none of reports that are too old to say.
    pub selected: Option<bool>,
}

impl RunInfo {
    pub(crate) fn of<F>(report: &Document<F>) -> Self {
        Self {
            collected_at: report.collected_at,
            version: report.tool.version.to_string(),
            score: report.score.clone(),
            complete: report.complete,
            selected: report.scope.as_ref().map(|scope| scope.selected),
        }
    }
}

/// What a run knows of one check and resource.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) check: String,
    pub(crate) title: String,
    pub(crate) resource: String,
    pub(crate) region: Option<String>,
    pub(crate) severity: Severity,
    pub(crate) status: Status,
    pub(crate) evidence: EvidenceSet,
    /// What stood in the way, when it could not be checked.
    pub(crate) gap: Option<String>,
    pub(crate) suppression: Option<Box<Suppression>>,
    /// How deep the run read that says so.
    pub(crate) depth: Depth,
}

impl Known {
    pub(crate) fn of(finding: &Finding, depth: Depth, renamed: &[Renamed]) -> Self {
        Self {
            check: current(&finding.check, renamed).to_owned(),
            title: finding.title.to_string(),
            resource: finding.resource.to_string(),
            region: finding.region.as_deref().map(str::to_owned),
            severity: finding.severity,
            status: finding.status,
            evidence: EvidenceSet::of(&finding.evidence),
            gap: finding.gap.as_ref().map(ToString::to_string),
            suppression: finding.suppression.clone(),
            depth,
        }
    }

    /// Whether it is not as it should be, accepted or not.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, Status::Fail | Status::Suppressed)
    }
}

/// The uid that a finding has today.
pub(crate) fn uid<'a>(finding: &'a Finding, renamed: &[Renamed]) -> Cow<'a, str> {
    let today = current(&finding.check, renamed);
    if today == finding.check {
        return Cow::Borrowed(&finding.uid);
    }
    fingerprint::finding(today, &finding.resource).into()
}

/// Whether a finding stands for all that a list does not show.
pub(crate) fn stands_for_the_rest(finding: &Finding) -> bool {
    finding.status == Status::Unknown && finding.resource.ends_with('*')
}

impl Side {
    /// A report that was read.
    pub fn of_document(report: &Document) -> Self {
        Self::with_renames(report, renamed::ALL)
    }

    /// A report that was just made, with all that it judged.
    pub fn of_view(view: &View) -> Self {
        Self::of(&view.head, view.findings(ALL), renamed::ALL)
    }

    /// A report that was read, where other checks were renamed.
    pub(crate) fn with_renames(report: &Document, renamed: &[Renamed]) -> Self {
        Self::of(report, report.findings.iter().map(Cow::Borrowed), renamed)
    }

    fn of<'a, F>(report: &Document<F>, all: impl Iterator<Item = Cow<'a, Finding<'a>>>, renamed: &[Renamed]) -> Self {
        let mut look = Look::of(report, renamed);
        let mut findings = BTreeMap::new();
        for finding in all {
            if stands_for_the_rest(&finding) {
                let check = current(&finding.check, renamed).to_owned();
                look.short.entry(check).or_default().push(finding.resource.to_string());
            } else {
                let known = Known::of(&finding, report.depth, renamed);
                findings.insert(uid(&finding, renamed).into_owned(), known);
            }
        }
        Self {
            account: report.account.clone(),
            partition: report.partition.clone(),
            run: RunInfo::of(report),
            settings: report.scope.as_ref().map(|scope| scope.settings.clone()),
            looks: vec![look],
            findings,
        }
    }
}

#[cfg(test)]
impl Side {
    /// The uids of what is open, accepted or not.
    pub(crate) fn open(&self) -> Vec<String> {
        self.findings.iter().filter(|(_, known)| known.is_open()).map(|(uid, _)| uid.clone()).collect()
    }
}
