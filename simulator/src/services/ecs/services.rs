//! Services, their deployments and their task sets.

use serde_json::{Value, json};

use super::containers::{self, Named};
use super::stages::{self, Stage};
use super::{
    Here, asked_batch, asked_cluster, batch, definitions, includes, is_named, network, overlay, page_of, revisions,
    strategy, tags, without,
};
use crate::account::ecs::{Cluster, Service};
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn arn(here: Here<'_>, cluster: &Cluster, service: &Service) -> String {
    here.arn(&format!("service/{}/{}", cluster.name, service.name))
}

/// A service of a cluster by name or ARN.
pub(super) fn find<'a>(here: Here<'_>, cluster: &'a Cluster, name: &str) -> Option<&'a Service> {
    cluster.services.iter().find(|one| is_named(name, &one.name, || arn(here, cluster, one)))
}

/// Who looks after the service's resources.
fn management(service: &Service) -> &'static str {
    if service.express.is_some() { "ECS" } else { "CUSTOMER" }
}

fn scheduling(service: &Service) -> &str {
    service.scheduling.as_deref().unwrap_or("REPLICA")
}

/// Told only where no strategy is.
pub(super) fn launch_type(stage: &Stage<'_>) -> Value {
    if stage.strategy.is_empty() { stage.launch.name().into() } else { Value::Null }
}

/// The strategy, where there is one.
pub(super) fn shares(stage: &Stage<'_>) -> Value {
    if stage.strategy.is_empty() { Value::Null } else { strategy(stage.strategy) }
}

/// A list, if something is in it.
pub(super) fn some(list: &[Value]) -> Value {
    if list.is_empty() { Value::Null } else { json!(list) }
}

/// The key of Fargate's storage, where it is not AWS's.
pub(super) fn storage(here: Here<'_>, key: Option<&str>) -> Value {
    key.map(|key| json!({"kmsKeyId": here.world.account.complete_arn(key, here.region)})).into()
}

pub(super) fn load_balancers(here: Here<'_>, service: &Service, containers: &[Named]) -> Value {
    let first = containers.first().map_or("", |(name, _)| name.as_str());
    let balancers = service.load_balancers.iter().map(|one| {
        let group = &one.target_group;
        let account = &here.world.account;
        let is_path = group.starts_with("targetgroup/");
        let arn = if is_path {
            account.arn("elasticloadbalancing", here.region, group)
        } else {
            account.target_group_arn(here.region, group)
        };
        object([
            ("targetGroupArn", arn.into()),
            ("containerName", one.container.as_deref().unwrap_or(first).into()),
            ("containerPort", one.port.into()),
            ("advancedConfiguration", one.advanced.clone().into()),
        ])
    });
    balancers.collect()
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    let [launch, schedule, managed] =
        ["launchType", "schedulingStrategy", "resourceManagementType"].map(|name| ask.parameter(name));
    let is_wanted = |service: &&Service| {
        let own_launch = || stages::of(here, cluster, service).first().map_or(Value::Null, launch_type);
        launch.as_ref().is_none_or(|wanted| own_launch() == wanted.as_str())
            && schedule.as_ref().is_none_or(|wanted| scheduling(service) == wanted)
            && managed.as_ref().is_none_or(|wanted| management(service) == wanted)
    };
    let found: Vec<&Service> = cluster.services.iter().filter(is_wanted).collect();
    page_of(ask, "serviceArns", (10, 100), &found, |service| arn(here, cluster, service).into())
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    let names = asked_batch(ask, "services", "service names", 10)?;
    let before = format!("service/{}/", cluster.name);
    Ok(batch(here, "services", &names, &before, |name| {
        let value = described(here, cluster, find(here, cluster, name)?);
        Some(if includes(ask, "TAGS") { value } else { without(value, "tags") })
    }))
}

fn described(here: Here<'_>, cluster: &Cluster, service: &Service) -> Value {
    let (world, account) = (here.world, &here.world.account);
    let stages = stages::of(here, cluster, service);
    let Some(primary) = stages.iter().find(|one| one.status == "PRIMARY").or(stages.first()) else {
        return Value::Null;
    };
    let definition = primary.revision.definition;
    let names = containers::names(here, &definition.containers, &definition.family);
    let is_deployed_here = service.controller() == "ECS";
    let parts = |is_there: bool, write: fn(Here<'_>, &Cluster, &Stage<'_>, &[Named]) -> Value| -> Value {
        if is_there { stages.iter().map(|one| write(here, cluster, one, &names)).collect() } else { json!([]) }
    };
    let role = account.role_arn_in("/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS");
    let tags_of = tags(&service.tags);
    let mut value = object([
        ("serviceArn", arn(here, cluster, service).into()),
        ("serviceName", service.name.as_str().into()),
        ("clusterArn", here.cluster_arn(cluster).into()),
        ("loadBalancers", load_balancers(here, service, &names)),
        ("serviceRegistries", json!(service.registries)),
        ("status", service.status.as_deref().unwrap_or("ACTIVE").into()),
        ("desiredCount", stages::desired(here, cluster, service).into()),
        ("runningCount", stages.iter().map(|one| one.running).sum::<u32>().into()),
        ("pendingCount", 0.into()),
        ("launchType", launch_type(primary)),
        ("capacityProviderStrategy", shares(primary)),
        ("platformVersion", primary.platform.into()),
        ("platformFamily", primary.platform_family()),
        ("taskDefinition", primary.revision.arn(here).into()),
        ("deploymentConfiguration", deployment_configuration(service)),
        ("taskSets", if is_deployed_here { Value::Null } else { parts(true, task_set) }),
        ("deployments", parts(is_deployed_here, deployment)),
        ("roleArn", role.into()),
        ("events", json!([])),
        ("createdAt", world.seconds(service.created).into()),
        ("currentServiceRevisions", if is_deployed_here { current(here, cluster, &stages) } else { Value::Null }),
        ("placementConstraints", json!([])),
        ("placementStrategy", json!([])),
        ("networkConfiguration", interface(here, primary)),
        ("schedulingStrategy", scheduling(service).into()),
        ("deploymentController", json!({"type": service.controller()})),
        ("tags", tags_of),
        ("createdBy", definitions::registrar(here, service.created_by.as_deref()).into()),
        ("enableECSManagedTags", true.into()),
        ("propagateTags", "NONE".into()),
        ("enableExecuteCommand", service.exec.into()),
        ("availabilityZoneRebalancing", "ENABLED".into()),
        ("resourceManagementType", management(service).into()),
    ]);
    overlay(&mut value, &service.api);
    value
}

fn interface(here: Here<'_>, stage: &Stage<'_>) -> Value {
    if stage.has_interface() { network(here, stage.network) } else { Value::Null }
}

fn deployment_configuration(service: &Service) -> Value {
    let minimum = if service.is_daemon() { 0 } else { 100 };
    if service.controller() != "ECS" {
        return json!({"maximumPercent": 200, "minimumHealthyPercent": minimum});
    }
    json!({
        "deploymentCircuitBreaker": {"enable": service.circuit_breaker, "rollback": service.circuit_breaker},
        "maximumPercent": if service.is_daemon() { 100 } else { 200 },
        "minimumHealthyPercent": minimum,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    })
}

fn current(here: Here<'_>, cluster: &Cluster, stages: &[Stage<'_>]) -> Value {
    let revisions = stages.iter().map(|stage| {
        json!({
            "arn": revisions::arn(here, cluster, stage),
            "requestedTaskCount": stage.desired,
            "runningTaskCount": stage.running,
            "pendingTaskCount": 0,
        })
    });
    revisions.collect()
}

fn deployment(here: Here<'_>, _: &Cluster, stage: &Stage<'_>, _: &[Named]) -> Value {
    let (service, at) = (stage.service, here.world.seconds(stage.created));
    let mut value = object([
        ("id", stage.id.as_str().into()),
        ("status", stage.status.into()),
        ("taskDefinition", stage.revision.arn(here).into()),
        ("desiredCount", stage.desired.into()),
        ("pendingCount", 0.into()),
        ("runningCount", stage.running.into()),
        ("failedTasks", 0.into()),
        ("createdAt", at.into()),
        ("updatedAt", at.into()),
        ("capacityProviderStrategy", shares(stage)),
        ("launchType", launch_type(stage)),
        ("platformVersion", stage.platform.into()),
        ("platformFamily", stage.platform_family()),
        ("networkConfiguration", interface(here, stage)),
        ("rolloutState", stage.rollout.into()),
        ("rolloutStateReason", format!("ECS deployment {}.", stage.id).into()),
        ("serviceConnectConfiguration", service.connect.clone().into()),
        ("volumeConfigurations", some(&service.volumes)),
        ("fargateEphemeralStorage", storage(here, service.storage_key.as_deref())),
    ]);
    if let Some(api) = stage.api {
        overlay(&mut value, api);
    }
    value
}

fn task_set(here: Here<'_>, cluster: &Cluster, stage: &Stage<'_>, containers: &[Named]) -> Value {
    let (service, at) = (stage.service, here.world.seconds(stage.created));
    let by_code_deploy = service.controller() == "CODE_DEPLOY";
    let mut value = object([
        ("id", stage.id.as_str().into()),
        ("taskSetArn", here.arn(&format!("task-set/{}/{}/{}", cluster.name, service.name, stage.id)).into()),
        ("serviceArn", arn(here, cluster, service).into()),
        ("clusterArn", here.cluster_arn(cluster).into()),
        ("startedBy", if by_code_deploy { "CODE_DEPLOY".into() } else { Value::Null }),
        ("externalId", stage.external_id.into()),
        ("status", stage.status.into()),
        ("taskDefinition", stage.revision.arn(here).into()),
        ("computedDesiredCount", stage.desired.into()),
        ("pendingCount", 0.into()),
        ("runningCount", stage.running.into()),
        ("createdAt", at.into()),
        ("updatedAt", at.into()),
        ("launchType", launch_type(stage)),
        ("capacityProviderStrategy", shares(stage)),
        ("platformVersion", stage.platform.into()),
        ("platformFamily", stage.platform_family()),
        ("networkConfiguration", interface(here, stage)),
        ("loadBalancers", load_balancers(here, service, containers)),
        ("serviceRegistries", json!(service.registries)),
        ("scale", json!({"value": f64::from(stage.scale), "unit": "PERCENT"})),
        ("stabilityStatus", "STEADY_STATE".into()),
        ("stabilityStatusAt", at.into()),
        ("tags", json!([])),
        ("fargateEphemeralStorage", storage(here, service.storage_key.as_deref())),
    ]);
    if let Some(api) = stage.api {
        overlay(&mut value, api);
    }
    value
}
