use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::TrustPolicy;
use palisade_reason::access::pods::association::trusted_principal;
use palisade_reason::access::pods::pod_identity::{Pod, can, pods};
use palisade_reason::access::roles::is_service_linked;

check! {
    /// Role lets Pod Identity in, but not its session tags
    ///
    /// ## Why
    /// EKS Pod Identity takes a role on with tags that say for which cluster, namespace and service account. Without
    /// `sts:TagSession` in the trust policy AWS refuses that, and the pods get no credentials or use those of their node.
    /// So it does for pods that meet the conditions of `sts:AssumeRole` and not those of `sts:TagSession`.
    ///
    /// Asked are the requests of the role's associations; without any, those of made-up pods in clusters of the account.
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
    let may = |action, pod: &Pod| can(&trust, principal, action, pod).may_be_allowed();
    let pods = pods(&trust, context);
    let is_taken_on = |pod: &&Pod| may("sts:AssumeRole", pod);
    let is_refused = |pod: &&Pod| pod.is_tagged && !may("sts:TagSession", pod);
    if !pods.all().any(|pod| is_taken_on(&pod)) {
        return Ok(Verdict::NotApplicable);
    }
    let told = |pod: &Pod| {
        let (account, cluster) = (&pod.account, &pod.cluster);
        format!(
            "{principal} may call sts:AssumeRole, and is not allowed sts:TagSession, for service account {account} of \
             {cluster}"
        )
    };
    if let Some(refused) = pods.seen.iter().filter(is_taken_on).find(is_refused) {
        return Ok(Verdict::fail(told(refused)));
    }
    match (pods.made_up.iter().filter(is_taken_on).find(is_refused), pods.gap) {
        (None, _) => Ok(Verdict::Pass),
        (Some(refused), None) => Ok(Verdict::fail(told(refused))),
        // An association that was not seen may do without tags.
        (Some(_), Some(gap)) => Err(gap),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::eks::SessionTags;
    use palisade_scenes::pods::{association, by_pod_identity, trusting_pods};

    let by = |effect: &str, actions: Value| json!({ "Effect": effect, "Principal": { "Service": "pods.eks.amazonaws.com" }, "Action": actions });
    let under = |action: &str, condition: Value| {
        let mut statement = by("Allow", json!(action));
        statement["Condition"] = condition;
        statement
    };
    let source = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    let foreign = json!({ "StringEquals": { "aws:SourceAccount": "444455556666" } });
    let shop = || json!({ "StringEquals": { "aws:RequestTag/kubernetes-namespace": "shop" } });
    let cluster = |operator: &str, name: &str| json!({ operator: { "aws:RequestTag/eks-cluster-name": name } });
    Cases::default()
        .pass(trusting_pods(&[by_pod_identity(json!({}))]))
        .pass(trusting_pods(&[by_pod_identity(source.clone())]))
        .pass(trusting_pods(&[under("sts:AssumeRole", json!({})), under("sts:TagSession", source.clone())]))
        .pass(trusting_pods(&[under("sts:AssumeRole", source), under("sts:TagSession", cluster("StringLike", "*"))]))
        .pass(trusting_pods(&[under("sts:AssumeRole", shop()), under("sts:TagSession", shop())]))
        .fail(trusting_pods(&[under("sts:AssumeRole", json!({})), under("sts:TagSession", foreign)]))
        .fail(trusting_pods(&[under("sts:AssumeRole", json!({})), under("sts:TagSession", shop())]))
        .fail(trusting_pods(&[
            under("sts:AssumeRole", shop()),
            under("sts:TagSession", cluster("StringEquals", "till")),
        ]))
        // Its only association is met by both.
        .pass(
            trusting_pods(&[under("sts:AssumeRole", json!({})), under("sts:TagSession", shop())])
                .and_associations(&[association(|_, _| {})]),
        )
        .pass(trusting_pods(&[by("Allow", json!("sts:AssumeRole"))]).and_associations(&[association(|_, details| {
            details.session_tags = SessionTags::Disabled;
        })]))
        .pass(trusting_pods(&[by("Allow", json!("sts:*"))]))
        .pass(trusting_pods(&[by("Allow", json!("sts:AssumeRole")), by("Allow", json!("sts:tagsession"))]))
        .fail(trusting_pods(&[by("Allow", json!("sts:AssumeRole"))]))
        .fail(trusting_pods(&[by_pod_identity(json!({})), by("Deny", json!("sts:TagSession"))]))
        .not_applicable(trusting_pods(&[by_pod_identity(json!({})), by("Deny", json!("sts:*"))]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
