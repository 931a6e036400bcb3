//! Service revisions: what exactly a service was set to run.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::containers::{self, Named};
use super::stages::{self, Stage};
use super::{Here, asked_batch, batch, express, network, overlay, services};
use crate::account::ecs::{Cluster, Launch, Members};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn arn(here: Here<'_>, cluster: &Cluster, stage: &Stage<'_>) -> String {
    let name = &stage.service.name;
    let seed = format!("revision {} {} {name} {}", here.region, cluster.name, stage.id);
    here.arn(&format!("service-revision/{}/{name}/{}", cluster.name, ids::characters(&seed, b"0123456789", 19)))
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let names = asked_batch(ask, "serviceRevisionArns", "serviceRevisionArns", 20)?;
    Ok(batch(here, "serviceRevisions", &names, "service-revision/", |name| {
        // The ARN ends with cluster, service and number.
        let mut parts = name.rsplit('/').skip(1);
        let (service, cluster) = (parts.next()?, here.cluster(parts.next()?)?);
        let service = cluster.services.iter().find(|one| one.name == service)?;
        let stages = stages::of(here, cluster, service);
        let stage = stages.iter().find(|stage| arn(here, cluster, stage) == name)?;
        (service.controller() == "ECS").then(|| described(here, cluster, stage))
    }))
}

fn described(here: Here<'_>, cluster: &Cluster, stage: &Stage<'_>) -> Value {
    let service = stage.service;
    let definition = stage.revision.definition;
    let names = containers::names(here, &definition.containers, &definition.family);
    let images =
        names.iter().map(|one| image(here, one, &service.digests, is_versioned(&definition.containers, &one.0)));
    let mut value = object([
        ("serviceRevisionArn", arn(here, cluster, stage).into()),
        ("serviceArn", services::arn(here, cluster, service).into()),
        ("clusterArn", here.cluster_arn(cluster).into()),
        ("taskDefinition", stage.revision.arn(here).into()),
        ("capacityProviderStrategy", services::shares(stage)),
        ("launchType", services::launch_type(stage)),
        ("platformVersion", stage.platform.into()),
        ("platformFamily", stage.platform_family()),
        ("loadBalancers", services::load_balancers(here, service, &names)),
        ("serviceRegistries", json!(service.registries)),
        ("networkConfiguration", if stage.has_interface() { network(here, stage.network) } else { Value::Null }),
        ("containerImages", images.collect()),
        ("guardDutyEnabled", has_guard_duty(here, stage).into()),
        ("serviceConnectConfiguration", service.connect.clone().into()),
        ("volumeConfigurations", services::some(&service.volumes)),
        ("fargateEphemeralStorage", services::storage(here, service.storage_key.as_deref())),
        ("createdAt", here.world.seconds(stage.created).into()),
        ("ecsManagedResources", express::resources(here, cluster, service)),
    ]);
    overlay(&mut value, &service.revision_api);
    value
}

/// As the account's setting is, where GuardDuty can watch.
fn has_guard_duty(here: Here<'_>, stage: &Stage<'_>) -> bool {
    let is_on = here.ecs().account_settings.get("guardDutyActivate").is_some_and(|value| value == "on");
    let can_be = matches!(stage.launch, Launch::Fargate | Launch::Ec2) && !stage.revision.definition.is_windows();
    stage.service.guard_duty.unwrap_or(is_on && can_be)
}

/// Whether a service keeps to the digest that the tag had first.
fn is_versioned(containers: &[Members], name: &str) -> bool {
    let own = containers.iter().find(|one| one.get("name").is_some_and(|own| own == name));
    own.and_then(|one| one.get("versionConsistency")).is_none_or(|value| value != "disabled")
}

/// A container's image, and its digest where that was found out.
pub(super) fn image(
    here: Here<'_>,
    (name, image): &Named,
    digests: &BTreeMap<String, String>,
    is_resolved: bool,
) -> Value {
    let digest = if is_resolved { digest(here, name, image, digests) } else { None };
    object([("containerName", name.as_str().into()), ("image", image.as_str().into()), ("imageDigest", digest.into())])
}

/// The digest of a container's image: the file's, its own, the registry's, or one that is made up.
pub(super) fn digest(here: Here<'_>, name: &str, image: &str, digests: &BTreeMap<String, String>) -> Option<String> {
    if let Some(given) = digests.get(name) {
        return (!given.is_empty()).then(|| given.clone());
    }
    if let Some((_, own)) = image.split_once('@') {
        return Some(own.to_owned());
    }
    let has_tag = image.rsplit('/').next().is_some_and(|last| last.contains(':'));
    let tagged = if has_tag { image.to_owned() } else { format!("{image}:latest") };
    let known = here.world.resolve_image(&tagged).map(str::to_owned);
    Some(known.unwrap_or_else(|| format!("sha256:{}", ids::hexadecimal(&tagged, 64))))
}
