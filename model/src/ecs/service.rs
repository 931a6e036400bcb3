//! Services of ECS: what is to run, and in which stages of a rollout.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LaunchChoice, Placement};
use crate::{Arn, Fact, Switch};

/// A service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// How it is configured.
    pub details: Fact<ServiceDetails>,
    /// The revisions of the service that run now. Those made before 2024-10-25 are not kept by AWS.
    pub revisions: Fact<Vec<ServiceRevision>>,
    /// What ECS made for it, where ECS manages it; `None` where it does not.
    pub express: Fact<Option<Express>>,
}

/// How a service is configured.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the API")]
pub struct ServiceDetails {
    /// `ACTIVE`, `DRAINING`, `INACTIVE`.
    pub status: String,
    /// How many tasks are wanted.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// Whether it runs one task on each machine.
    pub is_daemon: bool,
    /// Where its tasks are to run.
    pub launch: LaunchChoice,
    /// The definition; none where task sets have theirs.
    pub definition: Option<Arn>,
    /// Where its tasks are in the network; none outside of `awsvpc` mode, and where task sets have theirs.
    pub network: Option<Placement>,
    /// The load balancers before it.
    pub targets: Vec<ServiceTarget>,
    /// Who deploys it.
    pub controller: Controller,
    /// Whether a deployment that fails is stopped; none when not said.
    pub circuit_breaker: Option<bool>,
    /// Whether alarms stop a deployment.
    pub has_alarms: bool,
    /// Whether commands may be run in its containers (ECS Exec).
    pub exec: bool,
    /// Whether ECS manages it (Express).
    pub is_express: bool,
    /// Its deployments and task sets, whatever their stage.
    pub deployments: Vec<Deployment>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl ServiceDetails {
    /// The stages of its rollout of which tasks run or are to: none of a service that is scaled to nothing.
    pub fn running_deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.deployments.iter().filter(|deployment| deployment.runs())
    }

    /// The definitions by which tasks of it run or are to, each once.
    pub fn running_definitions(&self) -> Vec<&Arn> {
        let mut found: Vec<_> = self.running_deployments().map(|deployment| &deployment.definition).collect();
        // A daemon wants as many tasks as there are machines.
        if self.deployments.is_empty() && (self.desired > 0 || self.running > 0) {
            found.extend(&self.definition);
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Who deploys a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Controller {
    /// ECS.
    Ecs,
    /// CodeDeploy.
    CodeDeploy,
    /// Somebody else, by task sets.
    External,
    /// A word that is not known here.
    Other(String),
}

/// A load balancer before a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTarget {
    /// The target group; none for a classic load balancer.
    pub group: Option<Arn>,
    /// The classic load balancer's name.
    pub classic: Option<String>,
    /// The container behind.
    pub container: Option<String>,
    /// Its port.
    pub port: Option<u16>,
}

/// A stage of a rollout: a deployment, or a task set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// The id of a deployment, the ARN of a task set.
    pub id: String,
    /// What it is.
    pub stage: Stage,
    /// The definition.
    pub definition: Arn,
    /// How many tasks are wanted.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// Where its tasks are to run.
    pub launch: LaunchChoice,
    /// Where its tasks are in the network.
    pub network: Option<Placement>,
    /// Volumes of EBS that are made for its tasks.
    pub volumes: Vec<ManagedVolume>,
    /// How services reach each other; none when Service Connect is off.
    pub connect: Option<ServiceConnect>,
    /// The load balancers of a task set.
    pub targets: Vec<ServiceTarget>,
}

impl Deployment {
    /// Whether tasks of it run, or are to.
    pub fn runs(&self) -> bool {
        self.desired > 0 || self.running > 0
    }
}

/// What a stage of a rollout is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The newest deployment, or the task set that takes the traffic.
    Primary,
    /// A deployment or task set that is still there.
    Active,
    /// Any other, such as `INACTIVE` or `DRAINING`.
    Other(String),
}

/// A volume of EBS that is made for each task.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedVolume {
    /// The volume's name in the definition.
    pub name: String,
    /// Whether it is encrypted; none when not said, so that the Region's default holds.
    pub encrypted: Option<bool>,
    /// Its key.
    pub key: Option<String>,
    /// The role with which ECS makes it.
    pub role: Option<Arn>,
}

/// How services reach each other.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceConnect {
    /// Whether it is on.
    pub enabled: bool,
    /// The namespace.
    pub namespace: Option<String>,
    /// The ports that are offered by name, each with whether TLS guards it.
    pub services: Vec<(String, bool)>,
    /// Roles with which certificates are issued.
    pub roles: Vec<Arn>,
    /// Whether the access log holds the queries of requests.
    pub logs_queries: bool,
}

/// A revision of a service: what a deployment really runs.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRevision {
    /// Its ARN.
    pub arn: Arn,
    /// The definition.
    pub definition: Option<Arn>,
    /// The images of its containers, those that AWS adds left out.
    pub images: Vec<ImageOfRevision>,
    /// Whether GuardDuty watches its tasks; none when not said.
    pub guard_duty: Option<Switch>,
}

/// An image of a container, with the digest that a deployment keeps to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageOfRevision {
    /// The container.
    pub container: String,
    /// The image, as the definition names it.
    pub image: String,
    /// The digest; none where it could not be resolved.
    pub digest: Option<String>,
}

/// What ECS made for a service that it manages.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeExpressGatewayService.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Express {
    /// Ways in: `PUBLIC` or `PRIVATE`, with the address.
    pub ways_in: Vec<(String, String)>,
}
