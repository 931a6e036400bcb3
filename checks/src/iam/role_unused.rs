use super::age::{is_recent, last_use_before};
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::is_service_linked;

check! {
    /// Role is unused
    ///
    /// ## Why
    /// Nobody misses the role, and nobody watches it either; whoever may assume it still has what it is allowed.
    ///
    /// The threshold `unused_days` says after how many days without use, 400 at the most, the time that AWS looks back.
    /// Roles created within these days are not judged.
    ///
    /// ## Severity
    /// Low: it serves only somebody who may assume the role already.
    ///
    /// ## Fix
    /// Delete the role, after a look at what refers to it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html>
    CHECK {
        id: "iam-role-unused",
        severity: Severity::Low,
        controls: &[Control::checklist("no-unused-access")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) || is_recent(role, context)? {
        return Ok(Verdict::NotApplicable);
    }
    let last = role.last_used.as_ref().map(|used| used.at);
    Ok(match (last_use_before(last, context), last) {
        (false, _) => Verdict::Pass,
        (true, Some(at)) => Verdict::fail(format!("RoleLastUsed.LastUsedDate is {at}")),
        (true, None) => Verdict::fail("RoleLastUsed is empty"),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::iam::LastUsed;
    use palisade_scenes::iam::role;

    let with = |created: &str, used: Option<&str>| {
        role(|role| {
            role.created_at = Some(created.parse().unwrap());
            role.last_used = used.map(|at| LastUsed { at: at.parse().unwrap(), region: None });
        })
    };
    Cases::default()
        .pass(with("2024-01-01T00:00:00Z", Some("2026-11-01T00:00:00Z")))
        .pass(with("2024-01-01T00:00:00Z", Some("2026-06-01T00:00:00Z")).settings(|settings| {
            settings.thresholds.unused_days = 365;
        }))
        .fail(with("2024-01-01T00:00:00Z", Some("2026-06-01T00:00:00Z")))
        .fail(with("2024-01-01T00:00:00Z", None))
        .not_applicable(with("2026-11-01T00:00:00Z", None))
        .unknown(role(|role| role.created_at = None))
}
