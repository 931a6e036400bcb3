use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::rbac::is_anybody;
use palisade_reason::rbac::review::gives;

check! {
    /// Somebody without credentials has rights in the cluster
    ///
    /// ## Why
    /// A request without credentials is one of the user `system:anonymous` and the group `system:unauthenticated`. What
    /// is bound to them, everybody may do who reaches the API server.
    ///
    /// Kubernetes itself binds `system:public-info-viewer` to them, which tells health and version; that is left out.
    ///
    /// ## Severity
    /// Critical: nothing stands between the network and the right.
    ///
    /// ## Fix
    /// Delete the binding. Old clusters bind `system:discovery` and `system:basic-user` to `system:unauthenticated`:
    /// take that subject out of both.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles>
    CHECK {
        id: "kubernetes-rbac-anonymous",
        severity: Severity::Critical,
        controls: &[Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.each(|binding, subject, _| is_anybody(subject).then(|| gives(binding, subject)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::rbac::{bound, bound_in, group, oddly_bound, paths, rule, unbound, user};

    const NOBODY: &str = "system:unauthenticated";
    const VIEWER: &str = "system:public-info-viewer";
    let read = || [rule("get", "core", "pods")];
    let own = |name: &str| unbound().binding(name, &read(), name, group(NOBODY));
    Cases::default()
        .pass(unbound())
        .pass(unbound().binding(VIEWER, &[paths("/healthz,/version")], VIEWER, group(NOBODY)))
        .pass(bound(&read(), group("system:authenticated")))
        .fail(own("system:discovery"))
        .fail(own(VIEWER))
        .fail(own("public-info-viewer"))
        .fail(bound(&read(), user("system:anonymous")))
        .fail(bound(&read(), group(NOBODY)))
        .fail(bound_in("shop", &read(), group(NOBODY)))
        .fail(bound(&[], user("system:anonymous")))
        .unknown(oddly_bound())
}
