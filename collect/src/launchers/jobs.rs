//! The job definitions of Batch, in the form of task definitions: its jobs run as tasks of ECS, but for those of Kubernetes.

use std::collections::BTreeMap;

use palisade_model::ecs::{Container, Definition, Log, Origin, TaskDefinition, Text};
use palisade_model::{Action, Fact, Listing};
use palisade_secrets::in_setting;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::Reader;
use crate::ask::Page;
use crate::ecs::convert::container::containers;
use crate::ecs::convert::definition::TaskDefinitionItem;

/// What a container is called that has no name.
const ONLY: &str = "default";

impl Reader<'_> {
    pub(super) async fn jobs(&self) -> Listing<Definition> {
        let page = |token: Option<String>| async move { self.signed.describe_job_definitions(token.as_deref()).await };
        let read = |(items, next): (Vec<Value>, _)| {
            let items = items.iter().filter(|item| !is_of_kubernetes(item)).map(definition);
            Some(Page { items: items.collect::<Option<_>>()?, next })
        };
        let list = self.ask.list(Action::BatchDescribeJobDefinitions, &self.place, "", page, read).await;
        let (mut jobs, gap): (Vec<Definition>, _) = list.into_parts();
        jobs.sort_by(|left, right| left.arn.cmp(&right.arn));
        Listing::new(jobs, gap)
    }
}

/// Whether jobs of a definition run in Kubernetes, whose pods are read there.
fn is_of_kubernetes(item: &Value) -> bool {
    let is_eks = |object: &Value| object.get("eksProperties").is_some_and(Value::is_object);
    let ranges = item.pointer("/nodeProperties/nodeRangeProperties").and_then(Value::as_array);
    is_eks(item) || ranges.is_some_and(|ranges| ranges.iter().any(is_eks))
}

/// A job definition as the definition of a task; none when it does not tell its name or any container.
///
/// Source: <https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDefinition.html>
fn definition(item: &Value) -> Option<Definition> {
    let arn = item.get("jobDefinitionArn")?.as_str()?;
    let family = item.get("jobDefinitionName")?.as_str()?;
    let mut parts = Parts::default();
    parts.add(item, ONLY);
    for range in list(item.pointer("/nodeProperties/nodeRangeProperties")) {
        let nodes = range.get("targetNodes").and_then(Value::as_str).unwrap_or("all");
        let properties = range.get("container").cloned().unwrap_or(Value::Null);
        let own = json!({ "containerProperties": properties, "ecsProperties": range.get("ecsProperties") });
        parts.add(&own, &format!("nodes {nodes}"));
    }
    let Parts { containers: mut all, volumes, task } = parts;
    if all.is_empty() {
        return None;
    }
    let status = item.get("status").and_then(Value::as_str).unwrap_or("ACTIVE");
    let mut form = json!({
        "taskDefinitionArn": arn,
        "family": family,
        "status": status,
        "containerDefinitions": [],
        "volumes": volumes,
    });
    for (name, value) in task {
        form[name] = value;
    }
    let (arn, read) = TaskDefinitionItem::deserialize(form).ok()?.with_tags(Vec::new());
    if let Some(first) = all.first_mut() {
        first.texts.extend(defaults(item.get("parameters")));
    }
    let platforms: Vec<String> = list(item.get("platformCapabilities")).iter().filter_map(text).collect();
    let requires = if platforms.is_empty() { vec!["EC2".to_owned()] } else { platforms };
    let details = TaskDefinition {
        compatibilities: requires.clone(),
        requires,
        containers: all,
        tags: texts(item.get("tags")),
        ..read
    };
    Some(Definition { arn, origin: Origin::Job, details: Fact::Known(Some(details)) })
}

/// What a job definition says in one or more places.
#[derive(Default)]
struct Parts {
    containers: Vec<Container>,
    volumes: Vec<Value>,
    /// Members of the task, by the names that a task definition has for them.
    task: BTreeMap<&'static str, Value>,
}

impl Parts {
    /// Adds what these properties say. Where several places name a role, the first counts.
    fn add(&mut self, properties: &Value, name: &str) {
        if let Some(own) = properties.get("containerProperties").filter(|own| own.is_object()) {
            self.container(own, name);
            self.keep(own, &[("jobRoleArn", "taskRoleArn"), ("executionRoleArn", "executionRoleArn")]);
            self.around(own);
        }
        for task in list(properties.pointer("/ecsProperties/taskProperties")) {
            for (number, own) in list(task.get("containers")).iter().enumerate() {
                let name = if number == 0 { name.to_owned() } else { format!("{name} {}", number + 1) };
                self.container(own, &name);
            }
            self.keep(task, &[("taskRoleArn", "taskRoleArn"), ("executionRoleArn", "executionRoleArn")]);
            self.keep(task, &[("pidMode", "pidMode"), ("ipcMode", "ipcMode"), ("networkMode", "networkMode")]);
            self.around(task);
        }
    }

    /// Adds a container, which has the same members as one of ECS.
    fn container(&mut self, own: &Value, name: &str) {
        let mut members: Map<String, Value> = own.as_object().cloned().unwrap_or_default();
        members.retain(|_, value| !value.is_null());
        members.entry("name").or_insert_with(|| name.into());
        let items = containers(&Value::Array(vec![Value::Object(members)]));
        self.containers.extend(items.into_iter().map(|one| Container { log: Some(log(one.log)), ..one }));
    }

    /// Adds what stands around containers in either form.
    fn around(&mut self, own: &Value) {
        self.volumes.extend(list(own.get("volumes")).iter().cloned());
        self.keep(own, &[("runtimePlatform", "runtimePlatform")]);
    }

    fn keep(&mut self, own: &Value, names: &[(&str, &'static str)]) {
        for (name, called) in names {
            if let Some(value) = own.get(name).filter(|value| !value.is_null()) {
                self.task.entry(called).or_insert_with(|| value.clone());
            }
        }
    }
}

/// Where the output of a job goes: to CloudWatch Logs where nothing is said.
///
/// Source: <https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html>
fn log(said: Option<Log>) -> Log {
    let group = || ("awslogs-group".to_owned(), "/aws/batch/job".to_owned());
    let mut log = said.unwrap_or_else(|| Log { driver: "awslogs".to_owned(), ..Log::default() });
    if log.driver == "awslogs" && !log.options.contains_key("awslogs-group") {
        log.options.extend([group()]);
    }
    log
}

/// The secrets among the values that parameters have where a job gives none.
fn defaults(parameters: Option<&Value>) -> Vec<Text> {
    let hits = texts(parameters).into_iter().filter_map(|(name, value)| Some((in_setting(&name, &value)?, name)));
    hits.map(|(hit, name)| Text { place: format!("parameter {name}"), secret: hit.class, why: hit.why }).collect()
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let members = value.and_then(Value::as_object).into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use palisade_model::ecs::{BindMount, VolumeKind};
    use palisade_model::secret::Class;

    use super::*;

    fn job(properties: &Value) -> Value {
        let mut job = json!({
            "jobDefinitionName": "render",
            "jobDefinitionArn": "arn:aws:batch:eu-west-1:111122223333:job-definition/render:2",
            "revision": 2,
            "status": "ACTIVE",
            "type": "container",
            "tags": { "team": "media" },
        });
        for (name, value) in properties.as_object().unwrap() {
            job[name] = value.clone();
        }
        job
    }

    fn read(properties: &Value) -> TaskDefinition {
        let definition = definition(&job(properties)).unwrap();
        assert_eq!(definition.origin, Origin::Job);
        assert_eq!(definition.arn.resource(), "job-definition/render:2");
        let Fact::Known(Some(task)) = definition.details else { panic!("{definition:?}") };
        task
    }

    #[test]
    fn a_job_with_one_container_is_a_definition() {
        let task = read(&json!({ "parameters": { "api_token": "Tr0ub4dor-3xtra" }, "containerProperties": {
            "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/render:1",
            "command": ["render", "Ref::scene"],
            "jobRoleArn": "arn:aws:iam::111122223333:role/render",
            "executionRoleArn": "arn:aws:iam::111122223333:role/run",
            "volumes": [{ "name": "socket", "host": { "sourcePath": "/var/run/docker.sock" } },
                { "name": "shared", "efsVolumeConfiguration": { "fileSystemId": "fs-1", "transitEncryption": "ENABLED" } }],
            "mountPoints": [{ "sourceVolume": "socket", "containerPath": "/var/run/docker.sock", "readOnly": false }],
            "environment": [{ "name": "DB_PASSWORD", "value": "Tr0ub4dor-3xtra" }],
            "secrets": [{ "name": "KEY", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/key" }],
            "privileged": true,
            "readonlyRootFilesystem": true,
            "user": "root",
            "linuxParameters": { "devices": [{ "hostPath": "/dev/fuse" }], "initProcessEnabled": true, "sharedMemorySize": 64 },
            "resourceRequirements": [{ "type": "MEMORY", "value": "2048" }],
            "runtimePlatform": { "operatingSystemFamily": "LINUX" },
            "ulimits": [],
        } }));
        assert_eq!((task.family.as_str(), task.requires.as_slice()), ("render", ["EC2".to_owned()].as_slice()));
        assert_eq!(task.task_role.unwrap().resource(), "role/render");
        assert_eq!(task.execution_role.unwrap().resource(), "role/run");
        assert_eq!(task.operating_system.as_deref(), Some("LINUX"));
        assert_eq!(task.tags["team"], "media");
        let socket = BindMount { path: "/var/run/docker.sock".to_owned(), in_driver_options: false };
        assert_eq!(task.volumes[0].kind, VolumeKind::Host(socket));
        assert!(matches!(&task.volumes[1].kind, VolumeKind::Efs(efs) if efs.encrypts_transit && !efs.uses_iam));
        let container = &task.containers[0];
        assert_eq!((container.name.as_str(), container.user.as_deref()), ("default", Some("root")));
        assert!(container.privileged && container.read_only_root && container.has_init && container.has_memory);
        assert_eq!(
            (container.devices.as_slice(), container.shared_memory),
            (["/dev/fuse".to_owned()].as_slice(), Some(64))
        );
        assert_eq!(container.environment[0].secret, Some(Class::Named));
        assert_eq!((container.mounts[0].volume.as_str(), container.secrets[0].name.as_str()), ("socket", "KEY"));
        assert_eq!(container.log.as_ref().unwrap().options["awslogs-group"], "/aws/batch/job");
        assert_eq!(container.texts[0].place, "parameter api_token");
    }

    #[test]
    fn a_job_with_several_containers_is_one_definition() {
        let task = read(&json!({ "platformCapabilities": ["FARGATE"], "ecsProperties": { "taskProperties": [{
            "taskRoleArn": "arn:aws:iam::111122223333:role/render",
            "ipcMode": "task",
            "containers": [
                { "name": "app", "image": "app:1", "logConfiguration": { "logDriver": "splunk", "options": {
                    "splunk-token": "3d9c1f0e-6a4b-4c8d-9e2f-7b5a1c0d8e6f",
                } } },
                { "image": "helper:1", "essential": false, "privileged": false },
            ],
        }] } }));
        assert_eq!(
            (task.requires.as_slice(), task.ipc_mode.as_deref()),
            (["FARGATE".to_owned()].as_slice(), Some("task"))
        );
        let names: Vec<_> = task.containers.iter().map(|container| container.name.as_str()).collect();
        assert_eq!(names, ["app", "default 2"]);
        assert_eq!(task.containers[0].log.as_ref().unwrap().driver, "splunk");
        assert!(!task.containers[0].texts.is_empty() && !task.containers[1].essential);
    }

    #[test]
    fn a_job_of_several_nodes_has_the_container_of_each_range() {
        let task = read(&json!({ "type": "multinode", "nodeProperties": { "numNodes": 4, "mainNode": 0,
            "nodeRangeProperties": [
                { "targetNodes": "0:0", "container": { "image": "main:1", "jobRoleArn": "arn:aws:iam::111122223333:role/a" } },
                { "targetNodes": "1:", "container": { "image": "worker:1", "privileged": true } },
                { "targetNodes": "3:3", "ecsProperties": { "taskProperties": [{ "containers": [{ "image": "last:1" }] }] } },
            ],
        } }));
        let names: Vec<_> = task.containers.iter().map(|container| container.name.as_str()).collect();
        assert_eq!(names, ["nodes 0:0", "nodes 1:", "nodes 3:3"]);
        assert!(task.containers[1].privileged);
        assert_eq!(task.task_role.unwrap().resource(), "role/a");
    }

    #[test]
    fn jobs_of_kubernetes_are_told_from_others() {
        let pods = json!({ "podProperties": {} });
        assert!(is_of_kubernetes(&job(&json!({ "eksProperties": pods }))));
        let ranges = json!([{ "targetNodes": "0:", "eksProperties": pods }]);
        assert!(is_of_kubernetes(&job(&json!({ "nodeProperties": { "nodeRangeProperties": ranges } }))));
        assert!(!is_of_kubernetes(&job(&json!({ "containerProperties": { "image": "x" } }))));
        assert_eq!(definition(&json!({ "jobDefinitionName": "render" })), None);
        assert_eq!(definition(&job(&json!({}))), None);
    }
}
