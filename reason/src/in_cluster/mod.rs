//! What checks of a cluster's inside have in common: objects put together, which parts AWS runs, what enforces policies, who
//! is reached from where.

pub mod admission;
pub mod aws_auth;
pub mod credentials;
pub mod enforcement;
pub mod engines;
pub mod exposure;
pub mod fargate;
pub mod gateways;
pub mod host_paths;
pub mod identity;
pub mod images;
pub mod ingresses;
pub mod network;
pub mod nodes;
pub mod running;
pub mod runtime;
pub mod standards;
pub mod unread;
pub mod webhooks;
pub mod workloads;

use palisade_model::Gap;
use palisade_model::kubernetes::{Controller, Objects, Pod};

/// Whether something that AWS does not run in every cluster runs in a namespace, or would.
pub fn is_in_use(namespace: &str, objects: &Objects) -> Result<bool, Gap> {
    let is_own = |workload: &Controller| workload.namespace == namespace && !workload.is_aws_managed();
    let mut gap = None;
    for list in objects.workloads.lists() {
        if list.seen().iter().any(is_own) {
            return Ok(true);
        }
        gap = gap.or(list.gap());
    }
    gap.map_or(Ok(false), |gap| Err(gap.clone()))
}

/// Whether a pod is there for a while yet.
pub fn is_live(pod: &Pod) -> bool {
    !pod.phase.is_over()
}
