use std::collections::BTreeSet;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::association::users;
use palisade_reason::access::roles::is_service_linked;

check! {
    /// Role is shared by several service accounts
    ///
    /// ## Why
    /// A role that several service accounts use, or the same one in several clusters, has the permissions of all of them
    /// together, and the trail does not tell which of them used it. Whoever breaks into one has what the others need.
    ///
    /// Counted are the service accounts that the trust policy names, and those that associations of EKS Pod Identity give
    /// the role to.
    ///
    /// ## Severity
    /// Low: it widens what a break-in reaches.
    ///
    /// ## Fix
    /// Give each service account a role of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "iam-role-shared-by-service-accounts",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("one-role-per-service-account")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let Some(users) = users(role, context)? else { return Ok(Verdict::NotApplicable) };
    let accounts: BTreeSet<_> = users.seen.iter().map(|user| &user.account).collect();
    // A cluster that is known by its issuer only may be the one of an association.
    let count = if users.has_unseen_cluster && users.gap.is_some() { accounts.len() } else { users.seen.len() };
    match users.gap {
        Some(gap) if count <= 1 => Err(gap),
        None if users.seen.is_empty() => Ok(Verdict::NotApplicable),
        Some(_) | None => {
            let named = users.seen.iter().map(|user| format!("{} of {}", user.account, user.cluster));
            let list: Vec<_> = named.collect();
            Ok(Verdict::fail_when(count > 1, || format!("the role is used by {}", list.join(", "))))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::pods::{GONE, association, by_issuer, by_pod_identity, by_subject, trusting_pods};
    use palisade_scenes::role_arn;

    let orders = "system:serviceaccount:shop:orders";
    let web = || by_subject("StringEquals", orders);
    let pods = || by_pod_identity(json!({}));
    let given = |name: &str| {
        association(|association, _| {
            association.arn = format!("{}-{name}", association.arn).into();
            name.clone_into(&mut association.service_account);
        })
    };
    let elsewhere = || by_issuer(GONE, json!({ "StringEquals": { format!("{GONE}:sub"): orders } }));
    Cases::default()
        .pass(trusting_pods(&[web()]))
        .pass(trusting_pods(&[pods()]).and_associations(&[given("orders")]))
        .pass(trusting_pods(&[pods(), web()]).and_associations(&[given("orders")]))
        .fail(trusting_pods(&[by_subject("StringEquals", json!([orders, "system:serviceaccount:shop:billing"]))]))
        .fail(trusting_pods(&[web(), elsewhere()]))
        .fail(trusting_pods(&[pods()]).and_associations(&[given("orders"), given("billing")]))
        .fail(trusting_pods(&[pods(), web()]).and_associations(&[given("billing")]))
        .not_applicable(trusting_pods(&[pods()]))
        .not_applicable(trusting_pods(&[pods()]).and_associations(&[association(|_, details| {
            details.role = role_arn("other");
        })]))
        .not_applicable(trusting_pods(&[by_subject("StringLike", "system:serviceaccount:shop:*")]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
