use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Registry;
use palisade_reason::access::registries::shares_of_registry;
use palisade_reason::access::repositories::Power;

check! {
    /// Registry policy opens the registry to everybody
    ///
    /// ## Why
    /// What the registry policy allows, it allows on all repositories that its statement covers, those included that will
    /// be made tomorrow. Every AWS account can then pull images, push its own by replication, or whatever is allowed.
    ///
    /// The policy is judged by itself, in the scope that is set for it: of V1, replication, imports and the creation of
    /// repositories; of V2, every action. What opens a single repository is shown there as well.
    ///
    /// ## Severity
    /// Critical: it takes an AWS account and the number of this one.
    ///
    /// ## Fix
    /// Take the statement out (`PutRegistryPolicy`), or name the accounts that are meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html>
    CHECK {
        id: "ecr-registry-policy-public",
        severity: Severity::Critical,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    let Some(shares) = shares_of_registry(registry, context)? else { return Ok(Verdict::NotApplicable) };
    shares.judge(|share| Ok(share.is_public().then(|| Power::told(share, &share.to_string()))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::PolicyScope::{Other, V1, V2};
    use palisade_model::iam::PolicyText;
    use palisade_model::{Action, Fact, Gap};
    use palisade_scenes::repositories::{ACCOUNT_RESOURCE, denies, gives, on, registry_policy};
    use palisade_scenes::{registry, repository_arn};

    let open = |resource: &str, action: &str| {
        let mut statement = gives(json!("*"), &[action], json!({}));
        statement["Resource"] = json!(resource);
        registry_policy(&[statement])
    };
    let every = |action: &str| open("*", action);
    let with = |denial: Value| registry_policy(&[on("prod/*", gives(json!("*"), &["ecr:*"], json!({}))), denial]);
    let gap = || Gap::undecided(Action::EcrGetAccountSetting, &repository_arn("a"), "");
    Cases::default()
        .not_applicable(registry(|_| {}))
        .fail(every("ecr:ReplicateImage"))
        .fail(every("ecr:ReplicateImage").in_scope(V1))
        .fail(every("ecr:BatchGetImage"))
        .pass(every("ecr:BatchGetImage").in_scope(V1))
        .unknown(every("ecr:BatchGetImage").in_scope(Other("V3".to_owned())))
        .fail(every("ecr:CreateRepository").in_scope(Other("V3".to_owned())))
        .unknown(every("ecr:*").and_registry(|registry| registry.policy = Fact::Unknown(gap())))
        .unknown(every("ecr:BatchGetImage").and_registry(|registry| registry.policy_scope = Fact::Unknown(gap())))
        .fail(every("ecr:PutRegistryPolicy"))
        // What is about no repository is allowed on every resource only.
        .pass(open(&format!("{ACCOUNT_RESOURCE}prod/*"), "ecr:PutRegistryPolicy"))
        .fail(open(&format!("{ACCOUNT_RESOURCE}prod/*"), "ecr:BatchGetImage"))
        .fail(open("arn:aws:ecr:*:*:*", "ecr:BatchGetImage"))
        .pass(open("arn:aws:ecr:us-east-1:111122223333:repository/*", "ecr:BatchGetImage"))
        .pass(every("s3:GetObject"))
        .pass(with(denies(&["ecr:*"], json!({}))))
        .pass(with(json!({
            "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": format!("{ACCOUNT_RESOURCE}*")
        })))
        .fail(with(json!({
            "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": format!("{ACCOUNT_RESOURCE}prod/secret")
        })))
        .fail(with(denies(&["ecr:PutImage"], json!({}))))
        .pass(registry_policy(&[on("*", gives(json!({ "AWS": "444455556666" }), &["ecr:*"], json!({})))]).in_scope(V2))
        .unknown(registry(|registry| registry.policy = Fact::Known(Some(PolicyText::parse("{")))))
}
