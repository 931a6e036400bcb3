//! Reads the catalogue's text. Its format is described in `catalogue/make.py`, which writes it.
//!
//! What does not fit the format is left out: the tests hold the text in the crate to be whole.

use std::collections::HashSet;

use super::service::{AccessLevel, Action, ActionResource, ConditionKey, ResourceType, Service, ValueType};

/// What stands before the services.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) source: &'static str,
    pub(super) version: &'static str,
    pub(super) date: &'static str,
    pub(super) with_resource_control: HashSet<&'static str>,
    pub(super) global_keys: Vec<ConditionKey>,
}

pub(super) fn head(text: &'static str) -> Head {
    let mut head = Head::default();
    for line in text.lines() {
        let mut fields = line.split('\t');
        match fields.next() {
            Some("source") => {
                head.source = fields.next().unwrap_or("");
                head.version = fields.next().unwrap_or("");
                head.date = fields.next().unwrap_or("");
            }
            Some("rcp") => head.with_resource_control = fields.collect(),
            Some("global") => head.global_keys = fields.filter_map(condition_key).collect(),
            Some(_) | None => {}
        }
    }
    head
}

pub(super) fn service(prefix: &'static str, text: &'static str) -> Service {
    let mut service = Service {
        prefix,
        actions: Vec::with_capacity(text.len() / 24),
        resource_types: Vec::new(),
        condition_keys: Vec::new(),
    };
    for line in text.lines() {
        let Some((kind, rest)) = split_first(line) else { continue };
        match kind {
            'k' => service.condition_keys.extend(condition_key(rest)),
            'r' => service.resource_types.push(resource_type(prefix, rest)),
            level => {
                let before = service.actions.last().map_or("", |action| action.name.as_str());
                let read = access_level(level).and_then(|level| action(level, rest, before));
                service.actions.extend(read);
            }
        }
    }
    service
}

fn condition_key(field: &'static str) -> Option<ConditionKey> {
    let is_always_given = field.starts_with('!');
    let names_resource = is_always_given || field.starts_with('*');
    let (letter, name) = split_first(field.strip_prefix(['!', '*']).unwrap_or(field))?;
    let value_type = match letter.to_ascii_lowercase() {
        's' => ValueType::String,
        'n' => ValueType::Numeric,
        'b' => ValueType::Bool,
        'd' => ValueType::Date,
        'a' => ValueType::Arn,
        'i' => ValueType::IpAddress,
        'y' => ValueType::Binary,
        _ => return None,
    };
    Some(ConditionKey { name, value_type, multi_valued: letter.is_ascii_uppercase(), names_resource, is_always_given })
}

fn resource_type(prefix: &str, rest: &'static str) -> ResourceType {
    let mut fields = rest.split('\t');
    let name = fields.next().unwrap_or("");
    let template = fields.next().unwrap_or("");
    let arn = match template.strip_prefix('~') {
        Some(end) => format!("arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:{end}"),
        None => template.to_owned(),
    };
    ResourceType { name, arn, condition_keys: numbers(fields.next()) }
}

fn access_level(letter: char) -> Option<AccessLevel> {
    match letter {
        'R' => Some(AccessLevel::Read),
        'L' => Some(AccessLevel::List),
        'W' => Some(AccessLevel::Write),
        'T' => Some(AccessLevel::Tagging),
        'P' => Some(AccessLevel::PermissionsManagement),
        _ => None,
    }
}

fn action(level: AccessLevel, rest: &str, before: &str) -> Option<Action> {
    let mut fields = rest.split('\t');
    let (shared, end) = split_first(fields.next()?)?;
    let start = before.get(..usize::try_from(shared.to_digit(36)?).ok()?)?;
    let mut name = String::with_capacity(start.len() + end.len());
    name.push_str(start);
    name.push_str(end);
    let resource_types = fields.next().unwrap_or("").split(',').filter_map(action_resource).collect();
    Some(Action {
        folded: name.to_ascii_lowercase(),
        name,
        level,
        resource_types,
        condition_keys: numbers(fields.next()),
    })
}

fn action_resource(field: &str) -> Option<ActionResource> {
    let (digits, required) = match field.strip_suffix('!') {
        Some(digits) => (digits, true),
        None => (field, false),
    };
    Some(ActionResource { resource_type: number(digits)?, required })
}

fn numbers(field: Option<&str>) -> Vec<usize> {
    field.unwrap_or("").split(',').filter_map(number).collect()
}

fn number(digits: &str) -> Option<usize> {
    usize::from_str_radix(digits, 36).ok()
}

fn split_first(text: &str) -> Option<(char, &str)> {
    let mut characters = text.chars();
    characters.next().map(|first| (first, characters.as_str()))
}
