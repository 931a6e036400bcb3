//! A task definition in a file, before it is registered.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use palisade_model::ecs::{Definition, Origin, TaskDefinition};
use palisade_model::{Action, Arn, Fact, Inventory, Listing, Place, RegionName};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::convert::definition::TaskDefinitionItem;
use super::convert::tags::Tag;
use crate::alone::{HERE, LocalError, NOBODY, Owner, around};
use crate::discreet;

/// An inventory that holds the task definition of a file and nothing else. The file is what RegisterTaskDefinition takes or
/// DescribeTaskDefinition answers, in JSON.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>
pub fn collect_task_definition(file: &Path) -> Result<Inventory, LocalError> {
    let text = fs::read_to_string(file)
        .map_err(|error| LocalError::new(file, format!("could not be read: {}", discreet::io(&error))))?;
    let (arn, task) = parse(&text).map_err(|why| LocalError::new(file, format!("is no task definition: {why}")))?;
    let definition = Definition { arn, origin: Origin::Planned, details: Fact::Known(Some(task)) };
    let place = Arc::new(Place { region: Some(RegionName::from(HERE)), resource: None });
    Ok(around(&Owner::here(), &place, |region| {
        region.ecs.definitions = Listing::whole(vec![definition]);
        region.ecs.settings = Fact::not_asked(Action::EcsListAccountSettings, &place);
        region.ecs.buckets = Fact::not_asked(Action::S3ListAllMyBuckets, &place);
    }))
}

fn parse(text: &str) -> Result<(Arn, TaskDefinition), String> {
    let whole: Value = serde_json::from_str(text).map_err(|error| discreet::json(&error))?;
    let mut members = match without_nulls(whole) {
        Value::Object(members) => members,
        Value::Array(_) => return Err(asked("it holds a list")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(asked("it holds no object")),
    };
    let outer_tags = members.remove("tags");
    if let Some(Value::Object(described)) = members.remove("taskDefinition") {
        members = described;
    }
    if !members.contains_key("containerDefinitions") {
        return Err(asked("it has no containerDefinitions"));
    }
    let tags = members.remove("tags").or(outer_tags).unwrap_or_else(|| Value::Array(Vec::new()));
    let tags: Vec<Tag> = read(tags, "tags")?;
    let family = members.get("family").and_then(Value::as_str).unwrap_or_default().to_owned();
    if family.is_empty() {
        return Err(asked("it has no family"));
    }
    // Which revision it will be is not known, whatever the file was made from.
    let arn = format!("arn:aws:ecs:{HERE}:{NOBODY}:task-definition/{family}");
    members.insert("taskDefinitionArn".to_owned(), arn.into());
    members.insert("status".to_owned(), "PLANNED".into());
    let item: TaskDefinitionItem = read(Value::Object(members), "")?;
    Ok(item.with_tags(tags))
}

/// What is wrong, and what is wanted.
fn asked(what: &str) -> String {
    format!("{what}; write what `aws ecs register-task-definition --cli-input-json` takes")
}

/// A part of the file; an error names the member and never its value.
fn read<T: for<'a> Deserialize<'a>>(value: Value, name: &str) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let place = if name.is_empty() { path } else { name.to_owned() };
        format!("{place}: {}", discreet::json(error.inner()))
    })
}

/// The value without members that are null, which stand for what was left out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let said = members.into_iter().filter(|(_, member)| !member.is_null());
            Value::Object(said.map(|(name, member)| (name, without_nulls(member))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_registered_and_what_is_described_are_read_alike() {
        let registered = r#"{"family": "web", "networkMode": "awsvpc", "containerDefinitions": [{"name": "app",
            "image": "nginx", "privileged": null, "user": "1000"}], "taskRoleArn": null, "memory": "512"}"#;
        let described = r#"{"taskDefinition": {"family": "web", "revision": 4, "status": "ACTIVE", "memory": "512",
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:4", "networkMode": "awsvpc",
            "containerDefinitions": [{"name": "app", "image": "nginx", "user": "1000", "cpu": 0}]}, "tags": []}"#;
        let (arn, task) = parse(registered).unwrap();
        assert_eq!(arn.resource(), "task-definition/web");
        assert_eq!(task.containers[0].user.as_deref(), Some("1000"));
        assert_eq!((arn, task), parse(described).unwrap());
    }

    #[test]
    fn what_is_none_is_told_with_its_place_and_without_its_content() {
        for (text, expected) in [
            ("{", "line 1, column 1: the text ends too early"),
            ("[]", "it holds a list"),
            ("{\"AWSTemplateFormatVersion\": \"planted\"}", "it has no containerDefinitions"),
            ("{\"containerDefinitions\": []}", "it has no family"),
            (
                r#"{"family": "web", "containerDefinitions": [{"name": "app", "command": "planted"}]}"#,
                "containerDefinitions[0].command: a value has another type than expected",
            ),
            (
                r#"{"family": "web", "containerDefinitions": [{"environment": [{"name": "KEY", "value": 4711}]}]}"#,
                "containerDefinitions[0].environment[0].value: a value has another type than expected",
            ),
        ] {
            let found = parse(text).unwrap_err();
            assert!(found.starts_with(expected), "{text}: {found}");
            assert!(!found.contains("planted") && !found.contains("4711"), "{found}");
        }
    }
}
