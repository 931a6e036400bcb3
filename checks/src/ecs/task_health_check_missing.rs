use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::{is_of_tasks, unseen_use};
use palisade_model::ecs::{Service, ServiceDetails, TaskDefinition};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::load_balancers::targets;
use palisade_reason::tasks::uses::{How, Running};

check! {
    /// Nobody asks a service's container whether it is well
    ///
    /// ## Why
    /// ECS takes a container that runs for one that works. Behind a load balancer its health check tells the difference;
    /// without, only a health check of the container does: a program that hangs is kept, and a deployment of one that does
    /// nothing counts as done. Judged are the essential containers of services without a load balancer.
    ///
    /// ## Severity
    /// Informational: it is about noticing failures.
    ///
    /// ## Fix
    /// Give the container a `healthCheck`, with a command that the image has.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html>
    CHECK {
        id: "ecs-task-health-check-missing",
        severity: Severity::Informational,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if !is_of_tasks(running) {
        return Ok(Verdict::NotApplicable);
    }
    let mut gathered = Gathered::default();
    for used in running.uses {
        match used.how {
            How::Service => {
                let mut services = running.ecs.services().filter(|(_, service)| service.arn == *used.who);
                if let Some((_, service)) = services.next()
                    && !is_balanced(service.details.known()?)
                {
                    gathered.add(told(running, service));
                }
            }
            How::Task(_) | How::Daemon | How::Launcher(_) | How::Itself => {}
        }
    }
    match (gathered.outcome(), unseen_use(running)) {
        (Ok(Verdict::NotApplicable), Some(gap)) => Err(gap),
        (outcome, _) => outcome,
    }
}

/// What speaks against a definition as a service without a load balancer uses it.
fn told(running: &Running<'_>, service: &Service) -> Result<Vec<String>, Gap> {
    let gateways = &running.ecs.gateways;
    let name = &service.name;
    let of = |container| format!("container {container} has no health check, and service {name} no load balancer");
    let unasked: Vec<_> = unasked(running.task).into_iter().map(of).collect();
    // A gateway may ask in place of a load balancer, and which services it leads to is not read.
    if !unasked.is_empty() && !gateways.complete()?.is_empty() {
        let why = format!("whether a gateway leads to {name} is not read");
        return Err(Gap::undecided(Action::EcsDescribeGateway, &service.arn, why));
    }
    Ok(unasked)
}

/// Whether something else asks: a load balancer, which a service that ECS manages has too.
fn is_balanced(details: &ServiceDetails) -> bool {
    details.is_express || targets(details).next().is_some()
}

/// The essential containers without a health check.
fn unasked(task: &TaskDefinition) -> Vec<&str> {
    let unasked = task.containers.iter().filter(|container| container.essential && !container.has_health_check);
    unasked.map(|container| container.name.as_str()).collect()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::ecs::Container;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{container, gateway_of_ecs};

    let unasked = |container: &mut Container| container.has_health_check = false;
    let gateways = gateway_of_ecs(|_| {}).inventory.regions.into_values().next().map(|region| region.ecs.gateways);
    Cases::default()
        .pass(container(|_| {}))
        .pass(container(|container| (container.essential, container.has_health_check) = (false, false)))
        .fail(container(unasked))
        .fail(container(unasked).on_windows())
        .unknown(container(unasked).ecs(|ecs| ecs.gateways = gateways.unwrap_or(Listing::whole(vec![]))))
        .not_applicable(container(unasked).behind_load_balancer(|_| {}))
        .not_applicable(container(unasked).and_service(|details| details.is_express = true))
        .not_applicable(daemon_definition(|task| task.containers[0].has_health_check = false))
        .not_applicable(job_definition(|task| task.containers[0].has_health_check = false))
}
