use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may remove events, or read what the API server keeps of others
    ///
    /// ## Why
    /// Events of pods and nodes tell what happened; whoever deletes them takes traces away. The paths `/logs` and
    /// `/debug/pprof` of the API server tell what others ask of it.
    ///
    /// Counted are grants in any namespace, since events are deleted by no workload of its own accord.
    ///
    /// ## Severity
    /// Low: the audit log, where it is on, keeps what was asked of the API server.
    ///
    /// ## Fix
    /// Take `delete` and `deletecollection` on events away, and paths outside the resources that are not `/healthz`,
    /// `/livez`, `/readyz`, `/version` or `/metrics`.
    ///
    /// ## References
    /// - <https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Delete%20K8S%20events/>
    /// - <https://kubernetes.io/docs/concepts/cluster-administration/system-logs/>
    CHECK {
        id: "kubernetes-rbac-events-deletable",
        severity: Severity::Low,
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
    use palisade_scenes::rbac::rule;

    let bad = [
        rule("delete", "core", "events"),
        rule("deletecollection", "events.k8s.io", "events"),
        palisade_scenes::rbac::paths("/logs"),
    ];
    let harmless =
        [rule("get,list,watch,create,patch", "core", "events"), palisade_scenes::rbac::paths("/healthz,/metrics")];
    let all = [palisade_scenes::rbac::everything(), palisade_scenes::rbac::paths("*")];
    strict(&bad, &harmless).pass(palisade_scenes::rbac::bound(&all, palisade_scenes::rbac::group("admins")))
}
