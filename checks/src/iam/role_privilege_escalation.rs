use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::handler::handles_workloads;
use palisade_reason::access::roles::{is_reserved, is_service_linked};
use palisade_reason::access::workload::is_workload;

check! {
    /// Role can escalate its privileges
    ///
    /// ## Why
    /// Some permissions are worth more than they look: whoever may pass a role to a new function, change what another
    /// function runs, or rewrite a policy, has what that role, function or policy has. So does whoever breaks into the
    /// workload that runs as the role. Judged are the roles of workloads, and those that may invoke, update or deploy one.
    ///
    /// A path is told when the role's policies together, after denials, its boundary and the organisation's guard rails,
    /// allow all of its steps on things that exist, and when it leads to more than the role has. What a service that
    /// palisade does not read must hold besides is said as "not verified". Paths are named as on pathfinding.cloud;
    /// those that begin with `x-` come from other lists, and those that begin with `palisade-` from none.
    ///
    /// A role that may do everything as it is has nothing to escalate to; `iam-role-administrator` reports it.
    ///
    /// ## Severity
    /// High: it takes control of the workload, or of whoever may take the role on, and then one or two calls.
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
    let principal = context.access.role(role)?;
    if !is_workload(role, context)? && !handles_workloads(&principal, context)? {
        return Ok(Verdict::NotApplicable);
    }
    context.escalations_of(role)?.verdict()
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
    let trusted_by_account = |role: &mut Role| {
        role.trust = policy(json!({
            "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole"
        }));
    };
    Cases::default()
        .fail(with_admin(permitted(&[pass(), create()])))
        .fail(permitted(&[allow("iam:PutRolePolicy", role_arn("orders-role").as_str())]))
        .pass(permitted(&[pass(), create()]))
        .pass(with_admin(permitted(&[pass(), create(), deny("iam:PassRole", role_arn("admin").as_str())])))
        .pass(with_admin(permitted(&[create()])))
        .not_applicable(with_admin(permitted(&[allow("*", "*")])))
        .fail(
            with_admin(permitted(&[pass(), create()]))
                .and_subject(trusted_by_account)
                .lambda(|lambda| lambda.functions = palisade_model::Listing::whole(vec![])),
        )
        .not_applicable(
            with_admin(permitted(&[pass()]))
                .and_subject(trusted_by_account)
                .lambda(|lambda| lambda.functions = palisade_model::Listing::whole(vec![])),
        )
}
