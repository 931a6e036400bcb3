//! What is generated from the checks: a page of each, their index, the checklist, and the list of ids and severities.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use palisade_checks::all;
use palisade_checks::check::{Catalogue, Check};
use palisade_checks::page::page;

use crate::checklist::{FILE, Item, groups};
use crate::escalation;
use crate::frameworks;
use crate::generated::Files;

/// The folder that holds the pages of the checks and nothing else.
pub(crate) const FOLDER: &str = "docs/checks";

/// The command that writes all of it.
pub(crate) const COMMAND: &str = "UPDATE_DOCS=1 cargo test -p palisade-checks --test registry";

/// Every generated file.
pub(crate) fn files() -> Files {
    let mut files: Files = all().map(|check| (path(check.id), page(check))).collect();
    files.insert(format!("{FOLDER}/README.md"), index());
    files.insert("docs/checklist.md".to_owned(), checklist());
    files.insert("docs/escalation.md".to_owned(), escalation::page());
    files.insert("docs/frameworks.md".to_owned(), frameworks::page());
    files.insert("checks/tests/registry/severities.txt".to_owned(), severities());
    files
}

/// The file of a check's page.
pub(crate) fn path(id: &str) -> String {
    format!("{FOLDER}/{id}.md")
}

fn link(check: &Check, folder: &str) -> String {
    format!("[`{id}`]({folder}{id}.md)", id = check.id)
}

fn index() -> String {
    let mut page = format!(
        "# Checks\n\nGenerated from the checks themselves: `{COMMAND}`.\n\n\
         | Severity | Check | What it finds |\n| --- | --- | --- |\n"
    );
    let mut checks: Vec<_> = all().collect();
    checks.sort_by(|left, right| (right.severity, left.id).cmp(&(left.severity, right.id)));
    let mut controls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in checks {
        writeln!(page, "| {} | {} | {} |", check.severity, link(check, ""), check.title()).unwrap();
        for control in check.controls {
            controls.entry(control.to_string()).or_default().push(link(check, ""));
        }
    }
    page.push_str("\n## By control\n\n| Control | Checks |\n| --- | --- |\n");
    for (control, checks) in controls {
        writeln!(page, "| {control} | {} |", checks.join(", ")).unwrap();
    }
    page
}

fn checklist() -> String {
    let mut page = format!(
        "# Checklist for serverless and containers\n\n\
         What a well-kept account looks like, line by line, and the checks that hold it to that. Where a line has a\n\
         counterpart in another catalogue, the checks name its control as well (`palisade explain <check>`).\n\n\
         Generated from the words in `{FILE}` and the controls of the checks: `{COMMAND}`.\n"
    );
    for group in groups() {
        writeln!(page, "\n## {}\n\n| Line | What it asks for | Checks |\n| --- | --- | --- |", group.name).unwrap();
        for item in group.items {
            writeln!(page, "| `{}` | {} | {} |", item.id, item.asks, answer(&item)).unwrap();
        }
    }
    page
}

/// The checks of a line, or why there are none.
fn answer(item: &Item) -> String {
    let links: BTreeSet<_> = covering(item.id).map(|check| link(check, "checks/")).collect();
    match item.without {
        Some(reason) if links.is_empty() => format!("none: {reason}"),
        Some(_) | None => links.into_iter().collect::<Vec<_>>().join(", "),
    }
}

/// The checks that name a line of the checklist.
pub(crate) fn covering(line: &str) -> impl Iterator<Item = &'static Check> {
    all().filter(move |check| lines(check).any(|other| other == line))
}

/// The lines of the checklist that a check names.
pub(crate) fn lines(check: &Check) -> impl Iterator<Item = &'static str> {
    let of_checklist = check.controls.iter().filter(|control| control.catalogue == Catalogue::Checklist);
    of_checklist.map(|control| control.id)
}

/// Reviewers see here when an id or a severity changes, which changes what other people's settings mean.
fn severities() -> String {
    all().fold(String::new(), |mut table, check| {
        writeln!(table, "{:<50} {}", check.id, check.severity).unwrap();
        table
    })
}
