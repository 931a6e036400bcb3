use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{Cluster, IdentityProvider, ProviderDetails};

check! {
    /// External logins may take names that the cluster gives to others
    ///
    /// ## Why
    /// With an OpenID Connect provider of its own the cluster takes the names of users and groups from that provider's
    /// tokens. Without a prefix, whoever may name a user or group there takes on the rights that the cluster binds to
    /// that name: an IAM principal's, or a team's.
    ///
    /// Users get the issuer as prefix unless one is set, `-` takes it away, or the claim is `email`. Groups have none
    /// unless one is set.
    ///
    /// ## Severity
    /// Medium: the attacker has to be able to choose a name at the identity provider.
    ///
    /// ## Fix
    /// Associate the provider anew with `usernamePrefix` and `groupsPrefix`, such as `oidc:`, and bind roles to the
    /// prefixed names.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html>
    /// - <https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html>
    CHECK {
        id: "eks-identity-provider-unprefixed",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.5.1"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Gathered::of(&cluster.identity_providers, unprefixed).outcome()
}

fn unprefixed(provider: &IdentityProvider) -> Result<Vec<String>, Gap> {
    let ProviderDetails { username_claim, username_prefix, groups_claim, groups_prefix, .. } =
        provider.details.known()?;
    let is_none = |prefix: &String| prefix.is_empty() || prefix == "-";
    let mut evidence = Vec::new();
    if username_prefix.as_ref().map_or(username_claim.as_deref() == Some("email"), is_none) {
        let claim = username_claim.as_deref().unwrap_or("sub");
        let prefix = username_prefix.as_deref().unwrap_or("not set");
        evidence.push(format!("{}: usernameClaim is {claim}, usernamePrefix is {prefix}", provider.name));
    }
    if let Some(claim) = groups_claim
        && groups_prefix.as_ref().is_none_or(is_none)
    {
        let prefix = groups_prefix.as_deref().unwrap_or("not set");
        evidence.push(format!("{}: groupsClaim is {claim}, groupsPrefix is {prefix}", provider.name));
    }
    Ok(evidence)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::ProviderDetails as Details;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::cluster;

    let with = |username: [Option<&str>; 2], groups: [Option<&str>; 2]| {
        let [username, groups] = [username, groups].map(|pair| pair.map(|text| text.map(str::to_owned)));
        let ([username_claim, username_prefix], [groups_claim, groups_prefix]) = (username, groups);
        let details = Details {
            issuer: "https://login.example.com".to_owned(),
            client_id: "kubernetes".to_owned(),
            username_claim,
            username_prefix,
            groups_claim,
            groups_prefix,
        };
        let provider = IdentityProvider { name: "staff".to_owned(), details: Fact::Known(details) };
        cluster(|cluster| cluster.identity_providers = Listing::whole(vec![provider]))
    };
    Cases::default()
        .pass(with([None, None], [None, None]))
        .pass(with([Some("sub"), None], [Some("groups"), Some("oidc:")]))
        .pass(with([Some("email"), Some("oidc:")], [None, None]))
        .fail(with([Some("email"), None], [None, None]))
        .fail(with([None, Some("-")], [None, None]))
        .fail(with([None, Some("")], [None, None]))
        .fail(with([None, None], [Some("groups"), None]))
        .fail(with([None, Some("oidc:")], [Some("groups"), Some("-")]))
        .not_applicable(cluster(|_| {}))
}
