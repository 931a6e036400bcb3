//! Whatever changes in the saved form of an inventory, older files are read.

use std::collections::BTreeSet;

use palisade_model::Inventory;
use palisade_model::saved::{ADDED, INVENTORY_VERSION};

use crate::trace;

/// The form that files of version 4 have. It is history, and does not change any more.
const VERSION: u32 = 4;
const FORM: &str = include_str!("form-4.txt");

const WHAT_TO_DO: &str =
    "say in model/src/saved/added.rs what stands in for it in older files, and raise INVENTORY_VERSION";

fn path(line: &str) -> &str {
    line.split([' ', ':']).next().unwrap_or_default()
}

/// Whether rows say how files of version 4 get this part, in all places where it stands.
fn is_added(form: &BTreeSet<String>, path: &str) -> bool {
    places(form, path).iter().all(|place| ADDED.iter().any(|row| row.since > VERSION && row.covers(place)))
}

/// The places of a part: many for one of a shared struct, whose path begins with the struct's name.
fn places(form: &BTreeSet<String>, path: &str) -> Vec<String> {
    let (shared, within) = path.split_once('/').unwrap_or((path, ""));
    if shared.is_empty() {
        return vec![path.to_owned()];
    }
    let of_kind = form.iter().filter(|line| line.trim_end_matches('?').ends_with(&format!(" {shared}")));
    of_kind.map(|line| format!("{}/{within}", self::path(line))).collect()
}

#[test]
fn every_part_that_is_new_says_what_stands_in_for_it() {
    let known: BTreeSet<&str> = FORM.lines().collect();
    let form = trace::form::<Inventory>();
    // That there is one more variant troubles no older file.
    let is_variant_of_known = |line: &str| {
        line.split_once(':')
            .is_some_and(|(path, _)| known.iter().any(|known| known.starts_with(&format!("{path} choice"))))
    };
    let within_new = |line: &str| {
        let choice = known.iter().filter(|known| known.contains(" choice")).map(|known| path(known));
        choice.filter(|choice| path(line).starts_with(&format!("{choice}/"))).any(|choice| {
            let rest = &path(line)[choice.len() + 1..];
            let variant = rest.split('/').next().unwrap_or_default();
            !known.contains(format!("{choice}:{variant}").as_str())
        })
    };
    let new = form.iter().map(String::as_str).filter(|line| !known.contains(line));
    let lacking: Vec<_> =
        new.filter(|line| !is_variant_of_known(line) && !within_new(line) && !is_added(&form, path(line))).collect();
    assert!(lacking.is_empty(), "{lacking:#?}\nnot in files of version {VERSION}: {WHAT_TO_DO}");
}

#[test]
fn every_word_that_older_files_have_is_read() {
    let form = trace::form::<Inventory>();
    let gone = FORM.lines().filter(|line| line.contains(':') && !form.contains(*line));
    let lost: Vec<_> =
        gone.filter(|line| form.iter().any(|one| path(one) == path(line)) && !is_added(&form, path(line))).collect();
    assert!(lost.is_empty(), "{lost:#?}\nfiles of version {VERSION} have these words: {WHAT_TO_DO}");
}

#[test]
fn every_row_leads_somewhere_and_is_of_a_version_that_there_is() {
    let form = trace::form::<Inventory>();
    let paths: BTreeSet<String> = form.iter().flat_map(|line| places(&form, path(line))).collect();
    assert!(ADDED.is_sorted_by_key(|row| row.since), "a row may need what those of older versions put in");
    for row in ADDED {
        assert!((2..=INVENTORY_VERSION).contains(&row.since), "{}: there is no version {}", row.path, row.since);
        // A choice within another of its kind has no line of its own.
        let within = format!("{}/", row.path);
        let leads_somewhere = paths.contains(row.path) || paths.iter().any(|path| path.starts_with(&within));
        assert!(leads_somewhere, "{} leads nowhere", row.path);
    }
}

#[test]
#[ignore = "prints the form, to begin a new file of it"]
fn show() {
    for line in trace::form::<Inventory>() {
        println!("{line}");
    }
}
