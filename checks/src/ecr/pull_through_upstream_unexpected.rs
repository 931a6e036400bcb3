use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{PullThroughRule, Registry};
use palisade_model::upstreams::Upstream;

check! {
    /// Pull-through cache fetches from an unexpected registry
    ///
    /// ## Why
    /// What the upstream serves under a name becomes an image of this registry, and runs wherever that name is deployed.
    /// A private registry of an account that is not trusted, or a host that is none of the registries ECR is known to
    /// fetch from, is an upstream of which nobody says who fills it.
    ///
    /// Expected are ECR Public, the registry of Kubernetes, Quay, Docker Hub, GitHub, GitLab, Chainguard, registries of
    /// Azure, and private registries of this account and of `trusted_accounts`. That says whose registry it is, not what
    /// the images hold.
    ///
    /// ## Severity
    /// Medium: somebody has to pull under the rule's prefix.
    ///
    /// ## Fix
    /// Delete the rule and what it cached, or add the account to `trusted_accounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html>
    CHECK {
        id: "ecr-pull-through-upstream-unexpected",
        severity: Severity::Medium,
        controls: &[Control::checklist("known-image-sources")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    let rules = registry.pull_through_rules.complete()?;
    if rules.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let is_unexpected = |rule: &&PullThroughRule| match Upstream::of(&rule.upstream) {
        Upstream::Open | Upstream::WithSecret => false,
        Upstream::Ecr(account) => !context.trusts(account.as_str()),
        Upstream::Other => true,
    };
    let unexpected = rules.iter().filter(is_unexpected);
    Ok(Verdict::fail_if_any(unexpected.map(|rule| {
        let kind = rule.registry.as_deref().unwrap_or("none");
        let below = rule.upstream_prefix.as_ref().map_or_else(String::new, |prefix| format!("/{prefix}"));
        format!("the rule of {} fetches from {}{below} (upstream registry: {kind})", rule.prefix, rule.upstream)
    })))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::registry;
    use palisade_scenes::repositories::fetching;

    let from = |hosts: &[&str]| fetching(&hosts.iter().map(|host| (*host, None, None)).collect::<Vec<_>>());
    let foreign = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";
    Cases::default()
        .not_applicable(registry(|_| {}))
        .pass(from(&["public.ecr.aws", "registry-1.docker.io", "shop.azurecr.io", "cgr.dev"]))
        .pass(from(&["111122223333.dkr.ecr.us-east-1.amazonaws.com"]))
        .fail(from(&[foreign]))
        .pass(from(&[foreign]).trusting())
        .fail(from(&["777788889999.dkr.ecr.eu-west-1.amazonaws.com"]).trusting())
        .fail(from(&["public.ecr.aws", "images.example.org"]))
        .fail(from(&["public.ecr.aws.example.org"]))
}
