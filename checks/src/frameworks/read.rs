//! Reads a framework's list.
//!
//! ```text
//! # A comment.
//! ## A part of the framework
//! id | title
//! id | title | check-id, @set, check-id
//! ```
//!
//! Sets stand in sets.txt. Where the checks themselves name a framework's requirements, its file lists none; what a line
//! of the checklist has in the third place is the reason why no check tells of it.

use super::{Framework, List, Mapping, Requirement};
use crate::check::Control;

/// The checks that several requirements have in common, by name.
const SETS: &str = include_str!("sets.txt");

/// A framework with its requirements.
pub(super) fn framework(list: &List) -> Framework {
    let &List { name, title, version, source, file, text, mapping } = list;
    Framework { name, title, version, source, file, requirements: requirements(text, mapping), mapping }
}

fn requirements(text: &'static str, mapping: Mapping) -> Vec<Requirement> {
    let mut group = "";
    let mut requirements = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            group = heading.trim();
        } else if let Some((id, rest)) = entry(line) {
            let (title, listed) = rest.split_once(" | ").unwrap_or((rest, ""));
            let mut checks = match mapping {
                Mapping::File => listed.split(',').flat_map(|name| set(name.trim())).collect(),
                Mapping::Controls(..) => naming(id, mapping),
            };
            checks.sort_unstable();
            checks.dedup();
            requirements.push(Requirement { id, group, title: title.trim(), checks });
        }
    }
    requirements
}

/// What a line says of which name; nothing for comments and empty lines.
fn entry(line: &str) -> Option<(&str, &str)> {
    if line.starts_with('#') {
        return None;
    }
    line.split_once(" | ").map(|(id, rest)| (id.trim(), rest.trim()))
}

/// A check by its id, or all checks of a set. The registry's tests fail over names that stand for neither.
fn set(name: &'static str) -> Vec<&'static str> {
    let Some(wanted) = name.strip_prefix('@') else {
        return Some(name).filter(|name| !name.is_empty()).into_iter().collect();
    };
    let found = SETS.lines().filter_map(entry).find(|(set, _)| *set == wanted);
    found.map_or_else(|| vec![name], |(_, checks)| checks.split(',').map(str::trim).collect())
}

/// The checks that name a requirement.
fn naming(id: &str, mapping: Mapping) -> Vec<&'static str> {
    let names = |control: &Control| mapping.id(*control) == Some(id);
    crate::all().filter(|check| check.controls.iter().any(names)).map(|check| check.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Catalogue;

    fn read(
        text: &'static str,
        mapping: Mapping,
    ) -> Vec<(&'static str, &'static str, &'static str, Vec<&'static str>)> {
        let read = requirements(text, mapping).into_iter();
        read.map(|found| (found.id, found.group, found.title, found.checks)).collect()
    }

    #[test]
    fn a_line_has_an_id_a_title_and_checks() {
        let text = "# 1 | comment\n\n0 | Before\n## Part\n1.1 | Title | b, a, b\n1.2 | Other\n";
        let wanted = vec![
            ("0", "", "Before", vec![]),
            ("1.1", "Part", "Title", vec!["a", "b"]),
            ("1.2", "Part", "Other", vec![]),
        ];
        assert_eq!(read(text, Mapping::File), wanted);
    }

    #[test]
    fn a_set_stands_for_its_checks_and_an_unknown_one_for_itself() {
        let found = read("1 | Title | @runtime-outdated\n2 | Title | @nothing, a", Mapping::File);
        assert!(found[0].3.contains(&"lambda-runtime-deprecated"));
        assert_eq!(found[1].3, ["@nothing", "a"]);
    }

    #[test]
    fn where_checks_name_requirements_the_third_place_counts_for_nothing() {
        let found = read("Lambda.7 | Traced | no reason", Mapping::Controls(Catalogue::SecurityHub, ""));
        assert_eq!(found, [("Lambda.7", "", "Traced", vec!["lambda-tracing-off"])]);
    }
}
