//! What could not be decided, and what would change that.

use std::collections::BTreeSet;
use std::io;

use palisade_checks::audit::{Report, Status};
use palisade_model::{Action, By, Reason};

use super::page::{Page, Tone, count, grouped, number};
use crate::grants;
use crate::grants::{Group, Policy};

/// How many names or messages of one kind are shown, unless all are wanted.
const SHOWN: usize = 5;

/// Writes the gaps, grouped by what would close them, and the policy that grants what a policy can grant.
pub(super) fn write(page: &mut Page, report: &Report) -> io::Result<()> {
    let groups = grants::groups(report);
    if groups.is_empty() {
        return Ok(());
    }
    let unknown = number(report.with_status(Status::Unknown).count());
    page.heading(Tone::Warning, "UNKNOWN", &count(unknown, "open conclusion"))?;
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            page.gap()?;
        }
        write_group(page, group)?;
    }
    policy(page, &groups)
}

fn write_group(page: &mut Page, group: &Group) -> io::Result<()> {
    let reason = if group.messages.is_empty() { group.reason.to_string() } else { "failed".to_owned() };
    page.item(Some(Tone::Strong), 0, "?", format!("{} · {reason}", group.action))?;
    let affected = affected(group);
    let place = if group.regions.is_empty() { "global".to_owned() } else { list(page, &group.regions) };
    let checks = if group.checks.is_empty() { String::new() } else { format!(": {}", list(page, &group.checks)) };
    page.text(None, 3, format!("{affected} ({place}){checks}"))?;
    let shown = if page.style.all { group.messages.len() } else { SHOWN };
    for message in group.messages.iter().take(shown) {
        page.item(None, 3, "·", *message)?;
    }
    if group.messages.len() > shown {
        page.text(None, 3, format!("… and {} other messages", grouped(number(group.messages.len() - shown))))?;
    }
    page.item(Some(Tone::Faint), 3, "→", advice(group))
}

/// How much waits for the call. An ARN that ends in `*` is no resource: it stands for those that a list does not show.
fn affected(group: &Group) -> String {
    if group.checks.is_empty() {
        return "No check waits for it, but the report may lack what it would have shown".to_owned();
    }
    let seen = group.resources.iter().filter(|arn| !arn.as_str().ends_with('*')).count();
    let rest =
        if seen < group.resources.len() { Some("everything that a list does not show".to_owned()) } else { None };
    let seen = (seen > 0).then(|| count(number(seen), "resource"));
    let resources: Vec<_> = seen.into_iter().chain(rest).collect();
    format!("{} of {} open", count(number(group.checks.len()), "check"), resources.join(" and "))
}

/// What to do; what the policy at the end of the section does is said there, once.
fn advice<'a>(group: &'a Group) -> &'a str {
    let identity = *grants::root(group.reason) == Reason::Denied(By::Identity);
    if identity && group.action != Action::KmsDecrypt { "The policy below allows it." } else { &group.grant.advice }
}

fn list(page: &Page, names: &BTreeSet<&str>) -> String {
    let shown = if page.style.all { names.len() } else { SHOWN };
    let more = (names.len() > shown).then(|| format!("… and {} more", names.len() - shown));
    names.iter().take(shown).copied().chain(more.as_deref()).collect::<Vec<_>>().join(", ")
}

/// The policy is never wrapped, so that it can be copied.
fn policy(page: &mut Page, groups: &[Group]) -> io::Result<()> {
    let Some(policy) = Policy::of(groups.iter().filter_map(|group| group.grant.statement.as_ref())) else {
        return Ok(());
    };
    page.gap()?;
    page.text(
        None,
        0,
        "Policy for the auditing identity. If another of its policies denies a call, remove that: an allow does not \
         override a denial.",
    )?;
    page.gap()?;
    for line in serde_json::to_string_pretty(&policy)?.lines() {
        page.line(&[(None, line.into())])?;
    }
    Ok(())
}
