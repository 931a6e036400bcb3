use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, UrlAuth};
use palisade_reason::access::invoke::{Door, invokers_seen, is_about_urls};

check! {
    /// Function URL answers anybody on the internet
    ///
    /// ## Why
    /// `AuthType` is `NONE`, so Lambda checks no signature, and the resource policy lets everybody call the URL: anyone
    /// on the internet runs the function, at the account's cost and with its role.
    ///
    /// A URL that the policy closes is the business of `lambda-function-url-auth-none`. Since October 2025 the policy
    /// has to allow `lambda:InvokeFunction` besides `lambda:InvokeFunctionUrl`, but not yet in every account that had
    /// URLs before; a URL without it is reported all the same, and the evidence says so.
    ///
    /// At the standard depth only URLs are read that the function's resource policy opens to somebody; the policies of
    /// aliases are read with `--depth deep`.
    ///
    /// ## Severity
    /// High: anyone who learns the address can call; how bad that is depends on what the function checks by itself.
    ///
    /// ## Fix
    /// Set `AuthType` to `AWS_IAM`, or delete the URL and put an authorising front (API Gateway, CloudFront with origin
    /// access control) before the function.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    CHECK {
        id: "lambda-function-url-public",
        severity: Severity::High,
        controls: &[
            Control::security_hub("Lambda.1"),
            Control::prowler("awslambda_function_url_public"),
            Control::cis("compute-services-1.1.0:12.6"),
            Control::checklist("no-public-endpoint"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let urls = function.all_urls()?;
    if urls.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let (invokers, gap) = invokers_seen(function, context);
    let open: Vec<_> = invokers
        .iter()
        .filter(|invoker| invoker.door != Door::Api && invoker.door.is_unauthenticated() && invoker.is_public())
        .map(ToString::to_string)
        .collect();
    if open.is_empty() {
        for url in urls.iter().filter(|url| url.auth != UrlAuth::Iam) {
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
    use palisade_model::lambda::Urls;
    use palisade_model::{Action, Fact, Gap, Reason};
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{Scene, policy};

    let call = |condition: Value| allows(json!("*"), "lambda:InvokeFunctionUrl", condition);
    let none = || json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } });
    let invoke = |condition: Value| allows(json!("*"), "lambda:InvokeFunction", condition);
    let via_url = || json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } });
    let url = |auths: &[UrlAuth], statements: &[Value]| policies(statements).with_urls(auths, None);
    let unsigned = |statements: &[Value]| url(&[UrlAuth::None], statements);
    let on_alias =
        |scene: Scene, change: fn(&mut Function)| scene.with_urls(&[UrlAuth::None], Some("live")).and_orders(change);
    let organization = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } });
    let outside = json!({
        "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }
    });
    Cases::default()
        .fail(unsigned(&[call(none()), invoke(via_url())]))
        .fail(unsigned(&[call(json!({})), invoke(json!({}))]))
        .fail(unsigned(&[call(none())]))
        .fail(unsigned(&[allows(json!("*"), "lambda:*", json!({}))]))
        .fail(unsigned(&[call(json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }))]))
        .fail(unsigned(&[call(json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }))]))
        .unknown(url(&[UrlAuth::Other("NEW".to_owned())], &[call(json!({}))]))
        .pass(url(&[UrlAuth::Other("NEW".to_owned())], &[]))
        .pass(unsigned(&[]))
        .pass(unsigned(&[invoke(json!({}))]))
        .pass(unsigned(&[call(organization)]))
        .pass(unsigned(&[call(none()), outside]))
        .pass(unsigned(&[call(json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "AWS_IAM" } }))]))
        .pass(unsigned(&[allows(
            json!({ "Service": "cloudfront.amazonaws.com" }),
            "lambda:InvokeFunctionUrl",
            json!({}),
        )]))
        .pass(url(&[UrlAuth::Iam], &[call(json!({}))]))
        .left_out(palisade_scenes::function(|function| function.urls = Fact::Known(Urls::Closed)))
        .not_applicable(url(&[], &[call(none())]))
        .fail(on_alias(policies(&[]), |function| {
            let open = policy(allows(json!("*"), "lambda:InvokeFunctionUrl", json!({})));
            function.qualifiers = Fact::Known(vec![alias("live", Some(open))]);
        }))
        .pass(on_alias(policies(&[call(none())]), |function| {
            function.qualifiers = Fact::Known(vec![alias("live", None)]);
        }))
        .unknown(on_alias(policies(&[]), |function| {
            let gap = Gap::undecided(Action::LambdaListAliases, &function.arn, "");
            function.qualifiers = Fact::Unknown(Gap { reason: Reason::NotAsked, ..gap });
        }))
}
