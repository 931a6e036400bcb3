//! The command line.

mod clusters;
mod gate;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use palisade_model::verdict::Severity;
use palisade_model::{AccountId, Depth, Run};

use crate::answers::arguments::{Can, Suggest, WhoCan};
pub(crate) use clusters::Clusters;
pub(crate) use gate::Gate;
use palisade_report::Format;

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
    /// Judges one image of ECR before it is deployed: vulnerabilities, user, base, secrets, tag
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
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) clusters: Clusters,

    /// Judges an inventory that `collect` wrote, without AWS
    #[arg(long, value_name = "FILE", conflicts_with_all = ["demo", "profile", "region", "endpoint_url", "role_arn", "depth", "resume"])]
    pub(crate) from: Option<PathBuf>,
    /// Audits a simulated account on this machine; no credentials, no network
    #[arg(long, conflicts_with_all = ["profile", "endpoint_url", "role_arn"])]
    pub(crate) demo: bool,
    /// Denies an action in the simulated account, to see what becomes of it
    #[arg(long, value_name = "ACTION", requires = "demo")]
    pub(crate) demo_deny: Vec<String>,

    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) output: Output,

    /// The configuration [default: palisade.yaml in this folder, if there is one]
    #[arg(long, value_name = "FILE", env = "PALISADE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The least severity of open findings that fails the run [default: high; with --demo none]
    #[arg(long, value_name = "SEVERITY", value_parser = threshold)]
    pub(crate) fail_on: Option<Threshold>,
    /// Does not fail the run because something could not be checked
    #[arg(long)]
    pub(crate) allow_gaps: bool,
}

/// From which severity on findings fail a run; none for never.
pub(crate) type Threshold = Option<Severity>;

fn threshold(text: &str) -> Result<Threshold, String> {
    if text == "none" { Ok(None) } else { severity(text).map(Some) }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    #[command(flatten)]
    pub(crate) identity: Identity,
    /// A Region to look at; repeat it for more [default: all that are enabled for the account]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) region: Vec<String>,
}

/// As whom to ask, and where.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Identity {
    /// A profile of the AWS configuration files; it comes before AWS_ACCESS_KEY_ID and AWS_PROFILE
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) profile: Option<String>,
    /// The account that may be read, and no other; repeat it for more
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = account_id)]
    pub(crate) expect_account: Vec<AccountId>,
    /// One address for all services, in place of AWS's own
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// A role to assume first
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// The external id that the role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub(crate) external_id: Option<String>,
    /// The name of the role's session, which shows in CloudTrail
    #[arg(long, value_name = "NAME", default_value = "palisade", requires = "role_arn")]
    pub(crate) role_session_name: String,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Reading {
    /// How deep to look: `deep` also reads versions, aliases, image addresses and what images consist of
    #[arg(long, value_name = "DEPTH", value_enum, default_value = "standard")]
    pub(crate) depth: DepthName,
    /// With --depth deep: also reads the layers of images, up to so many MiB of each image, for users and secrets in files
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=10_240))]
    pub(crate) image_layers: Option<u32>,
    /// The share of AWS's request rates to use, in per cent; the rest is left to the account's own deployments
    #[arg(long, value_name = "PERCENT", default_value = "90", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) rate_share: u8,
    /// Over how many of Lambda's rate limits policies are read: 2 is twice as fast, and leaves less to deployments
    #[arg(long, value_name = "LANES", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) policy_lanes: u8,
    /// When to stop waiting for throttled calls, such as 90m or 2h
    #[arg(long, value_name = "TIME", default_value = "4h")]
    pub(crate) deadline: Time,
    /// How long one call may take, such as 30s
    #[arg(long, value_name = "TIME", default_value = "30s")]
    pub(crate) call_timeout: Time,
    /// Keeps finished reads in this file, and goes on from it if an earlier run was cut off
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DepthName {
    Standard,
    Deep,
}

impl From<DepthName> for Depth {
    fn from(name: DepthName) -> Self {
        match name {
            DepthName::Standard => Self::Standard,
            DepthName::Deep => Self::Deep,
        }
    }
}

/// A span of time, as people write it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time(pub(crate) Duration);

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed: jiff::SignedDuration = text.parse().map_err(|_| "write it as 30s, 90m or 2h".to_owned())?;
        let duration = Duration::try_from(parsed).map_err(|_| "it must not be negative".to_owned())?;
        if duration.is_zero() { Err("it must not be zero".to_owned()) } else { Ok(Self(duration)) }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// A check to judge with; repeat it for more
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) check: Vec<String>,
    /// A service to judge, such as lambda; repeat it for more
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) service: Vec<String>,
    /// The least severity to judge
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// A pattern of ARNs to judge, with * and ?; repeat it for more
    #[arg(long, value_name = "PATTERN")]
    pub(crate) resource: Vec<String>,
}

fn account_id(text: &str) -> Result<AccountId, String> {
    let is_one = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { Ok(AccountId::from(text)) } else { Err("an account's id has twelve digits".to_owned()) }
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_name(text).ok_or_else(|| "critical, high, medium, low or informational".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// Text for a person at a terminal
    Table,
    /// One JSON document, described by docs/schemas/report.schema.json
    Json,
    /// OCSF Compliance Findings (class 2003), one JSON object a line
    Ocsf,
    /// SARIF 2.1.0, for code scanning and the gates of pipelines
    Sarif,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Table => Self::Table,
            FormatName::Json => Self::Json,
            FormatName::Ocsf => Self::Ocsf,
            FormatName::Sarif => Self::Sarif,
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// The form of the report; repeat it, each time with --output, to write several
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Vec<FormatName>,
    /// Writes the report of the same position here: a file, a pipe or a device; a format without one goes to standard
    /// output
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Also shows these results
    #[arg(long, value_name = "STATUS", value_enum, value_delimiter = ',')]
    pub(crate) include: Vec<Include>,
    /// Shows every resource in the table, not the first ten of a check
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Include {
    Pass,
    NotApplicable,
}

#[derive(Debug, Args)]
pub(crate) struct Collect {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) clusters: Clusters,
    /// Collects the simulated account on this machine
    #[arg(long, conflicts_with_all = ["profile", "endpoint_url", "role_arn"])]
    pub(crate) demo: bool,
    /// Also collects tags
    #[arg(long)]
    pub(crate) tags: bool,
    /// Where to: a file, a pipe or a device
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Table,
    Json,
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

    #[test]
    fn times_are_written_as_people_do() {
        assert_eq!("90m".parse::<Time>().unwrap().0, Duration::from_mins(90));
        assert_eq!("30s".parse::<Time>().unwrap().0, Duration::from_secs(30));
        assert!("soon".parse::<Time>().is_err());
        assert!("0s".parse::<Time>().is_err());
        assert!("-1h".parse::<Time>().is_err());
    }
}
