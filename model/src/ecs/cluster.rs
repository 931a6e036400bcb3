//! Clusters of ECS.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CapacityProvider, ContainerInstance, Daemon, Service, Task};
use crate::{Arn, Fact, Listing};

/// A cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// How it is configured.
    pub details: Fact<ClusterDetails>,
    /// The capacity providers that it may use, those of its own included.
    pub capacity_providers: Fact<Vec<CapacityProvider>>,
    /// The services.
    pub services: Listing<Service>,
    /// The tasks that run or just stopped.
    pub tasks: Listing<Task>,
    /// The machines that are registered; none where all runs on Fargate.
    pub instances: Listing<ContainerInstance>,
    /// The managed daemons.
    pub daemons: Listing<Daemon>,
}

impl Cluster {
    /// A service by its name, as far as seen.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.seen().iter().find(|service| service.name == name)
    }
}

/// How a cluster is configured.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterDetails {
    /// `ACTIVE`, `PROVISIONING`, `DEPROVISIONING`, `FAILED`, `INACTIVE`.
    pub status: String,
    /// How commands in containers are logged and encrypted (ECS Exec).
    pub exec: ExecSettings,
    /// The key for volumes of EBS that ECS makes.
    pub volume_key: Option<String>,
    /// The key for Fargate's ephemeral storage.
    pub fargate_storage_key: Option<String>,
    /// Container Insights: `enhanced`, `enabled` or `disabled`; none when not said, so that the account's setting holds.
    pub container_insights: Option<String>,
    /// Names of the capacity providers.
    pub capacity_providers: Vec<String>,
    /// Names of the capacity providers that hold where a service or task names none.
    pub default_providers: Vec<String>,
    /// The namespace of Service Connect that holds where a service names none.
    pub connect_namespace: Option<String>,
    /// How many machines are registered.
    pub registered_instances: u32,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// How commands in containers are logged and encrypted.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecSettings {
    /// The key that encrypts what goes between client and container, beyond TLS.
    pub key: Option<String>,
    /// Where sessions are logged.
    pub logging: ExecLogging,
}

/// Where sessions are logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecLogging {
    /// To where the container's own `awslogs` go; nowhere if it has none. Holds where nothing is said.
    #[default]
    Default,
    /// Nowhere.
    None,
    /// To places of its own.
    Override {
        /// The log group, and whether it must be encrypted.
        group: Option<(String, bool)>,
        /// The bucket, and whether it must be encrypted.
        bucket: Option<(String, bool)>,
    },
    /// A setting that is not known here.
    Other(String),
}
