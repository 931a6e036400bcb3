//! What could not be decided, and what would change that.

use std::collections::BTreeSet;
use std::io;

use palisade_model::Action;

use super::first_screen::{waiting, what};
use super::page::{Page, Tone, count, grouped, number};
use crate::document::{By, Status};
use crate::grants::Policy;
use crate::view::{Cause, View};

/// How many names or messages of one kind are shown, unless all are wanted.
const SHOWN: usize = 5;

/// Writes the gaps, grouped by what would close them, and the policy that grants what a policy can grant.
pub(super) fn write(page: &mut Page, view: &View) -> io::Result<()> {
    let causes = view.causes();
    if causes.is_empty() {
        return Ok(());
    }
    page.heading(Tone::Warning, "UNKNOWN", &count(view.head.summary.status.of(Status::Unknown), "open conclusion"))?;
    for (index, cause) in causes.iter().enumerate() {
        if index > 0 {
            page.gap()?;
        }
        write_cause(page, cause)?;
    }
    policy(page, &causes)
}

fn write_cause(page: &mut Page, cause: &Cause) -> io::Result<()> {
    page.item(Some(Tone::Strong), 0, "?", what(cause))?;
    let place = if cause.regions.is_empty() { "global".to_owned() } else { list(page, &cause.regions) };
    let checks = if cause.checks.is_empty() { String::new() } else { format!(": {}", list(page, &cause.checks)) };
    page.text(None, 3, format!("{}{} ({place}){checks}", capital(&waiting(cause)), resources(cause)))?;
    // One message stands in the first line.
    if cause.messages.len() > 1 {
        let shown = if page.style.all { cause.messages.len() } else { SHOWN };
        for message in cause.messages.iter().take(shown) {
            page.item(None, 3, "·", message.as_str())?;
        }
        if cause.messages.len() > shown {
            page.text(None, 3, format!("… and {} other messages", grouped(number(cause.messages.len() - shown))))?;
        }
    }
    page.item(Some(Tone::Faint), 3, "→", advice(cause))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Of how many resources. An ARN that ends in `*` is no resource: it stands for those that a list does not show.
fn resources(cause: &Cause) -> String {
    let seen = cause.resources.iter().filter(|arn| !arn.ends_with('*')).count();
    let rest =
        if seen < cause.resources.len() { Some("everything that a list does not show".to_owned()) } else { None };
    let seen = (seen > 0).then(|| count(number(seen), "resource"));
    let resources: Vec<_> = seen.into_iter().chain(rest).collect();
    if resources.is_empty() { String::new() } else { format!(" of {}", resources.join(" and ")) }
}

/// What to do; what the policy at the end of the section does is said there, once.
fn advice(cause: &Cause) -> &str {
    let identity = cause.reason.by == Some(By::Identity);
    if identity && cause.action != Action::KmsDecrypt.name() {
        "The policy below allows it."
    } else {
        &cause.grant.advice
    }
}

fn list(page: &Page, names: &BTreeSet<String>) -> String {
    let shown = if page.style.all { names.len() } else { SHOWN };
    let more = (names.len() > shown).then(|| format!("… and {} more", names.len() - shown));
    names.iter().take(shown).map(String::as_str).chain(more.as_deref()).collect::<Vec<_>>().join(", ")
}

/// The policy is never wrapped, so that it can be copied.
fn policy(page: &mut Page, causes: &[Cause]) -> io::Result<()> {
    let Some(policy) = Policy::of(causes.iter().filter_map(|cause| cause.grant.statement.as_ref())) else {
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
