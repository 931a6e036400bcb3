//! Where tasks are to run, and where in the network.

use serde::{Deserialize, Serialize};

/// What a task runs on.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/capacity-launch-type-comparison.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchType {
    /// An EC2 instance of the account.
    Ec2,
    /// Fargate.
    Fargate,
    /// A machine outside of AWS.
    External,
    /// An EC2 instance that ECS manages.
    ManagedInstances,
    /// A word that is not known here.
    Other(String),
}

impl LaunchType {
    /// What a word of the API stands for.
    pub fn read(word: &str) -> Self {
        match word {
            "EC2" => Self::Ec2,
            "FARGATE" => Self::Fargate,
            "EXTERNAL" => Self::External,
            "MANAGED_INSTANCES" => Self::ManagedInstances,
            other => Self::Other(other.to_owned()),
        }
    }

    /// What AWS's documentation calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::Ec2 => "EC2",
            Self::Fargate => "Fargate",
            Self::External => "a machine outside of AWS",
            Self::ManagedInstances => "Managed Instances",
            Self::Other(word) => word,
        }
    }
}

/// What was said of where tasks are to run. It is one of launch type and providers; neither leaves it to the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchChoice {
    /// The launch type.
    pub launch_type: Option<LaunchType>,
    /// Names of the capacity providers.
    pub providers: Vec<String>,
    /// The version of Fargate's platform: `LATEST`, `1.4.0` …
    pub platform_version: Option<String>,
    /// The platform: `Linux`, `Windows Server 2022 Core` … None when not said.
    pub platform_family: Option<String>,
}

/// Where tasks in `awsvpc` mode are in the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Ids of the subnets.
    pub subnets: Vec<String>,
    /// Ids of the security groups; none means the default group of the VPC.
    pub security_groups: Vec<String>,
    /// Whether tasks get an address on the internet.
    pub assigns_public_address: bool,
}
