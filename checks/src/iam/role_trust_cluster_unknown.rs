use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::{Role, statement_name};
use palisade_model::{Action, Gap, Listing, Place, Reason};
use palisade_reason::access::issuers::Provider;
use palisade_reason::access::pods::WEB_IDENTITY;
use palisade_reason::access::roles::{is_service_linked, trust};
use palisade_reason::access::trust::allows;

check! {
    /// Role trusts a cluster that is not known
    ///
    /// ## Why
    /// A trust policy that names the identity provider of a cluster which is gone, or which was never registered, lets
    /// nobody in and tells nothing of who uses the role. Where the provider is registered and the account has no such
    /// cluster, another account's cluster vouches for who takes the role on, or one that was deleted did.
    ///
    /// A cluster is looked for in the Region that its issuer names. Regions that were not audited are left out.
    ///
    /// ## Severity
    /// Low: the address of a deleted cluster's issuer is not given out again; it is trust that nobody looks after.
    ///
    /// ## Fix
    /// Take the statement out, and delete the identity provider, or the role if nothing else uses it. Accept the finding
    /// where the cluster belongs to another account on purpose.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    CHECK {
        id: "iam-role-trust-cluster-unknown",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let (mut found, mut evidence, mut gap) = (false, Vec::new(), None);
    for (index, statement) in allows(trust(role)?).filter(|(_, statement)| statement.allows_action(WEB_IDENTITY)) {
        for provider in statement.principals().filter_map(|principal| context.access.issuers.provider(principal)) {
            found = true;
            match problem(&provider, context) {
                Ok(problem) => evidence.extend(
                    problem.map(|what| format!("{}: {what}: {}", statement_name(index, statement), provider.arn)),
                ),
                Err(unread) => gap = Some(unread),
            }
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None if found => Ok(Verdict::fail_if_any(evidence)),
        Some(_) | None => Ok(Verdict::NotApplicable),
    }
}

/// What is not known of a provider, if anything is not.
fn problem(provider: &Provider, context: &Context) -> Result<Option<String>, Gap> {
    let providers = &context.inventory().iam.oidc_providers;
    if providers.find(|registered| registered.arn.as_str() == provider.arn)?.is_none() {
        return Ok(Some("the account has no such identity provider".to_owned()));
    }
    let issuers = &context.access.issuers;
    if issuers.cluster(&provider.issuer).is_some() {
        return Ok(None);
    }
    let host = provider.issuer.split('/').next().unwrap_or_default();
    let mut regions = context.inventory().regions.iter();
    let Some((name, region)) = regions.find(|(name, _)| host.split('.').any(|word| word == name.as_str())) else {
        let not_audited = || Gap { action: Action::EksListClusters, place: Place::account(), reason: Reason::NotAsked };
        return Err(context.inventory().regions_gap.clone().unwrap_or_else(not_audited));
    };
    let clusters: &Listing<_> = &region.eks.clusters;
    for cluster in clusters.complete()? {
        cluster.configuration.known()?;
    }
    Ok(Some(format!("the account has no cluster in {name} with the issuer of the identity provider")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::iam::and_provider;
    use palisade_scenes::pods::{GONE, by_issuer, by_subject, trusting_pods};

    const TOKYO: &str = "oidc.eks.ap-northeast-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
    let shop = || trusting_pods(&[by_subject("StringEquals", "system:serviceaccount:shop:orders")]);
    let registered = |issuer: &str| and_provider(trusting_pods(&[by_issuer(issuer, json!({}))]), issuer, &[]);
    Cases::default()
        .pass(shop())
        .fail(registered(GONE))
        .fail(trusting_pods(&[by_issuer(GONE, json!({}))]))
        .fail(and_provider(shop(), GONE, &[]))
        .fail(registered("oidc-eks.eu-west-1.api.aws/id/A1"))
        .left_out(registered(TOKYO))
        .fail(trusting_pods(&[by_issuer(TOKYO, json!({}))]))
        .unknown(registered(GONE).and_cluster(|cluster| {
            let why = "ResourceNotFoundException";
            cluster.configuration =
                palisade_model::Fact::Unknown(Gap::undecided(Action::EksDescribeCluster, &cluster.arn, why));
        }))
        .not_applicable(trusting_pods(&[by_issuer(ISSUER, json!({}))]).and_subject(|role| {
            role.trust = palisade_scenes::new_role("other").trust;
        }))
}
