use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::TrustPolicy;
use palisade_reason::access::pods::association::{service_can, trusted_principal};
use palisade_reason::access::roles::is_service_linked;

check! {
    /// Role lets Pod Identity in, but not its session tags
    ///
    /// ## Why
    /// EKS Pod Identity takes a role on with tags that say for which cluster, namespace and service account. Without
    /// `sts:TagSession` in the trust policy AWS refuses that, and the pods get no credentials or use those of their node.
    ///
    /// ## Severity
    /// Low: pods fail; they are not given more than they should have by the role.
    ///
    /// ## Fix
    /// Add `sts:TagSession` to the actions of the statement that allows `pods.eks.amazonaws.com` `sts:AssumeRole`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    CHECK {
        id: "iam-role-pod-identity-without-tagging",
        severity: Severity::Low,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let trust = TrustPolicy::of(role, context)?;
    let Some(principal) = trusted_principal(&trust) else { return Ok(Verdict::NotApplicable) };
    let may = |action| service_can(&trust, principal, action).may_be_allowed();
    if !may("sts:AssumeRole") {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_when(!may("sts:TagSession"), || {
        format!("{principal} may call sts:AssumeRole, and no statement allows it sts:TagSession")
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::pods::{by_pod_identity, trusting_pods};

    let by = |effect: &str, actions: Value| json!({ "Effect": effect, "Principal": { "Service": "pods.eks.amazonaws.com" }, "Action": actions });
    let source = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    Cases::default()
        .pass(trusting_pods(&[by_pod_identity(json!({}))]))
        .pass(trusting_pods(&[by_pod_identity(source)]))
        .pass(trusting_pods(&[by("Allow", json!("sts:*"))]))
        .pass(trusting_pods(&[by("Allow", json!("sts:AssumeRole")), by("Allow", json!("sts:tagsession"))]))
        .fail(trusting_pods(&[by("Allow", json!("sts:AssumeRole"))]))
        .fail(trusting_pods(&[by_pod_identity(json!({})), by("Deny", json!("sts:TagSession"))]))
        .not_applicable(trusting_pods(&[by_pod_identity(json!({})), by("Deny", json!("sts:*"))]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
