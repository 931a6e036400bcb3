//! The promise of the program, from end to end: a call that fails never makes a verdict better, and the printed policy
//! is exactly what is called.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread;

use palisade_model::Action;
use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{World, denied};

/// Audits that run beside each other: they wait for the pace more than they compute.
const AT_ONCE: usize = 8;

fn granted(arguments: &[&str]) -> BTreeSet<String> {
    let palisade = crate::support::Palisade::alone();
    let policy: Value = serde_json::from_str(&palisade.run(&[&["permissions"], arguments].concat()).stdout).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    actions.iter().map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// What a run asked AWS for, other than who it is, which needs no permission; with what AWS asks for within these calls.
fn called(world: &World) -> BTreeSet<String> {
    let own = all_called(world).into_iter().filter(|action| !is_of_cluster(action));
    own.flat_map(|name| {
        let within = Action::from_name(&name).and_then(Action::also).map(|action| action.name().to_owned());
        std::iter::once(name).chain(within)
    })
    .collect()
}

fn all_called(world: &World) -> BTreeSet<String> {
    let calls = world.simulator.calls().into_iter().map(|call| call.action);
    calls.filter(|action| action != "sts:GetCallerIdentity").collect()
}

fn is_of_cluster(action: &str) -> bool {
    action.starts_with("k8s:")
}

/// Denies each action in turn: its gap must show, and no verdict may change but to unknown.
fn deny_each(actions: &BTreeSet<String>, arguments: &[&str]) {
    let (baseline, _) = World::demo(Faults::default()).palisade().audit(arguments);
    let baseline = baseline.statuses();
    let left = Mutex::new(actions.iter());
    let next = || left.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(action) = next() {
                    deny(action, arguments, &baseline);
                }
            });
        }
    });
}

fn deny(action: &str, arguments: &[&str], baseline: &BTreeMap<(String, String), String>) {
    let (report, run) = World::demo(denied(action)).palisade().audit(arguments);
    // An account that may not read its organisation's guard rails is told so; that is no fault of the run.
    if action.starts_with("organizations:") {
        assert!(report.0["notices"].to_string().contains(action), "no notice of {action}");
    } else {
        assert_eq!(run.code, Some(3), "{action}: {}", run.stderr);
        assert!(!report.gaps_of(action).is_empty(), "no gap for {action}");
    }
    for (finding, status) in report.statuses() {
        let before = baseline.get(&finding);
        assert!(status == "unknown" || before == Some(&status), "{action}: {finding:?}: {before:?}, {status}");
    }
}

/// One of each kind; `collect/src/tests/denied.rs` denies them all.
#[test]
fn a_denied_action_never_makes_a_verdict_better() {
    let actions = [
        "account:ListRegions",
        "ecr:GetRepositoryPolicy",
        "eks:DescribeCluster",
        "iam:GetAccountAuthorizationDetails",
        "k8s:list/pods",
        "lambda:GetPolicy",
        "lambda:ListFunctions",
        "organizations:DescribeOrganization",
    ];
    deny_each(&actions.map(str::to_owned).into(), &["--depth", "deep"]);
}

#[test]
fn a_cluster_is_asked_for_what_its_role_allows_and_never_for_secrets() {
    let world = World::demo(Faults::default());
    let palisade = world.palisade();
    palisade.audit(&["--depth", "deep"]);
    let manifest = palisade.run(&["permissions", "--kubernetes"]).stdout;
    let asked: Vec<_> = all_called(&world).into_iter().filter(|action| is_of_cluster(action)).collect();
    assert!(asked.len() > 20, "{asked:?}");
    for action in asked {
        let (verb, kind) = action.trim_start_matches("k8s:").split_once('/').unwrap();
        let (resource, _) = kind.split_once('.').unwrap_or((kind, ""));
        assert!(verb == "list" || resource == "version" || resource == "configmaps", "{action}");
        assert!(resource == "version" || manifest.contains(resource), "{action} is not in the role");
        assert!(resource != "secrets" && action != "k8s:list/configmaps", "{action}");
    }
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
