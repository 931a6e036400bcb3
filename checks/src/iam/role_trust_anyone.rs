use palisade_policy::{Grade, LetIn};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_service_linked, trust};
use palisade_reason::access::trust::{Entrance, entrances};
use palisade_reason::wording::conditions;

check! {
    /// Role can be assumed from every AWS account
    ///
    /// ## Why
    /// Anybody with an AWS account, a new one included, may take on the role and do what it is allowed. A role's name is
    /// no secret: it can be guessed, and whether a role exists can be found out from outside.
    ///
    /// A condition counts when it says who calls: an organisation, an account, a role, a network. One that every caller
    /// can meet does not, nor does `sts:ExternalId` alone, a secret that many know and that logs show. Denials and
    /// resource control policies count where they certainly hold.
    ///
    /// ## Severity
    /// Critical: it takes nothing but an AWS account.
    ///
    /// ## Fix
    /// Name the roles that may assume this one under `Principal`, or add a condition on `aws:PrincipalOrgID`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
    CHECK {
        id: "iam-role-trust-anyone",
        severity: Severity::Critical,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let entrances = entrances(trust(role)?);
    let evidence = entrances.iter().flat_map(|entrance| {
        let accesses = entrance.who_can(role, context).into_iter();
        accesses.filter(|access| access.grade == Grade::AnyAwsAccount).map(|access| evidence(entrance, &access))
    });
    Ok(Verdict::fail_if_any(evidence))
}

fn evidence(entrance: &Entrance, access: &LetIn<'_>) -> String {
    let conditions = conditions(&access.conditions);
    let name = &entrance.name;
    if conditions.is_empty() {
        format!("{name} lets every AWS account assume the role")
    } else if access.shared_secrets().count() == conditions.len() {
        format!("{name} lets every AWS account assume the role that knows a shared secret: {}", conditions.join(", "))
    } else {
        format!("{name} lets every AWS account assume the role under {}", conditions.join(" and "))
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::iam::trusting;

    let everybody = |condition: Value| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole", "Condition": condition
        }))
    };
    let named =
        |principal: Value| trusting(json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }));
    let mut linked = everybody(json!({}));
    let arn = "arn:aws:iam::111122223333:role/aws-service-role/orders-role";
    linked = linked.and_subject(|role| role.arn = arn.into());
    linked.subject = arn.into();
    Cases::default()
        .pass(named(json!({ "Service": "lambda.amazonaws.com" })))
        .pass(named(json!({ "AWS": "444455556666" })))
        .pass(named(json!({ "AWS": "arn:aws:iam::*:root" })))
        .pass(everybody(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })))
        .pass(everybody(json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/*" } })))
        .fail(everybody(json!({})))
        .fail(everybody(json!({ "StringEquals": { "sts:ExternalId": "a-shared-secret" } })))
        .fail(everybody(json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })))
        .fail(everybody(json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } })))
        .fail(everybody(json!({ "StringLike": { "sts:RoleSessionName": "orders-*" } })))
        .fail(everybody(json!({ "Bool": { "aws:SecureTransport": "true" } })))
        .not_applicable(linked)
}
