use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecr::Repository;
use palisade_reason::access::foreign::outsiders;
use palisade_reason::access::repositories::Power;

check! {
    /// Accounts that are not trusted may change images
    ///
    /// ## Why
    /// Who pushes to a repository decides what runs wherever its images are deployed, with the role of the workload. Who
    /// deletes images stops deployments, and who changes the policy gives himself the rest.
    ///
    /// Looked at are pushing (replication and imports through the pull-through cache included), deleting, and changing
    /// the policy or the settings, by the policies of the repository and of the registry together. Which accounts are
    /// trusted is told as for the check of foreign accounts. Grants to everybody are the business of another check.
    ///
    /// ## Severity
    /// High: whoever acts in the other account, or breaks into it, gets code into this one.
    ///
    /// ## Fix
    /// Let the pipeline push with a role of this account, and leave other accounts the actions for pulling. When the
    /// pipeline lives in the other account, name its role in the policy and the account in `trusted_accounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html>
    CHECK {
        id: "ecr-repository-write-foreign",
        severity: Severity::High,
        controls: &[
            Control::cis("eks-1.8.0:5.1.2"),
            Control::checklist("registry-write-limited"),
        ],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, context: &Context) -> Outcome {
    context.shares_of_repository(repository).judge(|share| {
        let Some(share) = Power::Push.at_least(share) else { return Ok(None) };
        Ok(outsiders(&share, context)?.map(|evidence| Power::told(&share, &evidence)))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::PolicyScope::V1;
    use palisade_scenes::repositories::{ORGANIZATION, denies, gives, on, repository_policy};
    use palisade_scenes::{ACCOUNT, repository};

    const OTHER: &[&str] = &["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/ci"];
    let may = |principal: Value, actions: &[&str]| repository_policy(&[gives(principal, actions, json!({}))]);
    let foreign = || json!({ "AWS": "arn:aws:iam::444455556666:root" });
    let sparing =
        |spared: &[&str]| json!({ "Effect": "Deny", "NotPrincipal": { "AWS": spared }, "Action": "ecr:PutImage" });
    let replicate = || on("*", gives(foreign(), &["ecr:ReplicateImage"], json!({})));
    let mut cases = Cases::default();
    for action in [
        "ecr:PutImage",
        "ecr:BatchDeleteImage",
        "ecr:PutLifecyclePolicy",
        "ecr:SetRepositoryPolicy",
        "ecr:PutImageTagMutability",
        "ecr:UpdateImageStorageClass",
        "ecr:TagResource",
        "ecr:NewOne",
        "ecr:*",
    ] {
        cases = cases.fail(may(foreign(), &["ecr:BatchGetImage", action]));
    }
    for action in ["ecr:BatchGetImage", "ecr:Describe*", "ecr:StartImageScan", "ecr:BatchCheckLayerAvailability"] {
        cases = cases.pass(may(foreign(), &[action]));
    }
    let organization = |id: &str| {
        let condition = json!({ "StringEquals": { "aws:PrincipalOrgID": id } });
        repository_policy(&[gives(json!("*"), &["ecr:PutImage"], condition)]).in_organization()
    };
    cases
        .pass(repository(|_| {}))
        .pass(may(json!({ "AWS": ACCOUNT }), &["ecr:*"]))
        .pass(may(foreign(), &["ecr:PutImage"]).trusting())
        .pass(organization(ORGANIZATION))
        .fail(organization("o-z9y8x7w6v5"))
        .pass(may(json!("*"), &["ecr:PutImage"]))
        .fail(may(json!({ "Service": "codebuild.amazonaws.com" }), &["ecr:PutImage"]))
        // Whom a denial of all others spares may push, if anything allows it.
        .fail(repository_policy(&[gives(json!("*"), &["ecr:PutImage"], json!({})), sparing(OTHER)]))
        .fail(repository_policy(&[gives(json!("*"), &["ecr:PutImage"], json!({})), sparing(&OTHER[..1])]))
        .pass(repository_policy(&[gives(json!("*"), &["ecr:PutImage"], json!({})), sparing(&OTHER[1..])]))
        .pass(repository_policy(&[gives(json!("*"), &["ecr:PutImage"], json!({})), sparing(&[ACCOUNT])]))
        .pass(repository_policy(&[sparing(OTHER)]))
        .pass(may(foreign(), &["ecr:*"]).with_registry_policy(&[denies(
            &["ecr:*"],
            json!({ "StringNotEquals": { "aws:PrincipalAccount": ACCOUNT } }),
        )]))
        .fail(repository(|_| {}).with_registry_policy(&[replicate()]).in_scope(V1))
        .fail(repository(|_| {}).with_registry_policy(&[replicate()]))
}
