//! Tasks: those that run, and those that have just stopped.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::interfaces::{self, TaskInterface};
use super::running::{self, Running, Source};
use super::{
    Here, asked_batch, asked_cluster, batch, containers, includes, instances, not_found, overlay, page_of, revisions,
    services, tags, tail, without,
};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    if let Some(name) = ask.parameter("serviceName")
        && services::find(here, cluster, &name).is_none()
    {
        return Err(not_found("ServiceNotFoundException", "Service not found."));
    }
    let status = ask.parameter("desiredStatus");
    let status = status.as_deref().unwrap_or("RUNNING");
    let [family, started_by, launch, instance] =
        ["family", "startedBy", "launchType", "containerInstance"].map(|name| ask.parameter(name));
    let of = |kind: &str, parameter: &str| ask.parameter(parameter).map(|name| format!("{kind}:{}", tail(&name)));
    let (service, daemon) = (of("service", "serviceName"), of("daemon", "daemonName"));
    let mut found = running::tasks(here, cluster);
    found.retain(|task| {
        task.desired_status() == status
            && family.as_ref().is_none_or(|wanted| task.family() == wanted)
            && (started_by.is_none() || started_by == task.started_by)
            && launch.as_ref().is_none_or(|wanted| task.launch.name() == wanted)
            && service.as_ref().is_none_or(|wanted| task.group == *wanted)
            && daemon.as_ref().is_none_or(|wanted| task.group == *wanted)
            && instance
                .as_ref()
                .is_none_or(|wanted| task.instance.is_some_and(|one| instances::is(here, cluster, one, wanted)))
    });
    page_of(ask, "taskArns", (100, 100), &found, |task| task.arn(here).into())
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    let names = asked_batch(ask, "tasks", "tasks", 100)?;
    let all = running::tasks(here, cluster);
    let by_id: HashMap<&str, &Running<'_>> = all.iter().map(|task| (task.id.as_str(), task)).collect();
    let before = format!("task/{}/", cluster.name);
    Ok(batch(here, "tasks", &names, &before, |name| {
        let task = by_id.get(tail(name)).filter(|task| !name.starts_with("arn:") || task.arn(here) == name)?;
        let value = described(here, task);
        Some(if includes(ask, "TAGS") { value } else { without(value, "tags") })
    }))
}

fn described(here: Here<'_>, task: &Running<'_>) -> Value {
    let world = here.world;
    let started = world.seconds(task.started);
    let given = task.given;
    let interface = interfaces::of(here, task);
    let names = task.containers(here);
    let own_tags = given.map(|one| &one.tags).filter(|tags| !tags.is_empty());
    let (cpu, memory, isolation) = sizes(task);
    let storage =
        task.storage_key.map(|key| json!({"sizeInGiB": 20, "kmsKeyId": world.account.complete_arn(key, here.region)}));
    let is_fargate = task.platform().is_some();
    let mut value = object([
        ("attachments", interface.as_ref().map_or(json!([]), |one| json!([attachment(one)]))),
        ("attributes", json!([])),
        ("availabilityZone", zone(here, interface.as_ref()).into()),
        ("capacityProviderName", task.provider.into()),
        ("clusterArn", here.cluster_arn(task.cluster).into()),
        ("connectivity", "CONNECTED".into()),
        ("connectivityAt", started.into()),
        ("containerInstanceArn", task.instance.map(|one| instances::arn(here, task.cluster, one)).into()),
        ("containers", containers_of(here, task, interface.as_ref())),
        ("cpu", cpu.into()),
        ("memory", memory.into()),
        ("createdAt", started.into()),
        ("desiredStatus", task.desired_status().into()),
        ("enableExecuteCommand", task.exec.into()),
        ("group", task.group.as_str().into()),
        ("healthStatus", "UNKNOWN".into()),
        ("lastStatus", task.status().into()),
        ("launchType", task.launch.name().into()),
        ("overrides", containers::overrides(here, given.map(|one| &one.overrides), &names)),
        ("platformVersion", task.platform().into()),
        ("platformFamily", task.platform_family().into()),
        ("startedAt", started.into()),
        ("startedBy", task.started_by.clone().into()),
        ("stopCode", given.and_then(|one| one.stop_code.clone()).into()),
        ("stoppedAt", given.and_then(|one| one.stopped).map(|at| world.seconds(at)).into()),
        ("stoppedReason", given.and_then(|one| one.stopped_reason.clone()).into()),
        ("tags", own_tags.or(task.service.map(|one| &one.tags)).map_or(json!([]), tags)),
        ("taskArn", task.arn(here).into()),
        ("taskDefinitionArn", task.definition_arn(here).into()),
        ("version", 3.into()),
        ("ephemeralStorage", if is_fargate { json!({"sizeInGiB": 20}) } else { Value::Null }),
        ("fargateEphemeralStorage", storage.or(is_fargate.then(|| json!({"sizeInGiB": 20}))).into()),
        ("trustedExecutionSummary", isolation),
    ]);
    if let Some(task) = given {
        overlay(&mut value, &task.api);
    }
    value
}

/// Processor, memory and how the task is isolated, as its definition has them.
fn sizes(task: &Running<'_>) -> (String, String, Value) {
    let text = |given: Option<u32>, usual: u32| given.unwrap_or(usual).to_string();
    match task.source {
        Source::Revision(revision) => {
            let one = revision.definition;
            let mode = one.api.get("trustedExecutionConfiguration").and_then(|value| value.get("isolationMode"));
            let isolation = mode.map(|mode| json!({"isolationMode": mode}));
            (text(one.cpu, 256), text(one.memory, 512), isolation.into())
        }
        Source::Daemon(one) => (text(one.cpu, 128), text(one.memory, 256), Value::Null),
    }
}

fn zone(here: Here<'_>, interface: Option<&TaskInterface>) -> String {
    let subnets = &here.world.region(here.region).subnets;
    let known = interface.and_then(|one| subnets.iter().find(|subnet| subnet.id == one.subnet));
    known.map_or_else(|| format!("{}a", here.region), |subnet| subnet.zone.clone())
}

fn attachment(interface: &TaskInterface) -> Value {
    json!({
        "id": tail(&interface.description),
        "type": "ElasticNetworkInterface",
        "status": "ATTACHED",
        "details": [
            {"name": "subnetId", "value": interface.subnet},
            {"name": "networkInterfaceId", "value": interface.id},
            {"name": "macAddress", "value": interface.mac_address},
            {"name": "privateIPv4Address", "value": interface.private_address},
        ],
    })
}

fn containers_of(here: Here<'_>, task: &Running<'_>, interface: Option<&TaskInterface>) -> Value {
    let arn = task.arn(here);
    let interfaces = interface.map_or(
        json!([]),
        |one| json!([{"attachmentId": tail(&one.description), "privateIpv4Address": one.private_address}]),
    );
    let agents = || json!([{"name": "ExecuteCommandAgent", "lastStatus": "RUNNING", "lastStartedAt": here.world.seconds(task.started)}]);
    let bindings = bindings(here, task);
    let names = task.containers(here).into_iter().enumerate();
    let containers = names.map(|(place, (name, image))| {
        let digest = revisions::digest(here, &name, &image, task.digests);
        let id = ids::uuid(&format!("{} {name}", task.id));
        object([
            ("containerArn", here.arn(&format!("container/{}/{}/{id}", task.cluster.name, task.id)).into()),
            ("taskArn", arn.as_str().into()),
            ("name", name.as_str().into()),
            ("image", image.into()),
            ("imageDigest", digest.into()),
            ("runtimeId", format!("{}-{place}", task.id).into()),
            ("lastStatus", task.status().into()),
            ("networkBindings", bindings.get(&name).cloned().unwrap_or(json!([]))),
            ("networkInterfaces", interfaces.clone()),
            ("healthStatus", "UNKNOWN".into()),
            ("managedAgents", task.exec.then(agents).into()),
            ("cpu", "0".into()),
        ])
    });
    containers.collect()
}

/// The ports of the instance that lead to containers without an interface of their own.
fn bindings(here: Here<'_>, task: &Running<'_>) -> HashMap<String, Value> {
    let Source::Revision(revision) = task.source else { return HashMap::new() };
    if task.has_interface() {
        return HashMap::new();
    }
    let mut next = 32_768;
    let containers = containers::described(here, revision.definition);
    let bound = containers.iter().map(|container| {
        let ports = container["portMappings"].as_array().into_iter().flatten().map(|port| {
            let on_host = port["hostPort"].as_u64().filter(|&port| port > 0).unwrap_or_else(|| {
                next += 1;
                next
            });
            json!({
                "bindIP": "0.0.0.0",
                "containerPort": port["containerPort"],
                "hostPort": on_host,
                "protocol": port["protocol"].as_str().unwrap_or("tcp"),
            })
        });
        let ports: Value = ports.collect();
        (container["name"].as_str().unwrap_or_default().to_owned(), ports)
    });
    bound.collect()
}
