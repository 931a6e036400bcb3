use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task runs as its own execution role
    ///
    /// ## Why
    /// The execution role is for ECS: it fetches images and secrets before anything runs. Given to the containers too, it lets
    /// them read every secret that any of them starts with, pull every image, and write into every log that the role may.
    ///
    /// ## Severity
    /// Medium: it takes a flaw in what the task runs, and then gives more than the task needs.
    ///
    /// ## Fix
    /// Give the task a role of its own with what its containers use, or none when they use nothing of AWS.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html>
    CHECK {
        id: "ecs-roles-shared",
        severity: Severity::Medium,
        controls: &[Control::checklist("one-role-per-task")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let (Some(own), Some(execution)) = (&running.task.task_role, &running.task.execution_role) else {
        return Ok(Verdict::NotApplicable);
    };
    Ok(Verdict::fail_when(own == execution, || format!("task role and execution role are {own}")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::definition;

    Cases::default()
        .pass(definition(|_| {}))
        .fail(definition(|task| task.task_role = Some(role_arn("web-execution"))))
        .not_applicable(definition(|task| task.task_role = None))
        .not_applicable(definition(|task| task.execution_role = None))
        .not_applicable(definition(|task| (task.task_role, task.execution_role) = (None, None)))
}
