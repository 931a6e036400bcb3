//! Volumes of definitions, and definitions around them.

use palisade_model::Arn;
use palisade_model::ecs::{BindMount, EfsVolume, TaskDefinition, VolumeKind};
use serde_json::{Value, json};

use crate::ecs::convert::daemon::DaemonTaskDefinition;
use crate::ecs::convert::definition::TaskDefinitionItem;

fn definition(members: Value) -> TaskDefinition {
    let mut whole = json!({
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3", "family": "web", "revision": 3,
        "status": "ACTIVE", "containerDefinitions": [{ "name": "web", "image": "web" }],
    });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let item: TaskDefinitionItem = serde_json::from_value(whole).unwrap();
    let (arn, definition) = item.with_tags(Vec::new());
    assert_eq!(arn.resource(), "task-definition/web:3");
    definition
}

fn kind(volume: &Value) -> VolumeKind {
    let mut volume = volume.clone();
    volume["name"] = "data".into();
    definition(json!({ "volumes": [volume] })).volumes.remove(0).kind
}

#[test]
fn each_kind_of_volume_is_told() {
    let host = |path: &str, in_driver_options| VolumeKind::Host(BindMount { path: path.to_owned(), in_driver_options });
    assert_eq!(kind(&json!({})), VolumeKind::Scratch);
    assert_eq!(kind(&json!({ "host": {} })), VolumeKind::Scratch);
    assert_eq!(kind(&json!({ "host": { "sourcePath": "" } })), VolumeKind::Scratch);
    assert_eq!(kind(&json!({ "host": { "sourcePath": "/var/run" } })), host("/var/run", false));
    assert_eq!(kind(&json!({ "configuredAtLaunch": true, "host": {} })), VolumeKind::AtLaunch);
    let docker = |options: Value| json!({ "dockerVolumeConfiguration": { "scope": "shared", "driverOpts": options } });
    let bind = docker(json!({ "type": "none", "o": "rw,bind", "device": "/etc" }));
    assert_eq!(kind(&bind), host("/etc", true));
    let nfs = docker(json!({ "type": "nfs", "o": "addr=10.0.0.1,rw", "device": ":/data" }));
    assert_eq!(kind(&nfs), VolumeKind::Docker { is_shared: true });
    assert_eq!(
        kind(&json!({ "dockerVolumeConfiguration": { "scope": "task" } })),
        VolumeKind::Docker { is_shared: false }
    );
    let fsx = json!({ "fileSystemId": "fs-1", "rootDirectory": "share",
        "authorizationConfig": { "credentialsParameter": "arn:aws:ssm:eu-west-1:1:parameter/fsx", "domain": "shop" } });
    let credentials = Some("arn:aws:ssm:eu-west-1:1:parameter/fsx".to_owned());
    assert_eq!(kind(&json!({ "fsxWindowsFileServerVolumeConfiguration": fsx })), VolumeKind::Fsx { credentials });
    let files = json!({ "fileSystemArn": "arn:aws:s3files:eu-west-1:1:file-system/fs-1" });
    let file_system = "arn:aws:s3files:eu-west-1:1:file-system/fs-1".to_owned();
    assert_eq!(kind(&json!({ "s3filesVolumeConfiguration": files })), VolumeKind::S3Files { file_system });
    let new = json!({ "tapeVolumeConfiguration": { "drive": 1 } });
    assert_eq!(kind(&new), VolumeKind::Other("tapeVolumeConfiguration".to_owned()));
}

#[test]
fn efs_is_in_clear_text_unless_it_says_otherwise() {
    let plain = EfsVolume { file_system: "fs-1".to_owned(), root: Some("/".to_owned()), ..EfsVolume::default() };
    let said = json!({ "fileSystemId": "fs-1", "rootDirectory": "/" });
    assert_eq!(kind(&json!({ "efsVolumeConfiguration": said })), VolumeKind::Efs(plain));
    let guarded = json!({ "fileSystemId": "fs-1", "transitEncryption": "ENABLED",
        "authorizationConfig": { "accessPointId": "fsap-1", "iam": "ENABLED" } });
    let expected = EfsVolume {
        file_system: "fs-1".to_owned(),
        root: None,
        encrypts_transit: true,
        uses_iam: true,
        access_point: Some("fsap-1".to_owned()),
    };
    assert_eq!(kind(&json!({ "efsVolumeConfiguration": guarded })), VolumeKind::Efs(expected));
}

#[test]
fn a_definition_says_what_holds_for_the_whole_task() {
    let read = definition(json!({
        "networkMode": "awsvpc", "pidMode": "task", "ipcMode": "none", "cpu": "256", "memory": "512",
        "taskRoleArn": "arn:aws:iam::111122223333:role/web", "executionRoleArn": "",
        "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"],
        "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" },
        "enableFaultInjection": true, "trustedExecutionConfiguration": { "isolationMode": "ISOLATED_SANDBOX" },
        "proxyConfiguration": { "type": "APPMESH", "containerName": "envoy", "properties": [] },
        "registeredAt": 1_795_000_000.5, "revision": 3,
    }));
    assert_eq!(read.task_role, Some("arn:aws:iam::111122223333:role/web".into()));
    assert_eq!(read.execution_role, None);
    assert_eq!((read.network_mode.as_deref(), read.pid_mode.as_deref()), (Some("awsvpc"), Some("task")));
    assert_eq!((read.ipc_mode.as_deref(), read.operating_system.as_deref()), (Some("none"), Some("LINUX")));
    assert_eq!((read.requires.as_slice(), read.compatibilities.len()), (["FARGATE".to_owned()].as_slice(), 2));
    assert_eq!(read.isolation.as_deref(), Some("ISOLATED_SANDBOX"));
    assert!(read.has_memory && read.fault_injection && read.uses_app_mesh);
    let plain = definition(json!({}));
    assert!(!plain.has_memory && !plain.fault_injection && !plain.uses_app_mesh);
    assert_eq!(plain.network_mode, None);
}

#[test]
fn the_definition_of_a_daemon_has_the_same_form() {
    let arn = "arn:aws:ecs:eu-west-1:111122223333:daemon-task-definition/agent:2";
    let item: DaemonTaskDefinition = serde_json::from_value(json!({
        "daemonTaskDefinitionArn": arn, "family": "agent", "status": "ACTIVE", "pidMode": "shared", "ipcMode": "none",
        "containerDefinitions": [{ "name": "agent", "image": "agent", "privileged": true }],
        "volumes": [
            { "name": "logs", "logDriverVolumeConfiguration": { "driver": "fluentd" } },
            { "name": "run", "host": { "sourcePath": "/run" } },
        ],
    }))
    .unwrap();
    let (found, read): (Arn, TaskDefinition) = item.into();
    assert_eq!(found.as_str(), arn);
    assert_eq!((read.pid_mode.as_deref(), read.containers[0].privileged), (Some("shared"), true));
    assert_eq!(read.volumes[0].kind, VolumeKind::Other("logDriverVolumeConfiguration".to_owned()));
    let run = BindMount { path: "/run".to_owned(), in_driver_options: false };
    assert_eq!(read.volumes[1].kind, VolumeKind::Host(run));
}
