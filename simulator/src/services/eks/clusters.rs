//! Clusters as a whole, and what EKS finds out about them.

use serde_json::{Value, json};

use super::{asked, cluster_arn, is_text, one, page_of};
use crate::account::Cluster;
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The types of logs of a control plane.
const LOGS: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let with_connected = ask.parameter("include").as_deref() == Some("all");
    let clusters = ask.world.region(ask.region).eks.clusters.iter();
    let listed: Vec<&Cluster> = clusters.filter(|one| with_connected || one.connected.is_none()).collect();
    page_of(ask, "clusters", &listed, |cluster| cluster.name.as_str().into())
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    Ok(one("cluster", if cluster.connected.is_some() { connected(ask, cluster) } else { described(ask, cluster) }))
}

/// Of a connected cluster EKS knows next to nothing.
fn connected(ask: &Ask<'_>, cluster: &Cluster) -> Value {
    json!({
        "name": cluster.name,
        "arn": cluster_arn(ask, &cluster.name),
        "createdAt": ask.world.seconds(cluster.created),
        "status": is_text(cluster.status.as_deref(), "ACTIVE"),
        "version": is_text(cluster.version.as_deref(), "1.35"),
        "connectorConfig": {"provider": cluster.connected},
        "tags": cluster.tags,
    })
}

fn described(ask: &Ask<'_>, cluster: &Cluster) -> Value {
    let (account, world) = (&ask.world.account, ask.world);
    let door = world.door(ask.region, &cluster.name);
    let name = &cluster.name;
    let role = cluster.role.clone().unwrap_or_else(|| format!("{name}-cluster"));
    let key = cluster
        .secrets_key
        .as_ref()
        .map(|key| json!([{"resources": ["secrets"], "provider": {"keyArn": account.complete_arn(key, ask.region)}}]));
    let auto_mode = cluster.auto_mode_role.as_ref().map(|role| {
        json!({"enabled": true, "nodePools": ["general-purpose", "system"], "nodeRoleArn": world.role_arn(role)})
    });
    object([
        ("name", name.as_str().into()),
        ("arn", cluster_arn(ask, name).into()),
        ("id", cluster.outpost.as_ref().map(|_| ids::uuid(name)).into()),
        ("createdAt", world.seconds(cluster.created).into()),
        ("version", cluster.version().into()),
        ("platformVersion", is_text(cluster.platform_version.as_deref(), "eks.9")),
        ("status", is_text(cluster.status.as_deref(), "ACTIVE")),
        ("endpoint", door.endpoint.as_str().into()),
        ("certificateAuthority", json!({"data": door.certificate_authority})),
        ("roleArn", world.role_arn(&role).into()),
        ("resourcesVpcConfig", network(cluster)),
        ("kubernetesNetworkConfig", json!({"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"})),
        ("logging", logging(cluster)),
        ("identity", json!({"oidc": {"issuer": format!("https://{}", world.issuer(ask.region, cluster))}})),
        ("encryptionConfig", key.into()),
        ("accessConfig", access(cluster)),
        ("upgradePolicy", json!({"supportType": is_text(cluster.upgrade_support.as_deref(), "EXTENDED")})),
        ("computeConfig", auto_mode.into()),
        ("outpostConfig", cluster.outpost.as_ref().map(|arn| json!({"outpostArns": [arn]})).into()),
        ("deletionProtection", cluster.deletion_protection.unwrap_or(false).into()),
        ("health", json!({"issues": []})),
        ("tags", json!(cluster.tags)),
    ])
}

fn network(cluster: &Cluster) -> Value {
    object([
        ("vpcId", cluster.vpc.clone().into()),
        ("subnetIds", json!(cluster.subnets)),
        ("securityGroupIds", json!(cluster.security_groups)),
        ("clusterSecurityGroupId", cluster.own_security_group.clone().into()),
        ("endpointPublicAccess", cluster.endpoint.public.into()),
        ("endpointPrivateAccess", cluster.endpoint.private.into()),
        ("publicAccessCidrs", if cluster.endpoint.public { json!(cluster.endpoint.cidrs) } else { json!([]) }),
    ])
}

/// One entry for the types that are on, and one for the others.
fn logging(cluster: &Cluster) -> Value {
    let (on, off): (Vec<&str>, Vec<&str>) = LOGS.iter().partition(|&&kind| cluster.logs.iter().any(|log| log == kind));
    let entries = [(on, true), (off, false)].into_iter().filter(|(types, _)| !types.is_empty());
    let entries: Value = entries.map(|(types, enabled)| json!({"types": types, "enabled": enabled})).collect();
    json!({"clusterLogging": entries})
}

fn access(cluster: &Cluster) -> Value {
    json!({
        "authenticationMode": cluster.authentication(),
        "bootstrapClusterCreatorAdminPermissions": cluster.creator_is_admin.unwrap_or(true),
    })
}

pub(super) fn list_insights(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let cluster = asked(ask)?;
    page_of(ask, "insights", &cluster.insights, |insight| {
        json!({
            "id": ids::uuid(&format!("{} {}", cluster.name, insight.name)),
            "name": insight.name,
            "category": insight.category,
            "kubernetesVersion": cluster.version(),
            "lastRefreshTime": ask.world.today().as_second(),
            "insightStatus": object([
                ("status", insight.status.as_str().into()),
                ("reason", insight.reason.clone().into()),
            ]),
        })
    })
}
