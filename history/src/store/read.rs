//! What a history tells.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use palisade_checks::renamed::{self, Renamed};
use palisade_model::verdict::Severity;
use palisade_report::document::Score;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::finding::{self, COLUMNS, Kept, State, Uid};
use super::{History, StoreError};
use crate::evidence::EvidenceSet;
use crate::look::Look;
use crate::side::{RunInfo, Side};

/// Which run of an account is meant: `latest`, its number, or the last one up to a day, such as `2026-11-22` (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The newest.
    Latest,
    /// The one with this number.
    Number(i64),
    /// The last one that began on this day (UTC) or before.
    Until(Date),
}

/// Text that names no run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no run: it is `latest`, the number of a run, or a day such as 2026-11-22")]
pub struct NoRunNamed;

impl FromStr for Which {
    type Err = NoRunNamed;

    fn from_str(text: &str) -> Result<Self, NoRunNamed> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let number = text.parse().ok().filter(|number| *number > 0).map(Self::Number);
        number.or_else(|| text.parse().ok().map(Self::Until)).ok_or(NoRunNamed)
    }
}

impl fmt::Display for Which {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => Ok(()),
            Self::Number(number) => write!(formatter, " with the number {number}"),
            Self::Until(day) => write!(formatter, " up to {day}"),
        }
    }
}

/// How an account stood at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The number of the run.
    pub run: i64,
    /// When its collection began.
    pub time: Timestamp,
    /// The score; null where nothing was due.
    pub score: Option<Score>,
    /// Open failures by severity, the worst first.
    pub open: [u64; 5],
    /// What could not be checked.
    pub unknown: u64,
    /// Whether everything that was asked for was answered.
    pub complete: bool,
    /// Whether the run judged less than its configuration would have: it cannot be compared with others.
    pub selected: bool,
}

/// How long it took to fix findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeToFix {
    /// On the average, from the run that saw them first to the one that saw them fixed.
    pub mean: SignedDuration,
    /// How many were fixed; one that was fixed twice counts twice.
    pub fixed: u64,
}

impl History {
    /// The accounts of which it has runs, with their partitions.
    pub fn accounts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let read = || {
            let mut select = self.connection.prepare("SELECT name, partition FROM account ORDER BY name, partition")?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(self.failed())
    }

    /// How the account stood after a run, to be held against a report as the older side. What was open then and was not
    /// looked at by that run stands as it was known; of no use as the newer side, for which nothing would end.
    pub fn run(&self, account: &str, partition: &str, which: Which) -> Result<Side, StoreError> {
        let found = self.side(account, partition, which).map_err(self.failed())?;
        found.ok_or_else(|| self.no_run(account, which.to_string()))
    }

    fn no_run(&self, account: &str, which: String) -> StoreError {
        StoreError::NoRun { path: self.path.clone(), account: account.to_owned(), which }
    }

    fn id(&self, account: &str, partition: &str) -> Result<i64, StoreError> {
        let select = "SELECT id FROM account WHERE name = ?1 AND partition = ?2";
        let found = self.connection.query_row(select, (account, partition), |row| row.get(0)).optional();
        found.map_err(self.failed())?.ok_or_else(|| self.no_run(account, String::new()))
    }

    fn side(&self, name: &str, partition: &str, which: Which) -> rusqlite::Result<Option<Side>> {
        let (number, until) = match which {
            Which::Latest => (None, i64::MAX),
            Which::Number(number) => (Some(number), i64::MAX),
            Which::Until(day) => (None, end_of(day)),
        };
        let select = "SELECT run.id, account.id, info, settings, collected_at FROM run JOIN account ON account.id = \
                      run.account WHERE name = ?1 AND partition = ?2 AND (?3 IS NULL OR run.id = ?3) AND \
                      collected_at <= ?4 ORDER BY collected_at DESC LIMIT 1";
        let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, json(row, 2)?, row.get(3)?, row.get(4)?));
        let found: Option<(i64, i64, RunInfo, _, i64)> =
            self.connection.query_row(select, params![name, partition, number, until], read).optional()?;
        let Some((run, account, info, settings, at)) = found else { return Ok(None) };
        let mut findings = BTreeMap::new();
        for kept in self.as_of(account, run)? {
            if let Some(known) = kept.known() {
                findings.insert(finding::text(kept.uid), known);
            }
        }
        Ok(Some(Side {
            account: name.to_owned(),
            partition: partition.to_owned(),
            run: info,
            settings,
            looks: looks(&self.connection, account, at, renamed::ALL)?,
            findings,
        }))
    }

    /// All findings as they stood after a run.
    fn as_of(&self, account: i64, run: i64) -> rusqlite::Result<Vec<Kept>> {
        let mut stood: BTreeMap<Uid, (State, Option<EvidenceSet>)> = BTreeMap::new();
        let select = "SELECT uid, state, evidence FROM event WHERE account = ?1 AND run <= ?2 ORDER BY uid, run";
        let mut select = self.connection.prepare(select)?;
        let mut rows = select.query((account, run))?;
        while let Some(row) = rows.next()? {
            let state = state(row, 1)?;
            let evidence = row.get_ref(2)?.as_blob_or_null()?.map(EvidenceSet::from_bytes);
            let stands = stood.entry(row.get(0)?).or_insert((state, None));
            stands.0 = state;
            stands.1 = evidence.or(stands.1.take());
        }
        let mut select = self.connection.prepare(&format!("SELECT {COLUMNS} FROM finding WHERE account = ?1"))?;
        let rows = select.query_map([account], Kept::of_row)?;
        let mut all = Vec::new();
        for kept in rows {
            let kept = kept?;
            if let Some((state, evidence)) = stood.remove(&kept.uid) {
                all.push(Kept { state, evidence: evidence.unwrap_or_default(), ..kept });
            }
        }
        Ok(all)
    }

    /// Since when a finding is known; none when it never was open. What was reopened keeps its first time.
    pub fn first_seen(&self, account: &str, partition: &str, uid: &str) -> Result<Option<Timestamp>, StoreError> {
        let Some(uid) = finding::uid(uid) else { return Ok(None) };
        let account = self.id(account, partition)?;
        let select =
            "SELECT first_seen FROM finding WHERE account = ?1 AND uid = ?2 AND state NOT IN ('unknown', 'cleared')";
        let found = self.connection.query_row(select, params![account, uid], |row| timestamp(row, 0)).optional();
        found.map_err(self.failed())
    }

    /// Since when each finding that is open is known, by uid.
    pub fn open_since(&self, account: &str, partition: &str) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let account = self.id(account, partition)?;
        let read = || {
            let select = "SELECT uid, first_seen FROM finding WHERE account = ?1 AND state IN ('open', 'open_unknown', \
                          'suppressed')";
            let mut select = self.connection.prepare(select)?;
            let rows = select.query_map([account], |row| Ok((finding::text(row.get(0)?), timestamp(row, 1)?)))?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(self.failed())
    }

    /// How the account fared, the earliest run first.
    pub fn trend(&self, account: &str, partition: &str) -> Result<Vec<Point>, StoreError> {
        let account = self.id(account, partition)?;
        let read = || {
            let select = "SELECT id, collected_at, info, critical, high, medium, low, informational, unknown FROM run \
                          WHERE account = ?1 ORDER BY collected_at";
            let mut select = self.connection.prepare(select)?;
            let rows = select.query_map([account], |row| {
                let RunInfo { score, complete, selected, .. } = json(row, 2)?;
                Ok(Point {
                    run: row.get(0)?,
                    time: timestamp(row, 1)?,
                    score,
                    open: [count(row, 3)?, count(row, 4)?, count(row, 5)?, count(row, 6)?, count(row, 7)?],
                    unknown: count(row, 8)?,
                    complete,
                    selected: selected == Some(true),
                })
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(self.failed())
    }

    /// How long it took to fix findings, by severity. What went with its resource was not fixed.
    pub fn time_to_fix(&self, account: &str, partition: &str) -> Result<BTreeMap<Severity, TimeToFix>, StoreError> {
        let account = self.id(account, partition)?;
        self.times(account).map_err(self.failed())
    }

    fn times(&self, account: i64) -> rusqlite::Result<BTreeMap<Severity, TimeToFix>> {
        let select = "SELECT event.uid, kind, collected_at, severity FROM event JOIN run ON run.id = event.run JOIN \
                      finding ON finding.account = event.account AND finding.uid = event.uid WHERE event.account = ?1 \
                      AND kind IN ('new', 'newly_seen', 'reopened', 'fixed') ORDER BY event.uid, event.run";
        let mut select = self.connection.prepare(select)?;
        let mut rows = select.query([account])?;
        let mut sums: BTreeMap<Severity, (i128, u64)> = BTreeMap::new();
        let mut opened: Option<(Uid, i64)> = None;
        while let Some(row) = rows.next()? {
            let (uid, at): (Uid, i64) = (row.get(0)?, row.get(2)?);
            if row.get_ref(1)?.as_str()? != "fixed" {
                opened = Some((uid, at));
            } else if let Some((_, since)) = opened.take().filter(|(of, _)| *of == uid) {
                let severity = Severity::from_name(row.get_ref(3)?.as_str()?).unwrap_or(Severity::Informational);
                let (sum, fixed) = sums.entry(severity).or_default();
                *sum += i128::from(at - since);
                *fixed += 1;
            }
        }
        let mean = |(sum, fixed): (i128, u64)| TimeToFix {
            mean: SignedDuration::from_nanos(i64::try_from(sum / i128::from(fixed.max(1))).unwrap_or(i64::MAX)),
            fixed,
        };
        Ok(sums.into_iter().map(|(severity, sums)| (severity, mean(sums))).collect())
    }
}

/// What the account's runs up to a time looked at, the newest first; runs that looked at the same are told once.
pub(super) fn looks(
    connection: &Connection,
    account: i64,
    until: i64,
    renamed: &[Renamed],
) -> rusqlite::Result<Vec<Look>> {
    let select = "SELECT told FROM coverage JOIN run ON run.coverage = coverage.id WHERE account = ?1 AND collected_at <= \
                  ?2 GROUP BY coverage.id ORDER BY max(run.id) DESC";
    let mut select = connection.prepare(select)?;
    let rows = select.query_map((account, until), |row| Ok(json::<Look>(row, 0)?.with_names_of_today(renamed)))?;
    rows.collect()
}

/// The last moment of a day (UTC).
fn end_of(day: Date) -> i64 {
    let next = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
    next.map_or(i64::MAX, |next| nanoseconds(next.timestamp()) - 1)
}

pub(super) fn nanoseconds(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX)
}

pub(super) fn timestamp(row: &Row, column: usize) -> rusqlite::Result<Timestamp> {
    let nanoseconds: i64 = row.get(column)?;
    Timestamp::from_nanosecond(nanoseconds.into()).map_err(|_| strange(column, Type::Integer))
}

pub(super) fn json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|_| strange(column, Type::Text))
}

fn count(row: &Row, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| strange(column, Type::Integer))
}

fn state(row: &Row, column: usize) -> rusqlite::Result<State> {
    State::from_name(row.get_ref(column)?.as_str()?).ok_or_else(|| strange(column, Type::Text))
}

/// Something that this program does not write.
fn strange(column: usize, kind: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, "is nothing that palisade writes".into())
}
