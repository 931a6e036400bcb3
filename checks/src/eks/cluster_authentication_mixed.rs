use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{AuthenticationMode, Cluster};
use palisade_model::{Action, Gap};

check! {
    /// A ConfigMap lets IAM principals in beside the access entries
    ///
    /// ## Why
    /// In the mode `API_AND_CONFIG_MAP` the ConfigMap `aws-auth` still counts for every principal without an access
    /// entry. Whoever may change it in the cluster can let in a principal of any account, and no list in AWS shows it.
    ///
    /// ## Severity
    /// Low: it is the step between the old mode and the new, and takes the right to change the ConfigMap.
    ///
    /// ## Fix
    /// Make access entries of what is left in the ConfigMap, delete it, and set the authentication mode to `API`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/migrating-access-entries.html>
    CHECK {
        id: "eks-cluster-authentication-mixed",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:4.1.7"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    match &configuration.authentication {
        AuthenticationMode::ApiAndConfigMap => Ok(Verdict::fail("authenticationMode is API_AND_CONFIG_MAP")),
        AuthenticationMode::Api => Ok(Verdict::Pass),
        // The worse case is a check of its own: eks-cluster-authentication-config-map.
        AuthenticationMode::ConfigMap => Ok(Verdict::NotApplicable),
        AuthenticationMode::Other(mode) => {
            Err(Gap::not_known(Action::EksDescribeCluster, &cluster.arn, "authenticationMode", mode))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let mode = |mode| configured_cluster(|configuration| configuration.authentication = mode);
    Cases::default()
        .pass(mode(AuthenticationMode::Api))
        .fail(mode(AuthenticationMode::ApiAndConfigMap))
        .not_applicable(mode(AuthenticationMode::ConfigMap))
        .unknown(mode(AuthenticationMode::Other("IDENTITY_CENTER".to_owned())))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
