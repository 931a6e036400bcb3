//! Below the first screen: one line for each check, the causes of what is unknown, and where the rest is.

use std::io;

use super::first_screen::what;
use super::page::{Page, Tone, count, grouped, number};
use crate::document::{NoticeKind, Status};
use crate::view::{Open, View};

/// How many lines the table may have.
const LINES: usize = 60;
/// How many of them stand below the checks: causes of unknowns with their heading, and where the rest is.
const BELOW: usize = 14;
/// How many causes of unknowns have a line.
const CAUSES: usize = 5;

/// Writes what follows the first screen: no more than 36 lines on a page of 80 columns or more.
pub(super) fn write(page: &mut Page, view: &View) -> io::Result<()> {
    let open = view.open();
    if !open.is_empty() {
        page.heading(Tone::Strong, "FAILED", &count(view.head.summary.status.of(Status::Fail), "finding"))?;
        let room = LINES.saturating_sub(page.lines() + BELOW);
        let shown = &open[..open.len().min(room)];
        let widest = |text: &dyn Fn(&Open) -> usize| shown.iter().map(text).max().unwrap_or_default();
        let [severity, digits, check] = [
            widest(&|one| one.severity.name().len()),
            widest(&|one| grouped(number(one.count)).len()),
            widest(&|one| one.check.len()),
        ];
        for one in shown {
            page.one_line(
                &[
                    (Some(Tone::Severity(one.severity)), format!("{:<severity$}", one.severity.name()).into()),
                    (None, format!("  {:>digits$}  ", grouped(number(one.count))).into()),
                    (Some(Tone::Strong), format!("{:<check$}  ", one.check).into()),
                ],
                &one.title,
            )?;
        }
        if open.len() > shown.len() {
            let more = &open[shown.len()..];
            let findings: usize = more.iter().map(|one| one.count).sum();
            let text = format!(
                "… and {} with {}",
                count(number(more.len()), "other check"),
                count(number(findings), "finding")
            );
            page.one_line(&[], &text)?;
        }
    }
    unknown(page, view)?;
    rest(page, view, open.is_empty())
}

fn unknown(page: &mut Page, view: &View) -> io::Result<()> {
    let causes: Vec<_> = view.causes().into_iter().filter(|cause| !cause.reason.kind.is_choice()).collect();
    if causes.is_empty() {
        return Ok(());
    }
    let unknown = view.head.summary.status.of(Status::Unknown);
    page.heading(Tone::Warning, "UNKNOWN", &count(unknown, "conclusion"))?;
    for cause in causes.iter().take(CAUSES) {
        let open = if cause.open == 0 { "-".to_owned() } else { grouped(number(cause.open)) };
        page.one_line(&[(Some(Tone::Warning), format!("?{open:>6}  ").into())], &what(cause))?;
    }
    if causes.len() > CAUSES {
        page.one_line(&[], &format!("… for {}", count(number(causes.len() - CAUSES), "other cause")))?;
    }
    Ok(())
}

fn rest(page: &mut Page, view: &View, nothing_open: bool) -> io::Result<()> {
    let status = &view.head.summary.status;
    let left_out = view.head.notices.iter().filter(|notice| notice.kind == NoticeKind::LeftOut).count();
    let notices = view.head.notices.len() - left_out;
    let mut also = Vec::new();
    if status.suppressed > 0 {
        also.push(format!("{} suppressed", grouped(status.suppressed)));
    }
    also.push(format!("{} passed", grouped(status.pass)));
    if left_out > 0 {
        also.push(format!("{} left out by choice", count(number(left_out), "check")));
    }
    if notices > 0 {
        also.push(count(number(notices), "notice"));
    }
    page.gap()?;
    page.text(Some(Tone::Faint), 0, format!("Besides: {}.", also.join(", ")))?;
    let every =
        "Everything: --all, or --output report.html | .json | .csv | .md. Why and how to fix: palisade explain CHECK.";
    if nothing_open {
        return page.text(Some(Tone::Faint), 0, "Everything: --all, or --output report.html | .json | .csv | .md.");
    }
    page.text(Some(Tone::Faint), 0, every)
}
