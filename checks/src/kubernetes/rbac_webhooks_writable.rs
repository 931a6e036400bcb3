use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may change webhooks and admission policies
    ///
    /// ## Why
    /// A mutating webhook sees and changes all that is written to the cluster, Secrets included. Whoever may write
    /// webhooks and admission policies reads and changes what others write, or puts the controls out of force.
    ///
    /// ## Severity
    /// High: one request opens all later ones.
    ///
    /// ## Fix
    /// Leave these objects to the pipeline that installs controllers, and name them in `resourceNames` where a
    /// controller keeps its own up to date.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>
    CHECK {
        id: "kubernetes-rbac-webhooks-writable",
        severity: Severity::High,
        controls: &[
            Control::prowler("rbac_minimize_webhook_config_access"),
            Control::cis("eks-1.8.0:4.1.11"),
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
    use palisade_scenes::rbac::{named, rule};

    let bad = [
        rule("create", "admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        rule("delete", "admissionregistration.k8s.io", "validatingwebhookconfigurations"),
        rule("patch", "admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
    ];
    let harmless = [
        rule("get,list,watch", "admissionregistration.k8s.io", "*"),
        named(rule("update", "admissionregistration.k8s.io", "validatingwebhookconfigurations"), "own"),
    ];
    strict(&bad, &harmless)
}
