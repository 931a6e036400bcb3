use super::links::public_doors;
use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::administrator::administrator;

check! {
    /// Function that everybody may invoke runs as a role that can escalate
    ///
    /// ## Why
    /// Whoever finds a way to make the function do more than it should holds the credentials of its role. These may not
    /// do much, but they can be turned into others that may: by passing a more powerful role, by changing what another
    /// function runs, by rewriting permissions.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    /// A role that may do everything already is reported by `path-public-function-administrator`.
    ///
    /// ## Severity
    /// High: it takes a mistake in the function's code, and then a second step that leaves traces.
    ///
    /// ## Fix
    /// Take the actions from the role that the escalation uses, or limit them to the resources and roles that the
    /// function needs, and close the door: `AWS_IAM` for the URL, and statements in the function's policy that name who
    /// calls it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    /// - <https://pathfinding.cloud/>
    CHECK {
        id: "path-public-function-escalation",
        severity: Severity::High,
        controls: &[Control::checklist("no-path-to-administrator")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let (doors, gap) = public_doors(&function.into(), context);
    if doors.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let Some(role) = context.role(&function.role)? else { return Ok(Verdict::NotApplicable) };
    if administrator(&context.access, &*context.access.role(role)?).is_some() {
        return Ok(Verdict::NotApplicable);
    }
    let found = context.escalations_of(role)?;
    if found.is_empty() {
        return found.gap.map_or(Ok(Verdict::Pass), Err);
    }
    let runs_as = format!("{} runs as {}", function.arn.resource(), role.arn.resource());
    let escalates = found.told().map(|path| format!("{path} [iam-role-privilege-escalation of {}]", role.arn));
    let chain = doors.into_iter().chain([runs_as]).chain(escalates);
    Ok(Verdict::Fail(chain.map(Evidence).collect()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::exposure::{behind_public_url, closed, open_api};
    use palisade_scenes::iam::allow;
    use palisade_scenes::role_arn;

    let escalating = || allow("iam:UpdateAssumeRolePolicy", role_arn("admin").as_str());
    let harmless = || allow("s3:GetObject", "arn:aws:s3:::orders/*");
    let with_admin = |scene: palisade_scenes::Scene| scene.and_role("admin", &[allow("*", "*")]);
    Cases::default()
        .fail(with_admin(behind_public_url(&[escalating()])))
        .fail(with_admin(open_api(&[escalating()])))
        .pass(with_admin(behind_public_url(&[harmless()])))
        .pass(open_api(&[escalating()]))
        .not_applicable(with_admin(closed(&[escalating()])))
        .not_applicable(open_api(&[allow(json!("*"), "*")]))
}
