//! The head of the table: what was audited, how it stands, and whether that is all.

use std::io;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, Table, Width};
use palisade_checks::audit::{Report, Status};
use palisade_checks::check::Severity;
use palisade_checks::facts::Depth;
use palisade_checks::score::Score;

use super::page::{Page, Tone, cell, columns_of, count, grouped, number, plain_table};
use crate::report::summary::Summary;

/// Writes the head.
pub(super) fn write(page: &mut Page, report: &Report) -> io::Result<()> {
    page.table(&facts(page, report))?;
    warnings(page, report)?;
    if report.findings.is_empty() {
        return Ok(());
    }
    page.gap()?;
    page.table(&counts(page, report))
}

fn facts(page: &Page, report: &Report) -> Table {
    let regions: Vec<_> = report.regions.iter().map(|region| cell(region.as_str())).collect();
    let rows = [
        ("Account", format!("{} ({})", cell(report.account.as_str()), cell(report.partition.as_str()))),
        ("Read as", identity(report)),
        ("Regions", if regions.is_empty() { "none".to_owned() } else { regions.join(", ") }),
        ("Read", read(report)),
        ("Score", score(report)),
        ("Coverage", coverage(report)),
    ];
    // Three lines and the padding of two columns.
    let taken = columns_of("Coverage") + 7;
    let widest = rows.iter().map(|(_, text)| columns_of(text)).max().unwrap_or_default();
    let width = widest.min(page.width().saturating_sub(taken));
    let mut table = Table::new();
    table.force_no_tty().load_style(UTF8_FULL_CONDENSED.with_rounded_corners());
    table.add_rows(rows.map(|(name, text)| [name.to_owned(), text]));
    if let Some(column) = table.column_mut(1) {
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + 2)));
    }
    table
}

fn identity(report: &Report) -> String {
    report.identity.as_ref().map_or_else(|| "not recorded".to_owned(), |identity| cell(&identity.to_string()))
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
        page.item(Some(Tone::Warning), 1, "!", &text)?;
    }
    Ok(())
}

/// Findings by status and severity.
fn counts(page: &Page, report: &Report) -> Table {
    let summary = Summary::of(report);
    let mut table = plain_table();
    if page.style.color {
        table.enforce_styling();
    }
    let title = |severity: Severity| Cell::new(severity.name()).fg(color(severity));
    let heads = std::iter::once(Cell::new("")).chain(Severity::ALL.map(title));
    table.add_row(heads.chain([Cell::new("all")]).collect::<Vec<_>>());
    let rows = [
        ("failed", Status::Fail),
        ("unknown", Status::Unknown),
        ("suppressed", Status::Suppressed),
        ("passed", Status::Pass),
        ("not applicable", Status::NotApplicable),
    ];
    for (name, status) in rows {
        let mut row = vec![Cell::new(name)];
        row.extend(Severity::ALL.map(|severity| {
            let number = summary.severity(severity).of(status);
            let cell = Cell::new(if number == 0 { "·".to_owned() } else { grouped(number) });
            if number > 0 && status == Status::Fail { cell.fg(color(severity)) } else { cell }
        }));
        row.push(Cell::new(grouped(summary.status.of(status))));
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn color(severity: Severity) -> Color {
    match severity {
        Severity::Critical | Severity::High => Color::DarkRed,
        Severity::Medium => Color::DarkYellow,
        Severity::Low => Color::DarkCyan,
        Severity::Informational => Color::DarkBlue,
    }
}
