use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::shares::Shares;

check! {
    /// Resource policy opens a function URL that does not exist
    ///
    /// ## Why
    /// Deleting a function URL leaves the statement behind that opened it. The next URL of the function, made for
    /// whatever purpose, is open to everybody from the start, and nobody has to change a policy for it.
    ///
    /// ## Severity
    /// Low: there is nothing to call until somebody makes a URL.
    ///
    /// ## Fix
    /// Remove the statement (`RemovePermission`).
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionUrlConfig.html>
    CHECK {
        id: "lambda-function-url-permission-unused",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    Shares::of_function(function, context).judge(|share| {
        if !share.is_through_url() || !share.is_public() {
            return Ok(None);
        }
        let has_url = function.all_urls()?.iter().any(|url| url.function == share.resource);
        Ok((!has_url).then(|| format!("{share}, and it has no URL")))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::lambda::UrlAuth;
    use palisade_scenes::function;
    use palisade_scenes::shares::{allows, policies};

    let call = |principal: Value| {
        let condition = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } });
        policies(&[allows(principal, "lambda:InvokeFunctionUrl", condition)])
    };
    Cases::default()
        .fail(call(json!("*")))
        .fail(call(json!("*")).with_urls(&[UrlAuth::None], Some("live")))
        .pass(call(json!("*")).with_urls(&[UrlAuth::None], None))
        .pass(call(json!({ "AWS": "444455556666" })))
        .pass(policies(&[allows(json!("*"), "lambda:InvokeFunction", json!({}))]))
        .pass(function(|_| {}))
}
