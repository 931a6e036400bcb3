//! What every form of a report shows: findings in words, what their checks say, and what stands around them; made once of
//! a report, or of one that was written earlier.

mod compliance;
mod gaps;
mod open;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use palisade_checks::audit::{self, Report};
use palisade_checks::check::Check;
use palisade_checks::frameworks::Framework;
use palisade_model::verdict::Severity;

pub use self::gaps::Cause;
pub(crate) use self::gaps::Loose;
pub use self::open::{Open, Service};
use crate::document::{Control, Document, Finding, Gap, Score, Status};
use crate::{Include, unique};

/// A report as its writers take it.
pub struct View<'a> {
    /// All but the findings.
    pub head: Document<()>,
    /// The frameworks by which it shall be judged as well.
    pub frameworks: Vec<&'static Framework>,
    /// What changed since the run before, where a history tells.
    pub since: Option<Since>,
    /// The runs that a history tells of, the earliest first, this one included.
    pub past: Vec<Past>,
    /// Mean time to fix, in days, and of how many findings, by severity; where a history tells.
    pub time_to_fix: Vec<(Severity, i64, u64)>,
    source: Source<'a>,
    told: BTreeMap<Cow<'a, str>, Told>,
}

/// What changed since the run before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// When that run began to collect.
    pub time: Timestamp,
    /// Its score; none where nothing was due.
    pub score: Option<Score>,
    /// Open failures that it did not have, or not open.
    pub new: u64,
    /// Open failures where that run, and those before it, had not looked.
    pub newly_seen: u64,
    /// Failures that were fixed or gone once.
    pub reopened: u64,
    /// What failed, and does not any more.
    pub fixed: u64,
    /// What failed, and does not exist any more.
    pub gone: u64,
    /// What failed, and was not looked at this time: it is still open.
    pub not_comparable: u64,
}

/// How the account stood after a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// When it began to collect.
    pub time: Timestamp,
    /// Its score; none where nothing was due.
    pub score: Option<Score>,
    /// Open failures by severity, the worst first.
    pub open: [u64; 5],
    /// What could not be checked.
    pub unknown: u64,
}

enum Source<'a> {
    /// Findings are put into words as they are asked for: there may be a hundred thousand.
    Report(Box<Cow<'a, Report>>),
    Document(Vec<Finding<'static>>),
}

/// What a check says of itself, read from its documentation once.
#[derive(Clone, Debug)]
pub struct Told {
    /// The check; none of a report by another version that had a check more.
    pub check: Option<&'static Check>,
    /// Why it matters (Markdown).
    pub why: Arc<str>,
    /// What to do about a failure (Markdown).
    pub fix: Arc<str>,
    /// Addresses to read further.
    pub references: Arc<[String]>,
    /// Controls of other catalogues that it covers.
    pub controls: Arc<[Control]>,
}

impl Told {
    fn of(check: &'static Check) -> Self {
        Self {
            check: Some(check),
            why: check.section("Why").unwrap_or_default().into(),
            fix: check.section("Fix").unwrap_or_default().into(),
            references: check.references().into(),
            controls: check.controls.iter().map(Control::of).collect(),
        }
    }

    /// What a written finding says, with what a check of that id says beside.
    fn of_finding(finding: &Finding) -> Self {
        let check = palisade_checks::all().find(|check| check.id == finding.check);
        Self {
            check,
            why: check.and_then(|check| check.section("Why")).unwrap_or_default().into(),
            fix: finding.remediation.clone(),
            references: finding.references.clone(),
            controls: finding.controls.clone(),
        }
    }

    /// What to do in one paragraph of plain text, without marks of Markdown.
    pub fn first_step(&self) -> String {
        self.fix.split("\n\n").next().unwrap_or_default().replace('\n', " ").replace('`', "")
    }
}

impl<'a> View<'a> {
    /// The view of an audit's result, in which no finding stands twice.
    pub fn of(report: &'a Report) -> Self {
        let report = unique::findings(report);
        let checks: BTreeMap<_, _> = report.findings.iter().map(|one| (one.check.id, one.check)).collect();
        let told = checks.into_iter().map(|(id, check)| (id.into(), Told::of(check))).collect();
        Self {
            head: Document::head(&report),
            frameworks: Vec::new(),
            since: None,
            past: Vec::new(),
            time_to_fix: Vec::new(),
            source: Source::Report(Box::new(report)),
            told,
        }
    }

    /// The view of a report that was written earlier.
    pub fn read(document: Document) -> View<'static> {
        let mut findings = Vec::new();
        let head = document.with_findings(|all| findings = all);
        let mut told = BTreeMap::new();
        for finding in &findings {
            if !told.contains_key(&finding.check) {
                told.insert(finding.check.clone(), Told::of_finding(finding));
            }
        }
        View {
            head,
            frameworks: Vec::new(),
            since: None,
            past: Vec::new(),
            time_to_fix: Vec::new(),
            source: Source::Document(findings),
            told,
        }
    }

    /// The findings to include, the worst first, then by check and resource.
    pub fn findings(&self, include: Include) -> impl Iterator<Item = Cow<'_, Finding<'_>>> {
        self.pick(move |_, _, status| include.shows(status))
    }

    /// The findings with this status, whatever is included.
    pub fn with_status(&self, status: Status) -> impl Iterator<Item = Cow<'_, Finding<'_>>> {
        self.pick(move |_, _, its| its == status)
    }

    /// The findings of one check to include, the worst first, then by resource.
    pub(crate) fn findings_of<'v>(
        &'v self,
        check: &'v str,
        include: Include,
    ) -> impl Iterator<Item = Cow<'v, Finding<'v>>> {
        self.pick(move |id, _, status| id == check && include.shows(status))
    }

    /// Check, severity and status of all findings, without putting them into words.
    pub(crate) fn outlines(&self) -> impl Iterator<Item = (&str, Severity, Status)> {
        let (report, written): (&[audit::Finding], &[Finding]) = match &self.source {
            Source::Report(report) => (&report.findings, &[]),
            Source::Document(findings) => (&[], findings),
        };
        let of_report = report.iter().map(|one| (one.check.id, one.severity, one.status()));
        of_report.chain(written.iter().map(|one| (&*one.check, one.severity, one.status)))
    }

    /// The findings of which check, severity and status are wanted; only these are put into words.
    pub(crate) fn pick<'v>(
        &'v self,
        wanted: impl Fn(&str, Severity, Status) -> bool + Copy + 'v,
    ) -> impl Iterator<Item = Cow<'v, Finding<'v>>> {
        let (report, written): (&[audit::Finding], &[Finding]) = match &self.source {
            Source::Report(report) => (&report.findings, &[]),
            Source::Document(findings) => (&[], findings),
        };
        let picked = report.iter().filter(move |one| wanted(one.check.id, one.severity, one.status()));
        let made = picked.filter_map(|one| self.finding(one).map(Cow::Owned));
        let written = written.iter().filter(move |one| wanted(&one.check, one.severity, one.status));
        made.chain(written.map(Cow::Borrowed))
    }

    fn finding<'v>(&'v self, finding: &'v audit::Finding) -> Option<Finding<'v>> {
        let Source::Report(report) = &self.source else { return None };
        Some(Finding::of(finding, self.told.get(finding.check.id)?, report))
    }

    /// What the check of a finding says of itself.
    pub fn told(&self, check: &str) -> Option<&Told> {
        self.told.get(check)
    }

    /// The gaps that stand in no finding's way, such as a refused list of Regions: no finding tells what they hide.
    pub fn loose_gaps(&self) -> Vec<&Gap> {
        match &self.source {
            Source::Report(report) => {
                let told: BTreeSet<_> = report.findings.iter().filter_map(|one| one.outcome.as_ref().err()).collect();
                let gaps = report.gaps.iter().zip(&self.head.gaps);
                gaps.filter(|(gap, _)| !told.contains(gap)).map(|(_, gap)| gap).collect()
            }
            Source::Document(findings) => {
                let key =
                    |gap: &Gap| (gap.action.clone(), gap.region.clone(), gap.resource.clone(), gap.reason.clone());
                let told: HashSet<_> = findings.iter().filter_map(|one| one.gap.as_deref().map(key)).collect();
                self.head.gaps.iter().filter(|gap| !told.contains(&key(gap))).collect()
            }
        }
    }
}
