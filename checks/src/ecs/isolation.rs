//! Words that checks of ECS about the isolation of tasks have in common.

use palisade_model::ecs::{LaunchType, Origin};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::uses::Running;

use crate::check::{Outcome, Verdict};

/// Whether there is nothing to judge of what only a shared machine of Linux can give: all of it is known to run on Fargate,
/// or it is of Windows. What a definition asks for of its machine stays bad where it is not known what it runs on.
pub(super) fn has_no_machine(running: &Running<'_>) -> bool {
    running.is_windows() || running.shares_machines() == Ok(false)
}

/// Whether a definition is of Windows, where what is missing is only bad on one of Windows and Linux. A gap where neither it
/// nor a use that is known says so, and there may be others that do.
pub(super) fn is_windows(running: &Running<'_>) -> Result<bool, Gap> {
    let is_told =
        running.task.operating_system.is_some() || running.uses.iter().any(|used| used.platform_family.is_some());
    match unseen_use(running) {
        Some(gap) if !is_told => Err(gap),
        Some(_) | None => Ok(running.is_windows()),
    }
}

/// The gap when services or tasks may use a definition that are not known.
pub(super) fn unseen_use(running: &Running<'_>) -> Option<Gap> {
    let clusters = &running.ecs.clusters;
    let of_clusters = clusters.seen().iter().flat_map(|cluster| {
        let services = cluster.services.seen().iter().filter_map(|service| service.details.gap());
        let tasks = cluster.tasks.seen().iter().filter_map(|task| task.details.gap());
        [cluster.services.gap(), cluster.tasks.gap()].into_iter().flatten().chain(services).chain(tasks)
    });
    clusters.gap().into_iter().chain(of_clusters).next().cloned()
}

/// Whether a definition is of ECS proper: those of daemons and jobs lack some members.
pub(super) fn is_of_tasks(running: &Running<'_>) -> bool {
    match running.definition.origin {
        Origin::Task | Origin::Planned => true,
        Origin::Daemon | Origin::Job => false,
    }
}

/// Whether some of it runs where containers take Docker's security options; neither Fargate nor Managed Instances do.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters-managed-instances.html>
pub(super) fn takes_security_options(running: &Running<'_>) -> Result<bool, Gap> {
    if running.is_windows() || !is_of_tasks(running) {
        return Ok(false);
    }
    running.runs_on(|launch_type| match launch_type {
        LaunchType::Ec2 | LaunchType::External => true,
        LaunchType::Fargate | LaunchType::ManagedInstances | LaunchType::Other(_) => false,
    })
}

/// That a member of the definition has a value that is not known here.
pub(super) fn not_known(running: &Running<'_>, member: &str, value: &str) -> Gap {
    let action = match running.definition.origin {
        Origin::Task | Origin::Planned => Action::EcsDescribeTaskDefinition,
        Origin::Daemon => Action::EcsDescribeDaemonTaskDefinition,
        Origin::Job => Action::BatchDescribeJobDefinitions,
    };
    Gap::not_known(action, &running.definition.arn, member, value)
}

/// Whether a namespace is the machine's: `host`, which definitions of daemons call `shared`.
pub(super) fn judge_namespace(running: &Running<'_>, member: &str, mode: Option<&str>) -> Outcome {
    if has_no_machine(running) {
        return Ok(Verdict::NotApplicable);
    }
    match mode {
        Some(mode @ ("host" | "shared")) => Ok(Verdict::fail(format!("{member} is {mode}"))),
        None | Some("task" | "none") => Ok(Verdict::Pass),
        Some(other) => Err(not_known(running, member, other)),
    }
}

/// The name of a capability as the kernel's documentation has it, without `CAP_`.
pub(super) fn capability(name: &str) -> String {
    let name = name.trim().to_ascii_uppercase();
    name.strip_prefix("CAP_").map(str::to_owned).unwrap_or(name)
}
