//! A finding as a history keeps it.

use palisade_model::verdict::Severity;
use palisade_model::{Arn, Depth};
use palisade_report::document::{Status, Suppression};
use rusqlite::Row;
use rusqlite::types::Type;

use crate::evidence::EvidenceSet;
use crate::side::Known;

/// A finding's name in 16 bytes.
pub(super) type Uid = [u8; 16];

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It fails.
    Open,
    /// It failed, and the newest run that asked could not tell.
    OpenUnknown,
    /// It fails and is accepted.
    Suppressed,
    /// It could not be checked, and was never open.
    Unknown,
    /// It does not fail any more.
    Fixed,
    /// Its resource does not exist any more.
    Gone,
    /// It could not be checked once, and turned out not to fail.
    Cleared,
}

impl State {
    const ALL: [Self; 7] =
        [Self::Open, Self::OpenUnknown, Self::Suppressed, Self::Unknown, Self::Fixed, Self::Gone, Self::Cleared];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OpenUnknown => "open_unknown",
            Self::Suppressed => "suppressed",
            Self::Unknown => "unknown",
            Self::Fixed => "fixed",
            Self::Gone => "gone",
            Self::Cleared => "cleared",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The status that a run would have told; none where it would have told nothing.
    pub(super) fn status(self) -> Option<Status> {
        match self {
            Self::Open | Self::OpenUnknown => Some(Status::Fail),
            Self::Suppressed => Some(Status::Suppressed),
            Self::Unknown => Some(Status::Unknown),
            Self::Fixed | Self::Gone | Self::Cleared => None,
        }
    }

    /// Whether it was open and ended.
    pub(super) fn has_ended(self) -> bool {
        matches!(self, Self::Fixed | Self::Gone)
    }
}

/// A finding as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) uid: Uid,
    pub(super) check: String,
    pub(super) resource: String,
    pub(super) severity: Severity,
    pub(super) state: State,
    pub(super) depth: Depth,
    pub(super) evidence: EvidenceSet,
    pub(super) suppression: Option<Box<Suppression>>,
    pub(super) first_seen: i64,
    pub(super) last_seen: i64,
    pub(super) last_run: i64,
    pub(super) fixed_at: Option<i64>,
    pub(super) reopened: i64,
}

/// The columns, in the order in which [`Kept::of_row`] reads them.
pub(super) const COLUMNS: &str = "uid, check_id, resource, severity, state, deep, evidence, suppression, first_seen, \
                                  last_seen, last_run, fixed_at, reopened";

impl Kept {
    pub(super) fn of_row(row: &Row) -> rusqlite::Result<Self> {
        let strange =
            |column, kind| rusqlite::Error::FromSqlConversionFailure(column, kind, "is no word of ours".into());
        let suppression: Option<String> = row.get(7)?;
        Ok(Self {
            uid: row.get(0)?,
            check: row.get(1)?,
            resource: row.get(2)?,
            severity: Severity::from_name(row.get_ref(3)?.as_str()?).ok_or_else(|| strange(3, Type::Text))?,
            state: State::from_name(row.get_ref(4)?.as_str()?).ok_or_else(|| strange(4, Type::Text))?,
            depth: if row.get(5)? { Depth::Deep } else { Depth::Standard },
            evidence: EvidenceSet::from_bytes(row.get_ref(6)?.as_blob()?),
            suppression: suppression
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|_| strange(7, Type::Text))?,
            first_seen: row.get(8)?,
            last_seen: row.get(9)?,
            last_run: row.get(10)?,
            fixed_at: row.get(11)?,
            reopened: row.get(12)?,
        })
    }

    /// The finding as a comparison takes it; none where nothing would have been told of it.
    pub(super) fn known(&self) -> Option<Known> {
        Some(Known {
            check: self.check.clone(),
            title: title(&self.check),
            region: Some(Arn::from(self.resource.as_str()).region().to_owned()).filter(|region| !region.is_empty()),
            resource: self.resource.clone(),
            severity: self.severity,
            status: self.state.status()?,
            evidence: self.evidence.clone(),
            gap: None,
            suppression: self.suppression.clone(),
            depth: self.depth,
        })
    }

    pub(super) fn is_deep(&self) -> bool {
        match self.depth {
            Depth::Standard => false,
            Depth::Deep => true,
        }
    }
}

/// The title of a check; its id where this version does not have it.
fn title(check: &str) -> String {
    palisade_checks::all().find(|one| one.id == check).map_or_else(|| check.to_owned(), |one| one.title().to_owned())
}

/// A finding's name in bytes; none where the text is no such name.
pub(super) fn uid(text: &str) -> Option<Uid> {
    let mut bytes = Uid::default();
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The same in text.
pub(super) fn text(uid: Uid) -> String {
    format!("{:032x}", u128::from_be_bytes(uid))
}
