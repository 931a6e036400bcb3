use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::foreign::foreigners;
use palisade_reason::access::shares::Shares;

check! {
    /// Resource policy lets accounts in that are not trusted
    ///
    /// ## Why
    /// Whoever administers the other account decides who there calls the function. An account that once belonged to a
    /// partner, a contractor or a test is easily forgotten, and keeps its access.
    ///
    /// Trusted are the account itself, those of `trusted_accounts`, and callers that a condition holds to the account's
    /// organisation (as AWS tells, or `organization` in the configuration); which accounts that has is not known here.
    /// Every other organisation is foreign. A service counts as the account on behalf of whose resources it may call,
    /// and a grant to everybody within listed networks as one to foreign accounts. Grants to everybody, and to services
    /// for anybody, are the business of other checks.
    ///
    /// ## Severity
    /// Medium: harm needs somebody in an account that was let in on purpose.
    ///
    /// ## Fix
    /// Remove the statement (`RemovePermission`), or add the account to `trusted_accounts` when it is meant to be there.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html>
    CHECK {
        id: "lambda-policy-foreign-account",
        severity: Severity::Medium,
        controls: &[
            Control::cis("compute-services-1.1.0:12.10"),
            Control::checklist("invokers-known"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    Shares::of_function(function, context).judge(|share| foreigners(share, context))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{ACCOUNT, Scene, function, policy};

    let own = "o-a1b2c3d4e5";
    let scene = |principal: Value, condition: Value| -> Scene {
        policies(&[allows(principal, "lambda:InvokeFunction", condition)])
            .settings(|settings| settings.organization = Some(own.to_owned()))
    };
    let account = |principal: Value| scene(json!({ "AWS": principal }), json!({}));
    let service = |condition: Value| scene(json!({ "Service": "sns.amazonaws.com" }), condition);
    let everybody = |condition: Value| scene(json!("*"), condition);
    let trusting =
        |scene: Scene| scene.settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into()));
    let organization = |id: &str| json!({ "StringEquals": { "aws:PrincipalOrgID": id } });
    let topic =
        |account: &str| json!({ "ArnLike": { "aws:SourceArn": format!("arn:aws:sns:eu-west-1:{account}:topic") } });
    let foreign = || policy(allows(json!({ "AWS": "444455556666" }), "lambda:GetFunction", json!({})));
    Cases::default()
        .pass(function(|_| {}))
        .pass(account(json!(ACCOUNT)))
        .pass(account(json!(format!("arn:aws:iam::{ACCOUNT}:role/deploy"))))
        .fail(account(json!("arn:aws:iam::444455556666:root")))
        .fail(account(json!([ACCOUNT, "arn:aws:iam::444455556666:role/deploy"])))
        .pass(trusting(account(json!("arn:aws:iam::444455556666:root"))))
        .fail(trusting(account(json!(["444455556666", "777788889999"]))))
        .pass(account(json!("arn:aws:iam::*:root")))
        .pass(scene(json!({ "AWS": "444455556666" }), organization(own)))
        .fail(scene(json!({ "AWS": "444455556666" }), organization("o-z9y8x7w6v5")))
        .fail(scene(json!({ "AWS": "444455556666" }), json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": own } })))
        .pass(everybody(organization(own)))
        .fail(everybody(organization("o-z9y8x7w6v5")))
        .fail(everybody(json!({ "StringEquals": { "aws:PrincipalOrgID": [own, "o-z9y8x7w6v5"] } })))
        .pass(everybody(json!({ "StringEquals": { "aws:PrincipalOrgID": "${aws:ResourceOrgID}" } })))
        .fail(everybody(json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } })))
        .fail(everybody(json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })))
        .pass(everybody(json!({})))
        .pass(service(topic(ACCOUNT)))
        .fail(service(topic("444455556666")))
        .pass(trusting(service(topic("444455556666"))))
        .fail(service(json!({ "StringEquals": { "AWS:SourceAccount": [ACCOUNT, "444455556666"] } })))
        .pass(service(json!({ "StringEquals": { "aws:SourceOrgID": own } })))
        .fail(service(json!({ "StringEquals": { "aws:SourceOrgID": "o-z9y8x7w6v5" } })))
        .pass(service(json!({})))
        .fail(function(|function| function.qualifiers = Fact::Known(vec![alias("live", Some(foreign()))])))
        // To an account in no organisation all of them are foreign.
        .fail(policies(&[allows(json!("*"), "lambda:InvokeFunction", organization(own))]))
}
