//! One finding for each check and resource, in every format.

use std::collections::BTreeSet;

use palisade_checks::audit::{Finding, Report};
use palisade_model::verdict::Verdict;
use palisade_model::{Action, By, Gap, Place, Reason};
use serde_json::Value;

use super::ocsf::ocsf;
use super::{EVERYTHING, FORMATS, Include, SARIF, Style, json, plain, sample, write, written};

/// The report as it would be if every list of AWS's had held everything twice.
fn doubled(report: &Report) -> Report {
    let findings = report.findings.iter().flat_map(|finding| [finding.clone(), finding.clone()]).collect();
    let gaps = report.gaps.iter().flat_map(|gap| [gap.clone(), gap.clone()]).collect();
    Report { findings, gaps, ..report.clone() }
}

fn assert_unique(uids: &[&str]) {
    assert!(!uids.is_empty());
    assert_eq!(uids.iter().collect::<BTreeSet<_>>().len(), uids.len(), "{uids:#?}");
}

#[test]
fn what_was_listed_twice_is_told_once_in_every_format() {
    let report = sample::rich();
    for format in FORMATS.iter().copied() {
        let style = Style { all: true, include: EVERYTHING, ..plain(100) };
        let bytes = |report: &Report| {
            let mut out = Vec::new();
            write(report, format, &style, &mut out).unwrap();
            out
        };
        assert!(bytes(&doubled(&report)) == bytes(&report), "{}", format.name);
    }
}

#[test]
fn no_two_findings_have_one_uid() {
    let mut report = doubled(&sample::rich());
    // Two gaps at one place, for which no finding waits.
    let gap = |by| Gap { action: Action::AccountListRegions, place: Place::account(), reason: Reason::Denied(by) };
    report.gaps.extend([gap(By::Boundary), gap(By::Session)]);
    let document = json(&report, EVERYTHING);
    let uids = document["findings"].as_array().unwrap().iter().map(|finding| finding["uid"].as_str().unwrap());
    assert_unique(&uids.collect::<Vec<_>>());
    let events = ocsf(&report, EVERYTHING);
    let uids: Vec<_> = events.iter().map(|event| event["finding_info"]["uid"].as_str().unwrap()).collect();
    assert_unique(&uids);
    let log: Value = serde_json::from_str(&written(&report, SARIF, &plain(80))).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let prints = results.map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap());
    assert_unique(&prints.collect::<Vec<_>>());
}

#[test]
fn of_two_conclusions_the_worse_holds() {
    let arn = || "arn:aws:lambda:eu-west-1:111122223333:function:twice".into();
    let fails = |evidence: &str| sample::finding(&sample::SECRET, arn(), Ok(Verdict::fail(evidence)));
    let passes = sample::finding(&sample::SECRET, arn(), Ok(Verdict::Pass));
    let findings: Vec<Finding> = vec![passes, fails("one"), fails("two"), fails("one")];
    let report = Report { findings, ..sample::empty() };
    let document = json(&report, Include::default());
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["status"], "fail");
    assert_eq!(findings[0]["evidence"], serde_json::json!(["one", "two"]));
    assert_eq!(document["summary"]["status"]["fail"], 1);
}
