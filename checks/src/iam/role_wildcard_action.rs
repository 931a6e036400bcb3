use palisade_policy::{ActionElement, ActionPattern, MatchedStatement, ResourceElement, ResourcePattern, Statement};

use super::guards::verdict;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::grants::{Changes, Grants};
use palisade_reason::access::workload::workload;

check! {
    /// Role of a workload is allowed actions by wildcard
    ///
    /// ## Why
    /// `s3:*` is every action that S3 has and every one that it will get: reading an object, and opening the bucket to
    /// everybody. A workload uses a handful of them; whoever takes it over uses the others.
    ///
    /// A wildcard counts when it gives actions that write or that manage permissions, on resources that the statement
    /// covers; `s3:List*` does not. What an explicit denial takes away does not count, nor does what a permissions
    /// boundary or a service control policy leaves out or lists by name. Actions are told apart with a dated table of
    /// AWS's actions; the counts are its.
    ///
    /// ## Severity
    /// Medium: the excess serves only somebody who has got into the workload.
    ///
    /// ## Fix
    /// List the actions that the workload uses.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
    CHECK {
        id: "iam-role-wildcard-action",
        severity: Severity::Medium,
        controls: &[Control::security_hub("IAM.21"), Control::checklist("least-privilege")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let Some(principal) = workload(role, context)? else { return Ok(Verdict::NotApplicable) };
    let grants = Grants::of(&context.access, &principal);
    let evidence = grants.allows().into_iter().flat_map(|allow| wildcards(&grants, allow)).collect();
    Ok(verdict(evidence, context))
}

/// What each wildcard of a statement gives.
fn wildcards(grants: &Grants<'_>, allow: MatchedStatement<'_>) -> Vec<String> {
    let ActionElement::Action(actions) = &allow.statement.action else { return Vec::new() };
    let every = [ResourcePattern::new("*")];
    let (element, resources) = match &allow.statement.resource {
        ResourceElement::Resource(resources) => ("", resources.as_slice()),
        ResourceElement::NotResource(_) => ("all but ", every.as_slice()),
        ResourceElement::None => return Vec::new(),
    };
    let written: Vec<_> = allow.statement.resource.patterns().iter().map(ResourcePattern::as_str).collect();
    let wild = actions.iter().filter(|action| action.as_str().contains(['*', '?']));
    let given = wild.filter_map(|action| Some((action.as_str(), given(grants, allow.statement, action, resources)?)));
    given
        .map(|(action, given)| format!("{allow}: {action} on {element}{} grants {given}", written.join(", ")))
        .collect()
}

/// How many actions of which kind a wildcard really gives; `None` when none that writes or manages permissions.
fn given(
    grants: &Grants<'_>,
    allow: &Statement,
    wildcard: &ActionPattern,
    resources: &[ResourcePattern],
) -> Option<String> {
    let Changes { writes, permissions } = grants.changes(allow, wildcard, resources);
    (writes + permissions > 0).then(|| format!("{writes} write and {permissions} permissions-management actions"))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny, permitted};

    let object = "arn:aws:s3:::orders/*";
    Cases::default()
        .pass(permitted(&[allow(json!(["s3:GetObject", "s3:PutObject"]), object)]))
        .pass(permitted(&[allow(json!(["s3:Get*", "s3:List*"]), "*")]))
        .pass(permitted(&[allow("s3:*", "*"), deny("s3:*", "*")]))
        .pass(permitted(&[allow("s3:*", object)]).bounded(allow(json!(["s3:GetObject", "s3:PutObject"]), "*")))
        .pass(permitted(&[allow("*", "*")]).bounded(allow("s3:Get*", "*")))
        .pass(permitted(&[allow("an-unnamed-service:*", "*")]))
        .fail(permitted(&[allow("s3:*", object)]))
        .fail(permitted(&[allow("kms:*", "arn:aws:kms:eu-west-1:111122223333:key/*")]))
        .fail(permitted(&[allow("s3:Put*", "*")]))
        .fail(permitted(&[allow("*", "*")]))
        .fail(permitted(&[allow("S3:*", "arn:aws:s3:::orders*")]).bounded(allow("s3:*", "*")))
        .fail(permitted(&[allow("sqs:*", "arn:aws:sqs:*:444455556666:orders")]))
}
