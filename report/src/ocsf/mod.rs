//! The report as OCSF Compliance Findings (class 2003), one JSON object a line.
//!
//! Version 1.3.0 is the newest that Amazon Security Lake takes from custom sources, and all that is written here means
//! the same in later versions. <https://schema.ocsf.io/1.3.0/classes/compliance_finding?profiles=cloud>

mod event;
mod resource_type;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use self::event::Event;
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

/// Writes failures, unknowns and suppressed failures, passes if asked for, and every gap that stands in no finding's way.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    // OCSF cannot say that a question does not arise.
    let include = Include { not_applicable: false, ..style.include };
    for finding in view.findings(include) {
        if let Some(told) = view.told(&finding.check) {
            line(&mut out, &Event::of_finding(&finding, told, view))?;
        }
    }
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    for gap in view.loose_gaps() {
        let others = places.entry((&gap.action, &gap.region, &gap.resource)).or_default();
        line(&mut out, &Event::of_gap(gap, *others, view))?;
        *others += 1;
    }
    out.flush()
}

fn line(out: &mut impl Write, event: &Event) -> io::Result<()> {
    to_json(&mut *out, event)?;
    out.write_all(b"\n")
}
