//! ECS in one Region: its clusters and what runs in them.

mod clusters;
pub(crate) mod convert;
mod daemons;
mod definitions;
mod gateways;
mod instances;
mod planned;
mod reader;
mod services;
mod tasks;

#[cfg(test)]
#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
mod tests;

use std::sync::Arc;

use palisade_model::ecs::{Cluster, Definition, Ecs, ServiceDetails};
use palisade_model::load_balancing::LoadBalancing;
use palisade_model::{Gap, Listing, RegionName};
use tokio::sync::mpsc;

use crate::ask::Ask;
use crate::aws::session::Session;
use crate::aws::signed::Signed;
use crate::caller::Caller;
use crate::{launchers, load_balancing};
pub use planned::collect_task_definition;
use reader::{Reader, read, says_gone};

/// Collects one Region, with the load balancers before services. Where there are no clusters, nothing else is asked.
pub(super) async fn collect(
    session: &Arc<Session>,
    caller: &Caller,
    region: &RegionName,
    ask: &Ask,
) -> (Ecs, LoadBalancing) {
    let signed = &Signed::new(session, region);
    let reader = &Reader { signed, region, ask };
    let (arns, gap) = reader.cluster_arns().await.into_parts();
    if arns.is_empty() {
        return (Ecs::empty(gap), LoadBalancing::none());
    }
    // Definitions take longest. They are read beside all else, from the first cluster on.
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let wanted = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    let reading = async move {
        let arrived = |cluster: &Cluster| definitions::of_cluster(cluster).for_each(|one| _ = sender.send(one));
        let clusters = Box::pin(reader.clusters(&arns, arrived)).await;
        drop(sender);
        ask.progress.say(&format!("{region}: {} clusters of ECS", clusters.len()));
        let around = Box::pin(async {
            tokio::join!(
                launchers::collect(signed, caller, region, &clusters, ask),
                reader.settings(),
                reader.gateways(),
                Box::pin(load_balancing::collect(signed, region, &clusters, ask)),
            )
        })
        .await;
        (clusters, around)
    };
    let ((clusters, around), mut known) = Box::pin(async { tokio::join!(reading, reader.definitions(wanted)) }).await;
    let ((launchers, jobs), settings, gateways, load_balancing) = around;
    let (mut launchers, launchers_gap) = launchers.into_parts();
    Box::pin(reader.add_definitions_of(&mut launchers, &mut known)).await;
    let mut ecs = Ecs {
        clusters: Listing::new(clusters, gap),
        launchers: Listing::new(launchers, launchers_gap),
        settings,
        gateways,
        ..Ecs::empty(None)
    };
    let (jobs, jobs_gap) = jobs.into_parts();
    ecs.definitions = Listing::whole(sorted(known.into_values().chain(jobs)));
    let gap = first_gap(&ecs).or(jobs_gap);
    ecs.definitions = Listing::new(ecs.definitions.into_items(), gap);
    ecs.ebs_encrypted_by_default = launchers::ebs_default(signed, region, makes_clear_volumes(&ecs), ask).await;
    ecs.buckets = launchers::buckets(signed, region, takes_variables_from_files(&ecs), ask).await;
    (ecs, load_balancing)
}

/// Definitions in the order of their names, each once: a family and a revision may be the same.
fn sorted(definitions: impl Iterator<Item = Definition>) -> Vec<Definition> {
    let mut sorted: Vec<_> = definitions.collect();
    sorted.sort_by(|left, right| left.arn.cmp(&right.arn));
    sorted.dedup_by(|later, earlier| later.arn == earlier.arn);
    sorted
}

/// Why definitions may be in use that are not among those which were read. What is gone uses none.
fn first_gap(ecs: &Ecs) -> Option<Gap> {
    ecs.unknown_uses().find(|gap| !gap.reason.is_choice() && !says_gone(gap)).cloned()
}

/// Whether a service makes volumes of which it does not say that they are encrypted.
fn makes_clear_volumes(ecs: &Ecs) -> bool {
    let details = ecs.services().filter_map(|(_, service)| read(&service.details));
    let mut volumes = details.flat_map(ServiceDetails::running_deployments).flat_map(|stage| &stage.volumes);
    volumes.any(|volume| volume.encrypted != Some(true))
}

/// Whether containers take variables from files, by their definitions or by what is said in place of these.
fn takes_variables_from_files(ecs: &Ecs) -> bool {
    let definitions = ecs.definitions.seen().iter().filter_map(|definition| read(&definition.details)).flatten();
    let mut containers = definitions.flat_map(|definition| &definition.containers);
    let of_tasks = ecs.tasks().filter_map(|(_, task)| read(&task.details)).map(|details| &details.overrides);
    let launchers = ecs.launchers.seen().iter().filter_map(|launcher| read(&launcher.details));
    let of_launchers = launchers.flat_map(|details| &details.targets).map(|target| &target.overrides);
    let mut overridden = of_tasks.chain(of_launchers).flat_map(|overrides| &overrides.containers);
    containers.any(|container| !container.environment_files.is_empty())
        || overridden.any(|container| !container.environment_files.is_empty())
}
