use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may put the policies of a policy engine out of force
    ///
    /// ## Why
    /// What a policy engine refuses, an exception allows, and a policy that is deleted or set to report refuses
    /// nothing. Whoever may write exceptions of Kyverno, or change policies of Kyverno or Kubewarden, constraints of
    /// Gatekeeper or policies of signatures, is not held by them.
    ///
    /// ## Severity
    /// Medium: it takes a second right to make use of it.
    ///
    /// ## Fix
    /// Leave policies and exceptions to the pipeline that installs them, and limit Kyverno to exceptions in one
    /// namespace.
    ///
    /// ## References
    /// - <https://kyverno.io/docs/exceptions/>
    /// - <https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces/>
    CHECK {
        id: "kubernetes-rbac-policy-bypass",
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

    let bad = [
        rule("create", "kyverno.io", "policyexceptions"),
        rule("patch", "policies.kyverno.io", "policyexceptions"),
        rule("delete", "kyverno.io", "clusterpolicies"),
        rule("patch", "policies.kyverno.io", "namespacedvalidatingpolicies"),
        rule("delete", "policies.kyverno.io", "imagevalidatingpolicies"),
        rule("patch", "policy.sigstore.dev", "clusterimagepolicies"),
        rule("update", "constraints.gatekeeper.sh", "k8spsphostfilesystem"),
        rule("delete", "templates.gatekeeper.sh", "constrainttemplates"),
    ];
    let harmless = [
        rule("get,list,watch", "kyverno.io", "clusterpolicies,policyexceptions"),
        rule("create", "constraints.gatekeeper.sh", "k8spsphostfilesystem"),
        rule("update,delete", "*", "configmaps"),
    ];
    strict(&bad, &harmless)
}
