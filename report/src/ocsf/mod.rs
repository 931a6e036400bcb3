//! The report as OCSF Compliance Findings (class 2003), one JSON object a line.
//!
//! Version 1.3.0 is the newest that Amazon Security Lake takes from custom sources, and nearly all that is written here means
//! the same in later versions. <https://schema.ocsf.io/1.3.0/classes/compliance_finding?profiles=cloud>

mod event;
pub(super) mod inventory;
mod objects;
mod resource_type;
pub(super) mod vulnerabilities;

use std::io::{self, BufWriter, Write};

use serde::Serialize;

pub(super) use self::event::Event;
use super::safe::to_json;
use super::view::View;
use super::{Format, Include, Style};

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "ocsf",
    about: "OCSF Compliance Findings (class 2003), one JSON object a line",
    extensions: &["ocsf", "jsonl", "ndjson"],
    write,
};

/// A release of OCSF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OcsfVersion {
    /// The newest that Amazon Security Lake takes.
    #[default]
    V1_3,
    /// The newest.
    V1_8,
}

impl OcsfVersion {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::V1_3, Self::V1_8];

    /// The release, as events name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_3 => "1.3.0",
            Self::V1_8 => "1.8.0",
        }
    }
}

/// Writes failures, unknowns and suppressed failures, passes if asked for, and every gap that stands in no finding's way.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    each(view, style.include, style.ocsf, |event| line(&mut out, &event))?;
    out.flush()
}

/// Gives every event to `take`.
pub(super) fn each(
    view: &View,
    include: Include,
    version: OcsfVersion,
    mut take: impl FnMut(Event<'_>) -> io::Result<()>,
) -> io::Result<()> {
    // OCSF cannot say that a question does not arise.
    let include = Include { not_applicable: false, ..include };
    for finding in view.findings(include) {
        if let Some(told) = view.told(&finding.check) {
            take(Event::of_finding(&finding, told, view, version))?;
        }
    }
    for loose in view.loose() {
        take(Event::of_gap(&loose, view, version))?;
    }
    Ok(())
}

fn line(out: &mut impl Write, event: &impl Serialize) -> io::Result<()> {
    to_json(&mut *out, event)?;
    out.write_all(b"\n")
}
