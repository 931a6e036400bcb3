use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{PolicyScope, Registry};
use palisade_model::{Action, Gap};

check! {
    /// Registry policy covers three actions only
    ///
    /// ## Why
    /// In the scope V1 a registry policy is about replication, imports through the pull-through cache and the creation of
    /// repositories. A statement that denies pulling or pushing is accepted and does nothing, which nobody sees from the
    /// policy. New registries have the scope V2, in which every action is covered.
    ///
    /// Looked at where there is a registry policy.
    ///
    /// ## Severity
    /// Low: it weakens a second line of defence.
    ///
    /// ## Fix
    /// Read what the policy would allow in the scope V2, then set it (`PutAccountSetting`, `REGISTRY_POLICY_SCOPE`).
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-account-settings.html>
    CHECK {
        id: "ecr-registry-policy-scope-v1",
        severity: Severity::Low,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, _: &Context) -> Outcome {
    if registry.policy.known()?.is_none() {
        return Ok(Verdict::NotApplicable);
    }
    match registry.policy_scope.known()? {
        PolicyScope::V1 => Ok(Verdict::fail("REGISTRY_POLICY_SCOPE is V1, and there is a registry policy")),
        PolicyScope::V2 => Ok(Verdict::Pass),
        PolicyScope::Other(scope) => {
            Err(Gap::not_known(Action::EcrGetAccountSetting, &registry.arn, "REGISTRY_POLICY_SCOPE", scope))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::iam::PolicyText;
    use palisade_scenes::registry;
    use palisade_scenes::repositories::{denies, registry_policy};

    let policy = || registry_policy(&[denies(&["ecr:*"], json!({}))]);
    Cases::default()
        .not_applicable(registry(|_| {}).in_scope(PolicyScope::V1))
        .fail(policy().in_scope(PolicyScope::V1))
        .pass(policy().in_scope(PolicyScope::V2))
        .unknown(policy().in_scope(PolicyScope::Other("V3".to_owned())))
        .fail(policy().in_scope(PolicyScope::V1).and_registry(|registry| {
            registry.policy = Fact::Known(Some(PolicyText::parse("{")));
        }))
}
