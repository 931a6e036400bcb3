use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::rbac::review::{Question, Review};

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
    /// accounts and to groups that everybody is in. What a team does in its own namespace is not counted.
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

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Review::of(cluster)?.holders(Question::beyond_teams(&["issue tokens", "create secrets"]))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::beyond_teams;
    use palisade_scenes::rbac::rule;

    let bad = [
        rule("create", "core", "serviceaccounts/token"),
        rule("create", "core", "secrets"),
        rule("create", "core", "*/token"),
    ];
    let harmless = [rule("get,update", "core", "secrets"), rule("create", "authentication.k8s.io", "tokenreviews")];
    beyond_teams(&bad, &harmless)
}
