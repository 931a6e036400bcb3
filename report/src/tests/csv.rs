//! What a reader of comma-separated values gets.

use std::collections::BTreeMap;

use palisade_checks::audit::Report;
use proptest::prelude::*;

use super::hostile::{names, report_of};
use super::{CSV, EVERYTHING, Include, Style, plain, sample, written};
use crate::rows::{COLUMNS, Kind};
use crate::view::View;

/// The rows as RFC 4180 has them; what it does not allow is a panic.
fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut rest) = (Vec::new(), Vec::new(), text);
    while !rest.is_empty() {
        let (cell, after) = rest.strip_prefix('"').map_or_else(|| bare(rest), in_quotes);
        row.push(cell);
        if let Some(next) = after.strip_prefix(',') {
            rest = next;
        } else {
            rest = after.strip_prefix("\r\n").unwrap_or_else(|| panic!("neither a comma nor an end: {after}"));
            rows.push(std::mem::take(&mut row));
        }
    }
    assert!(row.is_empty(), "the last line has an end");
    rows
}

fn bare(rest: &str) -> (String, &str) {
    let end = rest.find([',', '\r', '\n', '"']).unwrap_or(rest.len());
    (rest[..end].to_owned(), &rest[end..])
}

fn in_quotes(mut rest: &str) -> (String, &str) {
    let mut cell = String::new();
    loop {
        let end = rest.find('"').expect("quotes end");
        cell.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(after) = rest.strip_prefix('"') else { return (cell, rest) };
        cell.push('"');
        rest = after;
    }
}

/// The rows by the names of their columns.
fn rows(report: &Report, include: Include) -> Vec<BTreeMap<String, String>> {
    let mut rows = parse(&written(report, CSV, &Style { include, ..plain(80) })).into_iter();
    let header = rows.next().unwrap();
    rows.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

#[test]
fn each_finding_and_each_loose_gap_is_a_row() {
    let report = sample::rich();
    let rows = rows(&report, EVERYTHING);
    assert_eq!(rows.len(), report.findings.len() + 1);
    let regions = rows.iter().find(|row| row["check"] == "account:ListRegions").unwrap();
    assert_eq!((regions["status"].as_str(), regions["severity"].as_str()), ("unknown", ""));
    assert!(regions["gap"].contains("account:ListRegions") && regions["remediation"].contains("Allow"), "{regions:?}");
    for row in &rows {
        assert_eq!(row["gap"].is_empty(), row["status"] != "unknown", "{row:?}");
        assert_eq!(row["complete"], "false");
        assert_eq!(row["collected_at"], "2026-11-22T09:30:00.250Z");
    }
    let uids: std::collections::BTreeSet<_> = rows.iter().map(|row| &row["uid"]).collect();
    assert_eq!(uids.len(), rows.len());
}

#[test]
fn a_row_tells_what_is_wrong_and_what_to_do() {
    let rows = rows(&sample::rich(), Include::default());
    let payments = rows.iter().find(|row| row["resource"].ends_with(":payments")).unwrap();
    assert!(payments["evidence"].starts_with("STRIPE_KEY holds a Stripe API key; DATABASE_URL holds"));
    let url = rows.iter().find(|row| row["resource"].ends_with(":checkout")).unwrap();
    assert_eq!(url["remediation"], "Set AuthType to AWS_IAM, or put an authorising front before the function.");
    assert_eq!((url["exposed"].as_str(), url["account"].as_str()), ("true", sample::ACCOUNT));
    assert!(url["reference"].starts_with("https://docs.aws.amazon.com/"), "{url:?}");
    let accepted = rows.iter().find(|row| row["suppressed"] == "true").unwrap();
    assert_eq!((accepted["status"].as_str(), accepted["expires"].as_str()), ("suppressed", "2027-01-31"));
    assert_eq!(accepted["suppression_reason"], "development only");
}

#[test]
fn an_empty_account_is_a_header() {
    assert!(rows(&sample::empty(), EVERYTHING).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_makes_a_row_a_column_or_a_formula(name in names()) {
        let report = report_of(&name);
        let text = written(&report, CSV, &Style { include: EVERYTHING, ..plain(80) });
        let rows = parse(&text);
        let loose = View::of(&report).loose().len();
        prop_assert_eq!(rows.len(), 1 + report.findings.len() + loose);
        prop_assert_eq!(text.matches('\n').count(), rows.len());
        for row in &rows {
            prop_assert_eq!(row.len(), COLUMNS.len());
            for (cell, (column, kind)) in row.iter().zip(COLUMNS) {
                let first = cell.trim_start().chars().next();
                let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
                prop_assert!(kind != Kind::Text || !is_formula, "{}: {}", column, cell);
            }
        }
    }
}
