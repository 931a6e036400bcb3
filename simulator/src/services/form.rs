//! Parts of account files in the API's own form: what is short in them is completed.

use serde_json::{Map, Value};

use super::Ask;
use crate::account::Form;

/// Members that hold the ARN of a role, which the file may give by name.
const ROLES: [&str; 10] = [
    "RoleArn",
    "roleArn",
    "TaskRoleArn",
    "taskRoleArn",
    "ExecutionRoleArn",
    "executionRoleArn",
    "JobRoleArn",
    "jobRoleArn",
    "RoleARN",
    "ServiceRoleArn",
];

/// Members that hold JSON as text, which the file may give as a map.
const TEXTS: [&str; 2] = ["Input", "InputTemplate"];

/// Services whose ARNs may be short: other text with a colon is something else, such as `family:3`.
const SERVICES: [&str; 14] = [
    "acm",
    "batch",
    "dynamodb",
    "ecs",
    "events",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "states",
];

impl Ask<'_> {
    /// A part in the API's own form with full ARNs.
    pub(super) fn form(&self, form: &Form) -> Value {
        let completed = |(name, value): (&String, &Value)| (name.clone(), self.member(name, value));
        Value::Object(form.iter().map(completed).collect::<Map<_, _>>())
    }

    fn member(&self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(form) if TEXTS.contains(&name) => Value::String(self.form(form).to_string()),
            Value::Object(form) => self.form(form),
            Value::Array(values) => values.iter().map(|value| self.member(name, value)).collect(),
            Value::String(text) if ROLES.contains(&name) => self.role(text).into(),
            Value::String(text) if name == "TargetGroupArn" => {
                self.world.account.target_group_arn(self.region, text).into()
            }
            Value::String(text) if name.ends_with("Arn") => self.short_arn(text).into(),
            other => other.clone(),
        }
    }

    /// The ARN of a role by name; a path into an event, or an expression, stays as it is.
    fn role(&self, text: &str) -> String {
        if text.starts_with(['$', '{']) { text.to_owned() } else { self.world.role_arn(text) }
    }

    /// Completes `ecs:cluster/shop`, and leaves alone what is no ARN.
    pub(super) fn short_arn(&self, text: &str) -> String {
        match text.split_once(':') {
            Some((service, _)) if SERVICES.contains(&service) => self.world.account.complete_arn(text, self.region),
            _ => text.to_owned(),
        }
    }

    /// A document: a map as JSON with full ARNs, or text as it stands.
    pub(super) fn document(&self, document: &Value) -> String {
        match document {
            Value::Object(form) => self.form(form).to_string(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}
