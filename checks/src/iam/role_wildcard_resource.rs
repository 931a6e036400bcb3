use palisade_policy::catalogue::{AccessLevel, Catalogued};
use palisade_policy::{Condition, MatchedStatement, ResourceElement, ResourcePattern, Statement};

use super::guards::verdict;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_model::{Action, Gap};
use palisade_reason::access::grants::{CONFIDENTIAL, Grants, UNAVOIDABLE};
use palisade_reason::access::limits::{is_about_resource, limits, limits_action};
use palisade_reason::access::workload::workload;
use palisade_reason::wording::reasons;

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

/// How many actions of one statement evidence names.
const MOST_NAMES: usize = 5;

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let Some(principal) = workload(role, context)? else { return Ok(Verdict::NotApplicable) };
    let grants = Grants::of(&context.access, &principal);
    let (mut evidence, mut gap) = (Vec::new(), None);
    for allow in grants.allows() {
        let Some(excess) = excess(&grants, allow) else { continue };
        match unknown_limit(allow.statement, role) {
            None => evidence.push(excess),
            Some(unknown) => gap = Some(unknown),
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(verdict(evidence, context)),
    }
}

/// The gap when a statement asks something of the resource by an operator that is not known, which may limit it.
fn unknown_limit(statement: &Statement, role: &Role) -> Option<Gap> {
    let is_strange = |condition: &&Condition| condition.operator().base().is_none() && is_about_resource(condition);
    let strange = statement.conditions.iter().find(is_strange)?;
    let what = format!("the operator of {}", strange.key());
    Some(Gap::not_known(Action::IamGetAccountAuthorizationDetails, &role.arn, what, strange.operator().as_str()))
}

/// The actions that a statement gives on every resource although they could be limited.
fn excess(grants: &Grants<'_>, allow: MatchedStatement<'_>) -> Option<String> {
    let Statement { resource, conditions, .. } = allow.statement;
    if conditions.iter().any(limits) {
        return None;
    }
    let everything = [ResourcePattern::new("*")];
    let patterns = match resource {
        ResourceElement::Resource(patterns) => patterns.as_slice(),
        ResourceElement::NotResource(_) => everything.as_slice(),
        ResourceElement::None => return None,
    };
    let is_limited = |action| conditions.iter().any(|condition| limits_action(condition, action));
    let given = grants.on_every(allow.statement, patterns, |action| is_judged(action) && !is_limited(action))?;
    let (shown, rest) = given.names.split_at(given.names.len().min(MOST_NAMES));
    let rest = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let how = reasons(&grants.decide(given.names.first()?, &given.example));
    Some(format!("{} on every resource{rest}, allowed by {how}", shown.join(", ")))
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
