use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task runs a privileged container
    ///
    /// ## Why
    /// A privileged container has nearly all rights of its machine's root: it may load kernel modules, read every device and
    /// with them the memory and volumes of all other tasks of the machine, and the credentials of its role. Fargate starts
    /// no such container.
    ///
    /// ## Severity
    /// High: whoever breaks into the container has the machine and every task on it.
    ///
    /// ## Fix
    /// Take `privileged` out of the container definition, and add the one capability or device that is needed.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4>
    CHECK {
        id: "ecs-task-privileged",
        severity: Severity::High,
        controls: &[
            Control::security_hub("ECS.4"),
            Control::prowler("ecs_task_definitions_no_privileged_containers"),
            Control::cis("compute-services-1.1.0:3.4"),
            Control::checklist("tasks-isolated"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    // What is privileged stays so wherever it runs; only where all of it is known to run on Fargate there is none.
    let shares = running.shares_machines();
    if shares == Ok(false) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| Ok(container.privileged.then(|| "privileged is true".to_owned())))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::{container, container_on_ec2};

    Cases::default()
        .pass(container_on_ec2(|_| {}))
        .fail(container_on_ec2(|container| container.privileged = true))
        .not_applicable(container(|container| container.privileged = true))
}
