use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::not_known;
use palisade_model::ecs::{LaunchType, Origin};
use palisade_reason::image_user::User;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task uses the network of its machine
    ///
    /// ## Why
    /// In the machine's network a container has the address, ports and security groups of the machine. It reaches what
    /// listens on the loopback address there, the container agent included, and the instance's metadata with the
    /// credentials of the instance's role, whatever keeps other tasks from them. Managed daemons have a network of their
    /// own, and Fargate knows `awsvpc` alone.
    ///
    /// A job of Batch on Managed Instances is in the machine's network where nothing is said.
    ///
    /// ## Severity
    /// Medium: harm needs a hole in the program, and something on the machine that trusts its own address. With a user
    /// that is root the evidence names the container: it may listen to all traffic of the machine.
    ///
    /// ## Fix
    /// Set `networkMode` to `awsvpc`, which gives each task an address and security groups of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-17>
    /// - <https://docs.aws.amazon.com/batch/latest/userguide/ecs-managed-instances-job-definitions.html>
    CHECK {
        id: "ecs-task-host-network",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("ECS.17"),
            Control::prowler("ecs_task_definitions_host_networking_mode_users"),
            Control::checklist("tasks-isolated"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let origin = running.definition.origin;
    if origin == Origin::Daemon || running.shares_machines() == Ok(false) {
        return Ok(Verdict::NotApplicable);
    }
    match running.task.network_mode.as_deref() {
        Some("host") => Ok(Verdict::fail(format!("networkMode is host{}", roots(running)))),
        Some("awsvpc" | "bridge" | "none" | "default" | "nat") => Ok(Verdict::Pass),
        Some(other) => Err(not_known(running, "networkMode", other)),
        None if origin == Origin::Task => Ok(Verdict::Pass),
        None if running.runs_on(|launch_type| *launch_type == LaunchType::ManagedInstances)? => Ok(Verdict::fail(
            format!("networkMode is not set, which is host for jobs on Managed Instances{}", roots(running)),
        )),
        None => Ok(Verdict::NotApplicable),
    }
}

/// The containers that say that they run as root, as the rest of a sentence.
fn roots(running: &Running<'_>) -> String {
    let is_root = |user: &String| User::read(user).why_root().is_some();
    let containers = running.task.containers.iter();
    let roots: Vec<_> = containers.filter(|one| one.user.as_ref().is_some_and(is_root)).map(|one| &*one.name).collect();
    if roots.is_empty() { String::new() } else { format!(", and root is the user of {}", roots.join(", ")) }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::TaskDefinition;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{definition, definition_on_ec2};

    let mode = |mode: &'static str| move |task: &mut TaskDefinition| task.network_mode = Some(mode.to_owned());
    let samples = palisade_scenes::definitions::samples();
    let cases = samples.into_iter().fold(Cases::default(), Cases::pass);
    cases
        .pass(definition_on_ec2(|_| {}))
        .pass(definition_on_ec2(mode("bridge")))
        .pass(definition_on_ec2(mode("none")))
        .pass(definition_on_ec2(|task| task.network_mode = None))
        .fail(definition_on_ec2(mode("host")))
        .fail(definition_on_ec2(|task| {
            task.network_mode = Some("host".to_owned());
            task.containers[0].user = Some("root".to_owned());
        }))
        .fail(definition(mode("host")).on_managed_instances())
        .fail(definition(mode("host")).on_unknown_provider())
        .fail(job_definition(mode("host")))
        .fail(job_definition(|task| task.requires = vec!["MANAGED_INSTANCES".to_owned()]))
        .unknown(definition_on_ec2(mode("galaxy")))
        .unknown(job_definition(|task| task.requires = vec!["ORBITAL".to_owned()]))
        .not_applicable(job_definition(|_| {}))
        .not_applicable(definition(|_| {}))
        .not_applicable(daemon_definition(|_| {}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_model::ecs::{Container, Ecs, TaskDefinition};
    use palisade_scenes::tasks::definition;

    #[test]
    fn containers_with_root_as_user_are_named() {
        let scene = definition(|_| {});
        let ecs: &Ecs = &scene.inventory.regions.values().next().unwrap().ecs;
        let container = |name: &str, user: &str| Container {
            name: name.to_owned(),
            user: Some(user.to_owned()),
            ..Container::default()
        };
        let containers = vec![container("app", "1000:0"), container("side", "0:0"), container("agent", "root")];
        let task = TaskDefinition { containers, ..TaskDefinition::default() };
        let running = Running { definition: &ecs.definitions.seen()[0], task: &task, uses: &[], ecs };
        assert_eq!(roots(&running), ", and root is the user of side, agent");
    }
}
