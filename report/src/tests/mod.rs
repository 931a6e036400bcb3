//! What the writers make of a report that holds everything.

mod csv;
mod document;
pub(super) mod hostile;
mod html;
mod lake;
mod markdown;
mod ocsf;
pub(super) mod sample;
mod table;
mod unique;

use jsonschema::{Validator, validator_for};
use palisade_checks::audit::{Report, Status};
use serde_json::Value;

use super::document::By;
use super::view::View;
use super::{FORMATS, Format, Include, OcsfVersion, Style, schema, write};

const TABLE: &Format = &crate::table::FORMAT;
const HTML: &Format = &crate::html::FORMAT;
const JSON: &Format = &crate::json::FORMAT;
const SARIF: &Format = &crate::sarif::FORMAT;
const JUNIT: &Format = &crate::junit::FORMAT;
const CSV: &Format = &crate::csv::FORMAT;
const MARKDOWN: &Format = &crate::markdown::FORMAT;

const EVERYTHING: Include = Include { passes: true, not_applicable: true };

fn plain(width: u16) -> Style {
    Style { color: false, width, all: false, include: Include::default(), ocsf: OcsfVersion::V1_3 }
}

fn written(report: &Report, format: &Format, style: &Style) -> String {
    let mut out = Vec::new();
    write(report, format, style, &mut out).unwrap();
    // The version changes with each release; what is written does not.
    let mut text = String::from_utf8(out).unwrap();
    for space in [" ", ""] {
        let version = format!("\"version\":{space}\"{}\"", env!("CARGO_PKG_VERSION"));
        text = text.replace(&version, &format!("\"version\":{space}\"[version]\""));
    }
    text
}

/// The text with plain ends of lines, whichever the format has.
fn lines_of(format: &Format, text: String) -> String {
    if format.name == CSV.name { text.replace("\r\n", "\n") } else { text }
}

fn json(report: &Report, include: Include) -> Value {
    serde_json::from_str(&written(report, JSON, &Style { include, ..plain(80) })).unwrap()
}

fn assert_valid(validator: &Validator, instance: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{instance:#}");
}

#[test]
fn the_table_reads_well_at_80_columns() {
    insta::assert_snapshot!(written(&sample::rich(), TABLE, &plain(80)));
}

#[test]
fn the_table_reads_well_at_160_columns() {
    insta::assert_snapshot!(written(&sample::rich(), TABLE, &plain(160)));
}

#[test]
fn the_table_shows_everything_on_request() {
    let style = Style { all: true, include: EVERYTHING, ..plain(120) };
    insta::assert_snapshot!(written(&sample::rich(), TABLE, &style));
}

#[test]
fn the_table_of_an_empty_account_is_short() {
    insta::assert_snapshot!(written(&sample::empty(), TABLE, &plain(80)));
}

#[test]
fn the_table_of_a_clean_account_says_so() {
    insta::assert_snapshot!(written(&sample::clean(), TABLE, &plain(80)));
}

#[test]
fn json_of_everything() {
    let style = Style { include: EVERYTHING, ..plain(80) };
    insta::assert_snapshot!(written(&sample::rich(), JSON, &style));
}

#[test]
fn ocsf_of_everything() {
    let style = Style { include: EVERYTHING, ..plain(80) };
    insta::assert_snapshot!(written(&sample::rich(), ocsf::OCSF, &style));
}

#[test]
fn no_line_is_wider_than_the_page_except_the_policy_to_copy() {
    for width in [64, 80, 100, 160, 200] {
        let table = written(&sample::rich(), TABLE, &Style { all: true, ..plain(width) });
        let (before, after) = table.split_once("Policy for the auditing").unwrap();
        let (_, after) = after.split_once("\n}\n").unwrap();
        for line in before.lines().chain(after.lines()) {
            let columns = line.chars().count();
            assert!(columns <= usize::from(width), "{columns} columns of {width}: {line}");
            assert_eq!(line, line.trim_end());
        }
        let short = written(&sample::rich(), TABLE, &plain(width));
        let wide = |line: &&str| line.chars().count() > usize::from(width) || *line != line.trim_end();
        assert_eq!(short.lines().find(wide), None, "{width}");
    }
}

#[test]
fn nothing_from_the_account_reaches_the_terminal_unseen() {
    let unseen = |character: char| {
        (character.is_control() && character != '\n') || matches!(character, '\u{202a}'..='\u{202e}' | '\u{200b}')
    };
    for format in FORMATS.iter().copied().filter(|format| !format.is_binary()) {
        for all in [false, true] {
            let style = Style { all, include: EVERYTHING, ..plain(80) };
            let text = lines_of(format, written(&sample::rich(), format, &style));
            assert_eq!(text.chars().find(|character| unseen(*character)), None, "{}", format.name);
        }
    }
}

#[test]
fn colours_are_written_only_when_wanted() {
    let colored = written(&sample::rich(), TABLE, &Style { color: true, ..plain(80) });
    assert!(colored.contains("\u{1b}[1;31mcritical"), "{colored}");
    assert!(!written(&sample::rich(), TABLE, &plain(80)).contains('\u{1b}'));
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = validator_for(&schema()).unwrap();
    for report in [sample::rich(), sample::empty(), sample::clean()] {
        for include in [Include::default(), EVERYTHING] {
            assert_valid(&schema, &json(&report, include));
        }
    }
}

#[test]
fn json_keeps_what_names_really_are() {
    let findings = json(&sample::rich(), Include::default())["findings"].clone();
    let hostile = format!("arn:aws:lambda:eu-west-1:{}:function:{}", sample::ACCOUNT, sample::HOSTILE);
    assert!(findings.as_array().unwrap().iter().any(|finding| finding["resource"] == hostile.as_str()));
}

#[test]
fn json_leaves_out_passes_unless_asked_but_counts_them() {
    let statuses = |document: &Value| {
        let findings = document["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| finding["status"].as_str().unwrap().to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let document = json(&sample::rich(), Include::default());
    assert_eq!(statuses(&document).into_iter().collect::<Vec<_>>(), ["fail", "suppressed", "unknown"]);
    assert_eq!(document["summary"]["status"]["pass"], 2);
    assert_eq!(document["complete"], false);
    assert_eq!(statuses(&json(&sample::rich(), EVERYTHING)).len(), 5);
}

#[test]
fn no_score_is_null() {
    let document = json(&sample::empty(), Include::default());
    assert_eq!((&document["score"], &document["unsuppressed_score"]), (&Value::Null, &Value::Null));
}

#[test]
fn only_what_an_identity_policy_cures_gets_a_statement() {
    let report = sample::rich();
    for cause in View::of(&report).causes() {
        let cured = matches!(cause.reason.by, Some(By::Identity | By::Unsaid));
        assert_eq!(cause.grant.statement.is_some(), cured, "{cause:?}");
    }
}

#[test]
fn what_the_run_left_out_by_choice_comes_last_and_names_the_flag() {
    let report = sample::rich();
    let view = View::of(&report);
    let last = view.causes().pop().unwrap();
    assert!(last.reason.kind.is_choice() && last.grant.advice.contains("--depth deep"), "{last:?}");
}

#[test]
fn an_answer_that_decides_nothing_is_not_called_a_failed_call() {
    let table = written(&sample::rich(), TABLE, &Style { all: true, ..plain(120) });
    let line = table.lines().find(|line| line.contains("was never scanned") || line.contains("decide it")).unwrap();
    assert!(line.contains("lambda:GetPolicy does not decide it") && !line.contains("failed"), "{line}");
}

#[test]
#[ignore = "prints the table for a look with one's own eyes"]
fn show() {
    print!("{}", written(&sample::rich(), TABLE, &Style { color: true, ..plain(100) }));
}

#[test]
#[ignore = "writes every form of some reports into the folder PALISADE_SAMPLES, for readers in other languages"]
#[expect(clippy::disallowed_methods, reason = "run by hand, for tests/readers")]
fn write_samples() {
    let folder = std::path::PathBuf::from(std::env::var("PALISADE_SAMPLES").unwrap());
    let tricks: String = hostile::TRICKS.concat();
    let reports = [
        ("rich", sample::rich()),
        ("empty", sample::empty()),
        ("hostile", hostile::report_of(&tricks)),
        ("nameless", hostile::report_of("")),
    ];
    for (name, report) in reports {
        for format in FORMATS {
            let mut bytes = Vec::new();
            write(&report, format, &Style { include: EVERYTHING, ..plain(80) }, &mut bytes).unwrap();
            std::fs::write(folder.join(format!("{name}.{}", format.extensions[0])), bytes).unwrap();
        }
    }
}

#[test]
fn sarif_is_valid_and_tells_what_could_not_be_checked() {
    let schema = serde_json::from_str(include_str!("../../../tests/schemas/sarif-2.1.0.json")).unwrap();
    let schema = validator_for(&schema).unwrap();
    for report in [sample::rich(), sample::empty(), sample::clean()] {
        let log = serde_json::from_str(&written(&report, SARIF, &Style { include: EVERYTHING, ..plain(80) }));
        assert_valid(&schema, &log.unwrap());
    }
    let log: Value = serde_json::from_str(&written(&sample::rich(), SARIF, &plain(80))).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let results = run["results"].as_array().unwrap();
    let open = results.iter().find(|result| result["kind"] == "open").unwrap();
    assert_eq!(open["level"], "none");
    assert!(open["message"]["text"].as_str().unwrap().contains("could not be checked"), "{open}");
    for result in results {
        // The report of this test holds checks of its own as well.
        let Some(index) = result["ruleIndex"].as_u64() else { continue };
        let index = usize::try_from(index).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    assert!(results.iter().any(|result| result["suppressions"][0]["kind"] == "external"));
}

#[test]
fn sarif_keeps_to_what_github_takes() {
    let log: Value = serde_json::from_str(&written(&sample::clean(), SARIF, &plain(80))).unwrap();
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.len() <= 25_000);
    for rule in rules {
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20, "{}", rule["id"]);
        for text in ["shortDescription", "fullDescription"] {
            assert!(rule[text]["text"].as_str().unwrap().chars().count() <= 1_024, "{text} of {}", rule["id"]);
        }
    }
}

#[test]
fn junit_has_a_suite_for_each_check_and_a_case_for_each_resource() {
    let report = sample::rich();
    let text = written(&report, JUNIT, &Style { include: EVERYTHING, ..plain(80) });
    let count = |what: &str| text.matches(what).count();
    let with = |status| report.with_status(status).count();
    assert_eq!(count("<failure "), with(Status::Fail));
    assert_eq!(count("<skipped "), with(Status::Suppressed) + with(Status::NotApplicable));
    assert!(count("<error ") >= with(Status::Unknown));
    assert_eq!(count("<testcase "), report.findings.len() + count("<error ") - with(Status::Unknown));
    assert_eq!(count("<testsuite "), count("</testsuite>"));
    assert!(text.starts_with("<?xml ") && text.ends_with("</testsuites>\n"));
    // What stands in quotes holds no quotes and no tags.
    let outside = text.split('"').step_by(2).all(|part| part.matches('<').count() >= part.matches("</").count());
    let inside = text.split('"').skip(1).step_by(2).all(|part| !part.contains(['<', '>']));
    assert!(outside && inside);
}
