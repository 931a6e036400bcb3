use super::links::doors_for_every_pod;
use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::administrator::administrator;

check! {
    /// Every pod of a cluster can take on a role that can escalate
    ///
    /// ## Why
    /// Whoever breaks into any pod of the cluster, or may create one, asks AWS for the role with a token that every pod can
    /// have. Its permissions may not be many, but they can be turned into more: by passing a more powerful role, by
    /// changing what another workload runs, by rewriting permissions.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    /// A role that may do everything already is reported by `path-any-pod-administrator`.
    ///
    /// ## Severity
    /// High: it takes any pod of the cluster, and then a second step that leaves traces.
    ///
    /// ## Fix
    /// Name the service account in the role's trust policy, and take from the role the actions that the escalation uses,
    /// or limit them to the resources and roles that the workload needs.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://pathfinding.cloud/>
    CHECK {
        id: "path-any-pod-escalation",
        severity: Severity::High,
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
    if administrator(&context.access, &*context.access.role(role)?).is_some() {
        return Ok(Verdict::NotApplicable);
    }
    let found = context.escalations_of(role)?;
    if found.is_empty() {
        return found.gap.map_or(Ok(Verdict::Pass), Err);
    }
    let escalates = found.told().map(|path| format!("{path} [iam-role-privilege-escalation of {}]", role.arn));
    Ok(Verdict::Fail(doors.into_iter().chain(escalates).map(Evidence).collect()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::iam::allow;
    use palisade_scenes::pods::{by_issuer, by_subject, trusting_pods};
    use palisade_scenes::{ISSUER, Scene, role_arn};

    let escalating = || allow("iam:UpdateAssumeRolePolicy", role_arn("admin").as_str());
    let open = || trusting_pods(&[by_issuer(ISSUER, json!({}))]);
    let closed = || trusting_pods(&[by_subject("StringEquals", "system:serviceaccount:shop:orders")]);
    let with_admin = |scene: Scene| scene.permitting(escalating()).and_role("admin", &[allow("*", "*")]);
    Cases::default()
        .fail(with_admin(open()))
        .pass(open().permitting(escalating()))
        .pass(open().permitting(allow("s3:GetObject", "*")))
        .not_applicable(with_admin(closed()))
        .not_applicable(open().permitting(allow("*", "*")))
}
