use palisade_policy::{Grade, PrincipalForm};

use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecr::Repository;
use palisade_reason::access::foreign::{fixed, foreigners};
use palisade_reason::access::repositories::Power;
use palisade_reason::access::shares::Share;

check! {
    /// Whole accounts or the organisation may change images
    ///
    /// ## Why
    /// Only the pipeline has to push. A policy that lets a whole account or the whole organisation do so makes every
    /// workload and every administrator there somebody who can put code into what runs from the repository.
    ///
    /// A statement names a whole account by its number or its root, or when it lets in everybody on the condition that
    /// they are of the account. A condition on `aws:PrincipalArn` with the name of a role is narrow. To name the
    /// repository's own account gives nobody anything that policies of IAM do not give, and is no finding; to let in
    /// everybody of it does, without a word in IAM. Accounts that are not trusted are the business of another check.
    ///
    /// ## Severity
    /// Medium: harm needs somebody within the organisation or a trusted account.
    ///
    /// ## Fix
    /// Name the pipeline's role as principal, or ask for it with `aws:PrincipalArn`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    CHECK {
        id: "ecr-repository-write-wide",
        severity: Severity::Medium,
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
        let is_wide = is_whole(&share, context)? && !names_roles(&share) && share.spared.is_empty();
        Ok(is_wide.then(|| Power::told(&share, &share.to_string())))
    })
}

/// Whether all of an account or organisation is let in that is own or trusted.
fn is_whole(share: &Share, context: &Context) -> Result<bool, Gap> {
    let is_everybody = share.statement.names_everyone();
    let is_account = share.statement.principals().any(|principal| match principal.form() {
        PrincipalForm::Account(account) => *account == share.who,
        PrincipalForm::Everyone
        | PrincipalForm::User { .. }
        | PrincipalForm::Role { .. }
        | PrincipalForm::Session { .. }
        | PrincipalForm::FederatedUser { .. }
        | PrincipalForm::Service(_)
        | PrincipalForm::Federated(_)
        | PrincipalForm::CanonicalUser(_)
        | PrincipalForm::Dangling(_)
        | PrincipalForm::Invalid => false,
    });
    match share.grade {
        Grade::OwnAccount => Ok(is_everybody),
        Grade::ListedAccounts => Ok((is_everybody || is_account) && foreigners(share, context)?.is_none()),
        Grade::Organisation | Grade::ListedNetworks => Ok(foreigners(share, context)?.is_none()),
        Grade::IdentityProvider
        | Grade::ServiceWithSource
        | Grade::ServiceWithoutSource
        | Grade::AnyAwsAccount
        | Grade::AnonymousInternet => Ok(false),
    }
}

/// Whether a condition asks for roles or users by name, or a part of it.
fn names_roles(share: &Share) -> bool {
    let is_name = |value: &String| value.split_once('/').is_some_and(|(_, name)| name.contains(char::is_alphanumeric));
    fixed(share, &["aws:principalarn"]).any(|condition| condition.values().iter().all(is_name))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::repositories::{ORGANIZATION, gives, on, repository_policy};
    use palisade_scenes::{ACCOUNT, Scene, repository};

    const PUSH: &[&str] = &["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart"];
    let scene = |principal: Value, condition: Value| -> Scene {
        repository_policy(&[gives(principal, PUSH, condition)]).in_organization().trusting()
    };
    let account = |principal: Value| scene(json!({ "AWS": principal }), json!({}));
    let everybody = |condition: Value| scene(json!("*"), condition);
    let organization = json!({ "aws:PrincipalOrgID": ORGANIZATION });
    let role = |name: &str| format!("arn:aws:iam::444455556666:role/{name}");
    let sparing = |spared: Value| {
        let denial = json!({ "Effect": "Deny", "NotPrincipal": { "AWS": spared }, "Action": "ecr:*" });
        repository_policy(&[gives(json!("*"), PUSH, json!({})), denial]).trusting()
    };
    let of_organization = |roles: &str| {
        everybody(
            json!({ "StringEquals": organization, "ArnLike": { "aws:PrincipalArn": format!("arn:aws:iam::*:role/{roles}") } }),
        )
    };
    Cases::default()
        .pass(repository(|_| {}))
        .pass(account(json!(format!("arn:aws:iam::{ACCOUNT}:role/pipeline"))))
        .pass(account(json!(role("pipeline"))))
        .fail(account(json!("444455556666")))
        .fail(account(json!([role("pipeline"), "arn:aws:iam::444455556666:root"])))
        .pass(account(json!("777788889999")))
        // The own account's number leaves everything to IAM; a star does not.
        .pass(account(json!(ACCOUNT)))
        .fail(everybody(json!({ "StringEquals": { "aws:PrincipalAccount": ACCOUNT } })))
        // Everybody is let in, and everybody but those who are named is denied.
        .pass(sparing(json!([ACCOUNT, format!("arn:aws:iam::{ACCOUNT}:user/ci")])))
        .pass(sparing(json!([role("pipeline"), "arn:aws:iam::444455556666:root"])))
        .fail(everybody(json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } })))
        .pass(everybody(json!({ "ArnLike": { "aws:PrincipalArn": role("ci-*") } })))
        .fail(everybody(json!({ "StringEquals": organization })))
        .fail(everybody(
            json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": format!("{ORGANIZATION}/r-ab12/*") } }),
        ))
        .pass(of_organization("pipeline"))
        .fail(of_organization("*"))
        .pass(everybody(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-z9y8x7w6v5" } })))
        .fail(
            repository_policy(&[gives(json!({ "AWS": "444455556666" }), &["ecr:DeleteRepository"], json!({}))])
                .trusting(),
        )
        .pass(
            repository_policy(&[gives(json!({ "AWS": "444455556666" }), &["ecr:BatchGetImage"], json!({}))]).trusting(),
        )
        .fail(
            repository(|_| {})
                .with_registry_policy(&[on("shop/*", gives(json!({ "AWS": "444455556666" }), PUSH, json!({})))])
                .trusting(),
        )
}
