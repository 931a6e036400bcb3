use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::aws_auth::each_mapping;
use palisade_reason::rbac::MASTERS;

check! {
    /// ConfigMap aws-auth puts somebody into system:masters
    ///
    /// ## Why
    /// Members of `system:masters` are allowed everything before RBAC is asked. No role can hold them back, no binding
    /// shows them, and no list in AWS names them.
    ///
    /// Whoever made a cluster of the mode `CONFIG_MAP` is a member besides, which neither the ConfigMap nor AWS tells.
    /// Entries whose principal has an access entry are left out: the access entry counts.
    ///
    /// ## Severity
    /// High: one leaked session of the role gives the cluster away, and the roles of all its pods.
    ///
    /// ## Fix
    /// Make an access entry for the role, with the access policy or the groups that it needs, and delete the entry from
    /// the ConfigMap.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/migrating-access-entries.html>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    CHECK {
        id: "kubernetes-aws-auth-masters",
        severity: Severity::High,
        controls: &[
            Control::cis("eks-1.8.0:4.1.1"),
            Control::cis("eks-1.8.0:4.1.7"),
            Control::checklist("cluster-access-named"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    each_mapping(cluster, |mapping| {
        let is_master = mapping.groups.iter().any(|group| group == MASTERS);
        Ok(is_master.then(|| format!("aws-auth maps {} to {MASTERS}", mapping.arn)))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AuthenticationMode;
    use palisade_model::kubernetes::MappingText;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::entry;
    use palisade_scenes::in_cluster::{authenticated_by, mapped, mapped_role, mapping};

    const ADMIN: &str = "arn:aws:iam::111122223333:role/orders-role";
    let masters = || mapped_role(ADMIN, "admin", &["viewers", MASTERS]);
    let user = mapping("arn:aws:iam::111122223333:user/ada", "ada", &[MASTERS]);
    let in_mode = |mode| authenticated_by(masters(), mode);
    let superseded = in_mode(AuthenticationMode::ApiAndConfigMap)
        .and_cluster(|cluster| cluster.access_entries = Listing::whole(vec![entry(ADMIN, &[])]));
    Cases::default()
        .pass(mapped(|_| {}))
        .pass(mapped_role(ADMIN, MASTERS, &["system:master", "admins"]))
        .pass(superseded)
        .fail(masters())
        .fail(mapped(|auth| auth.users = MappingText::Parsed(vec![user])))
        .fail(in_mode(AuthenticationMode::ApiAndConfigMap))
        .not_applicable(in_mode(AuthenticationMode::Api))
        .not_applicable(mapped(|_| {}).objects(|objects| objects.aws_auth = Fact::Known(None)))
        .unknown(in_mode(AuthenticationMode::Other("IDENTITY_CENTER".to_owned())))
        .left_out(cluster(|_| {}))
}
