use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may create or change persistent volumes
    ///
    /// ## Why
    /// A persistent volume can be a path of a node. A pod that mounts it through a claim reaches the files of the node,
    /// and Pod Security, which forbids such paths in pods, does not look at claims. Whoever changes a volume binds it to a
    /// claim of its own, with what others wrote there.
    ///
    /// ## Severity
    /// Medium: it takes the right to create pods besides.
    ///
    /// ## Fix
    /// Leave persistent volumes to the drivers that make them, and let people make claims.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation>
    CHECK {
        id: "kubernetes-rbac-volumes-creatable",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("rbac_minimize_pv_creation_access"),
            Control::cis("eks-1.8.0:4.1.9"),
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
    use crate::testing::strict;
    use palisade_scenes::rbac::rule;

    let bad = [
        rule("create", "core", "persistentvolumes"),
        rule("*", "core", "persistentvolumes"),
        rule("patch", "core", "persistentvolumes"),
    ];
    let harmless =
        [rule("create", "core", "persistentvolumeclaims"), rule("get,list,watch,delete", "core", "persistentvolumes")];
    strict(&bad, &harmless)
}
