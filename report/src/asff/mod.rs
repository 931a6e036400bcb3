//! The report as findings of Security Hub, in AWS's own form (ASFF): a JSON array as `BatchImportFindings` takes it.
//!
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>

mod finding;
mod limits;
mod resource;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use palisade_model::Partition;
use serde::Serialize;

use self::finding::Finding;
use super::document::{Gap, Status};
use super::safe::to_json;
use super::view::View;
use super::{Format, Include, Style};

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "asff",
    about: "Findings of Security Hub (ASFF), a JSON array as BatchImportFindings takes it",
    extensions: &["asff"],
    write,
};

/// What is known beside a report.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// When each finding was first seen, by uid; one that is not named was first seen by this report.
    pub first_seen: BTreeMap<String, Timestamp>,
    /// The Region whose hub takes all findings; none where each goes to the hub of its own Region, and global ones to the
    /// Region that signs for IAM.
    pub hub: Option<String>,
    /// What is proven to be closed, by uid. A finding that the report still holds as failed, suppressed or unknown is not
    /// closed, whatever stands here.
    pub closed: BTreeMap<String, Closed>,
}

/// How a finding was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The resource is there, and as it should be.
    Fixed,
    /// The resource is no longer there, which a whole list of its kind shows.
    Gone,
}

/// A finding as Security Hub takes it.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Entry<'a> {
    finding: Finding<'a>,
    /// The uid of what it tells.
    #[serde(skip)]
    pub uid: String,
    /// The Region whose hub takes it.
    #[serde(skip)]
    pub region: String,
}

impl Entry<'_> {
    /// The `Id` that the hub knows it by.
    pub fn id(&self) -> &str {
        &self.finding.id
    }

    /// The finding as one line of JSON.
    pub fn to_json(&self) -> io::Result<String> {
        let mut line = Vec::new();
        to_json(&mut line, self)?;
        String::from_utf8(line).map_err(io::Error::other)
    }
}

/// The findings to include, then every gap that stands in no finding's way. Questions that do not arise are left out: ASFF
/// has no word for them.
pub fn entries<'a>(view: &'a View, include: Include, known: &'a Known) -> impl Iterator<Item = Entry<'a>> {
    let include = Include { not_applicable: false, ..include };
    let findings = view.findings(include).filter_map(move |finding| {
        let told = view.told(&finding.check)?;
        let closed = (finding.status == Status::Pass).then(|| known.closed.get(finding.uid.as_ref())).flatten();
        let (hub, uid) = (hub(view, known, finding.region.as_deref()), finding.uid.to_string());
        let entry = Finding::of(&finding, told, view, &hub).first_seen(known.first_seen.get(&uid).copied());
        Some(Entry { finding: entry.closed(closed.copied()), uid, region: hub })
    });
    findings.chain(gaps(view, known))
}

/// What an earlier report told and is proven to be closed, as archived findings of the moment at which that was seen. The
/// view is that of the earlier report.
pub fn closed<'a>(earlier: &'a View, known: &'a Known, seen: Timestamp) -> impl Iterator<Item = Entry<'a>> {
    entries(earlier, Include { passes: true, not_applicable: false }, known).filter_map(move |entry| {
        let closed = *known.closed.get(&entry.uid)?;
        Some(Entry { finding: entry.finding.closed(Some(closed)).updated(seen), ..entry })
    })
}

fn gaps<'a>(view: &'a View, known: &'a Known) -> impl Iterator<Item = Entry<'a>> {
    gap_uids(view).map(move |(gap, uid)| {
        let hub = hub(view, known, gap.region.as_deref());
        let finding = Finding::of_gap(gap, &uid, view, &hub).first_seen(known.first_seen.get(&uid).copied());
        Entry { finding, uid, region: hub }
    })
}

/// The gaps that stand in no finding's way, each with a uid that stays the same from run to run.
pub fn gap_uids<'a>(view: &'a View) -> impl Iterator<Item = (&'a Gap, String)> {
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    view.loose_gaps().into_iter().map(move |gap| {
        let others = places.entry((&gap.action, &gap.region, &gap.resource)).or_default();
        let uid = finding::gap_uid(gap, *others, view);
        *others += 1;
        (gap, uid)
    })
}

/// The Region whose hub takes a finding.
fn hub(view: &View, known: &Known, region: Option<&str>) -> String {
    let region = known.hub.as_deref().or(region).filter(|name| !name.is_empty());
    let global = || Partition::from(view.head.partition.as_str()).global_region().to_string();
    region.map_or_else(global, str::to_owned)
}

/// Writes failures, unknowns and suppressed failures, passes if asked for, one a line.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (mut out, known) = (BufWriter::new(out), Known::default());
    let mut before = "[\n";
    for entry in entries(view, style.include, &known) {
        out.write_all(before.as_bytes())?;
        to_json(&mut out, &entry)?;
        before = ",\n";
    }
    out.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })?;
    out.flush()
}
