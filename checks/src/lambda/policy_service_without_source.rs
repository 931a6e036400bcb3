use palisade_policy::Grade;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::shares::{Share, Shares};

/// Services that say for whom they act in `lambda:EventSourceToken`: Alexa sends the skill's id there, and has no ARN
/// or account to send.
///
/// Source: <https://developer.amazon.com/en-US/docs/alexa/custom-skills/host-a-custom-skill-as-an-aws-lambda-function.html>
const TOKEN_SENDERS: &[&str] = &["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"];

check! {
    /// Resource policy lets a service in on behalf of anybody
    ///
    /// ## Why
    /// An AWS service calls the function for whoever set it up to. When the policy does not say whose resources it may
    /// act for, somebody in another account can point a bucket, a topic, a rule or an API of their own at the function,
    /// and feed it events of their making.
    ///
    /// A source is fixed by `aws:SourceAccount`, by the organisation, or by `aws:SourceArn` with the account in it. The
    /// ARN of a bucket has none: a bucket that is deleted can be made again by anybody under its name, so S3 needs
    /// `aws:SourceAccount` besides. An Alexa skill is fixed by `lambda:EventSourceToken`.
    ///
    /// ## Severity
    /// High: it takes an AWS account and the function's ARN; what is sent has the form of the service's events.
    ///
    /// ## Fix
    /// Add the permission again with `SourceArn` and `SourceAccount`, and remove the old statement.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1>
    CHECK {
        id: "lambda-policy-service-without-source",
        severity: Severity::High,
        controls: &[Control::security_hub("Lambda.1"), Control::checklist("invokers-known")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let shares = Shares::of_function(function, context);
    let verdict = shares.judge(|share| Ok(is_for_anybody(share).then(|| share.to_string())))?;
    let is_service = |share: &Share| matches!(share.grade, Grade::ServiceWithSource | Grade::ServiceWithoutSource);
    Ok(if shares.found().iter().any(is_service) { verdict } else { Verdict::NotApplicable })
}

fn is_for_anybody(share: &Share) -> bool {
    share.grade == Grade::ServiceWithoutSource && !has_token(share)
}

/// Whether the statement fixes the token of a service that sends one.
fn has_token(share: &Share) -> bool {
    let is_token = |key: &str| key.eq_ignore_ascii_case("lambda:EventSourceToken");
    let mut tokens = share.statement.conditions.iter().filter(|condition| is_token(condition.key()));
    TOKEN_SENDERS.contains(&share.who.as_str())
        && share.secrets.iter().any(|key| is_token(key))
        && tokens.all(|token| token.values().iter().all(|value| !value.contains(['*', '?', '$'])))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{ACCOUNT, function, policy};

    let to = |service: &str, condition: Value| {
        policies(&[allows(json!({ "Service": service }), "lambda:InvokeFunction", condition)])
    };
    let s3 = |condition: Value| to("s3.amazonaws.com", condition);
    let bucket = || json!({ "aws:SourceArn": "arn:aws:s3:::photos" });
    let source = |arn: &str| json!({ "ArnLike": { "AWS:SourceArn": arn } });
    let own = || json!({ "AWS:SourceAccount": ACCOUNT });
    let token = |operator: &str, value: &str| json!({ operator: { "lambda:EventSourceToken": value } });
    let named_in_condition = |operator: &str, key: &str, more: Value| {
        let mut condition = json!({ "StringEquals": more });
        condition[operator][key] = json!("s3.amazonaws.com");
        policies(&[allows(json!("*"), "lambda:InvokeFunction", condition)])
    };
    let bare = || policy(allows(json!({ "Service": "s3.amazonaws.com" }), "lambda:InvokeFunction", json!({})));
    Cases::default()
        .fail(s3(json!({})))
        .fail(s3(json!({ "ArnLike": bucket() })))
        .fail(s3(json!({ "StringEquals": bucket() })))
        .pass(s3(json!({ "ArnLike": bucket(), "StringEquals": own() })))
        .pass(s3(json!({ "StringEquals": own() })))
        .fail(s3(json!({ "StringEqualsIfExists": own() })))
        .fail(s3(json!({ "ForAllValues:StringEquals": own() })))
        .fail(s3(json!({ "StringLike": { "aws:SourceAccount": "*" } })))
        .fail(s3(json!({ "StringNotEquals": { "aws:SourceAccount": "444455556666" } })))
        .pass(to("sns.amazonaws.com", source("arn:aws:sns:eu-west-1:111122223333:orders")))
        .pass(to(
            "sns.amazonaws.com",
            json!({ "StringLike": { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*" } }),
        ))
        .pass(to(
            "apigateway.amazonaws.com",
            source("arn:aws:execute-api:eu-west-1:111122223333:k3v9q1m7xd/*/GET/orders"),
        ))
        .fail(to("apigateway.amazonaws.com", source("arn:aws:execute-api:eu-west-1:*:k3v9q1m7xd/*/*/*")))
        .fail(to("events.amazonaws.com", source("*")))
        .fail(to("events.amazonaws.com", json!({ "StringEquals": { "lambda:EventSourceToken": "x" } })))
        .pass(to("events.amazonaws.com", json!({ "StringEquals": { "aws:SourceOrgID": "o-a1b2c3d4e5" } })))
        .pass(to("alexa-appkit.amazon.com", token("StringEquals", "amzn1.ask.skill.1")))
        .fail(to("alexa-appkit.amazon.com", token("StringLike", "amzn1.ask.skill.*")))
        .fail(to("alexa-appkit.amazon.com", token("StringEqualsIfExists", "amzn1.ask.skill.1")))
        .fail(to("alexa-appkit.amazon.com", json!({})))
        .fail(policies(&[allows(
            json!("*"),
            "lambda:InvokeFunction",
            json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }),
        )]))
        // A service that only a condition names is let in like one that the principal names.
        .fail(named_in_condition("StringEquals", "aws:PrincipalServiceName", json!({})))
        .fail(named_in_condition("StringLike", "aws:PrincipalServiceName", json!({})))
        .fail(named_in_condition("ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", json!({})))
        .pass(named_in_condition("StringEquals", "aws:PrincipalServiceName", own()))
        .fail(policies(&[
            allows(json!({ "Service": "s3.amazonaws.com" }), "lambda:InvokeFunction", json!({ "StringEquals": own() })),
            allows(json!({ "Service": "s3.amazonaws.com" }), "lambda:InvokeFunction", json!({})),
        ]))
        .fail(policies(&[allows(
            json!({ "Service": "cloudfront.amazonaws.com" }),
            "lambda:InvokeFunctionUrl",
            json!({}),
        )]))
        .fail(function(|function| function.qualifiers = Fact::Known(vec![alias("live", Some(bare()))])))
        .not_applicable(function(|_| {}))
        .not_applicable(policies(&[allows(json!({ "AWS": "444455556666" }), "lambda:InvokeFunction", json!({}))]))
}
