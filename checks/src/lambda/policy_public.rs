use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::shares::Shares;

check! {
    /// Resource policy opens the function to everybody
    ///
    /// ## Why
    /// Every AWS account, and so everybody, can invoke the function at this account's cost and with its role, or worse:
    /// read its code, replace it, or rewrite the policy.
    ///
    /// The policy is evaluated for callers of accounts that it does not mention: a condition counts as far as it keeps
    /// them out, and so does a denial. Conditions that anybody can meet, or that ask for no more than a value to be
    /// known, change nothing; they are quoted. What opens a function URL is left to the checks of function URLs.
    ///
    /// At the standard depth the policy of the function itself is judged; those of versions and aliases are read with
    /// `--depth deep`.
    ///
    /// ## Severity
    /// Critical: it takes an AWS account and the function's ARN.
    ///
    /// ## Fix
    /// Remove the statement (`RemovePermission`), or name those who may call: accounts, roles, the organisation
    /// (`aws:PrincipalOrgID` with `StringEquals`).
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1>
    CHECK {
        id: "lambda-policy-public",
        severity: Severity::Critical,
        controls: &[
            Control::security_hub("Lambda.1"),
            Control::prowler("awslambda_function_not_publicly_accessible"),
            Control::cis("compute-services-1.1.0:12.6"),
            Control::checklist("invokers-known"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    Shares::of_function(function, context)
        .judge(|share| Ok((share.is_public() && !share.is_through_url()).then(|| share.to_string())))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::iam::PolicyText;
    use palisade_model::{Action, Fact, Gap, Reason};
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{function, function_arn, policy};

    let everybody = |condition: Value| policies(&[allows(json!("*"), "lambda:InvokeFunction", condition)]);
    let named = |principal: Value| policies(&[allows(principal, "lambda:InvokeFunction", json!({}))]);
    let action = |action: &str| policies(&[allows(json!("*"), action, json!({}))]);
    let denied = |condition: Value| {
        let allow = allows(json!("*"), "lambda:InvokeFunction", json!({}));
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": "*", "Condition": condition });
        policies(&[allow, deny])
    };
    let qualifiers = |reason: Reason| {
        let gap = Gap { reason, ..Gap::undecided(Action::LambdaListAliases, &function_arn("orders"), "") };
        function(|function| function.qualifiers = Fact::Unknown(gap))
    };
    let open = || policy(allows(json!("*"), "lambda:InvokeFunction", json!({})));
    let organization = "o-a1b2c3d4e5";
    let mut cases = Cases::default();
    // Conditions that limit who calls.
    for condition in [
        json!({ "StringEquals": { "aws:PrincipalOrgID": organization } }),
        json!({ "ForAnyValue:StringLike": { "AWS:principalorgpaths": "o-a1b2c3d4e5/*" } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } }),
        json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/*" } }),
        json!({ "StringEquals": { "aws:SourceVpce": "vpce-0a1b2c3d" } }),
        json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } }),
    ] {
        cases = cases.pass(everybody(condition));
    }
    // Conditions that limit nobody.
    for condition in [
        json!({}),
        json!({ "StringLike": { "aws:PrincipalArn": "*" } }),
        json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } }),
        json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": organization } }),
        json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": organization } }),
        json!({ "ForAllValues:StringLike": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*" } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": organization } }),
        json!({ "StringEquals": { "aws:PrincipalTag/team": "checkout" } }),
        json!({ "StringEquals": { "aws:ResourceAccount": "111122223333" } }),
        json!({ "StringEquals": { "lambda:EventSourceToken": "amzn1.ask.skill.1" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
        json!({ "IpAddress": { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"] } }),
    ] {
        cases = cases.fail(everybody(condition));
    }
    for principal in [json!({ "AWS": "*" }), json!({ "AWS": ["444455556666", "*"] })] {
        cases = cases.fail(named(principal));
    }
    for principal in [json!({ "AWS": "arn:aws:iam::*:root" }), json!({ "Service": "s3.amazonaws.com" })] {
        cases = cases.pass(named(principal));
    }
    for everything in
        ["lambda:*", "lambda:UpdateFunctionCode", "lambda:addpermission", "lambda:GetFunction", "lambda:NewOne", "*"]
    {
        cases = cases.fail(action(everything));
    }
    for elsewhere in ["lambda:InvokeFunctionUrl", "s3:GetObject", "lambda:GetLayerVersion"] {
        cases = cases.pass(action(elsewhere));
    }
    cases
        .fail(policies(&[json!({
            "Effect": "Allow", "NotPrincipal": { "AWS": "444455556666" }, "Action": "lambda:InvokeFunction", "Resource": "*"
        })]))
        .fail(policies(&[json!({ "Effect": "Allow", "Principal": "*", "NotAction": "lambda:InvokeFunction" })]))
        .pass(denied(json!({ "StringNotEquals": { "aws:PrincipalOrgID": organization } })))
        .fail(denied(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-z9y8x7w6v5" } })))
        .pass(denied(json!({})))
        .pass(function(|_| {}))
        .pass(function(|function| function.qualifiers = Fact::Known(vec![alias("live", None)])))
        .fail(function(|function| function.qualifiers = Fact::Known(vec![alias("live", Some(open()))])))
        .left_out(qualifiers(Reason::NotAsked))
        .unknown(qualifiers(Reason::Throttled))
        .unknown(function(|function| function.policy = Fact::Known(Some(PolicyText::parse("{")))))
        .fail(function(|function| {
            function.policy = Fact::Known(Some(PolicyText::parse("{")));
            function.qualifiers = Fact::Known(vec![alias("live", Some(open()))]);
        }))
}
