//! The lines of the checklist, as `checks/src/checklist.txt` has them.

use std::collections::BTreeSet;

use palisade_checks::all;

use crate::lacks;
use crate::pages::{covering, lines};

/// The file, below the root of the workspace.
pub(crate) const FILE: &str = "checks/src/checklist.txt";

const TEXT: &str = include_str!("../../src/checklist.txt");

/// A part of the checklist, mostly a service.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) items: Vec<Item>,
}

/// A line of the checklist.
pub(crate) struct Item {
    pub(crate) id: &'static str,
    /// What it asks for.
    pub(crate) asks: &'static str,
    /// Why no check covers it.
    pub(crate) without: Option<&'static str>,
}

/// The checklist, in the order of its file.
pub(crate) fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let is_comment = |line: &str| line.starts_with('#') && !line.starts_with("## ");
    for line in TEXT.lines().filter(|line| !line.is_empty() && !is_comment(line)) {
        match (line.strip_prefix("## "), groups.last_mut()) {
            (Some(name), _) => groups.push(Group { name, items: vec![] }),
            (None, Some(group)) => group.items.push(item(line)),
            (None, None) => panic!("{FILE} lacks a line `## SERVICE` above: {line}"),
        }
    }
    groups
}

fn item(line: &'static str) -> Item {
    let parts: Vec<_> = line.split(" | ").map(str::trim).collect();
    match parts[..] {
        [id, asks] => Item { id, asks, without: None },
        [id, asks, reason] => Item { id, asks, without: Some(reason) },
        _ => panic!("{FILE}: `id | what it asks for` or `id | what it asks for | why no check does` is wanted: {line}"),
    }
}

#[test]
fn every_line_that_a_check_names_is_on_the_checklist() {
    let known: BTreeSet<_> = groups().iter().flat_map(|group| &group.items).map(|item| item.id).collect();
    for check in all() {
        if let Some(line) = lines(check).find(|line| !known.contains(line)) {
            lacks(&format!("{FILE}, under the heading of its service,"), &format!("{line} | What it asks for."));
        }
    }
}

#[test]
fn every_line_of_the_checklist_has_a_check_or_a_reason() {
    let mut seen = BTreeSet::new();
    for Item { id, asks, without } in groups().into_iter().flat_map(|group| group.items) {
        assert!(seen.insert(id), "{FILE} has two lines `{id}`: remove one");
        assert!(asks.ends_with('.'), "{FILE}: what `{id}` asks for is a sentence, with a full stop");
        match (covering(id).next(), without) {
            (Some(_), None) | (None, Some(_)) => {}
            (Some(check), Some(_)) => panic!("{FILE}: `{}` covers `{id}`: remove the reason why none does", check.id),
            (None, None) => lacks(
                &format!("{FILE} has a line that no check names; it"),
                &format!("{id} | {asks} | why no check does"),
            ),
        }
    }
}
