use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may do everything in the cluster or in a namespace
    ///
    /// ## Why
    /// The role `cluster-admin`, or any other with `*` for verbs, API groups and resources, allows every request: to
    /// read all Secrets, to enter every pod and take its role of AWS, to switch off every control. Bound in one
    /// namespace it allows all that there.
    ///
    /// Several rules count as one that gives the same, through whichever bindings they come. What Kubernetes and EKS
    /// bind themselves is known by its contents, and not by a name or label, which anybody may choose. The group
    /// `system:masters` has a check of its own, `kubernetes-rbac-masters-group`.
    ///
    /// ## Severity
    /// High: one leaked token gives the cluster away, and the roles of all its pods.
    ///
    /// ## Fix
    /// Bind roles that say what their holders do. Keep `AmazonEKSClusterAdminPolicy` for a role that people take on for
    /// an hour, and no binding at all.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-cluster-admin",
        severity: Severity::High,
        controls: &[
            Control::prowler("rbac_cluster_admin_usage"),
            Control::cis("eks-1.8.0:4.1.1"),
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
    use crate::testing::Cases;
    use palisade_scenes::rbac::{account, bound, bound_in, everything, group, named, oddly_bound, rule, unbound, user};

    const MANAGER: &str = "eks:addon-cluster-admin";
    let admin = |subject| unbound().binding("cluster-admin", &[everything()], "cluster-admin", subject);
    let all = |subject| bound(&[everything()], subject);
    let all_by_two = |other: &str| {
        let write = rule("create,update,patch,delete", "*", "*");
        bound(&[rule("get,list,watch", "*", "*")], group("team")).binding("writer", &[write], "writers", group(other))
    };
    let of_addon = || all(account("kube-system", "csi"));
    Cases::default()
        .pass(unbound())
        .pass(admin(group("system:masters")))
        .pass(bound(&[rule("*", "*", "pods")], group("team")))
        .pass(bound(&[rule("get,list,watch", "*", "*")], group("team")))
        .pass(bound(&[named(everything(), "one")], group("team")))
        .pass(unbound().binding("cluster-admin", &[everything()], MANAGER, user("eks:addon-manager")))
        .fail(unbound().binding("cluster-admin", &[everything()], MANAGER, account("kube-system", "helper")))
        .fail(unbound().binding("eks:addon", &[everything()], "eks:addon", account("kube-system", "addon")))
        .fail(unbound().binding("cluster-admin", &[everything()], "system:helper", account("kube-system", "helper")))
        .fail(unbound().binding("cluster-admin", &[everything()], "eks:nodes", group("system:nodes")))
        .fail(of_addon().and_addon("csi"))
        .fail(all_by_two("team"))
        .pass(all_by_two("others"))
        .fail(of_addon())
        .fail(admin(group("admins")))
        .fail(unbound().binding("cluster-admin", &[everything()], "tiller", account("kube-system", "tiller")))
        .fail(all(group("admins")))
        .fail(all(user("system:admin")))
        .fail(all(group("system:admins")))
        .fail(all(account("shop", "web")))
        .fail(unbound().binding("eks:addon", &[everything()], "eks:addon", group("team")))
        .fail(bound_in("shop", &[rule("get", "core", "pods"), everything()], group("team")))
        .unknown(oddly_bound())
}
