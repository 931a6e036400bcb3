use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::eks::Cluster;

check! {
    /// Cluster can be deleted in one call
    ///
    /// ## Why
    /// Deleting a cluster takes its control plane with all objects at once; what was not written down elsewhere is
    /// gone. With deletion protection a second, deliberate call has to come first.
    ///
    /// ## Severity
    /// Low: whoever may delete the cluster may also switch the protection off; it stops mistakes, and gives an attack
    /// one more step.
    ///
    /// ## Fix
    /// Switch `deletionProtection` on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html>
    CHECK {
        id: "eks-cluster-deletion-unprotected",
        severity: Severity::Low,
        controls: &[Control::prowler("eks_cluster_deletion_protection_enabled"), Control::checklist("cluster-kept-up")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    match configuration.deletion_protection {
        Some(protected) => Ok(Verdict::fail_when(!protected, || "deletionProtection is false".to_owned())),
        None => Err(cluster.unclear(Action::EksDescribeCluster, "deletionProtection is not said")),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let with = |protection| configured_cluster(|configuration| configuration.deletion_protection = protection);
    Cases::default()
        .pass(with(Some(true)))
        .fail(with(Some(false)))
        .unknown(with(None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
