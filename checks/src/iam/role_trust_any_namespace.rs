use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::judgement::verdict;
use palisade_reason::access::pods::opening::Weakness;

check! {
    /// Role can be assumed from namespaces that its trust policy does not name
    ///
    /// ## Why
    /// Whoever may create a namespace in the cluster, or a service account in a namespace that fits the pattern, may run a
    /// pod that takes the role on. Names of namespaces are no secret and belong to nobody before they are created.
    ///
    /// ## Severity
    /// High: it takes the right to create a namespace, or rights in one that nobody thought of.
    ///
    /// ## Fix
    /// Name the namespace in the condition on the provider's `sub`; where there are several, list a value for each.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "iam-role-trust-any-namespace",
        severity: Severity::High,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    verdict(role, context, &[Weakness::AnyNamespace])
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::pods::{by_issuer, by_subject, trusting_pods};

    let by = |operator: &str, subject: &str| trusting_pods(&[by_subject(operator, subject)]);
    Cases::default()
        .fail(by("StringLike", "system:serviceaccount:*:orders"))
        .fail(by("StringLike", "system:serviceaccount:shop*:orders"))
        .fail(by("StringLike", "system:serviceaccount:shop-?:orders"))
        .fail(by("StringLike", "system:serviceaccount:shop*"))
        .fail(by("StringLike", "*:orders"))
        .pass(by("StringEquals", "system:serviceaccount:shop:orders"))
        .pass(by("StringLike", "system:serviceaccount:shop:*"))
        .pass(by("StringEquals", "system:serviceaccount:*:orders"))
        .pass(trusting_pods(&[by_issuer(ISSUER, json!({}))]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
