//! The registry's own settings.

use serde_json::{Value, json};

use super::repositories::{encryption, exclusions, text};
use super::{PAGE, not_found, refused, texts};
use crate::account::{Document, Ecr, PullThrough, ScanRule, Template};
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

fn ecr<'a>(ask: &Ask<'a>) -> &'a Ecr {
    &ask.world.region(ask.region).ecr
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let id = &ask.world.account.id;
    let rules = ecr(ask).replication.iter().map(|rule| {
        let destinations = rule.destinations.iter().map(|destination| {
            json!({"region": destination.region, "registryId": destination.account.as_ref().unwrap_or(id)})
        });
        let filters: Vec<Value> =
            rule.prefixes.iter().map(|prefix| json!({"filter": prefix, "filterType": "PREFIX_MATCH"})).collect();
        object([
            ("destinations", destinations.collect()),
            ("repositoryFilters", if filters.is_empty() { Value::Null } else { filters.into() }),
        ])
    });
    Ok(Answer::Json(json!({
        "registryId": id,
        "replicationConfiguration": {"rules": rules.collect::<Value>()},
    })))
}

pub(super) fn get_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let id = &ask.world.account.id;
    match &ecr(ask).policy {
        Some(policy) => Ok(Answer::Json(json!({"registryId": id, "policyText": policy.text()}))),
        None => Err(not_found(
            "RegistryPolicyNotFoundException",
            format!("Registry policy does not exist in the registry with id '{id}'"),
        )),
    }
}

pub(super) fn get_scanning(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let scanning = &ecr(ask).scanning;
    let rule = |rule: &ScanRule| {
        let filters = rule.filters.iter().map(|filter| json!({"filter": filter, "filterType": "WILDCARD"}));
        json!({"scanFrequency": rule.frequency, "repositoryFilters": filters.collect::<Value>()})
    };
    let rules: Value = scanning.rules.iter().map(rule).collect();
    Ok(Answer::Json(json!({
        "registryId": ask.world.account.id,
        "scanningConfiguration": {"scanType": scanning.kind, "rules": rules},
    })))
}

pub(super) fn get_signing(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let id = &ask.world.account.id;
    let rules = &ecr(ask).signing;
    if rules.is_empty() {
        let message = format!("Signing configuration does not exist in the registry with id '{id}'");
        return Err(not_found("SigningConfigurationNotFoundException", message));
    }
    let rules: Value = rules
        .iter()
        .map(|rule| {
            let filters: Vec<Value> =
                rule.filters.iter().map(|filter| json!({"filter": filter, "filterType": "WILDCARD_MATCH"})).collect();
            object([
                ("signingProfileArn", rule.profile.clone().into()),
                ("repositoryFilters", if filters.is_empty() { Value::Null } else { filters.into() }),
            ])
        })
        .collect();
    Ok(Answer::Json(json!({"registryId": id, "signingConfiguration": {"rules": rules}})))
}

pub(super) fn get_account_setting(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let ecr = ecr(ask);
    let name = ask.parameter("name").unwrap_or_default();
    let value = match name.as_str() {
        "BASIC_SCAN_TYPE_VERSION" => ecr.basic_scan_version.as_deref().unwrap_or("AWS_NATIVE"),
        "REGISTRY_POLICY_SCOPE" => ecr.policy_scope.as_deref().unwrap_or("V2"),
        "BLOB_MOUNTING" => ecr.blob_mounting.as_deref().unwrap_or("DISABLED"),
        _ => return Err(refused("ValidationException", format!("'{name}' is no account setting"))),
    };
    Ok(Answer::Json(json!({"name": name, "value": value})))
}

pub(super) fn pull_time_exclusions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let page = ask.page(&ecr(ask).pull_time_exclusions, &PAGE)?;
    let listed: Value = page.items.iter().map(|role| ask.world.role_arn(role)).collect();
    Ok(Answer::Json(object([("pullTimeUpdateExclusions", listed), ("nextToken", page.next.into())])))
}

pub(super) fn pull_through_rules(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let prefixes = ask.request.list("ecrRepositoryPrefixes");
    let rules: Vec<&PullThrough> =
        ecr(ask).pull_through.iter().filter(|rule| is_wanted(&prefixes, &rule.prefix)).collect();
    if !prefixes.is_empty() && rules.is_empty() {
        let message = format!("The pull through cache rule does not exist for the prefix '{}'", prefixes[0]);
        return Err(not_found("PullThroughCacheRuleNotFoundException", message));
    }
    let page = ask.page(&rules, &PAGE)?;
    let listed: Value = page.items.iter().map(|rule| pull_through_rule(ask, rule)).collect();
    Ok(Answer::Json(object([("pullThroughCacheRules", listed), ("nextToken", page.next.into())])))
}

fn is_wanted(prefixes: &[String], prefix: &str) -> bool {
    prefixes.is_empty() || prefixes.iter().any(|wanted| wanted == prefix)
}

fn pull_through_rule(ask: &Ask<'_>, rule: &PullThrough) -> Value {
    let created = ask.world.seconds(rule.created);
    object([
        ("ecrRepositoryPrefix", rule.prefix.clone().into()),
        ("upstreamRegistryUrl", rule.upstream.clone().into()),
        ("createdAt", created.into()),
        ("updatedAt", created.into()),
        ("registryId", ask.world.account.id.clone().into()),
        ("credentialArn", rule.credential.as_deref().map(|arn| ask.world.account.complete_arn(arn, ask.region)).into()),
        ("customRoleArn", rule.role.as_deref().map(|role| ask.world.role_arn(role)).into()),
        ("upstreamRepositoryPrefix", rule.upstream_prefix.as_deref().unwrap_or("ROOT").into()),
        ("upstreamRegistry", rule.registry.clone().into()),
    ])
}

pub(super) fn templates(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let prefixes = ask.request.list("prefixes");
    let templates: Vec<&Template> =
        ecr(ask).templates.iter().filter(|template| is_wanted(&prefixes, &template.prefix)).collect();
    let page = ask.page(&templates, &PAGE)?;
    let listed: Value = page.items.iter().map(|one| template(ask, one)).collect();
    Ok(Answer::Json(object([
        ("registryId", ask.world.account.id.clone().into()),
        ("repositoryCreationTemplates", listed),
        ("nextToken", page.next.into()),
    ])))
}

fn template(ask: &Ask<'_>, template: &Template) -> Value {
    let tags: Vec<Value> = template.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let created = ask.world.seconds(template.created);
    object([
        ("prefix", template.prefix.clone().into()),
        ("description", template.description.clone().into()),
        ("encryptionConfiguration", encryption(ask, &template.encryption)),
        ("resourceTags", if tags.is_empty() { Value::Null } else { tags.into() }),
        ("imageTagMutability", template.mutability.as_deref().unwrap_or("MUTABLE").into()),
        ("imageTagMutabilityExclusionFilters", exclusions(&template.exclusions)),
        ("repositoryPolicy", template.policy.as_ref().map(Document::text).into()),
        ("lifecyclePolicy", template.lifecycle.as_ref().map(text).into()),
        ("appliedFor", texts(&template.applied_for)),
        ("customRoleArn", template.role.as_deref().map(|role| ask.world.role_arn(role)).into()),
        ("createdAt", created.into()),
        ("updatedAt", created.into()),
    ])
}
