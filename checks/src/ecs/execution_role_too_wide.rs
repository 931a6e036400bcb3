use palisade_policy::ResourcePattern;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_reason::access::administrator::administrator;
use palisade_reason::access::excess::{on_every_resource, on_others};
use palisade_reason::access::grants::{CONFIDENTIAL, Grants};
use palisade_reason::tasks::references::references;
use palisade_reason::tasks::roles::role;
use palisade_reason::tasks::uses::Running;

check! {
    /// Execution role of a task reads more than the task asks for
    ///
    /// ## Why
    /// The execution role fetches the image and the secrets of a task and opens its logs. A definition names what is to be
    /// fetched: whoever may register one, and pass this role, reads whatever the role may read.
    ///
    /// Judged is what reads something confidential: secrets, parameters, objects, items, decrypted data. It is too much on
    /// every resource of a kind, and where a policy names secrets or parameters of which the definition names none. A pattern
    /// that covers one of those that it names is taken to be meant. Images and logs do not count, so that
    /// `AmazonECSTaskExecutionRolePolicy` passes; a condition that limits the resource counts as naming it.
    ///
    /// ## Severity
    /// Medium: it takes somebody who may register definitions, or a machine of the cluster.
    ///
    /// ## Fix
    /// Attach `AmazonECSTaskExecutionRolePolicy`, and allow the secrets and parameters of this definition by their ARNs, in a
    /// role that only this definition uses.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>
    /// - <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html>
    CHECK {
        id: "ecs-execution-role-too-wide",
        severity: Severity::Medium,
        controls: &[Control::checklist("one-role-per-task")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// The actions that fetch the secrets and parameters of a definition, and others that read the same.
const FETCH: [&str; 5] = [
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let Some(named) = &running.task.execution_role else { return Ok(Verdict::NotApplicable) };
    let role = role(named, context)?;
    let principal = context.access.role(role)?;
    if let Some(reasons) = administrator(&context.access, &principal) {
        let told = reasons.iter().map(|reason| format!("{} is an administrator: {reason}", role.name));
        return Ok(Verdict::fail_if_any(told));
    }
    let grants = Grants::of(&context.access, &principal);
    let told = |found: Vec<String>| Ok(Verdict::fail_if_any(found.iter().map(|text| format!("{}: {text}", role.name))));
    let of_all = on_every_resource(&grants, role, |action| CONFIDENTIAL.contains(&action.name().as_str()))?;
    if !of_all.is_empty() {
        return told(of_all);
    }
    let references = references(running.task, &running.definition.arn);
    let is_meant = |pattern: &ResourcePattern| references.iter().any(|one| pattern.matches(&one.resource));
    told(on_others(&grants, role, &FETCH, is_meant)?)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecs::SecretReference;
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{allow, deny};
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::{container, definition};

    let own = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbC123";
    let parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token";
    let executed = |scene: Scene, statements: &[Value]| {
        scene.and_definition(|task| task.execution_role = Some(role_arn("own"))).and_role("own", statements)
    };
    let plain = |statements: &[Value]| executed(definition(|_| {}), statements);
    let fetching = |statements: &[Value]| {
        let reference = |name: &str, from: &str| SecretReference { name: name.to_owned(), from: from.to_owned() };
        let secrets = vec![reference("DB", &format!("{own}:password::")), reference("TOKEN", "/shop/token")];
        executed(container(|container| container.secrets = secrets), statements)
    };
    let managed = || {
        let actions = json!([
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
            "logs:CreateLogStream",
            "logs:PutLogEvents"
        ]);
        allow(actions, "*")
    };
    let key = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d";
    let under = |operator: &str| {
        json!({
            "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
            "Condition": { operator: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
        })
    };
    let read = "secretsmanager:GetSecretValue";
    Cases::default()
        .pass(definition(|_| {}))
        .pass(plain(&[managed()]))
        .pass(fetching(&[
            managed(),
            allow(json!([read, "ssm:GetParameters", "kms:Decrypt"]), json!([own, parameter, key])),
        ]))
        .pass(fetching(&[allow(read, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*")]))
        .pass(plain(&[managed(), under("StringEquals")]))
        .pass(plain(&[allow("s3:GetObject", "arn:aws:s3:::shop-settings/live.env")]))
        .pass(plain(&[allow(read, "*"), deny("secretsmanager:*", "*")]))
        .fail(plain(&[allow(json!([read, "ssm:GetParameters", "kms:Decrypt"]), "*")]))
        .fail(plain(&[allow("kms:Decrypt", "*")]))
        .fail(plain(&[allow("s3:GetObject", "arn:aws:s3:::*")]))
        .fail(plain(&[allow(read, own)]))
        .fail(fetching(&[allow(read, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*")]))
        .fail(fetching(&[allow(
            read,
            json!([own, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay/card-XyZ789"]),
        )]))
        .fail(fetching(&[allow("ssm:GetParametersByPath", "arn:aws:ssm:eu-west-1:111122223333:parameter/pay/*")]))
        .fail(plain(&[allow("*", "*")]))
        .unknown(plain(&[under("StringResembles")]))
        .not_applicable(definition(|task| task.execution_role = None))
        .unknown(definition(|task| task.execution_role = Some("arn:aws:iam::444455556666:role/web".into())))
}
