use palisade_policy::{Grade, LetIn, Open};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_service_linked, trust};
use palisade_reason::access::trust::{Entrance, asks_for, entrances};
use palisade_reason::wording::conditions;

check! {
    /// Role trusts another account without an external id
    ///
    /// ## Why
    /// A provider that works in the accounts of many customers can be talked into using one customer's role for another.
    /// The external id, which the provider sets for each customer, prevents that. Without it, the role is as safe as the
    /// provider is careful.
    ///
    /// Accounts of the same organisation, as a condition on `aws:PrincipalOrgID` says, and those that the configuration
    /// lists under `trusted_accounts` need none. Each statement is judged by itself: what one asks for does not limit
    /// another.
    ///
    /// ## Severity
    /// Medium: harm takes a mistake or a break-in at the other account.
    ///
    /// ## Fix
    /// Add a condition `StringEquals` on `sts:ExternalId` with the value that the other side gives you; in your own
    /// organisation, one on `aws:PrincipalOrgID`. Take the account out if nobody needs it any more.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
    CHECK {
        id: "iam-role-trust-foreign-account",
        severity: Severity::Medium,
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
    let (mut found, mut evidence, mut gap) = (false, Vec::new(), None);
    for entrance in &entrances {
        for access in entrance.who_can(role, context).iter().filter(|access| is_foreign(access, context)) {
            found = true;
            match excess(entrance, access, context) {
                Ok(excess) => evidence.extend(excess),
                Err(unread) => gap = Some(unread),
            }
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None if found => Ok(Verdict::fail_if_any(evidence)),
        Some(_) | None => Ok(Verdict::NotApplicable),
    }
}

fn is_foreign(access: &LetIn<'_>, context: &Context) -> bool {
    match access.grade {
        Grade::ListedAccounts | Grade::Organisation => !context.trusts(&access.who),
        // Everybody is the matter of a check of its own.
        Grade::AnyAwsAccount
        | Grade::AnonymousInternet
        | Grade::ListedNetworks
        | Grade::IdentityProvider
        | Grade::OwnAccount
        | Grade::ServiceWithSource
        | Grade::ServiceWithoutSource => false,
    }
}

/// The evidence, unless an external id or membership of the organisation is asked for.
fn excess(entrance: &Entrance, access: &LetIn<'_>, context: &Context) -> Result<Option<String>, Gap> {
    if access.shared_secrets().next().is_some() || is_of_organization(access, context)? {
        return Ok(None);
    }
    let kind = if access.grade == Grade::Organisation { "organisation" } else { "account" };
    let conditions = conditions(&access.conditions);
    let under = if conditions.is_empty() { String::new() } else { format!(" under {}", conditions.join(" and ")) };
    Ok(Some(format!("{} lets {kind} {} assume the role{under}, without sts:ExternalId", entrance.name, access.who)))
}

/// Whether only the own organisation is let in; a gap when it is not known which that is.
fn is_of_organization(access: &LetIn<'_>, context: &Context) -> Result<bool, Gap> {
    let asked_for = access.conditions.iter().find_map(|residual| match residual.open {
        Open::Condition(condition) if asks_for(condition, "aws:PrincipalOrgID") => Some(condition.values()),
        Open::Condition(_) | Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => None,
    });
    let named = std::slice::from_ref(&access.who);
    let Some(wanted) = asked_for.or_else(|| (access.grade == Grade::Organisation).then_some(named)) else {
        return Ok(false);
    };
    match context.organization() {
        Some(own) => Ok(wanted.iter().all(|wanted| wanted == own)),
        None => context.inventory().organization.known().map(|_| false),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::iam::{in_organization, trusting};

    let foreign = |condition: Value| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": ["arn:aws:iam::444455556666:root"] }, "Action": "sts:AssumeRole",
            "Condition": condition,
        }))
    };
    let organization = |id: &str| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "aws:PrincipalOrgID": id } },
        }))
    };
    let own = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } });
    Cases::default()
        .pass(foreign(json!({ "StringEquals": { "sts:ExternalId": "a-shared-secret" } })))
        .pass(in_organization(foreign(own.clone())))
        .pass(in_organization(organization("o-a1b2c3d4e5")))
        .fail(foreign(json!({})))
        .fail(foreign(own))
        .fail(foreign(json!({ "StringEqualsIfExists": { "sts:ExternalId": "a-shared-secret" } })))
        .fail(in_organization(organization("o-f6g7h8i9j0")))
        .fail(trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:role/deploy" }, "Action": "sts:*"
        })))
        .not_applicable(foreign(json!({})).settings(|settings| {
            settings.trusted_accounts.insert("444455556666".into());
        }))
        .not_applicable(trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole"
        })))
}
