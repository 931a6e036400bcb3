//! Runs that are cut off: by Ctrl-C, and by a kill.

use std::process::{Child, Stdio};

use palisade_simulator::{Failure, FailureKind, Faults};
use serde_json::Value;

use crate::support::{Palisade, Run, World};

/// An account that answers this many policies and then holds the line.
fn held(policies: u32) -> World {
    let failure = Failure { skip: policies, times: None, ..Failure::of("lambda:GetPolicy", FailureKind::Hang) };
    World::demo(Faults { failures: vec![failure], ..Faults::default() })
}

fn start(palisade: &Palisade) -> Child {
    let arguments = ["audit", "--format", "json", "--include", "pass,not-applicable", "--resume", "journal"];
    palisade.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until the journal holds so many policies.
fn wait_for_policies(palisade: &Palisade, count: usize, child: &mut Child) {
    loop {
        let text = std::fs::read_to_string(palisade.path("journal")).unwrap_or_default();
        if text.matches("\"lambda:GetPolicy ").count() >= count {
            return;
        }
        assert!(child.try_wait().unwrap().is_none(), "the run ended early");
        std::thread::yield_now();
    }
}

fn without_cost(mut report: Value) -> Value {
    report["calls"] = Value::Null;
    report["collected_at"] = Value::Null;
    report
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let (whole, _) = World::demo(Faults::default()).palisade().audit(&[]);
    let world = held(12);
    let palisade = world.palisade();
    let mut child = start(&palisade);
    wait_for_policies(&palisade, 12, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();

    let healthy = World::demo(Faults::default());
    let resumed = palisade
        .command(&["audit", "--format", "json", "--include", "pass,not-applicable", "--resume", "journal"])
        .env("AWS_ENDPOINT_URL", healthy.simulator.endpoint())
        .output();
    let resumed = Run::of(resumed.unwrap());
    let report: Value = serde_json::from_str(&resumed.stdout).unwrap_or_else(|_| panic!("{}", resumed.stderr));
    assert_eq!(without_cost(report), without_cost(whole.0));
    let policies = healthy.simulator.calls().into_iter().filter(|call| call.action == "lambda:GetPolicy").count();
    assert!(policies <= 30 - 12, "{policies} policies were read again");
    let lists = healthy
        .simulator
        .calls()
        .into_iter()
        .filter(|call| call.action == "lambda:ListFunctions" && call.region == "us-east-1");
    assert_eq!(lists.count(), 0, "the list of functions was in the journal");
    assert!(!palisade.path("journal").exists(), "a journal of a finished run would be taken for a new one's");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_reports_what_it_has_and_says_so() {
    let world = held(12);
    let palisade = world.palisade();
    let mut child = start(&palisade);
    wait_for_policies(&palisade, 12, &mut child);
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    assert_eq!(report["interrupted"], true);
    assert_eq!(report["complete"], false);
    let gaps = report["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["reason"]["kind"] == "interrupted"));
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["status"] == "fail"), "what was read was judged");
    assert!(palisade.path("journal").exists());
}

#[test]
fn a_run_that_ran_out_of_time_keeps_its_journal() {
    let throttle = FailureKind::Throttle { retry_after: Some(60) };
    let failures = vec![Failure::of("iam:GetAccountAuthorizationDetails", throttle)];
    let world = World::small(Faults { failures, ..Faults::default() });
    let palisade = world.palisade();
    let run = palisade.run(&["audit", "--deadline", "5s", "--resume", "journal"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(palisade.path("journal").exists(), "another run could read what this one could not");
}

#[test]
fn a_read_that_failed_is_repeated_by_the_next_run_and_no_other_is() {
    let failures = vec![Failure::of("lambda:ListEventSourceMappings", FailureKind::ServerError)];
    let world = World::small(Faults { failures, ..Faults::default() });
    let palisade = world.palisade();
    let run = palisade.run(&["audit", "--resume", "journal"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);

    let healthy = World::small(Faults::default());
    let mut command = palisade.command(&["audit", "--allow-gaps", "--fail-on", "none", "--resume", "journal"]);
    let run = Run::of(command.env("AWS_ENDPOINT_URL", healthy.simulator.endpoint()).output().unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let calls: Vec<_> = healthy.simulator.calls().into_iter().map(|call| call.action).collect();
    let again = calls.iter().filter(|action| action.starts_with("lambda:"));
    assert!(again.into_iter().all(|action| action == "lambda:ListEventSourceMappings"), "{calls:?}");
    assert!(!palisade.path("journal").exists());
}

#[test]
fn a_journal_of_another_account_is_refused() {
    let palisade = World::demo(Faults::default()).palisade();
    palisade.write("journal", "not a journal\n");
    let world = World::demo(Faults::default());
    let mut command = palisade.command(&["audit", "--resume", "journal"]);
    let run = Run::of(command.env("AWS_ENDPOINT_URL", world.simulator.endpoint()).output().unwrap());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("journal") && run.stderr.contains("--resume"), "{}", run.stderr);
    assert_eq!(palisade.read("journal"), "not a journal\n", "it was left alone");
}
