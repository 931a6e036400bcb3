use palisade_policy::{PrincipalForm, Principals, Statement};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::iam::statement_name;
use crate::facts::lambda::Function;

check! {
    /// Resource policy names a principal that is nobody
    ///
    /// ## Why
    /// When a user or role is deleted, AWS leaves its unique id (`AIDA…`, `AROA…`) in the policies that named it, and
    /// one of the same name made later is not let in. A principal with a wildcard inside its ARN never was anybody.
    /// Such an entry of an `Allow` is a leftover; in a `Deny` it no longer keeps out whom it was written for.
    ///
    /// ## Severity
    /// Low: an entry that matches nobody lets nobody in.
    ///
    /// ## Fix
    /// Remove the entry, or name the user or role that is meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    CHECK {
        id: "lambda-policy-dangling-principal",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let (policies, gap) = function.policies();
    let mut evidence = Vec::new();
    for (arn, policy) in policies {
        for (index, statement) in policy.statements.iter().enumerate() {
            let name = || format!("{} of the policy of {}", statement_name(index, statement), arn.resource());
            evidence.extend(nobodies(statement).map(|entry| format!("{} names {entry}", name())));
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

/// The entries that match nobody, and why.
fn nobodies(statement: &Statement) -> impl Iterator<Item = String> {
    let listed = match statement.principal.principals() {
        Some(Principals::Listed(listed)) => listed.as_slice(),
        Some(Principals::Everyone) | None => &[],
    };
    listed.iter().filter_map(|principal| match principal.form() {
        PrincipalForm::Dangling(id) => Some(format!("{id}, the id of a user or role that was deleted")),
        PrincipalForm::Invalid => Some(format!("{}, which is no principal", principal.as_str())),
        PrincipalForm::Everyone
        | PrincipalForm::Account(_)
        | PrincipalForm::User { .. }
        | PrincipalForm::Role { .. }
        | PrincipalForm::Session { .. }
        | PrincipalForm::FederatedUser { .. }
        | PrincipalForm::Service(_)
        | PrincipalForm::Federated(_)
        | PrincipalForm::CanonicalUser(_) => None,
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::access::shares_scenes::{alias, allows, policies};
    use crate::facts::Fact;
    use crate::testing::{Cases, function, policy};

    let with = |principal: Value| policies(&[allows(json!({ "AWS": principal }), "lambda:InvokeFunction", json!({}))]);
    let role = "arn:aws:iam::111122223333:role/deploy";
    let gone = || policy(allows(json!({ "AWS": "AIDA1234567890EXAMPLE" }), "lambda:InvokeFunction", json!({})));
    Cases::default()
        .pass(function(|_| {}))
        .pass(with(json!("*")))
        .pass(with(json!([role, "444455556666", "arn:aws:iam::444455556666:root"])))
        .fail(with(json!("AROAFAKEHARBORPINEOLD")))
        .fail(with(json!([role, "AIDA1234567890EXAMPLE"])))
        .fail(with(json!("arn:aws:iam::*:root")))
        .fail(with(json!("arn:aws:iam::111122223333:role/*")))
        .fail(policies(&[json!({
            "Effect": "Deny", "NotPrincipal": { "AWS": [role, "AROA1234567890EXAMPLE"] }, "Action": "*", "Resource": "*"
        })]))
        .fail(function(|function| function.qualifiers = Fact::Known(vec![alias("live", Some(gone()))])))
}
