//! What several questions about a service begin with: what of it runs, on what, and where.

use palisade_model::ecs::{
    Cluster, Deployment, Ecs, LaunchChoice, LaunchType, Placement, Service, ServiceDetails, TaskDefinition,
};
use palisade_model::{Action, Arn, Gap};

use super::uses::launch_type;

/// How a service is configured of which something runs, or is to; none of one that is scaled to nothing.
pub fn running(service: &Service) -> Result<Option<&ServiceDetails>, Gap> {
    let details = service.details.known()?;
    Ok(Some(details).filter(|details| !details.running_definitions().is_empty()))
}

/// What was said of where the tasks of a stage are to run: by the stage, or else by its service.
pub fn choice<'a>(stage: &'a Deployment, details: &'a ServiceDetails) -> &'a LaunchChoice {
    let is_said = stage.launch.launch_type.is_some() || !stage.launch.providers.is_empty();
    if is_said { &stage.launch } else { &details.launch }
}

/// What was said for each stage that runs; for the service itself where it has no stages.
pub fn choices(details: &ServiceDetails) -> Vec<&LaunchChoice> {
    let stages: Vec<_> = details.running_deployments().map(|stage| choice(stage, details)).collect();
    if stages.is_empty() { vec![&details.launch] } else { stages }
}

/// What the tasks of a service run on, stage by stage.
pub fn launch_types(details: &ServiceDetails, cluster: &Cluster) -> Result<Vec<LaunchType>, Gap> {
    choices(details).into_iter().map(|choice| launch_type(choice, cluster)).collect()
}

/// Where the tasks of a service are in the network, each with the name of what says so: the stages that run, or else
/// the service by what it would start. Empty outside of `awsvpc` mode.
pub fn placements<'a>(service: &'a Service, details: &'a ServiceDetails) -> Vec<(&'a str, &'a Placement)> {
    let of = |stage: &'a Deployment| {
        let place = stage.network.as_ref().or(details.network.as_ref());
        place.map(|place| (stage.id.as_str(), place))
    };
    let stages: Vec<_> = details.running_deployments().filter_map(of).collect();
    if stages.is_empty() {
        return details.network.iter().map(|place| (service.name.as_str(), place)).collect();
    }
    stages
}

/// What a definition says that is in use; a gap where it was not read, or AWS does not describe it.
pub fn described<'a>(definition: &Arn, ecs: &'a Ecs) -> Result<&'a TaskDefinition, Gap> {
    let missing = || Gap::undecided(Action::EcsDescribeTaskDefinition, definition, "it is not described");
    let found = ecs.definitions.find(|known| known.arn == *definition)?;
    found.ok_or_else(missing)?.details.known()?.as_ref().ok_or_else(missing)
}
