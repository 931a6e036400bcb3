use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may give itself further rights in the cluster
    ///
    /// ## Why
    /// Kubernetes lets nobody write into a role what the writer is not allowed itself. Three verbs lift that:
    /// `escalate` on roles, `bind` on roles, and `impersonate`, with which a request is made as somebody else. Each is
    /// as good as every right that it reaches.
    ///
    /// Impersonation of the service accounts of one namespace, which the role `edit` gives to a team, is counted as
    /// `kubernetes-rbac-tokens-creatable` counts: for the whole cluster, for `kube-system`, and for service accounts.
    /// Constrained impersonation (the verbs `impersonate:…` of Kubernetes 1.35 on) counts where something dangerous may be
    /// done with it. A grant that names roles or identities counts where one of them has rights.
    ///
    /// ## Severity
    /// High: no flaw is needed, only the holder's credentials.
    ///
    /// ## Fix
    /// Take the verbs away, or name in `resourceNames` which roles may be bound and who may be impersonated.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update>
    CHECK {
        id: "kubernetes-rbac-escalation",
        severity: Severity::High,
        controls: &[Control::cis("eks-1.8.0:4.1.8"), Control::checklist("cluster-rights-limited")],
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
    use palisade_scenes::Scene;
    use palisade_scenes::rbac::{account, bound, bound_in, everything, group, named, rule};

    const RBAC: &str = "rbac.authorization.k8s.io";
    let impersonate = || rule("impersonate", "core", "serviceaccounts");
    let bad = [
        rule("escalate", RBAC, "clusterroles"),
        rule("bind", RBAC, "clusterroles"),
        named(rule("bind", RBAC, "clusterroles"), "admin"),
        rule("impersonate", "core", "users"),
        rule("impersonate", "authentication.k8s.io", "userextras/scopes"),
        rule("*", RBAC, "roles"),
        impersonate(),
    ];
    let harmless = [
        rule("create,update,patch,delete", RBAC, "roles,clusterroles"),
        rule("get", "core", "users"),
        rule("*", "*", "pods"),
        named(rule("bind", RBAC, "clusterroles"), "viewer"),
        named(rule("impersonate", "core", "users"), "ana"),
        named(rule("impersonate", "core", "serviceaccounts"), "web"),
    ];
    let with = |rules: &[_]| bound(rules, group("helpers"));
    let and_admin = |scene: Scene, subject| scene.binding("administrator", &[everything()], "administrators", subject);
    let user_info = |verb: &str, resource: &str| {
        [rule("impersonate:user-info", "authentication.k8s.io", "users"), rule(verb, "core", resource)]
    };
    strict(&bad, &harmless)
        .fail(bound_in("shop", &[rule("escalate", RBAC, "roles")], group("team")))
        .fail(bound_in("shop", &[impersonate()], account("shop", "web")))
        .fail(and_admin(
            with(&[named(rule("impersonate", "core", "users"), "ana")]),
            palisade_scenes::rbac::user("ana"),
        ))
        .fail(and_admin(with(&[named(rule("impersonate", "core", "groups"), "admins")]), group("admins")))
        .fail(and_admin(with(&[named(rule("bind", RBAC, "clusterroles"), "administrator")]), group("admins")))
        .fail(with(&[named(rule("impersonate", "core", "groups"), "system:masters")]))
        .fail(with(&user_info("impersonate-on:user-info:get", "secrets")))
        .pass(with(&user_info("impersonate-on:user-info:get", "pods")))
        .pass(with(&user_info("impersonate-on:serviceaccount:get", "secrets")))
        .fail(bound_in("kube-system", &[impersonate()], group("team")))
        .pass(bound_in("shop", &[impersonate()], group("team")))
        .pass(bound_in("shop", &[rule("impersonate", "core", "users")], group("team")))
}
