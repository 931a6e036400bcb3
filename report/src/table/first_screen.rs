//! The first screen: how the account stands, what is not known, and what to do first.

use std::io;

use palisade_model::verdict::Severity;
use palisade_model::{Action, Depth};

use super::page::{Page, Piece, Shown, Tone, count, grouped, number};
use crate::document::{GapKind, Score, Status};
use crate::view::{Cause, Open, Since, View};

/// How many risks the first screen tells.
const RISKS: usize = 5;

/// Writes the first screen: at most 24 lines on a page of 80 columns or more.
pub(super) fn write(page: &mut Page, view: &View) -> io::Result<()> {
    let head = &view.head;
    let regions = match head.regions.as_slice() {
        [] => "no Region".to_owned(),
        [one] => one.clone(),
        more => format!("{} Regions", more.len()),
    };
    let depth = match head.depth {
        Depth::Standard => "standard",
        Depth::Deep => "deep",
    };
    let time = head.collected_at.strftime("%Y-%m-%d %H:%M UTC");
    let account = format!("Account {} ({})", head.account, head.partition);
    page.between(
        &[(Some(Tone::Strong), account.into())],
        &[(Some(Tone::Faint), format!("{time} · {depth} depth · {regions}").into())],
    )?;
    let identity = head.identity.as_ref().map(|one| format!("{}, by {}", one.arn, one.source));
    page.one_line(&[(Some(Tone::Faint), "Read as   ".into())], identity.as_deref().unwrap_or("not recorded"))?;
    score(page, view)?;
    coverage(page, view)?;
    let open = view.open();
    risks(page, view, &open)?;
    services(page, view)
}

fn score(page: &mut Page, view: &View) -> io::Result<()> {
    let head = &view.head;
    let of = if head.scope.as_ref().is_some_and(|scope| scope.selected) { " of the selection" } else { "" };
    let Some(score) = &head.score else {
        return page.named("Score", &[(None, "none: nothing was due".into())], "");
    };
    let said = format!("{}  {}{of}", bar(score), range(score));
    let unsuppressed = head.unsuppressed_score.as_ref().filter(|other| *other != score);
    let aside = unsuppressed.map(|other| format!("{} without suppressions", range(other)));
    let remark = [moved_by(view), aside].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    page.named("Score", &[(Some(Tone::Strong), said.into())], &remark)?;
    view.since.as_ref().map_or(Ok(()), |since| page.named("", &[(None, changed(since).into())], ""))
}

/// What changed since the run before.
fn changed(since: &Since) -> String {
    let Since { time, score, new, newly_seen, reopened, fixed, gone, not_comparable } = since;
    let before = score.as_ref().map_or_else(|| "none".to_owned(), range);
    let parts = [
        (new, "new"),
        (newly_seen, "newly seen"),
        (reopened, "reopened"),
        (fixed, "fixed"),
        (gone, "gone"),
        (not_comparable, "not seen again"),
    ];
    let told: Vec<_> = parts
        .into_iter()
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(*count)))
        .collect();
    let told = if told.is_empty() { "nothing changed".to_owned() } else { told.join(", ") };
    format!("since {}, when it was {before}: {told}", time.strftime("%Y-%m-%d"))
}

/// What holds the score down: open failures of the two worst severities that there are.
fn moved_by(view: &View) -> Option<String> {
    let failed = Severity::ALL.map(|severity| (severity, view.head.summary.severity(severity).fail));
    let worst: Vec<_> = failed.iter().filter(|(_, fails)| *fails > 0).take(2).collect();
    let names: Vec<_> = worst.iter().map(|(severity, fails)| format!("{} {severity}", grouped(*fails))).collect();
    (!names.is_empty()).then(|| format!("held down by {}", names.join(" and ")))
}

fn coverage(page: &mut Page, view: &View) -> io::Result<()> {
    let head = &view.head;
    let coverage = &head.coverage;
    let Some(percent) = coverage.percent else {
        return page.named("Coverage", &[(None, "nothing was due".into())], "");
    };
    let open = coverage.due - coverage.decided;
    let said = format!("{percent} % of {}", count(coverage.due, "conclusion"));
    let tone = (!head.complete).then_some(Tone::Warning);
    let word = match (head.interrupted, head.complete) {
        (true, _) => "  INTERRUPTED before it was through",
        (false, false) => "  INCOMPLETE: unknown is not passed",
        (false, true) => "",
    };
    let pieces = [(Some(Tone::Faint), "Coverage  ".into()), (Some(Tone::Strong), said.into())];
    page.one_line(&pieces, word)?;
    let causes = view.causes();
    let Some(hole) = causes.iter().find(|cause| cause.open > 0 && !cause.reason.kind.is_choice()).or(causes.first())
    else {
        return Ok(());
    };
    if open > 0 || !head.complete {
        let indent = || (None, "          ".into());
        page.one_line(&[indent(), (tone, "? ".into())], &format!("{}: {}", briefly(hole), waiting(hole)))?;
        let cure = command(hole, head.depth).unwrap_or_else(|| hole.grant.advice.clone());
        page.one_line(&[indent(), (Some(Tone::Faint), "→ ".into())], &cure)?;
    }
    Ok(())
}

/// A cause without what services say of it.
fn briefly(cause: &Cause) -> String {
    if cause.action == Action::KubernetesGetVersion.name() {
        let names: Vec<_> = cause.clusters().into_iter().collect();
        let (word, verb) = if names.len() == 1 { ("cluster", "was") } else { ("clusters", "were") };
        return format!("{word} {} {verb} not entered", names.join(", "));
    }
    match cause.reason.kind {
        GapKind::Undecided => format!("{} does not decide it", cause.action),
        GapKind::Failed => format!("{} failed", cause.action),
        GapKind::Denied
        | GapKind::Throttled
        | GapKind::Expired
        | GapKind::RegionOff
        | GapKind::Unreachable
        | GapKind::NotAsked
        | GapKind::Elsewhere
        | GapKind::Interrupted
        | GapKind::OutOfTime
        | GapKind::Gone
        | GapKind::NotCollected => format!("{} {}", cause.action, cause.reason.message),
    }
}

/// A cause, with what services say of it where they all say the same.
pub(super) fn what(cause: &Cause) -> String {
    match cause.messages.iter().next().filter(|_| cause.messages.len() == 1) {
        Some(why) => format!("{}: {why}", briefly(cause)),
        None => briefly(cause),
    }
}

/// How much waits for it.
pub(super) fn waiting(cause: &Cause) -> String {
    if cause.open == 0 {
        return "no check waits, but the report may lack what it would have shown".to_owned();
    }
    let checks = count(number(cause.checks.len()), "check");
    if cause.checks.len() == cause.open {
        return format!("{checks} open");
    }
    format!("{} of {checks} open", count(number(cause.open), "conclusion"))
}

/// The one command that closes a gap, or tells how to.
pub(super) fn command(cause: &Cause, depth: Depth) -> Option<String> {
    use crate::document::By;
    let permissions = match depth {
        Depth::Standard => "palisade permissions",
        Depth::Deep => "palisade permissions --depth deep",
    };
    match (cause.reason.kind, cause.reason.by) {
        (GapKind::Denied, Some(By::Rbac)) => Some("palisade permissions --kubernetes (the role to bind)".into()),
        (GapKind::Denied, Some(By::Identity | By::Unsaid)) => Some(format!("{permissions} (the policy to attach)")),
        (GapKind::Failed | GapKind::Undecided, _) if cause.action == Action::KubernetesGetVersion.name() => {
            Some("palisade permissions --kubernetes (a way in), or leave it out with --clusters".into())
        }
        (
            GapKind::Throttled | GapKind::Expired | GapKind::Interrupted | GapKind::OutOfTime | GapKind::Unreachable,
            _,
        ) => Some("palisade audit --resume FILE (reads only what is missing, run after run)".into()),
        _ => None,
    }
}

fn risks(page: &mut Page, view: &View, open: &[Open]) -> io::Result<()> {
    page.gap()?;
    if open.is_empty() {
        let coverage = &view.head.coverage;
        if coverage.due > 0 {
            let decided = coverage.decided == coverage.due;
            let said = if decided { "Nothing failed." } else { "Nothing is known to have failed." };
            return page.text(Some(Tone::Strong), 0, said);
        }
        return Ok(());
    }
    page.line(&[(Some(Tone::Strong), "Act on these first".into())])?;
    for (index, one) in open.iter().take(RISKS).enumerate() {
        let name = crate::document::short(&one.example);
        let others = match one.count - 1 {
            0 => String::new(),
            1 => " and 1 other".to_owned(),
            more => format!(" and {} others", grouped(number(more))),
        };
        let severity = one.severity.name();
        page.one_line(
            &[
                (None, format!("{} ", index + 1).into()),
                (Some(Tone::Severity(one.severity)), format!("{severity:<8} ").into()),
            ],
            &one.title,
        )?;
        let step = view.told(&one.check).map(crate::view::Told::first_step).unwrap_or_default();
        let indent = " ".repeat(11);
        page.one_line(&[(None, indent.into())], &format!("{name}{others} → {step}"))?;
    }
    Ok(())
}

/// Failures and unknowns of each service, two services a line.
fn services(page: &mut Page, view: &View) -> io::Result<()> {
    let services = view.services();
    if services.is_empty() {
        return Ok(());
    }
    let title: Vec<Piece> = vec![(Some(Tone::Faint), "    service     failed serious unknown".into())];
    let cell = |(name, service): (&String, &crate::view::Service)| -> Vec<Piece> {
        let worst = Severity::ALL.iter().zip(service.failed).find(|(_, fails)| *fails > 0);
        let tone = worst.map(|(severity, _)| Tone::Count(*severity));
        let score = service.score.as_ref().map_or_else(|| "-".to_owned(), |score| score.grade.replace('-', "–"));
        let shown = |number: u64| if number == 0 { "·".to_owned() } else { grouped(number) };
        let serious = shown(service.failed[0] + service.failed[1]);
        vec![
            (Some(Tone::Strong), format!("{score:>3} ").into()),
            (None, format!("{name:<11}").into()),
            (tone, format!("{:>7} {serious:>7}", shown(service.counts.fail)).into()),
            (None, format!(" {:>7}", shown(service.counts.of(Status::Unknown))).into()),
        ]
    };
    let cells: Vec<_> = services.iter().map(cell).collect();
    page.in_columns(&title, &cells)
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

/// Findings by status and severity.
pub(super) fn counts(view: &View) -> Vec<Vec<Piece>> {
    let summary = &view.head.summary;
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
