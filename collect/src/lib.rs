//! Collection: every read that AWS allows, joined into an inventory. A collector never fails; what it could not read is
//! a fact that says so.

#![warn(missing_docs)]

mod account;
mod alone;
pub mod ask;
pub mod aws;
mod caller;
pub mod cluster;
pub mod discreet;
mod ecr;
mod ecs;
mod eks;
mod error;
mod failure;
mod iam;
pub mod journal;
mod lambda;
mod launchers;
mod load_balancing;
mod network;
mod organization;
pub mod outage;
pub mod pages;
mod plan;
pub mod private;
pub mod progress;
mod sdk;
pub mod suggest;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;
use palisade_model::{Calls, INVENTORY_VERSION, Inventory, Region, RegionName};

pub use alone::LocalError;
use ask::Ask;
use aws::session::Session;
pub use caller::{Caller, caller};
pub use ecr::{ImageError, LocalImage, WantedImage, collect_image, collect_local};
pub use ecs::collect_task_definition;
pub use error::CollectError;
pub use plan::Plan;

/// Collects an inventory.
pub async fn collect(
    session: &Arc<Session>,
    caller: &Caller,
    plan: &Plan,
    ask: &Ask,
    collected_at: Timestamp,
) -> Result<Inventory, CollectError> {
    let (regions, regions_gap) = account::regions(session, caller, plan, ask).await?;
    ask.progress.say(&format!("account {}, {} Regions", caller.account, regions.len()));
    let (organization, iam, public_repositories, regions) = tokio::join!(
        organization::collect(session, caller, ask),
        iam::collect(session, &caller.partition, ask),
        ecr::public_repositories(session, caller, ask),
        join_all(regions.iter().map(|region| collect_region(session, caller, region, plan, ask))),
    );
    let (regions, inspected) = by_name(regions);
    let mut inventory = Inventory {
        inventory_version: INVENTORY_VERSION,
        account: caller.account.clone(),
        partition: caller.partition.clone(),
        identity: Some(caller.identity()),
        collected_at,
        depth: plan.depth,
        interrupted: false,
        regions_gap,
        organization,
        iam,
        public_repositories,
        gone: Vec::new(),
        regions,
        calls: Calls::default(),
    };
    iam::complete(session, plan, ask, &mut inventory).await;
    if let Some(name) = plan.clusters.unknown(&inventory) {
        return Err(CollectError::UnknownCluster(name.to_owned()));
    }
    cluster::complete(session, &plan.clusters, plan.kubeconfig.as_ref(), ask, &mut inventory).await;
    // What is gone runs no image.
    inventory.bury();
    // Last, because what runs decides which images are looked at closely.
    ecr::complete(session, plan, ask, inspected, &mut inventory).await;
    ask.progress.finish();
    inventory.bury();
    inventory.interrupted = ask.pacer.is_stopped();
    inventory.calls = ask.progress.calls();
    Ok(inventory)
}

/// A Region, and what Inspector says of its images.
type Collected = (RegionName, Region, Option<ecr::Inspected>);

fn by_name(collected: Vec<Collected>) -> (BTreeMap<RegionName, Region>, BTreeMap<RegionName, ecr::Inspected>) {
    let (mut regions, mut inspected) = (BTreeMap::new(), BTreeMap::new());
    for (name, region, said) in collected {
        inspected.extend(said.map(|said| (name.clone(), said)));
        regions.insert(name, region);
    }
    (regions, inspected)
}

/// Collects what the services hold in one Region, and what Inspector says of its images.
async fn collect_region(
    session: &Arc<Session>,
    caller: &Caller,
    region: &RegionName,
    plan: &Plan,
    ask: &Ask,
) -> Collected {
    let ((lambda, queues), (ecr, inspected), (ecs, load_balancing), eks) = tokio::join!(
        Box::pin(lambda::collect(session, caller, region, plan, ask)),
        Box::pin(ecr::collect(session, caller, region, ask)),
        Box::pin(ecs::collect(session, caller, region, ask)),
        Box::pin(eks::collect(session, caller, region, ask)),
    );
    let (functions, clusters) = (lambda.functions.seen(), eks.clusters.seen());
    let network = Box::pin(network::collect(session, region, functions, clusters, &ecs, &load_balancing, ask)).await;
    (region.clone(), Region { lambda, ecr, ecs, eks, network, load_balancing, queues }, inspected)
}
