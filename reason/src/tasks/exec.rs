//! In which containers commands may be run (ECS Exec), and whether that works.

use palisade_model::ecs::{Cluster, Daemon, InCluster, LaunchType, Service, Task, TaskDefinition};
use palisade_model::{Action, Arn, Gap};

use super::instances::{instance, role as role_of_instance};
use super::machines::may_run_on;
use super::power::allows_exec;
use super::roles::role;
use super::services::{choice, described};
use super::uses::{launch_type, of_task};
use crate::account::Account;

/// Something for whose containers it is switched on.
#[derive(Clone, Debug)]
pub struct Opened<'a> {
    /// The service, task or daemon.
    pub who: &'a Arn,
    /// The definition by which it runs.
    pub definition: &'a Arn,
    /// The role that it has in place of its definition's.
    pub role: Option<&'a Arn>,
    /// What it runs on.
    pub launch_type: Result<LaunchType, Gap>,
}

/// What of a service it is switched on for: its stages that run, and tasks of it that were started when it was on. The
/// gap says that there may be more.
pub fn of_service<'a>(inside: &InCluster<'a, Service>) -> Result<(Vec<Opened<'a>>, Option<Gap>), Gap> {
    let InCluster { object: service, cluster, .. } = *inside;
    let details = service.details.known()?;
    let mut opened = Vec::new();
    if details.exec {
        let stages = details.running_deployments();
        opened.extend(stages.map(|stage| Opened {
            who: &service.arn,
            definition: &stage.definition,
            role: None,
            launch_type: launch_type(choice(stage, details), cluster),
        }));
    }
    let mut gap = cluster.tasks.gap().cloned();
    for task in cluster.tasks.seen() {
        match of_task_at(task, cluster, &service.arn) {
            Ok((group, found)) if group == Some(service.name.as_str()) => opened.extend(found),
            Ok(_) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    Ok((opened, gap))
}

/// The service that a task belongs to, and what it is switched on for.
fn of_task_at<'a>(
    task: &'a Task,
    cluster: &Cluster,
    who: &'a Arn,
) -> Result<(Option<&'a str>, Option<Opened<'a>>), Gap> {
    let details = task.details.known()?;
    let opened = (details.exec && !details.is_stopped).then(|| Opened {
        who,
        definition: &details.definition,
        role: details.overrides.task_role.as_ref(),
        launch_type: of_task(details, cluster),
    });
    Ok((details.service(), opened))
}

/// A task on its own for which it is switched on.
pub fn of_lone_task<'a>(inside: &InCluster<'a, Task>) -> Result<Option<Opened<'a>>, Gap> {
    Ok(of_task_at(inside.object, inside.cluster, &inside.object.arn)?.1)
}

/// The revisions of a daemon for which it is switched on.
pub fn of_daemon(daemon: &Daemon) -> Result<Vec<Opened<'_>>, Gap> {
    let opened = daemon.revisions.known()?.iter().filter(|revision| revision.exec).map(|revision| Opened {
        who: &daemon.arn,
        definition: &revision.definition,
        role: None,
        launch_type: Ok(LaunchType::ManagedInstances),
    });
    Ok(opened.collect())
}

/// Everything in a cluster for which it is switched on, and the gap when there may be more.
pub fn of_cluster<'a>(inside: &InCluster<'a, Cluster>) -> (Vec<Opened<'a>>, Option<Gap>) {
    let InCluster { object: cluster, ecs, .. } = *inside;
    let (mut all, mut gap) = (Vec::new(), None);
    let lists = [cluster.services.gap(), cluster.tasks.gap(), cluster.daemons.gap()];
    gap = gap.or_else(|| lists.into_iter().flatten().next().cloned());
    for service in cluster.services.seen() {
        match of_service(&InCluster { object: service, cluster, ecs }) {
            Ok((found, unread)) => {
                all.extend(found);
                gap = gap.or(unread);
            }
            Err(unread) => gap = Some(unread),
        }
    }
    for task in cluster.tasks.seen() {
        match of_task_at(task, cluster, &task.arn) {
            Ok((None, found)) => all.extend(found),
            Ok((Some(_), _)) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    for daemon in cluster.daemons.seen() {
        match of_daemon(daemon) {
            Ok(found) => all.extend(found),
            Err(unread) => gap = Some(unread),
        }
    }
    (all, gap)
}

/// Why commands can be run in containers, in words; none where all their roots are read-only, or the role does not
/// allow it: then it is switched on, and cannot work.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
pub fn works(
    opened: &Opened<'_>,
    inside: &InCluster<'_, Cluster>,
    account: &Account<'_>,
) -> Result<Option<String>, Gap> {
    let task = described(opened.definition, inside.ecs)?;
    let writable = task.containers.iter().filter(|container| !container.read_only_root);
    let writable: Vec<_> = writable.map(|container| container.name.as_str()).collect();
    if writable.is_empty() {
        return Ok(None);
    }
    let Some(role) = role_in_force(opened, task, inside, account)? else { return Ok(None) };
    let (definition, names) = (opened.definition.resource(), writable.join(", "));
    Ok(Some(format!("enableExecuteCommand is true; {definition} has a writable root in {names}, and {role} allows it")))
}

/// The role that allows it, in words: that of the task; where the task has none, that of a machine that it may run on.
fn role_in_force(
    opened: &Opened<'_>,
    task: &TaskDefinition,
    inside: &InCluster<'_, Cluster>,
    account: &Account<'_>,
) -> Result<Option<String>, Gap> {
    if let Some(named) = opened.role.or(task.task_role.as_ref()) {
        let found = role(named, account)?;
        return Ok(allows_exec(found, account)?.then(|| format!("the role {}", found.name)));
    }
    match &opened.launch_type {
        Ok(LaunchType::Fargate) => Ok(None),
        Ok(LaunchType::Ec2) => of_machines(opened, inside, account),
        Ok(LaunchType::ManagedInstances | LaunchType::External | LaunchType::Other(_)) => {
            let why = "it has no role of its own, and that of its machine is not known";
            Err(Gap::undecided(Action::EcsDescribeContainerInstances, opened.who, why))
        }
        Err(gap) => Err(gap.clone()),
    }
}

fn of_machines(
    opened: &Opened<'_>,
    inside: &InCluster<'_, Cluster>,
    account: &Account<'_>,
) -> Result<Option<String>, Gap> {
    let region = account.audited_region(opened.who)?;
    let mut gap = None;
    for machine in may_run_on(inside.object, &[])? {
        let judge = || {
            let Some((_, instance)) = instance(machine.details.known()?, region, &machine.arn)? else {
                return Ok(None);
            };
            let Some(role) = role_of_instance(instance, account, &machine.arn)? else { return Ok(None) };
            Ok(allows_exec(role, account)?.then(|| format!("the role {} of its machine", role.name)))
        };
        match judge() {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    gap.map_or(Ok(None), Err)
}
