//! Gateways, which let requests in to the services of clusters.

use serde_json::{Value, json};

use super::{Here, is_named, not_found, overlay, page_of, tags, tail};
use crate::account::ecs::{Access, Gateway};
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

fn arn(here: Here<'_>, gateway: &Gateway) -> String {
    here.arn(&format!("gateway/{}", gateway.name))
}

fn status(gateway: &Gateway) -> &str {
    gateway.status.as_deref().unwrap_or("ACTIVE")
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let (names, statuses) = (ask.request.list("names"), ask.request.list("status"));
    let is_wanted = |one: &&Gateway| {
        (names.is_empty() || names.contains(&one.name))
            && (statuses.is_empty() || statuses.iter().any(|wanted| wanted == status(one)))
    };
    let found: Vec<&Gateway> = here.ecs().gateways.iter().filter(is_wanted).collect();
    page_of(ask, "gateways", (100, 100), &found, |one| {
        json!({
            "gatewayArn": arn(here, one),
            "name": one.name,
            "status": status(one),
            "createdAt": here.world.seconds(one.created),
        })
    })
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let wanted = ask.parameter("gateway").unwrap_or_default();
    let found = here.ecs().gateways.iter().find(|one| is_named(&wanted, &one.name, || arn(here, one)));
    let gateway = found.ok_or_else(|| not_found("GatewayNotFoundException", "The specified gateway wasn't found."))?;
    Ok(Answer::Json(json!({"gateway": described(here, gateway)})))
}

fn described(here: Here<'_>, gateway: &Gateway) -> Value {
    let (access, scheme) = match gateway.access {
        Access::Public => ("PUBLIC", "internet-facing"),
        Access::Private => ("PRIVATE", "internal"),
    };
    let at = here.world.seconds(gateway.created);
    let logs = gateway.access_logs.as_ref().map(|bucket| json!({"destination": {"s3": {"bucket": bucket}}}));
    let balancer = object([
        (
            "networkConfiguration",
            object([
                ("inboundSecurityGroup", gateway.security_group.clone().into()),
                ("subnets", json!(gateway.subnets)),
                ("ipAddressType", "ipv4".into()),
            ]),
        ),
        ("scheme", scheme.into()),
        ("accessLogs", logs.into()),
        ("webACLArn", gateway.web_acl.clone().into()),
        ("port", 443.into()),
        ("protocol", "HTTPS".into()),
        ("maxAlbCount", 1.into()),
        ("currentAlbCount", 1.into()),
        ("httpDesync", gateway.desync.as_deref().unwrap_or("defensive").into()),
    ]);
    let mut value = object([
        ("gatewayArn", arn(here, gateway).into()),
        ("name", gateway.name.as_str().into()),
        ("status", status(gateway).into()),
        (
            "infrastructureRoleArn",
            here.world.role_arn(gateway.role.as_deref().unwrap_or("ecsInfrastructureRole")).into(),
        ),
        ("deletionProtection", gateway.deletion_protection.into()),
        ("configuration", json!({"hostSharedAlb": balancer})),
        ("accessType", access.into()),
        ("propagateTags", "NONE".into()),
        ("tags", tags(&gateway.tags)),
        ("createdAt", at.into()),
        ("updatedAt", at.into()),
    ]);
    overlay(&mut value, &gateway.api);
    value
}

pub(super) fn list_associations(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let (gateway, cluster) = (ask.parameter("gateway"), ask.parameter("cluster"));
    let named = |asked: &Option<String>, own: &str| asked.as_ref().is_none_or(|asked| tail(asked) == own);
    let all = here.ecs().gateways.iter().flat_map(|one| one.clusters.iter().map(move |cluster| (one, cluster)));
    let found: Vec<_> = all.filter(|(one, own)| named(&gateway, &one.name) && named(&cluster, own)).collect();
    page_of(ask, "gatewayClusterAssociations", (100, 100), &found, |(one, cluster)| {
        json!({
            "gatewayArn": arn(here, one),
            "clusterArn": here.arn(&format!("cluster/{cluster}")),
            "status": "ACTIVE",
        })
    })
}
