use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Nodes reach the cluster API over its public address
    ///
    /// ## Why
    /// Without an address of its own in the VPC, the API can be reached only from outside: nodes and pods leave the VPC
    /// to talk to it, their addresses have to stand in `publicAccessCidrs`, and the public address cannot be switched
    /// off.
    ///
    /// ## Severity
    /// Low: it keeps the public address open; by itself it lets nobody in.
    ///
    /// ## Fix
    /// Switch `endpointPrivateAccess` on. Nodes use it from then on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html>
    CHECK {
        id: "eks-cluster-endpoint-private-off",
        severity: Severity::Low,
        controls: &[
            Control::prowler("eks_cluster_private_nodes_enabled"),
            Control::cis("eks-1.8.0:5.4.2"),
            Control::checklist("cluster-endpoint-closed"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    Ok(Verdict::fail_when(!configuration.reach.private, || "endpointPrivateAccess is false".to_owned()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    Cases::default()
        .pass(configured_cluster(|_| {}))
        .pass(configured_cluster(|configuration| configuration.reach.public = true))
        .fail(configured_cluster(|configuration| configuration.reach.private = false))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
