use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::ecs::isolation::judge_namespace;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task sees the processes of its machine
    ///
    /// ## Why
    /// In the machine's process namespace a container sees all processes of all tasks: their command lines, and with the
    /// same user or a little luck their environment, memory and files under `/proc`. It may also stop them. Definitions of
    /// managed daemons call the mode `shared`. Fargate has no such mode.
    ///
    /// ## Severity
    /// High: the secrets of every task on the machine are near.
    ///
    /// ## Fix
    /// Take `pidMode` out. Where a watcher has to see the application, put it into the same task and set `pidMode` to
    /// `task`; what has to see all processes of a machine is a managed daemon.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-3>
    CHECK {
        id: "ecs-task-host-pid",
        severity: Severity::High,
        controls: &[
            Control::security_hub("ECS.3"),
            Control::prowler("ecs_task_definitions_host_namespace_not_shared"),
            Control::cis("compute-services-1.1.0:3.3"),
            Control::checklist("tasks-isolated"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    judge_namespace(running, "pidMode", running.task.pid_mode.as_deref())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::TaskDefinition;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{definition, definition_on_ec2};

    let mode = |mode: &'static str| move |task: &mut TaskDefinition| task.pid_mode = Some(mode.to_owned());
    let samples = palisade_scenes::definitions::samples();
    let cases = samples.into_iter().fold(Cases::default(), Cases::pass);
    cases
        .pass(definition_on_ec2(|_| {}))
        .pass(definition_on_ec2(mode("task")))
        .pass(daemon_definition(mode("none")))
        .fail(definition_on_ec2(mode("host")))
        .fail(definition(mode("host")).on_managed_instances())
        .fail(definition(mode("host")).on_unknown_provider())
        .fail(daemon_definition(mode("shared")))
        .fail(job_definition(mode("host")))
        .unknown(definition_on_ec2(mode("galaxy")))
        .not_applicable(definition(|_| {}))
        .not_applicable(definition(mode("task")))
        .not_applicable(definition_on_ec2(|_| {}).on_windows())
}
