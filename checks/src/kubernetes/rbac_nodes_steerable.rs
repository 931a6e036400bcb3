use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may steer pods onto nodes, or drive them off
    ///
    /// ## Why
    /// Who holds one node wants others' pods on it: their tokens are in its memory. Labels and taints of nodes, their status,
    /// evictions and the status of pods decide where pods run, and so do bindings of pods to nodes. A pod whose status is
    /// changed is replaced elsewhere, or gets traffic that is meant for another.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service accounts and
    /// to groups that everybody is in. Grants that name pods are not counted.
    ///
    /// ## Severity
    /// Medium: it takes a node, or a pod that runs as root on one.
    ///
    /// ## Fix
    /// Let agents of nodes write through the kubelet or name what they write. Keep what drains nodes to one controller in a
    /// namespace of its own.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - <https://www.paloaltonetworks.com/resources/whitepapers/kubernetes-privilege-escalation-excessive-permissions-in-popular-platforms>
    CHECK {
        id: "kubernetes-rbac-nodes-steerable",
        severity: Severity::Medium,
        controls: &[Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.holders(CHECK.id)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::strict;
    use palisade_scenes::rbac::{named, rule};

    let bad = [
        rule("patch", "core", "nodes"),
        rule("update", "core", "nodes/status"),
        rule("create", "core", "pods/eviction"),
        rule("patch", "core", "pods/status"),
        rule("create", "core", "pods/binding"),
        named(rule("patch", "core", "nodes"), "one"),
    ];
    let harmless = [
        rule("get,list,watch", "core", "nodes,pods"),
        rule("create,update", "coordination.k8s.io", "leases"),
        named(rule("create", "core", "pods/eviction"), "one"),
        rule("patch", "apps", "nodes"),
    ];
    strict(&bad, &harmless)
}
