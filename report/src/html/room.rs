//! How much room the parts of the page have, so that no report makes a file that a browser does not open.

use super::markup::{cut, size};
use super::words::shortened;
use crate::document::{Finding, Status, short};
use crate::view::Told;

/// How many pieces of evidence of a finding are shown.
pub(super) const EVIDENCE: usize = 20;
/// How many characters of evidence are shown on the page of a resource, where the finding itself is not shown.
pub(super) const MENTIONED: usize = 200;

/// Room that is left.
pub(super) struct Room {
    rows: usize,
    bytes: usize,
}

/// Findings by their place, and how many of their kind are not shown.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) shown: Vec<usize>,
    pub(super) left_out: usize,
}

impl Room {
    pub(super) fn new(rows: usize, bytes: usize) -> Self {
        Self { rows, bytes }
    }

    /// Takes a row of so many bytes, if it fits.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let fits = self.rows > 0 && self.take_bytes(bytes);
        self.rows -= usize::from(fits);
        fits
    }

    /// Takes so many bytes, if they fit.
    pub(super) fn take_bytes(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or(self.bytes);
        left.is_some()
    }
}

impl Rows {
    /// Shows more of the findings at these places, the first first, until there are so many or the room is full.
    pub(super) fn fill(
        &mut self,
        places: &[usize],
        room: &mut Room,
        most: usize,
        mut cost: impl FnMut(usize) -> usize,
    ) {
        for place in places.iter().skip(self.shown.len()).take(most.saturating_sub(self.shown.len())) {
            if !room.take(cost(*place)) {
                break;
            }
            self.shown.push(*place);
        }
        self.left_out = places.len() - self.shown.len();
    }
}

/// What a finding takes beside its evidence.
pub(super) fn row(finding: &Finding) -> usize {
    260 + 2 * size(&short(&finding.resource)) + finding.region.as_deref().map_or(0, size)
}

/// What its evidence takes.
pub(super) fn evidence(finding: &Finding) -> usize {
    finding.evidence.iter().take(EVIDENCE).map(|one| 30 + size(&shortened(&one.0))).sum()
}

/// What its line on the page of its resource takes.
pub(super) fn mention(finding: &Finding) -> usize {
    match finding.status {
        Status::Fail | Status::Unknown | Status::Suppressed => {
            let said = finding.evidence.first().map_or(0, |one| 60 + size(&cut(&one.0, MENTIONED)));
            200 + size(&finding.title) + size(&finding.check) + said
        }
        Status::Pass | Status::NotApplicable => 20 + size(&finding.check),
    }
}

/// What a check's explanation takes.
pub(super) fn prose(told: &Told) -> usize {
    let references: usize = told.references.iter().map(|address| 60 + 2 * size(address)).sum();
    let controls: usize = told.controls.iter().map(|control| 30 + size(&control.framework) + size(&control.id)).sum();
    400 + size(&told.why) * 5 / 4 + size(&told.fix) * 5 / 4 + references + controls
}
