//! A diff for a person at a terminal.

use std::io::{self, Write};

use palisade_model::verdict::Severity;
use palisade_report::document::Score;
use palisade_report::safe::visible;

use super::{Diff, Entry};

/// Writes it: counts first, then what they count.
pub(super) fn write(diff: &Diff, mut out: impl Write, most: usize) -> io::Result<()> {
    let out = &mut out;
    writeln!(out, "Account {} ({})", visible(&diff.account), visible(&diff.partition))?;
    writeln!(out, "  from {}  score {}", diff.from.collected_at, score(diff.from.score.as_ref()))?;
    writeln!(out, "  to   {}  score {}", diff.to.collected_at, score(diff.to.score.as_ref()))?;
    for remark in &diff.remarks {
        writeln!(out, "  note: {}", visible(&remark.message))?;
    }
    writeln!(out)?;
    for (list, name) in diff.changes.lists() {
        if !list.is_empty() {
            writeln!(out, "{:>7}  {name}{}", list.len(), severities(list))?;
        }
    }
    if diff.changes.counts.not_comparable > 0 {
        let list = &diff.changes.not_comparable;
        writeln!(out, "{:>7}  not comparable, still open{}", list.len(), severities(list))?;
    }
    let rest = [
        (diff.changes.counts.unchanged, "unchanged"),
        (diff.changes.counts.still_suppressed, "suppressed as before"),
        (diff.changes.counts.unknown, "could not be checked"),
    ];
    for (count, name) in rest.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "{count:>7}  {name}")?;
    }
    if diff.changes.is_empty() {
        writeln!(out, "Nothing changed.")?;
    }
    for (list, name) in diff.changes.lists().into_iter().filter(|(list, _)| !list.is_empty()) {
        writeln!(out, "\n{}", name.to_uppercase())?;
        for entry in list.iter().take(most) {
            one(out, entry)?;
        }
        more(out, list.len(), most)?;
    }
    not_comparable(diff, out, most)
}

fn one(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    writeln!(out, "  {:<13}  {}  {}", entry.severity, visible(&entry.check), visible(&entry.resource))?;
    for evidence in &entry.evidence {
        writeln!(out, "                 + {}", visible(evidence))?;
    }
    for evidence in &entry.evidence_gone {
        writeln!(out, "                 - {}", visible(evidence))?;
    }
    if let Some(suppression) = &entry.suppression {
        let until = suppression.expires.map(|last| format!(" (until {last})")).unwrap_or_default();
        writeln!(out, "                 accepted{until}: {}", visible(&suppression.reason))?;
    }
    if let Some(cause) = &entry.cause {
        writeln!(out, "                 {}", visible(&cause.to_string()))?;
    }
    Ok(())
}

fn not_comparable(diff: &Diff, out: &mut impl Write, most: usize) -> io::Result<()> {
    let causes = diff.changes.by_cause();
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nNOT COMPARABLE, STILL OPEN")?;
    for (cause, entries) in causes.iter().take(most) {
        let plural = if entries.len() == 1 { "" } else { "s" };
        writeln!(out, "  {} finding{plural}: {}", entries.len(), visible(cause))?;
        for entry in entries.iter().take(3) {
            writeln!(out, "    {:<13}  {}  {}", entry.severity, visible(&entry.check), visible(&entry.resource))?;
        }
        more(out, entries.len(), 3)?;
    }
    if causes.len() > most {
        writeln!(out, "  … and {} more causes", causes.len() - most)?;
    }
    Ok(())
}

fn more(out: &mut impl Write, count: usize, shown: usize) -> io::Result<()> {
    if count > shown {
        writeln!(out, "  … and {} more", count - shown)?;
    }
    Ok(())
}

/// How many there are of each severity, the worst first.
pub(super) fn severities(list: &[Entry]) -> String {
    let counts = Severity::ALL.map(|severity| (severity, list.iter().filter(|one| one.severity == severity).count()));
    let told: Vec<_> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
    if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) }
}

/// A score in words.
pub(crate) fn score(score: Option<&Score>) -> String {
    match score {
        None => "none".to_owned(),
        Some(Score { low, high, grade }) if low == high => format!("{low} ({})", visible(grade)),
        Some(Score { low, high, grade }) => format!("{low} to {high} ({})", visible(grade)),
    }
}
