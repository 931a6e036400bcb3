//! The end of the table: scores of the parts, notices, and where to read on.

use std::collections::BTreeMap;
use std::io;

use palisade_checks::audit::{ChokePoint, Notice, Report, Status};
use palisade_checks::score::Score;
use palisade_model::Action;

use super::headline::{bar, range};
use super::page::{Page, Shown, Tone, count, grouped, number};
use crate::json::message;

/// Writes the end.
pub(super) fn write(page: &mut Page, report: &Report) -> io::Result<()> {
    choke_points(page, report)?;
    scores(page, report)?;
    notices(page, report)?;
    calls(page, report)?;
    if report.with_status(Status::Fail).next().is_some() {
        page.gap()?;
        page.text(
            Some(Tone::Faint),
            0,
            "palisade explain CHECK tells why a check matters and how to fix what it finds.",
        )?;
    }
    Ok(())
}

/// The statements whose removal ends most escalation paths.
fn choke_points(page: &mut Page, report: &Report) -> io::Result<()> {
    if report.choke_points.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, "CHOKE POINTS", "what to remove to end most escalation paths")?;
    for point in &report.choke_points {
        let ChokePoint { owner, policy, statement, paths, identities } = point;
        let whose = if policy == owner.as_str() { policy.clone() } else { format!("{policy} of {}", owner.resource()) };
        let ends = format!("{} from {}", count(number(*paths), "path"), count_of(*identities));
        page.item(None, 0, "·", format!("Policy {whose}, statement {statement}: ends {ends}."))?;
    }
    Ok(())
}

fn count_of(identities: usize) -> String {
    if identities == 1 { "1 identity".to_owned() } else { format!("{identities} identities") }
}

fn scores(page: &mut Page, report: &Report) -> io::Result<()> {
    let services = report.scores.services.iter().map(|(name, score)| (*name, score));
    let regions = report.scores.regions.iter().map(|(name, score)| (name.as_str(), score));
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

fn notices(page: &mut Page, report: &Report) -> io::Result<()> {
    if report.notices.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, "NOTICES", &count(number(report.notices.len()), "notice"))?;
    let mut left_out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for notice in &report.notices {
        match notice {
            Notice::LeftOut { check, gap, resources } => {
                left_out.entry(gap.to_string()).or_default().push(format!("{check} ({resources})"));
            }
            Notice::SuppressionUnused(_)
            | Notice::SuppressionExpired(_)
            | Notice::DataStale(_)
            | Notice::GuardsNotEvaluated(_)
            | Notice::NotLookedAt(_)
            | Notice::Gone(_) => page.item(None, 0, "·", message(notice))?,
        }
    }
    for (gap, checks) in left_out {
        let text = format!("Not judged, with the number of resources, as {gap}: {}.", checks.join(", "));
        page.item(None, 0, "·", text)?;
    }
    Ok(())
}

fn calls(page: &mut Page, report: &Report) -> io::Result<()> {
    if !page.style.all || report.calls.by_action.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, "CALLS", &count(report.calls.total, "call"))?;
    let by_action = &report.calls.by_action;
    let row = |(action, number): (&Action, &u64)| vec![action.name().into(), grouped(*number).into()];
    let rows: Vec<Vec<Shown>> = by_action.iter().map(row).collect();
    let widest = rows.iter().map(|row| row[0].width()).max().unwrap_or_default();
    page.columns(None, 3, &[widest, 12], &rows)
}
