use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may change what nodes are made by
    ///
    /// ## Why
    /// A node class of Karpenter or of EKS Auto Mode says which role of AWS new nodes have, which image they start,
    /// what they run at their start and how their metadata service answers. Whoever may write one runs programs of its
    /// choice on nodes, with that role. A node pool names the class, and the labels and taints by which pods find the nodes.
    ///
    /// ## Severity
    /// High: it takes no pod and no flaw, only the next node.
    ///
    /// ## Fix
    /// Leave node classes to the pipeline that installs them, and limit `iam:PassRole` of the controller to the roles
    /// that nodes are meant to have.
    ///
    /// ## References
    /// - <https://karpenter.sh/docs/concepts/nodeclasses/>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html>
    CHECK {
        id: "kubernetes-rbac-node-classes-writable",
        severity: Severity::High,
        controls: &[Control::checklist("cluster-rights-limited")],
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
        rule("update", "karpenter.k8s.aws", "ec2nodeclasses"),
        rule("create", "eks.amazonaws.com", "nodeclasses"),
        rule("*", "karpenter.k8s.aws", "*"),
        rule("create", "karpenter.sh", "nodepools"),
    ];
    let harmless =
        [rule("get,list,watch", "karpenter.k8s.aws", "ec2nodeclasses"), rule("delete", "karpenter.sh", "nodepools")];
    strict(&bad, &harmless)
}
