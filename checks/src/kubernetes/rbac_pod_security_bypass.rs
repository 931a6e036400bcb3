use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may change the labels of namespaces
    ///
    /// ## Why
    /// Labels of a namespace say which Pod Security Standard is enforced there, and which namespaces policy engines
    /// leave alone. Whoever may update or patch namespaces takes the label away and starts a privileged pod.
    ///
    /// A role bound in one namespace gives the right on that namespace itself.
    ///
    /// ## Severity
    /// Medium: it takes the right to create pods besides.
    ///
    /// ## Fix
    /// Take `update` and `patch` on namespaces away from everybody but the pipeline that makes them.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-pod-security-bypass",
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
    use palisade_scenes::rbac::rule;

    let bad = [rule("patch", "core", "namespaces"), rule("get,update", "*", "namespaces")];
    let harmless =
        [rule("get,list,watch,create,delete", "core", "namespaces"), rule("update", "core", "namespaces/finalize")];
    strict(&bad, &harmless)
}
