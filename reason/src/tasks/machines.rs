//! The machines on which tasks run, or may.

use palisade_model::ecs::{Cluster, ContainerInstance, InstanceDetails, LaunchType, ProviderKind};
use palisade_model::{Action, Arn, Fact, Gap};

use super::services::choice;
use super::uses::{How, Running, Use};

/// The EC2 instances on which a definition runs by one of its uses, or may run; a gap where that is not known.
pub fn of_use<'a>(used: &Use<'a>, running: &Running<'a>) -> Result<Vec<&'a ContainerInstance>, Gap> {
    let unknown = |why: &str| Gap::undecided(Action::EcsDescribeContainerInstances, used.who, why);
    let cluster = used.cluster.ok_or_else(|| unknown("the cluster that it runs in is not known"))?;
    match used.how {
        How::Task(task) => match &task.instance {
            Some(arn) => {
                let found = cluster.instances.find(|instance| instance.arn == *arn)?;
                found.map(|instance| vec![instance]).ok_or_else(|| unknown("its machine is not registered any more"))
            }
            None => may_run_on(cluster, &[]),
        },
        How::Service => {
            let own = cluster.services.seen().iter().find(|service| service.arn == *used.who);
            let mut providers = Vec::new();
            if let Some(details) = own.and_then(|service| service.details.known().ok()) {
                let stages = details.running_deployments();
                let stages = stages.filter(|stage| stage.definition == running.definition.arn);
                providers.extend(stages.flat_map(|stage| &choice(stage, details).providers));
            }
            may_run_on(cluster, &providers)
        }
        How::Launcher(target) => may_run_on(cluster, &target.launch.providers.iter().collect::<Vec<_>>()),
        How::Daemon | How::Itself => Err(unknown("its machines are not known")),
    }
}

/// The EC2 instances of a cluster on which tasks may be placed: those of these providers, or any where none is named. A
/// gap when there is none that could tell.
pub fn may_run_on<'a>(cluster: &'a Cluster, providers: &[&String]) -> Result<Vec<&'a ContainerInstance>, Gap> {
    let takes = |details: &InstanceDetails| {
        let is_named = || details.capacity_provider.as_ref().is_some_and(|own| providers.contains(&own));
        let is_active = details.status != "INACTIVE" && details.status != "DEREGISTERING";
        is_active && !details.is_external() && (providers.is_empty() || is_named()) && !is_managed(details, cluster)
    };
    let all = cluster.instances.complete()?.iter();
    let found: Vec<_> =
        all.filter(|instance| instance.details.known().is_ok_and(takes) || is_unread(instance)).collect();
    if found.is_empty() {
        let why = "no machine is registered on which it may run";
        return Err(Gap::undecided(Action::EcsListContainerInstances, &cluster.arn, why));
    }
    Ok(found)
}

fn is_unread(instance: &ContainerInstance) -> bool {
    match instance.details {
        Fact::Unknown(_) => true,
        Fact::Known(_) => false,
    }
}

/// Whether ECS manages a machine, as far as its provider is known.
pub fn is_managed(details: &InstanceDetails, cluster: &Cluster) -> bool {
    let Some(own) = &details.capacity_provider else { return false };
    let known = cluster.capacity_providers.known().map_or(&[] as &[_], Vec::as_slice);
    known.iter().filter(|provider| provider.name == *own).any(|provider| match provider.kind {
        ProviderKind::ManagedInstances { .. } => true,
        ProviderKind::Fargate | ProviderKind::AutoScaling { .. } | ProviderKind::Other(_) => false,
    })
}

/// Whether something runs on an EC2 instance of the account's own; a gap for a launch type that is not known.
pub fn is_on_ec2(launch_type: &LaunchType, who: &Arn) -> Result<bool, Gap> {
    match launch_type {
        LaunchType::Ec2 => Ok(true),
        LaunchType::Fargate | LaunchType::External | LaunchType::ManagedInstances => Ok(false),
        LaunchType::Other(word) => Err(Gap::not_known(Action::EcsDescribeServices, who, "launchType", word)),
    }
}
