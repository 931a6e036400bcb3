//! Every operation × every fault: what passes leaves no trace in the report, what stays makes no verdict better and loses
//! nothing without a gap.

use std::sync::Mutex;
use std::time::Duration;

use palisade_checks::audit::Report;
use palisade_simulator::{Failure, FailureKind, Faults, Random};

use super::answers::{improved, statuses};
use super::{STACK, collected, judged, run};

const KINDS: [FailureKind; 11] = [
    FailureKind::Throttle { retry_after: None },
    FailureKind::ServerError,
    FailureKind::Truncated,
    FailureKind::CutRefusal,
    FailureKind::Garbage,
    FailureKind::Empty,
    FailureKind::HtmlNotFound,
    FailureKind::ExpiredToken,
    FailureKind::InvalidToken,
    FailureKind::Reset,
    FailureKind::Deleted,
];

/// Whether a fault passes when it happens twice and no more.
fn passes(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Throttle { .. }
        | FailureKind::ServerError
        | FailureKind::Truncated
        | FailureKind::CutRefusal
        | FailureKind::Garbage
        | FailureKind::Empty
        | FailureKind::Reset => true,
        FailureKind::Hang
        | FailureKind::HtmlNotFound
        | FailureKind::ExpiredToken
        | FailureKind::InvalidToken
        | FailureKind::RegionDisabled
        | FailureKind::Deleted
        | FailureKind::Gone => false,
    }
}

async fn failing(action: &str, kind: FailureKind, times: Option<u32>) -> Report {
    let failure = Failure { times, ..Failure::of(action, kind) };
    let deadline = Duration::from_secs(if times.is_some() { 60 } else { 8 });
    judged(&collected(Faults { failures: vec![failure], ..Faults::default() }, deadline).await)
}

/// What is wrong with a report beside that of an undisturbed run.
fn wrong(before: &Report, after: &Report, action: &str, kind: FailureKind, times: Option<u32>) -> Vec<String> {
    if times.is_none() || !passes(kind) {
        return improved(before, after, action);
    }
    let (was, is) = (statuses(before), statuses(after));
    let differs = was != is || after.is_incomplete() != before.is_incomplete();
    if differs { vec!["the report differs".to_owned()] } else { Vec::new() }
}

fn each_fault(actions: &[&str], before: &Report) -> (usize, Vec<String>) {
    let mut tries = Vec::new();
    for action in actions {
        for kind in KINDS {
            tries.push((*action, kind, None));
            if passes(kind) {
                tries.push((*action, kind, Some(2)));
            }
        }
    }
    let (next, found) = (Mutex::new(tries.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let body = || {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                while let Some((action, kind, times)) = { next.lock().unwrap().next() } {
                    let after = runtime.block_on(failing(action, *kind, *times));
                    for line in wrong(before, &after, action, *kind, *times) {
                        let line = format!("{action} {kind:?} {times:?}: {line}");
                        println!("{line}");
                        found.lock().unwrap().push(line);
                    }
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, body).unwrap();
        }
    });
    (tries.len(), found.into_inner().unwrap())
}

/// `PALISADE_FAULTS=lambda:` tries the operations whose names begin so.
#[test]
#[ignore = "takes half an hour; docs/reliability.md tells what it found"]
fn no_fault_of_any_operation_makes_a_verdict_better() {
    run(|| async {
        let wanted = std::env::var("PALISADE_FAULTS").unwrap_or_default();
        let inventory = collected(Faults::default(), Duration::from_mins(1)).await;
        let before = judged(&inventory);
        let actions: Vec<_> = inventory.calls.by_action.keys().map(|action| action.name()).collect();
        let actions: Vec<_> =
            actions.into_iter().filter(|action| action.starts_with(&wanted) && !action.starts_with("k8s:")).collect();
        let (tried, wrong) = each_fault(&actions, &before);
        println!("{} operations, {tried} faults, {} wrong", actions.len(), wrong.len());
        assert!(wrong.is_empty());
    });
}

#[test]
fn a_service_that_is_down_for_seconds_costs_nothing_but_time() {
    run(|| async {
        let before = judged(&collected(Faults::default(), Duration::from_mins(1)).await);
        // Each of the calls to IAM fails seven times or more: once more often than a call is tried by itself.
        let after = failing("iam:*", FailureKind::ServerError, Some(42)).await;
        assert_eq!(statuses(&before), statuses(&after));
        assert_eq!(after.gaps.iter().filter(|gap| gap.action.service() == "iam").count(), 0);
    });
}

#[test]
#[ignore = "takes minutes; docs/reliability.md tells what it found"]
fn two_hundred_runs_under_random_faults_leave_memory_and_handles_as_they_were() {
    run(|| async {
        let handles = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        let resident = || {
            let text = std::fs::read_to_string("/proc/self/statm").unwrap();
            text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096 / 1_000_000
        };
        let before = judged(&collected(Faults::default(), Duration::from_mins(1)).await);
        let mut measured = Vec::new();
        for seed in 0..200 {
            let random = Some(Random { per_mille: 50, seed });
            let after = judged(&collected(Faults { random, ..Faults::default() }, Duration::from_mins(2)).await);
            assert_eq!(statuses(&before), statuses(&after), "seed {seed}: {:?}", after.gaps);
            if seed % 20 == 19 {
                measured.push((resident(), handles()));
                println!("after {} runs: {} MB, {} handles", seed + 1, resident(), handles());
            }
        }
        let (first, last) = (measured[1], measured[measured.len() - 1]);
        assert!(last.0 <= first.0 * 12 / 10 + 20, "memory grew: {measured:?}");
        assert!(last.1 <= first.1 + 8, "handles grew: {measured:?}");
    });
}
