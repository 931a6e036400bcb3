use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::capability;
use crate::ecs::told::each_container;
use palisade_model::ecs::LaunchType;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container on Fargate may trace other programs
    ///
    /// ## Why
    /// With `SYS_PTRACE` a container reads and changes the memory of the programs that it sees. On Fargate these are its
    /// own, and with `pidMode` set to `task` those of all containers of the task. It is the one capability that Fargate adds;
    /// elsewhere `ecs-task-dangerous-capability` tells of it.
    ///
    /// ## Severity
    /// Low: it ends at the task, and serves who is in it already.
    ///
    /// ## Fix
    /// Take `SYS_PTRACE` out of `linuxParameters.capabilities.add`, unless the container is there to watch the others.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-security-considerations.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html>
    CHECK {
        id: "ecs-task-ptrace-on-fargate",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if running.is_windows() {
        return Ok(Verdict::NotApplicable);
    }
    let on_fargate = running.runs_on(|launch_type| *launch_type == LaunchType::Fargate);
    if on_fargate == Ok(false) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let traces = container.added_capabilities.iter().any(|name| capability(name) == "SYS_PTRACE");
        // Only on Fargate is it this check's.
        on_fargate.clone().map(|_| traces.then(|| "adds SYS_PTRACE".to_owned()))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::tasks::{container, container_on_ec2};

    let added =
        |name: &'static str| move |container: &mut Container| container.added_capabilities = vec![name.to_owned()];
    Cases::default()
        .pass(container(|_| {}))
        .fail(container(added("SYS_PTRACE")))
        .fail(container(added("cap_sys_ptrace")))
        .unknown(container(added("SYS_PTRACE")).on_unknown_provider())
        .not_applicable(container_on_ec2(added("SYS_PTRACE")))
        .not_applicable(container(added("SYS_PTRACE")).on_windows())
}
