//! What the built binary writes for the demo account, held against the published forms.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const UNKNOWN: u64 = 2;

/// Runs palisade without anything of the caller's surroundings; exit codes other than those given fail the test.
fn palisade(arguments: &[&str], codes: &[i32]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
    let output = command.args(arguments).env_clear().current_dir(std::env::temp_dir()).output().unwrap();
    let code = output.status.code().unwrap();
    assert!(codes.contains(&code), "{arguments:?} ended with {code}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Audits the demo account, whose findings fail no run; gaps may.
fn demo(arguments: &[&str]) -> String {
    palisade(&[&["audit", "--demo"], arguments].concat(), &[0, 3])
}

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file(path)).unwrap()).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, instance: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{instance:#}");
}

fn statuses(document: &Value, status: &str) -> usize {
    document["findings"].as_array().unwrap().iter().filter(|finding| finding["status"] == status).count()
}

#[test]
fn the_schema_in_docs_is_the_one_the_binary_prints() {
    const PATH: &str = "docs/schemas/report.schema.json";
    let printed = palisade(&["schema"], &[0]);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file(PATH), &printed).unwrap();
    }
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(printed == read(PATH), "{PATH} is out of date: run the tests again with UPDATE_DOCS=1");
}

#[test]
fn json_is_as_its_schema_says() {
    let validator = jsonschema::validator_for(&read("docs/schemas/report.schema.json")).unwrap();
    for include in [&[] as &[&str], &["--include", "pass,not-applicable"]] {
        let document = serde_json::from_str(&demo(&[&["--format", "json"], include].concat())).unwrap();
        assert_valid(&validator, &document);
        assert!(statuses(&document, "fail") > 0, "the demo account has something to show");
        assert_eq!(statuses(&document, "pass") > 0, !include.is_empty());
    }
}

#[test]
fn every_line_of_ocsf_is_valid() {
    let schema = read("tests/schemas/ocsf-1.3.0-compliance_finding.json");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let text = demo(&["--format", "ocsf", "--include", "pass"]);
    assert!(!text.is_empty());
    for line in text.lines() {
        assert_valid(&validator, &serde_json::from_str(line).unwrap());
    }
}

#[test]
fn a_denied_call_is_unknown_in_every_format() {
    let denied = ["audit", "--demo", "--demo-deny", "lambda:GetPolicy"];
    let run = |format| palisade(&[&denied[..], &["--format", format]].concat(), &[3]);

    let table = run("table");
    assert!(table.contains("INCOMPLETE") && table.contains("lambda:GetPolicy"), "{table}");

    let document: Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(document["complete"], false);
    let gaps = document["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["action"] == "lambda:GetPolicy" && gap["grant"]["statement"].is_object()));
    assert!(statuses(&document, "unknown") > 0);

    let events = run("ocsf");
    let mut events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert!(events.any(|event| event["compliance"]["status_id"] == UNKNOWN));
}

#[test]
fn the_table_has_no_colours_when_it_is_not_on_a_terminal() {
    assert!(!demo(&[]).contains('\u{1b}'));
}
