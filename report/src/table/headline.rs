//! The head of the table: what was audited, how it stands, and whether that is all.

use std::io;

use palisade_checks::audit::{Report, Status};
use palisade_checks::score::Score;
use palisade_model::verdict::Severity;
use palisade_model::{Depth, RegionName};

use super::page::{Page, Piece, Shown, Tone, count, grouped, number};
use crate::summary::Summary;

/// Writes the head.
pub(super) fn write(page: &mut Page, report: &Report) -> io::Result<()> {
    page.frame(&facts(report))?;
    warnings(page, report)?;
    if report.findings.is_empty() {
        return Ok(());
    }
    page.gap()?;
    page.grid(&counts(report))
}

fn facts(report: &Report) -> Vec<Vec<Shown>> {
    let regions: Vec<_> = report.regions.iter().map(RegionName::as_str).collect();
    let rows = [
        ("Account", format!("{} ({})", report.account, report.partition)),
        ("Read as", identity(report)),
        ("Regions", if regions.is_empty() { "none".to_owned() } else { regions.join(", ") }),
        ("Read", read(report)),
        ("Score", score(report)),
        ("Coverage", coverage(report)),
    ];
    rows.into_iter().map(|(name, text)| vec![name.into(), text.into()]).collect()
}

fn identity(report: &Report) -> String {
    report.identity.as_ref().map_or_else(|| "not recorded".to_owned(), ToString::to_string)
}

fn read(report: &Report) -> String {
    let depth = match report.depth {
        Depth::Standard => "standard",
        Depth::Deep => "deep",
    };
    let time = report.collected_at.strftime("%Y-%m-%d %H:%M UTC");
    let throttled = match report.calls.throttled {
        0 => String::new(),
        some => format!(", {} throttled", grouped(some)),
    };
    format!("{time} · {depth} depth · {}{throttled}", count(report.calls.total, "call"))
}

fn coverage(report: &Report) -> String {
    let coverage = report.coverage;
    if coverage.due == 0 {
        return "nothing was due".to_owned();
    }
    let due = count(coverage.due, "due conclusion");
    format!("{} % · {} of {due} decided", coverage.percent(), grouped(coverage.decided))
}

fn score(report: &Report) -> String {
    let Some(score) = &report.scores.account else { return "none".to_owned() };
    let unsuppressed = report.scores.unsuppressed.as_ref().filter(|other| *other != score);
    let aside = unsuppressed.map(|other| format!(" · {} without suppressions", range(other))).unwrap_or_default();
    format!("{}  {}{aside}", bar(score), range(score))
}

/// A score in words: `79 (C)`, or `62–79 (D–C)` when it is a range.
pub(super) fn range(score: &Score) -> String {
    let grade = score.grade.replace('-', "–");
    if score.low == score.high {
        format!("{} ({grade})", score.low)
    } else {
        format!("{}–{} ({grade})", score.low, score.high)
    }
}

/// A score as a bar of twenty: full up to its lower bound, shaded up to its upper one.
pub(super) fn bar(score: &Score) -> String {
    let (low, high) = (usize::from(score.low) / 5, usize::from(score.high).div_ceil(5));
    ["█".repeat(low), "▒".repeat(high - low), "░".repeat(20 - high)].concat()
}

fn warnings(page: &mut Page, report: &Report) -> io::Result<()> {
    if !report.is_incomplete() {
        return Ok(());
    }
    page.gap()?;
    if report.interrupted {
        let text = "INTERRUPTED: collection was stopped before it was through.";
        page.item(Some(Tone::Warning), 1, "!", text)?;
    }
    let open = number(report.gaps.iter().filter(|gap| !gap.reason.is_choice()).count());
    if open > 0 {
        let text = format!(
            "INCOMPLETE: {} gave no answer. What hangs on that is unknown, not passed: see UNKNOWN below.",
            count(open, "read")
        );
        page.item(Some(Tone::Warning), 1, "!", text)?;
    }
    Ok(())
}

/// Findings by status and severity.
fn counts(report: &Report) -> Vec<Vec<Piece>> {
    let summary = Summary::of(report);
    let plain = |text: String| (None, Shown::from(text));
    let titles = Severity::ALL.map(|severity| (Some(Tone::Count(severity)), severity.name().into()));
    let mut table =
        vec![[(None, Shown::default())].into_iter().chain(titles).chain([plain("all".to_owned())]).collect()];
    let rows = [
        ("failed", Status::Fail),
        ("unknown", Status::Unknown),
        ("suppressed", Status::Suppressed),
        ("passed", Status::Pass),
        ("not applicable", Status::NotApplicable),
    ];
    for (name, status) in rows {
        let mut row = vec![plain(name.to_owned())];
        row.extend(Severity::ALL.map(|severity| {
            let number = summary.severity(severity).of(status);
            let tone = (number > 0 && status == Status::Fail).then_some(Tone::Count(severity));
            (tone, if number == 0 { "·".into() } else { grouped(number).into() })
        }));
        row.push(plain(grouped(summary.status.of(status))));
        table.push(row);
    }
    table
}
