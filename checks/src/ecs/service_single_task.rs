use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};

check! {
    /// Service has one task only
    ///
    /// ## Why
    /// A service with one task is gone while that task is replaced: when it fails, when its zone does, and when Fargate
    /// or a machine is patched. That makes people put off patches.
    ///
    /// ## Severity
    /// Informational: many services may be gone for a minute.
    ///
    /// ## Fix
    /// Set the desired count to two or more, in subnets of several zones.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>
    CHECK {
        id: "ecs-service-single-task",
        severity: Severity::Informational,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    Ok(match details.desired {
        _ if details.is_daemon => Verdict::NotApplicable,
        0 => Verdict::NotApplicable,
        1 => Verdict::fail("desiredCount is 1"),
        _ => Verdict::Pass,
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::service;

    let wanting = |desired: u32| service(|details| details.desired = desired);
    Cases::default()
        .pass(wanting(2))
        .fail(wanting(1))
        .not_applicable(wanting(0))
        .not_applicable(wanting(1).and_service(|details| details.is_daemon = true))
}
