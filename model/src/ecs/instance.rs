//! What tasks run on that is not Fargate: machines, and who provides them.

use serde::{Deserialize, Serialize};

use crate::{Arn, Fact};

/// A machine that is registered in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerInstance {
    /// Its ARN.
    pub arn: Arn,
    /// What it told of itself.
    pub details: Fact<InstanceDetails>,
}

/// What a machine told of itself.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceDetails {
    /// The id of the EC2 instance; none for a machine outside of EC2.
    pub instance: Option<String>,
    /// `ACTIVE`, `DRAINING`, `REGISTERING` …
    pub status: String,
    /// The version of the agent, such as `1.105.1`.
    pub agent_version: Option<String>,
    /// Whether the agent is connected.
    pub agent_connected: bool,
    /// Names of what it is capable of, values left out: `ecs.capability.task-eni-block-instance-metadata` …
    pub attributes: Vec<String>,
    /// The capacity provider that it belongs to.
    pub capacity_provider: Option<String>,
}

impl InstanceDetails {
    /// The attribute of a machine whose agent keeps tasks in `awsvpc` mode from the instance's metadata.
    ///
    /// Source: the agent's `ECS_AWSVPC_BLOCK_IMDS`, registered so since 1.20:
    /// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/app/agent_capability.go>
    pub const BLOCKS_METADATA: &str = "ecs.capability.task-eni-block-instance-metadata";

    /// The attribute of a machine outside of EC2.
    pub const EXTERNAL: &str = "ecs.capability.external";

    /// Whether it is capable of something, by the attribute's name.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|name| name == attribute)
    }

    /// Whether it stands outside of EC2.
    pub fn is_external(&self) -> bool {
        self.instance.is_none() || self.has(Self::EXTERNAL)
    }
}

/// Who provides the machines for tasks.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityProvider {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// What it is.
    pub kind: ProviderKind,
}

/// What a capacity provider is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// Fargate, on demand or spot.
    Fargate,
    /// An Auto Scaling group of EC2.
    AutoScaling {
        /// The group.
        group: Option<String>,
        /// Whether instances with tasks are kept from scaling in.
        termination_protection: bool,
    },
    /// Instances that ECS manages.
    ManagedInstances {
        /// The role with which ECS makes instances.
        infrastructure_role: Option<Arn>,
        /// The profile of the instances.
        instance_profile: Option<String>,
    },
    /// A kind that is not known here.
    Other(String),
}
