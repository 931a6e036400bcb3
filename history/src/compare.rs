//! What becomes of one finding between an older run and a newer one. The table of docs/history.md is this file.

use palisade_report::document::Status;

use crate::evidence::Became;
use crate::look::{Cause, Look, Silence, is_as_deep_as};
use crate::side::Known;

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It fails, and the older run would have seen it fail.
    New,
    /// It fails, and the older run had not looked.
    NewlySeen(Cause),
    /// It fails as before.
    Unchanged,
    /// It fails for more reasons.
    Worsened,
    /// It fails for fewer reasons.
    Improved,
    /// It fails again, and was fixed or gone; only a history knows.
    Reopened,
    /// It was looked at and does not fail any more.
    Fixed,
    /// Its resource is in no list any more, and the lists were whole.
    Gone,
    /// It was open, and the newer run does not tell.
    NotComparable(Cause),
    /// It is accepted now, and was not.
    Suppressed,
    /// It is accepted as before.
    StillSuppressed,
    /// It was accepted and is not any more.
    SuppressionEnded,
    /// It passed, and could not be checked now.
    LostSight(Cause),
    /// It could not be checked now, and was not open before.
    Unknown(Cause),
    /// It could not be checked before, and is not failing.
    Cleared,
    /// Nothing that anybody wants to be told.
    Nothing,
}

/// Holds what two runs know of one finding against each other. `older` has the runs to ask about what is not known there,
/// the newest first: what any of them would have seen is new.
pub(crate) fn compare(before: Option<&Known>, after: Option<&Known>, older: &[Look], newer: Option<&Look>) -> Change {
    match after.map(|known| (known, known.status)) {
        Some((known, Status::Fail)) => fails(before, known, older),
        Some((_, Status::Suppressed)) => match before.map(|known| known.status) {
            Some(Status::Suppressed) => Change::StillSuppressed,
            Some(Status::Fail | Status::Unknown | Status::Pass | Status::NotApplicable) | None => Change::Suppressed,
        },
        Some((known, Status::Unknown)) => {
            let cause = Cause::Unknown { gap: known.gap.clone().unwrap_or_default() };
            match before.map(|known| known.status) {
                Some(Status::Fail | Status::Suppressed) => Change::NotComparable(cause),
                Some(Status::Pass) => Change::LostSight(cause),
                Some(Status::Unknown | Status::NotApplicable) | None => Change::Unknown(cause),
            }
        }
        Some((known, Status::Pass | Status::NotApplicable)) => match before {
            Some(open) if open.is_open() && is_as_deep_as(known.depth, open.depth) => Change::Fixed,
            Some(open) if open.is_open() => Change::NotComparable(Cause::LessDeep),
            Some(known) if known.status == Status::Unknown => Change::Cleared,
            Some(_) | None => Change::Nothing,
        },
        None => before.map_or(Change::Nothing, |known| ends(known, newer)),
    }
}

fn fails(before: Option<&Known>, now: &Known, older: &[Look]) -> Change {
    let Some(known) = before else { return unseen(now, older) };
    match known.status {
        Status::Fail => match now.evidence.since(&known.evidence) {
            Became::Same => Change::Unchanged,
            Became::More => Change::Worsened,
            Became::Less => Change::Improved,
        },
        Status::Suppressed => Change::SuppressionEnded,
        Status::Unknown => Change::NewlySeen(Cause::Unknown { gap: known.gap.clone().unwrap_or_default() }),
        Status::Pass | Status::NotApplicable if is_as_deep_as(known.depth, now.depth) => Change::New,
        Status::Pass | Status::NotApplicable => Change::NewlySeen(Cause::LessDeep),
    }
}

/// A failure of which the older runs say nothing.
fn unseen(now: &Known, older: &[Look]) -> Change {
    let mut first = None;
    for look in older {
        match look.silence(&now.check, &now.resource, now.depth) {
            Silence::Passes | Silence::NoSuch | Silence::NotFailing => return Change::New,
            Silence::Says(cause) => first = first.or(Some(cause)),
        }
    }
    Change::NewlySeen(first.unwrap_or(Cause::NotTold))
}

/// Something of which the newer run says nothing.
fn ends(known: &Known, newer: Option<&Look>) -> Change {
    let silence = newer.map_or(Silence::NotFailing, |look| look.silence(&known.check, &known.resource, known.depth));
    match (known.status, silence) {
        (Status::Fail | Status::Suppressed, Silence::Passes) => Change::Fixed,
        (Status::Fail | Status::Suppressed, Silence::NoSuch) => Change::Gone,
        (Status::Fail | Status::Suppressed, Silence::NotFailing) => Change::NotComparable(Cause::NotTold),
        (Status::Fail | Status::Suppressed, Silence::Says(cause)) => Change::NotComparable(cause),
        (Status::Unknown, Silence::Passes | Silence::NoSuch) => Change::Cleared,
        (Status::Unknown, Silence::NotFailing | Silence::Says(_)) | (Status::Pass | Status::NotApplicable, _) => {
            Change::Nothing
        }
    }
}
