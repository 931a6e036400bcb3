//! The frameworks: their lists, and the page of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_checks::check::{Catalogue, Check};
use palisade_checks::frameworks::{self, Framework, Requirement};
use palisade_checks::page::source;
use palisade_checks::{all, frameworks::checks_of};

use crate::lacks;
use crate::pages::COMMAND;

/// The page: every framework with its requirements, the checks of each, and those that no check tells of.
pub(crate) fn page() -> String {
    let mut page = format!(
        "# Frameworks\n\n\
         Generated from the lists below `checks/src/frameworks` and the controls of the checks: `{COMMAND}`.\n\n\
         {RULES}\n\n| Name | Framework | Version | Requirements | Covered |\n| --- | --- | --- | --- | --- |\n"
    );
    for framework in frameworks::all() {
        let Framework { name, title, version, .. } = framework;
        let (covered, total) = (covered(framework).count(), framework.requirements.len());
        writeln!(page, "| [`{name}`](#{name}) | {title} | {version} | {total} | {covered} |").unwrap();
    }
    for framework in frameworks::all() {
        section(&mut page, framework);
    }
    page
}

/// What a reader has to know of all of them.
const RULES: &str = "\
Ids are those of each framework; the titles are our own words, and no text of a standard. A check stands beside a\n\
requirement when its failure speaks against the requirement. A pass says that nothing that palisade looks at speaks\n\
against it, not that the requirement is met: most ask for more than a setting of AWS.\n\n\
How a requirement stands after a run; the first that holds counts:\n\n\
| Standing | When |\n\
| --- | --- |\n\
| `not-covered` | No check of palisade tells of it. |\n\
| `not-judged` | None of its checks ran. |\n\
| `fail` | A check of it has an open failure. |\n\
| `unknown` | Something could not be checked, or not all of its checks ran over all that they judge. |\n\
| `accepted` | A failure of it is accepted by a suppression, which is no pass. |\n\
| `pass` | At least one resource passed. |\n\
| `not-applicable` | Of no resource the question arises. |\n\n\
A percentage is the share of `pass` in `fail`, `unknown`, `accepted` and `pass`, rounded down; the others are told beside it.";

fn covered(framework: &Framework) -> impl Iterator<Item = &Requirement> {
    framework.requirements.iter().filter(|requirement| requirement.is_covered())
}

fn section(page: &mut String, framework: &Framework) {
    let Framework { name, title, version, source, file, requirements, .. } = framework;
    let (number, checks) = (covered(framework).count(), checks_of(framework).count());
    writeln!(page, "\n## {name}\n\n{title}, version {version}: <{source}>\n").unwrap();
    let total = requirements.len();
    writeln!(page, "{number} of {total} requirements are covered, by {checks} checks. List: `checks/src/{file}`.")
        .unwrap();
    page.push_str("\n| Requirement | What it asks for | Checks |\n| --- | --- | --- |\n");
    for Requirement { id, title, checks, .. } in covered(framework) {
        let links: Vec<_> = checks.iter().map(|id| format!("[`{id}`](checks/{id}.md)")).collect();
        writeln!(page, "| {id} | {title} | {} |", links.join(", ")).unwrap();
    }
    let mut others = requirements.iter().filter(|requirement| !requirement.is_covered()).peekable();
    if others.peek().is_some() {
        page.push_str("\nNot covered:\n\n| Requirement | What it asks for |\n| --- | --- |\n");
    }
    for Requirement { id, title, .. } in others {
        writeln!(page, "| {id} | {title} |").unwrap();
    }
}

/// The file of a framework's list.
fn place(framework: &Framework) -> String {
    format!("checks/src/{}", framework.file)
}

#[test]
fn names_of_frameworks_are_unique_and_lead_to_them() {
    let names: BTreeSet<_> = frameworks::all().map(|framework| framework.name).collect();
    assert_eq!(names.len(), frameworks::all().count());
    for framework in frameworks::all() {
        assert_eq!(frameworks::by_name(framework.name), Some(framework));
        assert!(!framework.requirements.is_empty(), "{} lists nothing", place(framework));
        assert!(framework.source.starts_with("https://"), "{}: {}", framework.name, framework.source);
    }
    assert_eq!(frameworks::by_name("CIS-AWS"), None);
}

#[test]
fn every_requirement_has_an_id_of_its_own_and_a_short_title() {
    for framework in frameworks::all() {
        let (place, mut seen) = (place(framework), BTreeSet::new());
        for Requirement { id, title, .. } in &framework.requirements {
            assert!(seen.insert(id), "{place} has two lines `{id}`: remove one");
            assert!(!id.is_empty() && !id.contains(char::is_whitespace), "{place}: no id: `{id}`");
            let length = title.chars().count();
            assert!(
                (4..=100).contains(&length),
                "{place}: the title of {id} has {length} characters: 4 to 100 are wanted"
            );
        }
    }
}

#[test]
fn every_line_of_a_list_is_read() {
    for framework in frameworks::all() {
        let text = std::fs::read_to_string(crate::root().join(place(framework))).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let ids: Vec<_> = lines.map(|line| line.split(" | ").next().unwrap_or_default()).collect();
        let read: Vec<_> = framework.requirements.iter().map(|requirement| requirement.id).collect();
        assert_eq!(ids, read, "{}", place(framework));
    }
}

#[test]
fn every_check_that_a_list_names_exists() {
    let known: BTreeSet<_> = all().map(|check| check.id).collect();
    for framework in frameworks::all() {
        for Requirement { id, checks, .. } in &framework.requirements {
            if let Some(unknown) = checks.iter().find(|check| !known.contains(*check)) {
                panic!("{}: {id} names `{unknown}`, which is neither a check nor a set of sets.txt", place(framework));
            }
        }
    }
}

#[test]
fn every_control_of_a_check_is_a_requirement_of_its_framework() {
    for check in all() {
        for control in check.controls {
            // A check of another program is no requirement.
            if control.catalogue == Catalogue::Prowler {
                continue;
            }
            let mut named = frameworks::all().filter_map(|framework| Some((framework, framework.names(*control)?)));
            let Some((framework, id)) = named.next() else {
                panic!("checks/src/{}: `{control}` is of no framework in checks/src/frameworks/mod.rs", source(check));
            };
            assert!(named.next().is_none(), "`{control}` is of two frameworks");
            let Some(requirement) = framework.requirement(id) else {
                lacks(
                    &format!("{}, or {} is wrong: it", place(framework), check.id),
                    &format!("{id} | what it asks for"),
                );
            };
            assert!(requirement.checks.contains(&check.id));
        }
    }
}

#[test]
fn the_checks_of_a_framework_are_those_of_its_requirements() {
    for framework in frameworks::all() {
        let wanted: BTreeSet<_> = framework.requirements.iter().flat_map(|requirement| &requirement.checks).collect();
        let found: Vec<&Check> = checks_of(framework).collect();
        assert_eq!(found.iter().map(|check| &check.id).collect::<BTreeSet<_>>(), wanted);
        assert_eq!(found.len(), wanted.len());
    }
}
