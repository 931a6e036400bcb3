//! What became of each action of a role, in three tables.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use palisade_reason::ask::Suggestion;
use palisade_reason::ask::suggest::{Removal, Removed, Unmeasured, Used};

use super::lines;
use palisade_report::safe::visible;

/// How many actions of one reason are named; JSON has them all.
const NAMED: usize = 12;

/// Writes the tables of a suggestion.
pub(super) fn write(suggestion: &Suggestion, out: &mut dyn Write) -> io::Result<()> {
    let Suggestion { role, days, removed, used, unmeasured, remarks, policy: _, policies: _ } = suggestion;
    writeln!(out, "A smaller policy for {}, by what it used in {days} days\n", visible(role.as_str()))?;
    writeln!(out, "Left out: {}", removed.iter().map(|row| row.actions.len()).sum::<usize>())?;
    removed.iter().try_for_each(|row| left_out(row, out))?;
    writeln!(out, "\nKept, as it was used: {}", used.len())?;
    for Used { action, last_used } in used {
        writeln!(out, "  {}  last {}", visible(action), day(*last_used))?;
    }
    let count: usize = unmeasured.iter().map(|row| row.actions.len()).sum();
    writeln!(out, "\nKept, as its use is not measurable: {count}")?;
    for Unmeasured { actions, because, service: _ } in unmeasured {
        writeln!(out, "  {}\n    {}", visible(&named(actions)), visible(because))?;
    }
    writeln!(out)?;
    lines::remarks(remarks, out)
}

fn left_out(row: &Removed, out: &mut dyn Write) -> io::Result<()> {
    let last = row.last_used.map_or_else(|| "never, as far as AWS tells".to_owned(), day);
    let because = match row.because {
        Removal::ServiceUnused => format!("{} was last called: {last}", row.service),
        Removal::ActionUnused => format!("last called: {last}"),
        Removal::GrantedInVain => "supports no resource but *, and was granted on others".to_owned(),
        Removal::NothingCovered => "covers no action".to_owned(),
        Removal::NeverApplies => "the conditions of its statement never hold, or no longer do".to_owned(),
    };
    writeln!(out, "  {}\n    {}", visible(&named(&row.actions)), visible(&because))
}

fn named(actions: &[String]) -> String {
    let first = actions.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match actions.len().checked_sub(NAMED) {
        None | Some(0) => first,
        Some(more) => format!("{first} and {more} more"),
    }
}

fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).date().to_string()
}
