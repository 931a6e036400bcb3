//! Lambda: functions and what hangs on them.

mod configuration;
mod functions;
mod layers;
mod mappings;
pub(super) mod operations;
mod policies;
mod signing;
mod urls;

use serde_json::Value;

use super::Ask;
use super::paging::PageRule;
use crate::account::{Function, Version};
use crate::calls::Outcome;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// How Lambda pages most lists: 50 at once, whatever is asked.
const PAGE: PageRule = PageRule { token: "Marker", size: "MaxItems", default: 50, most: 50 };

/// Splits what names a function (name, partial or full ARN, each with or without a version or alias).
fn reference(ask: &Ask<'_>, text: &str) -> (String, Option<String>) {
    let rest = text.split_once(":function:").map_or(text, |(_, rest)| rest);
    let rest = rest.strip_prefix("function:").unwrap_or(rest);
    let (name, inside) = match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
        None => (rest, None),
    };
    (name.to_owned(), ask.parameter("Qualifier").or(inside))
}

fn function_arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("lambda", ask.region, &format!("function:{name}"))
}

fn qualified_arn(ask: &Ask<'_>, name: &str, qualifier: Option<&str>) -> String {
    let arn = function_arn(ask, name);
    qualifier.map_or_else(|| arn.clone(), |qualifier| format!("{arn}:{qualifier}"))
}

/// The function a call is about, and the version or alias.
fn asked_function<'a>(ask: &Ask<'a>) -> Result<(&'a Function, Option<String>), ServiceError> {
    named_function(ask, ask.label(0))
}

fn named_function<'a>(ask: &Ask<'a>, text: &str) -> Result<(&'a Function, Option<String>), ServiceError> {
    let (name, qualifier) = reference(ask, text);
    let missing = || {
        let arn = qualified_arn(ask, &name, qualifier.as_deref());
        not_found(format!("Function not found: {arn}"))
    };
    let function = ask.world.function(ask.region, &name).ok_or_else(missing)?;
    let is_there = match qualifier.as_deref() {
        None | Some("$LATEST") => true,
        Some(other) => {
            function.aliases.iter().any(|alias| alias.name == other)
                || published(function).iter().any(|version| version.number == other)
        }
    };
    if is_there { Ok((function, qualifier)) } else { Err(missing()) }
}

/// The published versions of a function: those the file describes, and those its aliases stand for.
fn published(function: &Function) -> Vec<Version> {
    let mut versions = function.versions.clone();
    let weighted = function.aliases.iter().flat_map(|alias| alias.weights.keys());
    for number in function.aliases.iter().map(|alias| &alias.version).chain(weighted) {
        if number != "$LATEST" && !versions.iter().any(|version| version.number == *number) {
            versions.push(Version { number: number.clone(), ..Version::default() });
        }
    }
    versions.sort_by_key(|version| version.number.parse::<u64>().unwrap_or(u64::MAX));
    versions
}

fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message).member("Type", "User").outcome(Outcome::NotFound)
}

/// A page of a list under its name, with the marker of the next.
fn page_of(name: &'static str, items: Vec<Value>, next: Option<String>) -> Answer {
    Answer::Json(object([(name, items.into()), ("NextMarker", next.into())]))
}
