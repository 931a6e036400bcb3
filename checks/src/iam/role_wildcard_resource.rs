use palisade_policy::catalogue::{AccessLevel, Catalogued};

use super::guards::verdict;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::excess::on_every_resource;
use palisade_reason::access::grants::{CONFIDENTIAL, Grants, UNAVOIDABLE};
use palisade_reason::access::workload::workload;

check! {
    /// Role of a workload is allowed an action on every resource
    ///
    /// ## Why
    /// The workload needs its own table, its own secret, its own bucket; the role reaches all that there are in the
    /// account, those made after it included.
    ///
    /// Judged are actions that can be limited to a resource and that write, manage permissions, or read what is
    /// confidential: objects, items, secrets, parameters, decrypted data, other roles. Actions that AWS allows on `*`
    /// only never count, nor do those that the execution role of every function has to have on `*`: writing its logs,
    /// and the network interfaces of a function in a VPC. A pattern such as `arn:aws:s3:::*` covers as much as `*`.
    ///
    /// A condition limits a statement as an ARN does when it asks for a key that says which resource is meant to have
    /// certain values: tags of the resource, aliases and encryption context of a key, the service that a key is used
    /// through, an access point, a cluster, a function, a namespace of metrics, a partition key. Which keys these are is
    /// read from AWS's description of each. How a call is made, from where and by whom limits no resource.
    ///
    /// ## Severity
    /// Medium: the excess serves only somebody who has got into the workload.
    ///
    /// ## Fix
    /// Name the resources that the workload uses, or limit the statement by a condition, such as one on `aws:ResourceTag`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    CHECK {
        id: "iam-role-wildcard-resource",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("iam_no_custom_policy_permissive_role_assumption"),
            Control::checklist("least-privilege"),
        ],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let Some(principal) = workload(role, context)? else { return Ok(Verdict::NotApplicable) };
    let grants = Grants::of(&context.access, &principal);
    Ok(verdict(on_every_resource(&grants, role, is_judged)?, context))
}

fn is_judged(action: Catalogued) -> bool {
    if action.action.resource_types.is_empty() || UNAVOIDABLE.contains(&action.name().as_str()) {
        return false;
    }
    match action.action.level {
        AccessLevel::Write | AccessLevel::PermissionsManagement => true,
        AccessLevel::Read | AccessLevel::List => CONFIDENTIAL.contains(&action.name().as_str()),
        AccessLevel::Tagging => false,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny, permitted};

    let tagged = |operator: &str| {
        permitted(&[json!({
            "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*",
            "Condition": { operator: { "aws:ResourceTag/service": "orders" } },
        })])
    };
    let under = |action: &str, operator: &str, key: &str, value: &str| {
        permitted(&[json!({
            "Effect": "Allow", "Action": action, "Resource": "*", "Condition": { operator: { key: value } },
        })])
    };
    Cases::default()
        .pass(permitted(&[allow("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders")]))
        .pass(permitted(&[allow(json!(["xray:PutTraceSegments", "ec2:DescribeInstances"]), "*")]))
        .pass(permitted(&[allow(json!(["logs:PutLogEvents", "ec2:CreateNetworkInterface"]), "*")]))
        .pass(permitted(&[allow("an-unnamed-service:Write", "*")]))
        .pass(permitted(&[allow("s3:GetObject", "*"), deny("s3:*", "*")]))
        .pass(permitted(&[allow("s3:GetObject", "*")]).bounded(allow("s3:*", "arn:aws:s3:::orders/*")))
        .pass(tagged("StringEquals"))
        .fail(tagged("StringEqualsIfExists"))
        .fail(tagged("StringNotEquals"))
        .unknown(tagged("StringResembles"))
        .pass(under("dynamodb:GetItem", "ForAllValues:StringEquals", "dynamodb:LeadingKeys", "shop"))
        .fail(under("dynamodb:Scan", "ForAllValues:StringEquals", "dynamodb:LeadingKeys", "shop"))
        .pass(under("kms:Decrypt", "ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/orders"))
        .fail(under("kms:Decrypt", "ForAnyValue:StringLike", "kms:ResourceAliases", "alias/*"))
        .pass(under(
            "s3:GetObject",
            "ArnEquals",
            "s3:DataAccessPointArn",
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/shop",
        ))
        .fail(under("s3:GetObject", "Bool", "aws:SecureTransport", "true"))
        .unknown(under("kms:Decrypt", "StringResembles", "kms:ViaService", "s3.eu-west-1.amazonaws.com"))
        .fail(permitted(&[allow("dynamodb:PutItem", "*")]))
        .fail(permitted(&[allow("s3:GetObject", "arn:aws:s3:::*")]))
        .fail(permitted(&[allow(json!(["secretsmanager:GetSecretValue", "kms:Decrypt"]), "*")]))
        .fail(permitted(&[allow("sts:AssumeRole", "arn:aws:iam::*:role/*")]))
}
