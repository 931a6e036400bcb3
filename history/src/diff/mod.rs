//! Two runs of one account, held against each other.

mod changes;
mod markdown;
mod text;

use std::collections::BTreeSet;
use std::io::{self, Write};

use palisade_report::document::Document;
use palisade_report::safe::to_json_pretty;
use serde::{Deserialize, Serialize};

use crate::compare::compare;
use crate::side::Side;

pub use self::changes::{Changes, Counts, Entry};
pub(crate) use self::text::score;
pub use crate::side::RunInfo;

/// The version of the form of a diff. A new field, or a new word in one, raises the second number; a changed or removed one
/// raises the first.
pub const SCHEMA_VERSION: &str = "1.0.0";

/// Why two runs cannot be held against each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// They are of two accounts.
    #[error(
        "it is of account {older} in partition {older_partition}, the newer report of {newer} in {newer_partition}"
    )]
    OtherAccount {
        /// The account of the older run.
        older: String,
        /// Its partition.
        older_partition: String,
        /// The account of the newer run.
        newer: String,
        /// Its partition.
        newer_partition: String,
    },
}

/// What changed between two runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// The version of this form.
    pub schema_version: String,
    /// The account's twelve-digit id.
    pub account: String,
    /// Its partition.
    pub partition: String,
    /// The older run.
    pub from: RunInfo,
    /// The newer run.
    pub to: RunInfo,
    /// What makes the two less alike than one would think.
    pub remarks: Vec<Remark>,
    /// What changed.
    #[serde(flatten)]
    pub changes: Changes,
}

/// Something that makes two runs less alike than one would think.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// What kind.
    pub kind: RemarkKind,
    /// In words.
    pub message: String,
}

/// Kinds of remarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// The settings that verdicts depend on are not the same.
    ConfigurationDiffers,
    /// Another version of palisade may judge or word things otherwise.
    VersionDiffers,
    /// The first run is the newer one.
    OrderReversed,
    /// One of the runs could not read all that it was asked for.
    Incomplete,
    /// One of the runs judged less than its configuration would have.
    Selected,
    /// One of the reports is too old to say what it judged.
    NotTold,
}

impl Diff {
    /// What changed from one report to another of the same account.
    pub fn of(older: &Document, newer: &Document) -> Result<Self, DiffError> {
        Self::between(&Side::of_document(older), &Side::of_document(newer))
    }

    /// What changed from one run to another of the same account.
    pub fn between(older: &Side, newer: &Side) -> Result<Self, DiffError> {
        if (&older.account, &older.partition) != (&newer.account, &newer.partition) {
            return Err(DiffError::OtherAccount {
                older: older.account.clone(),
                older_partition: older.partition.clone(),
                newer: newer.account.clone(),
                newer_partition: newer.partition.clone(),
            });
        }
        let mut changes = Changes::default();
        let uids: BTreeSet<_> = older.findings.keys().chain(newer.findings.keys()).collect();
        for uid in uids {
            let (before, after) = (older.findings.get(uid), newer.findings.get(uid));
            let change = compare(before, after, &older.looks, newer.looks.first());
            if let Some(told) = after.or(before) {
                changes.add(change, || Entry::of(uid, told, before, after));
            }
        }
        changes.sort();
        Ok(Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            account: newer.account.clone(),
            partition: newer.partition.clone(),
            from: older.run.clone(),
            to: newer.run.clone(),
            remarks: remarks(older, newer),
            changes,
        })
    }

    /// Writes the diff as JSON: no text in it can steer a terminal.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        to_json_pretty(&mut out, self)?;
        writeln!(out)
    }

    /// Writes the diff for a person at a terminal, with so many entries of each list.
    pub fn write_text(&self, out: impl Write, most: usize) -> io::Result<()> {
        text::write(self, out, most)
    }

    /// Writes the diff in Markdown, for the text of a pull request, with so many entries of each list.
    pub fn write_markdown(&self, out: impl Write, most: usize) -> io::Result<()> {
        markdown::write(self, out, most)
    }
}

fn remarks(older: &Side, newer: &Side) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut add = |holds: bool, kind, message: &str| {
        if holds {
            remarks.push(Remark { kind, message: message.to_owned() });
        }
    };
    let (from, to) = (&older.run, &newer.run);
    let differ = older.settings.is_some() && newer.settings.is_some() && older.settings != newer.settings;
    add(
        differ,
        RemarkKind::ConfigurationDiffers,
        "The configuration differs: what changed may be a threshold, and not the account.",
    );
    add(
        from.version != to.version,
        RemarkKind::VersionDiffers,
        &format!(
            "palisade {} was followed by {}, which may judge or word things otherwise.",
            printable(&from.version),
            printable(&to.version)
        ),
    );
    add(
        from.collected_at > to.collected_at,
        RemarkKind::OrderReversed,
        "The first run is newer than the second: what is called new was fixed in between.",
    );
    for (run, which) in [(from, "first"), (to, "second")] {
        add(!run.complete, RemarkKind::Incomplete, &format!("The {which} run could not read all it was asked for."));
        add(
            run.selected == Some(true),
            RemarkKind::Selected,
            &format!("The {which} run judged a selection of checks or resources."),
        );
        add(
            run.selected.is_none(),
            RemarkKind::NotTold,
            &format!("The {which} report is too old to say what it judged: little can be concluded of what it lacks."),
        );
    }
    remarks
}

/// A version as far as it has the form of one: it comes from a file.
fn printable(version: &str) -> String {
    version.chars().filter(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '+')).take(32).collect()
}
