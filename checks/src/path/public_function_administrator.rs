use super::links::public_doors;
use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_reason::access::administrator::administrator;

check! {
    /// Function that everybody may invoke runs as an administrator
    ///
    /// ## Why
    /// Whoever finds a way to make the function do more than it should (a command or a template injected, an address of
    /// the attacker's choice fetched, a vulnerable library) holds credentials that may do everything in the account.
    /// Nobody needs more than an AWS account to try, and for a URL without authentication not even that.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    ///
    /// ## Severity
    /// Critical: one mistake in the function's code hands the account to the internet.
    ///
    /// ## Fix
    /// Take from the role what the function does not use, and close the door: `AWS_IAM` for the URL, and statements in
    /// the function's policy that name who calls it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    CHECK {
        id: "path-public-function-administrator",
        severity: Severity::Critical,
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
    let Some(reasons) = administrator(&context.access, &*context.access.role(role)?) else {
        return Ok(Verdict::Pass);
    };
    let runs_as = format!("{} runs as {}", function.arn.resource(), role.arn.resource());
    let is_one = reasons
        .iter()
        .map(|reason| format!("{} is an administrator: {reason} [iam-role-administrator of {}]", role.name, role.arn));
    let chain = doors.into_iter().chain([runs_as]).chain(is_one);
    Ok(Verdict::Fail(chain.map(Evidence).collect()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::exposure::{behind_iam_url, behind_public_url, closed, open_api};
    use palisade_scenes::iam::allow;

    let all = || allow("*", "*");
    let harmless = || allow("s3:GetObject", "arn:aws:s3:::orders/*");
    Cases::default()
        .fail(behind_public_url(&[all()]))
        .fail(behind_iam_url(&[all()]))
        .fail(open_api(&[all()]))
        .fail(open_api(&[allow(json!(["iam:PutRolePolicy"]), "*")]))
        .pass(behind_public_url(&[harmless()]))
        .pass(open_api(&[harmless()]))
        .not_applicable(closed(&[all()]))
        .not_applicable(open_api(&[all()]).iam(|iam| iam.roles = Listing::whole(vec![])))
}
