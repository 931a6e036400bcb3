use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container may use all memory of its machine
    ///
    /// ## Why
    /// Where neither task nor container has a limit, one that leaks or is made to take more leaves none for the others on
    /// the machine, the container agent included. `memoryReservation` is what it is given at least, and limits nothing.
    /// Fargate gives every task a limit.
    ///
    /// ## Severity
    /// Low: it costs others their work, and nobody their data.
    ///
    /// ## Fix
    /// Set `memory`, of the task or of each container.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html>
    CHECK {
        id: "ecs-task-memory-limit-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if running.shares_machines() == Ok(false) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let is_limited = running.task.has_memory || container.has_memory;
        Ok((!is_limited).then(|| "neither it nor the task has a limit of memory".to_owned()))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::TaskDefinition;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{definition, definition_on_ec2, new_container};

    let unlimited = |task: &mut TaskDefinition| (task.has_memory, task.containers[0].has_memory) = (false, false);
    let samples = palisade_scenes::definitions::samples();
    let cases = samples.into_iter().fold(Cases::default(), Cases::pass);
    cases
        .pass(definition_on_ec2(|_| {}))
        .pass(definition_on_ec2(|task| task.has_memory = false))
        .pass(definition_on_ec2(|task| task.containers[0].has_memory = false))
        .fail(definition_on_ec2(unlimited))
        .fail(definition_on_ec2(|task| {
            unlimited(task);
            task.containers.push(new_container("side"));
        }))
        .fail(definition(unlimited).on_managed_instances())
        .fail(definition(unlimited).on_unknown_provider())
        .fail(daemon_definition(unlimited))
        .not_applicable(definition(unlimited))
}
