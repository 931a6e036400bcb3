//! Containers, volumes and overrides: what the file writes shortly, as the API has it.

use serde_json::{Map, Value, json};

use super::Here;
use crate::account::ecs::{DaemonTaskDefinition, Launch, Members, TaskDefinition};

/// A container's name and image.
pub(super) type Named = (String, String);

/// The containers of a task definition as they are told.
pub(super) fn described(here: Here<'_>, definition: &TaskDefinition) -> Vec<Value> {
    let host_port = match definition.network_mode() {
        Some("awsvpc" | "host") => None,
        _ => Some(0),
    };
    let needs_memory = definition.launch() != Launch::Fargate && definition.memory.is_none();
    let written = written(&definition.containers);
    let containers = written.iter().map(|container| {
        let mut members = long(here, container, &definition.family, host_port);
        for (name, usual) in [
            ("cpu", json!(0)),
            ("portMappings", json!([])),
            ("essential", json!(true)),
            ("environment", json!([])),
            ("mountPoints", json!([])),
            ("volumesFrom", json!([])),
            ("systemControls", json!([])),
        ] {
            members.entry(name).or_insert(usual);
        }
        if needs_memory && !members.contains_key("memoryReservation") {
            members.entry("memory").or_insert(json!(512));
        }
        finished(members)
    });
    containers.collect()
}

/// The containers of a daemon's task definition as they are told.
pub(super) fn of_daemon(here: Here<'_>, definition: &DaemonTaskDefinition) -> Vec<Value> {
    let written = written(&definition.containers);
    let containers = written.iter().map(|container| {
        let mut members = long(here, container, &definition.family, None);
        for (name, usual) in [
            ("cpu", json!(0)),
            ("essential", json!(true)),
            ("environment", json!([])),
            ("mountPoints", json!([])),
            ("systemControls", json!([])),
        ] {
            members.entry(name).or_insert(usual);
        }
        finished(members)
    });
    containers.collect()
}

/// The names and images of containers, of which there is one at least.
pub(super) fn names(here: Here<'_>, containers: &[Members], family: &str) -> Vec<Named> {
    let written = written(containers);
    written.iter().map(|one| (name(one, family), image(here, one, family))).collect()
}

/// Those of the file, or one of which it says nothing.
fn written(containers: &[Members]) -> Vec<Members> {
    if containers.is_empty() { vec![Members::new()] } else { containers.to_vec() }
}

fn name(container: &Members, family: &str) -> String {
    container.get("name").and_then(Value::as_str).unwrap_or(family).to_owned()
}

/// The image; a path in the account's own registry is completed.
fn image(here: Here<'_>, container: &Members, family: &str) -> String {
    let account = &here.world.account;
    let own = |path: &str| format!("{}.dkr.ecr.{}.{}/{path}", account.id, here.region, account.domain());
    match container.get("image").and_then(Value::as_str) {
        Some(image) => image.strip_prefix("ecr:").map_or_else(|| image.to_owned(), own),
        None => own(&format!("{family}:latest")),
    }
}

fn long(here: Here<'_>, container: &Members, family: &str, host_port: Option<u32>) -> Map<String, Value> {
    let mut members = container.clone();
    members.insert("name".to_owned(), name(container, family).into());
    members.insert("image".to_owned(), image(here, container, family).into());
    environment(&mut members);
    if let Some(Value::Object(secrets)) = members.get("secrets") {
        let full = |value: &Value| here.world.account.complete_arn(value.as_str().unwrap_or_default(), here.region);
        let list = secrets.iter().map(|(name, value)| json!({"name": name, "valueFrom": full(value)})).collect();
        members.insert("secrets".to_owned(), list);
    }
    if let Some(ports) = members.remove("ports") {
        let list = ports.as_array().into_iter().flatten().map(|port| {
            let on_host = host_port.map_or_else(|| port.clone(), Value::from);
            json!({"containerPort": port, "hostPort": on_host, "protocol": "tcp"})
        });
        members.insert("portMappings".to_owned(), list.collect());
    }
    if let Some(group) = members.remove("log_group") {
        let options = json!({"awslogs-group": group, "awslogs-region": here.region, "awslogs-stream-prefix": "ecs"});
        members.insert("logConfiguration".to_owned(), json!({"logDriver": "awslogs", "options": options}));
    }
    if let Some(Value::Object(mounts)) = members.remove("mounts") {
        let list = mounts.iter().map(|(volume, path)| {
            let path = path.as_str().unwrap_or_default();
            let (place, is_read_only) = path.strip_suffix(":ro").map_or((path, false), |place| (place, true));
            json!({"sourceVolume": volume, "containerPath": place, "readOnly": is_read_only})
        });
        members.insert("mountPoints".to_owned(), list.collect());
    }
    members
}

/// `env` is a map of the variables.
fn environment(members: &mut Members) {
    let Some(Value::Object(variables)) = members.remove("env") else { return };
    let list = variables.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        json!({"name": name, "value": text})
    });
    members.insert("environment".to_owned(), list.collect());
}

/// `null` keeps a member out.
fn finished(mut members: Members) -> Value {
    members.retain(|_, value| !value.is_null());
    Value::Object(members)
}

pub(super) fn volumes(volumes: &[Members]) -> Value {
    let described = volumes.iter().map(|volume| {
        let mut members = volume.clone();
        if let Some(path) = members.remove("host_path") {
            members.insert("host".to_owned(), json!({"sourcePath": path}));
        }
        if let Some(id) = members.remove("efs") {
            let configuration = json!({"fileSystemId": id, "rootDirectory": "/"});
            members.insert("efsVolumeConfiguration".to_owned(), configuration);
        }
        finished(members)
    });
    described.collect()
}

/// The overrides of a task; each container is named, whether it is overridden or not.
pub(super) fn overrides(here: Here<'_>, given: Option<&Members>, containers: &[Named]) -> Value {
    let mut members = given.cloned().unwrap_or_default();
    for (short, long) in [("task_role", "taskRoleArn"), ("execution_role", "executionRoleArn")] {
        if let Some(Value::String(role)) = members.remove(short) {
            members.insert(long.to_owned(), here.world.role_arn(&role).into());
        }
    }
    let short = members.remove("containers").or_else(|| members.remove("containerOverrides"));
    let mut list: Vec<Value> = Vec::new();
    for one in short.into_iter().flat_map(|list| list.as_array().cloned().unwrap_or_default()) {
        if let Value::Object(mut container) = one {
            environment(&mut container);
            list.push(Value::Object(container));
        }
    }
    for (name, _) in containers {
        if !list.iter().any(|one| one["name"] == name.as_str()) {
            list.push(json!({"name": name}));
        }
    }
    members.insert("containerOverrides".to_owned(), list.into());
    members.entry("inferenceAcceleratorOverrides").or_insert(json!([]));
    finished(members)
}
