use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::eks::Cluster;
use palisade_reason::access::addresses::Addresses;

check! {
    /// Cluster API is open to too much of the internet
    ///
    /// ## Why
    /// Whoever reaches the API can try stolen tokens, leaked keys and the next flaw of the API server itself.
    /// Credentials are then all that stands between a stranger and the cluster.
    ///
    /// The networks in `publicAccessCidrs` are taken together: two halves of the internet are the internet, whichever
    /// way it is cut, over IPv4 or IPv6. The threshold `public_endpoint_addresses` says how many addresses of IPv4 are
    /// too many; over IPv6, more than one network of length 32 is. Private addresses do not count.
    ///
    /// ## Severity
    /// High: an attacker needs one credential, and nothing else is in the way.
    ///
    /// ## Fix
    /// Switch `endpointPrivateAccess` on and `endpointPublicAccess` off, or limit `publicAccessCidrs` to the networks
    /// of those who administer the cluster.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html>
    CHECK {
        id: "eks-cluster-endpoint-public",
        severity: Severity::High,
        controls: &[
            Control::security_hub("EKS.1"),
            Control::prowler("eks_cluster_not_publicly_accessible"),
            Control::cis("eks-1.8.0:5.4.1"),
            Control::cis("eks-1.8.0:5.4.2"),
            Control::checklist("cluster-endpoint-closed"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let reach = &configuration.reach;
    if !reach.public {
        return Ok(Verdict::Pass);
    }
    let (addresses, malformed) = Addresses::of(reach.public_cidrs.iter().map(String::as_str));
    let too_wide = addresses.too_wide(context.settings.thresholds.public_endpoint_addresses);
    let unclear = |why: String| cluster.unclear(Action::EksDescribeCluster, why);
    match (too_wide, malformed) {
        (Some(span), _) => {
            let networks = reach.public_cidrs.join(", ");
            Ok(Verdict::fail(format!("endpointPublicAccess is true and publicAccessCidrs [{networks}] are {span}")))
        }
        (None, Some(malformed)) => Err(unclear(format!("of publicAccessCidrs {malformed}"))),
        (None, None) if reach.public_cidrs.is_empty() => {
            Err(unclear("endpointPublicAccess is true and publicAccessCidrs is empty".to_owned()))
        }
        (None, None) => Ok(Verdict::Pass),
    }
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
        .pass(configured_cluster(|configuration| configuration.reach.public = false))
        .pass(open_to(&["198.51.100.0/24", "203.0.113.7/32"]))
        .pass(open_to(&["8.0.0.0/8"]))
        .pass(open_to(&["2001:db8::/32"]))
        .fail(open_to(&["0.0.0.0/0"]))
        .fail(open_to(&["0.0.0.0/1", "128.0.0.0/1"]))
        .fail(open_to(&["198.51.100.0/24", "::/0"]))
        .fail(open_to(&["::/1", "8000::/1"]))
        .fail(open_to(&["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/3"]))
        .fail(open_to(&["8.0.0.0/8", "9.9.9.9/32"]))
        .fail(open_to(&["0.0.0.0/0", "nonsense"]))
        .fail(open_to(&["8.0.0.0/24"]).settings(|settings| settings.thresholds.public_endpoint_addresses = 255))
        .unknown(open_to(&["198.51.100.0/24", "nonsense"]))
        .unknown(open_to(&[]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
