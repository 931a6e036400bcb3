//! Collection: every read that AWS allows, joined into an inventory. A collector never fails; what it could not read is
//! a fact that says so.

mod account;
pub mod ask;
pub mod aws;
pub mod cluster;
pub mod discreet;
mod ecr;
mod eks;
mod failure;
mod iam;
pub mod journal;
mod lambda;
mod network;
mod organization;
pub mod outage;
pub mod pages;
pub mod private;
pub mod progress;
pub mod suggest;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_smithy_types::DateTime;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use aws_smithy_types::retry::RetryConfig;
use futures_util::future::join_all;
use jiff::Timestamp;
use palisade_model::{
    AccountId, Action, Arn, Calls, Depth, Fact, INVENTORY_VERSION, Identity, Inventory, Partition, Place, Region,
    RegionName,
};

use crate::aws::session::Session;
use crate::cluster::{Kubeconfig, Which};
use ask::Ask;
pub use ecr::{ImageError, Wanted, single};

/// What to collect.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The Regions to look at; none for all that are enabled.
    pub regions: Option<Vec<RegionName>>,
    /// How deep to look.
    pub depth: Depth,
    /// Whether tags are wanted.
    pub tags: bool,
    /// Whether the policies of functions are read over two lanes.
    pub two_lanes: bool,
    /// Unreserved concurrency under which the reservations of single functions are read.
    pub unreserved_concurrency: u32,
    /// How many compressed bytes of layers are read of each image; none for no layers.
    pub image_layers: Option<u64>,
    /// Which clusters are looked into.
    pub clusters: Which,
    /// The way into a cluster in place of the run's own identity.
    pub kubeconfig: Option<Kubeconfig>,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The identity.
    pub arn: Arn,
    /// The account's partition.
    pub partition: Partition,
    /// Where the credentials came from, in words.
    pub source: String,
}

impl Caller {
    /// The identity, as an inventory keeps it.
    pub fn identity(&self) -> Identity {
        Identity { arn: self.arn.clone(), source: self.source.clone() }
    }
}

/// Why there is nothing to collect from.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    #[error("AWS does not accept the credentials: {0}")]
    Refused(String),
    #[error("there is no Region {name}{suggestion}")]
    UnknownRegion { name: String, suggestion: String },
    #[error("there is no cluster {0} in the audited Regions; --clusters takes the names that EKS knows")]
    UnknownCluster(String),
    #[error("the Region {name} is in the partition {theirs}, the credentials are of {ours}")]
    OtherPartition { name: String, theirs: &'static str, ours: String },
}

/// Asks AWS who we are, which needs no permission and proves the credentials.
pub async fn caller(session: &Session) -> Result<Caller, CollectError> {
    // Before there is a pacer, the SDK's own retries do.
    let config = aws_sdk_sts::config::Builder::from(&session.in_region(&session.home_region()));
    let client = aws_sdk_sts::Client::from_conf(config.retry_config(RetryConfig::standard()).build());
    let answer = client.get_caller_identity().send().await;
    let identity = answer.map_err(|error| CollectError::Refused(refusal(&error)))?;
    let lacking = || CollectError::Refused("the answer does not say whose they are".to_owned());
    let arn = Arn::from(identity.arn().ok_or_else(lacking)?);
    let account = AccountId::from(identity.account().ok_or_else(lacking)?);
    Ok(Caller { account, partition: Partition::from(arn.partition()), arn, source: session.source().to_owned() })
}

/// What AWS said, or else what kept it from saying anything.
fn refusal(error: &aws_sdk_sts::error::SdkError<GetCallerIdentityError>) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => failure::judge(Action::StsGetCallerIdentity, error).into_reason().to_string(),
    }
}

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
    let mut inspected = BTreeMap::new();
    let regions = regions.into_iter().map(|(name, region, said)| {
        inspected.extend(said.map(|said| (name.clone(), said)));
        (name, region)
    });
    let regions = regions.collect();
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

/// Collects what the services hold in one Region, and what Inspector says of its images.
async fn collect_region(
    session: &Arc<Session>,
    caller: &Caller,
    region: &RegionName,
    plan: &Plan,
    ask: &Ask,
) -> (RegionName, Region, Option<ecr::Inspected>) {
    let ((lambda, queues), (ecr, inspected), eks) = tokio::join!(
        Box::pin(lambda::collect(session, caller, region, plan, ask)),
        Box::pin(ecr::collect(session, caller, region, ask)),
        Box::pin(eks::collect(session, caller, region, ask)),
    );
    let network = network::collect(session, region, lambda.functions.seen(), eks.clusters.seen(), ask).await;
    (region.clone(), Region { lambda, ecr, eks, network, queues }, inspected)
}

/// What a setting is called that AWS did not name.
const UNSAID: &str = "unsaid";

/// A moment as the SDK has it, to the second.
fn timestamp(moment: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(moment?.secs()).ok()
}

/// A fact that this run leaves out by choice.
fn not_asked<T>(action: Action, place: &Arc<Place>) -> Fact<T> {
    Fact::not_asked(action, place)
}
