//! Each action denied in turn: its gap shows, and no verdict changes but to unknown.

use std::sync::Mutex;
use std::time::Duration;

use palisade_checks::audit::{Report, Status, audit};
use palisade_model::Inventory;
use palisade_model::settings::Settings;
use palisade_simulator::{Denial, Faults};

use super::answers::statuses;
use super::{STACK, collected, now, run};

/// What a denial did that it may not.
fn wrong(before: &Report, after: &Report, action: &str) -> Vec<String> {
    let was = statuses(before);
    let mut wrong: Vec<_> = statuses(after)
        .into_iter()
        .filter(|(finding, status)| *status != Status::Unknown && was.get(finding) != Some(status))
        .map(|(finding, status)| format!("{action}: {finding:?}: {:?}, {status:?}", was.get(&finding)))
        .collect();
    if !after.gaps.iter().any(|gap| gap.action.name() == action) {
        wrong.push(format!("{action}: no gap names it"));
    }
    wrong
}

/// Tags are judged only where some are required.
fn judged(inventory: &Inventory) -> Report {
    let mut settings = Settings::new(now());
    settings.required_tags.insert("team".to_owned());
    audit(inventory, &settings)
}

fn deny_each(actions: &[&str], before: &Report) -> Vec<String> {
    let (next, found) = (Mutex::new(actions.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let body = || {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                while let Some(action) = { next.lock().unwrap().next() } {
                    let faults = Faults { deny: vec![Denial::of(action)], ..Faults::default() };
                    let after = judged(&runtime.block_on(collected(faults, Duration::from_mins(1))));
                    found.lock().unwrap().extend(wrong(before, &after, action));
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, body).unwrap();
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn a_denied_action_never_makes_a_verdict_better() {
    run(|| async {
        let inventory = collected(Faults::default(), Duration::from_mins(1)).await;
        let before = judged(&inventory);
        // An account that may not read its organisation's guard rails is told so in a notice; nobody needs to prove who it is.
        let is_silent = |name: &str| name.starts_with("organizations:") || name == "sts:GetCallerIdentity";
        let actions: Vec<_> = inventory.calls.by_action.keys().map(|action| action.name()).collect();
        let actions: Vec<_> = actions.into_iter().filter(|name| !is_silent(name)).collect();
        assert!(actions.len() > 90, "{actions:?}");
        let wrong = deny_each(&actions, &before);
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}
