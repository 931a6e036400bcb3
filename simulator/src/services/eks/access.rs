//! Who may enter a cluster, and which roles its pods are given.

use serde_json::{Value, json};

use super::{addon_arn, asked, association_arn, association_id, is_text, not_found, one, page_of, part_arn};
use crate::account::{AccessEntry, AccessPolicy, Cluster, IdentityProvider, PodIdentity};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The cluster, unless it knows only the ConfigMap.
fn with_entries<'a>(ask: &Ask<'a>) -> Result<&'a Cluster, ServiceError> {
    let cluster = asked(ask)?;
    if cluster.authentication() == "CONFIG_MAP" {
        let message = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform \
                       this operation.";
        return Err(ServiceError::new(400, "InvalidRequestException", message));
    }
    Ok(cluster)
}

fn policy_arn(ask: &Ask<'_>, name: &str) -> String {
    format!("arn:{}:eks::aws:cluster-access-policy/{name}", ask.world.account.partition)
}

pub(super) fn list_entries(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let wanted = ask.parameter("associatedPolicyArn");
    let holds = |entry: &&AccessEntry| {
        let mut policies = entry.policies.iter();
        wanted.as_ref().is_none_or(|arn| policies.any(|policy| policy_arn(ask, policy.name()) == *arn))
    };
    let entries: Vec<&AccessEntry> = with_entries(ask)?.access_entries.iter().filter(holds).collect();
    page_of(ask, "accessEntries", &entries, |entry| ask.world.role_arn(&entry.principal).into())
}

fn asked_entry<'a>(ask: &Ask<'a>) -> Result<(&'a Cluster, &'a AccessEntry), ServiceError> {
    let cluster = with_entries(ask)?;
    let principal = ask.label(1);
    let found = cluster.access_entries.iter().find(|entry| ask.world.role_arn(&entry.principal) == principal);
    let missing = || {
        not_found(format!("The specified principalArn could not be found. You can view the principals: {principal}"))
    };
    Ok((cluster, found.ok_or_else(missing)?))
}

pub(super) fn describe_entry(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (cluster, entry) = asked_entry(ask)?;
    let principal = ask.world.role_arn(&entry.principal);
    let name = principal.rsplit('/').next().unwrap_or_default();
    let kind = if principal.contains(":user/") { "user" } else { "role" };
    let rest = format!("{kind}/{}/{name}/{}", ask.world.account.id, ids::uuid(&principal));
    let entry = object([
        ("clusterName", cluster.name.as_str().into()),
        ("principalArn", principal.as_str().into()),
        ("kubernetesGroups", json!(entry.groups)),
        ("accessEntryArn", part_arn(ask, "access-entry", &rest).into()),
        ("createdAt", ask.world.seconds(entry.created).into()),
        ("modifiedAt", ask.world.seconds(entry.created).into()),
        ("tags", json!(entry.tags)),
        ("username", ask.world.username(entry).into()),
        ("type", is_text(entry.kind.as_deref(), "STANDARD")),
    ]);
    Ok(one("accessEntry", entry))
}

pub(super) fn list_policies(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (_, entry) = asked_entry(ask)?;
    page_of(ask, "associatedAccessPolicies", &entry.policies, |policy| {
        let scope = match policy {
            AccessPolicy::Cluster(_) => json!({"type": "cluster", "namespaces": []}),
            AccessPolicy::Namespaces { namespaces, .. } => json!({"type": "namespace", "namespaces": namespaces}),
        };
        let at = ask.world.seconds(entry.created);
        json!({
            "policyArn": policy_arn(ask, policy.name()),
            "accessScope": scope,
            "associatedAt": at,
            "modifiedAt": at,
        })
    })
}

/// What both the list and the description say of an association.
fn association(ask: &Ask<'_>, cluster: &Cluster, one: &PodIdentity) -> [(&'static str, Value); 6] {
    [
        ("clusterName", cluster.name.as_str().into()),
        ("namespace", one.namespace.as_str().into()),
        ("serviceAccount", one.service_account.as_str().into()),
        ("associationArn", association_arn(ask, one).into()),
        ("associationId", association_id(&cluster.name, one).into()),
        ("ownerArn", one.addon.as_ref().map(|addon| addon_arn(ask, addon)).into()),
    ]
}

pub(super) fn list_pod_identities(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let (namespace, account) = (ask.parameter("namespace"), ask.parameter("serviceAccount"));
    let is_wanted = |one: &&PodIdentity| {
        namespace.as_ref().is_none_or(|wanted| one.namespace == *wanted)
            && account.as_ref().is_none_or(|wanted| one.service_account == *wanted)
    };
    let wanted: Vec<&PodIdentity> = cluster.pod_identities.iter().filter(is_wanted).collect();
    page_of(ask, "associations", &wanted, |one| object(association(ask, cluster, one)))
}

pub(super) fn describe_pod_identity(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let id = ask.label(1);
    let found = cluster.pod_identities.iter().find(|one| association_id(&cluster.name, one) == id);
    let found = found.ok_or_else(|| not_found(format!("No association found with id: {id}.")))?;
    let mut described = object(association(ask, cluster, found));
    described["roleArn"] = ask.world.role_arn(&found.role).into();
    described["disableSessionTags"] = found.disable_session_tags.into();
    described["createdAt"] = ask.world.seconds(found.created).into();
    described["modifiedAt"] = ask.world.seconds(found.created).into();
    described["tags"] = json!({});
    if let Some(target) = &found.target_role {
        described["targetRoleArn"] = ask.world.role_arn(target).into();
    }
    if let Some(policy) = &found.policy {
        described["policy"] = policy.text().into();
    }
    Ok(one("association", described))
}

pub(super) fn list_providers(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    page_of(
        ask,
        "identityProviderConfigs",
        &asked(ask)?.identity_providers,
        |provider| json!({"type": "oidc", "name": provider.name}),
    )
}

pub(super) fn describe_provider(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let wanted = &ask.request.json["identityProviderConfig"]["name"];
    let found = cluster.identity_providers.iter().find(|provider| *wanted == provider.name.as_str());
    let found = found.ok_or_else(|| not_found("Identity provider config is not associated with the cluster"))?;
    Ok(one("identityProviderConfig", json!({"oidc": provider(ask, cluster, found)})))
}

fn provider(ask: &Ask<'_>, cluster: &Cluster, provider: &IdentityProvider) -> Value {
    let rest = format!("oidc/{}/{}", provider.name, ids::uuid(&provider.name));
    object([
        ("identityProviderConfigName", provider.name.as_str().into()),
        ("identityProviderConfigArn", part_arn(ask, "identityproviderconfig", &rest).into()),
        ("clusterName", cluster.name.as_str().into()),
        ("issuerUrl", provider.issuer.as_str().into()),
        ("clientId", provider.client_id.as_str().into()),
        ("usernameClaim", provider.username_claim.clone().into()),
        ("usernamePrefix", provider.username_prefix.clone().into()),
        ("groupsClaim", provider.groups_claim.clone().into()),
        ("groupsPrefix", provider.groups_prefix.clone().into()),
        ("requiredClaims", json!({})),
        ("tags", json!({})),
        ("status", "ACTIVE".into()),
    ])
}
