//! What a cluster's pods run on, and what EKS runs for it.

use serde_json::{Value, json};

use super::{addon_arn, asked, association_arn, is_text, not_found, one, page_of, part_arn};
use crate::account::{Addon, Cluster, FargateProfile, Issue, NodeGroup};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn list_node_groups(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    page_of(ask, "nodegroups", &asked(ask)?.node_groups, |group| group.name.as_str().into())
}

pub(super) fn describe_node_group(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let found = cluster.node_groups.iter().find(|group| group.name == ask.label(1));
    let group = found.ok_or_else(|| not_found(format!("No node group found for name: {}.", ask.label(1))))?;
    Ok(one("nodegroup", node_group(ask, cluster, group)))
}

fn node_group(ask: &Ask<'_>, cluster: &Cluster, group: &NodeGroup) -> Value {
    let world = ask.world;
    let role = group.role.clone().unwrap_or_else(|| format!("{}-node", cluster.name));
    let id = ids::uuid(&format!("{} {}", cluster.name, group.name));
    let version = group.version.as_deref().unwrap_or_else(|| cluster.version());
    // A machine image of one's own has no release that EKS knows.
    let is_custom = group.ami_type.as_deref() == Some("CUSTOM");
    let of_eks = |text: String| if is_custom { Value::Null } else { text.into() };
    let release = group.release.clone().unwrap_or_else(|| format!("{version}.4-20261104"));
    let remote = group.ssh_key.as_ref().map(|key| json!({"ec2SshKey": key, "sourceSecurityGroups": group.ssh_sources}));
    let template = group.launch_template.as_ref().map(|template| {
        let version = template.version.as_deref().unwrap_or("1");
        json!({"id": template.id, "name": template.id.replace("lt-", "nodes-"), "version": version})
    });
    let size = group.size.unwrap_or(2);
    object([
        ("nodegroupName", group.name.as_str().into()),
        ("nodegroupArn", part_arn(ask, "nodegroup", &format!("{}/{id}", group.name)).into()),
        ("clusterName", cluster.name.as_str().into()),
        ("version", of_eks(version.to_owned())),
        ("releaseVersion", of_eks(release)),
        ("createdAt", world.seconds(group.created).into()),
        ("modifiedAt", world.seconds(group.modified.unwrap_or(group.created)).into()),
        ("status", is_text(group.status.as_deref(), "ACTIVE")),
        ("capacityType", "ON_DEMAND".into()),
        ("scalingConfig", json!({"minSize": 1, "maxSize": size + 2, "desiredSize": size})),
        ("instanceTypes", json!(["m7i.large"])),
        ("subnets", json!(if group.subnets.is_empty() { &cluster.subnets } else { &group.subnets })),
        ("remoteAccess", remote.into()),
        ("amiType", is_text(group.ami_type.as_deref(), "AL2023_x86_64_STANDARD")),
        ("nodeRole", world.role_arn(&role).into()),
        ("resources", json!({"autoScalingGroups": [{"name": format!("eks-{}-{id}", group.name)}]})),
        ("health", json!({"issues": issues(&group.issues)})),
        ("launchTemplate", template.into()),
        ("tags", json!(group.tags)),
    ])
}

fn issues(issues: &[Issue]) -> Value {
    issues.iter().map(|issue| json!({"code": issue.code, "message": issue.message, "resourceIds": []})).collect()
}

pub(super) fn list_fargate_profiles(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    page_of(ask, "fargateProfileNames", &asked(ask)?.fargate_profiles, |profile| profile.name.as_str().into())
}

pub(super) fn describe_fargate_profile(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let found = cluster.fargate_profiles.iter().find(|profile| profile.name == ask.label(1));
    let profile = found.ok_or_else(|| not_found(format!("No Fargate Profile found with name: {}.", ask.label(1))))?;
    Ok(one("fargateProfile", fargate_profile(ask, cluster, profile)))
}

fn fargate_profile(ask: &Ask<'_>, cluster: &Cluster, profile: &FargateProfile) -> Value {
    let role = profile.role.clone().unwrap_or_else(|| format!("{}-fargate", cluster.name));
    let id = ids::uuid(&format!("{} {}", cluster.name, profile.name));
    let selectors = profile.selectors.iter().map(|one| json!({"namespace": one.namespace, "labels": one.labels}));
    json!({
        "fargateProfileName": profile.name,
        "fargateProfileArn": part_arn(ask, "fargateprofile", &format!("{}/{id}", profile.name)),
        "clusterName": cluster.name,
        "createdAt": ask.world.seconds(profile.created),
        "podExecutionRoleArn": ask.world.role_arn(&role),
        "subnets": if profile.subnets.is_empty() { &cluster.subnets } else { &profile.subnets },
        "selectors": selectors.collect::<Value>(),
        "status": "ACTIVE",
        "tags": {},
    })
}

pub(super) fn list_addons(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    page_of(ask, "addons", &asked(ask)?.addons, |addon| addon.name.as_str().into())
}

pub(super) fn describe_addon(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let found = cluster.addons.iter().find(|addon| addon.name == ask.label(1));
    let missing = || not_found(format!("No addon: {} found in cluster: {}", ask.label(1), cluster.name));
    Ok(one("addon", addon(ask, cluster, found.ok_or_else(missing)?)))
}

fn addon(ask: &Ask<'_>, cluster: &Cluster, addon: &Addon) -> Value {
    let configuration = addon.configuration.as_ref();
    let configuration = configuration.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let owned = cluster.pod_identities.iter().filter(|one| one.addon.as_deref() == Some(addon.name.as_str()));
    let owned: Vec<String> = owned.map(|one| association_arn(ask, one)).collect();
    object([
        ("addonName", addon.name.as_str().into()),
        ("addonArn", addon_arn(ask, &addon.name).into()),
        ("clusterName", cluster.name.as_str().into()),
        ("status", is_text(addon.status.as_deref(), "ACTIVE")),
        ("addonVersion", is_text(addon.version.as_deref(), "v1.0.0-eksbuild.1")),
        ("createdAt", ask.world.seconds(addon.created).into()),
        ("modifiedAt", ask.world.seconds(addon.created).into()),
        ("serviceAccountRoleArn", addon.role.as_ref().map(|role| ask.world.role_arn(role)).into()),
        ("podIdentityAssociations", json!(owned)),
        ("configurationValues", configuration.into()),
        ("publisher", "eks".into()),
        ("owner", "aws".into()),
        ("health", json!({"issues": issues(&addon.issues)})),
        ("tags", json!({})),
    ])
}

pub(super) fn list_capabilities(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    page_of(ask, "capabilities", &asked(ask)?.capabilities, |capability| {
        json!({
            "capabilityName": capability.name,
            "arn": part_arn(ask, "capability", &capability.name),
            "type": capability.kind,
            "status": "ACTIVE",
        })
    })
}

pub(super) fn describe_capability(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    let found = cluster.capabilities.iter().find(|capability| capability.name == ask.label(1));
    let capability = found.ok_or_else(|| not_found(format!("No capability found for name: {}.", ask.label(1))))?;
    Ok(one(
        "capability",
        json!({
            "capabilityName": capability.name,
            "arn": part_arn(ask, "capability", &capability.name),
            "clusterName": cluster.name,
            "type": capability.kind,
            "roleArn": ask.world.role_arn(&capability.role),
            "status": "ACTIVE",
            "tags": {},
        }),
    ))
}
