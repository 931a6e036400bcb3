//! One finding for each check and resource, whatever a list of AWS's held twice.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use palisade_checks::audit::{Finding, Report, Status};
use palisade_model::Arn;
use palisade_model::verdict::{Evidence, Verdict};

/// The report with no two findings of one uid, and no gap twice: the worse of two conclusions holds.
pub(super) fn findings(report: &Report) -> Cow<'_, Report> {
    // The engine sorts, so that a report in order costs no memory.
    let findings_differ = report.findings.windows(2).all(|pair| order(&pair[0]) < order(&pair[1]));
    let gaps_differ = report.gaps.windows(2).all(|pair| pair[0] < pair[1]);
    if findings_differ && gaps_differ {
        return Cow::Borrowed(report);
    }
    let mut unique: BTreeMap<(&str, &Arn), Finding> = BTreeMap::new();
    for finding in &report.findings {
        match unique.entry((finding.check.id, &finding.resource)) {
            Entry::Vacant(place) => {
                place.insert(finding.clone());
            }
            Entry::Occupied(mut known) => merge(known.get_mut(), finding),
        }
    }
    let mut findings: Vec<_> = unique.into_values().collect();
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    let mut gaps = report.gaps.clone();
    gaps.sort();
    gaps.dedup();
    Cow::Owned(Report { findings, gaps, ..report.clone() })
}

/// The order of a report: the worst first, then by check and resource.
fn order(finding: &Finding) -> impl Ord + '_ {
    (std::cmp::Reverse(finding.severity), finding.check.id, &finding.resource)
}

/// Makes one finding of two about the same thing.
fn merge(known: &mut Finding, other: &Finding) {
    if rank(other.status()) < rank(known.status()) {
        *known = other.clone();
    } else if rank(other.status()) == rank(known.status())
        && let (Ok(Verdict::Fail(evidence)), Ok(Verdict::Fail(more))) = (&mut known.outcome, &other.outcome)
    {
        let new: Vec<Evidence> = more.iter().filter(|one| !evidence.contains(one)).cloned().collect();
        evidence.extend(new);
    }
}

/// Which of two conclusions holds: the lower.
fn rank(status: Status) -> u8 {
    match status {
        Status::Fail => 0,
        Status::Unknown => 1,
        Status::Suppressed => 2,
        Status::Pass => 3,
        Status::NotApplicable => 4,
    }
}
