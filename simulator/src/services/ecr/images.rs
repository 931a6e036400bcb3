//! Images: what a repository lists, and who signed it.

use serde_json::{Value, json};

use super::{PAGE, asked_image, asked_repository, find_entry, image_id, image_not_found, invalid, refused, texts};
use crate::account::{Image, Repository};
use crate::images::Entry;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, shelf) = asked_repository(ask)?;
    if let Some(ids) = ask.request.json["imageIds"].as_array() {
        let mut found = Vec::new();
        for id in ids {
            let entry = find_entry(shelf, id).ok_or_else(|| image_not_found(ask, repository, id))?;
            found.push(detail(ask, repository, entry));
        }
        return Ok(Answer::Json(json!({"imageDetails": found})));
    }
    let filter = &ask.request.json["filter"];
    let (tags, status) = (filter["tagStatus"].as_str(), filter["imageStatus"].as_str());
    if !matches!(tags, None | Some("TAGGED" | "UNTAGGED" | "ANY"))
        || !matches!(status, None | Some("ACTIVE" | "ARCHIVED" | "ACTIVATING" | "ANY"))
    {
        return Err(invalid(
            "Invalid parameter at 'filter' failed to satisfy constraint: 'Member must be one of the known values'",
        ));
    }
    let wanted: Vec<&Entry> = shelf
        .entries
        .iter()
        .filter(|entry| match tags {
            Some("TAGGED") => !entry.tags.is_empty(),
            Some("UNTAGGED") => entry.tags.is_empty(),
            _ => true,
        })
        // Without a filter, ECR answers the active ones only.
        .filter(|entry| {
            status == Some("ANY") || status_of(&repository.images[entry.image]) == status.unwrap_or("ACTIVE")
        })
        .collect();
    let page = ask.page(&wanted, &PAGE)?;
    let details: Value = page.items.iter().map(|entry| detail(ask, repository, entry)).collect();
    Ok(Answer::Json(object([("imageDetails", details), ("nextToken", page.next.into())])))
}

/// `ACTIVE`, `ARCHIVED` or `ACTIVATING`.
pub(super) fn status_of(image: &Image) -> &str {
    image.status.as_deref().unwrap_or("ACTIVE")
}

fn detail(ask: &Ask<'_>, repository: &Repository, entry: &Entry) -> Value {
    let image = &repository.images[entry.image];
    let world = ask.world;
    let pulled = image.last_pulled.filter(|_| entry.part == 0 || entry.platform(image).is_some());
    let scan = image.scan.as_ref().filter(|scan| scan.summary && entry.platform(image).is_some());
    object([
        ("registryId", world.account.id.clone().into()),
        ("repositoryName", repository.name.clone().into()),
        ("imageDigest", entry.digest.clone().into()),
        ("imageTags", texts(&entry.tags)),
        ("imageSizeInBytes", entry.size.into()),
        ("imagePushedAt", world.seconds(image.pushed).into()),
        ("imageScanStatus", scan.map(|scan| super::scans::native_status(scan)).into()),
        ("imageScanFindingsSummary", scan.map(|scan| super::scans::summary(ask, scan)).into()),
        ("imageManifestMediaType", entry.media_type.into()),
        ("artifactMediaType", entry.artifact_type.into()),
        ("lastRecordedPullTime", pulled.map(|pulled| world.seconds(pulled)).into()),
        ("subjectManifestDigest", entry.subject.clone().into()),
        ("imageStatus", status_of(image).into()),
        ("lastArchivedAt", image.archived.map(|archived| world.seconds(archived)).into()),
    ])
}

pub(super) fn signing_status(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, shelf) = asked_repository(ask)?;
    let entry = asked_image(ask, repository, shelf)?;
    let rules = &ask.world.region(ask.region).ecr.signing;
    let Some(rule) = rules.first() else {
        return Err(refused("ValidationException", "The registry has no signing configuration"));
    };
    let signings = repository.images[entry.image].signing.iter().filter(|_| entry.part == 0);
    let statuses: Value = signings
        .map(|signing| {
            object([
                ("signingProfileArn", signing.profile.as_deref().unwrap_or(&rule.profile).into()),
                ("status", signing.status.clone().into()),
                ("failureCode", signing.reason.as_ref().map(|_| "SigningFailed").into()),
                ("failureReason", signing.reason.clone().into()),
            ])
        })
        .collect();
    Ok(Answer::Json(json!({
        "repositoryName": repository.name,
        "imageId": image_id(entry, &ask.request.json["imageId"]),
        "registryId": ask.world.account.id,
        "signingStatuses": statuses,
    })))
}
