use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::PublicRepository;
use palisade_reason::access::foreign::outsiders;
use palisade_reason::access::repositories::Power;
use palisade_reason::access::shares::Shares;

check! {
    /// Strangers may change images of a public repository
    ///
    /// ## Why
    /// Images of a public repository run wherever somebody trusts the account's name. Who may push, delete, or change the
    /// policy there speaks in that name.
    ///
    /// Looked at are everybody, accounts that are not trusted, other organisations, and services on behalf of foreign or
    /// any resources. That everybody can pull is no finding of this check: no policy can prevent it.
    ///
    /// ## Severity
    /// High: whoever acts in the other account publishes code under this account's name.
    ///
    /// ## Fix
    /// Take the statement out of the repository's policy, or add the account to `trusted_accounts` when it is meant to
    /// push.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policies.html>
    CHECK {
        id: "ecr-public-repository-push-foreign",
        severity: Severity::High,
        controls: &[Control::checklist("registry-write-limited")],
        since: "0.1.0",
        rule: Rule::PublicRepository(evaluate),
    }
}

fn evaluate(repository: &PublicRepository, context: &Context) -> Outcome {
    if repository.policy.known()?.is_none() {
        return Ok(Verdict::Pass);
    }
    Shares::of_public_repository(repository, context)?.judge(|share| {
        let open = if share.is_public() { Some(share.to_string()) } else { outsiders(share, context)? };
        Ok(open.map(|evidence| Power::told(share, &evidence)))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::iam::PolicyText;
    use palisade_scenes::repositories::{ORGANIZATION, gives, statements};
    use palisade_scenes::{ACCOUNT, public_repository};

    let may = |principal: Value, action: &str, condition: Value| {
        let policy = statements(&[gives(principal, &[action], condition)]);
        public_repository(|repository| repository.policy = Fact::Known(Some(policy))).in_organization()
    };
    let foreign = |action: &str| may(json!({ "AWS": "444455556666" }), action, json!({}));
    Cases::default()
        .pass(public_repository(|_| {}))
        .fail(foreign("ecr-public:PutImage"))
        .fail(foreign("ecr-public:*"))
        .fail(foreign("ecr-public:SetRepositoryPolicy"))
        .fail(foreign("ecr-public:PutRepositoryCatalogData"))
        .pass(foreign("ecr-public:PutImage").trusting())
        .pass(foreign("ecr-public:DescribeImages"))
        .pass(foreign("ecr:PutImage"))
        .fail(may(json!("*"), "ecr-public:BatchDeleteImage", json!({})))
        .pass(may(json!("*"), "ecr-public:PutImage", json!({ "StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } })))
        .pass(may(json!({ "AWS": ACCOUNT }), "ecr-public:*", json!({})))
        .unknown(public_repository(|repository| repository.policy = Fact::Known(Some(PolicyText::parse("{")))))
}
