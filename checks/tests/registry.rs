//! What holds for every check: its id, its place, its documentation, its controls.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use palisade_checks::all;
use palisade_checks::check::{Check, Framework};
use palisade_checks::page::{SECTIONS, source};

const CHECKLIST: &str = include_str!("../../docs/checklist.md");

/// The ids of a framework's controls that a check covers.
fn controls(check: &Check, framework: Framework) -> impl Iterator<Item = &'static str> {
    check.controls.iter().filter(move |control| control.framework == framework).map(|control| control.id)
}

/// Asserts that no two checks give the same answer.
fn assert_unique(what: impl Fn(&'static Check) -> &'static str) {
    let mut seen = BTreeMap::new();
    for check in all() {
        if let Some(other) = seen.insert(what(check), check) {
            panic!("{check:?} and {other:?} share {:?}", what(check));
        }
    }
}

fn is_kebab_case(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.split('-').all(is_word)
}

#[test]
fn ids_are_unique() {
    assert_unique(|check| check.id);
}

#[test]
fn an_id_is_the_service_and_the_name_of_the_file() {
    for check in all() {
        assert!(is_kebab_case(check.id), "{check:?}");
        let file = source(check).strip_suffix(".rs").unwrap();
        assert_eq!(file.replace(['/', '_'], "-"), check.id);
    }
}

#[test]
fn every_file_of_a_service_is_registered() {
    let services: BTreeSet<_> = all().map(Check::service).collect();
    for service in services {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(service);
        let names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let files: BTreeSet<_> =
            names.filter(|name| name != "mod.rs").map(|name| format!("{service}/{name}")).collect();
        let registered = all().filter(|check| check.service() == service).map(|check| source(check).to_owned());
        assert_eq!(files, registered.collect());
    }
}

#[test]
fn checks_are_listed_in_order_within_their_service() {
    let services: BTreeSet<_> = all().map(Check::service).collect();
    for service in services {
        assert!(all().filter(|check| check.service() == service).map(|check| check.id).is_sorted(), "{service}");
    }
}

#[test]
fn titles_are_short_and_unique() {
    assert_unique(Check::title);
    for check in all() {
        let title = check.title();
        assert!(!title.is_empty() && title.len() <= 80, "{check:?}: {} characters", title.len());
        assert!(!title.ends_with('.'), "{check:?}");
        assert!(title.starts_with(|letter: char| letter.is_uppercase()), "{check:?}");
    }
}

#[test]
fn documentation_has_its_sections_in_order_and_no_others() {
    for check in all() {
        let headings: Vec<_> = check.docs.lines().filter_map(|line| line.trim().strip_prefix("## ")).collect();
        assert_eq!(headings, SECTIONS, "{check:?}");
        for heading in SECTIONS {
            assert!(check.section(heading).is_some_and(|text| text.len() > 20), "{check:?}: {heading}");
        }
    }
}

#[test]
fn the_severity_section_begins_with_the_severity() {
    for check in all() {
        let text = check.section("Severity").unwrap_or_default().to_lowercase();
        assert!(text.starts_with(&format!("{}:", check.severity)), "{check:?}: {text}");
    }
}

#[test]
fn references_are_addresses() {
    for check in all() {
        let lines = check.section("References").unwrap_or_default().lines().count();
        let references = check.references();
        assert_eq!(references.len(), lines, "{check:?} has a line without an address");
        assert!(references.iter().all(|address| address.starts_with("https://")), "{check:?}: {references:?}");
        assert_eq!(references.iter().collect::<BTreeSet<_>>().len(), lines, "{check:?} names an address twice");
    }
}

#[test]
fn controls_are_sorted_and_well_formed() {
    for check in all() {
        assert!(!check.controls.is_empty(), "{check:?} covers no control");
        assert!(check.controls.is_sorted_by(|left, right| left < right), "{check:?}: {:?}", check.controls);
        for control in check.controls {
            assert!(is_well_formed(control.framework, control.id), "{check:?}: {control}");
        }
    }
}

fn is_well_formed(framework: Framework, id: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match framework {
        // `Lambda.1`
        Framework::SecurityHub => id.split_once('.').is_some_and(|(service, number)| {
            service.starts_with(|letter: char| letter.is_ascii_uppercase()) && is_number(number)
        }),
        // `awslambda_function_url_public`
        Framework::Prowler => id.contains('_') && is_kebab_case(&id.replace('_', "-")),
        // `compute-services-1.1.0:12.5`
        Framework::Cis => id.split_once(':').is_some_and(|(benchmark, number)| {
            is_kebab_case(&benchmark.replace('.', "-")) && number.split('.').all(is_number)
        }),
        Framework::Checklist => is_kebab_case(id),
    }
}

#[test]
fn since_is_a_version() {
    for check in all() {
        let numbers: Vec<_> = check.since.split('.').map(str::parse::<u32>).collect();
        assert!(numbers.len() == 3 && numbers.iter().all(Result::is_ok), "{check:?}: {}", check.since);
    }
}

#[test]
fn the_checklist_page_names_the_checks_of_each_line() {
    let mut lines: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for check in all() {
        for line in controls(check, Framework::Checklist) {
            lines.entry(line).or_default().insert(check.id);
        }
    }
    let rows = CHECKLIST.lines().filter(|row| row.starts_with("| `"));
    let mut page = BTreeMap::new();
    for row in rows {
        // Every second piece between backticks is quoted: first the line's id, then its checks.
        let mut quoted = row.split('`').skip(1).step_by(2);
        let line = quoted.next().unwrap();
        assert!(page.insert(line, quoted.collect()).is_none(), "{line} stands on the page twice");
    }
    assert_eq!(page, lines);
}

#[test]
fn ids_and_severities_change_only_on_purpose() {
    let mut table = String::new();
    for check in all() {
        writeln!(table, "{:<50} {}", check.id, check.severity).unwrap();
    }
    insta::assert_snapshot!(table);
}
