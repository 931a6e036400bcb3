//! Answers taken apart and put together again, in both forms: the places at which they can be changed, and the changes.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

/// A step into an answer: a member, or the items of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Member(String),
    Items,
}

/// Where in an answer something stands.
pub(super) type Path = Vec<Step>;

/// How a path is written.
pub(super) fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => text.extend([".", name]),
            Step::Items => text.push_str("[]"),
        }
    }
    text
}

/// The paths of all members of an answer.
pub(super) fn paths(answer: &Value) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    walk(answer, &mut Vec::new(), &mut found);
    found
}

/// The values that stand at a path.
pub(super) fn values<'v>(answer: &'v Value, path: &[Step]) -> Vec<&'v Value> {
    match (path, answer) {
        ([], value) => vec![value],
        ([Step::Member(name), rest @ ..], Value::Object(members)) => {
            members.get(name).map(|member| values(member, rest)).unwrap_or_default()
        }
        ([Step::Items, rest @ ..], Value::Array(items)) => items.iter().flat_map(|item| values(item, rest)).collect(),
        _ => Vec::new(),
    }
}

fn walk(value: &Value, at: &mut Path, found: &mut BTreeSet<Path>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                at.push(Step::Member(name.clone()));
                found.insert(at.clone());
                walk(member, at, found);
                at.pop();
            }
        }
        Value::Array(items) => {
            at.push(Step::Items);
            for item in items {
                walk(item, at, found);
            }
            at.pop();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is done to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Missing,
    Null,
    WrongType,
    Empty,
    UnknownValue,
    Extra,
}

impl Change {
    /// What a value becomes; none when it is taken away.
    fn of(self, value: &Value) -> Option<Value> {
        match self {
            Self::Missing => None,
            Self::Null => Some(Value::Null),
            Self::WrongType if value.is_string() => Some(json!({ "unexpected": ["x"] })),
            Self::WrongType => Some(json!("unexpected")),
            Self::Empty if value.is_string() => Some(json!("")),
            Self::Empty => Some(json!({})),
            Self::UnknownValue => Some(json!("OF_NEXT_YEAR")),
            Self::Extra => Some(value.clone()),
        }
    }

    /// Makes the change wherever a path leads. Gives whether it led anywhere.
    pub(super) fn apply(self, answer: &mut Value, path: &[Step]) -> bool {
        match (path, answer) {
            ([Step::Member(name)], Value::Object(members)) => {
                let Some(value) = members.get(name) else { return false };
                match self.of(value) {
                    None => _ = members.remove(name),
                    Some(changed) => _ = members.insert(name.clone(), changed),
                }
                if self == Self::Extra {
                    members.insert("OfNextYear".to_owned(), json!("OF_NEXT_YEAR"));
                }
                true
            }
            ([Step::Member(name), rest @ ..], Value::Object(members)) => {
                members.get_mut(name).is_some_and(|member| self.apply(member, rest))
            }
            ([Step::Items, rest @ ..], Value::Array(items)) => {
                let changed: Vec<bool> = items.iter_mut().map(|item| self.apply(item, rest)).collect();
                changed.contains(&true)
            }
            _ => false,
        }
    }
}

/// An answer as a value, with what is needed to write it again.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Json,
    /// The names of the outermost elements, and that of the items of lists.
    Xml {
        around: Vec<String>,
        item: &'static str,
    },
}

/// Reads an answer.
pub(super) fn read(body: &[u8]) -> Option<(Form, Value)> {
    let text = str::from_utf8(body).ok()?;
    if !text.trim_start().starts_with('<') {
        return Some((Form::Json, serde_json::from_str(text).ok()?));
    }
    let mut reader = Reader::from_str(text);
    let mut open = vec![Open::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(Open { name: start.local_name().as_ref().to_owned(), ..Open::default() });
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(name) => open.last_mut()?.text.extend(["&", &*name, ";"]),
            Event::End(_) => {
                let closed = open.pop()?;
                open.last_mut()?.take(closed);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut members = open.pop()?.members;
    let mut around = Vec::new();
    let item = if text.contains("<member>") || text.contains("Result>") { "member" } else { "item" };
    // An answer stands in `<XResponse>`, and in IAM's in `<XResult>` within it.
    while let Some(name) = members.keys().find(|name| name.ends_with("Response") || name.ends_with("Result")).cloned() {
        let Some(Value::Object(inside)) = members.remove(&name) else { return None };
        around.push(name);
        members = inside;
    }
    Some((Form::Xml { around, item }, Value::Object(members)))
}

/// An element of XML that is open.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    members: Map<String, Value>,
    items: Vec<Value>,
}

impl Open {
    /// Takes an element that stood in this one.
    fn take(&mut self, Open { name, text, members, items }: Open) {
        let value = match (members.is_empty(), items.is_empty()) {
            (true, true) => Value::String(text),
            (true, false) => Value::Array(items),
            (false, _) => Value::Object(members),
        };
        if name == "member" || name == "item" {
            self.items.push(value);
        } else {
            self.members.insert(name, value);
        }
    }
}

/// Writes an answer.
pub(super) fn write(form: &Form, answer: &Value) -> Vec<u8> {
    match form {
        Form::Json => answer.to_string().into_bytes(),
        Form::Xml { around, item } => {
            let mut inside = String::new();
            element(&mut inside, answer, item);
            let whole = around.iter().rfold(inside, |inside, name| format!("<{name}>{inside}</{name}>"));
            whole.into_bytes()
        }
    }
}

fn element(text: &mut String, value: &Value, item: &str) {
    let mut within = |name: &str, value: &Value| {
        text.extend(["<", name, ">"]);
        element(text, value, item);
        text.extend(["</", name, ">"]);
    };
    match value {
        // What was read is still escaped.
        Value::String(inside) => text.push_str(inside),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
        Value::Array(items) => items.iter().for_each(|one| within(item, one)),
        Value::Object(members) => members.iter().for_each(|(name, member)| within(name, member)),
    }
}
