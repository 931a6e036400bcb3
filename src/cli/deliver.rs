//! The options of `deliver`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::options::{Identity, Include, Time};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Deliver {
    /// Where to
    #[arg(value_name = "SINK", value_enum)]
    pub(crate) sink: SinkName,
    /// The JSON report to deliver; without one, only what earlier deliveries left is sent
    #[arg(value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Also delivers these results
    #[arg(long, value_name = "STATUS", value_enum, value_delimiter = ',')]
    pub(crate) include: Vec<Include>,
    /// Sends what the sink took from this report before once more
    #[arg(long)]
    pub(crate) again: bool,
    /// An earlier report: what it has and this one proves fixed or gone is archived in Security Hub
    #[arg(long, value_name = "FILE", requires = "report")]
    pub(crate) since: Option<PathBuf>,
    /// The history that tells when findings were first seen
    #[arg(long, value_name = "FILE", requires = "report")]
    pub(crate) history: Option<PathBuf>,
    /// Where undelivered findings wait [default: $XDG_STATE_HOME/palisade/spool/SINK]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) spool: Option<PathBuf>,

    /// The address of splunk, elastic or http; of http also in PALISADE_HTTP_ADDRESS
    #[arg(long, value_name = "URL", help_heading = "Sink")]
    pub(crate) address: Option<String>,
    /// A file with the token, key or password [default: PALISADE_SPLUNK_TOKEN, PALISADE_ELASTIC_API_KEY,
    /// PALISADE_ELASTIC_PASSWORD with --user, PALISADE_HTTP_SECRET]
    #[arg(long, value_name = "FILE", help_heading = "Sink")]
    pub(crate) secret_file: Option<PathBuf>,
    /// The name that signs in to elastic with a password, in place of an API key
    #[arg(long, value_name = "NAME", help_heading = "Sink")]
    pub(crate) user: Option<String>,
    /// The header of http whose value is the secret
    #[arg(long, value_name = "NAME", help_heading = "Sink")]
    pub(crate) header: Option<String>,
    /// The index of splunk, or the data stream of elastic
    #[arg(long, value_name = "NAME", help_heading = "Sink")]
    pub(crate) index: Option<String>,
    /// The one Region whose Security Hub takes all findings [default: each goes to the hub of its Region]
    #[arg(long, value_name = "NAME", help_heading = "Sink")]
    pub(crate) hub: Option<String>,
    /// Lets the secret go over http:// to another machine, in clear text
    #[arg(long, help_heading = "Sink")]
    pub(crate) allow_http: bool,
    /// A file of certificates to trust besides the system's
    #[arg(long, value_name = "FILE", help_heading = "Sink")]
    pub(crate) ca_bundle: Option<PathBuf>,
    /// How long one request may take
    #[arg(long, value_name = "TIME", default_value = "30s", help_heading = "Sink")]
    pub(crate) timeout: Time,
    #[command(flatten)]
    pub(crate) identity: Identity,
}

const EXAMPLES: &str = "\
Examples:
  palisade deliver security-hub report.json --profile audit
  palisade deliver splunk report.json --address https://splunk.example:8088
  palisade deliver elastic report.json --address https://elastic.example:9200 --secret-file key.txt
  palisade deliver splunk --address https://splunk.example:8088      sends what earlier deliveries left
Exit codes: 0 all was taken; 1 something was refused, or waits in the spool; 2 nothing was tried.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SinkName {
    /// AWS Security Hub, by BatchImportFindings
    SecurityHub,
    /// Splunk's HTTP Event Collector
    Splunk,
    /// Elasticsearch or OpenSearch, by the bulk API
    Elastic,
    /// Any address that takes OCSF events as JSON, one a line
    Http,
}
