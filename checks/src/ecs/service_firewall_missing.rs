use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};
use palisade_model::{Gap, Region};
use palisade_reason::tasks::load_balancers::{WayIn, internet_facing, is_open};
use palisade_reason::tasks::services::running;

check! {
    /// No web ACL stands before a service on the internet
    ///
    /// ## Why
    /// An application load balancer that is open to the world passes on every request as it comes. A web ACL of AWS WAF
    /// turns away known attacks and sources, and limits how often one client may ask, before a container sees any of
    /// it. Load balancers that let in few addresses, and network load balancers, for which AWS WAF does not exist, are
    /// left out.
    ///
    /// ## Severity
    /// Medium: it takes a flaw in the service as well.
    ///
    /// ## Fix
    /// Associate a web ACL with the load balancer, with the managed rules of AWS and a limit of requests to begin with.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-16>
    CHECK {
        id: "ecs-service-firewall-missing",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("ELB.16"),
            Control::prowler("elbv2_waf_acl_attached"),
            Control::checklist("tasks-reached-on-purpose"),
        ],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let Some(details) = running(service.object)? else { return Ok(Verdict::NotApplicable) };
    let region = context.audited_region(&service.object.arn)?;
    let most = context.settings.thresholds.public_endpoint_addresses;
    let (ways, gap) = internet_facing(service.object, details, region);
    let mut gathered = Gathered::default();
    for way in ways.iter().filter(|way| way.balancer.kind == "application") {
        gathered.add(judge(way, most, region));
    }
    if let Some(gap) = gap {
        gathered.add(Err::<Option<String>, _>(gap));
    }
    gathered.outcome()
}

fn judge(way: &WayIn<'_>, most: u64, region: &Region) -> Result<Option<String>, Gap> {
    if matches!(way.balancer.web_acl.known(), Ok(Some(_))) || !is_open(way, most, region)? {
        return Ok(None);
    }
    let missing = way.balancer.web_acl.known()?.is_none();
    Ok(missing.then(|| format!("{} is open to the internet without a web ACL", way.told())))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::load_balancing::LoadBalancer;
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::service;

    let unguarded = |change: fn(&mut LoadBalancer)| -> Scene {
        service(|_| {}).behind_load_balancer(|balancer| {
            balancer.web_acl = Fact::Known(None);
            change(balancer);
        })
    };
    Cases::default()
        .pass(service(|_| {}).behind_load_balancer(|_| {}))
        .fail(unguarded(|_| {}))
        .pass(unguarded(|balancer| balancer.security_groups = vec!["sg-closed".to_owned()]))
        .unknown(unguarded(|balancer| balancer.security_groups = vec!["sg-gone".to_owned()]))
        .pass(service(|_| {}).behind_load_balancer(|balancer| balancer.security_groups = vec!["sg-gone".to_owned()]))
        .not_applicable(unguarded(|balancer| balancer.kind = "network".to_owned()))
        .not_applicable(unguarded(|balancer| balancer.is_internet_facing = false))
        .not_applicable(unguarded(|_| {}).and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .not_applicable(service(|_| {}))
}
