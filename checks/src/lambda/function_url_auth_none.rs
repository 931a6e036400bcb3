use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, FunctionUrl, UrlAuth};
use palisade_reason::access::invoke::{Door, invokers_seen};

check! {
    /// Function URL does not authenticate, and only the policy closes it
    ///
    /// ## Why
    /// `AuthType` is `NONE`, and the resource policy does not let everybody call: the URL answers 403. One statement
    /// more, such as the console and most deployment tools add by themselves, and anyone on the internet runs the
    /// function. A URL that nobody may call serves no purpose either.
    ///
    /// A URL that is open already is the business of `lambda-function-url-public`. URLs that no statement opens are read
    /// with `--depth deep` only.
    ///
    /// ## Severity
    /// Low: nobody gets in until the policy changes.
    ///
    /// ## Fix
    /// Set `AuthType` to `AWS_IAM`, or delete the URL.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    CHECK {
        id: "lambda-function-url-auth-none",
        severity: Severity::Low,
        controls: &[Control::prowler("awslambda_function_url_public"), Control::checklist("no-public-endpoint")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let urls = function.all_urls()?;
    if urls.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let (invokers, _) = invokers_seen(function, context);
    let is_open =
        |url: &FunctionUrl| invokers.iter().any(|invoker| invoker.door == Door::Url(url) && invoker.is_public());
    let (mut closed, mut open, mut gap) = (Vec::new(), false, None);
    for url in urls {
        match &url.auth {
            UrlAuth::Iam => {}
            UrlAuth::None if is_open(url) => open = true,
            UrlAuth::None => {
                function.policy_of(&url.function)?;
                closed.push(format!("AuthType of the URL of {} is NONE", url.function.resource()));
            }
            UrlAuth::Other(_) => gap = url.is_signed().err(),
        }
    }
    if let Some(gap) = gap.filter(|_| closed.is_empty()) {
        return Err(gap);
    }
    Ok(if closed.is_empty() && open { Verdict::NotApplicable } else { Verdict::fail_if_any(closed) })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::Urls;
    use palisade_scenes::function;
    use palisade_scenes::shares::{alias, allows, policies};

    let everybody = || allows(json!("*"), "lambda:InvokeFunctionUrl", json!({}));
    let url = |auths: &[UrlAuth], statements: &[Value]| policies(statements).with_urls(auths, None);
    let to_partner = || allows(json!({ "AWS": "444455556666" }), "lambda:InvokeFunctionUrl", json!({}));
    Cases::default()
        .pass(url(&[UrlAuth::Iam], &[]))
        .pass(url(&[UrlAuth::Iam], &[everybody()]))
        .fail(url(&[UrlAuth::None], &[]))
        .fail(url(&[UrlAuth::None], &[to_partner()]))
        .unknown(url(&[UrlAuth::Other("NEW".to_owned())], &[]))
        .fail(url(&[UrlAuth::Other("NEW".to_owned()), UrlAuth::None], &[]))
        .fail(function(|_| {}).with_urls(&[UrlAuth::Iam, UrlAuth::None], None))
        .fail(policies(&[everybody()]).with_urls(&[UrlAuth::None], Some("live")).and_orders(|function| {
            function.qualifiers = Fact::Known(vec![alias("live", None)]);
        }))
        .not_applicable(url(&[UrlAuth::None], &[everybody()]))
        .not_applicable(url(&[], &[]))
        .left_out(function(|function| function.urls = Fact::Known(Urls::Closed)))
}
