//! Services, their stages and their revisions.

use palisade_model::ecs::{
    Controller, Deployment, Express, ImageOfRevision, LaunchChoice, LaunchType, Placement, ServiceConnect,
    ServiceRevision, ServiceTarget, Stage,
};
use palisade_model::{Arn, Switch};
use serde_json::{Value, json};

use crate::ecs::convert::revision::{ExpressItem, ServiceRevisionItem};
use crate::ecs::convert::service::{ServiceItem, ServiceShape};

const SERVICE: &str = "arn:aws:ecs:eu-west-1:111122223333:service/shop/web";

fn service(members: Value) -> ServiceItem {
    let mut whole = json!({ "serviceArn": SERVICE, "serviceName": "web", "status": "ACTIVE", "desiredCount": 2,
        "runningCount": 1, "pendingCount": 1, "events": [{ "id": "1", "createdAt": 1_795_000_000.1, "message": "steady" }] });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let shape: ServiceShape = serde_json::from_value(whole).unwrap();
    let (arn, item) = shape.into();
    assert_eq!(arn, Arn::from(SERVICE));
    item
}

fn deployment(members: Value) -> Deployment {
    let mut whole = json!({ "id": "ecs-svc/1", "status": "PRIMARY", "desiredCount": 2, "runningCount": 1,
        "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3" });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    service(json!({ "deployments": [whole] })).details.deployments.remove(0)
}

#[test]
fn a_service_is_read_whole() {
    let read = service(json!({
        "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3", "launchType": "FARGATE",
        "platformVersion": "1.4.0", "platformFamily": "Linux", "schedulingStrategy": "REPLICA",
        "deploymentController": { "type": "CODE_DEPLOY" }, "enableExecuteCommand": true,
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": { "enable": true, "rollback": true },
            "alarms": { "alarmNames": ["down"], "enable": true, "rollback": false },
        },
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED",
        } },
        "loadBalancers": [{
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/blue/1", "containerName": "web",
            "containerPort": 8080,
            "advancedConfiguration": { "alternateTargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/green/2" },
        }],
        "currentServiceRevisions": [{ "arn": "arn:aws:ecs:eu-west-1:1:service-revision/shop/web/1", "runningTaskCount": 1 }],
        "resourceManagementType": "ECS", "tags": [{ "key": "team", "value": "shop" }, { "key": "empty" }],
    }));
    assert_eq!(read.revisions, ["arn:aws:ecs:eu-west-1:1:service-revision/shop/web/1".into()]);
    let details = read.details;
    let launch = LaunchChoice {
        launch_type: Some(LaunchType::Fargate),
        providers: Vec::new(),
        platform_version: Some("1.4.0".to_owned()),
        platform_family: Some("Linux".to_owned()),
    };
    assert_eq!(details.launch, launch);
    let place = Placement {
        subnets: vec!["subnet-1".to_owned()],
        security_groups: vec!["sg-1".to_owned()],
        assigns_public_address: true,
    };
    assert_eq!(details.network, Some(place));
    let target = |name: &str| ServiceTarget {
        group: Some(Arn::from(format!("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{name}"))),
        classic: None,
        container: Some("web".to_owned()),
        port: Some(8080),
    };
    assert_eq!(details.targets, [target("blue/1"), target("green/2")]);
    assert_eq!((details.controller, details.circuit_breaker), (Controller::CodeDeploy, Some(true)));
    assert!(details.has_alarms && details.exec && details.is_express && !details.is_daemon);
    assert_eq!(details.tags.get("empty").map(String::as_str), Some(""));
}

#[test]
fn words_that_are_not_known_keep_their_place() {
    let read = service(json!({ "launchType": "MOON", "deploymentController": { "type": "FLUX" },
        "capacityProviderStrategy": [{ "capacityProvider": "spot", "weight": 1, "base": 0 }] }));
    assert_eq!(read.details.launch.launch_type, Some(LaunchType::Other("MOON".to_owned())));
    assert_eq!(read.details.launch.providers, ["spot"]);
    assert_eq!(read.details.controller, Controller::Other("FLUX".to_owned()));
    assert_eq!(deployment(json!({ "status": "INACTIVE" })).stage, Stage::Other("INACTIVE".to_owned()));
    assert_eq!(service(json!({})).details.controller, Controller::Ecs);
}

#[test]
fn deployments_and_task_sets_are_stages() {
    let task_set = json!({ "id": "ecs-svc/2", "taskSetArn": "arn:aws:ecs:eu-west-1:1:task-set/shop/web/2",
        "status": "ACTIVE", "taskDefinition": "arn:aws:ecs:eu-west-1:1:task-definition/web:4", "launchType": "EC2",
        "computedDesiredCount": 1, "runningCount": 0,
        "loadBalancers": [{ "loadBalancerName": "classic", "containerName": "web", "containerPort": 80 }] });
    let details = service(json!({ "deployments": [], "taskSets": [task_set] })).details;
    let [stage] = details.deployments.as_slice() else { panic!("{details:?}") };
    assert_eq!((stage.id.as_str(), &stage.stage), ("arn:aws:ecs:eu-west-1:1:task-set/shop/web/2", &Stage::Active));
    assert!(stage.runs());
    assert_eq!(stage.targets[0].classic.as_deref(), Some("classic"));
    assert_eq!(details.running_definitions(), [&Arn::from("arn:aws:ecs:eu-west-1:1:task-definition/web:4")]);
}

#[test]
fn a_deployment_says_what_its_tasks_share() {
    let read = deployment(json!({
        "volumeConfigurations": [
            { "name": "data", "managedEBSVolume": { "encrypted": false, "roleArn": "arn:aws:iam::1:role/ebs", "sizeInGiB": 20 } },
        ],
        "serviceConnectConfiguration": {
            "enabled": true, "namespace": "shop",
            "services": [
                { "portName": "web", "tls": {
                    "issuerCertificateAuthority": { "awsPcaAuthorityArn": "arn:aws:acm-pca:eu-west-1:1:certificate-authority/1" },
                    "roleArn": "arn:aws:iam::1:role/tls",
                } },
                { "portName": "metrics", "clientAliases": [{ "port": 9090 }] },
            ],
            "logConfiguration": { "logDriver": "awslogs", "options": {} },
            "accessLogConfiguration": { "format": "JSON", "includeQueryParameters": "ENABLED" },
        },
    }));
    assert_eq!((read.volumes[0].name.as_str(), read.volumes[0].encrypted), ("data", Some(false)));
    let connect = ServiceConnect {
        enabled: true,
        namespace: Some("shop".to_owned()),
        services: vec![("web".to_owned(), true), ("metrics".to_owned(), false)],
        roles: vec!["arn:aws:iam::1:role/tls".into()],
        logs_queries: true,
    };
    assert_eq!(read.connect, Some(connect));
    assert_eq!(deployment(json!({})).network, None);
}

#[test]
fn revisions_tell_digests_and_monitoring() {
    let of = |members: Value| -> (Arn, ServiceRevision) {
        let mut whole = json!({ "serviceRevisionArn": "arn:1", "createdAt": 1_795_000_000 });
        whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::from_value::<ServiceRevisionItem>(whole).unwrap().into()
    };
    let (arn, read) = of(json!({ "guardDutyEnabled": false, "taskDefinition": "arn:web:3", "containerImages": [
        { "containerName": "web", "image": "web:1", "imageDigest": "sha256:ab" },
        { "containerName": "agent", "image": "agent:1" },
    ] }));
    assert_eq!((arn, read.guard_duty, read.definition), ("arn:1".into(), Some(Switch::Off), Some("arn:web:3".into())));
    let image = |container: &str, digest: Option<&str>| ImageOfRevision {
        container: container.to_owned(),
        image: format!("{container}:1"),
        digest: digest.map(str::to_owned),
    };
    assert_eq!(read.images, [image("web", Some("sha256:ab")), image("agent", None)]);
    assert_eq!(of(json!({})).1.guard_duty, None);
}

#[test]
fn the_ways_into_an_express_service_are_told_once() {
    let path = json!({ "accessType": "PUBLIC", "endpoint": "web.ecs.eu-west-1.on.aws" });
    let environment = json!([{ "name": "TOKEN", "value": "not kept" }]);
    let item: ExpressItem = serde_json::from_value(json!({ "serviceArn": SERVICE, "activeConfigurations": [
        { "ingressPaths": [path], "primaryContainer": { "image": "web", "environment": environment } },
        { "ingressPaths": [path] },
    ] }))
    .unwrap();
    let ways_in = vec![("PUBLIC".to_owned(), "web.ecs.eu-west-1.on.aws".to_owned())];
    assert_eq!(Express::from(item), Express { ways_in });
}
