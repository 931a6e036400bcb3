//! What of a service runs: its deployments, or the task sets of what deploys it instead.

use std::sync::LazyLock;

use serde_json::Value;

use super::Here;
use super::definitions::{self, Revision};
use crate::account::Moment;
use crate::account::ecs::{Cluster, Deployment, Launch, Members, Network, Service, Share, TaskDefinition, TaskSet};
use crate::ids;

/// What a service runs whose task definition is not there, which the reading of the file refuses.
static NO_DEFINITION: LazyLock<TaskDefinition> = LazyLock::new(TaskDefinition::default);

/// A deployment or a task set of a service.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) service: &'a Service,
    /// `ecs-svc/…`, which its tasks say they were started by.
    pub(super) id: String,
    pub(super) status: &'a str,
    pub(super) revision: Revision<'a>,
    pub(super) launch: Launch,
    pub(super) strategy: &'a [Share],
    pub(super) platform: Option<&'a str>,
    pub(super) network: Option<&'a Network>,
    pub(super) desired: u32,
    pub(super) running: u32,
    pub(super) created: Moment,
    pub(super) rollout: &'a str,
    pub(super) external_id: Option<&'a str>,
    pub(super) scale: u32,
    pub(super) api: Option<&'a Members>,
}

/// What deployments and task sets have in common.
#[derive(Default)]
struct Part<'a> {
    definition: Option<&'a str>,
    status: Option<&'a str>,
    launch: Option<Launch>,
    strategy: &'a [Share],
    platform: Option<&'a str>,
    desired: Option<u32>,
    running: Option<u32>,
    network: Option<&'a Network>,
    created: Option<Moment>,
    rollout: Option<&'a str>,
    external_id: Option<&'a str>,
    scale: Option<u32>,
    api: Option<&'a Members>,
}

impl<'a> Part<'a> {
    fn deployment(one: &'a Deployment) -> Part<'a> {
        Part {
            definition: one.task_definition.as_deref(),
            status: one.status.as_deref(),
            launch: one.launch,
            strategy: &one.strategy,
            platform: one.platform.as_deref(),
            desired: one.desired,
            running: one.running,
            network: one.network.as_ref(),
            created: one.created,
            rollout: one.rollout.as_deref(),
            api: Some(&one.api),
            ..Part::default()
        }
    }

    fn task_set(one: &'a TaskSet) -> Part<'a> {
        Part {
            definition: one.task_definition.as_deref(),
            status: one.status.as_deref(),
            launch: one.launch,
            strategy: &one.strategy,
            platform: one.platform.as_deref(),
            running: one.running,
            network: one.network.as_ref(),
            created: one.created,
            external_id: one.external_id.as_deref(),
            scale: one.scale,
            api: Some(&one.api),
            ..Part::default()
        }
    }
}

/// The deployments or task sets of a service; one at least.
pub(super) fn of<'a>(here: Here<'a>, cluster: &'a Cluster, service: &'a Service) -> Vec<Stage<'a>> {
    let mut parts: Vec<Part<'a>> = if service.controller() == "ECS" {
        service.deployments.iter().map(Part::deployment).collect()
    } else {
        service.task_sets.iter().map(Part::task_set).collect()
    };
    if parts.is_empty() {
        parts.push(Part::default());
    }
    parts.iter().enumerate().map(|(place, part)| stage(here, cluster, service, place, part)).collect()
}

fn stage<'a>(here: Here<'a>, cluster: &'a Cluster, service: &'a Service, place: usize, part: &Part<'a>) -> Stage<'a> {
    let seed = format!("{} {} {} {place}", here.region, cluster.name, service.name);
    let named = part.definition.unwrap_or(&service.task_definition);
    let none = Revision { definition: &NO_DEFINITION, number: 1 };
    let revision = definitions::find(here, named).unwrap_or(none);
    let strategies = [part.strategy, &service.strategy, &cluster.default_strategy];
    let launch = part.launch.or(service.launch.filter(|_| part.strategy.is_empty()));
    let strategy = match launch {
        Some(_) => &[],
        None => strategies.into_iter().find(|one| !one.is_empty()).unwrap_or(&[]),
    };
    let by_strategy = || strategy.first().map(|share| launch_of(here, share.provider()));
    let launch = launch.or_else(by_strategy).unwrap_or_else(|| revision.definition.launch());
    let desired = part.desired.unwrap_or_else(|| desired(here, cluster, service));
    let is_fargate = launch == Launch::Fargate;
    let platform = part.platform.or(service.platform.as_deref());
    Stage {
        service,
        id: format!("ecs-svc/{}", ids::characters(&format!("stage {seed}"), b"0123456789", 19)),
        status: part.status.unwrap_or(if place == 0 { "PRIMARY" } else { "ACTIVE" }),
        revision,
        launch,
        strategy,
        platform: is_fargate.then(|| platform.unwrap_or("LATEST")),
        network: part.network.or(service.network.as_ref()),
        desired,
        running: part.running.or(service.running).unwrap_or(desired),
        created: part.created.unwrap_or(service.created),
        rollout: part.rollout.unwrap_or("COMPLETED"),
        external_id: part.external_id,
        scale: part.scale.unwrap_or(100),
        api: part.api,
    }
}

/// How many tasks a service wants.
pub(super) fn desired(here: Here<'_>, cluster: &Cluster, service: &Service) -> u32 {
    let of_daemon = || {
        let instances = super::instances::of(here, cluster, Launch::Ec2, None).len();
        u32::try_from(instances).unwrap_or(u32::MAX)
    };
    service.desired.unwrap_or_else(|| if service.is_daemon() { of_daemon() } else { 1 })
}

/// What a capacity provider runs tasks on.
pub(super) fn launch_of(here: Here<'_>, provider: &str) -> Launch {
    match provider {
        "FARGATE" | "FARGATE_SPOT" => Launch::Fargate,
        other if here.provider(other).is_some_and(|one| one.managed_instances.is_some()) => Launch::ManagedInstances,
        _ => Launch::Ec2,
    }
}

impl<'a> Stage<'a> {
    /// The provider of the `number`-th task: the bases first, then by weight.
    pub(super) fn provider(&self, number: u32) -> Option<&'a str> {
        let mut left = number;
        for share in self.strategy {
            if left < share.base() {
                return Some(share.provider());
            }
            left -= share.base();
        }
        let total: u32 = self.strategy.iter().map(Share::weight).sum();
        let mut place = left.checked_rem(total).unwrap_or(0);
        for share in self.strategy {
            if place < share.weight() {
                return Some(share.provider());
            }
            place -= share.weight();
        }
        self.strategy.first().map(Share::provider)
    }

    pub(super) fn has_interface(&self) -> bool {
        self.revision.definition.network_mode() == Some("awsvpc")
    }

    /// `Linux`, or the Windows that the task definition wants.
    pub(super) fn platform_family(&self) -> Value {
        let family =
            || if self.revision.definition.is_windows() { self.revision.definition.system.as_deref() } else { None };
        self.platform.map(|_| family().unwrap_or("Linux")).into()
    }
}
