use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may change service accounts across the cluster
    ///
    /// ## Why
    /// An annotation of a service account says which role of AWS its pods ask for. Whoever may write service accounts
    /// gives pods another role, where that role's trust policy lets the service account in, or makes one with a name
    /// that a trust policy with a pattern lets in.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in.
    ///
    /// ## Severity
    /// Medium: it takes a role whose trust policy is wide, and a pod.
    ///
    /// ## Fix
    /// Bind such a role in the namespaces where it is needed, and name service accounts in `resourceNames`. Name one
    /// service account in each trust policy.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-identity-rewritable",
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
    use crate::testing::beyond_teams;
    use palisade_scenes::rbac::rule;

    let bad = [
        rule("patch", "core", "serviceaccounts"),
        rule("create", "core", "serviceaccounts"),
        rule("*", "*", "serviceaccounts"),
    ];
    let harmless =
        [rule("get,list,watch,delete", "core", "serviceaccounts"), rule("update", "apps", "serviceaccounts")];
    beyond_teams(&bad, &harmless)
}
