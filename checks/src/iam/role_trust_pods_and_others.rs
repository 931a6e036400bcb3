use palisade_policy::{Principal, PrincipalKind, Statement};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::{Role, statement_name};
use palisade_reason::access::pods::WEB_IDENTITY;
use palisade_reason::access::roles::{is_service, is_service_linked, trust};
use palisade_reason::access::trust::{ASSUME, allows, names_somebody};

check! {
    /// Role of pods can be assumed by others
    ///
    /// ## Why
    /// A role that is meant for the pods of a service account, and that an instance, a function, a user or another account
    /// may take on as well, has permissions for several purposes, and each of them has those of all. What is learnt of
    /// the role in one place can be used in the other.
    ///
    /// Trust in EKS Pod Identity and in the identity providers of clusters is not counted against each other.
    ///
    /// ## Severity
    /// Low: whoever is trusted besides needs permissions of their own, or a workload there.
    ///
    /// ## Fix
    /// Give the others a role of their own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "iam-role-trust-pods-and-others",
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
    let trust = trust(role)?;
    let lets_in = |statement: &Statement| ASSUME.iter().any(|action| statement.allows_action(action));
    let entrances = || allows(trust).filter(|(_, statement)| lets_in(statement));
    let mut pods = entrances()
        .filter(|(_, statement)| statement.principals().any(|principal| is_for_pods(statement, principal, context)));
    if pods.next().is_none() {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any(entrances().flat_map(|(index, statement)| {
        let others = others(statement, context).into_iter();
        others.map(move |other| format!("{} also lets {other} assume the role", statement_name(index, statement)))
    })))
}

/// Whether a principal stands for pods, in a statement that lets them in.
fn is_for_pods(statement: &Statement, principal: &Principal, context: &Context) -> bool {
    match principal.kind() {
        PrincipalKind::Service => {
            is_service(principal.as_str(), "pods.eks") && statement.allows_action("sts:AssumeRole")
        }
        PrincipalKind::Federated => {
            context.access.issuers.provider(principal).is_some() && statement.allows_action(WEB_IDENTITY)
        }
        PrincipalKind::Aws | PrincipalKind::CanonicalUser => false,
    }
}

/// Whom a statement names beside pods, as the policy writes it.
fn others(statement: &Statement, context: &Context) -> Vec<String> {
    let is_other = |principal: &&Principal| {
        let is_pods =
            is_service(principal.as_str(), "pods.eks") || context.access.issuers.provider(principal).is_some();
        !is_pods && names_somebody(principal)
    };
    let listed = statement.principals().filter(is_other);
    let mut others: Vec<_> = listed.map(|other| format!("{} {}", other.kind().as_str(), other.as_str())).collect();
    if others.is_empty() && statement.names_everyone() {
        others.push("everybody".to_owned());
    }
    others
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::pods::{by_pod_identity, by_subject, trusting_pods};

    let pods = || by_pod_identity(json!({}));
    let web = || by_subject("StringEquals", "system:serviceaccount:shop:orders");
    let by = |principal: Value| json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    Cases::default()
        .pass(trusting_pods(&[pods()]))
        .pass(trusting_pods(&[web()]))
        .pass(trusting_pods(&[pods(), web()]))
        .pass(trusting_pods(&[pods(), by(json!({ "AWS": "AROAEXAMPLEEXAMPLEEXA" }))]))
        .fail(trusting_pods(&[pods(), by(json!({ "Service": "ec2.amazonaws.com" }))]))
        .fail(trusting_pods(&[web(), by(json!({ "AWS": "111122223333" }))]))
        .fail(trusting_pods(&[web(), by(json!("*"))]))
        .fail(trusting_pods(&[by(json!({ "Service": ["pods.eks.amazonaws.com", "lambda.amazonaws.com"] }))]))
        .not_applicable(trusting_pods(&[by(json!({ "Service": "ec2.amazonaws.com" }))]))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
