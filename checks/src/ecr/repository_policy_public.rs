use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecr::Repository;
use palisade_reason::access::repositories::Power;

check! {
    /// Repository is open to everybody
    ///
    /// ## Why
    /// Every AWS account can pull the images, and with them code, addresses and whatever else was built in; or worse: put
    /// images of its own in their place, delete them, or rewrite the policy.
    ///
    /// The repository's own policy and that of the registry are judged together, statement by statement: each opens, and
    /// a denial in either closes, as do resource control policies of the organisation. In the scope V1 the registry
    /// policy is about three actions only. Conditions count as far as they keep out callers of accounts that the policy
    /// does not mention. A call to a private repository is always signed: everybody means every AWS account.
    ///
    /// ## Severity
    /// Critical: it takes an AWS account and the name of the repository.
    ///
    /// ## Fix
    /// Take the statement out of the policy, or name those who may pull: accounts, roles, the organisation
    /// (`aws:PrincipalOrgID` with `StringEquals`). Images for the public belong in a repository of ECR Public.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html>
    CHECK {
        id: "ecr-repository-policy-public",
        severity: Severity::Critical,
        controls: &[
            Control::prowler("ecr_repositories_not_publicly_accessible"),
            Control::checklist("registry-access-known"),
        ],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, context: &Context) -> Outcome {
    context
        .shares_of_repository(repository)
        .judge(|share| Ok(share.is_public().then(|| Power::told(share, &share.to_string()))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::PolicyScope::{Other, V1, V2};
    use palisade_model::iam::PolicyText;
    use palisade_model::{Action, Fact, Gap};
    use palisade_scenes::repositories::{ORGANIZATION, denies, gives, on, repository_policy};
    use palisade_scenes::{repository, repository_arn};

    const PULL: &[&str] = &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    let open = |condition: Value| gives(json!("*"), PULL, condition);
    let everybody = |condition: Value| repository_policy(&[open(condition)]);
    let to = |principal: Value| repository_policy(&[gives(principal, PULL, json!({}))]);
    let action = |action: &str| repository_policy(&[gives(json!("*"), &[action], json!({}))]);
    let around = |names: &str| on(names, open(json!({})));
    let member = json!({ "StringNotEquals": { "aws:PrincipalOrgID": ORGANIZATION } });
    let gap = || Gap::undecided(Action::EcrGetAccountSetting, &repository_arn("shop/storefront"), "");
    let mut cases = Cases::default();
    for condition in [
        json!({ "StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } }),
        json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*" } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } }),
        json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
    ] {
        cases = cases.pass(everybody(condition));
    }
    for condition in [
        json!({}),
        json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } }),
        json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": ORGANIZATION } }),
        json!({ "StringEquals": { "ecr:ResourceTag/public": "yes" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
    ] {
        cases = cases.fail(everybody(condition));
    }
    for everything in ["ecr:*", "ecr:Batch*", "ecr:setrepositorypolicy", "ecr:DescribeImages", "ecr:NewOne", "*"] {
        cases = cases.fail(action(everything));
    }
    cases
        .pass(repository(|_| {}))
        .pass(action("s3:GetObject"))
        .pass(action("ecr-public:PutImage"))
        .fail(to(json!({ "AWS": ["444455556666", "*"] })))
        .pass(to(json!({ "AWS": "arn:aws:iam::444455556666:root" })))
        .pass(to(json!({ "Service": "lambda.amazonaws.com" })))
        .fail(repository_policy(&[json!({
            "Effect": "Allow", "NotPrincipal": { "AWS": "444455556666" }, "NotAction": "ecr:PutImage"
        })]))
        .fail(repository_policy(&[gives(json!({ "AWS": "444455556666" }), PULL, json!({})), open(json!({}))]))
        // The registry policy of scope V2 opens repositories, and protects them.
        .fail(repository(|_| {}).with_registry_policy(&[around("*")]).in_scope(V2))
        .fail(repository(|_| {}).with_registry_policy(&[around("shop/*")]).in_scope(V2))
        .pass(repository(|_| {}).with_registry_policy(&[around("tools/*")]).in_scope(V2))
        .pass(everybody(json!({})).with_registry_policy(&[denies(&["ecr:*"], member.clone())]).in_scope(V2))
        .fail(everybody(json!({})).with_registry_policy(&[denies(&["ecr:PutImage"], json!({}))]).in_scope(V2))
        .pass(
            repository_policy(&[json!({ "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Condition": member })])
                .with_registry_policy(&[around("*")]),
        )
        // In the scope V1 it does neither.
        .pass(repository(|_| {}).with_registry_policy(&[around("*")]).in_scope(V1))
        .fail(everybody(json!({})).with_registry_policy(&[denies(&["ecr:*"], json!({}))]).in_scope(V1))
        .fail(
            repository(|_| {})
                .with_registry_policy(&[on("*", gives(json!("*"), &["ecr:ReplicateImage"], json!({})))])
                .in_scope(V1),
        )
        // An unknown scope matters where the two differ.
        .unknown(repository(|_| {}).with_registry_policy(&[around("*")]).in_scope(Other("V3".to_owned())))
        .unknown(
            everybody(json!({}))
                .with_registry_policy(&[denies(&["ecr:*"], json!({}))])
                .in_scope(Other("V3".to_owned())),
        )
        .fail(everybody(json!({})).with_registry_policy(&[around("tools/*")]).in_scope(Other("V3".to_owned())))
        .pass(repository(|_| {}).with_registry_policy(&[around("tools/*")]).in_scope(Other("V3".to_owned())))
        .fail(everybody(json!({})).and_registry(|registry| registry.policy_scope = Fact::Unknown(gap())))
        .pass(repository(|_| {}).and_registry(|registry| registry.policy_scope = Fact::Unknown(gap())))
        // An unread registry policy may deny.
        .unknown(everybody(json!({})).and_registry(|registry| registry.policy = Fact::Unknown(gap())))
        .fail(everybody(json!({})).in_scope(V1).and_registry(|registry| registry.policy = Fact::Unknown(gap())))
        .unknown(repository(|_| {}).in_scope(V1).and_registry(|registry| registry.policy = Fact::Unknown(gap())))
        .unknown(repository(|repository| repository.policy = Fact::Known(Some(PolicyText::parse("{")))))
        .unknown(everybody(json!({})).and_registry(|registry| {
            registry.policy = Fact::Known(Some(PolicyText::parse("{")));
        }))
}
