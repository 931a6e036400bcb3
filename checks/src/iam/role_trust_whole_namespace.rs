use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::judgement::verdict;
use palisade_reason::access::pods::opening::Weakness;

check! {
    /// Role can be assumed by service accounts that its trust policy does not name
    ///
    /// ## Why
    /// Every pod in the namespace, or everyone whose service account's name fits the pattern, has the role's permissions.
    /// Whoever may create pods there can choose such a service account, or create one.
    ///
    /// ## Severity
    /// Medium: it takes the right to create pods in the namespace, or a break-in into one of them.
    ///
    /// ## Fix
    /// Name the service account in the condition on the provider's `sub`, with `StringEquals`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "iam-role-trust-whole-namespace",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    verdict(role, context, &[Weakness::WholeNamespace, Weakness::PartOfNamespace])
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::pods::{by_subject, trusting_pods};

    let by = |operator: &str, subject: &str| trusting_pods(&[by_subject(operator, subject)]);
    Cases::default()
        .fail(by("StringLike", "system:serviceaccount:shop:*"))
        .fail(by("StringLike", "system:serviceaccount:default:*"))
        .fail(by("StringLike", "system:serviceaccount:shop:app-*"))
        .fail(by("StringLike", "system:serviceaccount:shop:app-?"))
        .fail(trusting_pods(&[by_subject(
            "StringLike",
            json!(["system:serviceaccount:shop:orders", "system:serviceaccount:billing:*"]),
        )]))
        .pass(by("StringEquals", "system:serviceaccount:shop:orders"))
        .pass(by("StringLike", "system:serviceaccount:shop:orders"))
        .pass(by("StringEquals", "system:serviceaccount:shop:*"))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
