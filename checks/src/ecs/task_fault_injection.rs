use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::is_of_tasks;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task may ask for faults of its network
    ///
    /// ## Why
    /// With `enableFaultInjection` the agent takes requests from the containers of a task to drop, delay or block its
    /// traffic. That is for tests of resilience; whoever breaks into a container can cut the task off the same way, from
    /// logs and watchers too. Managed daemons and jobs of Batch have no such setting.
    ///
    /// ## Severity
    /// Low: it ends at the task.
    ///
    /// ## Fix
    /// Take `enableFaultInjection` out of what runs in production, and set it in a revision that is for the test.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection.html>
    CHECK {
        id: "ecs-task-fault-injection",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if !is_of_tasks(running) {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_when(running.task.fault_injection, || "enableFaultInjection is true".to_owned()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{definition, definition_on_ec2};

    Cases::default()
        .pass(definition(|_| {}))
        .fail(definition(|task| task.fault_injection = true))
        .fail(definition_on_ec2(|task| task.fault_injection = true))
        .not_applicable(daemon_definition(|_| {}))
        .not_applicable(job_definition(|_| {}))
}
