use super::age::{is_recent, last_use_before};
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::{Role, ServiceUse};
use palisade_reason::access::workload::is_workload;

check! {
    /// Role of a workload is allowed actions that it does not use
    ///
    /// ## Why
    /// Of a service that the workload uses it mostly uses a few actions. The others serve only those who take it over.
    ///
    /// Only actions that the access advisor tracks are judged. It tracks none that work on data (`s3:GetObject`,
    /// `dynamodb:GetItem`, `lambda:InvokeFunction` and their like) and never `iam:PassRole`: of those nothing is
    /// concluded. Services that are not used at all are the matter of `iam-role-service-unused`.
    ///
    /// ## Severity
    /// Informational: a hint for whoever rewrites the role's policies.
    ///
    /// ## Fix
    /// Take the actions out of the role's policies, after a look at what it does once a quarter or a year.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-action-last-accessed.html>
    CHECK {
        id: "iam-role-action-unused",
        severity: Severity::Informational,
        controls: &[Control::checklist("no-unused-access")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// How many actions of one service evidence names.
const MOST_NAMES: usize = 5;

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if !is_workload(role, context)? || is_recent(role, context)? {
        return Ok(Verdict::NotApplicable);
    }
    let services = role.services.known()?.iter();
    let used = services.filter(|service| !last_use_before(service.last_used, context));
    Ok(Verdict::fail_if_any(used.filter_map(|service| unused(service, context))))
}

/// The tracked actions of a service that were not used.
fn unused(service: &ServiceUse, context: &Context) -> Option<String> {
    let unused = service.actions.iter().filter(|action| last_use_before(action.last_used, context));
    let unused: Vec<_> = unused.map(|action| action.action.as_str()).collect();
    let named = unused[..unused.len().min(MOST_NAMES)].join(", ");
    let rest = unused.len().saturating_sub(MOST_NAMES);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    let (count, all, prefix) = (unused.len(), service.actions.len(), &service.service);
    let days = context.settings.thresholds.unused_days;
    (count > 0)
        .then(|| format!("{count} of {all} tracked actions of {prefix} not used within {days} days: {named}{rest}"))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::iam::used_services;

    let recently = Some("2026-11-20T00:00:00Z");
    let long_ago = Some("2026-06-01T00:00:00Z");
    Cases::default()
        .pass(used_services(&[("dynamodb", recently, &[])]))
        .pass(used_services(&[("s3", recently, &[("ListBuckets", recently)])]))
        .pass(used_services(&[("s3", None, &[("ListBuckets", None)])]))
        .fail(used_services(&[("s3", recently, &[("ListBuckets", recently), ("DeleteBucket", None)])]))
        .fail(used_services(&[("s3", recently, &[("DeleteBucket", long_ago)])]))
        .not_applicable(used_services(&[("s3", recently, &[("DeleteBucket", None)])]).and_subject(|role| {
            role.created_at = Some("2026-11-01T00:00:00Z".parse().unwrap());
        }))
}
