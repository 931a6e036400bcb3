//! Clusters as a whole.

use serde_json::{Value, json};

use super::{Here, batch, includes, invalid, is_named, overlay, page_of, running, strategy, tags, without};
use crate::account::ecs::Cluster;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    page_of(ask, "clusterArns", (100, 100), &here.ecs().clusters, |one| here.cluster_arn(one).into())
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let mut names = ask.request.list("clusters");
    if names.len() > 100 {
        return Err(invalid("clusters can have at most 100 items."));
    }
    if names.is_empty() {
        names.push("default".to_owned());
    }
    Ok(batch(here, "clusters", &names, "cluster/", |name| {
        let clusters = &here.ecs().clusters;
        let found = clusters.iter().find(|one| is_named(name, &one.name, || here.cluster_arn(one)))?;
        Some(described(ask, found))
    }))
}

/// Some members come only when they are asked for.
fn described(ask: &Ask<'_>, cluster: &Cluster) -> Value {
    let here = Here::of(ask);
    let mut providers: Vec<&str> = cluster.capacity_providers.iter().map(String::as_str).collect();
    providers.extend(here.ecs().own_providers(cluster).map(|one| one.name.as_str()));
    let running = running::tasks(here, cluster).iter().filter(|task| task.status() == "RUNNING").count();
    let instances = cluster.instances.iter().filter(|one| one.status.as_deref().unwrap_or("ACTIVE") == "ACTIVE");
    let mut value = object([
        ("clusterArn", here.cluster_arn(cluster).into()),
        ("clusterName", cluster.name.as_str().into()),
        ("status", cluster.status.as_deref().unwrap_or("ACTIVE").into()),
        ("registeredContainerInstancesCount", instances.count().into()),
        ("runningTasksCount", running.into()),
        ("pendingTasksCount", 0.into()),
        ("activeServicesCount", cluster.services.len().into()),
        ("statistics", json!([])),
        ("tags", tags(&cluster.tags)),
        ("settings", settings(here, cluster)),
        ("capacityProviders", json!(providers)),
        ("defaultCapacityProviderStrategy", strategy(&cluster.default_strategy)),
        ("configuration", configuration(cluster)),
        ("attachments", json!([])),
        ("serviceConnectDefaults", cluster.namespace.as_ref().map(|arn| json!({"namespace": arn})).into()),
    ]);
    overlay(&mut value, &cluster.api);
    for (what, member) in [
        ("TAGS", "tags"),
        ("SETTINGS", "settings"),
        ("CONFIGURATIONS", "configuration"),
        ("STATISTICS", "statistics"),
        ("ATTACHMENTS", "attachments"),
    ] {
        if !includes(ask, what) {
            value = without(value, member);
        }
    }
    value
}

/// The cluster's own, and Container Insights as the account has it.
fn settings(here: Here<'_>, cluster: &Cluster) -> Value {
    let insights = here.ecs().account_settings.get("containerInsights").map_or("disabled", String::as_str);
    let mut settings: Vec<(&str, &str)> = vec![("containerInsights", insights)];
    for (name, value) in &cluster.settings {
        settings.retain(|(known, _)| known != name);
        settings.push((name, value));
    }
    settings.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn configuration(cluster: &Cluster) -> Value {
    if cluster.exec.is_none() && cluster.storage.is_none() {
        return Value::Null;
    }
    object([
        ("executeCommandConfiguration", cluster.exec.clone().into()),
        ("managedStorageConfiguration", cluster.storage.clone().into()),
    ])
}
