//! The table as a person meets it.

use palisade_checks::audit::{Finding, Report};
use palisade_model::verdict::{Severity, Verdict};
use palisade_model::{Action, Arn, Gap, Place};

use super::{EVERYTHING, Style, TABLE, plain, sample, written};
use crate::view::View;

/// A report in which every check fails, and a few calls failed in ways of their own.
fn crowded() -> Report {
    let arn = |number: usize| Arn::from(format!("arn:aws:lambda:eu-west-1:111122223333:function:busy-{number}"));
    let fails = |(number, check)| sample::finding(check, arn(number), Ok(Verdict::fail("it is so")));
    let mut findings: Vec<Finding> = palisade_checks::all().enumerate().map(fails).collect();
    for (number, reason) in sample::reasons().into_iter().enumerate() {
        let gap = Gap { action: Action::LambdaGetPolicy, place: Place::resource(&arn(number)), reason };
        findings.push(sample::finding(&sample::SECRET, arn(1_000 + number), Err(gap)));
    }
    sample::with(sample::empty(), findings)
}

fn first_screen(table: &str) -> Vec<&str> {
    let screen: Vec<_> = table.lines().take_while(|line| !line.starts_with("FAILED ")).collect();
    let blank = screen.iter().rev().take_while(|line| line.is_empty()).count();
    screen[..screen.len() - blank].to_vec()
}

#[test]
fn the_first_screen_is_the_answer() {
    for report in [sample::rich(), crowded(), sample::clean(), sample::empty()] {
        for width in [80, 100, 160] {
            let table = written(&report, TABLE, &plain(width));
            let screen = first_screen(&table);
            assert!(screen.len() <= 24, "{} lines at {width}:\n{}", screen.len(), screen.join("\n"));
            assert!(table.contains("Score") && table.contains("Coverage"), "{table}");
        }
    }
    let table = written(&sample::rich(), TABLE, &plain(80));
    let screen = first_screen(&table).join("\n");
    for said in ["INTERRUPTED", "held down by 2 critical and 3 high", "Act on these first", "function:checkout"] {
        assert!(screen.contains(said), "no {said} in\n{screen}");
    }
}

#[test]
fn the_table_has_at_most_sixty_lines() {
    for width in [80, 100, 160] {
        let table = written(&crowded(), TABLE, &plain(width));
        let lines = table.lines().count();
        assert!(lines <= 60, "{lines} lines at {width}:\n{table}");
        assert!(table.contains("other checks with") && table.contains("--all"), "{table}");
    }
    assert!(written(&crowded(), TABLE, &Style { all: true, ..plain(80) }).lines().count() > 1_000);
}

#[test]
fn paths_from_the_internet_come_first_then_what_is_exposed_and_severe() {
    let report = crowded();
    let open = View::of(&report).open();
    let paths = open.iter().take_while(|one| one.check.starts_with("path-public-")).count();
    let all = palisade_checks::all().filter(|check| check.id.starts_with("path-public-")).count();
    assert!(all > 0 && paths == all, "{paths} of {all}");
    assert!(open[paths..].is_sorted_by_key(|one| std::cmp::Reverse(one.severity)));

    let mut report = crowded();
    let low = report.findings.iter().find(|one| one.severity == Severity::Medium && !one.check.id.starts_with("path"));
    let low = low.unwrap().clone();
    report.exposed.insert(low.resource.clone());
    let open = View::of(&report).open();
    let place = |check: &str| open.iter().position(|one| one.check == check).unwrap();
    let other = open.iter().position(|one| one.severity == Severity::Medium && one.check != low.check.id).unwrap();
    assert!(place(low.check.id) < other, "what the internet reaches comes before its equals");
    let first_high =
        open.iter().position(|one| one.severity == Severity::High && !one.is_path_from_internet()).unwrap();
    assert!(first_high < place(low.check.id), "and after what is worse");
}

#[test]
fn a_condition_that_many_share_is_said_once() {
    let table = written(&sample::rich(), TABLE, &Style { all: true, ..plain(120) });
    // Thirteen functions fail for it, and two are accepted.
    assert_eq!(table.matches("TracingConfig.Mode is PassThrough").count(), 3, "{table}");
    assert!(table.contains("function:batch-12"));
}

#[test]
fn the_score_of_a_selection_is_called_so() {
    let mut report = sample::clean();
    assert!(!written(&report, TABLE, &plain(80)).contains("of the selection"));
    report.scope.selected = true;
    assert!(written(&report, TABLE, &plain(80)).contains("of the selection"));
}

#[test]
fn digests_are_cut_and_the_whole_stays_in_other_formats() {
    let digest = "ab".repeat(32);
    let arn = format!("arn:aws:ecr:eu-west-1:111122223333:repository/shop/sha256:{digest}");
    let finding = sample::finding(&sample::URL, arn.as_str().into(), Ok(Verdict::fail("it is so")));
    let report = sample::with(sample::empty(), vec![finding]);
    let table = written(&report, TABLE, &Style { all: true, ..plain(100) });
    assert!(table.contains("repository/shop/sha256:abababababab") && !table.contains(&digest), "{table}");
    assert!(written(&report, super::JSON, &plain(100)).contains(&digest));
}

#[test]
fn all_evidence_is_shown_on_request() {
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:many".into();
    let evidence = (0..25).map(|number| format!("reason-{number:02}"));
    let finding = sample::finding(&sample::SECRET, arn, Ok(Verdict::fail_if_any(evidence)));
    let report = sample::with(sample::empty(), vec![finding]);
    // A page tells how much more there is, a summary and what is about images and resources alone tell none.
    let others = ["html", "markdown", "ocsf-inventory", "ocsf-vulnerabilities"];
    for format in super::FORMATS.iter().filter(|format| !format.is_binary() && !others.contains(&format.name)) {
        let text = written(&report, format, &Style { all: true, include: EVERYTHING, ..plain(100) });
        assert!((0..25).all(|number| text.contains(&format!("reason-{number:02}"))), "{}", format.name);
    }
}

#[test]
fn causes_that_decide_nothing_come_after_calls_that_failed() {
    let report = sample::rich();
    let causes = View::of(&report).causes();
    let failed = causes.iter().rposition(|cause| !cause.is_undecided() && !cause.reason.kind.is_choice()).unwrap();
    let undecided = causes.iter().position(crate::view::Cause::is_undecided).unwrap();
    assert!(failed < undecided);
}
