use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, UrlAuth};
use palisade_reason::access::invoke::{Door, invokers_seen, is_about_urls};

check! {
    /// Function URL answers every AWS account
    ///
    /// ## Why
    /// `AuthType` is `AWS_IAM`, so requests are signed, but the resource policy lets everybody sign: whoever has an AWS
    /// account of their own, and allows themselves the call there, runs the function.
    ///
    /// At the standard depth the policies of aliases are not read; `--depth deep` reads them.
    ///
    /// ## Severity
    /// High: it takes an AWS account and the address, and the caller leaves a name.
    ///
    /// ## Fix
    /// Name the accounts, roles or the organisation (`aws:PrincipalOrgID`) that may call. Callers of the account itself
    /// need no statement: their own policies suffice.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    CHECK {
        id: "lambda-function-url-iam-open",
        severity: Severity::High,
        controls: &[
            Control::security_hub("Lambda.1"),
            Control::cis("compute-services-1.1.0:12.6"),
            Control::checklist("no-public-endpoint"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let urls = function.all_urls()?;
    let signed: Vec<_> = urls.iter().filter(|url| url.auth != UrlAuth::None).collect();
    if signed.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let (invokers, gap) = invokers_seen(function, context);
    let open: Vec<_> = invokers
        .iter()
        .filter(|invoker| invoker.is_public())
        .filter(|invoker| signed.iter().any(|url| invoker.door == Door::Url(url)))
        .map(ToString::to_string)
        .collect();
    if open.is_empty() {
        for url in signed {
            function.policy_of(&url.function)?;
        }
        if let Some(gap) = gap.filter(is_about_urls) {
            return Err(gap);
        }
    }
    Ok(Verdict::fail_if_any(open))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::Urls;
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{function, policy};

    let call = |principal: Value, condition: Value| allows(principal, "lambda:InvokeFunctionUrl", condition);
    let signed = |statement: Value| policies(&[statement]).with_urls(&[UrlAuth::Iam], None);
    let auth = |kind: &str| json!({ "StringEquals": { "lambda:FunctionUrlAuthType": kind } });
    let organization = |operator: &str| json!({ operator: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } });
    Cases::default()
        .fail(signed(call(json!("*"), auth("AWS_IAM"))))
        .fail(signed(call(json!({ "AWS": "*" }), json!({}))))
        .fail(signed(call(json!("*"), organization("StringEqualsIfExists"))))
        .fail(signed(call(json!("*"), json!({ "StringLike": { "aws:PrincipalArn": "*" } }))))
        .pass(signed(call(json!("*"), auth("NONE"))))
        .pass(signed(call(json!("*"), organization("StringEquals"))))
        .pass(signed(call(json!({ "AWS": "444455556666" }), json!({}))))
        .pass(signed(allows(json!("*"), "lambda:InvokeFunction", json!({}))))
        .left_out(function(|function| function.urls = Fact::Known(Urls::Closed)))
        .fail(policies(&[]).with_urls(&[UrlAuth::Iam], Some("live")).and_orders(|function| {
            let open = policy(allows(json!("*"), "lambda:InvokeFunctionUrl", json!({})));
            function.qualifiers = Fact::Known(vec![alias("live", Some(open))]);
        }))
        .not_applicable(policies(&[call(json!("*"), json!({}))]).with_urls(&[UrlAuth::None], None))
        .unknown(policies(&[call(json!("*"), json!({}))]).with_urls(&[UrlAuth::Other("NEW".to_owned())], None))
        .not_applicable(function(|_| {}))
}
