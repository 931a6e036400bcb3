use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::iam::OidcProvider;
use palisade_model::{Action, Gap};

check! {
    /// Pods have no way to roles of their own
    ///
    /// ## Why
    /// Without IRSA or EKS Pod Identity pods take the credentials of their node, which all pods of the node share, or
    /// are given access keys that never expire.
    ///
    /// IRSA needs an IAM identity provider for the cluster's issuer. Pod Identity needs associations, and is built into
    /// Auto Mode.
    ///
    /// ## Severity
    /// Medium: one pod that is taken over has what all pods need together.
    ///
    /// ## Fix
    /// Create an IAM OpenID Connect provider for the cluster's issuer with the audience `sts.amazonaws.com`, or install
    /// the add-on `eks-pod-identity-agent` and associate roles with service accounts.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html>
    CHECK {
        id: "eks-cluster-workload-identity-missing",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let Some(issuer) = &configuration.issuer else {
        return Err(cluster.unclear(Action::EksDescribeCluster, "the issuer is not said"));
    };
    let has_agent = cluster.addons.seen().iter().any(|addon| addon.name == "eks-pod-identity-agent");
    if configuration.auto_mode || has_agent || !cluster.pod_identities.seen().is_empty() {
        return Ok(Verdict::Pass);
    }
    let is_own = |provider: &OidcProvider| provider.arn.resource().strip_prefix("oidc-provider/") == Some(issuer);
    if context.inventory().iam.oidc_providers.find(is_own)?.is_some() {
        return Ok(Verdict::Pass);
    }
    none_unseen(cluster)?;
    Ok(Verdict::fail(format!(
        "there is no identity provider {issuer} in IAM, no add-on eks-pod-identity-agent and no association of roles"
    )))
}

/// A gap when there may be traces of Pod Identity beyond those seen.
fn none_unseen(cluster: &Cluster) -> Result<(), Gap> {
    cluster.addons.complete()?;
    cluster.pod_identities.complete().map(|_| ())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::clusters::{addon, pods};
    use palisade_scenes::iam::and_provider;
    use palisade_scenes::{ISSUER, cluster, configured_cluster};

    let audience = ["sts.amazonaws.com"];
    let other = "oidc.eks.eu-west-1.amazonaws.com/id/99999999999999999999999999999999";
    let agent = addon("eks-pod-identity-agent", |_| {});
    Cases::default()
        .pass(and_provider(cluster(|_| {}), ISSUER, &audience))
        .pass(cluster(|cluster| cluster.addons = Listing::whole(vec![agent.clone()])))
        .pass(cluster(|cluster| cluster.pod_identities = Listing::whole(vec![pods("shop", "orders", "orders-role")])))
        .pass(configured_cluster(|configuration| configuration.auto_mode = true))
        .fail(cluster(|_| {}))
        .fail(cluster(|cluster| cluster.addons = Listing::whole(vec![addon("coredns", |_| {})])))
        .fail(and_provider(cluster(|_| {}), other, &audience))
        .unknown(configured_cluster(|configuration| configuration.issuer = None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
