//! What each check says of itself: words, references, controls, version.

use std::collections::{BTreeMap, BTreeSet};

use palisade_checks::all;
use palisade_checks::check::{Catalogue, Check};
use palisade_checks::page::{SECTIONS, source};

use crate::lacks;

/// Where a check is declared.
fn place(check: &Check) -> String {
    format!("checks/src/{}", source(check))
}

fn is_kebab_case(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.split('-').all(is_word)
}

#[test]
fn titles_are_short_and_unique() {
    let mut seen = BTreeMap::new();
    for check in all() {
        let (title, place) = (check.title(), place(check));
        assert!(!title.is_empty() && title.len() <= 80, "{place}: the title has {} characters of 80", title.len());
        assert!(!title.ends_with('.'), "{place}: the title ends with a full stop: {title}");
        assert!(title.starts_with(|letter: char| letter.is_uppercase()), "{place}: the title begins small: {title}");
        if let Some(other) = seen.insert(title, check) {
            panic!("{place}: {} has this title already: {title}", other.id);
        }
    }
}

#[test]
fn documentation_has_its_sections_in_order_and_no_others() {
    for check in all() {
        let mut headings = check.docs.lines().filter_map(|line| line.trim().strip_prefix("## "));
        for wanted in SECTIONS {
            let found = headings.next();
            if found != Some(wanted) {
                let before = found.map_or("at the end".to_owned(), |found| format!("above `/// ## {found}`"));
                lacks(&format!("{}, {before},", place(check)), &format!("    /// ## {wanted}"));
            }
            let text = check.section(wanted).unwrap_or_default();
            assert!(text.len() > 20, "{}: there is next to nothing under `/// ## {wanted}`", place(check));
        }
        if let Some(other) = headings.next() {
            panic!("{}: `/// ## {other}` is no section: {SECTIONS:?} are", place(check));
        }
    }
}

#[test]
fn the_severity_section_begins_with_the_severity() {
    for check in all() {
        let text = check.section("Severity").unwrap_or_default();
        let severity = check.severity.to_string();
        let word = format!("{}{}", severity[..1].to_uppercase(), &severity[1..]);
        if !text.starts_with(&format!("{word}:")) {
            lacks(&format!("{}, under `/// ## Severity`,", place(check)), &format!("    /// {word}: the reason."));
        }
    }
}

#[test]
fn references_are_addresses() {
    for check in all() {
        let mut seen = BTreeSet::new();
        for line in check.section("References").unwrap_or_default().lines() {
            let address = line.strip_prefix("- <").and_then(|rest| rest.split_once('>')).map(|(address, _)| address);
            let Some(address) = address.filter(|address| address.starts_with("https://")) else {
                panic!("{}: `- <https://…>` is wanted under `/// ## References`: {line}", place(check));
            };
            assert!(seen.insert(address), "{} names an address twice: {address}", place(check));
        }
    }
}

#[test]
fn controls_are_sorted_and_well_formed() {
    for check in all() {
        let place = place(check);
        if check.controls.is_empty() {
            lacks(&format!("{place}, in `controls`,"), "Control::checklist(\"a line of checks/src/checklist.txt\")");
        }
        for pair in check.controls.windows(2) {
            assert!(pair[0] < pair[1], "{place}: in `controls`, move `{}` before `{}`", pair[1], pair[0]);
        }
        for control in check.controls {
            let form = form(control.catalogue, control.id);
            assert!(form.is_none(), "{place}: `{control}` does not look like {}", form.unwrap_or_default());
        }
    }
}

/// How the ids of a catalogue look, for one that does not.
fn form(catalogue: Catalogue, id: &str) -> Option<&'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (example, is_well_formed) = match catalogue {
        Catalogue::SecurityHub => (
            "Lambda.1",
            id.split_once('.').is_some_and(|(service, number)| {
                service.starts_with(|letter: char| letter.is_ascii_uppercase()) && is_number(number)
            }),
        ),
        Catalogue::Prowler => {
            ("awslambda_function_url_public", id.contains('_') && is_kebab_case(&id.replace('_', "-")))
        }
        Catalogue::Cis => (
            "compute-services-1.1.0:12.5",
            id.split_once(':').is_some_and(|(benchmark, number)| {
                is_kebab_case(&benchmark.replace('.', "-")) && number.split('.').all(is_number)
            }),
        ),
        Catalogue::Checklist => ("one-role-per-function", is_kebab_case(id)),
    };
    (!is_well_formed).then_some(example)
}

#[test]
fn since_is_a_version_that_is_not_to_come() {
    let numbers = |version: &str| version.split('.').map(str::parse::<u32>).collect::<Result<Vec<_>, _>>().ok();
    let current = env!("CARGO_PKG_VERSION");
    for check in all() {
        let since = numbers(check.since).filter(|numbers| numbers.len() == 3);
        if since.is_none() || since > numbers(current) {
            let instead = format!("{}, in place of `since: \"{}\",`,", place(check), check.since);
            lacks(&instead, &format!("        since: \"{current}\","));
        }
    }
}
