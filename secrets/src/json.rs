//! JSON: each member is judged by its name and value.

use serde_json::Value;

use crate::class::{Hit, shown};
use crate::{command, name};

/// The longest text that is read as JSON, in bytes: what is read takes up to thirty times its room. Pairs of names and values
/// are found in longer ones too.
pub(crate) const LONGEST: usize = 256 << 10;

/// The secret in a value that is JSON. Its own reader bounds how deep objects may lie in each other.
pub(crate) fn find(name: &str, value: &str, deeper: u8) -> Option<Hit> {
    let looks_so = (value.starts_with('{') && value.ends_with('}')) || (value.starts_with('[') && value.ends_with(']'));
    let deeper = deeper.checked_sub(1)?;
    if !looks_so || value.len() > LONGEST {
        return None;
    }
    let json = serde_json::from_str(value).ok().or_else(|| serde_json::from_str(&value.replace("\\\"", "\"")).ok())?;
    in_value(name, &json, deeper).map(|hit| hit.within("in JSON"))
}

/// The secret in a value of JSON that has been read, under this name.
pub(crate) fn in_value(name: &str, value: &Value, deeper: u8) -> Option<Hit> {
    match value {
        Value::String(text) => crate::setting(name, text, deeper),
        Value::Number(number) => {
            let is_password = name::kind(name) == Some(name::Kind::Password);
            is_password.then(|| crate::setting(name, &number.to_string(), 0)).flatten()
        }
        Value::Array(items) => in_items(name, items, deeper),
        Value::Object(members) => named_pair(members, deeper).or_else(|| {
            members.iter().find_map(|(inner, value)| {
                let hit = in_value(inner, value, deeper)?;
                Some(if value.is_string() { hit.within(&format!("member {}", shown(inner))) } else { hit })
            })
        }),
        Value::Null | Value::Bool(_) => None,
    }
}

/// The items of a list: each by itself, and as the words of a command.
fn in_items(name: &str, items: &[Value], deeper: u8) -> Option<Hit> {
    let words: Vec<String> = items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect();
    let as_words = || {
        let is_command =
            words.len() == items.len() && words.iter().any(|word| word.starts_with('-') || word.contains('='));
        is_command.then(|| command::in_words(&words, deeper)).flatten()
    };
    items.iter().find_map(|item| in_value(name, item, deeper)).or_else(as_words)
}

/// `{"name": "DB_PASSWORD", "value": "…"}`, as task definitions and pods have variables.
fn named_pair(members: &serde_json::Map<String, Value>, deeper: u8) -> Option<Hit> {
    let text = |names: [&str; 4]| names.iter().find_map(|name| members.get(*name)?.as_str());
    let name = text(["name", "Name", "key", "Key"])?;
    let value = text(["value", "Value", "val", "Val"])?;
    crate::setting(name, value, deeper).map(|hit| hit.within(&shown(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEEPEST;

    #[test]
    fn members_are_judged_by_name_and_value() {
        let cases = [
            (r#"{"user":"shop","password":"hunter2secret"}"#, true),
            (r#"{"db":{"master":{"password":"hunter2secret"}}}"#, true),
            (r#"["serve","--db-password","hunter2secret"]"#, true),
            (r#"[{"name":"DB_PASSWORD","value":"hunter2secret"}]"#, true),
            (r#"{\"password\":\"hunter2secret\"}"#, true),
            (r#"{"password":12345678}"#, true),
            (r#"{"user":"shop","password":"${DB_PASSWORD}"}"#, false),
            (r#"{"passwordPolicy":{"minLength":12},"token_ttl":"3600"}"#, false),
            (r#"[{"name":"DB_PASSWORD","valueFrom":"arn:aws:ssm:eu-west-1:111122223333:parameter/x"}]"#, false),
            ("{not json at all}", false),
        ];
        for (text, is_secret) in cases {
            assert_eq!(find("CONFIG", text, DEEPEST).is_some(), is_secret, "{text}");
        }
    }

    #[test]
    fn objects_that_lie_deep_are_no_trouble() {
        let deep = ["{\"a\":".repeat(100_000), "1".into(), "}".repeat(100_000)].concat();
        assert_eq!(find("CONFIG", &deep, DEEPEST), None);
    }
}
