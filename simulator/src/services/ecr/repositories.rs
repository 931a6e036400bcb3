//! Repositories and their policies.

use serde_json::{Value, json};

use super::{PAGE, asked_repository, not_found, repository_arn, repository_not_found};
use crate::account::{Encryption, Repository};
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let names = ask.request.list("repositoryNames");
    let all = &ask.world.region(ask.region).ecr.repositories;
    if names.is_empty() {
        let page = ask.page(all, &PAGE)?;
        let listed: Value = page.items.iter().map(|repository| listed(ask, repository)).collect();
        return Ok(Answer::Json(object([("repositories", listed), ("nextToken", page.next.into())])));
    }
    let mut found = Vec::new();
    for name in &names {
        let (repository, _) = ask.world.repository(ask.region, name).ok_or_else(|| repository_not_found(ask, name))?;
        found.push(listed(ask, repository));
    }
    Ok(Answer::Json(json!({"repositories": found})))
}

fn listed(ask: &Ask<'_>, repository: &Repository) -> Value {
    let account = &ask.world.account;
    let uri = format!("{}.dkr.ecr.{}.{}/{}", account.id, ask.region, account.domain(), repository.name);
    object([
        ("repositoryArn", repository_arn(ask, &repository.name).into()),
        ("registryId", account.id.clone().into()),
        ("repositoryName", repository.name.clone().into()),
        ("repositoryUri", uri.into()),
        ("createdAt", ask.world.seconds(repository.created).into()),
        ("imageTagMutability", repository.mutability.as_deref().unwrap_or("MUTABLE").into()),
        ("imageTagMutabilityExclusionFilters", exclusions(&repository.exclusions)),
        ("imageScanningConfiguration", json!({"scanOnPush": repository.scan_on_push})),
        ("encryptionConfiguration", encryption(ask, &repository.encryption)),
    ])
}

/// Tags that are left out of the rule about tags.
pub(super) fn exclusions(patterns: &[String]) -> Value {
    if patterns.is_empty() {
        return Value::Null;
    }
    patterns.iter().map(|pattern| json!({"filterType": "WILDCARD", "filter": pattern})).collect()
}

pub(super) fn encryption(ask: &Ask<'_>, encryption: &Encryption) -> Value {
    let key = encryption.key.as_deref().map(|key| ask.world.account.complete_arn(key, ask.region));
    let usual = if key.is_some() { "KMS" } else { "AES256" };
    object([("encryptionType", encryption.kind.as_deref().unwrap_or(usual).into()), ("kmsKey", key.into())])
}

pub(super) fn get_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, _) = asked_repository(ask)?;
    let Some(policy) = &repository.policy else {
        let message = format!(
            "Repository policy does not exist for the repository with name '{}' in the registry with id '{}'",
            repository.name, ask.world.account.id
        );
        return Err(not_found("RepositoryPolicyNotFoundException", message));
    };
    Ok(Answer::Json(json!({
        "registryId": ask.world.account.id,
        "repositoryName": repository.name,
        // The policies of repositories name no resource: they stand on one.
        "policyText": policy.text(),
    })))
}

pub(super) fn get_lifecycle(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (repository, _) = asked_repository(ask)?;
    let Some(policy) = &repository.lifecycle else {
        let message = format!(
            "Lifecycle policy does not exist for the repository with name '{}' in the registry with id '{}'",
            repository.name, ask.world.account.id
        );
        return Err(not_found("LifecyclePolicyNotFoundException", message));
    };
    Ok(Answer::Json(json!({
        "registryId": ask.world.account.id,
        "repositoryName": repository.name,
        "lifecyclePolicyText": text(policy),
        "lastEvaluatedAt": ask.world.today().as_second(),
    })))
}

/// A document of ECR's own: a map, or text that is served as it stands.
pub(super) fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}
