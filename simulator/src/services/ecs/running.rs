//! The tasks of a cluster: those that its services and daemons make, and those that the file names.

use std::collections::BTreeMap;

use super::containers::{self, Named};
use super::definitions::{self, Revision};
use super::stages::{self, Stage};
use super::{Here, daemons, instances};
use crate::account::Moment;
use crate::account::ecs::{Cluster, Daemon, DaemonTaskDefinition, Instance, Launch, Network, Service, Task};
use crate::ids;

/// What a task is made from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    Revision(Revision<'a>),
    Daemon(&'a DaemonTaskDefinition),
}

/// A task, running or stopped.
#[derive(Debug)]
pub(super) struct Running<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) id: String,
    pub(super) source: Source<'a>,
    pub(super) group: String,
    pub(super) started_by: Option<String>,
    pub(super) launch: Launch,
    pub(super) provider: Option<&'a str>,
    platform: Option<&'a str>,
    pub(super) network: Option<&'a Network>,
    pub(super) instance: Option<&'a Instance>,
    pub(super) exec: bool,
    pub(super) started: Moment,
    pub(super) storage_key: Option<&'a str>,
    pub(super) digests: &'a BTreeMap<String, String>,
    /// What the file says of it, if anything.
    pub(super) given: Option<&'a Task>,
    /// Its service's, where that hands them on.
    pub(super) service: Option<&'a Service>,
}

impl<'a> Running<'a> {
    pub(super) fn arn(&self, here: Here<'_>) -> String {
        here.arn(&format!("task/{}/{}", self.cluster.name, self.id))
    }

    pub(super) fn status(&self) -> &str {
        self.given.map_or("RUNNING", Task::status)
    }

    /// What ECS wants of it: a task that has stopped shall stay so.
    pub(super) fn desired_status(&self) -> &str {
        if matches!(self.status(), "STOPPED" | "STOPPING" | "DEPROVISIONING" | "DEACTIVATING") {
            "STOPPED"
        } else {
            "RUNNING"
        }
    }

    pub(super) fn runs(&self, revision: &Revision<'_>) -> bool {
        matches!(self.source, Source::Revision(own) if own.is_same(revision))
    }

    pub(super) fn family(&self) -> &'a str {
        match self.source {
            Source::Revision(revision) => &revision.definition.family,
            Source::Daemon(definition) => &definition.family,
        }
    }

    pub(super) fn definition_arn(&self, here: Here<'_>) -> String {
        match self.source {
            Source::Revision(revision) => revision.arn(here),
            Source::Daemon(definition) => daemons::definition_arn(here, definition),
        }
    }

    /// Its containers by name and image.
    pub(super) fn containers(&self, here: Here<'_>) -> Vec<Named> {
        match self.source {
            Source::Revision(one) => containers::names(here, &one.definition.containers, &one.definition.family),
            Source::Daemon(one) => containers::names(here, &one.containers, &one.family),
        }
    }

    pub(super) fn has_interface(&self) -> bool {
        matches!(self.source, Source::Revision(one) if one.definition.network_mode() == Some("awsvpc"))
    }

    fn is_windows(&self) -> bool {
        matches!(self.source, Source::Revision(one) if one.definition.is_windows())
    }

    /// The version that `LATEST` stands for, or the one it was started with.
    pub(super) fn platform(&self) -> Option<&'a str> {
        let latest = if self.is_windows() { "1.0.0" } else { "1.4.0" };
        let is_fargate = self.launch == Launch::Fargate;
        is_fargate.then(|| self.platform.filter(|&version| version != "LATEST").unwrap_or(latest))
    }

    pub(super) fn platform_family(&self) -> Option<&'a str> {
        self.platform()?;
        match self.source {
            Source::Revision(one) if one.definition.is_windows() => one.definition.system.as_deref(),
            _ => Some("Linux"),
        }
    }

    fn take(&mut self, here: Here<'a>, task: &'a Task) {
        self.given = Some(task);
        if let Some(id) = &task.id {
            self.id.clone_from(id);
        }
        if let Some(revision) = task.definition.as_ref().and_then(|name| definitions::find(here, name)) {
            self.source = Source::Revision(revision);
        }
        if let Some(group) = &task.group {
            self.group.clone_from(group);
        }
        if task.started_by.is_some() {
            self.started_by.clone_from(&task.started_by);
        }
        if let Some(provider) = &task.provider {
            self.provider = Some(provider);
            self.launch = stages::launch_of(here, provider);
        }
        self.launch = task.launch.unwrap_or(self.launch);
        self.platform = task.platform.as_deref().or(self.platform);
        self.network = task.network.as_ref().or(self.network);
        self.exec = task.exec.unwrap_or(self.exec);
        self.started = task.started.unwrap_or(self.started);
        if !task.digests.is_empty() {
            self.digests = &task.digests;
        }
    }

    /// Puts it on an instance: the one that the file names, or one after the other.
    fn place(&mut self, here: Here<'a>, number: usize) {
        let named = self.given.and_then(|task| task.instance.as_deref());
        self.instance = if let Some(name) = named {
            self.cluster.instances.iter().find(|one| instances::is(here, self.cluster, one, name))
        } else {
            let able = instances::of(here, self.cluster, self.launch, self.provider);
            number.checked_rem(able.len()).map(|place| able[place])
        };
    }
}

/// All tasks of a cluster.
pub(super) fn tasks<'a>(here: Here<'a>, cluster: &'a Cluster) -> Vec<Running<'a>> {
    let mut all = Vec::new();
    for service in &cluster.services {
        of_service(here, cluster, service, &mut all);
    }
    for (number, task) in cluster.tasks.iter().enumerate() {
        all.extend(standalone(here, cluster, task, number));
    }
    for daemon in &cluster.daemons {
        of_daemon(here, cluster, daemon, &mut all);
    }
    all
}

fn of_service<'a>(here: Here<'a>, cluster: &'a Cluster, service: &'a Service, all: &mut Vec<Running<'a>>) {
    let stages = stages::of(here, cluster, service);
    let Some(given) = &service.tasks else {
        for stage in &stages {
            for number in 0..stage.running {
                let mut task = of_stage(here, cluster, stage, number);
                task.place(here, all.len());
                all.push(task);
            }
        }
        return;
    };
    for (number, task) in (0..).zip(given) {
        let revision = task.definition.as_ref().and_then(|name| definitions::find(here, name));
        let is_its = |stage: &&Stage<'_>| revision.is_some_and(|revision| stage.revision.is_same(&revision));
        if let Some(stage) = stages.iter().find(is_its).or(stages.first()) {
            let mut made = of_stage(here, cluster, stage, number);
            made.take(here, task);
            made.place(here, all.len());
            all.push(made);
        }
    }
}

fn of_stage<'a>(here: Here<'a>, cluster: &'a Cluster, stage: &Stage<'a>, number: u32) -> Running<'a> {
    let service = stage.service;
    let provider = stage.provider(number);
    let seed = format!("task {} {} {} {} {number}", here.region, cluster.name, service.name, stage.id);
    Running {
        cluster,
        id: ids::hexadecimal(&seed, 32),
        source: Source::Revision(stage.revision),
        group: format!("service:{}", service.name),
        started_by: Some(stage.id.clone()),
        launch: provider.map_or(stage.launch, |provider| stages::launch_of(here, provider)),
        provider,
        platform: stage.platform,
        network: stage.network,
        instance: None,
        exec: service.exec,
        started: stage.created,
        storage_key: service.storage_key.as_deref(),
        digests: &service.digests,
        given: None,
        service: Some(service),
    }
}

fn standalone<'a>(here: Here<'a>, cluster: &'a Cluster, task: &'a Task, number: usize) -> Option<Running<'a>> {
    let revision = definitions::find(here, task.definition.as_deref()?)?;
    let seed = format!("task {} {} alone {number}", here.region, cluster.name);
    let mut made = Running {
        cluster,
        id: ids::hexadecimal(&seed, 32),
        source: Source::Revision(revision),
        group: format!("family:{}", revision.definition.family),
        started_by: None,
        launch: revision.definition.launch(),
        provider: None,
        platform: None,
        network: None,
        instance: None,
        exec: false,
        started: Moment::DaysAgo(0),
        storage_key: None,
        digests: &task.digests,
        given: None,
        service: None,
    };
    made.take(here, task);
    made.place(here, number);
    Some(made)
}

/// A daemon has a task on each instance of its providers.
fn of_daemon<'a>(here: Here<'a>, cluster: &'a Cluster, daemon: &'a Daemon, all: &mut Vec<Running<'a>>) {
    let Some(definition) = daemons::definition(here, &daemon.task_definition) else { return };
    for (number, instance) in daemons::instances(here, cluster, daemon).into_iter().enumerate() {
        let seed = format!("task {} {} daemon {} {number}", here.region, cluster.name, daemon.name);
        all.push(Running {
            cluster,
            id: ids::hexadecimal(&seed, 32),
            source: Source::Daemon(definition),
            group: format!("daemon:{}", daemon.name),
            started_by: Some(format!("ecs-daemon/{}", ids::characters(&seed, b"0123456789", 19))),
            launch: Launch::ManagedInstances,
            provider: instance.provider.as_deref(),
            platform: None,
            network: None,
            instance: Some(instance),
            exec: daemon.exec,
            started: daemon.created,
            storage_key: None,
            digests: &daemon.digests,
            given: None,
            service: None,
        });
    }
}
