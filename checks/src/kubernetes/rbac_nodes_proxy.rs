use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may reach the kubelet through the API server
    ///
    /// ## Why
    /// With `nodes/proxy` a request goes to the kubelet of a node, which runs commands in any pod there. Neither
    /// admission controls nor the audit log of the cluster see what is done. The verb `get` is enough.
    ///
    /// ## Severity
    /// High: one grant opens every pod of every node, and leaves no trace.
    ///
    /// ## Fix
    /// Take `nodes/proxy` away. For what agents read there, Kubernetes knows `nodes/metrics`, `nodes/stats` and
    /// `nodes/log`, and since 1.33 `nodes/healthz` and `nodes/pods`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-nodes-proxy",
        severity: Severity::High,
        controls: &[
            Control::prowler("rbac_minimize_node_proxy_subresource_access"),
            Control::cis("eks-1.8.0:4.1.10"),
            Control::checklist("cluster-rights-limited"),
        ],
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
    use palisade_scenes::rbac::rule;

    let bad = [rule("get", "core", "nodes/proxy"), rule("create", "*", "*/proxy"), rule("*", "core", "*")];
    let harmless = [
        rule("get,list", "core", "nodes,nodes/metrics,nodes/stats"),
        rule("get", "core", "nodes/*"),
        rule("get", "metrics.k8s.io", "nodes/proxy"),
    ];
    strict(&bad, &harmless)
}
