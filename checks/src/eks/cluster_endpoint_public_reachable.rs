use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Cluster API has an address on the internet
    ///
    /// ## Why
    /// Within the VPC the API can be reached without the internet. An address there widens what an attacker may probe,
    /// even where `publicAccessCidrs` keeps most of the internet away, and lists of networks grow.
    ///
    /// ## Severity
    /// Low: only the listed networks reach it; that they are few is the matter of `eks-cluster-endpoint-public`.
    ///
    /// ## Fix
    /// Reach the API over a VPN, a bastion or AWS Systems Manager, then switch `endpointPublicAccess` off.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-1>
    CHECK {
        id: "eks-cluster-endpoint-public-reachable",
        severity: Severity::Low,
        controls: &[
            Control::security_hub("EKS.1"),
            Control::cis("eks-1.8.0:5.4.2"),
            Control::checklist("cluster-endpoint-closed"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let reach = &configuration.reach;
    Ok(Verdict::fail_when(reach.public, || {
        format!("endpointPublicAccess is true, publicAccessCidrs are {}", reach.public_cidrs.join(", "))
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let open_to = |networks: &[&str]| {
        configured_cluster(|configuration| {
            configuration.reach.public = true;
            configuration.reach.public_cidrs = networks.iter().map(|&network| network.to_owned()).collect();
        })
    };
    Cases::default()
        .pass(configured_cluster(|_| {}))
        .fail(open_to(&["0.0.0.0/0"]))
        .fail(open_to(&["198.51.100.7/32"]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
