//! `expected.txt`, read: what AWS always sends, by call.

use std::collections::HashMap;
use std::sync::LazyLock;

use palisade_model::Action;
use serde_json::Value;

/// What stands in the file; one that could not be read holds nothing, which its test would tell.
static EXPECTED: LazyLock<HashMap<Action, Members>> =
    LazyLock::new(|| parse(include_str!("expected.txt")).unwrap_or_default());

/// What the answer of a call always holds; none for calls that are not in the file.
pub(super) fn of(action: Action) -> Option<&'static Members> {
    EXPECTED.get(&action)
}

/// Members of an object that are looked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Members(Vec<Member>);

#[derive(Debug, PartialEq, Eq)]
struct Member {
    name: &'static str,
    presence: Presence,
    form: Form,
    within: Members,
}

#[derive(Debug, PartialEq, Eq)]
enum Presence {
    Always,
    Perhaps,
    /// When the member of this name has this value.
    When(&'static str, &'static str),
}

#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// A text that is not empty, a number, a switch, an object.
    One,
    /// As `One`, or an empty text.
    Any,
    List {
        may_be_empty: bool,
    },
}

impl Members {
    /// The path of the first member that is missing.
    pub(super) fn missing_in(&self, answer: &Value) -> Option<String> {
        let Value::Object(_) = answer else {
            // An element without any is nothing but a text.
            return self
                .0
                .iter()
                .find(|member| member.presence == Presence::Always)
                .map(|member| member.name.to_owned());
        };
        self.0.iter().find_map(|member| member.missing_in(answer))
    }
}

impl Member {
    fn missing_in(&self, object: &Value) -> Option<String> {
        let is_due = match self.presence {
            Presence::Always => true,
            Presence::Perhaps => false,
            Presence::When(other, value) => object.get(other).and_then(Value::as_str) == Some(value),
        };
        match object.get(self.name) {
            None | Some(Value::Null) => is_due.then(|| self.name.to_owned()),
            Some(value) => self.wrong_in(value),
        }
    }

    /// What is wrong with the value of a member that is there.
    fn wrong_in(&self, value: &Value) -> Option<String> {
        let own = || Some(self.name.to_owned());
        let items = match (&self.form, value) {
            (Form::One, Value::String(text)) if text.trim().is_empty() => return own(),
            (Form::One | Form::Any, Value::Array(_)) => return own(),
            (Form::One | Form::Any, value) => return self.below(value, "."),
            (Form::List { may_be_empty }, Value::String(text)) if text.trim().is_empty() => {
                return if *may_be_empty { None } else { own() };
            }
            (Form::List { may_be_empty }, Value::Array(items)) if items.is_empty() => {
                return if *may_be_empty { None } else { own() };
            }
            (Form::List { .. }, Value::Array(items)) => items,
            (Form::List { .. }, _) => return own(),
        };
        if items.iter().any(Value::is_null) {
            return own();
        }
        items.iter().find_map(|item| self.below(item, "[]."))
    }

    fn below(&self, value: &Value, joint: &str) -> Option<String> {
        self.within.missing_in(value).map(|missing| format!("{}{joint}{missing}", self.name))
    }
}

fn parse(text: &'static str) -> Option<HashMap<Action, Members>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).peekable();
    let mut calls = HashMap::new();
    while let Some(line) = lines.next() {
        let action = Action::from_name(line)?;
        if calls.insert(action, members(&mut lines, 1)?).is_some() {
            return None;
        }
    }
    Some(calls)
}

/// The members that stand so many levels deep, up to the next line that stands higher.
fn members(lines: &mut std::iter::Peekable<impl Iterator<Item = &'static str>>, depth: usize) -> Option<Members> {
    const STEP: usize = 4;
    let mut found = Vec::new();
    while let Some(line) = lines.next_if(|line| line.len() - line.trim_start().len() == depth * STEP) {
        let (written, within) = (line.trim(), members(lines, depth + 1)?);
        found.push(member(written, within)?);
    }
    // A line that stands deeper than it may belongs nowhere.
    let is_sound = lines.peek().is_none_or(|line| line.len() - line.trim_start().len() <= (depth - 1) * STEP);
    is_sound.then_some(Members(found))
}

fn member(written: &'static str, within: Members) -> Option<Member> {
    let (written, condition) = match written.split_once(" if ") {
        Some((written, condition)) => (written, Some(condition.split_once('=')?)),
        None => (written, None),
    };
    let (written, form) = match written {
        list if list.ends_with("[]") => (&list[..list.len() - 2], Form::List { may_be_empty: true }),
        list if list.ends_with("[+]") => (&list[..list.len() - 3], Form::List { may_be_empty: false }),
        any if any.ends_with('~') => (&any[..any.len() - 1], Form::Any),
        one => (one, Form::One),
    };
    let (name, presence) = match (written.strip_suffix('?'), condition) {
        (Some(name), None) => (name, Presence::Perhaps),
        (Some(_), Some(_)) => return None,
        (None, Some((other, value))) => (written, Presence::When(other, value)),
        (None, None) => (written, Presence::Always),
    };
    name.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(Member { name, presence, form, within })
}

#[cfg(test)]
mod tests {
    use palisade_model::When;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_file_tells_of_every_call_to_aws() {
        let calls = parse(include_str!("expected.txt")).unwrap();
        let is_called = |action: &&Action| !matches!(action.when(), When::Cluster | When::Within | When::Never);
        for action in Action::ALL.iter().filter(is_called) {
            assert!(calls.contains_key(action), "expected.txt says nothing of {action}");
        }
    }

    fn missing(answer: &Value) -> Option<String> {
        let written = "lambda:ListFunctions\n    Functions[]\n        Name\n        Note~\n        Runtime if Kind=Zip\n        \
            Layers?[]\n            Arn\n    Regions[+]\n";
        parse(written).unwrap()[&Action::LambdaListFunctions].missing_in(answer)
    }

    #[test]
    fn what_is_missing_null_empty_or_of_another_form_is_named_by_its_path() {
        let with = |functions: Value| json!({ "Functions": functions, "Regions": ["one"] });
        assert_eq!(missing(&with(json!([{ "Name": "a", "Note": "", "Kind": "Image" }]))), None);
        assert_eq!(missing(&with(json!([]))), None);
        assert_eq!(missing(&with(json!(""))), None, "an empty element of XML is an empty list");
        for (answer, expected) in [
            (json!({}), "Functions"),
            (json!(""), "Functions"),
            (with(json!(null)), "Functions"),
            (with(json!({})), "Functions"),
            (with(json!("text")), "Functions"),
            (with(json!([null])), "Functions"),
            (with(json!([{ "Note": "" }])), "Functions[].Name"),
            (with(json!([{ "Name": "", "Note": "" }])), "Functions[].Name"),
            (with(json!([{ "Name": ["a"], "Note": "" }])), "Functions[].Name"),
            (with(json!([{ "Name": "a" }])), "Functions[].Note"),
            (with(json!([{ "Name": "a", "Note": "", "Kind": "Zip" }])), "Functions[].Runtime"),
            (with(json!([{ "Name": "a", "Note": "", "Layers": [{}] }])), "Functions[].Layers[].Arn"),
            (with(json!(["a"])), "Functions[].Name"),
            (json!({ "Functions": [] }), "Regions"),
            (json!({ "Functions": [], "Regions": [] }), "Regions"),
        ] {
            assert_eq!(missing(&answer).as_deref(), Some(expected), "{answer}");
        }
    }

    #[test]
    fn a_file_that_is_written_wrongly_is_not_read() {
        for wrong in [
            "lambda:ListNothing\n",
            "lambda:ListFunctions\n        Deeper\n",
            "lambda:ListFunctions\n    Name? if Other=VALUE\n",
            "lambda:ListFunctions\n    Na me\n",
            "lambda:ListFunctions\nlambda:ListFunctions\n",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}
