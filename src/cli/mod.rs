//! The command line.

mod clusters;
mod deliver;
mod gate;
mod history;
mod options;
mod questions;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use palisade_model::Run;
use palisade_model::verdict::Severity;

pub(crate) use clusters::Clusters;
pub(crate) use deliver::{Deliver, SinkName};
pub(crate) use gate::Gate;
pub(crate) use history::{Diff, DiffFormat, Suppress, Trend, TrendFormat};
pub(crate) use options::{Connection, DepthName, Identity, Include, ListFormat, Output, Reading, Selection, Threshold};
use options::{severity, threshold};
pub(crate) use questions::{Account, Can, Suggest, SuggestFormat, WhoCan};

/// Audits the serverless and container side of a live AWS account, and says what it could not check
#[derive(Debug, Parser)]
#[command(name = "palisade", version, propagate_version = true, max_term_width = 110, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Says more on standard error; twice for every call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Says nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

const AFTER_HELP: &str = "\
Exit codes: 0 nothing open at or above --fail-on; 1 findings; 2 no audit done, or no report written; 3 something could not be checked.
Try `palisade audit --demo`: it audits a simulated account, without credentials or network.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audits an account and prints a scored report
    Audit(Box<Audit>),
    /// Collects an inventory into a file, to be judged later with `audit --from`
    Collect(Box<Collect>),
    /// Writes a JSON report of an earlier run in other forms
    Report(Box<Report>),
    /// Tells what changed between two runs of an account
    Diff(Box<Diff>),
    /// Tells how an account fared, run by run
    Trend(Box<Trend>),
    /// Accepts a finding in the configuration, and keeps all else in it as it is
    Suppress(Box<Suppress>),
    /// Delivers a report to Security Hub, Splunk, Elastic or another address; what is not taken is sent by the next delivery
    Deliver(Box<Deliver>),
    /// Judges one image of ECR before it is deployed: vulnerabilities, user, base, secrets, tag; or a task definition of ECS
    Gate(Box<Gate>),
    /// Answers whether a principal may do something, and by which statements
    Can(Box<Can>),
    /// Answers who may do something: roles and users of the account, and the world outside
    WhoCan(Box<WhoCan>),
    /// Prints a smaller policy for a role, by what it used
    Suggest(Box<Suggest>),
    /// Lists the checks
    Checks(Checks),
    /// Explains a check: why it matters, how to fix it
    Explain {
        /// The check's id, such as lambda-function-url-public
        check: String,
    },
    /// Prints the least-privilege policy that a run needs
    Permissions(Permissions),
    /// Prints the JSON Schema of the JSON report
    Schema,
    /// Prints a shell's completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
#[command(after_help = AUDIT_EXAMPLES)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) clusters: Clusters,

    /// Judges an inventory that `collect` wrote, without AWS
    #[arg(long, value_name = "FILE", conflicts_with_all = ["demo", "profile", "region", "endpoint_url", "role_arn", "depth", "resume"], help_heading = "Source")]
    pub(crate) from: Option<PathBuf>,
    /// Audits a simulated account on this machine; no credentials, no network
    #[arg(long, conflicts_with_all = ["profile", "endpoint_url", "role_arn"], help_heading = "Source")]
    pub(crate) demo: bool,
    /// Denies an action in the simulated account, to see what becomes of it
    #[arg(long, value_name = "ACTION", requires = "demo", help_heading = "Source")]
    pub(crate) demo_deny: Vec<String>,

    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Also judges by a framework, requirement by requirement, such as cis-eks or nist-800-53; repeat it for more
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Judgement")]
    pub(crate) framework: Vec<String>,

    /// The configuration [default: palisade.yaml in this folder, if there is one]
    #[arg(long, value_name = "FILE", env = "PALISADE_CONFIG", help_heading = "Judgement")]
    pub(crate) config: Option<PathBuf>,
    /// The least severity of open findings that fails the run [default: high; with --demo none]
    #[arg(long, value_name = "SEVERITY", value_parser = threshold, help_heading = "Judgement")]
    pub(crate) fail_on: Option<Threshold>,
    /// Only what is new since this JSON report of an earlier run fails the run
    #[arg(long, value_name = "FILE", help_heading = "Judgement")]
    pub(crate) baseline: Option<PathBuf>,
    /// With --baseline: what that run had not looked at fails the run as well
    #[arg(long, requires = "baseline", help_heading = "Judgement")]
    pub(crate) fail_on_newly_seen: bool,
    /// Adds the run to this history, and tells what changed since the run before
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) history: Option<PathBuf>,
    /// Does not fail the run because something could not be checked
    #[arg(long, help_heading = "Judgement")]
    pub(crate) allow_gaps: bool,
}

const AUDIT_EXAMPLES: &str = "\
Examples:
  palisade audit --demo                                         a simulated account, without credentials or network
  palisade audit --profile audit --region eu-west-1             one Region of an account
  palisade audit --profile audit -o report.html -o report.json  for people and for programs
  palisade audit --service lambda --severity high               what matters most of one service
  palisade audit --resource role/deploy                         one resource, as the table prints it
  palisade audit --from inventory.json --fail-on critical       an inventory that `collect` wrote";

#[derive(Debug, Args)]
#[command(after_help = COLLECT_EXAMPLES)]
pub(crate) struct Collect {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) clusters: Clusters,
    /// Collects the simulated account on this machine
    #[arg(long, conflicts_with_all = ["profile", "endpoint_url", "role_arn"], help_heading = "Source")]
    pub(crate) demo: bool,
    /// Also collects tags
    #[arg(long, help_heading = "Reading")]
    pub(crate) tags: bool,
    /// Where to: a file, a pipe or a device
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: PathBuf,
}

const COLLECT_EXAMPLES: &str = "\
Examples:
  palisade collect --profile audit -o inventory.json            to be judged elsewhere with `audit --from`
  palisade collect --depth deep --resume journal -o inventory.json";

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  palisade report report.json -o report.html\n  palisade report report.json --format markdown"
)]
pub(crate) struct Report {
    /// A report that `audit --format json` wrote; with --include pass,not-applicable it holds all there is to tell
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Also judges by a framework, requirement by requirement; repeat it for more
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Judgement")]
    pub(crate) framework: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Checks {
    /// Only this service; repeat it for more
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) service: Vec<String>,
    /// Only this severity and worse
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// The form of the list
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Permissions {
    /// For this depth
    #[arg(long, value_name = "DEPTH", value_enum, default_value = "standard")]
    pub(crate) depth: DepthName,
    /// For runs with required tags
    #[arg(long)]
    pub(crate) tags: bool,
    /// For runs that read policies over so many lanes
    #[arg(long, value_name = "LANES", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) policy_lanes: u8,
    /// For `gate`, which reads one image
    #[arg(long, conflicts_with_all = ["depth", "tags", "policy_lanes"])]
    pub(crate) gate: bool,
    /// For looking into clusters: a ClusterRole, its binding, and how a principal gets it
    #[arg(long, conflicts_with_all = ["depth", "tags", "policy_lanes", "gate", "format"])]
    pub(crate) kubernetes: bool,
    /// The form of the policy
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "json")]
    pub(crate) format: PolicyFormat,
}

impl Permissions {
    /// The run that the policy is for.
    pub(crate) fn run(&self) -> Run {
        Run { depth: self.depth.into(), tags: self.tags, two_lanes: self.policy_lanes == 2 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyFormat {
    /// An IAM policy document
    Json,
    /// A Terraform resource
    Terraform,
    /// A CloudFormation template
    Cloudformation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
