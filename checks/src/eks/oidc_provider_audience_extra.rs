use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::eks::Cluster;
use palisade_model::iam::OidcProvider;
use palisade_model::partition::before_domain;

check! {
    /// Identity provider of the cluster accepts tokens made for others
    ///
    /// ## Why
    /// A pod's token names the audience for which it was made. IAM checks it against the provider's audiences; tokens
    /// that pods send to Vault, to a registry or to some other service then give the pod's role to that service, too,
    /// if its audience is among them.
    ///
    /// ## Severity
    /// Low: it takes a service that keeps the tokens sent to it, and a role whose trust policy does not fix `aud`.
    ///
    /// ## Fix
    /// Leave `sts.amazonaws.com` as the only audience of the identity provider.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    CHECK {
        id: "eks-oidc-provider-audience-extra",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// Whether EKS makes tokens for IAM for this audience: STS, in whatever partition.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html>
fn is_wanted(audience: &str) -> bool {
    before_domain(audience) == Some("sts")
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    let Some(issuer) = &configuration.issuer else {
        return Err(cluster.unclear(Action::EksDescribeCluster, "the issuer is not said"));
    };
    let is_own = |provider: &OidcProvider| provider.arn.resource().strip_prefix("oidc-provider/") == Some(issuer);
    let Some(provider) = context.inventory().iam.oidc_providers.find(is_own)? else {
        return Ok(Verdict::NotApplicable);
    };
    let audiences = &provider.details.known()?.audiences;
    let others = audiences.iter().filter(|audience| !is_wanted(audience));
    Ok(Verdict::fail_if_any(others.map(|audience| format!("{} accepts the audience {audience}", provider.arn))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::iam::and_provider;
    use palisade_scenes::{ISSUER, cluster, configured_cluster};

    let with = |audiences: &[&str]| and_provider(cluster(|_| {}), ISSUER, audiences);
    Cases::default()
        .pass(with(&["sts.amazonaws.com"]))
        .pass(with(&["sts.amazonaws.com.cn"]))
        .pass(with(&["sts.amazonaws.eu"]))
        .fail(with(&["sts.amazonaws.com.example.com"]))
        .fail(with(&["sts.amazonaws.com", "vault"]))
        .fail(with(&["*"]))
        .not_applicable(cluster(|_| {}))
        .unknown(configured_cluster(|configuration| configuration.issuer = None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
