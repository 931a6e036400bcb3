//! Findings, grouped by severity and check; what several of them share is said once.

use std::borrow::Cow;
use std::io;

use palisade_model::verdict::Severity;

use super::page::{Page, Shown, Tone, count, number};
use crate::document::{Finding, Status, short};
use crate::view::{Open, Told, View};

/// Below so many columns a resource has a line of its own.
const WIDE: u16 = 100;

/// Writes what failed: paths from the internet, then by severity.
pub(super) fn failures(page: &mut Page, view: &View) -> io::Result<()> {
    let (paths, others): (Vec<_>, Vec<_>) = view.open().into_iter().partition(Open::is_path_from_internet);
    if !paths.is_empty() {
        group(page, view, Tone::Severity(Severity::Critical), "PATHS FROM THE INTERNET", &paths)?;
    }
    for severity in Severity::ALL {
        let of_severity: Vec<_> = others.iter().filter(|one| one.severity == severity).cloned().collect();
        if !of_severity.is_empty() {
            group(page, view, Tone::Severity(severity), &severity.name().to_uppercase(), &of_severity)?;
        }
    }
    Ok(())
}

fn group(page: &mut Page, view: &View, tone: Tone, name: &str, open: &[Open]) -> io::Result<()> {
    let findings: usize = open.iter().map(|one| one.count).sum();
    page.heading(tone, name, &count(number(findings), "finding"))?;
    for (index, one) in open.iter().enumerate() {
        if index > 0 {
            page.gap()?;
        }
        let findings = view.of_check(&one.check, one.severity, Status::Fail);
        check(page, Some(Tone::Severity(one.severity)), &findings, Detail::Evidence)?;
        let step = view.told(&one.check).map(Told::first_step).unwrap_or_default();
        if !step.is_empty() {
            page.item(Some(Tone::Faint), 3, "→", step)?;
        }
    }
    Ok(())
}

/// Writes accepted failures with their reasons.
pub(super) fn suppressed(page: &mut Page, view: &View) -> io::Result<()> {
    section(page, view, Status::Suppressed, "SUPPRESSED", Detail::Acceptance)
}

/// Writes passes and questions that do not arise, if they are wanted.
pub(super) fn included(page: &mut Page, view: &View) -> io::Result<()> {
    if page.style.include.passes {
        section(page, view, Status::Pass, "PASSED", Detail::Nothing)?;
    }
    if page.style.include.not_applicable {
        section(page, view, Status::NotApplicable, "NOT APPLICABLE", Detail::Nothing)?;
    }
    Ok(())
}

fn section(page: &mut Page, view: &View, status: Status, name: &str, detail: Detail) -> io::Result<()> {
    let findings: Vec<_> = view.with_status(status).collect();
    if findings.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Strong, name, &count(number(findings.len()), "finding"))?;
    for (index, group) in findings.chunk_by(|left, right| left.check == right.check).enumerate() {
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
    fn of(self, finding: &Finding) -> Vec<Shown> {
        let evidence = finding.evidence.iter().map(|one| Shown::from(one.0.as_str()));
        match self {
            Self::Nothing => Vec::new(),
            Self::Evidence => evidence.collect(),
            Self::Acceptance => {
                let reason = finding.suppression.as_ref().map(|suppression| {
                    let end = suppression.expires.map(|last| format!(" (until {last})")).unwrap_or_default();
                    Shown::from(format!("{}{end}", suppression.reason))
                });
                reason.into_iter().chain(evidence).collect()
            }
        }
    }
}

/// One check: its title and id once, then its resources, those of one condition together.
fn check(page: &mut Page, tone: Option<Tone>, findings: &[Cow<'_, Finding<'_>>], detail: Detail) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    title(page, tone, (&*first.title).into(), (&*first.check).into())?;
    let mut conditions: Vec<(Vec<Shown>, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let said = detail.of(finding);
        match conditions.iter_mut().find(|(known, _)| *known == said) {
            Some((_, those)) => those.push(finding),
            None => conditions.push((said, vec![finding])),
        }
    }
    for (said, those) in conditions {
        condition(page, said, &those)?;
    }
    Ok(())
}

/// A condition and the resources that it is true of.
fn condition(page: &mut Page, said: Vec<Shown>, findings: &[&Finding]) -> io::Result<()> {
    let name = |finding: &Finding| Shown::from(short(&finding.resource));
    let region = |finding: &Finding| Shown::from(finding.region.as_deref().unwrap_or("global"));
    let widest =
        |all: &dyn Fn(&Finding) -> Shown| findings.iter().map(|one| all(one).width()).max().unwrap_or_default();
    let indent = 3;
    let regions = widest(&region);
    if page.width() < WIDE || findings.len() > 1 {
        let free = page.width().saturating_sub(indent + regions + 2);
        let rows: Vec<_> = findings.iter().map(|one| vec![region(one), name(one)]).collect();
        page.columns(None, indent, &[regions, free], &rows)?;
        for line in said {
            page.item(Some(Tone::Faint), indent + 2, "·", line)?;
        }
        return Ok(());
    }
    let rows: Vec<_> = findings.iter().map(|one| vec![region(one), name(one), Shown::lines(said.clone())]).collect();
    page.columns(None, indent, &widths(page.width(), &rows), &rows)
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
