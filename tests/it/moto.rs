//! Other people's emulators of AWS as a second opinion: what palisade finds there was not put there by us.
//!
//! `PALISADE_MOTO_PYTHON` and `PALISADE_MINISTACK_PYTHON` name a Python that has the emulator and boto3; `.ci/run` installs
//! them. Without one its test says so and passes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::{Palisade, Report, root};

/// An emulator, running until dropped.
struct Emulator {
    child: Child,
    endpoint: String,
}

impl Emulator {
    /// Starts and seeds one with `tests/emulators/NAME.py`, which prints the endpoint once it is ready.
    fn start(name: &str, variable: &str) -> Option<Self> {
        let Some(python) = std::env::var_os(variable) else {
            println!("skipped: {variable} does not name a Python with {name} (see .ci/run)");
            return None;
        };
        let script = root().join(format!("tests/emulators/{name}.py"));
        let mut child = Command::new(python).arg(script).stdout(Stdio::piped()).stdin(Stdio::piped()).spawn().unwrap();
        let mut endpoint = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
        assert!(endpoint.starts_with("http://127.0.0.1:"), "{name} did not start: {endpoint}");
        Some(Self { child, endpoint: endpoint.trim().to_owned() })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The script ends when its standard input does.
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// What both emulators are seeded with, and what must be found there. An emulator that cannot list URLs shows what an
/// unreadable call becomes.
fn audit(emulator: &Emulator, open_url: &str) -> Report {
    let palisade = Palisade::at(emulator.endpoint.clone());
    let (report, run) = palisade.audit(&["--region", "us-east-1", "--call-timeout", "10s", "--clusters", "none"]);
    let statuses = report.statuses();
    let status = |check: &str, function: &str| {
        let found =
            statuses.iter().find(|((id, arn), _)| id == check && arn.ends_with(&format!(":function:{function}")));
        found.unwrap_or_else(|| panic!("nothing on {check} of {function}: {}", run.stderr)).1.as_str()
    };
    assert_eq!(status("lambda-runtime-deprecated", "old"), "fail");
    assert_eq!(status("lambda-runtime-deprecated", "good"), "pass");
    assert_eq!(status("lambda-environment-secret", "old"), "fail");
    assert_eq!(status("lambda-environment-secret", "good"), "pass");
    assert_eq!(status("lambda-function-url-public", "open"), open_url);
    assert_eq!(report.gaps_of("lambda:ListFunctionUrlConfigs").is_empty(), open_url == "fail");
    assert_eq!(status("lambda-execution-role-missing", "good"), "pass");
    assert_eq!(status("lambda-tracing-off", "good"), "pass");
    assert_eq!(status("lambda-tracing-off", "old"), "fail");
    assert_eq!(status("lambda-async-without-failure-destination", "old"), "fail");
    assert_eq!(report.functions(), 3);
    report
}

#[test]
fn moto_is_audited() {
    if let Some(emulator) = Emulator::start("moto", "PALISADE_MOTO_PYTHON") {
        let statuses = audit(&emulator, "unknown").statuses();
        for (check, resource, expected) in [
            ("ecr-tag-mutable", "repository/open", "fail"),
            ("ecr-tag-mutable", "repository/shut", "pass"),
            ("ecr-repository-policy-public", "repository/open", "fail"),
            ("ecr-repository-policy-public", "repository/shut", "pass"),
            ("ecr-lifecycle-missing", "repository/open", "fail"),
            ("ecr-lifecycle-missing", "repository/shut", "pass"),
            ("eks-cluster-audit-log-off", "cluster/shop", "fail"),
        ] {
            let found = statuses.iter().find(|((id, arn), _)| id == check && arn.ends_with(resource));
            assert_eq!(found.map(|(_, status)| status.as_str()), Some(expected), "{check} of {resource}");
        }
    }
}

#[test]
fn ministack_is_audited() {
    if let Some(emulator) = Emulator::start("ministack", "PALISADE_MINISTACK_PYTHON") {
        audit(&emulator, "fail");
    }
}
