use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};

check! {
    /// Service gives its tasks addresses on the internet
    ///
    /// ## Why
    /// A task with a public address is one rule of a security group away from the internet. Behind a load balancer it needs
    /// none, and for its own calls a NAT gateway or VPC endpoints do. Judged is each deployment and task set that runs.
    ///
    /// ## Severity
    /// Medium: the address by itself opens nothing; `ecs-service-public-task` tells where something is open.
    ///
    /// ## Fix
    /// Set `assignPublicIp` to `DISABLED`, in subnets that lead to a NAT gateway or have VPC endpoints.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2>
    CHECK {
        id: "ecs-service-public-ip",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("ECS.2"),
            Control::prowler("ecs_service_no_assign_public_ip"),
            Control::cis("compute-services-1.1.0:3.2"),
            Control::checklist("tasks-reached-on-purpose"),
        ],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let mut gathered = Gathered::default();
    for stage in details.running_deployments() {
        let Some(place) = stage.network.as_ref().or(details.network.as_ref()) else { continue };
        let told = || format!("assignPublicIp of {} is ENABLED", stage.id);
        gathered.add(Ok(place.assigns_public_address.then(told)));
    }
    gathered.outcome().map(|verdict| match verdict {
        // A service that is scaled to nothing is judged by what it would start.
        Verdict::NotApplicable => details.network.as_ref().map_or(Verdict::NotApplicable, |place| {
            Verdict::fail_when(place.assigns_public_address, || "assignPublicIp is ENABLED".to_owned())
        }),
        Verdict::Pass | Verdict::Fail(_) => verdict,
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::service;

    let public = || service(|_| {}).placed(|place| place.assigns_public_address = true);
    Cases::default()
        .pass(service(|_| {}))
        .fail(public())
        .fail(public().and_service(|details| details.deployments.clear()))
        .pass(
            public().and_stage(|stage| stage.network.iter_mut().for_each(|place| place.assigns_public_address = false)),
        )
        .not_applicable(service(|details| {
            details.network = None;
            details.deployments[0].network = None;
        }))
}
