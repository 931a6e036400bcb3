use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container holds its input or a terminal open
    ///
    /// ## Why
    /// `interactive` and `pseudoTerminal` are for somebody who sits before the container. In a service nobody does: a shell
    /// as the main program then waits for commands of whoever reaches the machine's runtime, and logs come with the marks
    /// of a terminal.
    ///
    /// ## Severity
    /// Low: it takes rights on the machine to type something in; mostly it is left over from trying something out.
    ///
    /// ## Fix
    /// Take `interactive` and `pseudoTerminal` out. Commands in a container that runs are for ECS Exec, which writes them
    /// down.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
    CHECK {
        id: "ecs-task-terminal-open",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    each_container(running, |container| {
        Ok(container.is_interactive.then(|| "interactive or pseudoTerminal is true".to_owned()))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::TaskDefinition;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{container, definition};

    let open = |task: &mut TaskDefinition| task.containers[0].is_interactive = true;
    let samples = palisade_scenes::definitions::samples();
    let cases = samples.into_iter().fold(Cases::default(), Cases::pass);
    cases
        .pass(container(|_| {}))
        .fail(definition(open))
        .fail(definition(open).on_windows())
        .fail(daemon_definition(open))
        .not_applicable(definition(|task| task.containers.clear()))
}
