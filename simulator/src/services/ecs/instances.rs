//! Container instances, and their attributes.

use serde_json::{Value, json};

use super::{
    Here, asked_batch, asked_cluster, batch, includes, invalid, is_named, overlay, page_of, running, tags, without,
};
use crate::account::ecs::{Cluster, Instance, Launch};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The attributes that an agent of today registers on Linux.
const USUAL: [&str; 8] = [
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.task-iam-role-network-host",
    "ecs.capability.execute-command",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.task-eni",
];
const BLOCKED: &str = "ecs.capability.task-eni-block-instance-metadata";

/// The instances of a cluster that tasks of a launch type, and of a capacity provider, run on.
pub(super) fn of<'a>(
    here: Here<'a>,
    cluster: &'a Cluster,
    launch: Launch,
    provider: Option<&str>,
) -> Vec<&'a Instance> {
    let active = cluster.instances.iter().filter(|one| status(one) == "ACTIVE");
    active
        .filter(|one| launch == kind(here, one))
        .filter(|one| provider.is_none_or(|provider| one.provider.as_deref() == Some(provider)))
        .collect()
}

/// What an instance is of.
fn kind(here: Here<'_>, instance: &Instance) -> Launch {
    let of_provider = instance.provider.as_deref().map(|name| super::stages::launch_of(here, name));
    match of_provider {
        Some(Launch::ManagedInstances) => Launch::ManagedInstances,
        _ if instance.machine.is_none() => Launch::External,
        _ => Launch::Ec2,
    }
}

fn status(instance: &Instance) -> &str {
    instance.status.as_deref().unwrap_or("ACTIVE")
}

/// The end of the ARN.
pub(super) fn id(here: Here<'_>, cluster: &Cluster, instance: &Instance) -> String {
    let made_up = || {
        let known = instance.machine.clone();
        let place = || cluster.instances.iter().position(|one| std::ptr::eq(one, instance)).unwrap_or(0).to_string();
        let seed = format!("instance {} {} {}", here.region, cluster.name, known.unwrap_or_else(place));
        ids::hexadecimal(&seed, 32)
    };
    instance.id.clone().unwrap_or_else(made_up)
}

pub(super) fn arn(here: Here<'_>, cluster: &Cluster, instance: &Instance) -> String {
    here.arn(&format!("container-instance/{}/{}", cluster.name, id(here, cluster, instance)))
}

/// Whether a name means the instance: its machine, its id, or its ARN.
pub(super) fn is(here: Here<'_>, cluster: &Cluster, instance: &Instance, name: &str) -> bool {
    instance.machine.as_deref() == Some(name)
        || is_named(name, &id(here, cluster, instance), || arn(here, cluster, instance))
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    let wanted = ask.parameter("status");
    let is_wanted = |one: &&Instance| wanted.as_ref().is_none_or(|wanted| status(one) == wanted);
    let found: Vec<&Instance> = cluster.instances.iter().filter(is_wanted).collect();
    page_of(ask, "containerInstanceArns", (100, 100), &found, |one| arn(here, cluster, one).into())
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    let names = asked_batch(ask, "containerInstances", "instanceIds", 100)?;
    let all = running::tasks(here, cluster);
    let before = format!("container-instance/{}/", cluster.name);
    Ok(batch(here, "containerInstances", &names, &before, |name| {
        let mut instances = cluster.instances.iter();
        let found = instances.find(|one| is_named(name, &id(here, cluster, one), || arn(here, cluster, one)))?;
        let is_on = |task: &&running::Running<'_>| {
            task.status() == "RUNNING" && task.instance.is_some_and(|one| std::ptr::eq(one, found))
        };
        let running = all.iter().filter(is_on).count();
        Some(described(ask, cluster, found, running))
    }))
}

fn described(ask: &Ask<'_>, cluster: &Cluster, instance: &Instance, running: usize) -> Value {
    let here = Here::of(ask);
    let mut value = object([
        ("containerInstanceArn", arn(here, cluster, instance).into()),
        ("ec2InstanceId", instance.machine.clone().into()),
        ("capacityProviderName", instance.provider.clone().into()),
        ("version", 7.into()),
        ("versionInfo", version(instance)),
        ("remainingResources", json!([])),
        ("registeredResources", json!([])),
        ("status", status(instance).into()),
        ("agentConnected", (!instance.disconnected).into()),
        ("runningTasksCount", running.into()),
        ("pendingTasksCount", 0.into()),
        ("attributes", attributes(here, instance).iter().map(attribute).collect()),
        ("registeredAt", here.world.seconds(instance.registered).into()),
        ("attachments", json!([])),
        ("tags", tags(&instance.tags)),
        ("healthStatus", json!({"overallStatus": instance.health.as_deref().unwrap_or("OK")})),
    ]);
    overlay(&mut value, &instance.api);
    if !includes(ask, "TAGS") {
        value = without(value, "tags");
    }
    if includes(ask, "CONTAINER_INSTANCE_HEALTH") { value } else { without(value, "healthStatus") }
}

fn version(instance: &Instance) -> Value {
    json!({
        "agentVersion": instance.agent.as_deref().unwrap_or("1.105.1"),
        "agentHash": "8dfceca1",
        "dockerVersion": "DockerVersion: 25.0.8",
    })
}

/// Those of every agent, and those that the file adds or takes away.
fn attributes(here: Here<'_>, instance: &Instance) -> Vec<(String, Option<String>)> {
    let mut all: Vec<(String, Option<String>)> = USUAL.iter().map(|&name| (name.to_owned(), None)).collect();
    all.push(("ecs.os-type".to_owned(), Some("linux".to_owned())));
    if instance.block_metadata {
        all.push((BLOCKED.to_owned(), None));
    }
    if kind(here, instance) == Launch::External {
        all.retain(|(name, _)| name != "ecs.capability.task-eni");
        all.push(("ecs.capability.external".to_owned(), None));
    }
    for (name, value) in &instance.attributes {
        all.retain(|(known, _)| known != name);
        if let Some(value) = value {
            all.push((name.clone(), Some(value.clone()).filter(|value| !value.is_empty())));
        }
    }
    all
}

fn attribute((name, value): &(String, Option<String>)) -> Value {
    object([("name", name.as_str().into()), ("value", value.clone().into())])
}

pub(super) fn list_attributes(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    if ask.parameter("targetType").as_deref() != Some("container-instance") {
        return Err(invalid("targetType must be container-instance."));
    }
    let (name, value) = (ask.parameter("attributeName"), ask.parameter("attributeValue"));
    let mut found = Vec::new();
    for instance in &cluster.instances {
        let target = arn(here, cluster, instance);
        for one in attributes(here, instance) {
            let is_named = name.as_ref().is_none_or(|wanted| one.0 == *wanted);
            if is_named && value.as_ref().is_none_or(|wanted| one.1.as_ref() == Some(wanted)) {
                found.push((one, target.clone()));
            }
        }
    }
    page_of(ask, "attributes", (100, 100), &found, |(one, target)| {
        let mut value = attribute(one);
        value["targetId"] = target.as_str().into();
        value
    })
}
