use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::{is_of_tasks, not_known};
use palisade_model::ecs::LaunchType;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task on Managed Instances shares its machine without a sandbox
    ///
    /// ## Why
    /// ECS puts several tasks on one managed instance, and nothing but containers keeps them apart: whoever gets out of
    /// one may reach the credentials of the others. A task can ask for a sandbox of its own; without, `SHARED` holds. The
    /// sandbox holds an image that is not trusted, not a definition that asks for the machine.
    ///
    /// ## Severity
    /// Informational: many tasks trust each other.
    ///
    /// ## Fix
    /// Set `isolationMode` of `trustedExecutionConfiguration` to `ISOLATED_SANDBOX` for tasks that run code of others, on a
    /// capacity provider that allows it; or run them on Fargate.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    CHECK {
        id: "ecs-task-sandbox-missing",
        severity: Severity::Informational,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if !is_of_tasks(running) || !running.runs_on(|launch_type| *launch_type == LaunchType::ManagedInstances)? {
        return Ok(Verdict::NotApplicable);
    }
    match running.task.isolation.as_deref() {
        None => Ok(Verdict::fail("isolationMode is not set, which is SHARED")),
        Some("SHARED") => Ok(Verdict::fail("isolationMode is SHARED")),
        Some("ISOLATED_SANDBOX" | "CONFIDENTIAL_SANDBOX") => Ok(Verdict::Pass),
        Some(other) => Err(not_known(running, "isolationMode", other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::Scene;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{definition, definition_on_ec2};

    let mode = |mode: &'static str| -> Scene {
        definition(|task| task.isolation = Some(mode.to_owned())).on_managed_instances()
    };
    Cases::default()
        .pass(mode("ISOLATED_SANDBOX"))
        .pass(mode("CONFIDENTIAL_SANDBOX"))
        .fail(mode("SHARED"))
        .fail(definition(|_| {}).on_managed_instances())
        .unknown(mode("BUBBLE"))
        .unknown(definition(|_| {}).on_unknown_provider())
        .not_applicable(definition(|_| {}))
        .not_applicable(definition_on_ec2(|_| {}))
        .not_applicable(daemon_definition(|_| {}))
}
