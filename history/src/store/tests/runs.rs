//! What becomes of findings from run to run.

use palisade_checks::renamed::Renamed;
use palisade_model::verdict::Severity;
use palisade_model::{Depth, fingerprint};
use palisade_report::document::{Document, Score, Status};
use palisade_report::view::View;

use super::super::{History, StoreError, Which};
use super::{place, with};
use crate::tests::{ACCOUNT, PUBLIC, TRACING, also_judged, empty, fail, finding, function, report};
use crate::{Diff, Side};

fn uid() -> String {
    fingerprint::finding(TRACING, &function("a"))
}

fn failing(day: i8) -> Document {
    report(day, [fail(TRACING, &function("a"), &["x"])])
}

fn passing(day: i8) -> Document {
    also_judged(empty(day), [function("a").as_str()])
}

fn unknown(day: i8) -> Document {
    report(day, [finding(TRACING, &function("a"), Status::Unknown)])
}

/// The kinds of events of the one finding.
fn events(history: &History) -> Vec<String> {
    let mut select = history.connection.prepare("SELECT kind FROM event ORDER BY run").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn state(history: &History) -> (String, i64) {
    let select = "SELECT state, reopened FROM finding";
    history.connection.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn the_first_run_has_counts_and_no_lists() {
    let (_folder, history, recorded) = with([failing(1)]);
    assert_eq!((recorded[0].previous.as_ref(), recorded[0].changes.counts.newly_seen), (None, 1));
    assert!(recorded[0].changes.is_empty());
    assert_eq!(history.accounts().unwrap(), [(ACCOUNT.to_owned(), "aws".to_owned())]);
}

#[test]
fn what_was_fixed_and_fails_again_is_reopened_and_keeps_its_first_time() {
    let (_folder, history, recorded) = with([failing(1), passing(2), passing(3), failing(4), empty(5), failing(6)]);
    assert_eq!(recorded[1].changes.fixed.len(), 1);
    assert_eq!(recorded[1].previous.as_ref().unwrap().collected_at, failing(1).collected_at);
    assert!(recorded[2].changes.is_empty());
    assert_eq!((recorded[3].changes.reopened.len(), recorded[3].changes.new.len()), (1, 0));
    assert_eq!((recorded[4].changes.gone.len(), recorded[5].changes.reopened.len()), (1, 1));
    assert_eq!(events(&history), ["newly_seen", "fixed", "reopened", "gone", "reopened"]);
    assert_eq!(state(&history), ("open".to_owned(), 2));
    assert_eq!(history.first_seen(ACCOUNT, "aws", &uid()).unwrap(), Some(failing(1).collected_at));
    assert_eq!(history.open_since(ACCOUNT, "aws").unwrap()[&uid()], failing(1).collected_at);
    assert_eq!(history.first_seen(ACCOUNT, "aws", "nonsense").unwrap(), None);
}

#[test]
fn what_cannot_be_checked_any_more_stays_open() {
    let (_folder, history, recorded) = with([failing(1), unknown(2), unknown(3), failing(4)]);
    assert_eq!((recorded[1].changes.not_comparable.len(), recorded[2].changes.not_comparable.len()), (1, 1));
    assert_eq!(recorded[3].changes.counts.unchanged, 1);
    assert_eq!(events(&history), ["newly_seen", "not_comparable", "seen_again"]);
}

#[test]
fn a_partial_run_closes_nothing_it_did_not_look_at() {
    let selected = |day, change: fn(&mut Document)| {
        let mut report = empty(day);
        change(&mut report);
        report
    };
    let partial = [
        selected(2, |report| report.scope.as_mut().unwrap().checks = vec![PUBLIC.into()]),
        selected(3, |report| report.regions = vec!["us-east-1".to_owned()]),
        selected(4, |report| report.interrupted = true),
        selected(5, |report| report.scope = None),
        selected(6, |report| report.findings = vec![finding(TRACING, &function("*"), Status::Unknown)]),
    ];
    let mut deep = failing(1);
    deep.depth = Depth::Deep;
    let (_folder, history, recorded) = with([deep].into_iter().chain(partial).chain([passing(7)]));
    assert_eq!(state(&history), ("open".to_owned(), 0));
    assert_eq!(events(&history), ["newly_seen"]);
    assert!(recorded[1..].iter().all(|run| run.changes.counts.not_comparable == 1), "{recorded:#?}");
}

#[test]
fn any_earlier_run_that_looked_makes_a_failure_new() {
    let mut partial = empty(2);
    partial.scope.as_mut().unwrap().checks = vec![PUBLIC.into()];
    let (_folder, history, recorded) = with([passing(1), partial.clone(), failing(3)]);
    assert_eq!(recorded[2].changes.counts.new, 1);
    let latest = history.run(ACCOUNT, "aws", Which::Latest).unwrap();
    let two = report(4, [fail(TRACING, &function("a"), &["x"]), fail(TRACING, &function("b"), &["x"])]);
    let diff = Diff::between(&latest, &Side::of_document(&two)).unwrap();
    assert_eq!((diff.changes.counts.new, diff.changes.counts.unchanged), (1, 1));
    let (_folder, _, recorded) = with([Document { collected_at: passing(1).collected_at, ..partial }, failing(3)]);
    assert_eq!((recorded[1].changes.counts.new, recorded[1].changes.counts.newly_seen), (0, 1));
}

#[test]
fn what_was_unknown_at_first_is_not_new_and_not_older_than_it_was_seen() {
    let (_folder, history, recorded) = with([unknown(1), passing(2), unknown(3), failing(4)]);
    assert_eq!(recorded[3].changes.counts.newly_seen, 1);
    assert_eq!(events(&history), ["unknown", "cleared", "unknown", "newly_seen"]);
    assert_eq!(history.first_seen(ACCOUNT, "aws", &uid()).unwrap(), Some(failing(4).collected_at));
    let (_folder, history, _) = with([unknown(1)]);
    assert_eq!(history.first_seen(ACCOUNT, "aws", &uid()).unwrap(), None);
}

#[test]
fn suppressions_that_begin_and_end_are_events() {
    let accepted = |day| report(day, [finding(TRACING, &function("a"), Status::Suppressed)]);
    let (_folder, history, recorded) = with([failing(1), accepted(2), accepted(3), failing(4)]);
    assert_eq!((recorded[1].changes.suppressed.len(), recorded[3].changes.suppression_ended.len()), (1, 1));
    assert_eq!(state(&history), ("open".to_owned(), 0));
    assert_eq!(events(&history).last().unwrap(), "suppression_ended");
}

#[test]
fn a_history_can_be_the_older_side_of_a_diff_as_of_any_run() {
    let worse = report(2, [fail(TRACING, &function("a"), &["x", "y"])]);
    let (_folder, history, _) = with([failing(1), worse.clone(), passing(3)]);
    let changes = |which: &str, newer: &Document| {
        let older = history.run(ACCOUNT, "aws", which.parse().unwrap()).unwrap();
        Diff::between(&older, &Side::of_document(newer)).unwrap().changes.counts
    };
    let mut newer = worse;
    newer.collected_at = passing(4).collected_at;
    assert_eq!((changes("1", &newer).worsened, changes("2", &newer).unchanged), (1, 1));
    assert_eq!((changes("2026-11-01", &newer).worsened, changes("2026-11-02", &newer).unchanged), (1, 1));
    assert_eq!((changes("latest", &newer).new, changes("2", &passing(4)).fixed), (1, 1));
    assert_eq!((changes("1", &passing(4)).fixed, changes("1", &empty(4)).gone), (1, 1));
    for none in ["9", "2026-10-31"] {
        let which = none.parse().unwrap();
        assert!(matches!(history.run(ACCOUNT, "aws", which), Err(StoreError::NoRun { .. })));
    }
    assert!(matches!(history.run(ACCOUNT, "aws-cn", Which::Latest), Err(StoreError::NoRun { .. })));
    assert!("yesterday".parse::<Which>().is_err() && "0".parse::<Which>().is_err());
}

#[test]
fn accounts_do_not_meet() {
    let other = |day| Document { account: "444455556666".to_owned(), ..passing(day) };
    let (_folder, history, recorded) = with([failing(2), other(1), other(3), passing(4)]);
    assert!(recorded[1].previous.is_none() && recorded[2].changes.is_empty());
    assert_eq!(recorded[3].changes.fixed.len(), 1);
    assert_eq!(history.trend("444455556666", "aws").unwrap().len(), 2);
}

#[test]
fn runs_are_recorded_once_and_in_order() {
    let (_folder, mut history, _) = with([failing(2)]);
    let mut refused = |report| history.record(&View::read(report)).unwrap_err();
    assert!(matches!(refused(failing(2)), StoreError::Recorded { .. }));
    assert!(matches!(refused(passing(1)), StoreError::OutOfOrder { .. }));
    assert_eq!((state(&history).0.as_str(), history.trend(ACCOUNT, "aws").unwrap().len()), ("open", 1));
}

#[test]
fn a_uid_that_is_none_leaves_the_history_as_it_was() {
    let (_folder, mut history, _) = with([failing(1)]);
    let mut report = passing(2);
    report.findings.push(fail(PUBLIC, &function("a"), &[]));
    report.findings[0].uid = "none".into();
    assert!(matches!(history.record(&View::read(report)), Err(StoreError::NoUid { .. })));
    assert_eq!((state(&history).0.as_str(), history.trend(ACCOUNT, "aws").unwrap().len()), ("open", 1));
}

#[test]
fn what_is_known_follows_a_check_that_is_renamed() {
    const RENAMED: &[Renamed] = &[("lambda-not-traced", TRACING)];
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let mut older = report(1, [fail("lambda-not-traced", &function("a"), &["x"])]);
    older.scope.as_mut().unwrap().checks = vec!["lambda-not-traced".into()];
    history.record_with(&View::read(older), &[]).unwrap();
    let recorded = history.record_with(&View::read(failing(2)), RENAMED).unwrap();
    assert_eq!((recorded.changes.counts.unchanged, recorded.changes.is_empty()), (1, true));
    assert_eq!(history.first_seen(ACCOUNT, "aws", &uid()).unwrap(), Some(failing(1).collected_at));
    assert_eq!(history.record_with(&View::read(passing(3)), RENAMED).unwrap().changes.fixed.len(), 1);
}

#[test]
fn a_trend_has_scores_and_counts_and_times_to_fix() {
    let scored = |mut report: Document| {
        report.score = Some(Score { low: 40, high: 60, grade: "F-D".to_owned() });
        report.scope.as_mut().unwrap().selected = true;
        report
    };
    let critical = |day| {
        let resource = function("a");
        report(day, [fail(PUBLIC, &resource, &[]), fail(TRACING, &resource, &[])])
    };
    let (_folder, history, _) = with([scored(critical(1)), passing(3), critical(4), passing(5)]);
    let trend = history.trend(ACCOUNT, "aws").unwrap();
    assert_eq!(
        trend.iter().map(|point| point.open).collect::<Vec<_>>(),
        [[1, 0, 0, 1, 0], [0; 5], [1, 0, 0, 1, 0], [0; 5]]
    );
    assert_eq!((trend[0].score.as_ref().unwrap().low, trend[0].selected, trend[1].selected), (40, true, false));
    let times = history.time_to_fix(ACCOUNT, "aws").unwrap();
    assert_eq!((times[&Severity::Critical].mean.as_hours(), times[&Severity::Critical].fixed), (36, 2));
}
