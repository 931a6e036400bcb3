use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::Origin;
use palisade_model::{Action, Gap};
use palisade_reason::tasks::uses::Running;

check! {
    /// Something runs by a definition that was withdrawn
    ///
    /// ## Why
    /// A revision is deregistered when nobody is to use it any more, for instance as it held a secret or an old image.
    /// Services and tasks that use it go on as before, and a service even starts new tasks by it. Rules and schedules
    /// that name it fail.
    ///
    /// ## Severity
    /// Low: it says that a change has not arrived where it was to.
    ///
    /// ## Fix
    /// Deploy the service with the current revision, end the tasks that stand alone, and name the current revision
    /// where tasks are started.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/delete-task-definition-v2.html>
    CHECK {
        id: "ecs-inactive-definition-runs",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    match running.definition.origin {
        Origin::Task => {}
        Origin::Daemon | Origin::Job | Origin::Planned => return Ok(Verdict::NotApplicable),
    }
    match running.task.status.as_str() {
        "ACTIVE" => Ok(Verdict::Pass),
        status @ ("INACTIVE" | "DELETE_IN_PROGRESS") => {
            Ok(Verdict::fail(format!("status is {status}, and {} uses it", running.users().join(", "))))
        }
        other => Err(Gap::not_known(Action::EcsDescribeTaskDefinition, &running.definition.arn, "status", other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::{daemon, definition};

    let status = |status: &str| definition(|task| task.status = status.to_owned());
    let mut of_daemon = daemon(|task| task.status = "DELETE_IN_PROGRESS".to_owned());
    of_daemon.subject = "arn:aws:ecs:eu-west-1:111122223333:daemon-task-definition/agent:2".into();
    Cases::default()
        .pass(status("ACTIVE"))
        .fail(status("INACTIVE"))
        .fail(status("DELETE_IN_PROGRESS"))
        .unknown(status("DRAFT"))
        .not_applicable(of_daemon)
}
