use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Controller, InCluster, Service};
use palisade_model::{Action, Gap};

check! {
    /// Nothing stops a deployment that fails
    ///
    /// ## Why
    /// Without a circuit breaker and without alarms, a service whose new tasks do not come up tries to start them for
    /// ever: the old version serves with fewer tasks, and whether a security fix has arrived nobody is told. Services
    /// that CodeDeploy or somebody else deploys have their own guard, and those that run one task on each machine are
    /// left out.
    ///
    /// ## Severity
    /// Low: it is about being there, and about fixes that arrive.
    ///
    /// ## Fix
    /// Set `deploymentCircuitBreaker` with `enable` and `rollback`, or name alarms under `deploymentConfiguration`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>
    CHECK {
        id: "ecs-service-circuit-breaker-off",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    match &details.controller {
        Controller::Ecs if details.is_daemon => Ok(Verdict::NotApplicable),
        Controller::Ecs => {
            let is_guarded = details.circuit_breaker == Some(true) || details.has_alarms;
            let said = if details.circuit_breaker.is_some() { "is off" } else { "is not set" };
            Ok(Verdict::fail_when(!is_guarded, || format!("deploymentCircuitBreaker {said}, and there are no alarms")))
        }
        Controller::CodeDeploy | Controller::External => Ok(Verdict::NotApplicable),
        Controller::Other(word) => {
            Err(Gap::not_known(Action::EcsDescribeServices, &service.object.arn, "deploymentController", word))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::service;

    let broken = |breaker: Option<bool>| service(|details| details.circuit_breaker = breaker);
    let controlled = |controller: Controller| broken(None).and_service(|details| details.controller = controller);
    Cases::default()
        .pass(service(|_| {}))
        .fail(broken(Some(false)))
        .fail(broken(None))
        .pass(broken(None).and_service(|details| details.has_alarms = true))
        .not_applicable(broken(None).and_service(|details| details.is_daemon = true))
        .not_applicable(controlled(Controller::CodeDeploy))
        .not_applicable(controlled(Controller::External))
        .unknown(controlled(Controller::Other("ARGO".to_owned())))
}
