use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{PullThroughRule, Registry};
use palisade_model::upstreams::Upstream;
use palisade_model::{Action, Gap};

check! {
    /// Pull-through cache rule lacks the credentials its upstream needs
    ///
    /// ## Why
    /// Docker Hub, GitHub, GitLab, Chainguard and the registries of Azure are asked with credentials, and a registry of
    /// another account with a role. Without them the upstream refuses, or counts the pull with those of everybody who
    /// asks without a name, and images cannot be fetched just when they are needed: deployments stop.
    ///
    /// A rule for an upstream that is not known here is undecided when it has neither. Whether the credentials are
    /// changed from time to time is not looked at.
    ///
    /// ## Severity
    /// Low: it costs reliability.
    ///
    /// ## Fix
    /// Put the credentials into a secret of Secrets Manager whose name begins with `ecr-pullthroughcache/`, and name it in
    /// the rule; for a registry of another account name a role.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html>
    CHECK {
        id: "ecr-pull-through-without-credentials",
        severity: Severity::Low,
        controls: &[Control::checklist("known-image-sources")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, _: &Context) -> Outcome {
    let rules = registry.pull_through_rules.complete()?;
    if rules.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let lacking: Vec<_> = rules.iter().filter_map(|rule| lacks(rule, registry)).collect();
    let undecided = rules.iter().find(|rule| {
        let has_some = rule.credential.is_some() || rule.role.is_some();
        Upstream::of(&rule.upstream) == Upstream::Other && !has_some
    });
    match undecided {
        Some(rule) if lacking.is_empty() => {
            let why = format!("whether {} asks for credentials is not known here", rule.upstream);
            Err(Gap::undecided(Action::EcrDescribePullThroughCacheRules, &registry.arn, why))
        }
        Some(_) | None => Ok(Verdict::fail_if_any(lacking)),
    }
}

fn lacks(rule: &PullThroughRule, registry: &Registry) -> Option<String> {
    let PullThroughRule { prefix, upstream, credential, role, .. } = rule;
    match Upstream::of(upstream) {
        Upstream::WithSecret if credential.is_none() => {
            Some(format!("the rule of {prefix} fetches from {upstream} without a secret"))
        }
        Upstream::Ecr(account) if role.is_none() && account.as_str() != registry.arn.account() => {
            Some(format!("the rule of {prefix} fetches from {upstream} without a role"))
        }
        Upstream::Open | Upstream::WithSecret | Upstream::Ecr(_) | Upstream::Other => None,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::registry;
    use palisade_scenes::repositories::fetching;

    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-a1b2c3";
    let role = "arn:aws:iam::111122223333:role/ecr-pull";
    let mut cases = Cases::default();
    for host in ["registry-1.docker.io", "ghcr.io", "registry.gitlab.com", "cgr.dev", "shop.azurecr.io"] {
        cases = cases.fail(fetching(&[(host, None, None)])).pass(fetching(&[(host, Some(secret), None)]));
    }
    for host in ["public.ecr.aws", "registry.k8s.io", "quay.io", "111122223333.dkr.ecr.us-east-1.amazonaws.com"] {
        cases = cases.pass(fetching(&[(host, None, None)]));
    }
    let foreign = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";
    cases
        .not_applicable(registry(|_| {}))
        .fail(fetching(&[(foreign, None, None)]))
        .pass(fetching(&[(foreign, None, Some(role))]))
        .fail(fetching(&[("quay.io", None, None), ("registry-1.docker.io", None, None)]))
        .unknown(fetching(&[("images.example.org", None, None)]))
        .pass(fetching(&[("images.example.org", Some(secret), None)]))
        .fail(fetching(&[("images.example.org", None, None), ("ghcr.io", None, None)]))
}
