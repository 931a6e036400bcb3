use palisade_policy::{Condition, Grade, LetIn, Open};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_service, is_service_linked, trust};
use palisade_reason::access::trust::{asks_for, entrances};

check! {
    /// Role trusts a service whoever it acts for
    ///
    /// ## Why
    /// A service acts for all of its customers. One that can be told to use a role which is not its customer's own gives
    /// that customer the role's permissions; a condition on the source keeps the service to your resources.
    ///
    /// Judged are only services whose documentation shows that they send `aws:SourceArn` or `aws:SourceAccount` when they
    /// assume a role: CodeBuild, EKS Pod Identity, EventBridge Scheduler, Personalize, Step Functions; tasks of ECS are the
    /// business of `ecs-role-trust-unscoped`. Others, Lambda and EC2 among them, would no longer be able to assume the role.
    /// For Pod Identity, a condition on the tags `eks-cluster-arn` or `eks-cluster-name` of the request does as well.
    ///
    /// ## Severity
    /// Low: it takes a flaw in the service, which has to check who may pass which role.
    ///
    /// ## Fix
    /// Add `StringEquals` on `aws:SourceAccount` and `ArnLike` on `aws:SourceArn` to the statement.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    CHECK {
        id: "iam-role-confused-deputy",
        severity: Severity::Low,
        controls: &[
            Control::prowler("iam_role_cross_service_confused_deputy_prevention"),
            Control::checklist("trust-limited"),
        ],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// Services that say for which resource or account they assume a role.
///
/// Sources: <https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>,
/// <https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html>,
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html>
const SAY_FOR_WHOM: [&str; 5] = ["codebuild", "personalize", "pods.eks", "scheduler", "states"];

/// Tags that Pod Identity sends with its requests, and by which a statement may fix the cluster.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
const OF_CLUSTER: [&str; 2] = ["aws:RequestTag/eks-cluster-arn", "aws:RequestTag/eks-cluster-name"];

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let entrances = entrances(trust(role)?);
    let (mut found, mut evidence) = (false, Vec::new());
    for entrance in &entrances {
        for access in entrance.who_can(role, context).iter().filter(|access| says_for_whom(access)) {
            found = true;
            if access.grade == Grade::ServiceWithoutSource && !is_of_cluster(access) {
                evidence.push(format!("{} lets {} assume the role for any source", entrance.name, access.who));
            }
        }
    }
    Ok(if found { Verdict::fail_if_any(evidence) } else { Verdict::NotApplicable })
}

/// Whether the cluster is fixed for which Pod Identity assumes the role.
fn is_of_cluster(access: &LetIn<'_>) -> bool {
    let asks = |condition: &Condition| {
        let is_exact = condition.values().iter().all(|value| !value.contains(['*', '?']));
        is_exact && OF_CLUSTER.iter().any(|key| asks_for(condition, key))
    };
    is_service(&access.who, "pods.eks")
        && access.conditions.iter().any(|residual| matches!(residual.open, Open::Condition(open) if asks(open)))
}

fn says_for_whom(access: &LetIn<'_>) -> bool {
    SAY_FOR_WHOM.iter().any(|service| is_service(&access.who, service))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::iam::trusting;

    let by = |service: &str, condition: Value| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole", "Condition": condition
        }))
    };
    let account = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    let machines = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:*" } });
    Cases::default()
        .pass(by("codebuild.amazonaws.com", account.clone()))
        .pass(by("states.eu-west-1.amazonaws.com", machines))
        .fail(by("codebuild.amazonaws.com", json!({})))
        .not_applicable(by("ecs-tasks.amazonaws.com", json!({})))
        .fail(by("scheduler.amazonaws.com", json!({ "StringEqualsIfExists": { "aws:SourceAccount": "111122223333" } })))
        .fail(by("states.eu-west-1.amazonaws.com", json!({ "ArnLike": { "aws:SourceArn": "arn:aws:states:*:*:*" } })))
        .pass(by("pods.eks.amazonaws.com", account.clone()))
        .pass(by("pods.eks.amazonaws.com", json!({ "StringEquals": { "aws:RequestTag/eks-cluster-name": "shop" } })))
        .fail(by("pods.eks.amazonaws.com", json!({})))
        .fail(by("pods.eks.amazonaws.com", json!({ "StringLike": { "aws:RequestTag/eks-cluster-name": "*" } })))
        .not_applicable(by("lambda.amazonaws.com", json!({})))
        .not_applicable(by("ec2.amazonaws.com", account))
}
