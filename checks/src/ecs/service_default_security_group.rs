use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Switch;
use palisade_model::ecs::{InCluster, Launcher, Placement, Service};
use palisade_reason::tasks::services::placements;

check! {
    /// Tasks have the default security group of their VPC
    ///
    /// ## Why
    /// Where no security group is named, tasks get the default one of the VPC. It lets everything in from whatever else
    /// has it, which over the years is much, and a rule that somebody adds to it for another purpose opens these tasks
    /// too.
    ///
    /// ## Severity
    /// Medium: an attacker has to be in the VPC, or the group must be opened; both happen without anybody thinking of
    /// these tasks.
    ///
    /// ## Fix
    /// Make a security group for the service that lets in its load balancer and its callers, name it under
    /// `securityGroups`, and take all rules out of the default group.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html>
    /// - <https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>
    CHECK {
        id: "ecs-service-default-security-group",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::Several(&[Rule::EcsService(of_service), Rule::Launcher(of_launcher)]),
    }
}

fn of_service(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let mut gathered = Gathered::default();
    for (name, place) in placements(service.object, details) {
        gathered.add(Ok(unnamed(name, place)));
    }
    gathered.outcome()
}

fn of_launcher(launcher: &Launcher, _: &Context) -> Outcome {
    let details = launcher.details.known()?;
    if details.enabled == Switch::Off {
        return Ok(Verdict::NotApplicable);
    }
    let mut gathered = Gathered::default();
    for target in &details.targets {
        if let Some(place) = &target.network {
            gathered.add(Ok(unnamed(&target.id, place)));
        }
    }
    gathered.outcome()
}

fn unnamed(name: &str, place: &Placement) -> Option<String> {
    place.security_groups.is_empty().then(|| format!("securityGroups of {name} is empty"))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::{launcher, service};

    let unnamed = || service(|_| {}).placed(|place| place.security_groups.clear());
    Cases::default()
        .pass(service(|_| {}))
        .pass(service(|_| {}).placed(|place| place.security_groups = vec!["sg-default".to_owned()]))
        .fail(unnamed())
        .fail(unnamed().and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .not_applicable(service(|details| {
            details.network = None;
            details.deployments[0].network = None;
        }))
        .pass(launcher(|_| {}))
        .fail(launcher(|target| target.network.iter_mut().for_each(|place| place.security_groups.clear())))
        .not_applicable(launcher(|target| target.network = None))
}
