//! Baselines that can be used, and all that cannot.

use std::io::Write as _;

use palisade_report::document::{Document, SCHEMA_VERSION, Status};
use palisade_report::view::View;
use tempfile::NamedTempFile;

use super::{PUBLIC, TRACING, also_judged, empty, fail, finding, function, report};
use crate::Baseline;
use crate::baseline::BaselineError;

fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

fn written(report: &Document) -> Vec<u8> {
    let mut text = Vec::new();
    report.write(&mut text).unwrap();
    text
}

fn refused(content: &[u8]) -> BaselineError {
    Baseline::read(file(content).path()).unwrap_err()
}

#[test]
fn only_what_is_new_since_then_is_told() {
    let older = report(1, [fail(TRACING, &function("a"), &["x"])]);
    let mut older = also_judged(older, [function("b").as_str()]);
    older.scope.as_mut().unwrap().checks.retain(|check| check != PUBLIC);
    let baseline = Baseline::read(file(&written(&older)).path()).unwrap();
    let now = [
        fail(TRACING, &function("a"), &["x"]),
        fail(TRACING, &function("b"), &["x"]),
        fail(PUBLIC, &function("a"), &["x"]),
        finding(TRACING, &function("c"), Status::Unknown),
    ];
    let view = View::read(report(2, now));
    let named = |newly_seen| {
        let new = baseline.new_findings(&view, newly_seen).unwrap();
        new.into_iter().map(|entry| (entry.check, entry.resource)).collect::<Vec<_>>()
    };
    assert_eq!(named(false), [(TRACING.to_owned(), function("b"))]);
    assert_eq!(named(true), [(PUBLIC.to_owned(), function("a")), (TRACING.to_owned(), function("b"))]);
}

#[test]
fn each_thing_that_can_be_wrong_has_an_error_of_its_own() {
    let whole = written(&empty(1));
    assert!(matches!(Baseline::read("/nowhere/at/all.json".as_ref()), Err(BaselineError::Missing { .. })));
    assert!(matches!(Baseline::read("/".as_ref()), Err(BaselineError::Unread { .. })));
    for nothing in ["", "\n \n"] {
        assert!(matches!(refused(nothing.as_bytes()), BaselineError::Empty { .. }));
    }
    for part in [1, 2, whole.len() / 3, whole.len() - 3] {
        assert!(matches!(refused(&whole[..part]), BaselineError::Truncated { .. }), "{part}");
    }
    for other in ["SECRET", "{}", "[]", "{\"schema_version\": 1}"] {
        let error = refused(other.as_bytes());
        assert!(matches!(error, BaselineError::NoReport { .. }) && !error.to_string().contains("SECRET"), "{error}");
    }
    let newer = String::from_utf8(whole).unwrap().replace(SCHEMA_VERSION, "1.999.0");
    assert!(refused(newer.as_bytes()).to_string().contains("update palisade"));
}

#[test]
fn a_baseline_of_another_account_is_refused() {
    let baseline = Baseline::read(file(&written(&empty(1))).path()).unwrap();
    let other = View::read(Document { account: "444455556666".to_owned(), ..empty(2) });
    assert!(matches!(baseline.new_findings(&other, true), Err(BaselineError::Other { .. })));
}
