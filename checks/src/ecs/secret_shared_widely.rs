use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_reason::access::excess::on_every_resource;
use palisade_reason::access::grants::Grants;
use palisade_reason::tasks::roles::role;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task may read every secret
    ///
    /// ## Why
    /// Secrets that are fetched by the execution role reach one container, as one variable. A task whose own role may read
    /// every secret, or every parameter, reads those of all others too, and so does whoever breaks into it.
    ///
    /// A condition that limits the resource, such as one on its tags, counts as naming it.
    ///
    /// ## Severity
    /// Medium: it takes a flaw in what the task runs, and then opens what others keep.
    ///
    /// ## Fix
    /// Name the secrets and parameters that the task reads itself; those that it is started with need nothing in its own role.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    /// - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html>
    CHECK {
        id: "ecs-secret-shared-widely",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-secrets-referenced")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// The actions that read secrets and parameters.
const READ: [&str; 6] = [
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let Some(named) = &running.task.task_role else { return Ok(Verdict::NotApplicable) };
    let role = role(named, context)?;
    let grants = Grants::of(&context.access, &*context.access.role(role)?);
    let found = on_every_resource(&grants, role, |action| READ.contains(&action.name().as_str()))?;
    Ok(Verdict::fail_if_any(found.iter().map(|text| format!("{}: {text}", role.name))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny};
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::definition;

    let with =
        |statements: &[Value]| definition(|task| task.task_role = Some(role_arn("own"))).and_role("own", statements);
    let tagged = |operator: &str| {
        with(&[json!({
            "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
            "Condition": { operator: { "secretsmanager:ResourceTag/service": "shop" } },
        })])
    };
    Cases::default()
        .pass(definition(|_| {}))
        .pass(with(&[allow(
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*",
        )]))
        .pass(with(&[allow("s3:GetObject", "*")]))
        .pass(with(&[allow("ssm:*", "*"), deny("ssm:GetParameter*", "*")]))
        .pass(tagged("StringEquals"))
        .fail(with(&[allow("secretsmanager:*", "*")]))
        .fail(with(&[allow("ssm:GetParametersByPath", "arn:aws:ssm:*:*:parameter/*")]))
        .unknown(tagged("StringResembles"))
        .unknown(definition(|task| task.task_role = Some("arn:aws:iam::444455556666:role/web".into())))
        .not_applicable(definition(|task| task.task_role = None))
}
