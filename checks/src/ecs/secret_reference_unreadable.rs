use palisade_policy::Decision;

use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::{Action, Gap};
use palisade_reason::access::grants::Grants;
use palisade_reason::tasks::references::{Referenced, references};
use palisade_reason::tasks::roles::role;
use palisade_reason::tasks::uses::Running;
use palisade_reason::wording::reasons;

check! {
    /// Secret that a task names may not be read by its execution role
    ///
    /// ## Why
    /// A task starts only when every secret, parameter and credential that its definition names can be fetched. What runs was
    /// fetched before; the next task that takes its place does not start.
    ///
    /// Asked is what the role's own policies, its boundary and the organisation's guard rails allow. Policies of secrets are
    /// not read: a secret of another account, and one whose name alone is known, is not judged where these allow it. Nor is
    /// what hangs on a condition, and keys with which secrets are encrypted.
    ///
    /// ## Severity
    /// Low: nothing is open to anybody; the next deployment breaks, or the next task after a failure.
    ///
    /// ## Fix
    /// Allow the execution role `secretsmanager:GetSecretValue` on the secrets, and `ssm:GetParameters` on the parameters, that
    /// the definition names.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html>
    CHECK {
        id: "ecs-secret-reference-unreadable",
        severity: Severity::Low,
        controls: &[Control::checklist("task-secrets-referenced")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let references = references(running.task, &running.definition.arn);
    if references.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let Some(named) = &running.task.execution_role else {
        if running.shares_machines()? {
            let why = "without an execution role it is that of the machine which fetches secrets";
            return Err(Gap::undecided(Action::EcsDescribeTaskDefinition, &running.definition.arn, why));
        }
        let told = references.iter().map(|one| format!("{} is {}; executionRoleArn is not set", one.place, one.from));
        return Ok(Verdict::fail_if_any(told));
    };
    let role = role(named, context)?;
    // Secrets are asked for in the Region of the task.
    let mut actor = (*context.access.role(role)?).clone();
    actor.context = actor.context.known("aws:RequestedRegion", [running.definition.arn.region()]);
    let grants = Grants::of(&context.access, &actor);
    let mut gathered = Gathered::default();
    for one in &references {
        gathered.add(judge(one, &grants, running).map(|refused| {
            refused.map(|how| {
                format!("{} is {}; {} is not allowed to {}{how}", one.place, one.from, one.action, role.name)
            })
        }));
    }
    gathered.outcome()
}

/// How it is refused, if it is.
fn judge(one: &Referenced, grants: &Grants<'_>, running: &Running<'_>) -> Result<Option<String>, Gap> {
    let unclear =
        |why: String| Err(Gap::undecided(Action::IamGetAccountAuthorizationDetails, &running.definition.arn, why));
    let decision = grants.decide(one.action, &one.resource);
    match &decision {
        Decision::Allowed { .. } => {
            let account = one.resource.split(':').nth(4).unwrap_or_default();
            if account == running.definition.arn.account() {
                return Ok(None);
            }
            unclear(format!("{} belongs to another account, whose policy is not read", one.from))
        }
        Decision::AllowedIf { .. } => unclear(format!("{}: {}", one.from, reasons(&decision))),
        Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } if !one.is_whole => {
            unclear(format!("{} is not the whole ARN, by which policies may name it", one.from))
        }
        Decision::DeniedExplicitly { .. } => Ok(Some(format!(", denied by {}", reasons(&decision)))),
        Decision::DeniedImplicitly { .. } => Ok(Some(String::new())),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecs::{Container, SecretReference};
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{allow, deny};
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::container;

    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbC123";
    let foreign = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/db-AbC123";
    let all_of_it = "arn:aws:secretsmanager:*:*:secret:shop/*";
    let read = "secretsmanager:GetSecretValue";
    let with = |statements: &[Value], change: fn(&mut Container, String), from: &str| -> Scene {
        container(|container| change(container, from.to_owned()))
            .and_definition(|task| task.execution_role = Some(role_arn("own")))
            .and_role("own", statements)
    };
    let variable = |container: &mut Container, from| {
        container.secrets = vec![SecretReference { name: "TOKEN".to_owned(), from }];
    };
    let of_log = |container: &mut Container, from| {
        container.log.iter_mut().for_each(|log| {
            log.secrets = vec![SecretReference { name: "splunk-token".to_owned(), from: String::clone(&from) }];
        });
    };
    let registry = |container: &mut Container, from| container.registry_credentials = Some(from);
    let roleless = || with(&[], variable, secret).and_definition(|task| task.execution_role = None);
    let conditional = json!({
        "Effect": "Allow", "Action": read, "Resource": "*",
        "Condition": { "StringEquals": { "aws:ResourceTag/team": "shop" } },
    });
    Cases::default()
        .pass(with(&[allow(read, secret)], variable, secret))
        .pass(with(&[allow(read, secret)], variable, &format!("{secret}:password:AWSCURRENT:")))
        .pass(with(
            &[allow("ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/*")],
            variable,
            "/shop/token",
        ))
        .pass(with(
            &[allow("ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/token")],
            of_log,
            "token",
        ))
        .pass(with(&[allow(read, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub-??????")], registry, "hub"))
        .fail(with(&[], variable, secret))
        .fail(with(&[allow(read, secret)], variable, "/shop/token"))
        .fail(with(&[allow("ssm:GetParameter", "*")], variable, "/shop/token"))
        .fail(with(&[], of_log, secret))
        .fail(with(&[], registry, secret))
        .fail(with(&[allow(read, "*"), deny(read, all_of_it)], variable, secret))
        .fail(with(&[], variable, foreign))
        .unknown(with(&[allow(read, foreign)], variable, foreign))
        .unknown(with(&[conditional], variable, secret))
        .unknown(with(
            &[allow(read, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub-XyZ789")],
            registry,
            "hub",
        ))
        .unknown(with(&[], variable, secret).and_definition(|task| task.execution_role = Some(role_arn("gone"))))
        .unknown(roleless().on_ec2())
        .fail(roleless())
        .not_applicable(container(|_| {}))
}
