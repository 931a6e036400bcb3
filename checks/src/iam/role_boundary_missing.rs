use palisade_policy::matches;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_reserved, is_service_linked};

check! {
    /// Role lacks the permissions boundary that the account requires
    ///
    /// ## Why
    /// Where teams make their own roles, the boundary is what keeps a role from allowing more than the team itself has.
    /// A role without it is outside of that fence.
    ///
    /// The check is on only when `required_boundary` in the configuration names the boundary, as a pattern for its ARN.
    ///
    /// ## Severity
    /// Medium: the role may allow anything; whether it does is for other checks.
    ///
    /// ## Fix
    /// Set the boundary with `iam:PutRolePermissionsBoundary`, and let roles be created only with it by a condition on
    /// `iam:PermissionsBoundary`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    CHECK {
        id: "iam-role-boundary-missing",
        severity: Severity::Medium,
        controls: &[Control::checklist("permissions-boundary")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let Some(required) = &context.settings.required_boundary else { return Ok(Verdict::NotApplicable) };
    if is_service_linked(role) || is_reserved(role) {
        return Ok(Verdict::NotApplicable);
    }
    Ok(match &role.boundary {
        Some(boundary) if matches(required, boundary.as_str()) => Verdict::Pass,
        Some(boundary) => Verdict::fail(format!("PermissionsBoundary is {boundary}")),
        None => Verdict::fail("PermissionsBoundary is not set"),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::iam::role;

    let with = |boundary: Option<&str>| {
        role(|role| role.boundary = boundary.map(Into::into))
            .settings(|settings| settings.required_boundary = Some("arn:aws:iam::*:policy/fence".to_owned()))
    };
    Cases::default()
        .pass(with(Some("arn:aws:iam::111122223333:policy/fence")))
        .fail(with(Some("arn:aws:iam::111122223333:policy/other")))
        .fail(with(None))
        .not_applicable(with(None).settings(|settings| settings.required_boundary = None))
}
