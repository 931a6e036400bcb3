//! A run that is added to a history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use palisade_checks::renamed::{self, Renamed};
use palisade_model::fingerprint;
use palisade_report::document::{BySeverity, Status};
use palisade_report::view::View;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::finding::{self, COLUMNS, Kept, State, Uid};
use super::read::{looks, nanoseconds, timestamp};
use super::{History, StoreError};
use crate::compare::{Change, compare};
use crate::diff::{Changes, Entry, RunInfo};
use crate::look::Look;
use crate::side::{ALL, Known, stands_for_the_rest, uid};

/// What a run that was added changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The number of the run, by which a diff can name it.
    pub run: i64,
    /// The account's run before it; null for its first, of which the lists are empty and only the counts tell.
    pub previous: Option<RunInfo>,
    /// What changed against all that was known.
    #[serde(flatten)]
    pub changes: Changes,
}

impl History {
    /// Adds a run: all of it, or nothing.
    pub fn record(&mut self, view: &View) -> Result<Recorded, StoreError> {
        self.record_with(view, renamed::ALL)
    }

    /// Adds a run, where other checks were renamed.
    pub(super) fn record_with(&mut self, view: &View, renamed: &[Renamed]) -> Result<Recorded, StoreError> {
        let (path, failed) = (self.path.clone(), self.failed());
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
        let account = account(&transaction, &view.head.account, &view.head.partition).map_err(&failed)?;
        let this = view.head.collected_at;
        let latest = latest(&transaction, account).map_err(&failed)?;
        let previous = match latest {
            None => None,
            Some((at, _)) if at == this => return Err(StoreError::Recorded { path, this }),
            Some((latest, _)) if latest > this => return Err(StoreError::OutOfOrder { path, latest, this }),
            Some((_, info)) => Some(info),
        };
        rename(&transaction, account, renamed).map_err(&failed)?;
        let look = look(view, renamed);
        let older = looks(&transaction, account, i64::MAX, renamed).map_err(&failed)?;
        let run = add_run(&transaction, account, view, &look).map_err(&failed)?;
        let mut writer = Writer {
            run,
            at: nanoseconds(this),
            is_first: previous.is_none(),
            known: kept(&transaction, account).map_err(&failed)?,
            older,
            look,
            changes: Changes::default(),
            rows: Vec::new(),
            events: Vec::new(),
        };
        writer.take(view, renamed)?;
        writer.end();
        writer.write(&transaction, account).map_err(&failed)?;
        transaction.commit().map_err(&failed)?;
        writer.changes.sort();
        Ok(Recorded { run, previous, changes: writer.changes })
    }
}

fn account(connection: &Connection, name: &str, partition: &str) -> rusqlite::Result<i64> {
    connection
        .execute("INSERT INTO account (name, partition) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (name, partition))?;
    connection
        .query_row("SELECT id FROM account WHERE name = ?1 AND partition = ?2", (name, partition), |row| row.get(0))
}

fn latest(connection: &Connection, account: i64) -> rusqlite::Result<Option<(Timestamp, RunInfo)>> {
    let select = "SELECT collected_at, info FROM run WHERE account = ?1 ORDER BY collected_at DESC LIMIT 1";
    let read = |row: &rusqlite::Row| Ok((timestamp(row, 0)?, super::read::json(row, 1)?));
    connection.query_row(select, [account], read).optional()
}

/// Lets what is known of checks that were renamed follow them.
fn rename(transaction: &Transaction, account: i64, renamed: &[Renamed]) -> rusqlite::Result<()> {
    for (old, new) in renamed {
        let select = "SELECT uid, resource FROM finding WHERE account = ?1 AND check_id = ?2";
        let mut select = transaction.prepare(select)?;
        let found = select.query_map((account, old), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found = found.collect::<rusqlite::Result<Vec<(Uid, String)>>>()?;
        for (uid, resource) in found {
            let Some(today) = finding::uid(&fingerprint::finding(new, &resource)) else { continue };
            // Where both are known, a run with the new id came first: what is older stays under the old one.
            let update = "UPDATE OR IGNORE finding SET uid = ?3, check_id = ?4 WHERE account = ?1 AND uid = ?2";
            transaction.execute(update, params![account, uid, today, new])?;
            let update = "UPDATE OR IGNORE event SET uid = ?3 WHERE account = ?1 AND uid = ?2";
            transaction.execute(update, params![account, uid, today])?;
        }
    }
    Ok(())
}

/// What the run looked at.
fn look(view: &View, renamed: &[Renamed]) -> Look {
    let mut look = Look::of(&view.head, renamed);
    for finding in view.with_status(Status::Unknown).filter(|finding| stands_for_the_rest(finding)) {
        let check = renamed::current(&finding.check, renamed).to_owned();
        look.short.entry(check).or_default().push(finding.resource.to_string());
    }
    look
}

fn add_run(transaction: &Transaction, account: i64, view: &View, look: &Look) -> rusqlite::Result<i64> {
    let to_text = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    let told = serde_json::to_string(look).map_err(to_text)?;
    let mark = fingerprint::text(&told);
    transaction.execute("INSERT INTO coverage (mark, told) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (&mark, &told))?;
    let head = &view.head;
    let info = serde_json::to_string(&RunInfo::of(head)).map_err(to_text)?;
    let BySeverity { critical, high, medium, low, informational } = &head.summary.severity;
    let [critical, high, medium, low, informational] =
        [critical, high, medium, low, informational].map(|counts| number(counts.fail));
    let insert = "INSERT INTO run (account, collected_at, coverage, info, settings, critical, high, medium, low, \
                  informational, unknown, suppressed) SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 \
                  FROM coverage WHERE mark = ?3";
    transaction.execute(
        insert,
        params![
            account,
            nanoseconds(head.collected_at),
            mark,
            info,
            head.scope.as_ref().map(|scope| &scope.settings),
            critical,
            high,
            medium,
            low,
            informational,
            number(head.summary.status.unknown),
            number(head.summary.status.suppressed),
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn kept(connection: &Connection, account: i64) -> rusqlite::Result<BTreeMap<Uid, Kept>> {
    let mut select = connection.prepare(&format!("SELECT {COLUMNS} FROM finding WHERE account = ?1 ORDER BY uid"))?;
    let rows = select.query_map([account], |row| Kept::of_row(row).map(|kept| (kept.uid, kept)))?;
    rows.collect()
}

/// What became of a finding.
struct Event {
    uid: Uid,
    kind: &'static str,
    state: State,
    /// Where it changed.
    evidence: Option<Vec<u8>>,
}

/// Holds a run against what is known, and remembers what is to be written.
struct Writer {
    run: i64,
    at: i64,
    is_first: bool,
    known: BTreeMap<Uid, Kept>,
    older: Vec<Look>,
    look: Look,
    changes: Changes,
    rows: Vec<Kept>,
    events: Vec<Event>,
}

impl Writer {
    /// Takes all findings of the run. Passes are of interest only where something was known before.
    fn take(&mut self, view: &View, renamed: &[Renamed]) -> Result<(), StoreError> {
        for finding in view.findings(ALL).filter(|finding| !stands_for_the_rest(finding)) {
            let name = uid(&finding, renamed);
            let name = finding::uid(&name).ok_or_else(|| StoreError::NoUid { check: finding.check.to_string() })?;
            let kept = self.known.remove(&name);
            let matters = match finding.status {
                Status::Fail | Status::Suppressed | Status::Unknown => true,
                Status::Pass | Status::NotApplicable => kept.is_some(),
            };
            if matters {
                self.one(name, kept, Some(&Known::of(&finding, view.head.depth, renamed)));
            }
        }
        Ok(())
    }

    /// Concludes of what the run says nothing.
    fn end(&mut self) {
        for (name, kept) in std::mem::take(&mut self.known) {
            self.one(name, Some(kept), None);
        }
    }

    fn one(&mut self, name: Uid, kept: Option<Kept>, after: Option<&Known>) {
        let before = kept.as_ref().and_then(Kept::known);
        let mut change = compare(before.as_ref(), after, &self.older, Some(&self.look));
        let is_open = after.is_some_and(|known| known.status == Status::Fail);
        if is_open && kept.as_ref().is_some_and(|kept| kept.state.has_ended()) {
            change = Change::Reopened;
        }
        self.keep(name, kept, after, &change);
        if self.is_first {
            self.changes.count(change);
        } else if let Some(told) = after.or(before.as_ref()) {
            self.changes.add(change, || Entry::of(&finding::text(name), told, before.as_ref(), after));
        }
    }

    /// Remembers how the finding stands from now on, if that is something new.
    fn keep(&mut self, uid: Uid, kept: Option<Kept>, after: Option<&Known>, change: &Change) {
        let was = kept.as_ref().map(|kept| kept.state);
        let Some((kind, state)) = becomes(change, was) else { return };
        let Some(mut row) = kept.or_else(|| after.map(|known| self.first(uid, known, state))) else { return };
        let changed = after.filter(|known| known.is_open() && !known.evidence.same_marks(&row.evidence));
        let evidence = changed.map(|known| known.evidence.to_bytes());
        let evidence =
            evidence.or_else(|| (was.is_none() && !row.evidence.is_empty()).then(|| row.evidence.to_bytes()));
        if was != Some(state) || evidence.is_some() || *change == Change::Reopened {
            self.events.push(Event { uid, kind, state, evidence });
        }
        row.state = state;
        row.last_run = self.run;
        if let Some(known) = after {
            row.severity = known.severity;
            if known.is_open() {
                row.last_seen = self.at;
                row.evidence = known.evidence.clone();
                row.depth = known.depth;
                row.suppression.clone_from(&known.suppression);
                row.fixed_at = None;
            }
        }
        match change {
            // What was never open is first seen now.
            Change::New | Change::NewlySeen(_) => row.first_seen = self.at,
            Change::Reopened => row.reopened += 1,
            Change::Fixed | Change::Gone => row.fixed_at = Some(self.at),
            Change::Suppressed if matches!(was, Some(State::Unknown | State::Cleared)) => row.first_seen = self.at,
            Change::Unchanged
            | Change::Worsened
            | Change::Improved
            | Change::NotComparable(_)
            | Change::Suppressed
            | Change::StillSuppressed
            | Change::SuppressionEnded
            | Change::LostSight(_)
            | Change::Unknown(_)
            | Change::Cleared
            | Change::Nothing => {}
        }
        self.rows.push(row);
    }

    fn first(&self, uid: Uid, known: &Known, state: State) -> Kept {
        Kept {
            uid,
            check: known.check.clone(),
            resource: known.resource.clone(),
            severity: known.severity,
            state,
            depth: known.depth,
            evidence: known.evidence.clone(),
            suppression: known.suppression.clone(),
            first_seen: self.at,
            last_seen: self.at,
            last_run: self.run,
            fixed_at: None,
            reopened: 0,
        }
    }

    fn write(&mut self, transaction: &Transaction, account: i64) -> rusqlite::Result<()> {
        // In the order of the tables, which makes them grow at one end.
        self.rows.sort_unstable_by_key(|row| row.uid);
        self.events.sort_unstable_by_key(|event| event.uid);
        let to_text = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
        let mut insert = transaction.prepare(
            "INSERT OR REPLACE INTO finding (account, uid, check_id, resource, severity, state, deep, evidence, \
             suppression, first_seen, last_seen, last_run, fixed_at, reopened) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        for row in &self.rows {
            insert.execute(params![
                account,
                row.uid,
                row.check,
                row.resource,
                row.severity.name(),
                row.state.name(),
                row.is_deep(),
                row.evidence.to_bytes(),
                row.suppression.as_deref().map(serde_json::to_string).transpose().map_err(to_text)?,
                row.first_seen,
                row.last_seen,
                row.last_run,
                row.fixed_at,
                row.reopened,
            ])?;
        }
        let mut insert = transaction
            .prepare("INSERT INTO event (account, uid, run, kind, state, evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for Event { uid, kind, state, evidence } in &self.events {
            insert.execute(params![account, uid, self.run, kind, state.name(), evidence])?;
        }
        Ok(())
    }
}

/// The word for what became of a finding, and how it stands now; none where nothing is to be kept.
fn becomes(change: &Change, was: Option<State>) -> Option<(&'static str, State)> {
    match change {
        Change::New => Some(("new", State::Open)),
        Change::NewlySeen(_) => Some(("newly_seen", State::Open)),
        Change::Unchanged => Some(("seen_again", State::Open)),
        Change::Worsened => Some(("worsened", State::Open)),
        Change::Improved => Some(("improved", State::Open)),
        Change::Reopened => Some(("reopened", State::Open)),
        Change::Fixed => Some(("fixed", State::Fixed)),
        Change::Gone => Some(("gone", State::Gone)),
        // What the run did not look at stays as it is.
        Change::NotComparable(crate::Cause::Unknown { .. }) if was == Some(State::Suppressed) => {
            Some(("not_comparable", State::Suppressed))
        }
        Change::NotComparable(crate::Cause::Unknown { .. }) => Some(("not_comparable", State::OpenUnknown)),
        Change::Suppressed | Change::StillSuppressed => Some(("suppressed", State::Suppressed)),
        Change::SuppressionEnded => Some(("suppression_ended", State::Open)),
        // What has ended and cannot be checked now has still ended, as far as anybody knows.
        Change::Unknown(_) if was.is_some_and(State::has_ended) => None,
        Change::Unknown(_) | Change::LostSight(_) => Some(("unknown", State::Unknown)),
        Change::Cleared => Some(("cleared", State::Cleared)),
        Change::NotComparable(_) | Change::Nothing => None,
    }
}
