use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecr::Repository;
use palisade_reason::access::foreign::outsiders;
use palisade_reason::access::repositories::Power;

check! {
    /// Repository is open to accounts that are not trusted
    ///
    /// ## Why
    /// Whoever administers the other account decides who there pulls the images. Access for a partner, a contractor or a
    /// test is easily forgotten. A service that may pull on behalf of anybody hands the images to whoever sets it up.
    ///
    /// Trusted are the account itself, those of `trusted_accounts`, and callers that a condition holds to the account's
    /// organisation (as AWS tells, or `organization` in the configuration). The policies of the repository and of the
    /// registry are judged together. A service counts as the account on behalf of whose resources it may call; one that
    /// may call on behalf of any account is foreign. Grants to everybody are the business of another check, and those to
    /// change images of one more.
    ///
    /// ## Severity
    /// Medium: harm needs somebody in an account that was let in on purpose.
    ///
    /// ## Fix
    /// Take the statement out of the policy, add the account to `trusted_accounts` when it is meant to be there, or give
    /// the service a source: for Lambda a condition on `aws:SourceArn` with the account's functions.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions>
    CHECK {
        id: "ecr-repository-policy-foreign-account",
        severity: Severity::Medium,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, context: &Context) -> Outcome {
    context
        .shares_of_repository(repository)
        .judge(|share| Ok(outsiders(share, context)?.map(|evidence| Power::told(share, &evidence))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::PolicyScope::V1;
    use palisade_scenes::repositories::{ORGANIZATION, gives, on, repository_policy};
    use palisade_scenes::{ACCOUNT, repository};

    const PULL: &[&str] = &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    let scene =
        |principal: Value, condition: Value| repository_policy(&[gives(principal, PULL, condition)]).in_organization();
    let account = |principal: Value| scene(json!({ "AWS": principal }), json!({}));
    let lambda = |condition: Value| scene(json!({ "Service": "lambda.amazonaws.com" }), condition);
    let of = |account: &str| json!({ "StringLike": { "aws:sourceArn": format!("arn:aws:lambda:eu-west-1:{account}:function:*") } });
    let organization = |id: &str| json!({ "StringEquals": { "aws:PrincipalOrgID": id } });
    let foreign = || on("*", gives(json!({ "AWS": "444455556666" }), PULL, json!({})));
    Cases::default()
        .pass(repository(|_| {}))
        .pass(account(json!([ACCOUNT, format!("arn:aws:iam::{ACCOUNT}:role/deploy")])))
        .fail(account(json!("arn:aws:iam::444455556666:root")))
        .fail(account(json!([ACCOUNT, "arn:aws:iam::444455556666:role/deploy"])))
        .pass(account(json!("444455556666")).trusting())
        .fail(account(json!(["444455556666", "777788889999"])).trusting())
        .pass(scene(json!({ "AWS": "444455556666" }), organization(ORGANIZATION)))
        .pass(scene(json!("*"), organization(ORGANIZATION)))
        .fail(scene(json!("*"), organization("o-z9y8x7w6v5")))
        .fail(scene(json!("*"), json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })))
        .pass(scene(json!("*"), json!({})))
        .pass(lambda(of(ACCOUNT)))
        .fail(lambda(of("444455556666")))
        .pass(lambda(of("444455556666")).trusting())
        .fail(lambda(json!({})))
        .fail(lambda(of("*")))
        .fail(repository(|_| {}).with_registry_policy(&[foreign()]))
        .pass(repository(|_| {}).with_registry_policy(&[foreign()]).in_scope(V1))
        // To an account in no organisation all of them are foreign.
        .fail(repository_policy(&[gives(json!("*"), PULL, organization(ORGANIZATION))]))
}
