//! Findings, grouped by severity and check.

use std::io;

use palisade_checks::audit::{Finding, Report, Status};
use palisade_model::verdict::Verdict;

use super::page::{Page, Shown, Tone, count, grouped, number};

/// How many resources of one check are shown, unless all are wanted.
const RESOURCES: usize = 10;
/// How many pieces of evidence of one resource are shown, unless all are wanted.
const EVIDENCE: usize = 20;

/// Writes what failed, the worst first.
pub(super) fn failures(page: &mut Page, report: &Report) -> io::Result<()> {
    let failures: Vec<_> = report.with_status(Status::Fail).collect();
    for group in failures.chunk_by(|left, right| left.severity == right.severity) {
        let Some(first) = group.first() else { continue };
        let name = first.severity.name().to_uppercase();
        let tone = Tone::Severity(first.severity);
        page.heading(tone, &name, &count(number(group.len()), "finding"))?;
        for (index, findings) in by_check(group).enumerate() {
            if index > 0 {
                page.gap()?;
            }
            check(page, Some(tone), findings, Detail::Evidence)?;
            fix(page, findings)?;
        }
    }
    if failures.is_empty() && report.coverage.due > 0 {
        let decided = report.coverage.decided == report.coverage.due;
        page.gap()?;
        page.text(Some(Tone::Strong), 0, if decided { "Nothing failed." } else { "Nothing is known to have failed." })?;
    }
    Ok(())
}

/// Writes accepted failures with their reasons.
pub(super) fn suppressed(page: &mut Page, report: &Report) -> io::Result<()> {
    section(page, report, Status::Suppressed, "SUPPRESSED", Detail::Acceptance)
}

/// Writes passes and questions that do not arise, if they are wanted.
pub(super) fn included(page: &mut Page, report: &Report) -> io::Result<()> {
    if page.style.include.passes {
        section(page, report, Status::Pass, "PASSED", Detail::Nothing)?;
    }
    if page.style.include.not_applicable {
        section(page, report, Status::NotApplicable, "NOT APPLICABLE", Detail::Nothing)?;
    }
    Ok(())
}

fn section(page: &mut Page, report: &Report, status: Status, name: &str, detail: Detail) -> io::Result<()> {
    let findings: Vec<_> = report.with_status(status).collect();
    if findings.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, name, &count(number(findings.len()), "finding"))?;
    for (index, group) in by_check(&findings).enumerate() {
        if index > 0 {
            page.gap()?;
        }
        check(page, None, group, detail)?;
    }
    Ok(())
}

/// What stands beside a resource.
#[derive(Clone, Copy)]
enum Detail {
    /// What makes the check fail.
    Evidence,
    /// Why that is accepted, until when, and what it is.
    Acceptance,
    /// Nothing.
    Nothing,
}

impl Detail {
    fn of(self, finding: &Finding, all: bool) -> Shown {
        match self {
            Self::Nothing => Shown::default(),
            Self::Evidence => Shown::lines(evidence(finding, all)),
            Self::Acceptance => {
                let reason = finding.suppressed.as_ref().map(|suppression| {
                    let end = suppression.expires.map(|last| format!(" (until {last})")).unwrap_or_default();
                    Shown::from(format!("{}{end}", suppression.reason))
                });
                Shown::lines(reason.into_iter().chain(evidence(finding, all)))
            }
        }
    }
}

fn evidence(finding: &Finding, all: bool) -> Vec<Shown> {
    let evidence = match &finding.outcome {
        Ok(Verdict::Fail(evidence)) => evidence.as_slice(),
        Ok(Verdict::Pass | Verdict::NotApplicable) | Err(_) => &[],
    };
    let shown = if all { evidence.len() } else { EVIDENCE };
    let more = || format!("… and {} more", grouped(number(evidence.len() - shown)));
    let more = (evidence.len() > shown).then(more);
    evidence.iter().take(shown).map(|one| one.0.as_str().into()).chain(more.map(Shown::from)).collect()
}

fn by_check<'a, 'b>(findings: &'b [&'a Finding]) -> impl Iterator<Item = &'b [&'a Finding]> {
    findings.chunk_by(|left, right| left.check.id == right.check.id)
}

/// One check: its title and id once, then its resources.
fn check(page: &mut Page, tone: Option<Tone>, findings: &[&Finding], detail: Detail) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    title(page, tone, first.check.title().into(), first.check.id.into())?;
    let shown = if page.style.all { findings.len() } else { RESOURCES };
    let all = page.style.all;
    let rows: Vec<_> = findings
        .iter()
        .take(shown)
        .map(|finding| {
            let region = finding.region().unwrap_or("global");
            vec![region.into(), finding.resource.resource().into(), detail.of(finding, all)]
        })
        .collect();
    page.columns(None, 3, &widths(page.width(), &rows), &rows)?;
    if findings.len() > shown {
        let more = grouped(number(findings.len() - shown));
        page.text(Some(Tone::Faint), 3, format!("… and {more} more (--all shows them, as does --format json)"))?;
    }
    Ok(())
}

/// A title at the left and an id at the right, on two lines where one is too short.
fn title(page: &mut Page, tone: Option<Tone>, title: Shown, id: Shown) -> io::Result<()> {
    let left = page.width().saturating_sub(id.width() + 5);
    if title.width() <= left {
        let space = " ".repeat(usize::from(left - title.width()) + 2);
        return page.line(&[
            (tone, "●".into()),
            (None, "  ".into()),
            (Some(Tone::Strong), title),
            (None, space.into()),
            (Some(Tone::Faint), id),
        ]);
    }
    page.item(Some(tone.unwrap_or(Tone::Strong)), 0, "●", title)?;
    page.text(Some(Tone::Faint), 3, id)
}

/// The widths of Region, resource and detail. A resource may take half of the page, or more that the details leave free.
fn widths(width: u16, rows: &[Vec<Shown>]) -> [u16; 3] {
    let widest = |index: usize| rows.iter().map(|row| row[index].width()).max().unwrap_or_default();
    let free = width.saturating_sub(3 + 2 * 2);
    let region = widest(0).min(free / 4);
    let left = (free - region).saturating_sub(widest(2));
    let resource = widest(1).min(left.max((free - region) / 2));
    [region, resource, free - region - resource]
}

/// The first paragraph of what to do about it.
fn fix(page: &mut Page, findings: &[&Finding]) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let section = first.check.section("Fix").unwrap_or_default();
    let paragraph = section.split("\n\n").next().unwrap_or_default().replace('\n', " ").replace('`', "");
    if paragraph.is_empty() { Ok(()) } else { page.item(Some(Tone::Faint), 3, "→", paragraph) }
}
