//! What CHANGELOG.md says of checks: those of the first version by service, later ones one by one.

use palisade_checks::all;
use palisade_checks::check::Check;

use crate::lacks;

const TEXT: &str = include_str!("../../../CHANGELOG.md");

/// The versions, newest first, each with its text.
fn versions() -> Vec<(&'static str, &'static str)> {
    TEXT.split("\n## ").skip(1).filter_map(|section| section.split_once([' ', '\n'])).collect()
}

/// What to do about a check whose page was not there before.
pub(crate) fn advice(check: &Check) -> Option<String> {
    let versions = versions();
    let of_first = versions.last().is_some_and(|(first, _)| *first == check.since);
    of_first.then(|| {
        format!(
            "CHANGELOG.md tells of the checks of {} by service, not one by one: add a few words to the line of its service \
             if what `{}` looks at is new there",
            check.since, check.id
        )
    })
}

#[test]
fn a_check_that_came_after_the_first_version_is_in_the_changelog() {
    let versions = versions();
    let (first, _) = versions.last().unwrap();
    for check in all().filter(|check| check.since != *first) {
        let Some((version, text)) = versions.iter().find(|(version, _)| *version == check.since) else {
            panic!("CHANGELOG.md has no version {}, which `since` of `{}` names", check.since, check.id);
        };
        if !text.contains(&format!("`{}`", check.id)) {
            let line = format!("- `{}`: {} ({})", check.id, check.title(), check.severity);
            lacks(&format!("CHANGELOG.md, under `## {version}`,"), &line);
        }
    }
}
