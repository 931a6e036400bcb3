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
use palisade_model::verdict::{Evidence, Outcome, Verdict};

/// How many objects the evidence of one finding names.
const MOST_NAMED: usize = 20;

/// The conclusion with no more evidence than somebody reads: the first twenty, and how many more there are.
pub fn shortened(outcome: Outcome) -> Outcome {
    let Ok(Verdict::Fail(mut evidence)) = outcome else { return outcome };
    let more = evidence.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        evidence.truncate(MOST_NAMED);
        evidence.push(Evidence(format!("and {more} more")));
    }
    Ok(Verdict::Fail(evidence))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_names_twenty_and_counts_the_rest() {
        let of = |count: usize| shortened(Ok(Verdict::fail_if_any((0..count).map(|number| number.to_string()))));
        for (count, shown, last) in [(1, 1, "0"), (20, 20, "19"), (21, 21, "and 1 more"), (500, 21, "and 480 more")] {
            let Ok(Verdict::Fail(evidence)) = of(count) else { panic!("{count}") };
            assert_eq!((evidence.len(), evidence.last().unwrap().0.as_str()), (shown, last));
        }
        assert_eq!(of(0), Ok(Verdict::Pass));
    }
}
