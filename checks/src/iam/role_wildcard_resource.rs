use palisade_policy::catalogue::{AccessLevel, Catalogue, Catalogued};
use palisade_policy::{Condition, MatchedStatement, Quantifier, ResourceElement, ResourcePattern, Statement};

use super::guards::verdict;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_model::{Action, Gap};
use palisade_reason::access::grants::{CONFIDENTIAL, Grants, UNAVOIDABLE};
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
    /// and the network interfaces of a function in a VPC. A pattern such as `arn:aws:s3:::*` covers as much as `*`. A
    /// condition on the resource's tags limits a statement as an ARN does.
    ///
    /// ## Severity
    /// Medium: the excess serves only somebody who has got into the workload.
    ///
    /// ## Fix
    /// Name the resources that the workload uses, or limit the statement to a tag with `aws:ResourceTag`.
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

/// The gap when a statement asks something of the resource's tags by an operator that is not known, which may limit it.
fn unknown_limit(statement: &Statement, role: &Role) -> Option<Gap> {
    let strange = statement.conditions.iter().find(|condition| {
        let is_about_tags = condition.key().to_ascii_lowercase().contains(":resourcetag/");
        is_about_tags && condition.operator().base().is_none()
    })?;
    let what = format!("the operator of {}", strange.key());
    Some(Gap::not_known(Action::IamGetAccountAuthorizationDetails, &role.arn, what, strange.operator().as_str()))
}

/// The actions that a statement gives on every resource although they could be limited.
fn excess(grants: &Grants<'_>, allow: MatchedStatement<'_>) -> Option<String> {
    let Statement { action, resource, conditions, .. } = allow.statement;
    if conditions.iter().any(is_limit_to_tag) {
        return None;
    }
    let everything = [ResourcePattern::new("*")];
    let patterns = match resource {
        ResourceElement::Resource(patterns) => patterns.as_slice(),
        ResourceElement::NotResource(_) => everything.as_slice(),
        ResourceElement::None => return None,
    };
    let (mut names, mut how) = (Vec::new(), None);
    for action in Catalogue::get().expand(action).into_iter().filter(|action| is_judged(*action)) {
        let decision = patterns.iter().find_map(|pattern| grants.allowed_on_every(action, pattern));
        names.extend(decision.as_ref().map(|_| action.name()));
        how = how.or(decision.map(|decision| reasons(&decision)));
    }
    let rest = names.len().saturating_sub(MOST_NAMES);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    names.truncate(MOST_NAMES);
    Some(format!("{} on every resource{rest}, allowed by {}", names.join(", "), how?))
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

/// Whether a condition asks for a tag of the resource to have a value.
fn is_limit_to_tag(condition: &Condition) -> bool {
    let operator = condition.operator();
    let is_positive =
        operator.base().is_some_and(|base| !base.is_negated() && base != palisade_policy::BaseOperator::Null)
            && !operator.if_exists()
            && operator.quantifier() != Some(Quantifier::ForAllValues);
    let is_fixed = condition.values().iter().all(|value| !value.starts_with('*'));
    is_positive && is_fixed && condition.key().to_ascii_lowercase().contains(":resourcetag/")
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
        .fail(permitted(&[allow("dynamodb:PutItem", "*")]))
        .fail(permitted(&[allow("s3:GetObject", "arn:aws:s3:::*")]))
        .fail(permitted(&[allow(json!(["secretsmanager:GetSecretValue", "kms:Decrypt"]), "*")]))
        .fail(permitted(&[allow("sts:AssumeRole", "arn:aws:iam::*:role/*")]))
}
