use super::guards::verdict;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::administrator::administrator;
use palisade_reason::access::workload::workload;

check! {
    /// Role of a workload is an administrator in effect
    ///
    /// ## Why
    /// Whoever gets code to run in the workload, or reads its credentials from it, owns the account: all its data, all
    /// its identities, and the means to stay.
    ///
    /// All policies of the role are taken together, so that it does not matter how the power is spread over them.
    /// Explicit denials, the permissions boundary and service control policies count where they certainly hold. The
    /// power to give oneself everything is the same as having it: changing one's own policies, or removing the boundary
    /// first and changing them then. Only roles that a function, task, instance or pod can run as are judged.
    ///
    /// ## Severity
    /// Critical: one flaw in the workload's code, or in one of its packages, gives the whole account away.
    ///
    /// ## Fix
    /// Replace the policies by one that lists the actions and resources that the workload uses. As a first step, attach
    /// a permissions boundary that leaves out `iam:*`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    CHECK {
        id: "iam-role-administrator",
        severity: Severity::Critical,
        controls: &[
            Control::security_hub("IAM.1"),
            Control::prowler("iam_role_administratoraccess_policy"),
            Control::checklist("least-privilege"),
        ],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let Some(principal) = workload(role, context)? else { return Ok(Verdict::NotApplicable) };
    Ok(verdict(administrator(&context.access, &principal).unwrap_or_default(), context))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny, permitted, trusting};

    let rest = serde_json::json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" });
    Cases::default()
        .pass(permitted(&[]))
        .pass(permitted(&[allow("s3:*", "*")]))
        .pass(permitted(&[allow("*", "*"), deny("iam:*", "*")]))
        .pass(permitted(&[allow("*", "*")]).bounded(allow("s3:*", "*")))
        .fail(permitted(&[allow("*", "*")]))
        .fail(permitted(&[allow("iam:*", "*"), rest]))
        .fail(permitted(&[allow("iam:PutRolePolicy", "*")]))
        .fail(permitted(&[]).and_managed("arn:aws:iam::aws:policy/AdministratorAccess", allow("*", "*")))
        .not_applicable(trusting(serde_json::json!({
            "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole"
        })))
}
