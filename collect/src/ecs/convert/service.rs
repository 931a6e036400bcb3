//! Services.

use palisade_model::Arn;
use palisade_model::ecs::{Controller, ServiceDetails};
use serde::{Deserialize, Serialize};

use super::place::{Launch, LoadBalancerItem, NetworkConfiguration, targets};
use super::stage::{DeploymentItem, TaskSetItem};
use super::tags::{Tag, tags};

/// A service, and the revisions of it that run now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServiceItem {
    pub(crate) details: ServiceDetails,
    pub(crate) revisions: Vec<Arn>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceShape {
    service_arn: Arn,
    status: String,
    desired_count: u32,
    running_count: u32,
    scheduling_strategy: Option<String>,
    #[serde(flatten)]
    launch: Launch,
    task_definition: Option<String>,
    #[serde(default)]
    network_configuration: NetworkConfiguration,
    #[serde(default)]
    load_balancers: Vec<LoadBalancerItem>,
    deployment_controller: Option<ControllerItem>,
    #[serde(default)]
    deployment_configuration: DeploymentConfiguration,
    #[serde(default)]
    enable_execute_command: bool,
    resource_management_type: Option<String>,
    #[serde(default)]
    deployments: Vec<DeploymentItem>,
    #[serde(default)]
    task_sets: Vec<TaskSetItem>,
    #[serde(default)]
    current_service_revisions: Vec<CurrentRevision>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct ControllerItem {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DeploymentConfiguration {
    deployment_circuit_breaker: Option<Enabled>,
    alarms: Option<Enabled>,
}

#[derive(Deserialize)]
struct Enabled {
    enable: bool,
}

#[derive(Deserialize)]
struct CurrentRevision {
    arn: Arn,
}

impl From<ServiceShape> for (Arn, ServiceItem) {
    fn from(shape: ServiceShape) -> Self {
        let revisions = shape.current_service_revisions.into_iter().map(|revision| revision.arn).collect();
        let deployments = shape.deployments.into_iter().map(Into::into);
        let task_sets = shape.task_sets.into_iter().map(Into::into);
        let configuration = shape.deployment_configuration;
        let details = ServiceDetails {
            status: shape.status,
            desired: shape.desired_count,
            running: shape.running_count,
            is_daemon: shape.scheduling_strategy.as_deref() == Some("DAEMON"),
            launch: shape.launch.choice(),
            definition: shape.task_definition.filter(|arn| !arn.is_empty()).map(Arn::from),
            network: shape.network_configuration.placement(),
            targets: targets(shape.load_balancers),
            controller: controller(shape.deployment_controller.as_ref()),
            circuit_breaker: configuration.deployment_circuit_breaker.map(|breaker| breaker.enable),
            has_alarms: configuration.alarms.is_some_and(|alarms| alarms.enable),
            exec: shape.enable_execute_command,
            // What is not known here may have been made by ECS, and is asked for.
            is_express: shape.resource_management_type.is_some_and(|manager| manager != "CUSTOMER"),
            deployments: deployments.chain(task_sets).collect(),
            tags: tags(shape.tags),
        };
        (shape.service_arn, ServiceItem { details, revisions })
    }
}

/// Where nothing is said, ECS itself deploys.
fn controller(item: Option<&ControllerItem>) -> Controller {
    match item.map(|item| item.kind.as_str()) {
        None | Some("ECS") => Controller::Ecs,
        Some("CODE_DEPLOY") => Controller::CodeDeploy,
        Some("EXTERNAL") => Controller::External,
        Some(other) => Controller::Other(other.to_owned()),
    }
}
