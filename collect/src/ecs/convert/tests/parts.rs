//! Clusters, tasks, machines, daemons and gateways.

use palisade_model::Arn;
use palisade_model::ecs::{
    CapacityProvider, ClusterDetails, DaemonDetails, DaemonRevision, ExecLogging, GatewayDetails, InstanceDetails,
    LaunchType, PortBinding, ProviderKind, TaskDetails,
};
use serde_json::{Value, json};

use crate::ecs::convert::cluster::ClusterItem;
use crate::ecs::convert::daemon::{DaemonItem, DaemonRevisionItem};
use crate::ecs::convert::gateway::GatewayItem;
use crate::ecs::convert::instance::{CapacityProviderItem, ContainerInstanceItem};
use crate::ecs::convert::task::TaskItem;

fn cluster(members: Value) -> ClusterDetails {
    let mut whole = json!({ "clusterArn": "arn:aws:ecs:eu-west-1:1:cluster/shop", "clusterName": "shop",
        "status": "ACTIVE", "registeredContainerInstancesCount": 3 });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let (_, details) = serde_json::from_value::<ClusterItem>(whole).unwrap().into();
    details
}

fn exec(logging: &str, logs: Value) -> ExecLogging {
    let exec = json!({ "logging": logging, "logConfiguration": logs });
    cluster(json!({ "configuration": { "executeCommandConfiguration": exec } })).exec.logging
}

#[test]
fn a_cluster_says_how_sessions_are_logged() {
    assert_eq!(cluster(json!({})).exec.logging, ExecLogging::Default);
    assert_eq!(exec("NONE", json!({})), ExecLogging::None);
    assert_eq!(exec("SOON", json!({})), ExecLogging::Other("SOON".to_owned()));
    let logs = json!({ "cloudWatchLogGroupName": "/exec", "cloudWatchEncryptionEnabled": true, "s3BucketName": "exec",
        "s3KeyPrefix": "shop" });
    let places =
        ExecLogging::Override { group: Some(("/exec".to_owned(), true)), bucket: Some(("exec".to_owned(), false)) };
    assert_eq!(exec("OVERRIDE", logs), places);
}

#[test]
fn a_cluster_names_its_keys_and_providers() {
    let read = cluster(json!({
        "configuration": { "managedStorageConfiguration": {
            "kmsKeyId": "arn:key/volumes", "fargateEphemeralStorageKmsKeyId": "arn:key/fargate",
        } },
        "settings": [{ "name": "containerInsights", "value": "enhanced" }],
        "capacityProviders": ["FARGATE", "spot"], "serviceConnectDefaults": { "namespace": "arn:namespace" },
        "defaultCapacityProviderStrategy": [{ "capacityProvider": "spot", "weight": 1, "base": 0 }],
    }));
    assert_eq!(
        (read.volume_key.as_deref(), read.fargate_storage_key.as_deref()),
        (Some("arn:key/volumes"), Some("arn:key/fargate"))
    );
    assert_eq!((read.container_insights.as_deref(), read.registered_instances), (Some("enhanced"), 3));
    assert_eq!((read.capacity_providers.len(), read.default_providers.as_slice()), (2, ["spot".to_owned()].as_slice()));
    assert_eq!(read.connect_namespace.as_deref(), Some("arn:namespace"));
}

fn task(members: Value) -> TaskDetails {
    let mut whole = json!({ "taskArn": "arn:aws:ecs:eu-west-1:1:task/shop/1", "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING", "taskDefinitionArn": "arn:aws:ecs:eu-west-1:1:task-definition/web:3" });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let (_, details): (Arn, _) = serde_json::from_value::<TaskItem>(whole).unwrap().into();
    details
}

#[test]
fn a_task_is_read_whole() {
    let read = task(json!({
        "group": "service:web", "startedBy": "ecs-svc/1", "launchType": "FARGATE", "platformVersion": "1.4.0",
        "capacityProviderName": "FARGATE_SPOT", "platformFamily": "Linux", "enableExecuteCommand": true,
        "overrides": { "containerOverrides": [{ "name": "web" }], "inferenceAcceleratorOverrides": [] },
        "containers": [{
            "name": "web", "image": "web:1", "imageDigest": "sha256:ab", "lastStatus": "RUNNING",
            "networkBindings": [
                { "bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp" },
                { "bindIP": "::", "containerPortRange": "5000-5001", "hostPortRange": "49152-49153", "protocol": "udp" },
            ],
            "networkInterfaces": [{ "privateIpv4Address": "10.0.0.7", "ipv6Address": "2001:db8::7" }],
        }],
        "attachments": [
            { "id": "1", "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": [
                { "name": "subnetId", "value": "subnet-1" }, { "name": "networkInterfaceId", "value": "eni-1" },
            ] },
            { "id": "2", "type": "AmazonElasticBlockStorage", "details": [{ "name": "volumeId", "value": "vol-1" }] },
        ],
        "fargateEphemeralStorage": { "sizeInGiB": 20, "kmsKeyId": "arn:key" },
        "trustedExecutionSummary": { "isolationMode": "SHARED" }, "startedAt": 1_795_000_000.25,
    }));
    assert_eq!((read.service(), read.started_by.as_deref()), (Some("web"), Some("ecs-svc/1")));
    assert_eq!(read.launch_type, Some(LaunchType::Fargate));
    assert_eq!(
        (read.interfaces.as_slice(), read.storage_key.as_deref()),
        (["eni-1".to_owned()].as_slice(), Some("arn:key"))
    );
    assert_eq!((read.isolation.as_deref(), read.is_stopped), (Some("SHARED"), false));
    assert!(read.exec && read.overrides.is_empty() && read.has_ipv6_address);
    assert!(!task(json!({ "containers": [{ "name": "web", "networkInterfaces": [{}] }] })).has_ipv6_address);
    let port = |address: &str, host, is_udp| PortBinding { address: address.to_owned(), host, is_udp };
    let bindings = [port("0.0.0.0", 32768, false), port("::", 49152, true), port("::", 49153, true)];
    assert_eq!(read.containers[0].bindings, bindings);
    assert_eq!(read.containers[0].digest.as_deref(), Some("sha256:ab"));
    assert_eq!(read.started_at.map(jiff::Timestamp::as_second), Some(1_795_000_000));
}

#[test]
fn a_task_that_is_to_stop_has_stopped_and_one_that_waits_has_not() {
    assert!(task(json!({ "desiredStatus": "STOPPED" })).is_stopped);
    assert!(task(json!({ "lastStatus": "STOPPED" })).is_stopped);
    assert!(!task(json!({ "lastStatus": "PENDING" })).is_stopped);
}

#[test]
fn a_machine_outside_of_ec2_is_no_instance() {
    let of = |id: &str| -> InstanceDetails {
        let attributes =
            json!([{ "name": "ecs.ami-id", "value": "ami-1" }, { "name": InstanceDetails::BLOCKS_METADATA }]);
        let item = json!({ "containerInstanceArn": "arn:1", "ec2InstanceId": id, "status": "ACTIVE",
            "agentConnected": true, "versionInfo": { "agentVersion": "1.105.1" }, "attributes": attributes });
        let (_, details): (Arn, _) = serde_json::from_value::<ContainerInstanceItem>(item).unwrap().into();
        details
    };
    let read = of("i-0a1b2c3d4e5f60718");
    assert_eq!(read.instance.as_deref(), Some("i-0a1b2c3d4e5f60718"));
    assert!(read.has(InstanceDetails::BLOCKS_METADATA) && read.agent_connected);
    assert_eq!(read.agent_version.as_deref(), Some("1.105.1"));
    assert_eq!(of("mi-0a1b2c3d4e5f60718").instance, None);
}

#[test]
fn capacity_providers_are_told_apart() {
    let of = |members: Value| {
        let mut whole = json!({ "capacityProviderArn": "arn:p", "name": "p", "status": "ACTIVE" });
        whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        CapacityProvider::from(serde_json::from_value::<CapacityProviderItem>(whole).unwrap()).kind
    };
    let group = json!({ "autoScalingGroupArn": "arn:asg", "managedTerminationProtection": "ENABLED" });
    let expected = ProviderKind::AutoScaling { group: Some("arn:asg".to_owned()), termination_protection: true };
    assert_eq!(of(json!({ "type": "EC2_AUTOSCALING", "autoScalingGroupProvider": group })), expected);
    let managed = json!({ "infrastructureRoleArn": "arn:role",
        "instanceLaunchTemplate": { "ec2InstanceProfileArn": "arn:profile" } });
    let expected = ProviderKind::ManagedInstances {
        infrastructure_role: Some("arn:role".into()),
        instance_profile: Some("arn:profile".to_owned()),
    };
    assert_eq!(of(json!({ "managedInstancesProvider": managed })), expected);
    assert_eq!(of(json!({ "type": "FARGATE_SPOT" })), ProviderKind::Fargate);
    assert_eq!(of(json!({ "type": "QUANTUM" })), ProviderKind::Other("QUANTUM".to_owned()));
}

#[test]
fn a_daemon_names_its_revisions_and_providers() {
    let item: DaemonItem =
        serde_json::from_value(json!({ "daemonArn": "arn:d", "status": "ACTIVE", "currentRevisions": [
        { "arn": "arn:r1", "capacityProviders": [{ "arn": "arn:p", "runningCount": 3 }] },
        { "arn": "arn:r2", "capacityProviders": [{ "arn": "arn:p", "runningCount": 1 }] },
    ] }))
        .unwrap();
    let expected = DaemonDetails {
        status: "ACTIVE".to_owned(),
        revisions: vec!["arn:r1".into(), "arn:r2".into()],
        capacity_providers: vec!["arn:p".to_owned()],
    };
    assert_eq!(DaemonDetails::from(item), expected);
    let item: DaemonRevisionItem = serde_json::from_value(json!({ "daemonRevisionArn": "arn:r1",
        "daemonTaskDefinitionArn": "arn:t", "enableExecuteCommand": true }))
    .unwrap();
    let revision = DaemonRevision { arn: "arn:r1".into(), definition: "arn:t".into(), exec: true };
    assert_eq!(<(Arn, DaemonRevision)>::from(item), ("arn:r1".into(), revision));
}

#[test]
fn a_gateway_says_who_may_come_in() {
    let of = |configuration: Value| {
        let item = json!({ "gatewayArn": "arn:g", "name": "front", "status": "ACTIVE", "accessType": "PUBLIC",
            "infrastructureRoleArn": "arn:role", "configuration": configuration });
        GatewayDetails::from(serde_json::from_value::<GatewayItem>(item).unwrap())
    };
    let plain = GatewayDetails {
        access: "PUBLIC".to_owned(),
        web_acl: None,
        security_group: None,
        desync_mode: None,
        has_access_logs: false,
        role: Some("arn:role".into()),
    };
    assert_eq!(of(json!({})), plain);
    let guarded = of(json!({ "hostSharedAlb": {
        "networkConfiguration": { "inboundSecurityGroup": "sg-1", "subnets": ["subnet-1"] },
        "accessLogs": { "destination": { "s3": { "bucket": "logs" } } }, "webACLArn": "arn:acl", "httpDesync": "strictest",
    } }));
    let expected = GatewayDetails {
        web_acl: Some("arn:acl".into()),
        security_group: Some("sg-1".to_owned()),
        desync_mode: Some("strictest".to_owned()),
        has_access_logs: true,
        ..plain
    };
    assert_eq!(guarded, expected);
}
