use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::judgement::verdict;
use palisade_reason::access::pods::opening::Weakness;

check! {
    /// Role can be assumed by pods with tokens for any audience
    ///
    /// ## Why
    /// The audience (`aud`) says for whom a token was made. Without a condition on it, a token that a pod sends to some
    /// other application gives that application the pod's role, as soon as the identity provider is registered with
    /// more audiences than that of AWS.
    ///
    /// ## Severity
    /// Low: AWS refuses audiences that the identity provider is not registered with, mostly all but `sts.amazonaws.com`.
    ///
    /// ## Fix
    /// Add a `StringEquals` condition on the provider's `aud` with `sts.amazonaws.com`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
    CHECK {
        id: "iam-role-trust-any-audience",
        severity: Severity::Low,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    verdict(role, context, &[Weakness::AnyAudience])
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::pods::{by_issuer, by_subject, trusting_pods};

    let subject = || json!({ "ISSUER:sub": "system:serviceaccount:shop:orders" });
    let audience = |operator: &str, audience: &str| {
        trusting_pods(&[by_issuer(ISSUER, json!({ "StringEquals": subject(), operator: { "ISSUER:aud": audience } }))])
    };
    Cases::default()
        .fail(trusting_pods(&[by_issuer(ISSUER, json!({ "StringEquals": subject() }))]))
        .fail(audience("StringLike", "*"))
        .fail(audience("StringNotEquals", "vault"))
        .pass(trusting_pods(&[by_subject("StringEquals", "system:serviceaccount:shop:orders")]))
        .pass(audience("StringLike", "sts.amazonaws.com"))
        .pass(audience("ForAnyValue:StringEquals", "sts.amazonaws.com"))
        .pass(audience("StringLike", "vault-*"))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
