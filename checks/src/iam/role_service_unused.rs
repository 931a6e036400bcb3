use super::age::{is_recent, last_use_before};
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::workload::is_workload;

check! {
    /// Role of a workload is allowed services that it does not use
    ///
    /// ## Why
    /// What a workload is allowed and does not use serves only those who take it over.
    ///
    /// The access advisor tells when a role last called a service, denied calls included; it knows every service that
    /// the role's own policies allow. The threshold `unused_days` says after how many days a service is unused. Roles
    /// created within these days, and roles that are unused themselves, are not judged.
    ///
    /// ## Severity
    /// Low: the excess serves only somebody who has got into the workload.
    ///
    /// ## Fix
    /// Take the services out of the role's policies, after a look at what it does once a quarter or a year.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>
    CHECK {
        id: "iam-role-service-unused",
        severity: Severity::Low,
        controls: &[Control::checklist("no-unused-access")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// How many services evidence names.
const MOST_NAMES: usize = 10;

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if !is_workload(role, context)? || is_recent(role, context)? {
        return Ok(Verdict::NotApplicable);
    }
    let services = role.services.known()?;
    if last_use_before(role.last_used.as_ref().map(|used| used.at), context) {
        return Ok(Verdict::NotApplicable);
    }
    let unused = services.iter().filter(|service| last_use_before(service.last_used, context));
    let unused: Vec<_> = unused.map(|service| service.service.as_str()).collect();
    let named = unused[..unused.len().min(MOST_NAMES)].join(", ");
    let rest = unused.len().saturating_sub(MOST_NAMES);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    Ok(Verdict::fail_when(!unused.is_empty(), || {
        let days = context.settings.thresholds.unused_days;
        format!("{} of {} allowed services not used within {days} days: {named}{rest}", unused.len(), services.len())
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::iam::{trusting, used_services};

    let recently = Some("2026-11-20T00:00:00Z");
    let long_ago = Some("2026-06-01T00:00:00Z");
    Cases::default()
        .pass(used_services(&[("s3", recently, &[]), ("sqs", recently, &[])]))
        .pass(used_services(&[]))
        .fail(used_services(&[("s3", recently, &[]), ("sqs", long_ago, &[])]))
        .fail(used_services(&[("s3", recently, &[]), ("sqs", None, &[])]))
        .not_applicable(used_services(&[("sqs", None, &[])]).and_subject(|role| role.last_used = None))
        .not_applicable(used_services(&[("sqs", None, &[])]).and_subject(|role| {
            role.created_at = Some("2026-11-01T00:00:00Z".parse().unwrap());
        }))
        .not_applicable(trusting(serde_json::json!({
            "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole"
        })))
}
