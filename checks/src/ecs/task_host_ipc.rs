use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::ecs::isolation::judge_namespace;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task shares memory and messages with its machine
    ///
    /// ## Why
    /// In the machine's IPC namespace a container reads and writes the shared memory, semaphores and message queues of
    /// other tasks in that namespace and of the machine's own programs. Definitions of managed daemons call the mode
    /// `shared`. Fargate has no such mode.
    ///
    /// ## Severity
    /// Medium: harm needs a program on the machine that keeps something of worth there.
    ///
    /// ## Fix
    /// Take `ipcMode` out, or set it to `none`; `task` where containers of one task exchange memory.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
    CHECK {
        id: "ecs-task-host-ipc",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    judge_namespace(running, "ipcMode", running.task.ipc_mode.as_deref())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::TaskDefinition;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{definition, definition_on_ec2};

    let mode = |mode: &'static str| move |task: &mut TaskDefinition| task.ipc_mode = Some(mode.to_owned());
    Cases::default()
        .pass(definition_on_ec2(|_| {}))
        .pass(definition_on_ec2(mode("none")))
        .pass(definition_on_ec2(mode("task")))
        .fail(definition_on_ec2(mode("host")))
        .fail(definition(mode("host")).on_unknown_provider())
        .fail(daemon_definition(mode("shared")))
        .fail(job_definition(mode("host")))
        .unknown(definition_on_ec2(mode("galaxy")))
        .not_applicable(definition(|_| {}))
        .not_applicable(definition_on_ec2(|_| {}).on_windows())
}
