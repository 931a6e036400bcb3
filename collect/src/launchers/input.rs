//! The text that a rule or schedule gives the tasks that it starts.

use palisade_model::ecs::{ContainerOverride, Overrides, Text};
use palisade_secrets::{in_setting, is_secret_by_form};
use serde_json::{Map, Value};

use super::target::is_brought;
use crate::ecs::convert::overrides::overrides;

/// What a text says in place of a definition: JSON of a `TaskOverride`, in which placeholders stand for what the event
/// brings. `name` is what it is called where it cannot be understood.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>
pub(super) fn of_text(text: &str, name: &str) -> Overrides {
    let (mut said, value) = if let Some(value) = parsed(text) {
        (if value.is_object() { overrides(&value) } else { Overrides::default() }, value)
    } else {
        let unknown = Overrides { dynamic: vec![name.to_owned()], ..Overrides::default() };
        (unknown, Value::String(text.to_owned()))
    };
    add(&mut said, texts(&value));
    said
}

/// A text as JSON, its placeholders `<name>` as texts.
pub(super) fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(&quoted(text)).ok()
}

/// Puts placeholders that stand outside of quotes into quotes.
fn quoted(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let (mut is_within, mut is_escaped, mut is_placeholder) = (false, false, false);
    for character in text.chars() {
        match character {
            '<' if !is_within => {
                is_placeholder = true;
                whole.push_str("\"<");
            }
            '>' if is_placeholder => {
                is_placeholder = false;
                whole.push_str(">\"");
            }
            '"' if !is_escaped && !is_placeholder => {
                is_within = !is_within;
                whole.push('"');
            }
            other => whole.push(other),
        }
        is_escaped = is_within && character == '\\' && !is_escaped;
    }
    whole
}

/// Adds texts that are of no container.
pub(super) fn add(overrides: &mut Overrides, texts: Vec<Text>) {
    if !texts.is_empty() {
        overrides.containers.push(ContainerOverride { texts, ..ContainerOverride::default() });
    }
}

/// The secrets in an input, without those in the variables and commands of containers, which are told there.
pub(super) fn texts(input: &Value) -> Vec<Text> {
    let mut found = Vec::new();
    walk("", input, &mut found);
    found
}

fn walk(key: &str, value: &Value, found: &mut Vec<Text>) {
    match value {
        Value::Object(members) => {
            let pair = pair(members);
            if let Some((name, value)) = pair {
                judge(name, value, found);
            }
            for (name, value) in members {
                if pair.is_some() && name.eq_ignore_ascii_case("value") {
                    continue;
                }
                if !name.eq_ignore_ascii_case("containerOverrides") {
                    walk(name, value, found);
                    continue;
                }
                for item in value.as_array().into_iter().flatten() {
                    container(item, found);
                }
                if !value.is_array() {
                    walk(name, value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(key, item, found)),
        Value::String(text) => judge(key, text, found),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What is said of a container, without what is told as its variables and its command.
fn container(item: &Value, found: &mut Vec<Text>) {
    let Value::Object(members) = item else { return walk("containerOverrides", item, found) };
    let is_told = |name: &str, value: &Value| {
        value.is_array() && ["environment", "command"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    for (name, value) in members.iter().filter(|(name, value)| !is_told(name, value)) {
        walk(name, value, found);
    }
}

/// A name and its value, as lists of variables, tags and parameters have them.
fn pair(members: &Map<String, Value>) -> Option<(&str, &str)> {
    let text = |wanted: &[&str]| {
        let is_wanted = |name: &str| wanted.iter().any(|one| name.eq_ignore_ascii_case(one));
        members.iter().find(|(name, _)| is_wanted(name)).and_then(|(_, value)| value.as_str())
    };
    Some((text(&["name", "key"])?, text(&["value"])?))
}

fn judge(key: &str, text: &str, found: &mut Vec<Text>) {
    if key.ends_with(".$") || is_brought(text) {
        return;
    }
    let Some(hit) = in_setting(key, text) else { return };
    let is_told = key.is_empty() || is_secret_by_form(key);
    let place = if is_told { "input".to_owned() } else { format!("input {key}") };
    if found.iter().all(|known| known.place != place || known.secret != hit.class) {
        found.push(Text { place, secret: hit.class, why: hit.why });
    }
}

#[cfg(test)]
mod tests {
    use palisade_model::secret::Class;
    use serde_json::json;

    use super::*;

    const PASSWORD: &str = "Tr0ub4dor-3xtra";

    fn places(overrides: &Overrides) -> Vec<String> {
        overrides.containers.iter().flat_map(|one| &one.texts).map(|text| text.place.clone()).collect()
    }

    #[test]
    fn placeholders_stand_with_and_without_quotes() {
        let template = r#"{"containerOverrides":[{"name":"app","environment":[{"name":"KEY","value":<key>},
            {"name":"PATH_OF","value":"s3://<bucket>/<key>"},{"name":"QUOTE","value":"a\"b<c>"}]}]}"#;
        let value = parsed(template).unwrap();
        let variables = &value["containerOverrides"][0]["environment"];
        assert_eq!((&variables[0]["value"], &variables[1]["value"]), (&json!("<key>"), &json!("s3://<bucket>/<key>")));
        assert_eq!(variables[2]["value"], "a\"b<c>");
        let said = of_text(template, "InputTemplate");
        assert_eq!(said.containers[0].environment.len(), 3);
        assert!(said.containers[0].environment.iter().all(|variable| variable.secret.is_none()));
        assert!(!said.dynamic.is_empty());
    }

    #[test]
    fn a_secret_in_a_variable_is_told_there_and_nowhere_else() {
        let input = json!({ "containerOverrides": [
            { "name": "app", "environment": [{ "name": "DB_PASSWORD", "value": PASSWORD }] },
        ] });
        let said = of_text(&input.to_string(), "Input");
        assert_eq!(said.containers.len(), 1);
        assert_eq!(said.containers[0].environment[0].secret, Some(Class::Named));
        assert!(!serde_json::to_string(&said).unwrap().contains(PASSWORD));
    }

    #[test]
    fn a_secret_anywhere_else_is_told_by_its_place() {
        for (input, place) in [
            (json!({ "db_password": PASSWORD }), "input db_password"),
            (json!({ "job": { "settings": [{ "name": "DB_PASSWORD", "value": PASSWORD }] } }), "input DB_PASSWORD"),
            (json!({ "containerOverrides": [{ "name": "app", "db_password": PASSWORD }] }), "input db_password"),
            (json!(format!("postgres://shop:{PASSWORD}@db.internal/shop")), "input"),
        ] {
            let said = of_text(&input.to_string(), "Input");
            assert_eq!(places(&said), [place], "{input}");
            assert!(!serde_json::to_string(&said).unwrap().contains(PASSWORD));
        }
    }

    #[test]
    fn what_is_no_json_is_not_known_before_and_judged_as_a_text() {
        let said = of_text("<key> and more", "InputTemplate");
        assert_eq!((said.dynamic.as_slice(), said.containers.len()), (["InputTemplate".to_owned()].as_slice(), 0));
        let said = of_text(&format!("url postgres://shop:{PASSWORD}@db.internal/shop <key>"), "InputTemplate");
        assert_eq!(places(&said), ["input"]);
    }

    #[test]
    fn what_the_event_brings_is_not_judged() {
        let input =
            json!({ "password": "<password>", "token": "$.detail.token", "secret.$": "$.s", "key": "{% $key %}" });
        assert_eq!(texts(&input), []);
    }
}
