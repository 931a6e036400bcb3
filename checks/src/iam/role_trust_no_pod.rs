use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::judgement::verdict;
use palisade_reason::access::pods::opening::Weakness;

check! {
    /// Role names pods that can never assume it
    ///
    /// ## Why
    /// No token of the cluster meets the conditions of the statement, so pods that are meant to use the role fail, or
    /// quietly use the role of their node. Common reasons are a wildcard in `StringEquals`, which compares it as it
    /// stands, and a condition on the provider of another cluster, copied with the rest of the policy.
    ///
    /// ## Severity
    /// Informational: nobody is let in who should not be.
    ///
    /// ## Fix
    /// Write the condition on the `sub` of the provider under `Principal`, as `system:serviceaccount:NAMESPACE:NAME`, or
    /// take the statement out.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    CHECK {
        id: "iam-role-trust-no-pod",
        severity: Severity::Informational,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    verdict(role, context, &Weakness::NOBODY)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::pods::{GONE, by_issuer, by_subject, trusting_pods};

    let by = |operator: &str, subject: &str| trusting_pods(&[by_subject(operator, subject)]);
    let elsewhere = |operator: &str| {
        let condition = json!({ operator: { "ISSUER:sub": "system:serviceaccount:shop:orders" } });
        trusting_pods(&[by_issuer(GONE, condition)])
    };
    let from_office = by_issuer(
        ISSUER,
        json!({
            "StringEquals": { "ISSUER:sub": "system:serviceaccount:shop:orders", "ISSUER:aud": "vault" },
            "IpAddress": { "aws:SourceIp": "192.0.2.0/24" },
        }),
    );
    Cases::default()
        .fail(by("StringEquals", "system:serviceaccount:shop:*"))
        .fail(by("StringEqualsIgnoreCase", "system:serviceaccount:shop:app-?"))
        .fail(by("StringEquals", "shop:orders"))
        .fail(by("StringEquals", "system:serviceaccount:Shop:orders"))
        .fail(elsewhere("StringEquals"))
        .pass(by("StringEquals", "system:serviceaccount:shop:orders"))
        .pass(by("StringEqualsIgnoreCase", "system:serviceaccount:Shop:orders"))
        .pass(by("StringLike", "system:serviceaccount:sh?p:o*s"))
        .pass(elsewhere("StringEqualsIfExists"))
        .pass(trusting_pods(&[from_office]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
