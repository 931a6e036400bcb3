use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::is_windows;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task can write to the root file system of a container
    ///
    /// ## Why
    /// Whoever breaks into a container that writes to its own root puts tools there and changes the program that runs. A
    /// read-only root leaves the volumes that the definition names. Windows has no such setting. Commands in containers
    /// (ECS Exec) want a root that can be written to: where they are needed, this stays.
    ///
    /// ## Severity
    /// Low: it makes a break-in easier to use, and opens nothing.
    ///
    /// ## Fix
    /// Set `readonlyRootFilesystem`, with a volume without a path for each folder that the program writes to, such as `/tmp`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5>
    CHECK {
        id: "ecs-task-writable-root",
        severity: Severity::Low,
        controls: &[
            Control::security_hub("ECS.5"),
            Control::prowler("ecs_task_definitions_containers_readonly_access"),
            Control::cis("compute-services-1.1.0:3.5"),
            Control::checklist("tasks-isolated"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if is_windows(running)? {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        Ok((!container.read_only_root).then(|| "readonlyRootFilesystem is not set".to_owned()))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{Mount, TaskDefinition, Volume, VolumeKind};
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{container, container_on_ec2, definition, new_container};

    let writable = |task: &mut TaskDefinition| task.containers[0].read_only_root = false;
    let samples = palisade_scenes::definitions::samples();
    let cases = samples.into_iter().fold(Cases::default(), Cases::pass);
    cases
        .pass(container(|_| {}))
        .pass(definition(|task| {
            task.volumes = vec![Volume { name: "tmp".to_owned(), kind: VolumeKind::Scratch }];
            let mount = Mount { volume: "tmp".to_owned(), path: "/tmp".to_owned(), read_only: false };
            task.containers[0].mounts = vec![mount];
        }))
        .fail(definition(writable))
        .fail(container_on_ec2(|container| container.read_only_root = false))
        .fail(daemon_definition(writable))
        .fail(job_definition(writable))
        .fail(definition(|task| {
            let mut sidecar = new_container("log_router");
            sidecar.read_only_root = false;
            task.containers.push(sidecar);
        }))
        .not_applicable(definition(writable).on_windows())
}
