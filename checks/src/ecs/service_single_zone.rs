use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Placement, Service};
use palisade_model::{Action, Arn, Gap, Region};
use palisade_reason::tasks::services::placements;
use std::collections::BTreeSet;

check! {
    /// Tasks of a service are all in one Availability Zone
    ///
    /// ## Why
    /// When the one zone of a service's subnets fails, all its tasks are gone, and none can be started elsewhere until
    /// somebody adds a subnet.
    ///
    /// ## Severity
    /// Low: it is about being there, not about being broken into.
    ///
    /// ## Fix
    /// Add subnets of other zones under `subnets`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html>
    CHECK {
        id: "ecs-service-single-zone",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let mut gathered = Gathered::default();
    for (name, place) in placements(service.object, details) {
        let region = context.audited_region(&service.object.arn)?;
        let zone = only_zone(place, region, &service.object.arn);
        let told = |zone: &str| format!("the subnets of {name} are all in {zone}: {}", place.subnets.join(", "));
        gathered.add(zone.map(|zone| zone.map(told)));
    }
    gathered.outcome()
}

/// The zone in which all subnets are, if it is one. A subnet that is not described may be in another.
fn only_zone<'a>(place: &Placement, region: &'a Region, service: &Arn) -> Result<Option<&'a str>, Gap> {
    let known = region.network.subnets.known()?;
    let zones: BTreeSet<_> = place.subnets.iter().filter_map(|id| Some(known.get(id)?.zone.as_str())).collect();
    if zones.len() > 1 {
        return Ok(None);
    }
    if let Some(id) = place.subnets.iter().find(|id| !known.contains_key(*id)) {
        let why = format!("the subnet {id} is not described");
        return Err(Gap::undecided(Action::Ec2DescribeSubnets, service, why));
    }
    Ok(zones.into_iter().next())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::tasks::service;

    let in_subnets = |ids: &'static [&'static str]| {
        service(|_| {}).placed(|place| place.subnets = ids.iter().map(|&id| id.to_owned()).collect()).region(|region| {
            if let Fact::Known(subnets) = &mut region.network.subnets
                && let Some(subnet) = subnets.get_mut("subnet-public")
            {
                subnet.zone = "euw1-az2".to_owned();
            }
        })
    };
    Cases::default()
        .fail(service(|_| {}))
        .fail(service(|_| {}).placed(|place| {
            place.subnets = vec!["subnet-private".to_owned(), "subnet-public".to_owned()];
        }))
        .pass(in_subnets(&["subnet-private", "subnet-public"]))
        .pass(in_subnets(&["subnet-private", "subnet-public", "subnet-gone"]))
        .unknown(in_subnets(&["subnet-private", "subnet-gone"]))
        .not_applicable(service(|details| {
            details.network = None;
            details.deployments[0].network = None;
        }))
}
