//! Reports as documents: written, read, and written again.

use std::io::Cursor;

use palisade_model::{Action, Gap, Place, Reason};
use serde_json::{Value, json};

use super::{EVERYTHING, JSON, plain, sample, written};
use crate::document::{Document, GapKind, ReadError, SCHEMA_VERSION, read};
use crate::view::View;
use crate::{Include, Style, write};

fn open(text: &str) -> Result<Document, ReadError> {
    read(Cursor::new(text))
}

/// The sample as JSON, to be changed.
fn file() -> Value {
    serde_json::to_value(Document::from_report(&sample::rich(), EVERYTHING)).unwrap()
}

fn with_version(version: impl Into<Value>) -> Result<Document, ReadError> {
    let mut file = file();
    file["schema_version"] = version.into();
    open(&file.to_string())
}

#[test]
fn what_was_written_and_read_is_written_alike() {
    for report in [sample::rich(), sample::empty(), sample::clean()] {
        for include in [EVERYTHING, Include::default()] {
            let mut text = Vec::new();
            write(&report, JSON, &Style { include, ..plain(80) }, &mut text).unwrap();
            let document = read(Cursor::new(&text)).unwrap();
            assert_eq!(document, Document::from_report(&report, include));
            let mut again = Vec::new();
            document.write(&mut again).unwrap();
            assert!(again == text, "{}", String::from_utf8_lossy(&again));
        }
    }
}

#[test]
fn a_document_holds_each_finding_once_as_what_is_written_does() {
    let mut report = sample::rich();
    report.findings.extend(report.findings.clone());
    report.gaps.extend(report.gaps.clone());
    let text = written(&report, JSON, &Style { include: EVERYTHING, ..plain(80) });
    let findings = open(&text).unwrap().findings;
    assert_eq!(findings, Document::from_report(&report, EVERYTHING).findings);
    assert_eq!(findings, Document::from_report(&sample::rich(), EVERYTHING).findings);
}

#[test]
fn findings_share_what_their_check_says() {
    let document = open(&file().to_string()).unwrap();
    let of_one = |check: &str| document.findings.iter().filter(|finding| finding.check == check).collect::<Vec<_>>();
    let most = document.findings.iter().map(|finding| of_one(&finding.check)).max_by_key(Vec::len).unwrap();
    let [first, second, ..] = most.as_slice() else { panic!("{most:?}") };
    assert!(std::sync::Arc::ptr_eq(&first.remediation, &second.remediation));
}

#[test]
fn an_older_form_lacks_what_came_later_and_becomes_this_form() {
    let mut older = file();
    older["schema_version"] = "1.0.0".into();
    older.as_object_mut().unwrap().remove("identity").unwrap();
    let document = open(&older.to_string()).unwrap();
    assert_eq!((document.identity, document.schema_version.as_ref()), (None, SCHEMA_VERSION));
}

#[test]
fn a_newer_form_is_refused_with_what_to_do() {
    let (major, rest) = SCHEMA_VERSION.split_once('.').unwrap();
    let (minor, _) = rest.split_once('.').unwrap();
    let next = |number: &str| number.parse::<u64>().unwrap() + 1;
    for newer in [format!("{major}.{}.0", next(minor)), format!("{}.0.0", next(major))] {
        let error = with_version(newer.clone()).unwrap_err();
        assert!(matches!(&error, ReadError::Newer(found) if *found == newer), "{error:?}");
        let words = error.to_string();
        assert!(
            words.contains(&newer) && words.contains(SCHEMA_VERSION) && words.contains("update palisade"),
            "{words}"
        );
    }
    // It may have another form altogether.
    assert!(matches!(open(r#"{"schema_version":"9.0.0"}"#), Err(ReadError::Newer(_))));
    assert!(matches!(with_version("0.9.0"), Err(ReadError::Older(_))));
    assert!(with_version(format!("{major}.{minor}.7")).is_ok(), "the third number changes nothing that is read");
}

#[test]
fn what_is_no_whole_report_is_refused_and_not_repeated() {
    let cut = &file().to_string()[..2_000];
    let mut lacking = file();
    lacking.as_object_mut().unwrap().remove("coverage").unwrap();
    let lacking = lacking.to_string();
    for text in
        ["", "SECRET", "{}", r#"{"schema_version":"SECRET"}"#, r#"{"schema_version":{"SECRET":1}}"#, cut, &lacking]
    {
        let error = open(text).unwrap_err();
        assert!(matches!(error, ReadError::Broken(_)), "{text}: {error:?}");
        assert!(!error.to_string().contains("SECRET") && error.to_string().contains("line"), "{error}");
    }
}

#[test]
fn members_that_are_not_known_are_ignored() {
    let mut more = file();
    more["weather"] = "fine".into();
    more["findings"][0]["mood"] = json!({ "of": "the day" });
    assert_eq!(open(&more.to_string()).unwrap(), Document::from_report(&sample::rich(), EVERYTHING));
}

#[test]
fn what_an_older_palisade_did_not_collect_is_a_gap_of_its_own_kind() {
    let reason = Reason::NotCollected { inventory_version: 4, palisade: Some("0.1.0".to_owned()) };
    let mut report = sample::clean();
    let gap = Gap { action: Action::EksListClusters, place: Place::account(), reason };
    report.gaps.push(gap);
    assert!(report.is_incomplete());
    let document = Document::from_report(&report, Include::default());
    let [gap] = document.gaps.as_slice() else { panic!("{:?}", document.gaps) };
    assert!(!document.complete);
    assert_eq!(
        (gap.reason.kind, gap.reason.message.as_str()),
        (GapKind::NotCollected, "not collected by palisade 0.1.0")
    );
    assert!(gap.grant.statement.is_none() && gap.grant.advice.starts_with("Collect again"), "{}", gap.grant.advice);
    assert_eq!(View::of(&report).causes().len(), 1);
}
