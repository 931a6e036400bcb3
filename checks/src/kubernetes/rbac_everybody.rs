use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Subject;
use palisade_reason::rbac::review::gives;
use palisade_reason::rbac::{AUTHENTICATED, Binding, SERVICE_ACCOUNTS};

check! {
    /// Everybody who may enter the cluster has a right that was bound to all
    ///
    /// ## Why
    /// The group `system:authenticated` holds everybody with credentials: all people, all pods, and whoever `aws-auth`
    /// or an access entry lets in without any group. `system:serviceaccounts` holds all pods. A right that is bound to
    /// one of them is a right of the least guarded pod.
    ///
    /// What Kubernetes itself binds to these groups (`system:basic-user`, `system:discovery`,
    /// `system:public-info-viewer`, `system:service-account-issuer-discovery`) is left out.
    ///
    /// ## Severity
    /// High: one weak pod anywhere has the right.
    ///
    /// ## Fix
    /// Bind the role to the groups and service accounts that need it.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-everybody",
        severity: Severity::High,
        controls: &[Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.each(|binding, subject, _| judge(binding, subject))
}

fn judge(binding: &Binding, subject: &Subject) -> Option<String> {
    let is_everybody = match subject {
        Subject::Group(name) => name == AUTHENTICATED || name == SERVICE_ACCOUNTS,
        Subject::User(_) | Subject::ServiceAccount { .. } | Subject::Other { .. } => false,
    };
    is_everybody.then(|| gives(binding, subject))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::rbac::{bound, bound_in, group, oddly_bound, paths, rule, unbound, user};

    let read = || [rule("get", "core", "pods")];
    let own = |name: &str, rule, subject: &str| unbound().binding(name, &[rule], name, group(subject));
    let basic = || rule("create", "authorization.k8s.io", "selfsubjectaccessreviews");
    Cases::default()
        .pass(unbound())
        .pass(own("system:basic-user", basic(), AUTHENTICATED))
        .pass(own("system:discovery", paths("/api,/version"), AUTHENTICATED))
        .pass(own("system:service-account-issuer-discovery", paths("/openid/v1/jwks"), SERVICE_ACCOUNTS))
        .pass(bound(&read(), group("system:serviceaccounts:shop")))
        .pass(bound(&read(), group("authenticated")))
        .pass(bound(&read(), user(AUTHENTICATED)))
        .fail(own("system:basic-user", basic(), SERVICE_ACCOUNTS))
        .fail(own("system:basic-user", rule("get", "core", "secrets"), AUTHENTICATED))
        .fail(bound(&read(), group(AUTHENTICATED)))
        .fail(bound(&read(), group(SERVICE_ACCOUNTS)))
        .fail(bound_in("shop", &read(), group(AUTHENTICATED)))
        .unknown(oddly_bound())
}
