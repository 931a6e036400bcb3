//! The report for a person at a terminal: what matters most first, and nothing that is not known passed off as known.

mod closing;
mod findings;
mod headline;
mod page;
mod unknowns;

use std::io::{self, Write};

use palisade_checks::audit::Report;

use self::page::Page;
use super::Style;

/// Writes the table.
pub(super) fn write(report: &Report, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut page = Page::new(&mut out, style);
    headline::write(&mut page, report)?;
    findings::failures(&mut page, report)?;
    unknowns::write(&mut page, report)?;
    findings::suppressed(&mut page, report)?;
    findings::included(&mut page, report)?;
    closing::write(&mut page, report)?;
    out.flush()
}
