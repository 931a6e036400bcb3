use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may make tokens of service accounts across the cluster
    ///
    /// ## Why
    /// With `create` on `serviceaccounts/token` somebody gets a token of a service account, and with it everything that
    /// the account may do in the cluster and, through its role, in AWS. A Secret of the type
    /// `kubernetes.io/service-account-token` is filled with a token that does not expire, so `create` on Secrets is as
    /// good.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in. What a team does in its own namespace is not counted, unless one of
    /// its service accounts reaches beyond it. A grant that names service accounts counts where one of them has rights or
    /// a role of AWS.
    ///
    /// ## Severity
    /// High: its holder becomes any workload in reach, without a pod.
    ///
    /// ## Fix
    /// Bind such a role in the namespaces where it is needed, and name the service accounts in `resourceNames`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-tokens-creatable",
        severity: Severity::High,
        controls: &[
            Control::prowler("rbac_minimize_service_account_token_creation"),
            Control::cis("eks-1.8.0:4.1.12"),
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
    use palisade_scenes::Scene;
    use palisade_scenes::rbac::{account, bound_in, everything, named, rule};

    let bad = [
        rule("create", "core", "serviceaccounts/token"),
        rule("create", "core", "secrets"),
        rule("create", "core", "*/token"),
    ];
    let harmless = [rule("get,update", "core", "secrets"), rule("create", "authentication.k8s.io", "tokenreviews")];
    let of = |name: &str| {
        bound_in("shop", &[named(rule("create", "core", "serviceaccounts/token"), name)], account("shop", "web"))
    };
    let and_admin =
        |scene: Scene| scene.binding("cluster-admin", &[everything()], "deployers", account("shop", "deployer"));
    beyond_teams(&bad, &harmless)
        .pass(of("deployer"))
        .pass(and_admin(of("reader")))
        .fail(and_admin(of("reader,deployer")))
}
