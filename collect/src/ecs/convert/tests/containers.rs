//! Containers of definitions.

use std::collections::BTreeMap;

use palisade_model::ecs::{Container, FirelensRouter, Log, Mount, PortMapping, SecretReference};
use palisade_model::secret::Class;
use serde_json::{Value, json};

use super::PASSWORD;
use crate::ecs::convert::container::containers;

fn container(value: Value) -> Container {
    let mut all = containers(&json!([value]));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The places and kinds of secrets; nothing of the secret itself may be kept.
fn secrets(value: Value) -> Vec<(String, Class)> {
    let container = container(value);
    assert!(!serde_json::to_string(&container).unwrap().contains(PASSWORD));
    container.texts.into_iter().map(|text| (text.place, text.secret)).collect()
}

#[test]
fn every_setting_has_its_place() {
    let read = container(json!({
        "name": "web", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:7", "cpu": 256, "memory": 512,
        "essential": false, "user": "1000:1000", "privileged": true, "readonlyRootFilesystem": true,
        "linuxParameters": {
            "capabilities": { "add": ["CAP_NET_ADMIN", "SYS_PTRACE"], "drop": ["ALL"] },
            "devices": [{ "hostPath": "/dev/fuse", "containerPath": "/dev/fuse", "permissions": ["read"] }],
            "initProcessEnabled": true, "sharedMemorySize": 64, "tmpfs": [{ "containerPath": "/tmp", "size": 16 }],
        },
        "pseudoTerminal": true, "dockerSecurityOptions": ["no-new-privileges"],
        "ulimits": [{ "name": "nofile", "softLimit": 1024, "hardLimit": 4096 }],
        "systemControls": [{ "namespace": "net.core.somaxconn", "value": "1024" }],
        "environmentFiles": [{ "value": "arn:aws:s3:::settings/web.env", "type": "s3" }],
        "secrets": [{ "name": "TOKEN", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/token" }],
        "mountPoints": [{ "sourceVolume": "data", "containerPath": "/data", "readOnly": true }],
        "volumesFrom": [{ "sourceContainer": "agent", "readOnly": true }],
        "portMappings": [
            { "containerPort": 8080, "hostPort": 0, "protocol": "tcp", "name": "web" },
            { "containerPortRange": "5000-5010", "protocol": "udp" },
        ],
        "repositoryCredentials": { "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub-a1b2c3" },
        "versionConsistency": "disabled",
        "healthCheck": { "command": ["CMD-SHELL", "curl -f http://localhost:8080/ || exit 1"], "interval": 30 },
        "dependsOn": [{ "containerName": "agent", "condition": "START" }],
    }));
    let expected = Container {
        name: "web".to_owned(),
        image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:7".to_owned(),
        essential: false,
        user: Some("1000:1000".to_owned()),
        privileged: true,
        read_only_root: true,
        added_capabilities: vec!["NET_ADMIN".to_owned(), "SYS_PTRACE".to_owned()],
        dropped_capabilities: vec!["ALL".to_owned()],
        devices: vec!["/dev/fuse".to_owned()],
        shared_memory: Some(64),
        has_init: true,
        is_interactive: true,
        security_options: vec!["no-new-privileges".to_owned()],
        limits: vec!["nofile".to_owned()],
        system_controls: vec![("net.core.somaxconn".to_owned(), "1024".to_owned())],
        environment_files: vec!["arn:aws:s3:::settings/web.env".to_owned()],
        secrets: vec![SecretReference {
            name: "TOKEN".to_owned(),
            from: "arn:aws:ssm:eu-west-1:111122223333:parameter/token".to_owned(),
        }],
        mounts: vec![Mount { volume: "data".to_owned(), path: "/data".to_owned(), read_only: true }],
        volumes_from: vec![("agent".to_owned(), true)],
        ports: vec![
            PortMapping { first: 8080, last: 8080, host: Some(0), is_udp: false },
            PortMapping { first: 5000, last: 5010, host: None, is_udp: true },
        ],
        registry_credentials: Some("arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub-a1b2c3".to_owned()),
        resolves_once: false,
        has_health_check: true,
        has_memory: true,
        ..Container::default()
    };
    assert_eq!(read, expected);
}

#[test]
fn what_is_not_said_is_what_aws_assumes() {
    let read = container(json!({ "name": "web", "image": "nginx", "user": "", "memoryReservation": 128 }));
    let expected = Container {
        name: "web".to_owned(),
        image: "nginx".to_owned(),
        essential: true,
        resolves_once: true,
        ..Container::default()
    };
    assert_eq!(read, expected);
    let job = json!({ "name": "job", "image": "job", "resourceRequirements": [{ "type": "MEMORY", "value": "2048" }] });
    assert!(container(job).has_memory);
    assert!(!container(json!({ "name": "a", "image": "b", "healthCheck": { "command": ["NONE"] } })).has_health_check);
}

#[test]
fn a_member_of_another_form_hides_no_other() {
    let odd = json!({ "name": "web", "image": "web", "privileged": true, "ulimits": "none", "memory": { "hard": 1 } });
    let read = container(odd);
    assert_eq!((read.name.as_str(), read.privileged, read.has_memory), ("web", true, false));
    assert_eq!(containers(&json!(null)), []);
}

#[test]
fn variables_are_classified_and_dropped() {
    let read = container(json!({ "name": "web", "image": "web", "environment": [
        { "name": "DB_PASSWORD", "value": PASSWORD },
        { "name": "DB_HOST", "value": "db.internal" },
        { "name": "DB_SECRET", "value": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3" },
    ] }));
    let classes: Vec<_> = read.environment.iter().map(|one| (one.name.as_str(), one.secret)).collect();
    assert_eq!(classes, [("DB_PASSWORD", Some(Class::Named)), ("DB_HOST", None), ("DB_SECRET", None)]);
    assert!(!serde_json::to_string(&read).unwrap().contains(PASSWORD));
}

#[test]
fn a_command_is_judged_word_by_word_and_as_a_whole() {
    let of = |entry_point: Value, command: Value| {
        secrets(json!({ "name": "a", "image": "a", "entryPoint": entry_point, "command": command }))
    };
    let in_command = vec![("command".to_owned(), Class::Named)];
    assert_eq!(of(json!([]), json!(["serve", format!("--db-password={PASSWORD}")])), in_command);
    assert_eq!(of(json!([]), json!(["serve", "--db-password", PASSWORD])), in_command);
    assert_eq!(of(json!(["sh", "-c"]), json!([format!("export DB_PASSWORD={PASSWORD}; serve")])), in_command);
    let in_entry_point = vec![("entry point".to_owned(), Class::Named)];
    assert_eq!(of(json!(["serve", format!("--db-password={PASSWORD}")]), json!([])), in_entry_point);
    assert_eq!(of(json!(["sh", "-c"]), json!(["exec serve --port 8080"])), []);
}

#[test]
fn health_checks_labels_and_options_are_judged_too() {
    let with = |name: &str, value: Value| secrets(json!({ "name": "a", "image": "a", name: value }));
    let shell = json!({ "command": ["CMD-SHELL", format!("mysqladmin ping -uroot --password={PASSWORD}")] });
    let words = json!({ "command": ["CMD", "mysqladmin", "ping", format!("--password={PASSWORD}")] });
    let in_check = vec![("health check".to_owned(), Class::Named)];
    assert_eq!(with("healthCheck", shell), in_check);
    assert_eq!(with("healthCheck", words), in_check);
    assert_eq!(with("healthCheck", json!({ "command": ["CMD-SHELL", "pg_isready -U postgres"] })), []);
    let label = json!({ "db.password": PASSWORD, "team": "shop" });
    assert_eq!(with("dockerLabels", label), [("label db.password".to_owned(), Class::Named)]);
    let log = json!({ "logDriver": "splunk", "options": { "splunk-token": "b1c2d3e4-f5a6-4b7c-8d9e-0f1a2b3c4d5e" } });
    let found = with("logConfiguration", log);
    assert_eq!(found.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>(), ["log option splunk-token"]);
    let router = json!({ "type": "fluentbit", "options": { "api_password": PASSWORD } });
    assert_eq!(with("firelensConfiguration", router), [("FireLens option api_password".to_owned(), Class::Named)]);
}

#[test]
fn of_logs_only_what_can_hold_no_secret_is_kept() {
    let read = container(json!({ "name": "a", "image": "a",
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": { "awslogs-group": "/shop/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web" },
            "secretOptions": [{ "name": "apikey", "valueFrom": "/shop/key" }],
        },
        "firelensConfiguration": {
            "type": "fluentbit",
            "options": { "config-file-type": "s3", "config-file-value": "arn:aws:s3:::settings/fluent.conf" },
        },
    }));
    let options = [("awslogs-group", "/shop/web"), ("awslogs-region", "eu-west-1")];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secrets = vec![SecretReference { name: "apikey".to_owned(), from: "/shop/key".to_owned() }];
    assert_eq!(read.log, Some(Log { driver: "awslogs".to_owned(), options: BTreeMap::from(options), secrets }));
    let configured_by = Some("arn:aws:s3:::settings/fluent.conf".to_owned());
    assert_eq!(read.router, Some(FirelensRouter { kind: "fluentbit".to_owned(), configured_by }));
    let file = json!({ "type": "fluentd", "options": { "config-file-type": "file", "config-file-value": "/a.conf" } });
    let read = container(json!({ "name": "a", "image": "a", "firelensConfiguration": file }));
    assert_eq!(read.router, Some(FirelensRouter { kind: "fluentd".to_owned(), configured_by: None }));
}
