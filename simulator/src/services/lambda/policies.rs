//! Resource policies of functions, versions and aliases.

use serde_json::json;

use super::{asked_function, not_found, qualified_arn};
use crate::account::{Document, Function};
use crate::ids;
use crate::services::Ask;
use crate::wire::{Answer, ServiceError};

pub(super) fn get_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    policy(ask, "The resource you requested does not exist.")
}

pub(super) fn get_resource_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    policy(ask, "No policy is associated with the given resource.")
}

fn policy(ask: &Ask<'_>, missing: &str) -> Result<Answer, ServiceError> {
    let (function, qualifier) = asked_function(ask)?;
    let document = attached(function, qualifier.as_deref()).ok_or_else(|| not_found(missing))?;
    let arn = qualified_arn(ask, &function.name, qualifier.as_deref());
    Ok(Answer::Json(json!({"Policy": document.text_on(&arn), "RevisionId": ids::uuid(&arn)})))
}

/// Versions and aliases have policies of their own; the function's is not theirs.
fn attached<'a>(function: &'a Function, qualifier: Option<&str>) -> Option<&'a Document> {
    let Some(qualifier) = qualifier else {
        return function.policy.as_ref();
    };
    let alias = function.aliases.iter().find(|alias| alias.name == qualifier);
    let version = function.versions.iter().find(|version| version.number == qualifier);
    alias.and_then(|alias| alias.policy.as_ref()).or_else(|| version.and_then(|version| version.policy.as_ref()))
}
