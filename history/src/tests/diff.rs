//! The table of docs/history.md, line by line.

use palisade_checks::renamed::Renamed;
use palisade_model::{Depth, fingerprint};
use palisade_report::document::{Document, Finding, Status, Suppression};

use super::{IMMUTABLE, PUBLIC, TRACING, also_judged, empty, fail, finding, function, left_out, report};
use crate::diff::RemarkKind::{ConfigurationDiffers, Incomplete, NotTold, OrderReversed, Selected, VersionDiffers};
use crate::diff::{Changes, DiffError};
use crate::{Cause, Diff, Side};

fn changes(older: &Document, newer: &Document) -> Changes {
    Diff::of(older, newer).unwrap().changes
}

/// The names of the lists that are not empty.
fn lists(changes: &Changes) -> Vec<&'static str> {
    let told = changes.lists().into_iter().filter(|(list, _)| !list.is_empty()).map(|(_, name)| name);
    told.chain((!changes.not_comparable.is_empty()).then_some("not comparable")).collect()
}

/// What is told, why, and what the other report is like.
type Case = (&'static str, &'static str, fn(&mut Document));

fn failing() -> Document {
    report(1, [fail(TRACING, &function("a"), &["x"])])
}

fn without() -> Document {
    also_judged(empty(2), [function("a").as_str()])
}

#[test]
fn a_failure_ends_where_it_was_looked_at_and_nowhere_else() {
    let cases: [Case; 13] = [
        ("fixed", "judged", |_| {}),
        ("fixed", "another list was cut short", |newer| {
            newer.findings.push(finding(TRACING, &function("*").replace("eu-west-1", "us-east-1"), Status::Unknown));
        }),
        ("gone", "in no list", |newer| newer.resources = Some(vec![])),
        ("gone", "another check's list was cut short", |newer| {
            newer.resources = Some(vec![]);
            newer.findings.push(finding(PUBLIC, &function("*"), Status::Unknown));
        }),
        ("not comparable", "the list was cut short", |newer| {
            newer.resources = Some(vec![]);
            newer.findings.push(finding(TRACING, &function("*"), Status::Unknown));
        }),
        ("not comparable", "stopped", |newer| (newer.resources, newer.interrupted) = (Some(vec![]), true)),
        ("fixed", "stopped, but judged before", |newer| newer.interrupted = true),
        ("not comparable", "Region", |newer| newer.regions = vec!["us-east-1".to_owned()]),
        ("not comparable", "check", |newer| newer.scope.as_mut().unwrap().checks.retain(|check| check != TRACING)),
        ("not comparable", "resource", |newer| newer.scope.as_mut().unwrap().resources = vec!["*:b".to_owned()]),
        ("not comparable", "left out", |newer| newer.notices.push(left_out(TRACING))),
        ("not comparable", "no scope", |newer| newer.scope = None),
        ("not comparable", "could not be checked", |newer| {
            newer.findings.push(finding(TRACING, &function("a"), Status::Unknown));
        }),
    ];
    for (expected, case, change) in cases {
        let mut newer = without();
        change(&mut newer);
        assert_eq!(lists(&changes(&failing(), &newer)), [expected], "{case}");
    }
}

#[test]
fn what_only_a_deep_run_saw_no_other_run_ends() {
    let mut deep = failing();
    deep.depth = Depth::Deep;
    let mut passes = report(2, [finding(TRACING, &function("a"), Status::Pass)]);
    for newer in [&without(), &passes] {
        let found = changes(&deep, newer);
        assert_eq!(found.not_comparable[0].cause, Some(Cause::LessDeep));
    }
    passes.depth = Depth::Deep;
    assert_eq!(lists(&changes(&deep, &passes)), ["fixed"]);
}

#[test]
fn a_failure_is_new_only_where_the_older_run_looked() {
    let cases: [Case; 10] = [
        ("new", "judged", |_| {}),
        ("new", "not there", |older| older.resources = Some(vec![])),
        ("new", "passed", |older| older.findings.push(finding(TRACING, &function("a"), Status::Pass))),
        ("newly seen", "could not be checked", |older| {
            older.findings.push(finding(TRACING, &function("a"), Status::Unknown));
        }),
        ("newly seen", "Region", |older| older.regions = vec!["us-east-1".to_owned()]),
        ("newly seen", "check", |older| older.scope.as_mut().unwrap().checks.retain(|check| check != TRACING)),
        ("newly seen", "resource", |older| older.scope.as_mut().unwrap().resources = vec!["*:b".to_owned()]),
        ("newly seen", "no scope", |older| older.scope = None),
        ("newly seen", "the list was cut short", |older| {
            older.resources = Some(vec![]);
            older.findings.push(finding(TRACING, &function("*"), Status::Unknown));
        }),
        ("newly seen", "stopped", |older| (older.resources, older.interrupted) = (Some(vec![]), true)),
    ];
    for (expected, case, change) in cases {
        let mut older = also_judged(empty(1), [function("a").as_str()]);
        change(&mut older);
        let found = changes(&older, &report(2, [fail(TRACING, &function("a"), &["x"])]));
        assert_eq!(lists(&found), [expected], "{case}");
        assert_eq!(found.clone().into_new(false).len(), usize::from(expected == "new"));
        assert_eq!(found.into_new(true).len(), 1);
    }
}

#[test]
fn an_explicit_pass_needs_no_scope() {
    let mut newer = report(2, [finding(TRACING, &function("a"), Status::Pass)]);
    (newer.scope, newer.resources) = (None, None);
    assert_eq!(lists(&changes(&failing(), &newer)), ["fixed"]);
}

#[test]
fn evidence_tells_worse_from_better_whatever_its_order() {
    let with = |evidence: &[&str]| report(1, [fail(TRACING, &function("a"), evidence)]);
    let found = |older: &[&str], newer: &[&str]| changes(&with(older), &with(newer));
    assert!(found(&["x", "y"], &["y", "x"]).is_empty());
    let worse = found(&["x"], &["y", "x"]);
    assert_eq!((lists(&worse), worse.worsened[0].evidence.as_slice()), (vec!["worsened"], &["y".to_owned()][..]));
    let better = found(&["x", "y"], &["y"]);
    assert_eq!(
        (lists(&better), better.improved[0].evidence_gone.as_slice()),
        (vec!["improved"], &["x".to_owned()][..])
    );
}

fn accepted() -> Finding<'static> {
    let suppression = Suppression {
        check: TRACING.into(),
        resource: "*".to_owned(),
        fingerprint: None,
        account: None,
        reason: "until the move".to_owned(),
        by: Some("the shop".to_owned()),
        expires: Some(jiff::civil::date(2026, 11, 1)),
    };
    Finding { suppression: Some(Box::new(suppression)), ..finding(TRACING, &function("a"), Status::Suppressed) }
}

#[test]
fn suppressions_that_begin_and_end_stand_apart() {
    assert_eq!(lists(&changes(&failing(), &report(2, [accepted()]))), ["suppressed"]);
    let ended = changes(&report(1, [accepted()]), &failing());
    assert_eq!(lists(&ended), ["no longer suppressed"]);
    assert_eq!(ended.suppression_ended[0].suppression.as_ref().unwrap().reason, "until the move");
    assert_eq!(ended.into_new(false).len(), 1);
    let same = changes(&report(1, [accepted()]), &report(2, [accepted()]));
    assert!(same.is_empty() && same.counts.still_suppressed == 1);
}

#[test]
fn what_passed_and_cannot_be_checked_any_more_is_lost_sight_of() {
    let older = report(1, [finding(PUBLIC, &function("a"), Status::Pass)]);
    let newer = report(2, [finding(PUBLIC, &function("a"), Status::Unknown)]);
    assert_eq!(lists(&changes(&older, &newer)), ["lost sight of"]);
    let silent = changes(&also_judged(empty(1), [function("a").as_str()]), &newer);
    assert!(silent.is_empty() && silent.counts.unknown == 1);
}

#[test]
fn a_check_that_was_renamed_is_the_same_check() {
    const RENAMED: &[Renamed] = &[("lambda-not-traced", TRACING)];
    let old = "lambda-not-traced";
    let mut older = report(1, [fail(old, &function("a"), &["x"]), fail(old, &function("b"), &["x"])]);
    older.scope.as_mut().unwrap().checks = vec![old.into()];
    let newer = report(2, [fail(TRACING, &function("a"), &["x", "y"]), fail(TRACING, &function("c"), &["x"])]);
    let newer = also_judged(newer, [function("b").as_str()]);
    let side = |report| Side::with_renames(report, RENAMED);
    let found = Diff::between(&side(&older), &side(&newer)).unwrap().changes;
    assert_eq!(lists(&found), ["new", "worsened", "fixed"]);
    assert_eq!(found.worsened[0].uid, fingerprint::finding(TRACING, &function("a")));
    let unaware = changes(&older, &newer);
    assert_eq!(lists(&unaware), ["newly seen", "not comparable"]);
}

#[test]
fn another_account_is_refused() {
    let mut other = empty(2);
    other.account = "444455556666".to_owned();
    let error = Diff::of(&empty(1), &other).unwrap_err();
    assert!(matches!(&error, DiffError::OtherAccount { .. }) && error.to_string().contains("444455556666"));
    let other = Document { partition: "aws-cn".to_owned(), ..empty(2) };
    assert!(Diff::of(&empty(1), &other).is_err());
}

#[test]
fn what_makes_runs_less_alike_is_remarked_on() {
    let mut newer = Document { complete: false, ..empty(2) };
    newer.tool.version = "0.2.0\u{1b}".into();
    let scope = newer.scope.as_mut().unwrap();
    (scope.settings, scope.selected) = ("1".repeat(32), true);
    let kinds = |older: &Document, newer: &Document| {
        let remarks = Diff::of(older, newer).unwrap().remarks;
        assert!(remarks.iter().all(|remark| !remark.message.contains('\u{1b}')));
        remarks.into_iter().map(|remark| remark.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&empty(1), &newer), [ConfigurationDiffers, VersionDiffers, Incomplete, Selected]);
    assert_eq!(kinds(&empty(3), &Document { scope: None, ..empty(2) }), [OrderReversed, NotTold]);
    assert_eq!(kinds(&empty(1), &empty(2)), []);
}

#[test]
fn lists_have_the_worst_first() {
    let resource = function("a");
    let newer = report(2, [TRACING, IMMUTABLE, PUBLIC].map(|check| fail(check, &resource, &[])));
    let new = changes(&empty(1), &newer).new;
    assert_eq!(new.iter().map(|entry| entry.check.as_str()).collect::<Vec<_>>(), [PUBLIC, IMMUTABLE, TRACING]);
}
