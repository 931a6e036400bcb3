use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::tests::hostile::{names, report_of};
use crate::tests::sample;

const EVERYTHING: Include = Include { passes: true, not_applicable: true };

fn all(view: &View, known: &Known) -> Vec<Value> {
    entries(view, EVERYTHING, known).map(|entry| serde_json::to_value(entry).unwrap()).collect()
}

/// What AWS's model and the pages for those who send findings demand of each.
fn assert_taken(finding: &Value) {
    let text = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}"));
    let length = |pointer: &str| text(pointer).chars().count();
    for (pointer, most) in [
        ("/Id", 512),
        ("/ProductArn", 2_048),
        ("/GeneratorId", 512),
        ("/Title", 256),
        ("/Description", 1_024),
        ("/ProductName", 128),
        ("/CompanyName", 128),
        ("/Severity/Original", 64),
        ("/FindingProviderFields/Severity/Original", 64),
        ("/Resources/0/Type", 256),
        ("/Resources/0/Id", 512),
    ] {
        assert!((1..=most).contains(&length(pointer)), "{pointer}: {} characters", length(pointer));
    }
    assert!(length("/ProductArn") >= 12);
    assert_eq!(text("/SchemaVersion"), "2018-10-08");
    let count = |pointer: &str| finding.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
    assert!((1..=50).contains(&count("/Types")) && (1..=32).contains(&count("/Resources")));
    assert!(count("/Compliance/RelatedRequirements") <= 32);
    for region in finding["Resources"].as_array().unwrap().iter().filter_map(|one| one["Region"].as_str()) {
        assert!(region.chars().count() <= 16, "{region}");
    }
    if let Some(recommendation) = finding.pointer("/Remediation/Recommendation/Text") {
        assert!(recommendation.as_str().unwrap().chars().count() <= 512);
    }
    let fields = finding["ProductFields"].as_object().unwrap();
    assert!(fields.len() <= 50);
    for (key, value) in fields {
        assert!(key.chars().count() <= 128 && value.as_str().unwrap().chars().count() <= 2_048, "{key}");
    }
    for moment in ["/CreatedAt", "/UpdatedAt", "/FirstObservedAt", "/LastObservedAt"] {
        text(moment).parse::<Timestamp>().unwrap();
    }
    let status = text("/Compliance/Status");
    assert!(["PASSED", "FAILED", "NOT_AVAILABLE"].contains(&status), "{status}");
    assert_eq!(status == "NOT_AVAILABLE", count("/Compliance/StatusReasons") > 0);
    assert!(["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"].contains(&text("/Severity/Label")));
    for member in ["Workflow", "Note", "UserDefinedFields", "VerificationState", "Region"] {
        assert!(finding.get(member).is_none(), "{member} is the customer's, or the hub's");
    }
    assert_no_blank(finding);
    assert!(finding.to_string().len() <= 240_000);
}

/// No text is blank, and each is one line, as AWS's pattern `.*\S.*` has it.
fn assert_no_blank(value: &Value) {
    match value {
        Value::String(text) => assert!(!text.trim().is_empty() && !text.contains(['\n', '\r']), "{text:?}"),
        Value::Array(items) => items.iter().for_each(assert_no_blank),
        Value::Object(members) => members.values().for_each(assert_no_blank),
        Value::Null => panic!("null"),
        Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn security_hub_would_take_every_finding() {
    for report in [sample::rich(), sample::empty(), sample::clean()] {
        all(&View::of(&report), &Known::default()).iter().for_each(assert_taken);
    }
}

#[test]
fn what_is_too_long_is_cut_and_stays_within_every_limit() {
    for (long, times) in [("ä", 3_000), ("😀", 3_000), ("日本 ", 1_000), ("\u{1b}", 600), (" ", 3_000), ("x", 30_000)]
    {
        let report = report_of(&long.repeat(times));
        let report = palisade_checks::audit::Report { account: sample::ACCOUNT.into(), ..report };
        all(&View::of(&report), &Known::default()).iter().for_each(assert_taken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_makes_a_finding_that_is_refused(name in names()) {
        let report = palisade_checks::audit::Report { account: sample::ACCOUNT.into(), ..report_of(&name) };
        all(&View::of(&report), &Known::default()).iter().for_each(assert_taken);
    }
}

#[test]
fn unknown_is_not_available_and_never_archived() {
    let report = sample::rich();
    let view = View::of(&report);
    let uids: Vec<_> = entries(&view, EVERYTHING, &Known::default()).map(|entry| entry.uid).collect();
    let closed = uids.iter().map(|uid| (uid.clone(), Closed::Gone)).collect();
    let found = all(&view, &Known { closed, ..Known::default() });
    let with =
        |word: &str| found.iter().filter(|one| one["ProductFields"]["palisade/status"] == word).collect::<Vec<_>>();
    let counts = ["pass", "fail", "suppressed", "unknown"].map(|word| with(word).len());
    let statuses = [Status::Pass, Status::Fail, Status::Suppressed].map(|status| view.with_status(status).count());
    let unknown = view.with_status(Status::Unknown).count() + view.loose_gaps().len();
    assert_eq!(counts, [statuses[0], statuses[1], statuses[2], unknown]);
    assert!(counts.iter().all(|count| *count > 0));
    let are = |word: &str, status: &str, state: &str| {
        with(word).iter().all(|one| one["Compliance"]["Status"] == status && one["RecordState"] == state)
    };
    assert!(are("unknown", "NOT_AVAILABLE", "ACTIVE") && are("fail", "FAILED", "ACTIVE"));
    assert!(are("suppressed", "FAILED", "ACTIVE") && are("pass", "PASSED", "ARCHIVED"));
    assert!(with("suppressed").iter().all(|one| one["ProductFields"]["palisade/suppression_reason"].is_string()));
}

#[test]
fn a_gap_that_no_finding_tells_is_a_finding_of_the_account() {
    let report = sample::rich();
    let found = all(&View::of(&report), &Known::default());
    let gap = found.iter().find(|one| one["GeneratorId"] == "palisade/account:ListRegions").unwrap();
    assert_eq!(gap["Resources"][0]["Type"], "AwsAccount");
    assert_eq!(gap["Resources"][0]["Id"], format!("AWS::::Account:{}", sample::ACCOUNT));
    assert_eq!(gap["Compliance"]["Status"], "NOT_AVAILABLE");
    assert_eq!(gap["ProductArn"], "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default");
}

#[test]
fn what_is_proven_closed_is_archived_as_of_the_day_it_was_seen() {
    let report = sample::rich();
    let view = View::of(&report);
    let mut uids = view.with_status(Status::Fail).map(|finding| finding.uid.to_string());
    let (fixed, gone) = (uids.next().unwrap(), uids.next().unwrap());
    let closed = [(fixed.clone(), Closed::Fixed), (gone.clone(), Closed::Gone)].into();
    let first: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let known = Known { closed, first_seen: [(gone.clone(), first)].into(), hub: Some("eu-central-1".to_owned()) };
    let seen: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let found: Vec<_> = super::closed(&view, &known, seen).collect();
    assert!(found.iter().all(|entry| entry.region == "eu-central-1") && found.len() == 2);
    for entry in found {
        let value = serde_json::to_value(&entry).unwrap();
        assert_taken(&value);
        assert_eq!((&value["RecordState"], &value["UpdatedAt"]), (&"ARCHIVED".into(), &"2026-12-01T00:00:00Z".into()));
        let is_fixed = entry.uid == fixed;
        assert_eq!(value["Compliance"]["Status"], if is_fixed { "PASSED" } else { "FAILED" });
        assert_eq!(value["CreatedAt"] == "2026-01-01T00:00:00Z", entry.uid == gone);
    }
}

#[test]
fn the_file_is_one_array_with_a_finding_a_line() {
    let style = Style { include: EVERYTHING, ..Style::plain() };
    for report in [sample::rich(), sample::empty()] {
        let mut out = Vec::new();
        crate::write(&report, &FORMAT, &style, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let array: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(array, all(&View::of(&report), &Known::default()));
        assert!(array.is_empty() || text.lines().count() == array.len() + 2);
    }
}

#[test]
#[ignore = "prints the findings, for tests/models or another reader of AWS's model"]
fn show() {
    let report = sample::rich();
    println!("{}", serde_json::to_string(&all(&View::of(&report), &Known::default())).unwrap());
}
