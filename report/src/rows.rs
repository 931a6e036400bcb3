//! The report as rows of one width, for the forms that are tables: one for each finding, and one for each gap that stands in
//! no finding's way.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::Include;
use crate::document::{Finding, Status};
use crate::view::{Loose, Told, View};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Flag,
    Day,
    Time,
}

/// The columns, in their order. It stays as it is: readers go by names and by places.
pub(crate) const COLUMNS: [(&str, Kind); 20] = [
    ("uid", Kind::Text),
    ("status", Kind::Text),
    ("severity", Kind::Text),
    ("check", Kind::Text),
    ("title", Kind::Text),
    ("service", Kind::Text),
    ("account", Kind::Text),
    ("region", Kind::Text),
    ("resource", Kind::Text),
    ("evidence", Kind::Text),
    ("gap", Kind::Text),
    ("suppressed", Kind::Flag),
    ("suppression_reason", Kind::Text),
    ("expires", Kind::Day),
    ("exposed", Kind::Flag),
    ("remediation", Kind::Text),
    ("controls", Kind::Text),
    ("reference", Kind::Text),
    ("collected_at", Kind::Time),
    ("complete", Kind::Flag),
];

/// One value; text that says nothing is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Flag(Option<bool>),
    Day(Option<Date>),
    Time(Timestamp),
}

/// The values of a row, in the order of [`COLUMNS`].
pub(crate) type Row<'a> = [Cell<'a>; COLUMNS.len()];

/// Gives every row to `take`: the findings to include, then the gaps that stand in no finding's way.
pub(crate) fn each<E>(view: &View, include: Include, mut take: impl FnMut(Row<'_>) -> Result<(), E>) -> Result<(), E> {
    for finding in view.findings(include) {
        take(of_finding(&finding, view.told(&finding.check), view))?;
    }
    for loose in view.loose() {
        take(of_gap(&loose, view))?;
    }
    Ok(())
}

fn of_finding<'a>(finding: &'a Finding<'a>, told: Option<&'a Told>, view: &'a View) -> Row<'a> {
    let evidence: Vec<_> = finding.evidence.iter().map(|one| one.0.as_str()).filter(|line| !line.is_empty()).collect();
    let controls: Vec<_> = finding.controls.iter().map(ToString::to_string).collect();
    let suppression = finding.suppression.as_deref();
    // Before a resource can be put right, it must be seen.
    let remediation = match &finding.gap {
        Some(gap) => text(gap.grant.advice.as_str()),
        None => text(told.map(Told::first_step).unwrap_or_default()),
    };
    [
        text(&*finding.uid),
        text(word(finding.status)),
        text(finding.severity.name()),
        text(&*finding.check),
        text(&*finding.title),
        text(&*finding.service),
        text(&*view.head.account),
        text(finding.region.as_deref().unwrap_or_default()),
        text(&*finding.resource),
        text(evidence.join("; ")),
        text(finding.gap.as_ref().map(ToString::to_string).unwrap_or_default()),
        Cell::Flag(Some(finding.status == Status::Suppressed)),
        text(suppression.map(|one| one.reason.as_str()).unwrap_or_default()),
        Cell::Day(suppression.and_then(|one| one.expires)),
        Cell::Flag(finding.exposed),
        remediation,
        text(controls.join("; ")),
        text(finding.references.first().map(String::as_str).unwrap_or_default()),
        Cell::Time(view.head.collected_at),
        Cell::Flag(Some(view.head.complete)),
    ]
}

/// A gap that stands in no finding's way, such as a refused list of Regions: its check is the call, as in OCSF.
fn of_gap<'a>(loose: &'a Loose, view: &'a View) -> Row<'a> {
    let gap = loose.gap;
    [
        text(&*loose.uid),
        text(word(Status::Unknown)),
        text(""),
        text(&*gap.action),
        text(loose.title()),
        text(gap.action.split(':').next().unwrap_or_default()),
        text(&*view.head.account),
        text(gap.region.as_deref().unwrap_or_default()),
        text(gap.resource.as_deref().unwrap_or_default()),
        text(""),
        text(gap.to_string()),
        Cell::Flag(Some(false)),
        text(""),
        Cell::Day(None),
        Cell::Flag(None),
        text(&*gap.grant.advice),
        text(""),
        text(""),
        Cell::Time(view.head.collected_at),
        Cell::Flag(Some(view.head.complete)),
    ]
}

fn text<'a>(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell::Text(Some(text.into()).filter(|text| !text.is_empty()))
}

/// A status in the word that it has in JSON.
fn word(status: Status) -> &'static str {
    match status {
        Status::Fail => "fail",
        Status::Unknown => "unknown",
        Status::Suppressed => "suppressed",
        Status::Pass => "pass",
        Status::NotApplicable => "not_applicable",
    }
}
