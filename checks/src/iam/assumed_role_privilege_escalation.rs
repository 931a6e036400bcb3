use super::escalates::escalates;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_reserved, is_service_linked};
use palisade_reason::access::start::{Start, start};

check! {
    /// Role that people or services assume can escalate its privileges
    ///
    /// ## Why
    /// Whoever of the account may take the role on may become more than the role is meant to be: by passing another role to
    /// something that runs it, by changing what runs already, by rewriting a policy, or by taking on one role after the
    /// other. What separates the people who may from the administrators is then only that they have not tried.
    ///
    /// Judged as by `iam-role-privilege-escalation`, which is about the roles of workloads and those that are open to
    /// outsiders.
    ///
    /// ## Severity
    /// Medium: it takes somebody of the account, or their credentials, and then a few calls.
    ///
    /// ## Fix
    /// Take the action from the role. Where it is needed, limit it: `iam:PassRole` to the roles that are passed, with a
    /// condition on `iam:PassedToService`; `sts:AssumeRole` to the roles that are meant; changes to identities with a
    /// condition on `iam:PermissionsBoundary`.
    ///
    /// ## References
    /// - <https://pathfinding.cloud/>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
    CHECK {
        id: "iam-assumed-role-privilege-escalation",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("iam_inline_policy_allows_privilege_escalation"),
            Control::prowler("iam_policy_allows_privilege_escalation"),
            Control::checklist("no-path-to-administrator"),
        ],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) || is_reserved(role) {
        return Ok(Verdict::NotApplicable);
    }
    let Some(role) = context.role(&role.arn)? else { return Ok(Verdict::NotApplicable) };
    match start(role, context)? {
        Start::Inside => escalates(role, context),
        Start::Workload | Start::Outside => Ok(Verdict::NotApplicable),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::iam::{allow, permitted};
    use palisade_scenes::{Scene, policy, role_arn};

    let of_people = |statements: &[Value], account: &str| -> Scene {
        let trust = policy(json!({ "Effect": "Allow", "Principal": { "AWS": account }, "Action": "sts:AssumeRole" }));
        permitted(statements)
            .and_role("admin", &[allow("*", "*")])
            .and_subject(|role| role.trust = trust)
            .lambda(|lambda| lambda.functions = Listing::whole(vec![]))
    };
    let itself = || allow("iam:PutRolePolicy", role_arn("orders-role").as_str());
    let create = || allow(json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), "*");
    Cases::default()
        .fail(of_people(&[itself()], "111122223333"))
        .fail(of_people(&[allow("iam:PassRole", "*"), create()], "111122223333"))
        .pass(of_people(&[create()], "111122223333"))
        .not_applicable(of_people(&[itself()], "444455556666"))
        .not_applicable(of_people(&[allow("*", "*")], "111122223333"))
}
