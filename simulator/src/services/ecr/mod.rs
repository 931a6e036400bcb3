//! ECR: repositories, images, scans, and the registry's own settings.

mod content;
mod images;
pub(super) mod operations;
mod registry;
mod repositories;
mod scans;

use serde_json::Value;

use super::Ask;
use super::paging::PageRule;
use crate::account::Repository;
use crate::calls::Outcome;
use crate::images::{Entry, Shelf};
use crate::wire::ServiceError;
use crate::wire::json::object;

/// How ECR pages its lists.
const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 1000 };

fn repository_arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("ecr", ask.region, &format!("repository/{name}"))
}

fn refused(code: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, code, message)
}

fn not_found(code: &str, message: impl Into<String>) -> ServiceError {
    refused(code, message).outcome(Outcome::NotFound)
}

fn invalid(message: impl Into<String>) -> ServiceError {
    refused("InvalidParameterException", message)
}

fn repository_not_found(ask: &Ask<'_>, name: &str) -> ServiceError {
    let id = &ask.world.account.id;
    let message = format!("The repository with name '{name}' does not exist in the registry with id '{id}'");
    not_found("RepositoryNotFoundException", message)
}

/// The repository that a call names.
fn asked_repository<'a>(ask: &Ask<'a>) -> Result<(&'a Repository, &'a Shelf), ServiceError> {
    let Some(name) = ask.parameter("repositoryName") else {
        return Err(invalid(
            "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'Member must not be null'",
        ));
    };
    ask.world.repository(ask.region, &name).ok_or_else(|| repository_not_found(ask, &name))
}

/// The manifest that an image id names, by digest before tag.
fn find_entry<'a>(shelf: &'a Shelf, id: &Value) -> Option<&'a Entry> {
    match (id["imageDigest"].as_str(), id["imageTag"].as_str()) {
        (Some(digest), None) => shelf.by_digest(digest),
        (Some(digest), Some(tag)) => shelf.by_digest(digest).filter(|entry| entry.tags.iter().any(|one| one == tag)),
        (None, Some(tag)) => shelf.by_tag(tag),
        (None, None) => None,
    }
}

fn image_not_found(ask: &Ask<'_>, repository: &Repository, id: &Value) -> ServiceError {
    let text = |name: &str| id[name].as_str().map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
    let message = format!(
        "The image with imageId {{imageDigest:{}, imageTag:{}}} does not exist within the repository with name '{}' in \
         the registry with id '{}'",
        text("imageDigest"),
        text("imageTag"),
        repository.name,
        ask.world.account.id
    );
    not_found("ImageNotFoundException", message)
}

/// The manifest that the `imageId` of a call names.
fn asked_image<'a>(ask: &Ask<'a>, repository: &Repository, shelf: &'a Shelf) -> Result<&'a Entry, ServiceError> {
    let id = &ask.request.json["imageId"];
    find_entry(shelf, id).ok_or_else(|| image_not_found(ask, repository, id))
}

/// The id of an image as ECR answers it: the digest, and the tag that was asked for.
fn image_id(entry: &Entry, asked: &Value) -> Value {
    object([("imageDigest", entry.digest.as_str().into()), ("imageTag", asked["imageTag"].clone())])
}

fn texts(values: &[String]) -> Value {
    if values.is_empty() { Value::Null } else { values.into() }
}
