//! Every line of OCSF against the published schema of its release and class.

use std::collections::BTreeSet;

use jsonschema::{Validator, validator_for};
use palisade_checks::audit::Report;
use palisade_checks::check::Check;
use palisade_model::verdict::{Evidence, Verdict};
use palisade_model::{Action, By, Gap, Place, Reason};
use serde_json::{Value, json};

use super::hostile::report_of;
use super::{EVERYTHING, Format, Include, OcsfVersion, Style, assert_valid, plain, sample, written};
use crate::ocsf::vulnerabilities::CHECKS;

pub(super) const OCSF: &Format = &crate::ocsf::FORMAT;
pub(super) const VULNERABILITIES: &Format = &crate::ocsf::vulnerabilities::FORMAT;
pub(super) const INVENTORY: &Format = &crate::ocsf::inventory::FORMAT;

fn events(report: &Report, format: &Format, include: Include, ocsf: OcsfVersion) -> Vec<Value> {
    let text = written(report, format, &Style { include, ocsf, ..plain(80) });
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(super) fn ocsf(report: &Report, include: Include) -> Vec<Value> {
    events(report, OCSF, include, OcsfVersion::V1_3)
}

/// All forms and releases that there are, with what each is held against.
fn schemas() -> Vec<(&'static Format, OcsfVersion, Validator)> {
    macro_rules! schema {
        ($name:literal) => {
            validator_for(
                &serde_json::from_str(include_str!(concat!("../../../tests/schemas/ocsf-", $name, ".json"))).unwrap(),
            )
            .unwrap()
        };
    }
    let (old, new) = (OcsfVersion::V1_3, OcsfVersion::V1_8);
    vec![
        (OCSF, old, schema!("1.3.0-compliance_finding")),
        (OCSF, new, schema!("1.8.0-compliance_finding")),
        (VULNERABILITIES, old, schema!("1.3.0-vulnerability_finding")),
        (VULNERABILITIES, new, schema!("1.8.0-vulnerability_finding")),
        // The class is newer than 1.3.
        (INVENTORY, old, schema!("1.8.0-cloud_resources_inventory_info")),
        (INVENTORY, new, schema!("1.8.0-cloud_resources_inventory_info")),
    ]
}

fn image(number: usize) -> String {
    format!("arn:aws:ecr:eu-west-1:{}:repository/shop/web/sha256:{number:064x}", sample::ACCOUNT)
}

fn check(id: &str) -> &'static Check {
    palisade_checks::all().find(|check| check.id == id).unwrap_or_else(|| panic!("no check is called {id}"))
}

/// Images with vulnerabilities, and one of which nobody knows.
fn vulnerable() -> Report {
    let lines = [
        "1 critical and 1 high vulnerabilities by Inspector's scan of 2026-11-21",
        "CVE-2026-1234: critical (9.8), known to be exploited, fix available, in zlib 1.2.8 (fixed in 1.2.9)",
        "GHSA-x: high, in CVE-2026-9999 1.0",
    ];
    let evidence = lines.map(|line| Evidence(line.to_owned())).to_vec();
    let gap = Gap {
        action: Action::EcrDescribeImageScanFindings,
        place: Place::resource(&image(2).into()),
        reason: Reason::Denied(By::Identity),
    };
    let counted = Verdict::fail("4 critical and 0 high vulnerabilities by the basic scan of an unknown day");
    let findings = vec![
        sample::finding(check("ecr-image-vulnerable-in-use"), image(0).into(), Ok(Verdict::Fail(evidence))),
        sample::finding(check("ecr-image-vulnerable-in-use"), image(1).into(), Ok(counted)),
        sample::finding(check("ecr-image-vulnerable-in-use"), image(2).into(), Err(gap.clone())),
        sample::finding(check("ecr-image-known-exploited"), image(0).into(), Ok(Verdict::Pass)),
        sample::finding(
            &sample::SECRET,
            "arn:aws:lambda:eu-west-1:111122223333:function:a".into(),
            Ok(Verdict::fail("x")),
        ),
    ];
    Report { gaps: vec![gap], ..sample::with(sample::empty(), findings) }
}

#[test]
fn every_line_is_valid_in_its_release_and_class() {
    let reports = [sample::rich(), sample::empty(), sample::clean(), vulnerable(), report_of("")];
    for (format, version, schema) in schemas() {
        for report in &reports {
            for event in events(report, format, EVERYTHING, version) {
                assert_valid(&schema, &event);
            }
        }
    }
}

#[test]
fn the_schemas_refuse_what_ocsf_does_not_know() {
    for (format, version, validator) in schemas() {
        let event = events(&vulnerable(), format, Include::default(), version).swap_remove(0);
        assert!(validator.is_valid(&event));
        let spoilt = |pointer: &str, name: &str, value: Value| {
            let mut copy = event.clone();
            copy.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value);
            validator.is_valid(&copy)
        };
        assert!(!spoilt("", "arn", "x".into()));
        assert!(!spoilt("", "severity", "Grave".into()));
        assert!(!spoilt("", "time", "2026-11-22".into()));
        assert!(!spoilt("/metadata", "version", "1.2.0".into()));
        assert!(!spoilt("/cloud", "provider", 1.into()));
        assert!(!spoilt("/resources/0", "arn", "x".into()));
        if format.name == OCSF.name {
            assert!(!spoilt("/compliance", "checks", "x".into()));
            assert!(!spoilt("/compliance", "status_id", 4.into()));
        }
        if format.name == VULNERABILITIES.name {
            assert!(!spoilt("/vulnerabilities/0", "cve", json!({})));
            assert!(!spoilt("", "vulnerabilities", json!([{ "title": "x" }])));
        }
    }
}

#[test]
fn vulnerabilities_are_named_by_what_the_scan_says() {
    for version in OcsfVersion::ALL {
        let events = events(&vulnerable(), VULNERABILITIES, EVERYTHING, version);
        let [named, counted, unknown] = events.as_slice() else { panic!("{events:#?}") };
        let [cve] = named["vulnerabilities"].as_array().unwrap().as_slice() else { panic!("{named:#}") };
        assert_eq!(cve["cve"]["uid"], "CVE-2026-1234");
        assert_eq!((&cve["severity"], &cve["is_exploit_available"]), (&json!("Critical"), &json!(true)));
        assert_eq!((&cve["is_fix_available"], &cve["affected_packages"]), (&json!(true), &Value::Null));
        assert_eq!(named["resources"][0]["type"], "AWS::ECR::Image");
        assert_eq!((&counted["vulnerabilities"], &counted["status_code"]), (&json!([]), &json!("FAIL")));
        assert_eq!((&unknown["vulnerabilities"], &unknown["status_code"]), (&json!([]), &json!("UNKNOWN")));
        assert_eq!(unknown["unmapped"]["gap"]["action"], "ecr:DescribeImageScanFindings");
    }
}

#[test]
fn the_checks_that_name_vulnerabilities_exist() {
    for id in CHECKS {
        check(id);
    }
}

#[test]
fn an_inventory_has_each_resource_once_and_each_list_that_was_cut() {
    let report = sample::rich();
    let events = events(&report, INVENTORY, Include::default(), OcsfVersion::V1_8);
    let (seen, unread): (Vec<_>, Vec<_>) = events.iter().partition(|event| event["status_id"] == 1);
    let named: BTreeSet<_> = seen.iter().map(|event| event["resources"][0]["uid"].as_str().unwrap()).collect();
    let there: BTreeSet<_> =
        report.findings.iter().map(|one| one.resource.as_str()).filter(|arn| !arn.ends_with('*')).collect();
    assert_eq!((named, seen.len()), (there.clone(), there.len()));
    let calls: Vec<_> = unread.iter().map(|event| event["metadata"]["event_code"].as_str().unwrap()).collect();
    assert_eq!(calls, ["lambda:ListFunctions", "account:ListRegions"]);
    assert!(unread.iter().all(|event| event["status_code"] == "UNKNOWN" && event["resources"] == Value::Null));
}

#[test]
fn ocsf_calls_unknown_a_warning_and_times_in_milliseconds() {
    let events = ocsf(&sample::rich(), Include::default());
    let unknown = events.iter().filter(|event| event["compliance"]["status_id"] == 2);
    // Twenty-five undecided findings, and the list of Regions.
    assert_eq!(unknown.count(), 26);
    assert!(events.iter().all(|event| event["time"] == 1_795_339_800_250_i64));
    let accepted = events.iter().filter(|event| event["status_id"] == 3 && event["compliance"]["status_id"] == 3);
    assert_eq!(accepted.count(), 2);
}

#[test]
fn ocsf_never_shows_a_question_that_does_not_arise() {
    let events = ocsf(&sample::rich(), EVERYTHING);
    assert!(events.iter().all(|event| event["compliance"]["status_id"] != 99));
    let passes = events.iter().filter(|event| event["compliance"]["status_id"] == 1);
    assert!(passes.clone().all(|event| event["severity_id"] == 1));
    assert_eq!(passes.count(), 2);
}
