use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::rbac::review::{Question, Review};

check! {
    /// Somebody may create persistent volumes
    ///
    /// ## Why
    /// A persistent volume can be a path of a node. A pod that mounts it through a claim reaches the files of the node,
    /// and Pod Security, which forbids such paths in pods, does not look at claims.
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

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Review::of(cluster)?.holders(Question::strict(&["create persistent volumes"]))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::strict;
    use palisade_scenes::rbac::rule;

    let bad = [rule("create", "core", "persistentvolumes"), rule("*", "core", "persistentvolumes")];
    let harmless = [
        rule("create", "core", "persistentvolumeclaims"),
        rule("get,list,watch,update,delete", "core", "persistentvolumes"),
    ];
    strict(&bad, &harmless)
}
