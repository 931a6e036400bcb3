//! What is known of an account: plain data that collectors fill and checks read; what is concluded of it; and what steers
//! the judgement. No AWS SDK, no clock, no environment, no files.

#![warn(missing_docs)]
#![warn(clippy::wildcard_enum_match_arm)]

mod action;
pub mod dated;
pub mod ecr;
pub mod ecs;
pub mod eks;
pub mod environment;
mod fact;
pub mod fingerprint;
mod gaps;
mod gone;
pub mod iam;
mod identity;
mod inside;
pub mod invokers;
pub mod kubernetes;
pub mod lambda;
pub mod load_balancing;
mod mapping;
mod name;
pub mod network;
pub mod organization;
pub mod partition;
pub mod publishers;
mod run;
pub mod runtime;
pub mod saved;
pub mod secret;
pub mod settings;
pub mod suppression;
mod switch;
pub mod upstreams;
pub mod usage;
pub mod verdict;
pub mod workload;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use action::Action;
pub use fact::{By, Fact, Gap, Listing, Place, Reason};
pub use identity::Identity;
pub use inside::Inside;
pub use name::{AccountId, Arn, Partition, RegionName};
pub use run::{Depth, Run, When};
pub use runtime::{Runtime, Support};
pub use saved::INVENTORY_VERSION;
pub use switch::Switch;

/// Everything that was collected from one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
// What is derived is the form without its signature: see `saved`.
#[serde(remote = "Self")]
pub struct Inventory {
    /// The form of this file, [`INVENTORY_VERSION`].
    pub inventory_version: u32,
    /// The account.
    pub account: AccountId,
    /// Its partition.
    pub partition: Partition,
    /// Who collected it; older files do not say.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// When collection began.
    pub collected_at: Timestamp,
    /// How deep it went.
    pub depth: Depth,
    /// Whether the run was stopped before it was through.
    pub interrupted: bool,
    /// Set when the list of the account's Regions could not be read, so that some may have been left out.
    pub regions_gap: Option<Gap>,
    /// The organisation; `None` when the account is in none.
    pub organization: Fact<Option<organization::Organization>>,
    /// IAM, which is global.
    pub iam: iam::Iam,
    /// Repositories of ECR Public, which only the commercial partition has.
    pub public_repositories: Listing<ecr::PublicRepository>,
    /// What was deleted between the list that named it and a read of its own; sorted.
    #[serde(default)]
    pub gone: Vec<Arn>,
    /// What each Region holds.
    pub regions: BTreeMap<RegionName, Region>,
    /// What the collection cost.
    pub calls: Calls,
}

/// What one Region holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Lambda's functions and what belongs to them.
    pub lambda: lambda::Lambda,
    /// ECR's registry and its repositories.
    pub ecr: ecr::Ecr,
    /// ECS's clusters and what runs in them.
    pub ecs: ecs::Ecs,
    /// EKS's clusters.
    pub eks: eks::Eks,
    /// The network that functions, clusters and tasks are part of.
    pub network: network::Network,
    /// The load balancers before services of ECS.
    pub load_balancing: load_balancing::LoadBalancing,
    /// The SQS queues that feed functions; `None` where there is no such queue (any more).
    pub queues: BTreeMap<Arn, Fact<Option<Queue>>>,
}

/// An SQS queue, as far as its consumers care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// How long a received message stays hidden from other consumers, in seconds (0 to 43,200).
    pub visibility_timeout_seconds: u32,
    /// The queue that takes messages received too often.
    pub dead_letter_queue: Option<Arn>,
}

/// What a collection cost the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Requests sent, throttled ones and repeats included.
    pub total: u64,
    /// Requests that AWS throttled; each was sent again.
    pub throttled: u64,
    /// Requests by action.
    pub by_action: BTreeMap<Action, u64>,
}
