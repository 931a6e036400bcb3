use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Registry;
use palisade_reason::access::foreign::outsiders;
use palisade_reason::access::registries::shares_of_registry;
use palisade_reason::access::repositories::Power;

check! {
    /// Registry policy lets accounts in that are not trusted
    ///
    /// ## Why
    /// An account that may replicate images into the registry, import them or create repositories decides what lies under
    /// names that this account deploys. In the scope V2 the policy can give any other action as well, on repositories
    /// that are made later too.
    ///
    /// Trusted are the account itself, those of `trusted_accounts`, and callers that a condition holds to the account's
    /// organisation. A service counts as the account on behalf of whose resources it may call. Grants to everybody are
    /// the business of another check.
    ///
    /// ## Severity
    /// Medium: harm needs somebody in an account that was let in on purpose.
    ///
    /// ## Fix
    /// Take the statement out (`PutRegistryPolicy`), or add the account to `trusted_accounts` when it is meant to be there.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html>
    CHECK {
        id: "ecr-registry-policy-foreign-account",
        severity: Severity::Medium,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    let Some(shares) = shares_of_registry(registry, context)? else { return Ok(Verdict::NotApplicable) };
    shares.judge(|share| Ok(outsiders(share, context)?.map(|evidence| Power::told(share, &evidence))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::PolicyScope::V1;
    use palisade_scenes::repositories::{ORGANIZATION, gives, on, registry_policy};
    use palisade_scenes::{ACCOUNT, registry};

    let may = |principal: Value, action: &str, condition: Value| {
        registry_policy(&[on("*", gives(principal, &[action], condition))]).in_organization()
    };
    let foreign = |action: &str| may(json!({ "AWS": "arn:aws:iam::444455556666:root" }), action, json!({}));
    let member = |id: &str| json!({ "StringEquals": { "aws:PrincipalOrgID": id } });
    Cases::default()
        .not_applicable(registry(|_| {}))
        .fail(foreign("ecr:ReplicateImage"))
        .fail(foreign("ecr:ReplicateImage").in_scope(V1))
        .pass(foreign("ecr:ReplicateImage").trusting())
        .fail(foreign("ecr:BatchImportUpstreamImage").in_scope(V1))
        .fail(foreign("ecr:createrepository").in_scope(V1))
        .fail(foreign("ecr:BatchGetImage"))
        .pass(foreign("ecr:BatchGetImage").in_scope(V1))
        .fail(foreign("ecr:*").in_scope(V1))
        .pass(may(json!({ "AWS": ACCOUNT }), "ecr:*", json!({})))
        .pass(may(json!("*"), "ecr:ReplicateImage", member(ORGANIZATION)))
        .fail(may(json!("*"), "ecr:ReplicateImage", member("o-z9y8x7w6v5")))
        .fail(may(json!({ "Service": "codebuild.amazonaws.com" }), "ecr:PutImage", json!({})))
        .pass(may(json!("*"), "ecr:*", json!({})))
}
