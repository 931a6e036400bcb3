use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::rbac::review::{Question, Review};

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

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let review = Review::of(cluster)?;
    let roles = review.holders(Question::strict(&["escalate roles", "bind roles"]))?;
    let counted = Question { named: true, ..Question::beyond_teams(&["impersonate"]) };
    let identities = review.holders(counted)?;
    Ok(joined(roles, identities))
}

fn joined(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Fail(mut evidence), Verdict::Fail(more)) => {
            evidence.extend(more);
            Verdict::Fail(evidence)
        }
        (failure @ Verdict::Fail(_), _) | (_, failure) => failure,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::strict;
    use palisade_scenes::rbac::{account, bound_in, group, named, rule};

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
    let harmless = [rule("create,update,patch,delete", RBAC, "roles,clusterroles"), rule("get", "core", "users")];
    strict(&bad, &harmless)
        .fail(bound_in("shop", &[rule("escalate", RBAC, "roles")], group("team")))
        .fail(bound_in("shop", &[impersonate()], account("shop", "web")))
        .fail(bound_in("kube-system", &[impersonate()], group("team")))
        .pass(bound_in("shop", &[impersonate()], group("team")))
        .pass(bound_in("shop", &[rule("impersonate", "core", "users")], group("team")))
}
