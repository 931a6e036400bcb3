//! Managed daemons, and what they are made from.

use serde_json::{Value, json};

use super::{
    Here, asked_batch, asked_cluster, batch, containers, definitions, not_found, overlay, page_of, revisions, tail,
};
use crate::account::ecs::{Cluster, Daemon, DaemonTaskDefinition, Instance, Launch};
use crate::calls::Outcome;
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

fn arn(here: Here<'_>, cluster: &Cluster, daemon: &Daemon) -> String {
    here.arn(&format!("daemon/{}/{}", cluster.name, daemon.name))
}

fn revision_arn(here: Here<'_>, cluster: &Cluster, daemon: &Daemon) -> String {
    let seed = format!("daemon {} {} {} {}", here.region, cluster.name, daemon.name, daemon.task_definition);
    let number = ids::characters(&seed, b"0123456789", 19);
    here.arn(&format!("daemon-revision/{}/{}/{number}", cluster.name, daemon.name))
}

pub(super) fn definition_arn(here: Here<'_>, definition: &DaemonTaskDefinition) -> String {
    here.arn(&format!("daemon-task-definition/{}:{}", definition.family, definition.revision()))
}

fn status(definition: &DaemonTaskDefinition) -> &str {
    definition.status.as_deref().unwrap_or("ACTIVE")
}

/// The task definition that `family`, `family:revision` or an ARN of either means.
pub(super) fn definition<'a>(here: Here<'a>, name: &str) -> Option<&'a DaemonTaskDefinition> {
    let name = tail(name);
    let all = here.ecs().daemon_task_definitions.iter();
    match name.split_once(':') {
        Some((family, number)) => {
            let number: u32 = number.parse().ok()?;
            all.into_iter().find(|one| one.family == family && one.revision() == number)
        }
        None => all.filter(|one| one.family == name && status(one) == "ACTIVE").max_by_key(|one| one.revision()),
    }
}

/// The capacity providers of a daemon.
fn providers<'a>(here: Here<'a>, cluster: &'a Cluster, daemon: &'a Daemon) -> Vec<&'a str> {
    if daemon.providers.is_empty() {
        return here.ecs().own_providers(cluster).map(|one| one.name.as_str()).collect();
    }
    daemon.providers.iter().map(String::as_str).collect()
}

/// Where its tasks run.
pub(super) fn instances<'a>(here: Here<'a>, cluster: &'a Cluster, daemon: &'a Daemon) -> Vec<&'a Instance> {
    let providers = providers(here, cluster, daemon).into_iter();
    providers.flat_map(|one| super::instances::of(here, cluster, Launch::ManagedInstances, Some(one))).collect()
}

/// All daemons of the Region.
fn all(here: Here<'_>) -> impl Iterator<Item = (&Cluster, &Daemon)> {
    let clusters = here.ecs().clusters.iter();
    clusters.flat_map(|cluster| cluster.daemons.iter().map(move |daemon| (cluster, daemon)))
}

/// What the list and the description both say.
fn summary(here: Here<'_>, cluster: &Cluster, daemon: &Daemon) -> Value {
    json!({
        "daemonArn": arn(here, cluster, daemon),
        "status": daemon.status.as_deref().unwrap_or("ACTIVE"),
        "createdAt": here.world.seconds(daemon.created),
        "updatedAt": here.world.seconds(daemon.created),
    })
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (here, cluster) = (Here::of(ask), asked_cluster(ask)?);
    let wanted = ask.request.list("capacityProviderArns");
    let is_wanted = |daemon: &&Daemon| {
        let mut own = providers(here, cluster, daemon).into_iter();
        wanted.is_empty() || own.any(|one| wanted.iter().any(|arn| tail(arn) == one))
    };
    let found: Vec<&Daemon> = cluster.daemons.iter().filter(is_wanted).collect();
    page_of(ask, "daemonSummariesList", (100, 100), &found, |daemon| summary(here, cluster, daemon))
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let wanted = ask.parameter("daemonArn").unwrap_or_default();
    let found = all(here).find(|(cluster, daemon)| arn(here, cluster, daemon) == wanted);
    let missing = || not_found("DaemonNotFoundException", "The specified daemon was not found.");
    let (cluster, daemon) = found.ok_or_else(missing)?;
    let mut value = summary(here, cluster, daemon);
    value["clusterArn"] = here.cluster_arn(cluster).into();
    value["currentRevisions"] = current(here, cluster, daemon);
    Ok(Answer::Json(json!({"daemon": value})))
}

fn current(here: Here<'_>, cluster: &Cluster, daemon: &Daemon) -> Value {
    let providers = providers(here, cluster, daemon).into_iter().map(|name| {
        let running = super::instances::of(here, cluster, Launch::ManagedInstances, Some(name)).len();
        json!({"arn": here.arn(&format!("capacity-provider/{name}")), "runningCount": running, "withoutDaemonCount": 0})
    });
    json!([{
        "arn": revision_arn(here, cluster, daemon),
        "capacityProviders": providers.collect::<Value>(),
        "totalRunningCount": instances(here, cluster, daemon).len(),
        "totalWithoutDaemonCount": 0,
    }])
}

pub(super) fn describe_revisions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let names = asked_batch(ask, "daemonRevisionArns", "daemonRevisionArns", 20)?;
    Ok(batch(here, "daemonRevisions", &names, "daemon-revision/", |name| {
        let (cluster, daemon) = all(here).find(|(cluster, daemon)| revision_arn(here, cluster, daemon) == name)?;
        Some(revision(here, cluster, daemon))
    }))
}

fn revision(here: Here<'_>, cluster: &Cluster, daemon: &Daemon) -> Value {
    let definition = definition(here, &daemon.task_definition);
    let containers = definition.map(|one| containers::names(here, &one.containers, &one.family)).unwrap_or_default();
    let images = containers.iter().map(|one| revisions::image(here, one, &daemon.digests, true));
    let mut value = object([
        ("daemonRevisionArn", revision_arn(here, cluster, daemon).into()),
        ("clusterArn", here.cluster_arn(cluster).into()),
        ("daemonArn", arn(here, cluster, daemon).into()),
        ("daemonTaskDefinitionArn", definition.map(|one| definition_arn(here, one)).into()),
        ("createdAt", here.world.seconds(daemon.created).into()),
        ("containerImages", images.collect()),
        ("propagateTags", "NONE".into()),
        ("enableECSManagedTags", false.into()),
        ("enableExecuteCommand", daemon.exec.into()),
        ("critical", daemon.critical.unwrap_or(true).into()),
    ]);
    overlay(&mut value, &daemon.revision_api);
    value
}

pub(super) fn list_definitions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let wanted = ask.parameter("status");
    let wanted = wanted.as_deref().unwrap_or("ACTIVE");
    let (family, prefix) = (ask.parameter("family"), ask.parameter("familyPrefix").unwrap_or_default());
    let mut found: Vec<&DaemonTaskDefinition> = here.ecs().daemon_task_definitions.iter().collect();
    found.retain(|one| wanted == "ALL" || status(one) == wanted);
    found.retain(|one| one.family.starts_with(&prefix) && family.as_ref().is_none_or(|name| one.family == *name));
    found.sort_by_key(|one| (&one.family, one.revision()));
    if ask.parameter("sort").as_deref() == Some("DESC") {
        found.reverse();
    }
    page_of(ask, "daemonTaskDefinitions", (100, 100), &found, |one| {
        json!({
            "arn": definition_arn(here, one),
            "registeredAt": here.world.seconds(one.registered),
            "registeredBy": definitions::registrar(here, one.registered_by.as_deref()),
            "status": status(one),
        })
    })
}

pub(super) fn describe_definition(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let found = definition(here, &ask.parameter("daemonTaskDefinition").unwrap_or_default());
    let one = found.ok_or_else(|| {
        let message = "Unable to describe daemon task definition.";
        ServiceError::new(400, "ClientException", message).outcome(Outcome::NotFound)
    })?;
    let role = |name: &Option<String>| Value::from(name.as_ref().map(|name| here.world.role_arn(name)));
    let size = |given: Option<u32>| Value::from(given.map(|one| one.to_string()));
    let mut value = object([
        ("daemonTaskDefinitionArn", definition_arn(here, one).into()),
        ("family", one.family.as_str().into()),
        ("revision", one.revision().into()),
        ("taskRoleArn", role(&one.task_role)),
        ("executionRoleArn", role(&one.execution_role)),
        ("containerDefinitions", containers::of_daemon(here, one).into()),
        ("volumes", containers::volumes(&one.volumes)),
        ("cpu", size(one.cpu)),
        ("memory", size(one.memory)),
        ("status", status(one).into()),
        ("registeredAt", here.world.seconds(one.registered).into()),
        ("registeredBy", definitions::registrar(here, one.registered_by.as_deref()).into()),
        ("pidMode", one.pid.as_deref().unwrap_or("none").into()),
        ("ipcMode", one.ipc.as_deref().unwrap_or("none").into()),
    ]);
    overlay(&mut value, &one.api);
    Ok(Answer::Json(json!({"daemonTaskDefinition": value})))
}
