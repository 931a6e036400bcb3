use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_model::publishers::publisher;

check! {
    /// Function runs a layer of an account that is not trusted
    ///
    /// ## Why
    /// A layer is code that runs inside the function, with its role and its data, before any line of its own. A layer
    /// of a foreign account was built by somebody whom the account knows nothing of, who also decides what the next
    /// version brings.
    ///
    /// The account's own layers, those of trusted accounts (`trusted_accounts`), and those of AWS and of vendors that
    /// publish layers for everybody are no findings. That says whose layer it is, not what is in it.
    ///
    /// ## Severity
    /// Medium: a version cannot be changed once it is published, so harm needs a bad one from the start or an update.
    ///
    /// ## Fix
    /// Look at the layer's content, publish it from an account of your own, or add its owner to `trusted_accounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html>
    CHECK {
        id: "lambda-layer-foreign",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("awslambda_function_using_cross_account_layers"),
            Control::checklist("layers-from-known-accounts"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    if function.layers.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let is_known = |account: &str| context.trusts(account) || publisher(account).is_some();
    let foreign = function.layers.iter().filter(|layer| !is_known(layer.account()));
    Ok(Verdict::fail_if_any(foreign.map(|layer| format!("layer {layer} belongs to account {}", layer.account()))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::{ACCOUNT, function};

    let with = |accounts: &[&str]| {
        let layer = |account| format!("arn:aws:lambda:eu-west-1:{account}:layer:tools:3").into();
        function(|function| function.layers = accounts.iter().map(layer).collect())
    };
    Cases::default()
        .pass(with(&[ACCOUNT]))
        .pass(with(&["017000801446", "464622532012"]))
        .pass(with(&["444455556666"]).settings(|settings| {
            settings.trusted_accounts.insert("444455556666".into());
        }))
        .fail(with(&["444455556666"]))
        .fail(with(&[ACCOUNT, "017000801446", "444455556666"]))
        .not_applicable(with(&[]))
}
