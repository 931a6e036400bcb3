use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Environment is not encrypted with a customer managed key
    ///
    /// ## Why
    /// Without a key of its own, the environment is encrypted with the key that AWS manages for Lambda. Everybody who
    /// may read the function's configuration then reads the variables in the clear; with a customer managed key they
    /// need the key's permission too, and its use is under the key's policy.
    ///
    /// ## Severity
    /// Low: the variables are encrypted at rest either way; the key adds a second lock for values that should not be
    /// secrets in the first place.
    ///
    /// ## Fix
    /// Set `KMSKeyArn` to a customer managed key, and allow the function's role `kms:Decrypt` on it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html>
    CHECK {
        id: "lambda-environment-without-customer-key",
        severity: Severity::Low,
        controls: &[
            Control::prowler("awslambda_function_env_vars_not_encrypted_with_cmk"),
            Control::checklist("customer-managed-key"),
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
    Ok(Verdict::fail_when(function.environment_key.is_none(), || {
        format!("KMSKeyArn is not set; environment variables: {}", variables.len())
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::environment::Variable;
    use palisade_scenes::function;

    let with = |names: &[&str], key: Option<&str>| {
        function(|function| {
            function.environment = Fact::Known(names.iter().map(|name| Variable::classify(name, "orders")).collect());
            function.environment_key = key.map(Into::into);
        })
    };
    let key = Some("arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555");
    Cases::default()
        .pass(with(&["TABLE"], key))
        .fail(with(&["TABLE"], None))
        .not_applicable(with(&[], None))
        .not_applicable(with(&[], key))
}
