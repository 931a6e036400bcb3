//! Which container images the account's workloads run, by the addresses in their configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::ecr::Reference;
use super::ecs::{self, Ecs};
use super::eks::Cluster;
use super::kubernetes::{Objects, Pod};
use super::lambda::{Function, Package};
use super::workload::Kind;
use super::{Arn, Fact, Gap, Inventory, Listing};

/// An image that a workload is configured to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadImage {
    /// The workload.
    pub workload: Arn,
    /// The address in its configuration.
    pub address: String,
    /// The digest that the address stood for when the workload was deployed, where the service says.
    pub resolved_digest: Option<String>,
}

impl WorkloadImage {
    /// The address, taken apart.
    pub fn reference(&self) -> Reference<'_> {
        Reference::parse(&self.address)
    }

    /// The digest of what it runs, where the service or the address says.
    pub fn digest(&self) -> Option<&str> {
        self.resolved_digest.as_deref().or(self.reference().digest)
    }
}

impl Inventory {
    /// The images that workloads are configured to run, and the gaps that stand for workloads whose image is not known.
    /// A gap's place names the Region of the workload.
    pub fn workload_images(&self) -> (Vec<WorkloadImage>, Vec<Gap>) {
        let (mut images, mut gaps) = (Vec::new(), Vec::new());
        for workload in self.workloads().seen {
            match workload.kind {
                Kind::Function(function) => match function_image(function) {
                    Ok(image) => images.extend(image),
                    Err(gap) => gaps.push(gap),
                },
                // What runs says more than the controller's template, or the definition: below, cluster by cluster.
                Kind::Controller(_) | Kind::Tasks(_) => {}
            }
        }
        for region in self.regions.values() {
            gaps.extend(region.lambda.functions.gap().cloned());
            gaps.extend(region.eks.clusters.gap().cloned());
            images.extend(task_images(&region.ecs));
            gaps.extend(region.ecs.unknown_uses().cloned());
            for cluster in region.eks.clusters.seen() {
                match &cluster.inside {
                    Fact::Known(objects) => {
                        images.extend(pod_images(cluster, objects));
                        gaps.extend(objects.workloads.lists().into_iter().filter_map(Listing::gap).cloned());
                        gaps.extend(objects.pods.gap().cloned());
                    }
                    // That a cluster was left out by choice is told once, by the checks of what it holds.
                    Fact::Unknown(gap) => gaps.extend(Some(gap).filter(|gap| !gap.reason.is_choice()).cloned()),
                }
            }
        }
        (images, gaps)
    }
}

/// The image of a function; `None` for one that is deployed as an archive.
fn function_image(function: &Function) -> Result<Option<WorkloadImage>, Gap> {
    let image = match (&function.package, &function.image) {
        (Package::Zip, _) => return Ok(None),
        (Package::Image | Package::Other(_), Fact::Unknown(gap)) => return Err(gap.clone()),
        (Package::Image | Package::Other(_), Fact::Known(image)) => image,
    };
    let Some(image) = image else { return Ok(None) };
    let resolved = image.resolved_uri.as_deref().and_then(|address| Reference::parse(address).digest);
    Ok(Some(WorkloadImage {
        workload: function.arn.clone(),
        address: image.uri.clone(),
        resolved_digest: resolved.map(str::to_owned),
    }))
}

/// The digests that run, by workload and address.
type Running = BTreeMap<(Arn, String), BTreeSet<String>>;

/// The images of a cluster's pods, under the name of the controller at the top: with the digest that runs where pods say
/// so, and by its address alone where no pod runs yet.
fn pod_images(cluster: &Cluster, objects: &Objects) -> Vec<WorkloadImage> {
    let mut running = Running::new();
    for workload in objects.workloads.lists().into_iter().flat_map(Listing::seen) {
        let arn = cluster.workload_arn(&workload.namespace, &workload.owner());
        for container in &workload.template.containers {
            running.entry((arn.clone(), container.image.clone())).or_default();
        }
    }
    for pod in objects.pods.seen().iter().filter(|pod| !pod.phase.is_over()) {
        let arn = cluster.workload_arn(&pod.namespace, &pod.workload());
        for (address, digest) in addresses(pod) {
            running.entry((arn.clone(), address.to_owned())).or_default().extend(digest.map(str::to_owned));
        }
    }
    one_by_one(running)
}

/// One for each digest that runs; one without where none is known.
fn one_by_one(running: Running) -> Vec<WorkloadImage> {
    let images = running.into_iter().flat_map(|((workload, address), digests)| {
        let image = WorkloadImage { workload, address, resolved_digest: None };
        let resolved = digests.into_iter().map(Some);
        let resolved: Vec<_> = if resolved.len() == 0 { vec![None] } else { resolved.collect() };
        resolved.into_iter().map(move |resolved_digest| WorkloadImage { resolved_digest, ..image.clone() })
    });
    images.collect()
}

/// The images of tasks of ECS, under the name of the service, the task on its own, or whoever starts it: with the digest
/// that runs where the revision of the service or a task says so. Containers that AWS adds are left out.
fn task_images(ecs: &Ecs) -> Vec<WorkloadImage> {
    let mut running = Running::new();
    let addresses = |definition: &Arn| {
        // What could not be read of it is among the gaps of what runs.
        let containers = match ecs.definition(definition).map(|found| &found.details) {
            Some(Fact::Known(Some(found))) => &found.containers[..],
            Some(Fact::Known(None) | Fact::Unknown(_)) | None => &[],
        };
        containers.iter().map(|container| (container.name.as_str(), container.image.as_str())).collect::<Vec<_>>()
    };
    for (_, service) in ecs.services() {
        let Ok(details) = service.details.known() else { continue };
        for (_, address) in details.running_definitions().into_iter().flat_map(addresses) {
            running.entry((service.arn.clone(), address.to_owned())).or_default();
        }
        for image in service.revisions.known().into_iter().flatten().flat_map(|revision| &revision.images) {
            let key = (service.arn.clone(), image.image.clone());
            running.entry(key).or_default().extend(image.digest.clone());
        }
    }
    for (cluster, task) in ecs.tasks() {
        let Ok(details) = task.details.known() else { continue };
        if details.is_stopped {
            continue;
        }
        let keeper = details.service().and_then(|name| cluster.service(name)).map_or(&task.arn, |service| &service.arn);
        for (name, address) in addresses(&details.definition) {
            let digest = details.containers.iter().find(|one| one.name == name).and_then(|one| one.digest.clone());
            running.entry((keeper.clone(), address.to_owned())).or_default().extend(digest);
        }
    }
    for launcher in ecs.launchers.seen() {
        let targets = launcher.details.known().map_or(&[] as &[ecs::Target], |details| &details.targets);
        for (_, address) in targets.iter().filter_map(|target| target.definition.as_ref()).flat_map(addresses) {
            running.entry((launcher.arn.clone(), address.to_owned())).or_default();
        }
    }
    one_by_one(running)
}

/// The addresses of a pod's images, each with the digest that its container runs.
fn addresses(pod: &Pod) -> impl Iterator<Item = (&str, Option<&str>)> {
    pod.spec.containers.iter().map(|container| {
        let image = pod.images.iter().find(|image| image.container == container.name);
        (container.image.as_str(), image.and_then(|image| image.digest.as_deref()))
    })
}
