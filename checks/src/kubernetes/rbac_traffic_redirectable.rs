use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may send others' traffic elsewhere
    ///
    /// ## Why
    /// Traffic of a service goes where its endpoints say, which may be addresses of other namespaces (CVE-2021-25740). The
    /// status of a service takes over an address (CVE-2020-8554). The ConfigMap `coredns` in `kube-system` answers names for
    /// the whole cluster.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service accounts and
    /// to groups that everybody is in. Grants that name endpoints or services are not counted.
    ///
    /// ## Severity
    /// Medium: what is sent with TLS and a checked certificate is not read.
    ///
    /// ## Fix
    /// Take rights on `endpoints`, `endpointslices` and `services/status` away from whatever is no controller of them, and
    /// name the ConfigMaps of `kube-system` that are meant.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#write-access-for-endpoints>
    /// - <https://github.com/kubernetes/kubernetes/issues/97076>
    CHECK {
        id: "kubernetes-rbac-traffic-redirectable",
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
        rule("create", "discovery.k8s.io", "endpointslices"),
        rule("update", "core", "endpoints"),
        rule("patch", "core", "services/status"),
        named(rule("update", "core", "configmaps"), "coredns"),
    ];
    let harmless = [
        rule("get,list,watch", "discovery.k8s.io", "endpointslices"),
        rule("create,update", "core", "services"),
        named(rule("update", "core", "endpoints"), "leader"),
        named(rule("update", "core", "configmaps"), "leader"),
        rule("create", "core", "configmaps"),
    ];
    strict(&bad, &harmless)
}
