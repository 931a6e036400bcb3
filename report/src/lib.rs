//! Writers of the report: a table for people, JSON for programs, OCSF for security lakes and SIEMs, SARIF for code
//! scanning, JUnit for pipelines. Pure: a report in, text out.

#![warn(missing_docs)]
#![warn(clippy::wildcard_enum_match_arm)]

pub mod grants;
mod json;
mod junit;
mod ocsf;
pub mod safe;
mod sarif;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod unique;

use std::io::{self, Write};

use palisade_checks::audit::{Finding, Report, Status};

pub use json::{document, schema};

/// The forms a report can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text for a person at a terminal.
    #[default]
    Table,
    /// One JSON document, described by docs/schemas/report.schema.json.
    Json,
    /// OCSF Compliance Findings (class 2003), one JSON object a line.
    Ocsf,
    /// SARIF 2.1.0, for code scanning and the gates of pipelines.
    Sarif,
    /// JUnit's XML, which pipelines show as tests.
    Junit,
}

/// How a report is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether the table may use colours.
    pub color: bool,
    /// How many columns the table may use.
    pub width: u16,
    /// Whether the table shows every resource and every piece of evidence, however many there are.
    pub all: bool,
    /// What is written beside failures, unknowns and suppressed failures.
    pub include: Include,
}

/// Findings that a report leaves out unless asked for; the counts always hold them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    /// What is as it should be.
    pub passes: bool,
    /// Questions that do not arise. OCSF has no word for them and never shows them.
    pub not_applicable: bool,
}

impl Include {
    /// Whether a finding with this status is written.
    fn shows(self, status: Status) -> bool {
        match status {
            Status::Fail | Status::Unknown | Status::Suppressed => true,
            Status::Pass => self.passes,
            Status::NotApplicable => self.not_applicable,
        }
    }

    /// The findings to write, in the report's order.
    fn of(self, report: &Report) -> impl Iterator<Item = &Finding> {
        report.findings.iter().filter(move |finding| self.shows(finding.status()))
    }
}

/// Writes a report. Nothing in it can move a terminal's cursor or change its state, whatever the account's names say.
pub fn write(report: &Report, format: Format, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let report = &*unique::findings(report);
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, style.include, out),
        Format::Ocsf => ocsf::write(report, style.include, out),
        Format::Sarif => sarif::write(report, style.include, out),
        Format::Junit => junit::write(report, style.include, out),
    }
}
