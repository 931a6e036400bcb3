//! The models that AWS publishes for its SDKs, as botocore has them, hold of what palisade sends, of what the simulator
//! answers, and of the actions that `permissions` prints.
//!
//! `PALISADE_MODELS_PYTHON` names a Python that has botocore and policy-sentry; `.ci/run` installs them. Without one these
//! tests say so and pass.

use std::process::Command;

use palisade_simulator::{Account, Faults};
use serde_json::Value;

use crate::support::{Palisade, World, root};

/// Everything that any run may ask for.
const EVERYTHING: [&[&str]; 2] = [&["--depth", "deep", "--tags", "--policy-lanes", "2"], &["--gate"]];

/// Runs a script of `tests/models`, which must find nothing to complain of.
fn consents(script: &str, arguments: &[String]) {
    let Some(python) = std::env::var_os("PALISADE_MODELS_PYTHON") else {
        println!("skipped: PALISADE_MODELS_PYTHON does not name a Python with botocore (see .ci/run)");
        return;
    };
    let mut command = Command::new(python);
    command.arg(root().join("tests/models").join(script)).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().unwrap();
    let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
    println!("{said}");
    assert!(output.status.success(), "{script}:\n{said}");
}

fn granted() -> Vec<String> {
    let of_run = |arguments: &&[&str]| {
        let printed = Palisade::alone().run(&[&["permissions"], *arguments].concat()).stdout;
        let policy: Value = serde_json::from_str(&printed).unwrap();
        let actions = policy["Statement"][0]["Action"].as_array().unwrap().clone();
        actions.into_iter().map(|action| action.as_str().unwrap().to_owned())
    };
    let mut granted: Vec<String> = EVERYTHING.iter().flat_map(of_run).collect();
    granted.sort();
    granted.dedup();
    granted
}

#[test]
fn the_simulator_answers_as_the_models_say() {
    let world = World::demo(Faults::default());
    consents("answers.py", &[world.simulator.endpoint()]);
}

#[test]
fn palisade_asks_as_the_models_say() {
    if std::env::var_os("PALISADE_MODELS_PYTHON").is_none() {
        return consents("sent.py", &[]);
    }
    // Small pages, so that the requests of second pages are seen too.
    let account = std::fs::read_to_string(root().join("simulator/accounts/demo.yaml")).unwrap();
    let account = Account::from_yaml(&format!("page_size: 3\n{account}")).unwrap();
    let world = World::of(account, Faults::default());
    world.simulator.record_requests();
    let palisade = world.palisade();
    palisade.write("palisade.yaml", "required_tags: [owner]\n");
    palisade.audit(&["--depth", "deep", "--policy-lanes", "2"]);
    consents("sent.py", &[vec![world.simulator.endpoint()], granted()].concat());
}

#[test]
fn the_printed_actions_are_among_those_that_aws_documents() {
    consents("actions.py", &granted());
}

#[test]
fn what_the_newest_models_answer_is_read_or_left_out_for_a_reason() {
    consents("models.py", &[]);
}
