//! The report as OCSF Compliance Findings (class 2003), one JSON object a line.
//!
//! Version 1.3.0 is the newest that Amazon Security Lake takes from custom sources, and all that is written here means
//! the same in later versions. <https://schema.ocsf.io/1.3.0/classes/compliance_finding?profiles=cloud>

mod event;
mod resource_type;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};

use palisade_checks::audit::Report;
use palisade_checks::check::Check;

use self::event::{Event, Prose};
use super::Include;
use super::safe::Escaped;

/// Writes failures, unknowns and suppressed failures, passes if asked for, and every gap that stands in no finding's way.
pub(super) fn write(report: &Report, include: Include, out: &mut impl Write) -> io::Result<()> {
    let mut out = Escaped(BufWriter::new(out));
    let checks: BTreeMap<_, &'static Check> =
        report.findings.iter().map(|finding| (finding.check.id, finding.check)).collect();
    let prose: BTreeMap<_, _> = checks.into_iter().map(|(id, check)| (id, Prose::of(check))).collect();
    // OCSF cannot say that a question does not arise.
    let include = Include { not_applicable: false, ..include };
    for finding in include.of(report) {
        if let Some(prose) = prose.get(finding.check.id) {
            line(&mut out, &Event::of_finding(finding, prose, report))?;
        }
    }
    let told: BTreeSet<_> = report.findings.iter().filter_map(|finding| finding.outcome.as_ref().err()).collect();
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    for gap in report.gaps.iter().filter(|gap| !told.contains(gap)) {
        let others = places.entry((gap.action, &gap.place)).or_default();
        line(&mut out, &Event::of_gap(gap, *others, report))?;
        *others += 1;
    }
    out.flush()
}

fn line(out: &mut impl Write, event: &Event) -> io::Result<()> {
    serde_json::to_writer(&mut *out, event)?;
    out.write_all(b"\n")
}
