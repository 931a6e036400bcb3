//! A policy document in an account file.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A policy document: a YAML map, or a string that is served as it stands (to try what cannot be parsed).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn new(value: Value) -> Document {
        Document(value)
    }

    /// The document's JSON text, with what AWS's own tools fill in: `Version`, and `Effect: Allow`.
    pub(crate) fn text(&self) -> String {
        self.complete(None)
    }

    /// The text of a resource policy: an absent `Id` is `default`, an absent `Resource` the thing it is attached to.
    pub(crate) fn text_on(&self, resource: &str) -> String {
        self.complete(Some(resource))
    }

    fn complete(&self, resource: Option<&str>) -> String {
        let Value::Object(members) = &self.0 else {
            return match &self.0 {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
        };
        let mut members = members.clone();
        let version = members.remove("Version").unwrap_or_else(|| "2012-10-17".into());
        let id = members.remove("Id").or_else(|| resource.map(|_| "default".into()));
        let statement = members.remove("Statement").map(|statement| statements(statement, resource));
        // Written in the order in which AWS writes them: the map type of JSON values sorts its keys.
        let ordered = [("Version", Some(version)), ("Id", id), ("Statement", statement)];
        let mut parts: Vec<String> = ordered
            .into_iter()
            .filter_map(|(name, value)| value.filter(|value| !value.is_null()).map(|value| (name, value)))
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        parts.extend(members.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))));
        format!("{{{}}}", parts.join(","))
    }
}

fn statements(statement: Value, resource: Option<&str>) -> Value {
    match statement {
        Value::Array(list) => list.into_iter().map(|one| one_statement(one, resource)).collect(),
        one => one_statement(one, resource),
    }
}

fn one_statement(statement: Value, resource: Option<&str>) -> Value {
    let Value::Object(mut members) = statement else {
        return statement;
    };
    fill(&mut members, &["Effect"], "Allow");
    if let Some(resource) = resource {
        fill(&mut members, &["Resource", "NotResource"], resource);
    }
    members.retain(|_, value| !value.is_null());
    Value::Object(members)
}

/// Sets the first of `names` unless one of them is there; `null` in the file keeps it out.
fn fill(members: &mut Map<String, Value>, names: &[&str], value: &str) {
    if !names.iter().any(|name| members.contains_key(*name)) {
        members.insert(names[0].to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_out_is_filled_in() {
        let document = Document::new(json!({"Statement": [{"Principal": "*", "Action": "lambda:InvokeFunction"}]}));
        assert_eq!(
            document.text_on("arn:f"),
            r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Action":"lambda:InvokeFunction","Effect":"Allow","Principal":"*","Resource":"arn:f"}]}"#
        );
    }

    #[test]
    fn null_keeps_a_member_out() {
        let document = Document::new(json!({"Version": null, "Statement": {"Effect": null, "Action": "s3:*"}}));
        assert_eq!(document.text(), r#"{"Statement":{"Action":"s3:*"}}"#);
    }

    #[test]
    fn text_is_served_as_it_stands() {
        assert_eq!(Document::new(json!("{not json")).text(), "{not json");
    }
}
