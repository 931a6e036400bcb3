//! The content of images: manifests, and addresses of blobs.

use serde_json::{Value, json};

use super::images::status_of;
use super::{asked_repository, find_entry, image_id, invalid, not_found, refused};
use crate::account::Repository;
use crate::downloads;
use crate::images::{Found, Shelf};
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn get_images(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, shelf) = asked_repository(ask)?;
    let ids = ask.request.json["imageIds"].as_array().map(Vec::as_slice).unwrap_or_default();
    if ids.is_empty() || ids.len() > 100 {
        return Err(invalid(
            "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length between 1 and 100, inclusive'",
        ));
    }
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    for id in ids {
        match image(ask, repository, shelf, id) {
            Ok(image) => images.push(image),
            Err((code, reason)) => {
                failures.push(json!({"imageId": id, "failureCode": code, "failureReason": reason}));
            }
        }
    }
    Ok(Answer::Json(json!({"images": images, "failures": failures})))
}

fn image(
    ask: &Ask<'_>,
    repository: &Repository,
    shelf: &Shelf,
    id: &Value,
) -> Result<Value, (&'static str, &'static str)> {
    if id["imageDigest"].is_null() && id["imageTag"].is_null() {
        return Err(("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null"));
    }
    if id["imageDigest"].as_str().is_some_and(|digest| !is_digest(digest)) {
        return Err(("InvalidImageDigest", "Invalid request parameters: image digest should satisfy the regex"));
    }
    let missing = ("ImageNotFound", "Requested image not found");
    let entry = find_entry(shelf, id).ok_or(missing)?;
    if status_of(&repository.images[entry.image]) != "ACTIVE" {
        return Err(("ImageInaccessible", "The image is archived"));
    }
    let body = Shelf::manifest(repository, entry, ask.world.today()).ok_or(missing)?;
    Ok(object([
        ("registryId", ask.world.account.id.clone().into()),
        ("repositoryName", repository.name.clone().into()),
        ("imageId", image_id(entry, id)),
        ("imageManifest", body.into()),
        ("imageManifestMediaType", entry.media_type.into()),
    ]))
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|digits| digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

pub(super) fn get_download_url(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, shelf) = asked_repository(ask)?;
    let digest = ask.parameter("layerDigest").unwrap_or_default();
    if !is_digest(&digest) {
        return Err(invalid(
            "Invalid parameter at 'layerDigest' failed to satisfy constraint: 'Member must be a digest'",
        ));
    }
    let name = &repository.name;
    match shelf.blob(&digest) {
        Found::Here => Ok(Answer::Json(json!({
            "downloadUrl": downloads::address(ask.world, ask.region, name, &digest),
            "layerDigest": digest,
        }))),
        Found::Absent => Err(refused(
            "LayerInaccessibleException",
            format!("The layer with digest '{digest}' in the repository with name '{name}' is not available"),
        )),
        Found::Unknown => Err(not_found(
            "LayersNotFoundException",
            format!(
                "The layer with digest '{digest}' does not exist in the repository with name '{name}' in the registry \
                 with id '{}'",
                ask.world.account.id
            ),
        )),
    }
}
