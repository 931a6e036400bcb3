use super::escalates::escalates;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_reserved, is_service_linked};
use palisade_reason::access::start::{Start, start};

check! {
    /// Role of a workload, or open to outsiders, can escalate its privileges
    ///
    /// ## Why
    /// Whoever may pass a role to a new function, change what another function runs, or rewrite a policy, has what that role,
    /// function or policy has. So does whoever breaks into the workload that runs as the role, and whoever outside of the
    /// account its trust policy lets in: everybody, another account that is not trusted, a pipeline.
    ///
    /// A path is told when the role's policies together allow all of its steps on things that exist or could be made, and
    /// when it leads to more than the role has, over several steps too. What hangs on a condition that is not known is told
    /// as such, and what a service that is not read must hold as "not verified". docs/iam.md has the rules, and
    /// docs/escalation.md the paths.
    ///
    /// A role that may do everything as it is has nothing to escalate to; `iam-role-administrator` reports it. Of one that
    /// may give itself everything only that is told.
    ///
    /// ## Severity
    /// High: it takes control of the workload, or of whoever may take the role on, and then a few calls.
    ///
    /// ## Fix
    /// Take the action from the role. Where it is needed, limit it: `iam:PassRole` to the roles that are passed, with a
    /// condition on `iam:PassedToService`; changes to functions to the functions that are meant; changes to identities
    /// with a condition on `iam:PermissionsBoundary`.
    ///
    /// ## References
    /// - <https://pathfinding.cloud/>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    CHECK {
        id: "iam-role-privilege-escalation",
        severity: Severity::High,
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
        Start::Workload | Start::Outside => escalates(role, context),
        Start::Inside => Ok(Verdict::NotApplicable),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny, permitted};
    use palisade_scenes::{policy, role_arn};

    let pass = || allow("iam:PassRole", "*");
    let create = || allow(json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), "*");
    let with_admin = |scene: palisade_scenes::Scene| scene.and_role("admin", &[allow("*", "*")]);
    let trusting = |principal: &str| {
        let trust = policy(json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" }));
        move |role: &mut Role| role.trust = trust.clone()
    };
    let without_functions = |scene: palisade_scenes::Scene| {
        scene.lambda(|lambda| lambda.functions = palisade_model::Listing::whole(vec![]))
    };
    Cases::default()
        .fail(with_admin(permitted(&[pass(), create()])))
        .fail(permitted(&[allow("iam:PutRolePolicy", role_arn("orders-role").as_str())]))
        .pass(permitted(&[pass(), create()]))
        .pass(with_admin(permitted(&[pass(), create(), deny("iam:PassRole", role_arn("admin").as_str())])))
        .pass(with_admin(permitted(&[create()])))
        .not_applicable(with_admin(permitted(&[allow("*", "*")])))
        .fail(without_functions(with_admin(permitted(&[pass(), create()])).and_subject(trusting("444455556666"))))
        .not_applicable(without_functions(
            with_admin(permitted(&[pass(), create()])).and_subject(trusting("111122223333")),
        ))
}
