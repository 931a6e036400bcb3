use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Subject;
use palisade_reason::rbac::review::gives;
use palisade_reason::rbac::{Binding, service_account_user};

check! {
    /// A role is bound to a default service account
    ///
    /// ## Why
    /// Every pod that names no service account runs as `default` of its namespace. A right that is bound to it is a
    /// right of all such pods, and of those that somebody adds without thinking of rights at all.
    ///
    /// ## Severity
    /// Medium: how much can be done depends on the role; who can do it, nobody has chosen.
    ///
    /// ## Fix
    /// Make a service account for the workload, bind the role to that, and set `automountServiceAccountToken: false` on
    /// `default`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#service-account-permissions>
    CHECK {
        id: "kubernetes-rbac-default-account-bound",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.5"), Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.each(|binding, subject, _| judge(binding, subject))
}

fn judge(binding: &Binding, subject: &Subject) -> Option<String> {
    let is_default = match subject {
        Subject::ServiceAccount { name, .. } => name == "default",
        Subject::User(name) => {
            let namespace = name.rsplit(':').nth(1).unwrap_or_default();
            *name == service_account_user(namespace, "default")
        }
        Subject::Group(_) | Subject::Other { .. } => false,
    };
    is_default.then(|| gives(binding, subject))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::rbac::{account, bound, bound_in, group, oddly_bound, rule, unbound, user};

    let read = || [rule("get", "core", "pods")];
    Cases::default()
        .pass(unbound())
        .pass(bound(&read(), account("shop", "web")))
        .pass(bound(&read(), account("default", "web")))
        .pass(bound(&read(), user("default")))
        .pass(bound(&read(), user("system:serviceaccount:default:web")))
        .pass(bound(&read(), group("default")))
        .fail(bound(&read(), account("shop", "default")))
        .fail(bound(&read(), account("kube-system", "default")))
        .fail(bound(&read(), user("system:serviceaccount:shop:default")))
        .fail(bound_in("shop", &read(), account("shop", "default")))
        .unknown(oddly_bound())
}
