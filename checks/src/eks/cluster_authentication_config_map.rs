use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{AuthenticationMode, Cluster};
use palisade_model::{Action, Gap};

check! {
    /// Only a ConfigMap decides which IAM principals enter the cluster
    ///
    /// ## Why
    /// The ConfigMap `aws-auth` lies in the cluster: whoever may change it makes himself an administrator, without a
    /// call to AWS that a policy could deny or CloudTrail would show. A mistake in it locks everybody out, and the
    /// principal that created the cluster stays an administrator whom no list shows.
    ///
    /// ## Severity
    /// Medium: an attacker needs the right to change one ConfigMap; many workloads and pipelines have it.
    ///
    /// ## Fix
    /// Set the authentication mode to `API_AND_CONFIG_MAP`, make access entries of what the ConfigMap says, then set it
    /// to `API`. There is no way back.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html>
    CHECK {
        id: "eks-cluster-authentication-config-map",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.7"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    match &configuration.authentication {
        AuthenticationMode::ConfigMap => Ok(Verdict::fail("authenticationMode is CONFIG_MAP")),
        AuthenticationMode::Api | AuthenticationMode::ApiAndConfigMap => Ok(Verdict::Pass),
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
        .pass(mode(AuthenticationMode::ApiAndConfigMap))
        .fail(mode(AuthenticationMode::ConfigMap))
        .unknown(mode(AuthenticationMode::Other("IDENTITY_CENTER".to_owned())))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
