//! The report as one page for a browser: nothing is loaded, and nothing runs but what the page names by its hash. It reads
//! well without scripts, on a phone, on paper, and aloud.

mod answer;
mod compliance;
mod findings;
mod graph;
mod markup;
mod overview;
mod page;
mod plan;
mod prose;
mod resources;
mod rest;
mod room;
mod trend;
mod unknowns;
mod words;

use std::io::{self, Write};

use self::plan::Plan;
use super::view::View;
use super::{Format, Include, Style};

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "html",
    about: "One page for a browser, for reading, sharing and printing",
    extensions: &["html", "htm"],
    write,
};

/// Writes the page. It tells of passes whether or not they are included: folded, and on the pages of resources.
fn write(view: &View, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<_> = view.findings(Include { passes: true, not_applicable: true }).collect();
    let page = page::page(&Plan::of(view, &findings));
    out.write_all(page.as_str().as_bytes())?;
    out.flush()
}
