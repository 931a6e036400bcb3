//! What is said in place of definitions.

use palisade_model::ecs::{ContainerOverride, Overrides};
use palisade_model::secret::Class;
use serde_json::{Value, json};

use super::PASSWORD;
use crate::ecs::convert::overrides::{of_task, overrides};

fn kept(value: &Value) -> Overrides {
    let read = overrides(value);
    assert!(!serde_json::to_string(&read).unwrap().contains(PASSWORD));
    read
}

#[test]
fn both_spellings_are_read() {
    let small = json!({
        "containerOverrides": [{
            "name": "web", "command": ["serve", format!("--db-password={PASSWORD}")],
            "environment": [{ "name": "DB_PASSWORD", "value": PASSWORD }, { "name": "STAGE", "value": "live" }],
            "environmentFiles": [{ "value": "arn:aws:s3:::settings/web.env", "type": "s3" }],
        }],
        "taskRoleArn": "arn:aws:iam::111122223333:role/batch",
        "executionRoleArn": "arn:aws:iam::111122223333:role/start",
    });
    let large = json!({
        "ContainerOverrides": [{
            "Name": "web", "Command": ["serve", format!("--db-password={PASSWORD}")],
            "Environment": [{ "Name": "DB_PASSWORD", "Value": PASSWORD }, { "Name": "STAGE", "Value": "live" }],
            "EnvironmentFiles": [{ "Value": "arn:aws:s3:::settings/web.env", "Type": "s3" }],
        }],
        "TaskRoleArn": "arn:aws:iam::111122223333:role/batch",
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/start",
    });
    let read = kept(&small);
    assert_eq!(read, kept(&large));
    assert_eq!(read.task_role, Some("arn:aws:iam::111122223333:role/batch".into()));
    assert_eq!(read.execution_role, Some("arn:aws:iam::111122223333:role/start".into()));
    assert_eq!(read.dynamic, Vec::<String>::new());
    let [container] = read.containers.as_slice() else { panic!("{read:?}") };
    assert_eq!((container.name.as_deref(), container.has_command), (Some("web"), true));
    assert_eq!(container.texts.iter().map(|text| text.secret).collect::<Vec<_>>(), [Class::Named]);
    let classes: Vec<_> = container.environment.iter().map(|one| (one.name.as_str(), one.secret)).collect();
    assert_eq!(classes, [("DB_PASSWORD", Some(Class::Named)), ("STAGE", None)]);
    assert_eq!(container.environment_files, ["arn:aws:s3:::settings/web.env"]);
}

#[test]
fn containers_that_say_nothing_are_left_out() {
    let nothing = json!({ "containerOverrides": [{ "name": "web" }, { "name": "agent", "cpu": 256 }],
        "inferenceAcceleratorOverrides": [], "taskRoleArn": null });
    assert!(overrides(&nothing).is_empty());
    assert!(overrides(&json!({})).is_empty());
    assert!(of_task(&Value::Null).is_empty());
}

#[test]
fn what_an_event_brings_is_named_and_not_judged() {
    for (value, named) in [
        (json!({ "TaskRoleArn": "$.detail.role" }), "Overrides.TaskRoleArn"),
        (json!({ "TaskRoleArn.$": "$.role" }), "Overrides.TaskRoleArn"),
        (json!({ "ExecutionRoleArn": "{% $states.input.role %}" }), "Overrides.ExecutionRoleArn"),
        (json!({ "taskRoleArn": "arn:aws:iam::111122223333:role/<role>" }), "Overrides.TaskRoleArn"),
        (json!({ "ContainerOverrides.$": "$.containers" }), "Overrides.ContainerOverrides"),
        (json!("{% $states.input.overrides %}"), "Overrides"),
        (json!({ "ContainerOverrides": [{ "Name.$": "$.name" }] }), "Overrides.ContainerOverrides[0].Name"),
        (
            json!({ "ContainerOverrides": [{ "Name": "web", "Command.$": "$.words" }] }),
            "Overrides.ContainerOverrides[web].Command",
        ),
        (
            json!({ "ContainerOverrides": [{ "Name": "web", "Command": ["run", "<file>"] }] }),
            "Overrides.ContainerOverrides[web].Command[1]",
        ),
        (
            json!({ "ContainerOverrides": [{ "Name": "web", "Environment": [{ "Name": "TOKEN", "Value.$": "$$.Task.Token" }] }] }),
            "Overrides.ContainerOverrides[web].Environment[TOKEN]",
        ),
        (
            json!({ "containerOverrides": [{ "name": "web", "environmentFiles": [{ "value": "<file>", "type": "s3" }] }] }),
            "Overrides.ContainerOverrides[web].EnvironmentFiles[0]",
        ),
    ] {
        let read = overrides(&value);
        assert_eq!(read.dynamic, [named], "{value}");
        assert_eq!((read.task_role, read.execution_role), (None, None), "{value}");
        let secrets = read.containers.iter().flat_map(|one| &one.environment).filter(|one| one.secret.is_some());
        assert_eq!(secrets.count(), 0, "{value}");
    }
    let command = overrides(&json!({ "ContainerOverrides": [{ "Name": "web", "Command.$": "$.words" }] }));
    let expected = ContainerOverride { name: Some("web".to_owned()), has_command: true, ..Default::default() };
    assert_eq!(command.containers, [expected]);
}

#[test]
fn what_is_written_around_a_placeholder_is_judged() {
    let value = format!("postgres://shop:{PASSWORD}@db.internal/<tenant>");
    let variable = json!({ "name": "DATABASE_URL", "value": value });
    let read = kept(&json!({ "containerOverrides": [{ "name": "web", "environment": [variable] }] }));
    assert_eq!(read.dynamic, ["Overrides.ContainerOverrides[web].Environment[DATABASE_URL]"]);
    assert!(read.containers[0].environment[0].secret.is_some());
}

#[test]
fn in_a_task_that_was_started_nothing_is_filled_in_any_more() {
    let started = json!({ "taskRoleArn": "arn:aws:iam::111122223333:role/<x>",
        "containerOverrides": [{ "name": "web", "environment": [{ "name": "DB_PASSWORD", "value": "$.Tr0ub4dor-3" }] }] });
    let read = of_task(&started);
    assert_eq!(read.dynamic, Vec::<String>::new());
    assert!(read.task_role.is_some());
    assert_eq!(read.containers[0].environment[0].secret, Some(Class::Named));
}
