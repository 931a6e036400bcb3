use palisade_policy::{Condition, Grade, LetIn};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_service, is_service_linked, trust};
use palisade_reason::access::trust::{Entrance, asks_for, entrances};

check! {
    /// Role of tasks trusts ECS whoever it acts for
    ///
    /// ## Why
    /// ECS acts for all of its customers. A condition on the source keeps it to the tasks of your account: AWS advises
    /// `aws:SourceAccount`, or an `aws:SourceArn` such as `arn:aws:ecs:eu-west-1:111122223333:*`. One that names a single
    /// cluster is not supported, so that tasks do not get the role.
    ///
    /// Judged is the trust in `ecs-tasks.amazonaws.com`. For roles with which ECS manages volumes, certificates or machines
    /// (`ecs.amazonaws.com`) AWS documents no such condition. Accounts of others are reported by
    /// `iam-role-trust-service-foreign`.
    ///
    /// ## Severity
    /// Low: it takes a flaw in ECS, which has to check who may pass which role.
    ///
    /// ## Fix
    /// Add `StringEquals` on `aws:SourceAccount` and `ArnLike` on `aws:SourceArn`, with `*` behind the account, to the
    /// statement.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    CHECK {
        id: "ecs-role-trust-unscoped",
        severity: Severity::Low,
        controls: &[
            Control::prowler("iam_role_cross_service_confused_deputy_prevention"),
            Control::checklist("one-role-per-task"),
        ],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// The service that gives roles to tasks.
const TASKS: &str = "ecs-tasks";

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let entrances = entrances(trust(role)?);
    let (mut found, mut evidence) = (false, Vec::new());
    for entrance in &entrances {
        for access in entrance.who_can(role, context).iter().filter(|access| is_service(&access.who, TASKS)) {
            found = true;
            evidence.extend(told(entrance, access));
        }
    }
    Ok(if found { Verdict::fail_if_any(evidence) } else { Verdict::NotApplicable })
}

fn told(entrance: &Entrance, access: &LetIn<'_>) -> Option<String> {
    if access.grade == Grade::ServiceWithoutSource {
        return Some(format!("{} lets {} assume the role for any source", entrance.name, access.who));
    }
    let mut arns = sources(entrance).flat_map(Condition::values).filter(|arn| is_one_cluster(arn)).peekable();
    arns.peek()?;
    let arns: Vec<_> = arns.map(String::as_str).collect();
    Some(format!("{} asks for aws:SourceArn [{}]", entrance.name, arns.join(", ")))
}

/// The conditions of a statement on what the service acts for.
fn sources(entrance: &Entrance) -> impl Iterator<Item = &Condition> {
    let conditions = entrance.statement().into_iter().flat_map(|statement| &statement.conditions);
    conditions.filter(|condition| asks_for(condition, "aws:SourceArn"))
}

/// Whether an ARN names a cluster.
fn is_one_cluster(arn: &str) -> bool {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    resource.strip_prefix("cluster/").is_some_and(|name| !name.starts_with('*'))
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
    let tasks = |condition: Value| by("ecs-tasks.amazonaws.com", condition);
    let of = |resource: &str| json!({ "ArnLike": { "aws:SourceArn": format!("arn:aws:ecs:eu-west-1:111122223333:{resource}") } });
    let account = || json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    Cases::default()
        .pass(tasks(account()))
        .pass(tasks(of("*")))
        .pass(by("ecs-tasks.amazonaws.com.cn", account()))
        .fail(tasks(json!({})))
        .fail(tasks(json!({ "StringEqualsIfExists": { "aws:SourceAccount": "111122223333" } })))
        .fail(tasks(json!({ "ArnLike": { "aws:SourceArn": "arn:aws:ecs:*:*:*" } })))
        .fail(tasks(of("cluster/shop")))
        .not_applicable(by("ecs.amazonaws.com", json!({})))
        .not_applicable(by("lambda.amazonaws.com", json!({})))
        .not_applicable(trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole"
        })))
}
