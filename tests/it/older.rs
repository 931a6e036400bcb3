//! Inventories and reports of other versions.

use std::collections::BTreeMap;
use std::fs::File;

use palisade_report::document;
use serde_json::Value;

use crate::support::Palisade;

const VERSION: u64 = palisade_model::INVENTORY_VERSION as u64;

/// The demo account's inventory, at the depth that reads most.
fn collected(palisade: &Palisade) -> Value {
    let run = palisade.run(&["collect", "--demo", "--depth", "deep", "--output", "whole.json"]);
    assert!(matches!(run.code, Some(0 | 3)), "{}", run.stderr);
    serde_json::from_str(&palisade.read("whole.json")).unwrap()
}

fn without(inventory: &Value, version: u64, change: impl Fn(&mut Value)) -> String {
    let mut file = inventory.clone();
    file["inventory_version"] = version.into();
    file.as_object_mut().unwrap().remove("palisade").unwrap();
    change(&mut file);
    file.to_string()
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name).unwrap_or_else(|| panic!("there is no {name}"));
}

fn each(list: &mut Value, change: impl Fn(&mut Value)) {
    list["items"].as_array_mut().unwrap().iter_mut().for_each(change);
}

/// What version 3 brought.
fn to_two(file: &mut Value) {
    remove(file, "public_repositories");
    for region in file["regions"].as_object_mut().unwrap().values_mut() {
        for name in ["ecr", "eks", "network"] {
            remove(region, name);
        }
        each(&mut region["lambda"]["event_source_mappings"], |mapping| {
            mapping["enabled"] = (mapping["enabled"] == "on").into();
        });
    }
}

/// What version 2 brought, too.
fn to_one(file: &mut Value) {
    to_two(file);
    remove(file, "organization");
    remove(&mut file["iam"], "oidc_providers");
    each(&mut file["iam"]["roles"], |role| remove(role, "services"));
    each(&mut file["iam"]["users"], |user| remove(user, "access_keys"));
    for region in file["regions"].as_object_mut().unwrap().values_mut() {
        each(&mut region["lambda"]["functions"], |function| {
            let variables = function["environment"].get_mut("known").and_then(Value::as_array_mut);
            variables.into_iter().flatten().for_each(|variable| remove(variable, "key_id_hash"));
        });
    }
}

/// The status of each finding, by its name.
fn statuses(report: &Value) -> BTreeMap<String, String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let name = |finding: &Value| format!("{} {}", finding["check"], finding["resource"]);
    findings.map(|finding| (name(finding), finding["status"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn an_older_inventory_is_audited_and_makes_no_verdict_better() {
    let palisade = Palisade::alone();
    let whole = collected(&palisade);
    let (report, _) = palisade.audit(&["--from", "whole.json"]);
    let before = statuses(&report.0);
    for (version, change) in [(1, to_one as fn(&mut Value)), (2, to_two)] {
        palisade.write("older.json", &without(&whole, version, change));
        let (report, run) = palisade.audit(&["--from", "older.json", "--fail-on", "none"]);
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        assert_eq!(report.0["complete"], false);
        let gaps = report.0["gaps"].as_array().unwrap();
        let is_of_version = |gap: &&Value| gap["reason"]["kind"] == "not_collected";
        assert!(gaps.iter().filter(is_of_version).all(|gap| gap["grant"]["statement"].is_null()));
        assert!(gaps.iter().filter(is_of_version).any(|gap| gap["action"] == "eks:ListClusters"), "{gaps:#?}");
        let words = format!("inventory version {version}");
        assert!(gaps.iter().any(|gap| gap["reason"]["message"].as_str().unwrap().ends_with(&words)), "{gaps:#?}");
        let after = statuses(&report.0);
        assert!(after.values().any(|status| status == "fail"), "what the file holds is judged");
        for (finding, status) in &after {
            let was = before.get(finding);
            assert!(
                was == Some(status) || status == "unknown",
                "version {version}: {finding} was {was:?}, is {status}"
            );
        }
    }
}

#[test]
fn a_newer_inventory_is_refused_with_what_to_do() {
    let palisade = Palisade::alone();
    palisade.write("newer.json", &format!("{{\"inventory_version\":{},\"galaxies\":[]}}", VERSION + 1));
    for command in [&["audit"] as &[&str], &["who-can", "s3:GetObject", "*"]] {
        let run = palisade.run(&[command, &["--from", "newer.json"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        let errors: Vec<_> = run.stderr.lines().filter(|line| line.contains("newer.json")).collect();
        let [error] = errors.as_slice() else { panic!("{}", run.stderr) };
        for word in [&format!("version {}", VERSION + 1), &format!("up to {VERSION}"), "update palisade"] {
            assert!(error.contains(word), "{error}");
        }
    }
}

#[test]
fn of_an_inventory_of_this_version_nothing_may_be_missing_and_more_is_ignored() {
    let palisade = Palisade::alone();
    let whole = collected(&palisade);
    assert_eq!(whole["palisade"], env!("CARGO_PKG_VERSION"));
    palisade.write("more.json", &without(&whole, VERSION, |file| file["weather"] = "fine".into()));
    let (whole_report, _) = palisade.audit(&["--from", "whole.json"]);
    let (report, _) = palisade.audit(&["--from", "more.json"]);
    assert_eq!(statuses(&report.0), statuses(&whole_report.0));
    palisade.write("less.json", &without(&whole, VERSION, |file| remove(&mut file["iam"], "oidc_providers")));
    let run = palisade.run(&["audit", "--from", "less.json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("less.json is not a whole inventory: "), "{}", run.stderr);
}

#[test]
fn the_demos_report_is_read_and_written_alike() {
    let palisade = Palisade::alone();
    for include in ["fail", "pass,not-applicable"] {
        let chosen: &[&str] = if include == "fail" { &[] } else { &["--include", include] };
        let arguments = [&["audit", "--demo", "--format", "json", "--output", "report.json"], chosen].concat();
        assert!(matches!(palisade.run(&arguments).code, Some(0 | 3)));
        let read = document::read(File::open(palisade.path("report.json")).unwrap()).unwrap();
        assert!(!read.findings.is_empty());
        let mut again = Vec::new();
        read.write(&mut again).unwrap();
        assert!(String::from_utf8(again).unwrap() == palisade.read("report.json"), "--include {include}");
    }
}
