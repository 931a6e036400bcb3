use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may read Secrets across the cluster
    ///
    /// ## Why
    /// Secrets hold passwords, keys and tokens of service accounts. `list` and `watch` return their content as `get`
    /// does.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in. What a team does in its own namespace is not counted, nor a grant
    /// that names the Secrets.
    ///
    /// ## Severity
    /// High: one leaked token of the holder is all passwords of the cluster.
    ///
    /// ## Fix
    /// Bind such a role in the namespaces where it is needed, and name the Secrets in `resourceNames`. Mount what a pod
    /// needs instead of letting it ask.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - <https://kubernetes.io/docs/concepts/configuration/secret/>
    CHECK {
        id: "kubernetes-rbac-secrets-readable",
        severity: Severity::High,
        controls: &[
            Control::prowler("rbac_minimize_secret_access"),
            Control::cis("eks-1.8.0:4.1.2"),
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
    use crate::testing::beyond_teams;
    use palisade_scenes::rbac::rule;

    let bad = [rule("get", "core", "secrets"), rule("list", "core", "secrets"), rule("watch", "*", "*")];
    let harmless = [
        rule("get,list,watch", "core", "configmaps"),
        rule("delete", "core", "secrets"),
        rule("get", "secrets-store.csi.x-k8s.io", "secrets"),
    ];
    beyond_teams(&bad, &harmless)
}
