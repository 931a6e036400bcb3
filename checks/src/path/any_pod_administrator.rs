use super::links::doors_for_every_pod;
use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::administrator::administrator;

check! {
    /// Every pod of a cluster can become an administrator of the account
    ///
    /// ## Why
    /// Whoever breaks into any pod of the cluster, or may create one, asks AWS for the role with a token that every pod can
    /// have, and may then do everything in the account. Neither the pod's own service account nor its annotations matter.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    ///
    /// ## Severity
    /// Critical: the least guarded pod of the cluster hands over the account.
    ///
    /// ## Fix
    /// Name the service account in the role's trust policy, and take from the role what it does not use.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    CHECK {
        id: "path-any-pod-administrator",
        severity: Severity::Critical,
        controls: &[Control::checklist("no-path-to-administrator")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    let (doors, gap) = doors_for_every_pod(role, context)?;
    if doors.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let Some(role) = context.role(&role.arn)? else { return Ok(Verdict::NotApplicable) };
    let Some(reasons) = administrator(&context.access, &*context.access.role(role)?) else {
        return Ok(Verdict::Pass);
    };
    let is_one = reasons
        .iter()
        .map(|reason| format!("{} is an administrator: {reason} [iam-role-administrator of {}]", role.name, role.arn));
    Ok(Verdict::Fail(doors.into_iter().chain(is_one).map(Evidence).collect()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::ISSUER;
    use palisade_scenes::iam::allow;
    use palisade_scenes::pods::{by_issuer, by_subject, trusting_pods};

    let open = || trusting_pods(&[by_issuer(ISSUER, json!({}))]);
    let closed = || trusting_pods(&[by_subject("StringEquals", "system:serviceaccount:shop:orders")]);
    Cases::default()
        .fail(open().permitting(allow("*", "*")))
        .fail(trusting_pods(&[by_subject("StringLike", "system:*")]).permitting(allow("iam:PutRolePolicy", "*")))
        .pass(open().permitting(allow("s3:GetObject", "*")))
        .pass(open())
        .not_applicable(closed().permitting(allow("*", "*")))
}
