//! What changed, list by list.

use std::collections::BTreeMap;

use palisade_model::verdict::Severity;
use palisade_report::document::{Status, Suppression};
use serde::{Deserialize, Serialize};

use crate::compare::Change;
use crate::look::Cause;
use crate::side::Known;

/// What changed, list by list; each has the worst first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// How many there are of each of the lists below, and of what is in none.
    pub counts: Counts,
    /// Fails, and did not where the older run looked.
    pub new: Vec<Entry>,
    /// Fails, where the older run had not looked.
    pub newly_seen: Vec<Entry>,
    /// Fails for more reasons than before.
    pub worsened: Vec<Entry>,
    /// Fails for fewer reasons than before.
    pub improved: Vec<Entry>,
    /// Fails again, and was fixed or gone; only a history tells.
    pub reopened: Vec<Entry>,
    /// Failed, and does not any more.
    pub fixed: Vec<Entry>,
    /// Failed, and the resource does not exist any more.
    pub gone: Vec<Entry>,
    /// Failed, and is still open because the newer run does not tell.
    pub not_comparable: Vec<Entry>,
    /// Fails and is accepted, and was not.
    pub suppressed: Vec<Entry>,
    /// Fails, and was accepted.
    pub suppression_ended: Vec<Entry>,
    /// Passed, and could not be checked any more.
    pub lost_sight: Vec<Entry>,
}

/// How many changes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are named as the lists of a diff are")]
pub struct Counts {
    pub new: u64,
    pub newly_seen: u64,
    pub worsened: u64,
    pub improved: u64,
    /// Fails as before.
    pub unchanged: u64,
    pub reopened: u64,
    pub fixed: u64,
    pub gone: u64,
    pub not_comparable: u64,
    pub suppressed: u64,
    /// Accepted as before.
    pub still_suppressed: u64,
    pub suppression_ended: u64,
    pub lost_sight: u64,
    /// Could not be checked in the newer run, and was not open in the older one.
    pub unknown: u64,
}

/// One finding that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The finding's name, which stays the same from run to run.
    pub uid: String,
    /// The check's id.
    pub check: String,
    /// Its title.
    pub title: String,
    /// The ARN.
    pub resource: String,
    /// The Region; null for a global resource.
    pub region: Option<String>,
    /// The severity in the newer run, or in the older one where that has no such finding.
    pub severity: Severity,
    /// The status in the older run; null where that has no such finding.
    pub before: Option<Status>,
    /// The status in the newer run; null where that has no such finding.
    pub after: Option<Status>,
    /// The evidence, as far as it was not there before.
    pub evidence: Vec<String>,
    /// The evidence that has gone.
    pub evidence_gone: Vec<String>,
    /// Why one of the runs does not tell.
    pub cause: Option<Cause>,
    /// What accepts the failure, or did.
    pub suppression: Option<Box<Suppression>>,
}

impl Changes {
    /// Counts what became of a finding, and tells no more of it.
    pub(crate) fn count(&mut self, change: Change) {
        self.place(change);
    }

    /// Adds what became of a finding.
    pub(crate) fn add(&mut self, change: Change, entry: impl FnOnce() -> Entry) {
        if let Some((list, cause)) = self.place(change) {
            list.push(Entry { cause, ..entry() });
        }
    }

    /// Counts a change; with the list in which it is told, if it is told one by one.
    fn place(&mut self, change: Change) -> Option<(&mut Vec<Entry>, Option<Cause>)> {
        let Self { counts, .. } = self;
        let (list, count, cause) = match change {
            Change::New => (&mut self.new, &mut counts.new, None),
            Change::NewlySeen(cause) => (&mut self.newly_seen, &mut counts.newly_seen, Some(cause)),
            Change::Worsened => (&mut self.worsened, &mut counts.worsened, None),
            Change::Improved => (&mut self.improved, &mut counts.improved, None),
            Change::Reopened => (&mut self.reopened, &mut counts.reopened, None),
            Change::Fixed => (&mut self.fixed, &mut counts.fixed, None),
            Change::Gone => (&mut self.gone, &mut counts.gone, None),
            Change::NotComparable(cause) => (&mut self.not_comparable, &mut counts.not_comparable, Some(cause)),
            Change::Suppressed => (&mut self.suppressed, &mut counts.suppressed, None),
            Change::SuppressionEnded => (&mut self.suppression_ended, &mut counts.suppression_ended, None),
            Change::LostSight(cause) => (&mut self.lost_sight, &mut counts.lost_sight, Some(cause)),
            Change::Unchanged => {
                counts.unchanged += 1;
                return None;
            }
            Change::StillSuppressed => {
                counts.still_suppressed += 1;
                return None;
            }
            Change::Unknown(_) => {
                counts.unknown += 1;
                return None;
            }
            Change::Cleared | Change::Nothing => return None,
        };
        *count += 1;
        Some((list, cause))
    }

    /// Brings the lists into order.
    pub(crate) fn sort(&mut self) {
        let lists = [
            &mut self.new,
            &mut self.reopened,
            &mut self.suppression_ended,
            &mut self.newly_seen,
            &mut self.worsened,
            &mut self.lost_sight,
            &mut self.fixed,
            &mut self.gone,
            &mut self.improved,
            &mut self.suppressed,
            &mut self.not_comparable,
        ];
        for list in lists {
            list.sort_by(|left, right| left.rank().cmp(&right.rank()));
        }
    }

    /// The lists with their names, what matters first; those that are not comparable are told by cause and not here.
    pub(crate) fn lists(&self) -> [(&Vec<Entry>, &'static str); 10] {
        [
            (&self.new, "new"),
            (&self.reopened, "reopened"),
            (&self.suppression_ended, "no longer suppressed"),
            (&self.newly_seen, "newly seen"),
            (&self.worsened, "worsened"),
            (&self.lost_sight, "lost sight of"),
            (&self.fixed, "fixed"),
            (&self.gone, "gone"),
            (&self.improved, "improved"),
            (&self.suppressed, "suppressed"),
        ]
    }

    /// Whether nothing changed that could be told: all that is open was open, and is known.
    pub fn is_empty(&self) -> bool {
        self.not_comparable.is_empty() && self.lists().iter().all(|(list, _)| list.is_empty())
    }

    /// The failures that are new, the worst first: those for which a pipeline should fail. What was fixed or gone and fails
    /// again is one of them, and so is one whose suppression ended.
    pub fn into_new(self, newly_seen_too: bool) -> Vec<Entry> {
        let Self { mut new, reopened, suppression_ended, newly_seen, .. } = self;
        new.extend(reopened);
        new.extend(suppression_ended);
        if newly_seen_too {
            new.extend(newly_seen);
        }
        new.sort_by(|left, right| left.rank().cmp(&right.rank()));
        new
    }

    /// What could not be compared, by cause.
    pub fn by_cause(&self) -> BTreeMap<String, Vec<&Entry>> {
        let mut causes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in &self.not_comparable {
            causes.entry(entry.cause.as_ref().map(ToString::to_string).unwrap_or_default()).or_default().push(entry);
        }
        causes
    }
}

impl Entry {
    /// One finding, with what two runs know of it.
    pub(crate) fn of(uid: &str, told: &Known, before: Option<&Known>, after: Option<&Known>) -> Self {
        let (evidence, evidence_gone) = match (before, after) {
            (Some(before), Some(after)) => {
                (after.evidence.words_without(&before.evidence), before.evidence.words_without(&after.evidence))
            }
            (None, Some(after)) => (after.evidence.words(), Vec::new()),
            (Some(before), None) => (Vec::new(), before.evidence.words()),
            (None, None) => (Vec::new(), Vec::new()),
        };
        let suppression = |known: &Known| known.suppression.clone();
        Self {
            uid: uid.to_owned(),
            check: told.check.clone(),
            title: told.title.clone(),
            resource: told.resource.clone(),
            region: told.region.clone(),
            severity: told.severity,
            before: before.map(|known| known.status),
            after: after.map(|known| known.status),
            evidence,
            evidence_gone,
            cause: None,
            suppression: after.and_then(suppression).or_else(|| before.and_then(suppression)),
        }
    }

    /// The worst first, then by check and resource.
    fn rank(&self) -> impl Ord + '_ {
        (std::cmp::Reverse(self.severity), &self.check, &self.resource)
    }
}
