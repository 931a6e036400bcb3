//! Writers of the report: a table for people and a page for their browsers, JSON for programs, OCSF for security lakes and
//! SIEMs, SARIF for code scanning, JUnit for pipelines, rows for spreadsheets and lakes, Markdown for pull requests. Pure: a
//! report in, bytes out.

#![warn(missing_docs)]
#![warn(clippy::wildcard_enum_match_arm)]

pub mod asff;
mod csv;
pub mod document;
pub mod grants;
mod html;
mod json;
mod junit;
mod lake;
mod markdown;
mod ocsf;
mod rows;
pub mod safe;
mod sarif;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod unique;
pub mod view;

use std::io::{self, Write};

use palisade_checks::audit::Report;

use self::document::Status;
use self::view::View;

pub use json::schema;
pub use ocsf::OcsfVersion;

/// A form that a report can take: a file with its writer, and a line in [`FORMATS`].
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Which extensions of file names mean it; the first is that of a report that is kept.
    pub extensions: &'static [&'static str],
    write: fn(&View, &Style, &mut dyn Write) -> io::Result<()>,
}

/// All of them; the first is written unless another is asked for.
pub const FORMATS: &[&Format] = &[
    &table::FORMAT,
    &html::FORMAT,
    &json::FORMAT,
    &ocsf::FORMAT,
    &sarif::FORMAT,
    &junit::FORMAT,
    &asff::FORMAT,
    &csv::FORMAT,
    &markdown::FORMAT,
    &ocsf::vulnerabilities::FORMAT,
    &ocsf::inventory::FORMAT,
    &lake::flat::FORMAT,
    &lake::nested::FORMAT,
];

impl Format {
    /// The form with this name.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name).copied()
    }

    /// Whether it is no text, and so nothing for a terminal.
    pub fn is_binary(&self) -> bool {
        [lake::flat::FORMAT.name, lake::nested::FORMAT.name].contains(&self.name)
    }

    /// The form that an extension means.
    pub fn by_extension(extension: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.extensions.contains(&extension)).copied()
    }
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
    /// The release of OCSF that is written.
    pub ocsf: OcsfVersion,
}

impl Style {
    /// That of a program that reads: nothing but what is always written, and no colours.
    pub fn plain() -> Self {
        Self { color: false, width: 110, all: false, include: Include::default(), ocsf: OcsfVersion::V1_3 }
    }
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
}

/// Shows a report as its writers see it, with no finding twice, to whoever else takes a view.
pub fn with_view<T>(report: &Report, take: impl FnOnce(&View) -> T) -> T {
    take(&View::of(&unique::findings(report)))
}

/// Writes a report. Nothing in it can move a terminal's cursor or change its state, whatever the account's names say.
pub fn write(report: &Report, format: &Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_view(&View::of(report), format, style, out)
}

/// Writes a report that was made into a view.
pub fn write_view(view: &View, format: &Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    (format.write)(view, style, out)
}
