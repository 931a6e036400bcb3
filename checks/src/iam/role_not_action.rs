use palisade_policy::{ActionElement, ActionPattern, MatchedStatement, ResourceElement, ResourcePattern};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::grants::Grants;
use palisade_reason::access::workload::workload;

check! {
    /// Role of a workload is allowed all but a list
    ///
    /// ## Why
    /// `NotAction` under `Allow` gives every action of every service but those listed, and `NotResource` every resource
    /// but those listed. Both grow with AWS and with the account, and nobody reads from them what they give.
    ///
    /// ## Severity
    /// Medium: the excess serves only somebody who has got into the workload.
    ///
    /// ## Fix
    /// List what is allowed under `Action` and `Resource`. What must never be allowed belongs into a `Deny` statement.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    CHECK {
        id: "iam-role-not-action",
        severity: Severity::Medium,
        controls: &[Control::checklist("least-privilege")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let Some(principal) = workload(role, context)? else { return Ok(Verdict::NotApplicable) };
    let allows = Grants::of(&context.access, &principal).allows();
    Ok(Verdict::fail_if_any(allows.into_iter().filter_map(exclusion)))
}

/// The lists that a statement leaves out.
fn exclusion(allow: MatchedStatement<'_>) -> Option<String> {
    let actions = match &allow.statement.action {
        ActionElement::NotAction(patterns) => {
            Some(("NotAction", patterns.iter().map(ActionPattern::as_str).collect::<Vec<_>>()))
        }
        ActionElement::Action(_) => None,
    };
    let resources = match &allow.statement.resource {
        ResourceElement::NotResource(patterns) => {
            Some(("NotResource", patterns.iter().map(ResourcePattern::as_str).collect()))
        }
        ResourceElement::Resource(_) | ResourceElement::None => None,
    };
    let lists = actions.into_iter().chain(resources);
    let lists: Vec<_> = lists.map(|(element, patterns)| format!("{element} is {}", patterns.join(", "))).collect();
    (!lists.is_empty()).then(|| format!("{allow}: {}", lists.join(" and ")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, permitted};

    let with = |effect: &str, action: &str, resource: &str| {
        permitted(&[json!({ "Effect": effect, action: "s3:GetObject", resource: "arn:aws:s3:::orders/*" })])
    };
    Cases::default()
        .pass(permitted(&[allow("s3:GetObject", "*")]))
        .pass(with("Deny", "NotAction", "NotResource"))
        .fail(with("Allow", "NotAction", "Resource"))
        .fail(with("Allow", "Action", "NotResource"))
}
