//! The end of the table: scores of the parts, notices, and where to read on.

use std::io;

use super::first_screen::{bar, counts, range};
use super::page::{Page, Shown, Tone, count, grouped, number};
use crate::document::{ChokePoint, NoticeKind, Score, short};
use crate::view::View;

/// Writes the end.
pub(super) fn write(page: &mut Page, view: &View) -> io::Result<()> {
    let head = &view.head;
    choke_points(page, view)?;
    page.heading(Tone::Strong, "COUNTS", "by status and severity")?;
    page.grid(&counts(view))?;
    scores(page, view)?;
    notices(page, view)?;
    calls(page, view)?;
    page.gap()?;
    let throttled = match head.calls.throttled {
        0 => String::new(),
        some => format!(", {} throttled", grouped(some)),
    };
    let cost = format!("{}{throttled}. Regions: {}.", count(head.calls.total, "call"), head.regions.join(", "));
    page.item(Some(Tone::Faint), 0, "·", cost)?;
    page.text(Some(Tone::Faint), 0, "palisade explain CHECK tells why a check matters and how to fix what it finds.")
}

/// The statements whose removal ends most escalation paths.
fn choke_points(page: &mut Page, view: &View) -> io::Result<()> {
    let Some(points) = view.head.choke_points.as_ref().filter(|points| !points.is_empty()) else { return Ok(()) };
    page.heading(Tone::Strong, "CHOKE POINTS", "what to remove to end most escalation paths")?;
    for point in points {
        page.item(None, 0, "·", format!("{}.", choke_point(point)))?;
    }
    Ok(())
}

/// What to remove, and what that ends.
pub(super) fn choke_point(point: &ChokePoint) -> String {
    let ChokePoint { owner, policy, statement, paths, identities } = point;
    let whose = if policy == owner { short(policy) } else { format!("{policy} of {}", short(owner)) };
    let ends = format!("{} from {}", count(number(*paths), "path"), count(number(*identities), "identity"));
    format!("Statement {statement} of policy {whose}: without it {ends} would end")
}

fn scores(page: &mut Page, view: &View) -> io::Result<()> {
    let services = view.head.scores.services.iter().map(|(name, score)| (name.as_str(), score));
    let regions = view.head.scores.regions.iter().map(|(name, score)| (name.as_str(), score));
    let rows: Vec<_> = services.chain(regions).map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, "SCORES", "by service and Region")?;
    let widest = rows.iter().map(|row| row[0].width()).max().unwrap_or_default();
    let widths = [widest.min(page.width() / 3), 20, 16];
    page.columns(None, 3, &widths, &rows)
}

fn row((name, score): (&str, &Score)) -> Vec<Shown> {
    vec![name.into(), bar(score).into(), range(score).into()]
}

fn notices(page: &mut Page, view: &View) -> io::Result<()> {
    if view.head.notices.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, "NOTICES", &count(number(view.head.notices.len()), "notice"))?;
    for notice in view.head.notices.iter().filter(|notice| notice.kind != NoticeKind::LeftOut) {
        page.item(None, 0, "·", notice.message.as_str())?;
    }
    let left_out: Vec<_> = view.head.notices.iter().filter(|notice| notice.kind == NoticeKind::LeftOut).collect();
    for notice in &left_out {
        page.item(Some(Tone::Faint), 0, "·", notice.message.as_str())?;
    }
    Ok(())
}

fn calls(page: &mut Page, view: &View) -> io::Result<()> {
    if !page.style.all || view.head.calls.by_action.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, "CALLS", &count(view.head.calls.total, "call"))?;
    let by_action = &view.head.calls.by_action;
    let row = |(action, number): (&String, &u64)| vec![action.as_str().into(), grouped(*number).into()];
    let rows: Vec<Vec<Shown>> = by_action.iter().map(row).collect();
    let widest = rows.iter().map(|row| row[0].width()).max().unwrap_or_default();
    page.columns(None, 3, &[widest, 12], &rows)
}
