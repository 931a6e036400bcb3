//! Options that several commands take.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use palisade_model::verdict::Severity;
use palisade_model::{AccountId, Depth};
use palisade_report::{FORMATS, Format, OcsfVersion};

/// From which severity on findings fail a run; none for never.
pub(crate) type Threshold = Option<Severity>;

pub(super) fn threshold(text: &str) -> Result<Threshold, String> {
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
    /// The one platform that is judged of an image with several.
    #[arg(skip)]
    pub(crate) platform: Option<String>,
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
    /// A resource to judge: a pattern of ARNs, or of names as reports print them, such as role/deploy or function:*; repeat
    /// it for more
    #[arg(long, value_name = "PATTERN")]
    pub(crate) resource: Vec<String>,
}

pub(super) fn account_id(text: &str) -> Result<AccountId, String> {
    let is_one = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { Ok(AccountId::from(text)) } else { Err("an account's id has twelve digits".to_owned()) }
}

pub(super) fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_name(text).ok_or_else(|| "critical, high, medium, low or informational".to_owned())
}

/// The forms of reports, by their names.
fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let named = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(named).map(|name| Format::by_name(&name).unwrap_or(FORMATS[0]))
}

/// The releases of OCSF, by their numbers.
fn ocsf_versions() -> impl TypedValueParser<Value = OcsfVersion> {
    let named = |name: String| OcsfVersion::ALL.into_iter().find(|one| one.name() == name).unwrap_or_default();
    PossibleValuesParser::new(OcsfVersion::ALL.map(OcsfVersion::name)).map(named)
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// The form of the report; repeat it, each time with --output, to write several
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub(crate) format: Vec<&'static Format>,
    /// Writes the report of the same position here: a file, a pipe or a device; a format without one goes to standard
    /// output
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Also shows these results
    #[arg(long, value_name = "STATUS", value_enum, value_delimiter = ',')]
    pub(crate) include: Vec<Include>,
    /// The release of OCSF to write
    #[arg(long, value_name = "VERSION", value_parser = ocsf_versions(), default_value = OcsfVersion::default().name())]
    pub(crate) ocsf_version: OcsfVersion,
    /// Shows everything in the table, not one line for each check
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Include {
    Pass,
    NotApplicable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Table,
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_do() {
        assert_eq!("90m".parse::<Time>().unwrap().0, Duration::from_mins(90));
        assert_eq!("30s".parse::<Time>().unwrap().0, Duration::from_secs(30));
        assert!("soon".parse::<Time>().is_err());
        assert!("0s".parse::<Time>().is_err());
        assert!("-1h".parse::<Time>().is_err());
    }
}
