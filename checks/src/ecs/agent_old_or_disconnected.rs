use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use jiff::ToSpan as _;
use palisade_model::ecs::{ContainerInstance, InCluster, InstanceDetails};
use palisade_model::{Action, Arn, Gap};
use palisade_reason::tasks::agents::{Age, OLD_AFTER_DAYS, age};
use palisade_reason::tasks::machines::is_managed;

check! {
    /// Agent of a machine is old, or does not answer
    ///
    /// ## Why
    /// The agent starts tasks, gets them their credentials, and keeps them from the metadata service. One of a year ago
    /// lacks the corrections of that year, and as it comes with the machine image, so does the machine. Of one that is
    /// disconnected ECS does not know what it runs, cannot stop it, and cannot update it.
    ///
    /// The day of a version is that of its series. Managed Instances are left out: ECS replaces them by itself.
    ///
    /// ## Severity
    /// Medium: it takes a flaw that became known since.
    ///
    /// ## Fix
    /// Replace the machine by one of the current ECS-optimized image; on machines outside of AWS, update the package
    /// `amazon-ecs-init`. Look why a disconnected agent does not come back, and deregister a machine that is gone.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-versions.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-update.html>
    /// - <https://github.com/aws/amazon-ecs-agent/releases>
    CHECK {
        id: "ecs-agent-old-or-disconnected",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-kept-up")],
        since: "0.1.0",
        rule: Rule::ContainerInstance(evaluate),
    }
}

fn evaluate(machine: &InCluster<'_, ContainerInstance>, context: &Context) -> Outcome {
    let ContainerInstance { arn, details } = machine.object;
    let details = details.known()?;
    // Who provides it matters only where something does.
    if let Some(provider) = &details.capacity_provider {
        let providers = machine.cluster.capacity_providers.known()?;
        if providers.iter().any(|known| known.name == *provider) && is_managed(details, machine.cluster) {
            return Ok(Verdict::NotApplicable);
        }
    }
    let mut gathered = Gathered::default();
    let is_lost = details.status == "ACTIVE" && !details.agent_connected;
    gathered.add(Ok(is_lost.then(|| "status is ACTIVE, and agentConnected is false".to_owned())));
    gathered.add(old(details, arn, context));
    gathered.outcome()
}

fn old(details: &InstanceDetails, arn: &Arn, context: &Context) -> Result<Option<String>, Gap> {
    let unsaid = || Gap::undecided(Action::EcsDescribeContainerInstances, arn, "agentVersion is not said");
    let version = details.agent_version.as_deref().ok_or_else(unsaid)?;
    let not_known = || Gap::not_known(Action::EcsDescribeContainerInstances, arn, "agentVersion", version);
    let age = age(version).ok_or_else(not_known)?;
    let is_old = age.day().checked_add(OLD_AFTER_DAYS.days()).is_ok_and(|last| context.today() > last);
    Ok(is_old.then(|| match age {
        Age::Since(day) => format!("agentVersion is {version}, of a series that came out on {day}"),
        Age::Before(day) => format!("agentVersion is {version}, of before {day}"),
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecs::{CapacityProvider, ProviderKind};
    use palisade_scenes::tasks::container_instance;

    let version =
        |version: Option<&str>| container_instance(|details| details.agent_version = version.map(str::to_owned));
    let provided = |kind: ProviderKind| {
        container_instance(|details| {
            details.agent_version = Some("1.62.0".to_owned());
            details.capacity_provider = Some("machines".to_owned());
        })
        .ecs_cluster(|cluster| {
            cluster.capacity_providers = Fact::Known(vec![CapacityProvider {
                name: "machines".to_owned(),
                arn: "arn:aws:ecs:eu-west-1:111122223333:capacity-provider/machines".into(),
                kind,
            }]);
        })
    };
    Cases::default()
        .pass(container_instance(|_| {}))
        .pass(version(Some("1.102.0")))
        .pass(version(Some("1.120.0")))
        .fail(version(Some("1.101.3")))
        .fail(version(Some("1.20.0")))
        .unknown(version(Some("main")))
        .unknown(version(None))
        .fail(container_instance(|details| details.agent_connected = false))
        .pass(container_instance(|details| {
            (details.agent_connected, details.status) = (false, "DRAINING".to_owned());
        }))
        .fail(provided(ProviderKind::AutoScaling { group: None, termination_protection: false }))
        .not_applicable(provided(ProviderKind::ManagedInstances { infrastructure_role: None, instance_profile: None }))
}
