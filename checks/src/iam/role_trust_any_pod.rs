use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::judgement::verdict;
use palisade_reason::access::pods::opening::Weakness;

check! {
    /// Role can be assumed by every pod of a cluster
    ///
    /// ## Why
    /// A pod takes a role on with a token of its service account. Which role it asks for is up to the pod: the annotation
    /// of its service account is a convenience, and only the role's trust policy decides. One that does not fix the
    /// subject (`sub`) of the token lets every pod of the cluster have the role's permissions.
    ///
    /// Whether that is so is found by asking for a service account that nobody has. Conditions count by what they do, not
    /// by how they look: `StringLike` with a pattern for all, negated operators, `…IfExists` and `ForAllValues:` limit
    /// nothing. The policy is judged as it is written, whether or not the cluster still exists.
    ///
    /// ## Severity
    /// Critical: it takes any pod of the cluster, the least guarded one included.
    ///
    /// ## Fix
    /// Add `StringEquals` conditions on the provider's `sub`, with `system:serviceaccount:NAMESPACE:NAME`, and on its
    /// `aud`, with `sts.amazonaws.com`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "iam-role-trust-any-pod",
        severity: Severity::Critical,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    verdict(role, context, &Weakness::EVERY_POD)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::pods::{GONE, by_issuer, by_pod_identity, by_subject, trusting_pods};

    let by = |operator: &str, subject: &str| trusting_pods(&[by_subject(operator, subject)]);
    let everybody = |principal: serde_json::Value| {
        trusting_pods(&[json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:*" })])
    };
    let not_orders = json!({
        "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringNotLike": { format!("{ISSUER}:sub"): "system:serviceaccount:shop:*" } },
    });
    Cases::default()
        .fail(trusting_pods(&[by_issuer(ISSUER, json!({}))]))
        .fail(trusting_pods(&[by_issuer(GONE, json!({}))]))
        .fail(trusting_pods(&[by_issuer(ISSUER, json!({ "StringEquals": { "ISSUER:aud": "sts.amazonaws.com" } }))]))
        .fail(by("StringLike", "system:serviceaccount:*:*"))
        .fail(by("StringLike", "system:*"))
        .fail(trusting_pods(&[by_issuer(GONE, json!({ "StringEqualsIfExists": { "ISSUER:sub": "copied" } }))]))
        .fail(by("StringNotEquals", "system:serviceaccount:shop:orders"))
        .fail(everybody(json!({ "Federated": "*" })))
        .fail(everybody(json!("*")))
        .fail(trusting_pods(&[
            by_subject("StringEquals", "system:serviceaccount:shop:orders"),
            by_subject("StringLike", "system:serviceaccount*"),
        ]))
        .pass(by("StringEquals", "system:serviceaccount:shop:orders"))
        .pass(by("StringEqualsIfExists", "system:serviceaccount:shop:orders"))
        .pass(by("StringLike", "system:serviceaccount:shop:*"))
        .pass(by("StringEquals", "system:serviceaccount:*:*"))
        .pass(trusting_pods(&[by_issuer(ISSUER, json!({})), not_orders]))
        .not_applicable(trusting_pods(&[by_pod_identity(json!({}))]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
