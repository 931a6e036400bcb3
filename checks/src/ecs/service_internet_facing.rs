use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};
use palisade_reason::tasks::load_balancers::{internet_facing, is_open, targets};
use palisade_reason::tasks::services::running;

check! {
    /// Service of ECS is reached from the internet through a load balancer
    ///
    /// ## Why
    /// What anybody on the internet may send to a container is where most attacks begin: it is worth knowing which
    /// services these are, and giving them roles that can do little. A listener that forwards only by a rule counts.
    /// More addresses of IPv4 than `public_endpoint_addresses` in the security groups of the load balancer count as
    /// everybody.
    ///
    /// ## Severity
    /// Informational: most such services are meant to be reached.
    ///
    /// ## Fix
    /// Nothing, where it is meant. Else make the load balancer internal, or let its security group name who may come.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html>
    /// - <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html>
    CHECK {
        id: "ecs-service-internet-facing",
        severity: Severity::Informational,
        controls: &[Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let Some(details) = running(service.object)? else { return Ok(Verdict::NotApplicable) };
    if targets(details).next().is_none() {
        return Ok(Verdict::NotApplicable);
    }
    let region = context.audited_region(&service.object.arn)?;
    let most = context.settings.thresholds.public_endpoint_addresses;
    let (ways, gap) = internet_facing(service.object, details, region);
    let mut gathered = Gathered::default();
    // That it has load balancers is a part to judge, also when none of them faces the internet.
    gathered.add(gap.map_or(Ok(None::<String>), Err));
    for way in &ways {
        let is_open = is_open(way, most, region);
        gathered.add(is_open.map(|open| open.then(|| format!("{} faces the internet and leads to it", way.told()))));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::service;

    Cases::default()
        .fail(service(|_| {}).behind_load_balancer(|_| {}))
        .fail(service(|_| {}).behind_load_balancer(|balancer| balancer.security_groups.clear()))
        .pass(service(|_| {}).behind_load_balancer(|balancer| balancer.is_internet_facing = false))
        .pass(service(|_| {}).behind_load_balancer(|balancer| balancer.security_groups = vec!["sg-closed".to_owned()]))
        .unknown(service(|_| {}).behind_load_balancer(|balancer| balancer.security_groups = vec!["sg-gone".to_owned()]))
        .not_applicable(
            service(|_| {}).behind_load_balancer(|_| {}).and_stage(|stage| (stage.desired, stage.running) = (0, 0)),
        )
        .not_applicable(service(|_| {}))
}
