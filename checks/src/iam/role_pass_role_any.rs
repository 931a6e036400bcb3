use palisade_policy::{Condition, Decision, Open};

use super::guards::verdict;
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::administrator::administrator;
use palisade_reason::access::grants::Grants;
use palisade_reason::access::roles::{is_reserved, is_service_linked};
use palisade_reason::access::trust::asks_for;
use palisade_reason::access::workload::{is_workload, principal};
use palisade_reason::wording::reasons;

check! {
    /// Role may pass any role to a service
    ///
    /// ## Why
    /// `iam:PassRole` decides with which permissions things are started. Who may pass every role, and may start a
    /// function, a task or an instance, has what the mightiest role of the account has.
    ///
    /// A condition on `iam:PassedToService` narrows that to roles that the service can assume; the evidence names it.
    /// Administrators that no workload runs as are not judged: they gain nothing. AWS's roles for its own services and
    /// for IAM Identity Center are not judged either.
    ///
    /// ## Severity
    /// High: together with one more permission, which such roles mostly have, it is an escalation.
    ///
    /// ## Fix
    /// Name the roles that may be passed under `Resource`, and add a condition on `iam:PassedToService`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    CHECK {
        id: "iam-role-pass-role-any",
        severity: Severity::High,
        controls: &[Control::checklist("no-path-to-administrator")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) || is_reserved(role) {
        return Ok(Verdict::NotApplicable);
    }
    let Some(principal) = principal(role, context)? else { return Ok(Verdict::NotApplicable) };
    if administrator(&context.access, &principal).is_some() && !is_workload(role, context)? {
        return Ok(Verdict::NotApplicable);
    }
    let any = format!("arn:{}:iam::{}:role/a-role-that-no-policy-names", role.arn.partition(), role.arn.account());
    let grants = Grants::of(&context.access, &principal);
    let decision = grants.decide("iam:PassRole", &any);
    let evidence = decision.may_be_allowed().then(|| evidence(&decision));
    Ok(verdict(evidence.into_iter().collect(), context))
}

fn evidence(decision: &Decision<'_>) -> String {
    let services = match services(decision) {
        Some(services) => format!("to {}", services.join(", ")),
        None => "to every service".to_owned(),
    };
    format!("iam:PassRole of every role {services} is allowed by {}", reasons(decision))
}

/// The services to which a condition limits the passing.
fn services<'d>(decision: &'d Decision<'_>) -> Option<&'d [String]> {
    let conditions = match decision {
        Decision::AllowedIf { conditions, .. } => conditions,
        Decision::Allowed { .. } | Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => {
            return None;
        }
    };
    let mut asked_for = conditions.iter().filter_map(|residual| match residual.open {
        Open::Condition(condition) => asks_for(condition, "iam:PassedToService").then_some(condition),
        Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => None,
    });
    asked_for.next().map(Condition::values)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::json;

    use crate::testing::Cases;
    use palisade_scenes::iam::{allow, deny, permitted, trusting};

    let own = "arn:aws:iam::111122223333:role/orders-role";
    let people = json!({ "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole" });
    let policy = palisade_scenes::policy;
    let of_people = |statement| {
        let inline = palisade_model::iam::InlinePolicy { name: "p0".to_owned(), document: policy(statement) };
        trusting(people.clone()).and_subject(|role| role.inline.push(inline))
    };
    Cases::default()
        .pass(permitted(&[allow("iam:PassRole", own)]))
        .pass(permitted(&[allow("iam:*", "*"), deny("iam:PassRole", "*")]))
        .pass(permitted(&[allow("iam:PassRole", "*")]).bounded(allow("s3:*", "*")))
        .fail(permitted(&[allow("iam:PassRole", "*")]))
        .fail(permitted(&[allow("iam:Pass*", "arn:aws:iam::111122223333:role/*")]))
        .fail(permitted(&[allow("*", "*")]))
        .fail(of_people(allow("iam:PassRole", "*")))
        .fail(permitted(&[json!({
            "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": { "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } },
        })]))
        .not_applicable(of_people(allow("*", "*")))
}
