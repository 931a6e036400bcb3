use palisade_policy::{Access, Grade};

use crate::access::trust::entrances;
use crate::access::workload::{is_service, is_service_linked, trust};
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::iam::Role;

check! {
    /// Role trusts a service whoever it acts for
    ///
    /// ## Why
    /// A service acts for all of its customers. One that can be told to use a role which is not its customer's own gives
    /// that customer the role's permissions; a condition on the source keeps the service to your resources.
    ///
    /// Judged are only services whose documentation shows that they send `aws:SourceArn` or `aws:SourceAccount` when they
    /// assume a role: CodeBuild, ECS tasks, EventBridge Scheduler, Personalize, Step Functions. Others, Lambda and EC2
    /// among them, would no longer be able to assume the role.
    ///
    /// ## Severity
    /// Low: it takes a flaw in the service, which has to check who may pass which role.
    ///
    /// ## Fix
    /// Add `StringEquals` on `aws:SourceAccount` and `ArnLike` on `aws:SourceArn` to the statement.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
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
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>,
/// <https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html>,
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html>
const SAY_FOR_WHOM: [&str; 5] = ["codebuild", "ecs-tasks", "personalize", "scheduler", "states"];

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let entrances = entrances(trust(role)?);
    let (mut found, mut evidence) = (false, Vec::new());
    for entrance in &entrances {
        for access in entrance.who_can(role, context).iter().filter(|access| says_for_whom(access)) {
            found = true;
            if access.grade == Grade::ServiceWithoutSource {
                evidence.push(format!("{} lets {} assume the role for any source", entrance.name, access.who));
            }
        }
    }
    Ok(if found { Verdict::fail_if_any(evidence) } else { Verdict::NotApplicable })
}

fn says_for_whom(access: &Access<'_>) -> bool {
    SAY_FOR_WHOM.iter().any(|service| is_service(&access.who, service))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::access::scenes::trusting;
    use crate::testing::Cases;

    let by = |service: &str, condition: Value| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole", "Condition": condition
        }))
    };
    let account = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    let tasks = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:ecs:eu-west-1:111122223333:*" } });
    Cases::default()
        .pass(by("ecs-tasks.amazonaws.com", account.clone()))
        .pass(by("ecs-tasks.amazonaws.com", tasks))
        .fail(by("ecs-tasks.amazonaws.com", json!({})))
        .fail(by("scheduler.amazonaws.com", json!({ "StringEqualsIfExists": { "aws:SourceAccount": "111122223333" } })))
        .fail(by("states.eu-west-1.amazonaws.com", json!({ "ArnLike": { "aws:SourceArn": "arn:aws:states:*:*:*" } })))
        .not_applicable(by("lambda.amazonaws.com", json!({})))
        .not_applicable(by("ec2.amazonaws.com", account))
}
