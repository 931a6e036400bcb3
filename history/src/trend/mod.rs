//! How an account fares over time: a picture that stands alone, and a table.

mod svg;

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};
use palisade_model::verdict::Severity;
use palisade_report::document::Score;

use crate::diff::score;
use crate::store::{Point, TimeToFix};

pub use self::svg::write as write_svg;

/// Writes the runs as a table, the earliest first, and how long it took to fix findings.
pub fn write_text(points: &[Point], times: &BTreeMap<Severity, TimeToFix>, mut out: impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:>5}  {:<20}  {:<15}  {:>8}  {:>6}  {:>6}  {:>6}  {:>6}  {:>7}",
        "RUN", "TIME", "SCORE", "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO", "UNKNOWN"
    )?;
    for Point {
        run,
        time,
        score: its,
        open: [critical, high, medium, low, informational],
        unknown,
        complete,
        selected,
    } in points
    {
        let note = match (selected, complete) {
            (true, _) => "  a selection",
            (false, false) => "  incomplete",
            (false, true) => "",
        };
        writeln!(
            out,
            "{run:>5}  {:<20}  {:<15}  {critical:>8}  {high:>6}  {medium:>6}  {low:>6}  {informational:>6}  {unknown:>7}{note}",
            second(*time),
            score(its.as_ref()),
        )?;
    }
    if times.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nMean time to fix")?;
    for (severity, TimeToFix { mean, fixed }) in times.iter().rev() {
        writeln!(out, "  {severity:<13}  {:>10}  of {fixed}", days(*mean))?;
    }
    Ok(())
}

/// A time without what is shorter than a second.
fn second(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

/// A length of time in days, with tenths.
fn days(duration: SignedDuration) -> String {
    let tenths = duration.as_hours() * 10 / 24;
    format!("{}.{} days", tenths / 10, tenths % 10)
}

/// The bounds of a score.
fn bounds(score: &Score) -> (u8, u8) {
    (score.low, score.high)
}
