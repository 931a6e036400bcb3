//! The options of the commands that tell what changed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use palisade_model::AccountId;

use super::options::account_id;
use crate::history::Run;

#[derive(Debug, Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct Diff {
    /// The older run: its JSON report, or history:latest, history:NUMBER, history:DAY with --history
    #[arg(value_name = "OLDER")]
    pub(crate) older: Run,
    /// The newer run: its JSON report
    #[arg(value_name = "NEWER")]
    pub(crate) newer: Run,
    /// The history that OLDER is a run of
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    /// The form
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub(crate) format: DiffFormat,
    /// Where to [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Tells all of it, not ten of each kind
    #[arg(long)]
    pub(crate) all: bool,
    /// Ends with 1 where something is new
    #[arg(long)]
    pub(crate) fail_on_new: bool,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  palisade diff monday.json tuesday.json
  palisade diff main.json branch.json --format markdown --fail-on-new
  palisade diff history:latest today.json --history audits.db
Exit codes: 0 told; 1 something is new, with --fail-on-new; 2 not compared.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Text for a person at a terminal
    Table,
    /// One JSON document
    Json,
    /// Markdown for a pull request
    Markdown,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  palisade trend --history audits.db\n  palisade trend --history audits.db --format svg -o trend.svg"
)]
pub(crate) struct Trend {
    /// The history that `audit --history` writes
    #[arg(long, value_name = "FILE")]
    pub(crate) history: PathBuf,
    /// The account [default: the only one of the history]
    #[arg(long, value_name = "ID", value_parser = account_id)]
    pub(crate) account: Option<AccountId>,
    /// The form
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub(crate) format: TrendFormat,
    /// Where to [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrendFormat {
    /// A line for each run
    Table,
    /// A picture that stands alone
    Svg,
}

#[derive(Debug, Args)]
#[command(after_help = SUPPRESS_EXAMPLES)]
pub(crate) struct Suppress {
    /// The finding, by the uid of the JSON report
    #[arg(value_name = "UID", conflicts_with_all = ["check", "resource"])]
    pub(crate) fingerprint: Option<String>,
    /// The check, in place of a uid
    #[arg(long, value_name = "ID", requires = "resource")]
    pub(crate) check: Option<String>,
    /// Of which resources: a pattern of ARNs, or of names as reports print them
    #[arg(long, value_name = "PATTERN", requires = "check")]
    pub(crate) resource: Option<String>,
    /// In which account [default: any]
    #[arg(long, value_name = "ID", value_parser = account_id)]
    pub(crate) account: Option<AccountId>,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who accepts it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// The last day (UTC) on which it is accepted, such as 2027-06-30
    #[arg(long, value_name = "DAY")]
    pub(crate) expires: Option<Date>,
    /// The configuration [default: palisade.yaml in this folder]
    #[arg(long, value_name = "FILE", env = "PALISADE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

const SUPPRESS_EXAMPLES: &str = "\
Examples:
  palisade suppress 0123456789abcdef0123456789abcdef --reason 'meant for everybody' --expires 2027-06-30
  palisade suppress --check lambda-tracing-off --resource 'function:dev-*' --reason development --by shop";
