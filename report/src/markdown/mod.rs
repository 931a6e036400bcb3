//! The report as a summary in Markdown, for a pull request or a chat: what could not be read, what to do first, and how much
//! there is of the rest. It stays short whatever the account holds; the other forms hold everything.

mod text;

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use palisade_model::verdict::Severity;

use self::text::{code, prose};
use super::document::{Counts, Score, Status, short};
use super::view::{Cause, Open, Told, View};
use super::{Format, Style};

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "markdown",
    about: "A summary in Markdown for a pull request or a chat, of bounded length",
    extensions: &["md", "markdown"],
    write,
};

/// How much is shown of each kind, so that the whole stays below what GitHub takes of a comment: 65,536 characters.
const RISKS: usize = 5;
const FAILURES: usize = 30;
const CAUSES: usize = 12;
const LOOSE: usize = 4;
const NOTICES: usize = 8;
/// The longest texts, in characters. Words may take three times as many, when each is made code.
const ID: usize = 80;
const NAME: usize = 200;
const TITLE: usize = 140;
const FIX: usize = 400;
const NOTICE: usize = 300;

fn write(view: &View, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    head(view, &mut out)?;
    let open = view.open();
    risks(view, &open, &mut out)?;
    counts(view, &mut out)?;
    failures(&open, &mut out)?;
    unknowns(&view.causes(), &mut out)?;
    rest(view, &mut out)?;
    out.flush()
}

fn head(view: &View, out: &mut impl Write) -> io::Result<()> {
    let head = &view.head;
    writeln!(out, "## Palisade: {}\n", score(head.score.as_ref()))?;
    if !head.complete {
        let unknown = head.summary.status.unknown;
        let unanswered = head.gaps.iter().filter(|gap| !gap.reason.kind.is_choice()).count();
        let calls = count(unanswered as u64, "call", "calls");
        let undecided = count(unknown, "result is", "results are");
        let stopped = if head.interrupted { " The run was stopped before it was through." } else { "" };
        writeln!(
            out,
            "> **Incomplete: {calls} gave no answer, and {undecided} unknown.** What could not be read is not known to be \
             in order.{stopped}\n"
        )?;
    }
    let regions = count(head.regions.len() as u64, "Region", "Regions");
    let when = head.collected_at.strftime("%Y-%m-%d %H:%M UTC");
    let decided =
        head.coverage.percent.map_or(String::new(), |percent| format!(", {percent}% of what was due decided"));
    writeln!(out, "Account {}, {regions}, {when}{decided}.", code(&head.account, ID))
}

fn score(score: Option<&Score>) -> String {
    match score {
        None => "nothing to score".to_owned(),
        Some(Score { low, high, grade }) if low == high => format!("score {low} ({})", prose(grade, ID)),
        Some(Score { low, high, grade }) => format!("score between {low} and {high} ({})", prose(grade, ID)),
    }
}

fn risks(view: &View, open: &[Open], out: &mut impl Write) -> io::Result<()> {
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### First\n")?;
    for (place, one) in open.iter().take(RISKS).enumerate() {
        let more = if one.count > 1 { format!(" and {} more", one.count - 1) } else { String::new() };
        let exposed = if one.exposed > 0 { ", reached from the internet" } else { "" };
        let (severity, title) = (one.severity.name(), prose(&one.title, TITLE));
        writeln!(out, "{}. **{severity}** {title}: {}{more}{exposed}  ", place + 1, code(&short(&one.example), NAME))?;
        let fix = view.told(&one.check).map(Told::first_step).unwrap_or_default();
        writeln!(out, "   {}", prose(&fix, FIX))?;
    }
    Ok(())
}

fn counts(view: &View, out: &mut impl Write) -> io::Result<()> {
    let summary = &view.head.summary;
    writeln!(out, "\n| | failed | unknown | suppressed | passed |\n|---|---:|---:|---:|---:|")?;
    let mut row = |name: &str, counts: &Counts| {
        let Counts { fail, unknown, suppressed, pass, not_applicable: _ } = counts;
        writeln!(out, "| {name} | {fail} | {unknown} | {suppressed} | {pass} |")
    };
    for severity in Severity::ALL {
        row(severity.name(), summary.severity(severity))?;
    }
    row("all", &summary.status)
}

fn failures(open: &[Open], out: &mut impl Write) -> io::Result<()> {
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Failed\n")?;
    for one in open.iter().take(FAILURES) {
        let resources = count(one.count as u64, "resource", "resources");
        let (check, title) = (code(&one.check, ID), prose(&one.title, TITLE));
        writeln!(out, "- **{}** {check} {title}: {resources}", one.severity.name())?;
    }
    more(open.len(), FAILURES, "check", "checks", out)
}

fn unknowns(causes: &[Cause], out: &mut impl Write) -> io::Result<()> {
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Unknown\n")?;
    // What no check waits for may hide most: some of it stands first, whatever else there is.
    let (loose, others): (Vec<_>, Vec<_>) =
        causes.iter().partition(|cause| cause.open == 0 && !cause.reason.kind.is_choice());
    let (first, rest) = loose.split_at(loose.len().min(LOOSE));
    for cause in first.iter().chain(&others).chain(rest).take(CAUSES) {
        let message = code(&cause.reason.message, NAME);
        let waiting = match (cause.open, cause.resources.len()) {
            (0, _) => "no check waits for it, and what it hides is not known".to_owned(),
            (open, resources) => {
                let resources = count(resources as u64, "resource", "resources");
                format!("{} of {resources}", count(open as u64, "result", "results"))
            }
        };
        writeln!(out, "- {} {message}: {waiting}{}  ", code(&cause.action, ID), place(&cause.regions))?;
        writeln!(out, "  {}", prose(&cause.grant.advice, FIX))?;
    }
    more(causes.len(), CAUSES, "cause", "causes", out)
}

/// Where a call gave no answer, if it is one Region.
fn place(regions: &BTreeSet<String>) -> String {
    match regions.first() {
        Some(only) if regions.len() == 1 => format!(", in {}", code(only, ID)),
        Some(_) => format!(", in {} Regions", regions.len()),
        None => String::new(),
    }
}

fn rest(view: &View, out: &mut impl Write) -> io::Result<()> {
    let suppressed = view.head.summary.status.of(Status::Suppressed);
    if suppressed > 0 {
        writeln!(out, "\n{} accepted by suppressions.", count(suppressed, "failure is", "failures are"))?;
    }
    let notices = &view.head.notices;
    if !notices.is_empty() {
        writeln!(out, "\n### Besides\n")?;
        for notice in notices.iter().take(NOTICES) {
            writeln!(out, "- {}", prose(&notice.message, NOTICE))?;
        }
        more(notices.len(), NOTICES, "notice", "notices", out)?;
    }
    Ok(())
}

/// Says how many were not shown.
fn more(all: usize, shown: usize, one: &str, many: &str, out: &mut impl Write) -> io::Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        rest => writeln!(out, "- and {rest} more {}", if rest == 1 { one } else { many }),
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
