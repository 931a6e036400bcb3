//! What is to be said of a namespace.

use super::namespace::Modes;
use super::version::Level;
use palisade_model::verdict::Severity;

/// Namespaces of node agents, which need what the baseline level forbids.
pub const AGENT_NAMESPACES: &[&str] = &[
    "amazon-guardduty",
    "calico-system",
    "cilium",
    "falco",
    "gatekeeper-system",
    "karpenter",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "kyverno",
];

/// How well a namespace is held to the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamespaceVerdict {
    /// Restricted is enforced, and every pod that runs keeps to it.
    Restricted,
    /// As [`Self::Restricted`], but `audit` or `warn` ask for less, so that templates beyond it go unnoticed.
    Unwatched,
    /// A level is enforced, but so many pods that run do not keep to it: they are older than the label.
    Violated {
        /// The level.
        enforced: Level,
        /// How many.
        pods: usize,
    },
    /// Only the baseline level is enforced.
    Baseline,
    /// Nothing is enforced; whoever goes beyond this level is only noted or warned.
    OnlyWatched(Level),
    /// Nothing is enforced, and nobody is told.
    Open,
    /// Restricted is not enforced, but the namespace is for node agents, which need more.
    Agents,
}

impl NamespaceVerdict {
    /// How much harm that may do; `None` when all is well.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Restricted => None,
            Self::Unwatched | Self::Agents => Some(Severity::Informational),
            Self::Violated { .. } | Self::Baseline => Some(Severity::Medium),
            Self::OnlyWatched(_) | Self::Open => Some(Severity::High),
        }
    }
}

/// What is to be said of a namespace with these modes, where so many pods violate what it enforces.
///
/// `is_for_agents` is what the settings and [`AGENT_NAMESPACES`] say of it.
pub fn judge(modes: &Modes, violating_pods: usize, is_for_agents: bool) -> NamespaceVerdict {
    let enforced = modes.enforce.level;
    if is_for_agents && (enforced < Level::Restricted || violating_pods > 0) {
        return NamespaceVerdict::Agents;
    }
    if enforced > Level::Privileged && violating_pods > 0 {
        return NamespaceVerdict::Violated { enforced, pods: violating_pods };
    }
    let watched = modes.audit.level.max(modes.warn.level);
    match enforced {
        Level::Restricted if modes.audit.level.min(modes.warn.level) < enforced => NamespaceVerdict::Unwatched,
        Level::Restricted => NamespaceVerdict::Restricted,
        Level::Baseline => NamespaceVerdict::Baseline,
        Level::Privileged if watched > Level::Privileged => NamespaceVerdict::OnlyWatched(watched),
        Level::Privileged => NamespaceVerdict::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod_security::{Policy, Version};

    fn modes([enforce, audit, warn]: [Level; 3]) -> Modes {
        let policy = |level| Policy { level, version: Version::Latest };
        Modes { enforce: policy(enforce), audit: policy(audit), warn: policy(warn) }
    }

    #[test]
    fn a_namespace_is_judged_by_what_it_enforces_and_by_what_runs() {
        use Level::{Baseline as B, Privileged as P, Restricted as R};
        for (levels, pods, agents, verdict, severity) in [
            ([R, R, R], 0, false, NamespaceVerdict::Restricted, None),
            ([R, P, R], 0, false, NamespaceVerdict::Unwatched, Some(Severity::Informational)),
            ([R, R, B], 0, false, NamespaceVerdict::Unwatched, Some(Severity::Informational)),
            ([R, R, R], 2, false, NamespaceVerdict::Violated { enforced: R, pods: 2 }, Some(Severity::Medium)),
            ([B, P, B], 0, false, NamespaceVerdict::Baseline, Some(Severity::Medium)),
            ([B, R, R], 1, false, NamespaceVerdict::Violated { enforced: B, pods: 1 }, Some(Severity::Medium)),
            ([P, R, P], 0, false, NamespaceVerdict::OnlyWatched(R), Some(Severity::High)),
            ([P, P, B], 0, false, NamespaceVerdict::OnlyWatched(B), Some(Severity::High)),
            ([P, P, P], 0, false, NamespaceVerdict::Open, Some(Severity::High)),
            ([P, P, P], 0, true, NamespaceVerdict::Agents, Some(Severity::Informational)),
            ([R, R, R], 3, true, NamespaceVerdict::Agents, Some(Severity::Informational)),
            ([R, R, R], 0, true, NamespaceVerdict::Restricted, None),
        ] {
            let found = judge(&modes(levels), pods, agents);
            assert_eq!((found, found.severity()), (verdict, severity), "{levels:?}, {pods} pods, agents: {agents}");
        }
    }
}
