use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Environment variable holds a secret
    ///
    /// ## Why
    /// Whoever may read the function's configuration reads its environment: `lambda:GetFunctionConfiguration` is part
    /// of AWS's `ReadOnlyAccess`, and the values show in the console, in templates and in the history of deployments.
    ///
    /// A value is taken for a secret by its published form, by what it holds (JSON, settings, options, Base64 of these), or by a
    /// name that says so together with a value that is neither a reference nor a placeholder; docs/secrets.md has the rules.
    /// Values are looked at once, when they are read, and never kept.
    ///
    /// ## Severity
    /// High: anybody with read access to the account's configuration has the secret.
    ///
    /// ## Fix
    /// Keep the secret in Secrets Manager or Parameter Store, give the function its name, and let the function's role
    /// read it. Replace the secret: it has to be taken for known.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html>
    CHECK {
        id: "lambda-environment-secret",
        severity: Severity::High,
        controls: &[
            Control::prowler("awslambda_function_no_secrets_in_variables"),
            Control::cis("compute-services-1.1.0:12.3"),
            Control::checklist("no-secrets-in-environment"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let variables = function.environment.known()?;
    if variables.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any(variables.iter().filter_map(|variable| {
        let told = variable.told()?;
        Some(format!("{}: {told}", variable.name))
    })))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::environment::Variable;
    use palisade_scenes::function;

    let with = |variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| Variable::classify(name, value)).collect();
        function(|function| function.environment = Fact::Known(variables))
    };
    Cases::default()
        .pass(with(&[("TABLE", "orders"), ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db")]))
        .fail(with(&[("TABLE", "orders"), ("DB_PASSWORD", "correct-horse")]))
        .fail(with(&[("URL", "postgres://shop:hunter2secret@db.internal:5432/shop")]))
        .not_applicable(with(&[]))
}
