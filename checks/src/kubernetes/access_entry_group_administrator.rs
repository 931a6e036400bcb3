use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Principal of AWS takes the cluster over through a group or a name
    ///
    /// ## Why
    /// An access entry, or an entry of `aws-auth`, gives a principal groups and a user name. What these may do,
    /// bindings in the cluster say: AWS shows no access policy, Kubernetes shows no principal, and only both together
    /// show who may do everything, read all Secrets or give itself more.
    ///
    /// Counted are bindings of the whole cluster and of `kube-system` that give everything, or one of the rights on roles,
    /// identities, Secrets, nodes, admission and pods from which everything follows, alone or together: by several
    /// groups, by the user name that a session of the principal has, or by a binding and an access policy. Access
    /// policies by themselves are the matter of `eks-access-entry-administrator`, `system:masters` that of
    /// `kubernetes-aws-auth-masters`.
    ///
    /// ## Severity
    /// High: one leaked session of the principal gives the cluster away.
    ///
    /// ## Fix
    /// Bind the group to what its members do. Where somebody has to administer the cluster, use an access policy, which
    /// is seen in AWS.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-access-entry-group-administrator",
        severity: Severity::High,
        controls: &[Control::cis("eks-1.8.0:4.1.1"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.principals()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::clusters::entry;
    use palisade_scenes::in_cluster::{mapped, mapped_role};
    use palisade_scenes::rbac::{bound, bound_in, everything, group, rule, unbound, user};

    let entered = |scene: Scene, groups: &[&str], name: &str| {
        let mut entry = entry("arn:aws:iam::111122223333:role/orders-role", &[]);
        let Fact::Known(details) = &mut entry.details else { unreachable!() };
        details.groups = groups.iter().map(|&group| group.to_owned()).collect();
        details.username = Some(name.to_owned());
        scene.and_cluster(|cluster| cluster.access_entries = Listing::whole(vec![entry]))
    };
    let admins = || bound(&[everything()], group("admins"));
    let readers = || bound(&[rule("get,list", "core", "pods")], group("readers"));
    let certifying = |other: &str| {
        let approval = rule("update", "certificates.k8s.io", "certificatesigningrequests/approval");
        let approve = rule("approve", "certificates.k8s.io", "signers");
        bound(&[approval], group("one")).binding("approver", &[approve], "approvers", group(other))
    };
    let mapped_to = |groups: &[&str]| {
        let arn = "arn:aws:iam::111122223333:role/orders-role";
        mapped_role(arn, "deployer", groups).binding("all", &[everything()], "all", group("admins"))
    };
    Cases::default()
        .pass(entered(readers(), &["readers"], "ana"))
        .pass(entered(admins(), &["readers"], "admins"))
        .pass(entered(bound_in("shop", &[everything()], group("team")), &["team"], "ana"))
        .pass(entered(bound(&[rule("delete", "core", "events")], group("team")), &["team"], "ana"))
        .pass(entered(unbound(), &["eks:kube-proxy-windows"], "system:node:one"))
        .pass(mapped(|_| {}))
        .pass(mapped_to(&["readers", "system:masters"]))
        .fail(entered(admins(), &["readers", "admins"], "ana"))
        .fail(entered(bound(&[everything()], user("ana")), &[], "ana"))
        .fail(entered(bound(&[rule("list", "core", "secrets")], group("team")), &["team"], "ana"))
        .fail(entered(bound(&[rule("bind", "*", "clusterroles")], group("team")), &["team"], "ana"))
        .fail(mapped_to(&["readers", "admins"]))
        .fail(entered(bound_in("kube-system", &[rule("create", "core", "pods")], group("team")), &["team"], "ana"))
        .fail(entered(bound(&[everything()], user("ops:alice")), &[], "ops:{{SessionName}}"))
        .pass(entered(bound(&[everything()], user("dev:alice")), &[], "ops:{{SessionName}}"))
        .fail(entered(certifying("two"), &["one", "two"], "ana"))
        .pass(entered(certifying("three"), &["one", "two"], "ana"))
        .pass(entered(bound(&[rule("get", "core", "pods/exec")], group("team")), &["team"], "ana"))
        .not_applicable(admins())
}
