use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_reason::access::pods::TrustPolicy;
use palisade_reason::access::pods::association::trusted_principal;
use palisade_reason::access::pods::judgement::verdict;
use palisade_reason::access::pods::opening::Weakness;
use palisade_reason::access::pods::pod_identity::{can, pods};
use palisade_reason::access::roles::is_service_linked;

check! {
    /// Role names pods that can never assume it
    ///
    /// ## Why
    /// No token of the cluster meets the conditions of the statement, so pods that are meant to use the role fail, or
    /// quietly use the role of their node. Common reasons are a wildcard in `StringEquals`, which compares it as it
    /// stands, and a condition on the provider of another cluster, copied with the rest of the policy. A role that lets
    /// EKS Pod Identity in for clusters of another account only is of no use to the pods of this one.
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
    match (verdict(role, context, &Weakness::NOBODY), by_pod_identity(role, context)?) {
        (Ok(Verdict::Fail(found)), Some(nobody)) => {
            Ok(Verdict::Fail(found.into_iter().chain(nobody.map(Evidence)).collect()))
        }
        (Ok(Verdict::NotApplicable | Verdict::Pass) | Err(_), Some(Some(nobody))) => Ok(Verdict::fail(nobody)),
        (Ok(Verdict::NotApplicable | Verdict::Pass), Some(None)) => Ok(Verdict::Pass),
        (by_token, _) => by_token,
    }
}

/// Of a role that trusts EKS Pod Identity: the evidence when it can take the role on for no pod of the account.
#[expect(clippy::option_option, reason = "whether the role is for pods, and whether any can have it")]
fn by_pod_identity(role: &Role, context: &Context) -> Result<Option<Option<String>>, Gap> {
    if is_service_linked(role) {
        return Ok(None);
    }
    let trust = TrustPolicy::of(role, context)?;
    let Some(principal) = trusted_principal(&trust) else { return Ok(None) };
    let is_let_in = |pod| can(&trust, principal, "sts:AssumeRole", pod).may_be_allowed();
    let is_for_nobody = !pods(&trust, context).all().any(is_let_in);
    Ok(Some(
        is_for_nobody
            .then(|| format!("{principal} can never assume the role for a pod of account {}", role.arn.account())),
    ))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::pods::{GONE, by_issuer, by_pod_identity, by_subject, trusting_pods};

    let of_account = |account: &str| json!({ "StringEquals": { "aws:SourceAccount": account } });
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
        .fail(trusting_pods(&[by_pod_identity(of_account("444455556666"))]))
        .pass(trusting_pods(&[by_pod_identity(of_account("111122223333"))]))
        .pass(trusting_pods(&[by_pod_identity(json!({}))]))
        .pass(by("StringEquals", "system:serviceaccount:shop:orders"))
        .pass(by("StringEqualsIgnoreCase", "system:serviceaccount:Shop:orders"))
        .pass(by("StringLike", "system:serviceaccount:sh?p:o*s"))
        .pass(elsewhere("StringEqualsIfExists"))
        .pass(trusting_pods(&[from_office]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
