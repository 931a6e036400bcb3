use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::network::{Direction, default_deny};

check! {
    /// Namespace lets in what no network policy allows
    ///
    /// ## Why
    /// Pods that no network policy is about take connections from every pod of the cluster and from whatever reaches
    /// the node. A policy for all pods of the namespace that is about incoming traffic turns that round: only what some
    /// policy allows comes in. New workloads are then closed from their first minute.
    ///
    /// Policies of Cilium, Calico and EKS count as far as they mean what Kubernetes' own do. Where one denies only some
    /// traffic, as a ClusterNetworkPolicy does, or chooses namespaces or pods in a way that is not read, the answer is
    /// unknown. Namespaces in which nothing runs but what AWS runs in every cluster are left out.
    ///
    /// ## Severity
    /// Medium: it takes a pod that somebody has broken into, anywhere in the cluster.
    ///
    /// ## Fix
    /// Add a policy with an empty `podSelector`, the policy type `Ingress` and no rules.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/network-security.html>
    CHECK {
        id: "kubernetes-namespace-ingress-not-denied",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.3.2"), Control::checklist("network-policies")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    default_deny(inside, Direction::Incoming)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    crate::testing::default_deny_cases(Direction::Incoming)
}
