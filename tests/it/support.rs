//! Runs palisade in an environment of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use palisade_simulator::{Account, Denial, Faults, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The program in a folder of its own, with nothing of this machine's AWS configuration.
pub(crate) struct Palisade {
    pub(crate) folder: TempDir,
    endpoint: Option<String>,
}

/// What a run said.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Palisade {
    /// With no account to talk to.
    pub(crate) fn alone() -> Self {
        Self { folder: TempDir::new().unwrap(), endpoint: None }
    }

    /// With credentials for the account behind an endpoint.
    pub(crate) fn at(endpoint: String) -> Self {
        Self { folder: TempDir::new().unwrap(), endpoint: Some(endpoint) }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.env("HOME", self.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true").env("COLUMNS", "110");
        if let Some(endpoint) = &self.endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint).env("AWS_REGION", "us-east-1");
            command.env("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST").env("AWS_SECRET_ACCESS_KEY", "test");
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// An audit's report as JSON, passes and all, and its exit code.
    pub(crate) fn audit(&self, arguments: &[&str]) -> (Report, Run) {
        let arguments = [&["audit", "--format", "json", "--include", "pass,not-applicable"], arguments].concat();
        let run = self.run(&arguments);
        let report = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
        (Report(report), run)
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A JSON report.
pub(crate) struct Report(pub(crate) Value);

impl Report {
    /// Statuses by check and resource.
    pub(crate) fn statuses(&self) -> BTreeMap<(String, String), String> {
        let text = |finding: &Value, member: &str| finding[member].as_str().unwrap().to_owned();
        let findings = self.0["findings"].as_array().unwrap().iter();
        findings.map(|finding| ((text(finding, "check"), text(finding, "resource")), text(finding, "status"))).collect()
    }

    pub(crate) fn gaps(&self) -> &[Value] {
        self.0["gaps"].as_array().unwrap()
    }

    /// The gaps of one action.
    pub(crate) fn gaps_of(&self, action: &str) -> Vec<&Value> {
        self.gaps().iter().filter(|gap| gap["action"] == action).collect()
    }

    pub(crate) fn functions(&self) -> usize {
        let statuses = self.statuses();
        statuses.keys().filter(|(check, _)| check == "lambda-tracing-off").count()
    }
}

/// A simulated account, for as long as it lives.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    // Dropped after the simulator that runs on it.
    _runtime: Runtime,
}

impl World {
    pub(crate) fn of(account: Account, faults: Faults) -> Self {
        let runtime = Runtime::new().unwrap();
        let simulator = runtime.block_on(Simulator::start(account, faults)).unwrap();
        Self { simulator, _runtime: runtime }
    }

    pub(crate) fn demo(faults: Faults) -> Self {
        Self::of(Account::demo(), faults)
    }

    /// Five functions, two of them on each page.
    pub(crate) fn small(faults: Faults) -> Self {
        Self::of(Account::from_yaml(SMALL).unwrap(), faults)
    }

    pub(crate) fn palisade(&self) -> Palisade {
        Palisade::at(self.simulator.endpoint())
    }
}

pub(crate) fn denied(action: &str) -> Faults {
    Faults { deny: vec![Denial::of(action)], ..Faults::default() }
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const SMALL: &str = r#"
account: "123456789012"
page_size: 2
regions:
  us-east-1:
    lambda:
      functions:
        - { name: one, tracing: Active, policy: { Statement: [{ Sid: url, Principal: "*", Action: "lambda:InvokeFunctionUrl" }] }, url: { auth: NONE } }
        - { name: two }
        - { name: three }
        - { name: four }
        - { name: five }
"#;
