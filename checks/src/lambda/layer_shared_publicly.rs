use palisade_policy::Grade;

use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::lambda::Layer;
use palisade_reason::access::shares::{Share, Shares};

check! {
    /// Layer is shared with everybody, or with a foreign organisation
    ///
    /// ## Why
    /// Every AWS account, or every account of somebody else's organisation, can download the layer version and read what
    /// is in it: code, configuration, and whatever was packed by mistake. What was downloaded cannot be called back.
    ///
    /// The policy is evaluated for callers of accounts that it does not mention: a condition counts as far as it keeps
    /// them out. Which organisation is the account's own is told by AWS, or by `organization` in the configuration.
    /// Accounts that are named one by one pass.
    ///
    /// ## Severity
    /// High: anybody with an AWS account can take it; how bad that is depends on the content.
    ///
    /// ## Fix
    /// Remove the statement with `RemoveLayerVersionPermission`, and share with accounts or with the organisation.
    /// Replace what the layer gave away.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
    CHECK {
        id: "lambda-layer-shared-publicly",
        severity: Severity::High,
        controls: &[Control::checklist("layers-from-known-accounts")],
        since: "0.1.0",
        rule: Rule::Layer(evaluate),
    }
}

fn evaluate(layer: &Layer, context: &Context) -> Outcome {
    Shares::of_layer(layer, context)?.judge(|share| Ok(is_too_wide(share, context)?.then(|| share.to_string())))
}

fn is_too_wide(share: &Share, context: &Context) -> Result<bool, Gap> {
    match share.grade {
        Grade::AnyAwsAccount | Grade::AnonymousInternet => Ok(true),
        Grade::Organisation => Ok(share.who.starts_with("o-") && !context.is_own_organization(&share.who)?),
        Grade::ServiceWithSource
        | Grade::ServiceWithoutSource
        | Grade::OwnAccount
        | Grade::ListedAccounts
        | Grade::IdentityProvider
        | Grade::ListedNetworks => Ok(false),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::iam::PolicyText;
    use palisade_model::organization::Organization;
    use palisade_scenes::{Scene, layer, policy};

    let own = "o-a1b2c3d4e5";
    let shared = |principal: Value, condition: Value| -> Scene {
        let statement = json!({
            "Sid": "share", "Effect": "Allow", "Principal": principal, "Action": "lambda:GetLayerVersion",
            "Resource": "arn:aws:lambda:eu-west-1:111122223333:layer:tools:3", "Condition": condition
        });
        layer(|layer| layer.policy = Fact::Known(Some(policy(statement))))
            .settings(|settings| settings.organization = Some(own.to_owned()))
    };
    let everybody = |condition: Value| shared(json!("*"), condition);
    let of_organization = |id: &str| everybody(json!({ "StringEquals": { "aws:PrincipalOrgID": id } }));
    let told_by_aws = |mut scene: Scene| {
        scene.settings.organization = None;
        scene.inventory.organization = Fact::Known(Some(Organization {
            id: own.to_owned(),
            management_account: "999988887777".into(),
            service_control: Fact::Known(vec![]),
            resource_control: Fact::Known(vec![]),
        }));
        scene
    };
    let denied = json!({ "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": "*" });
    let mut cases = Cases::default();
    for condition in [
        json!({}),
        json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } }),
        json!({ "StringLike": { "aws:PrincipalArn": "*" } }),
        json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": own } }),
        json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": own } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": own } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
    ] {
        cases = cases.fail(everybody(condition));
    }
    cases
        .pass(layer(|layer| layer.policy = Fact::Known(None)))
        .pass(shared(json!({ "AWS": "arn:aws:iam::444455556666:root" }), json!({})))
        .pass(of_organization(own))
        .pass(told_by_aws(of_organization(own)))
        .pass(everybody(json!({ "ForAnyValue:StringLike": { "AWS:principalorgid": [own] } })))
        .pass(layer(|layer| layer.policy = Fact::Known(Some(policy(denied)))))
        .fail(of_organization("o-z9y8x7w6v5"))
        .fail(told_by_aws(of_organization("o-z9y8x7w6v5")))
        .fail(shared(json!({ "AWS": "*" }), json!({})))
        .unknown(layer(|layer| layer.policy = Fact::Known(Some(PolicyText::parse("{")))))
}
