use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Subject;
use palisade_model::{Arn, Gap};
use palisade_reason::in_cluster::aws_auth::{in_force, mappings};
use palisade_reason::in_cluster::shortened;
use palisade_reason::rbac::review::{Review, gives};
use palisade_reason::rbac::{Grant, MASTERS, RIGHTS, Scope};

check! {
    /// Principal of AWS takes the cluster over through a group or a name
    ///
    /// ## Why
    /// An access entry, or an entry of `aws-auth`, gives a principal groups and a user name. What these may do,
    /// bindings in the cluster say: AWS shows no access policy, Kubernetes shows no principal, and only both together
    /// show who may do everything, read all Secrets or give itself more.
    ///
    /// Counted are bindings of the whole cluster that give everything, or one of the rights on roles, identities,
    /// Secrets, nodes, admission and pods from which everything follows. Access policies of EKS are the matter of
    /// `eks-access-entry-administrator`, `system:masters` that of `kubernetes-aws-auth-masters`.
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

/// Rights from which the whole cluster does not follow.
const LESSER: [&str; 7] = [
    "change namespaces",
    "change network policies",
    "change service accounts",
    "delete events",
    "forward ports of pods",
    "make policy exceptions",
    "read inner paths of the API server",
];

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let review = Review::of(cluster)?;
    let mut gathered = Gathered::of(&cluster.access_entries, |entry| {
        let details = entry.details.known()?;
        judge(&review, &entry.principal, details.username.as_deref(), &details.groups)
    });
    match in_force(cluster) {
        Ok(None) => {}
        Ok(Some(auth)) => {
            for mapping in mappings(auth) {
                gathered.add(judge(&review, &mapping.arn, mapping.username.as_deref(), &mapping.groups));
            }
        }
        Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
    }
    shortened(gathered.outcome())
}

fn judge(review: &Review, principal: &Arn, name: Option<&str>, groups: &[String]) -> Result<Option<String>, Gap> {
    let groups = groups.iter().filter(|group| *group != MASTERS).map(|group| Subject::Group(group.clone()));
    let subjects = groups.chain(name.map(|name| Subject::User(name.to_owned())));
    for subject in subjects {
        for binding in review.rbac().bindings().iter().filter(|binding| binding.subjects.contains(&subject)) {
            let grants: Vec<_> = binding.grants().collect();
            let Some(right) = gravest(&grants) else { continue };
            // Nodes and EKS's own parts have the rights of theirs.
            if binding.scope == Scope::Cluster && !review.is_platform(binding, &subject)? {
                return Ok(Some(format!("{principal}: {}: {right}", gives(binding, &subject))));
            }
        }
    }
    Ok(None)
}

fn gravest(grants: &[Grant]) -> Option<&'static str> {
    let held = RIGHTS.iter().filter(|right| !LESSER.contains(&right.name));
    held.flat_map(|right| right.held(grants)).next().map(|held| held.right.name)
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
        .not_applicable(admins())
}
