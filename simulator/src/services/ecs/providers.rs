//! Capacity providers.

use serde_json::{Value, json};

use super::{Here, asked_cluster, batch, includes, invalid, overlay, page_of, tags, tail, without};
use crate::account::ecs::{Cluster, ManagedInstances, Provider};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The providers that every account has.
const BUILT_IN: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let cluster = if ask.parameter("cluster").is_some() { Some(asked_cluster(ask)?) } else { None };
    let names = ask.request.list("capacityProviders");
    if names.len() > 100 {
        return Err(invalid("capacityProviders can have at most 100 items."));
    }
    if !names.is_empty() {
        return Ok(batch(here, "capacityProviders", &names, "capacity-provider/", |name| {
            let name = tail(name);
            let built_in = BUILT_IN.iter().find(|one| **one == name);
            if let Some(name) = built_in {
                return Some(told(ask, fargate(here, name)));
            }
            // Those of a cluster are there only where it is named.
            let is_there = |one: &&Provider| one.cluster.as_deref().is_none_or(|own| is_of(cluster, own));
            here.provider(name).filter(is_there).map(|one| told(ask, described(here, one)))
        }));
    }
    let is_listed = |name: &str| match cluster {
        Some(cluster) => cluster.capacity_providers.iter().any(|one| one == name),
        None => true,
    };
    let mut all: Vec<Value> = BUILT_IN.iter().filter(|name| is_listed(name)).map(|name| fargate(here, name)).collect();
    let own = here.ecs().capacity_providers.iter().filter(|one| match &one.cluster {
        Some(own) => is_of(cluster, own),
        None => is_listed(&one.name),
    });
    all.extend(own.map(|one| described(here, one)));
    let Answer::Json(mut answer) = page_of(ask, "capacityProviders", (10, 10), &all, |one| told(ask, one.clone()))?
    else {
        return Err(invalid("No page."));
    };
    answer["failures"] = json!([]);
    Ok(Answer::Json(answer))
}

fn is_of(cluster: Option<&Cluster>, name: &str) -> bool {
    cluster.is_some_and(|cluster| cluster.name == name)
}

fn told(ask: &Ask<'_>, value: Value) -> Value {
    if includes(ask, "TAGS") { value } else { without(value, "tags") }
}

fn fargate(here: Here<'_>, name: &str) -> Value {
    json!({
        "capacityProviderArn": here.arn(&format!("capacity-provider/{name}")),
        "name": name,
        "status": "ACTIVE",
        "type": name,
        "tags": [],
    })
}

fn described(here: Here<'_>, provider: &Provider) -> Value {
    let cluster = provider.cluster.as_ref().map(|name| here.arn(&format!("cluster/{name}")));
    let managed = provider.managed_instances.as_ref();
    let kind = if managed.is_some() { "MANAGED_INSTANCES" } else { "EC2_AUTOSCALING" };
    let group = if managed.is_some() { Value::Null } else { auto_scaling(here, provider) };
    let mut value = object([
        ("capacityProviderArn", here.arn(&format!("capacity-provider/{}", provider.name)).into()),
        ("name", provider.name.as_str().into()),
        ("cluster", cluster.into()),
        ("status", provider.status.as_deref().unwrap_or("ACTIVE").into()),
        ("autoScalingGroupProvider", group),
        ("managedInstancesProvider", managed.map(|one| managed_instances(here, one)).into()),
        ("updateStatus", "CREATE_COMPLETE".into()),
        ("tags", tags(&provider.tags)),
        ("type", kind.into()),
    ]);
    overlay(&mut value, &provider.api);
    value
}

fn auto_scaling(here: Here<'_>, provider: &Provider) -> Value {
    let name = provider.auto_scaling_group.as_deref().unwrap_or(&provider.name);
    let rest = format!("autoScalingGroup:{}:autoScalingGroupName/{name}", ids::uuid(&format!("group {name}")));
    let made_up = || here.world.account.arn("autoscaling", here.region, &rest);
    json!({
        "autoScalingGroupArn": if name.starts_with("arn:") { name.to_owned() } else { made_up() },
        "managedScaling": {"status": "ENABLED", "targetCapacity": 100, "minimumScalingStepSize": 1, "maximumScalingStepSize": 10000, "instanceWarmupPeriod": 300},
        "managedTerminationProtection": if provider.termination_protection { "ENABLED" } else { "DISABLED" },
        "managedDraining": "ENABLED",
    })
}

fn managed_instances(here: Here<'_>, managed: &ManagedInstances) -> Value {
    let profile = managed.profile.as_deref().unwrap_or("ecsInstanceRole");
    let profile_arn = here.world.account.arn("iam", "", &format!("instance-profile/{profile}"));
    let mut template = json!({
        "ec2InstanceProfileArn": if profile.starts_with("arn:") { profile.to_owned() } else { profile_arn },
        "networkConfiguration": {
            "subnets": managed.network.subnets,
            "securityGroups": managed.network.security_groups,
        },
        "monitoring": "BASIC",
        "nitroEnclavesEnabled": managed.nitro_enclaves,
    });
    overlay(&mut template, &managed.template);
    json!({
        "infrastructureRoleArn": here.world.role_arn(managed.role.as_deref().unwrap_or("ecsInfrastructureRole")),
        "instanceLaunchTemplate": template,
        "propagateTags": "NONE",
    })
}
