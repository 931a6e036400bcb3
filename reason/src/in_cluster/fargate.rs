//! Which workloads run on Fargate, where there is no node to share.

use palisade_model::eks::{FargateProfile, FargateSelector};
use palisade_model::kubernetes::{Controller, Owner, WorkloadKind};
use palisade_model::{Gap, Inside};
use palisade_policy::matches;

/// Whether all pods of a workload run on Fargate: by the nodes of those that were placed; where none was, by the Fargate
/// profiles of the cluster. Daemon sets, and pods on the network of their node, never do.
///
/// Sources: <https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/fargate.html>
pub fn runs_on_fargate(inside: &Inside<'_, Controller>) -> Result<bool, Gap> {
    let Inside { object: workload, objects, cluster } = inside;
    if workload.kind == WorkloadKind::DaemonSet || workload.template.host.network {
        return Ok(false);
    }
    let owner: Owner = workload.owner();
    let own = objects.pods.seen().iter().filter(|pod| pod.namespace == workload.namespace && pod.workload() == owner);
    let nodes: Vec<_> = own.filter_map(|pod| pod.node.as_deref()).collect();
    if !nodes.is_empty() {
        let all = nodes.iter().all(|node| node.starts_with("fargate-"));
        return match objects.pods.gap() {
            Some(gap) if all => Err(gap.clone()),
            Some(_) | None => Ok(all),
        };
    }
    let mut gap = cluster.fargate_profiles.gap().cloned();
    for profile in cluster.fargate_profiles.seen() {
        match takes(profile, workload) {
            Ok(true) => return objects.pods.gap().map_or(Ok(true), |gap| Err(gap.clone())),
            Ok(false) => {}
            Err(unknown) => _ = gap.get_or_insert(unknown),
        }
    }
    gap.map_or(Ok(false), Err)
}

fn takes(profile: &FargateProfile, workload: &Controller) -> Result<bool, Gap> {
    let is_taken = |selector: &FargateSelector| {
        let has = |(key, wanted): (&String, &String)| {
            workload.pod_labels.get(key).is_some_and(|value| matches(wanted, value))
        };
        matches(&selector.namespace, &workload.namespace) && selector.labels.iter().all(has)
    };
    Ok(profile.details.known()?.selectors.iter().any(is_taken))
}
