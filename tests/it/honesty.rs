//! The promise of the program, from end to end: a call that fails never makes a verdict better, and the printed policy
//! is exactly what is called.

use std::collections::BTreeSet;
use std::thread;

use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{World, denied};

fn granted(arguments: &[&str]) -> BTreeSet<String> {
    let palisade = crate::support::Palisade::alone();
    let policy: Value = serde_json::from_str(&palisade.run(&[&["permissions"], arguments].concat()).stdout).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    actions.iter().map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// What a run asked for, other than who it is, which needs no permission.
fn called(world: &World) -> BTreeSet<String> {
    let calls = world.simulator.calls().into_iter().map(|call| call.action);
    calls.filter(|action| action != "sts:GetCallerIdentity").collect()
}

#[test]
fn a_denied_action_never_makes_a_verdict_better() {
    let (baseline, _) = World::demo(Faults::default()).palisade().audit(&["--depth", "deep"]);
    let baseline = baseline.statuses();
    thread::scope(|scope| {
        for action in granted(&["--depth", "deep"]) {
            let baseline = &baseline;
            scope.spawn(move || {
                let (report, run) = World::demo(denied(&action)).palisade().audit(&["--depth", "deep"]);
                // An account that may not read its organisation's guard rails is told so; that is no fault of the run.
                if action.starts_with("organizations:") {
                    assert!(report.0["notices"].to_string().contains(&action), "no notice of {action}");
                } else {
                    assert_eq!(run.code, Some(3), "{action}: {}", run.stderr);
                    assert!(!report.gaps_of(&action).is_empty(), "no gap for {action}");
                }
                for (finding, status) in report.statuses() {
                    let before = baseline.get(&finding);
                    assert!(
                        status == "unknown" || before == Some(&status),
                        "{action}: {finding:?}: {before:?}, {status}"
                    );
                }
            });
        }
    });
}

#[test]
fn the_printed_policy_is_what_a_run_calls() {
    let world = World::demo(Faults::default());
    world.palisade().audit(&[]);
    assert_eq!(called(&world), granted(&[]));
}

#[test]
fn the_printed_policy_of_a_deep_run_is_what_it_calls() {
    let world = World::demo(Faults::default());
    let palisade = world.palisade();
    palisade.write("palisade.yaml", "required_tags: [owner]\n");
    palisade.audit(&["--depth", "deep", "--policy-lanes", "2"]);
    assert_eq!(called(&world), granted(&["--depth", "deep", "--tags", "--policy-lanes", "2"]));
}
