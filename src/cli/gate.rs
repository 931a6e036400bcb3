//! The options of `gate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use palisade_model::RegionName;

use super::options::{Connection, DepthName, Identity, Output, Reading, Threshold, Time, threshold};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  palisade gate 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4\n  palisade gate oci:build/image --max-high 3\n  palisade gate task-definition:task.json\n\nExit codes: 0 it passes; 1 it is blocked; 2 it was not judged; 3 it could not be judged, such as without a scan."
)]
pub(crate) struct Gate {
    /// The image: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG, or …@sha256:DIGEST; on this machine
    /// oci:FOLDER[:NAME] or docker-archive:FILE; or task-definition:FILE, a task definition of ECS in JSON
    #[arg(value_name = "IMAGE")]
    pub(crate) subject: String,
    /// How many critical vulnerabilities pass [default: the configuration's, or else 0]
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub(crate) max_critical: Option<u64>,
    /// How many high vulnerabilities pass [default: the configuration's, or else 0]
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub(crate) max_high: Option<u64>,
    /// A vulnerability that does not count, such as CVE-2026-12345; repeat it for more
    #[arg(long, value_name = "CVE", value_delimiter = ',', help_heading = "Limits")]
    pub(crate) ignore: Vec<String>,
    /// Vulnerabilities without a fix do not count
    #[arg(long, help_heading = "Limits")]
    pub(crate) ignore_unfixed: bool,
    /// How long to wait for the scan to finish, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = clap::value_parser!(u32).range(0..=86_400), help_heading = "Reading")]
    pub(crate) wait: u32,
    /// A check not to judge by; repeat it for more
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = "Limits")]
    pub(crate) skip: Vec<String>,
    /// The least severity of failures that block, vulnerabilities aside
    #[arg(long, value_name = "SEVERITY", value_parser = threshold, default_value = "medium", help_heading = "Limits")]
    pub(crate) fail_on: Threshold,
    /// The platform to judge of an image with several, such as linux/arm64 [default: all of them, of which the worst counts]
    #[arg(long, value_name = "OS/ARCHITECTURE", value_parser = platform, help_heading = "Reading")]
    pub(crate) platform: Option<String>,
    /// Also reads the layers, up to so many MiB, for users and secrets in files
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=10_240), help_heading = "Reading")]
    pub(crate) image_layers: Option<u32>,
    /// Judges an image of the simulated account on this machine
    #[arg(long, conflicts_with_all = ["profile", "endpoint_url", "role_arn"], help_heading = "Source")]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) identity: Identity,
    #[command(flatten)]
    pub(crate) output: Output,
    /// The configuration [default: palisade.yaml in this folder, if there is one]
    #[arg(long, value_name = "FILE", env = "PALISADE_CONFIG", help_heading = "Limits")]
    pub(crate) config: Option<PathBuf>,
}

fn platform(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let is_one = (2..=3).contains(&parts.len()) && parts.iter().all(|part| !part.is_empty());
    if is_one { Ok(text.to_ascii_lowercase()) } else { Err("write it as linux/arm64 or linux/arm/v7".to_owned()) }
}

impl Gate {
    /// One image is read to the bottom, and nothing else.
    pub(crate) fn reading(&self) -> Reading {
        let minutes = |minutes| Time(Duration::from_mins(minutes));
        Reading {
            depth: DepthName::Deep,
            image_layers: self.image_layers,
            platform: self.platform.clone(),
            rate_share: 90,
            policy_lanes: 1,
            deadline: minutes(u64::from(self.wait) / 60 + 30),
            call_timeout: Time(Duration::from_secs(30)),
            resume: None,
        }
    }

    /// The Region that the image's address names.
    pub(crate) fn connection(&self, region: &RegionName) -> Connection {
        Connection { identity: self.identity.clone(), region: vec![region.to_string()] }
    }
}
