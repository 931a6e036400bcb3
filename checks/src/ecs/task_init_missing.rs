use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::is_windows;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container has nothing that reaps its processes
    ///
    /// ## Why
    /// Processes whose parent is gone stay behind when they end, unless the first process of the container takes them off.
    /// Commands in containers (ECS Exec) leave such processes, and a container that starts others runs out of numbers for
    /// them in time. Windows has no such setting.
    ///
    /// ## Severity
    /// Informational: many programs start no other.
    ///
    /// ## Fix
    /// Set `linuxParameters.initProcessEnabled`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
    CHECK {
        id: "ecs-task-init-missing",
        severity: Severity::Informational,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if is_windows(running)? {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| Ok((!container.has_init).then(|| "initProcessEnabled is not set".to_owned())))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::{container, container_on_ec2};

    Cases::default()
        .pass(container(|_| {}))
        .pass(container_on_ec2(|_| {}))
        .fail(container(|container| container.has_init = false))
        .fail(container_on_ec2(|container| container.has_init = false))
        .not_applicable(container(|container| container.has_init = false).on_windows())
}
