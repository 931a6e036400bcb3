//! The report as text for a person at a terminal: the answer on the first screen, one line for each check below it; or, on
//! request, everything.

mod closing;
mod compliance;
mod findings;
mod first_screen;
mod overview;
mod page;
mod unknowns;

use std::io::{self, Write};

use self::page::Page;
use super::view::View;
use super::{Format, Style};

/// The form.
pub(super) const FORMAT: Format =
    Format { name: "table", about: "Text for a person at a terminal", extensions: &["txt", "log"], write };

/// Writes the table.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    first_screen::write(page, view)?;
    compliance::write(page, view)?;
    if style.all {
        findings::failures(page, view)?;
        unknowns::write(page, view)?;
        findings::suppressed(page, view)?;
        findings::included(page, view)?;
        closing::write(page, view)
    } else if view.frameworks.is_empty() {
        overview::write(page, view)
    } else {
        Ok(())
    }
}
